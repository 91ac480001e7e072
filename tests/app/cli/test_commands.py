"""Every command as a person and as a program would call it."""

import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app import cli
from app.cli import console
from tests.app import small

KEYS = ["command", "home", "date", "status", "counts", "warnings", "outputs"]
COMMANDS = (
    "demo", "init", "run", "serve", "doctor", "import plots", "import dem", "import weather", "import forecast",
    "import boundaries", "import observations",
    "import sprays", "import counts", "import traps", "import samples",
    "import template", "export plots", "export outlook", "export map",
    "fetch weather", "fetch forecast", "hindcast dates", "hindcast season",
    "remove scene", "user add", "user list", "user link", "user password",
)  # fmt: skip
NEEDS_A_HOME = {
    "run": [], "serve": [], "doctor": [],
    "import plots": ["x.geojson"], "import dem": ["x.tif"], "import weather": ["x.csv"],
    "import forecast": ["x.json"], "import boundaries": ["x.geojson"], "import observations": ["x.csv"],
    "import sprays": ["x.csv"], "import counts": ["x.csv"], "import traps": ["x.csv"], "import samples": ["x.csv"],
    "export plots": ["--out", "x"],
    "export outlook": ["--out", "x"], "export map": ["--out", "x"], "fetch weather": [], "fetch forecast": [],
    "remove scene": ["x"],
    "user add": ["张三", "--role", "grower"], "user list": [], "user link": ["张三"],
}  # fmt: skip


def outlook_rows(home):
    with sqlite3.connect(home / "citrus.db") as database:
        database.row_factory = sqlite3.Row
        rows = database.execute(
            "select run.date as day, outlook.* from outlook join run on run.id = outlook.run"
        ).fetchall()
    return sorted(tuple((key, row[key]) for key in row.keys() if key != "run") for row in rows)  # noqa: SIM118


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_home_and_json_and_says_what_it_does_in_chinese_first(citrus, command):
    said = citrus(*command.split(), "--help")
    assert said.code == 0
    assert {"--home", "--json"} <= set(said.out.replace("│", " ").split())
    about = next(line for line in said.out.splitlines()[2:] if line.strip() and "Usage" not in line).strip()
    assert "\u4e00" <= about[0] <= "\u9fff"


def test_citrus_alone_and_its_version(citrus):
    alone = citrus()
    assert (alone.code, all(name in alone.out for name in ("demo", "import", "doctor"))) == (0, True)
    assert citrus("--version").out.startswith("citrus 0.")


@pytest.mark.parametrize(
    "words", ["run --members 1", "run --hme x", "rnu", "run --date 2024-13-40", "user add 张三 --role king"]
)
def test_a_wrong_call_is_answered_in_json_too(citrus, words):
    said = citrus(*words.split(), "--json")
    assert said.code == 2
    assert list(said.json) == KEYS
    assert said.json["status"] == "refused"
    assert said.error["zh"].startswith("命令写法不对")
    assert citrus(*words.split()).code == 2


@pytest.mark.parametrize("command", NEEDS_A_HOME)
def test_without_a_platform_each_command_says_how_to_make_one(citrus, tmp_path, monkeypatch, command):
    monkeypatch.setenv("CITRUS_HOME", str(tmp_path / "none"))
    said = citrus(*command.split(), *NEEDS_A_HOME[command], "--json")
    assert (said.code, said.json["command"], said.json["status"]) == (2, command, "refused")
    assert "citrus init" in said.error["zh"]
    assert said.json["home"] == str(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_fault_of_ours_is_code_1_and_keeps_stdout_clean(citrus, small_home, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("by [nought]")

    monkeypatch.setattr("app.services.platform.status", broken)
    said = citrus("doctor", "--home", small_home, "--json")
    assert (said.code, said.json["status"]) == (1, "failed")
    assert said.error == {
        "zh": "程序出错，这不是您的问题：ZeroDivisionError: by [nought]",
        "en": "our fault, not yours: ZeroDivisionError: by [nought]",
    }
    assert "Traceback" in said.err
    plain = citrus("doctor", "--home", small_home)
    assert (plain.code, plain.out) == (1, "")


def test_names_in_brackets_are_told_as_they_are(citrus, small_home, tmp_path):
    path = small.write_plots(tmp_path / "[a].geojson", {"name": "东坡[red]", "at": (110.3, 31.5)})
    said = citrus("import", "plots", path, "--home", small_home)
    assert said.code == 0
    assert "东坡[red]" in said.err
    assert said.out == ""


def test_a_bar_is_drawn_on_a_terminal_only(monkeypatch, capsys):
    for terminal in (False, True):
        monkeypatch.setattr(console, "people", console.Console(stderr=True, force_terminal=terminal, width=80))
        with console.bar("run") as progress:
            progress(1, 3, "地形")
        assert ("地形" in capsys.readouterr().err) is terminal


def test_init_names_the_region_once(citrus, tmp_path):
    home = tmp_path / "new"
    first = citrus("init", "--home", home, "--name", "小河谷", "--crs", "epsg:32649", "--json")
    assert (first.code, first.json["outputs"]["region"]) == (0, {"name": "小河谷", "crs": "EPSG:32649"})
    assert citrus("init", "--home", home, "--name", "小河谷").code == 0
    other = citrus("init", "--home", home, "--name", "别处", "--json")
    assert (other.code, "小河谷" in other.error["zh"]) == (2, True)


@pytest.mark.parametrize("words", [["--crs", "EPSG:4326"], ["--crs", "x"], ["--timezone", "Asia"], ["--name", " "]])
def test_a_region_that_cannot_be_is_refused(citrus, tmp_path, words):
    said = citrus("init", "--home", tmp_path / "new", *words, "--json")
    assert (said.code, said.json["status"]) == (2, "refused")


def test_a_run_names_what_is_missing_part_by_part(citrus, tmp_path, small_files):
    home = tmp_path / "new"
    citrus("init", "--home", home)
    for missing in ("plots", "weather", "dem"):
        said = citrus("run", "--home", home, "--members", 2, "--json")
        assert said.code == 2
        assert f"citrus import {missing}" in said.error["en"]
        assert f"citrus import {missing}" in said.error["zh"]
        assert missing in citrus("doctor", "--home", home, "--json").json["outputs"]["missing"]
        assert citrus("import", missing, getattr(small_files, missing), "--home", home).code == 0
    assert citrus("run", "--home", home, "--members", 2).code == 0
    assert citrus("doctor", "--home", home, "--json").json["outputs"]["missing"] == []


def test_a_run_again_gives_the_same_rows_once_and_another_day_adds_its_own(citrus, small_home):
    first = citrus("run", "--home", small_home, "--members", 3, "--json")
    assert (first.code, first.json["date"], first.json["counts"]["plots"]) == (0, small.LAST_DAY, 2)
    rows = outlook_rows(small_home)
    again = citrus("run", "--home", small_home, "--members", 3, "--date", small.LAST_DAY, "--json")
    assert again.json["counts"] == first.json["counts"]
    assert outlook_rows(small_home) == rows
    assert len(rows) == 2
    assert citrus("run", "--home", small_home, "--members", 3, "--date", "2024-03-01").code == 0
    more = outlook_rows(small_home)
    assert len(more) == 4
    assert set(rows) < set(more)


@pytest.mark.parametrize("day", ["2030-01-01", "1999-01-01"])
def test_a_day_without_weather_is_refused(citrus, small_home, day):
    before = small.standing(small_home)
    said = citrus("run", "--home", small_home, "--date", day, "--json")
    assert (said.code, day in said.error["zh"], small.LAST_DAY in said.error["en"]) == (2, True, True)
    assert small.standing(small_home) == before


def test_previews_of_all_kinds_store_nothing(citrus, small_home, small_files, tmp_path):
    days = {
        "daily": {"time": ["2024-04-01", "2024-04-02"], "temperature_2m_min": [9, 8], "temperature_2m_max": [20, 21]}
    }
    forecast = tmp_path / "f.json"
    forecast.write_text(json.dumps(days | {"latitude": 30.9, "longitude": 109.3, "elevation": 200}), encoding="utf-8")
    before = small.standing(small_home)
    for kind in ("plots", "dem", "weather", "boundaries", "forecast"):
        path = forecast if kind == "forecast" else getattr(small_files, kind)
        said = citrus("import", kind, path, "--preview", "--home", small_home, "--json")
        assert (said.code, said.json["status"], said.json["outputs"]["questions"]) == (0, "preview", [])
    assert "河边地" in citrus("import", "plots", small_files.plots, "--preview", "--home", small_home).err
    assert small.standing(small_home) == before


def test_the_template_can_be_filled_in_and_imported(citrus, small_home, tmp_path):
    out = tmp_path / "new folder" / "weather.csv"
    assert citrus("import", "template", "--out", out, "--home", small_home, "--json").json["outputs"]["file"] == str(
        out
    )
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert citrus("import", "weather", out, "--home", small_home).code == 0
    assert citrus("import", "template", "--out", out, "--resolution", "weekly", "--json").code == 2


def test_observations_come_in_by_their_template_and_bad_rows_can_be_left_out(citrus, small_home, tmp_path):
    out = tmp_path / "records.csv"
    words = ["--kind", "observations", "--out", out, "--home", small_home, "--json"]
    assert citrus("import", "template", *words).code == 0
    example = out.read_text("utf-8-sig")
    assert citrus("import", "observations", out, "--home", small_home).code == 2  # no plot is called as the example's
    out.write_text(example.replace("示例地块", "河边地"), encoding="utf-8-sig")
    before = small.standing(small_home)
    shown = citrus("import", "observations", out, "--preview", "--home", small_home, "--json")
    assert (shown.code, shown.json["status"], shown.json["counts"]) == (0, "preview", {"rows": 4})
    assert small.standing(small_home) == before
    said = citrus("import", "observations", out, "--home", small_home, "--json")
    assert (said.code, said.json["counts"]["added"]) == (0, 4)
    out.write_text("地块,日期,果径\n河边地,2024-08-01,50\n河边地,2024-08-02,大\n", encoding="utf-8")
    assert citrus("import", "observations", out, "--home", small_home).code == 2
    said = citrus("import", "observations", out, "--skip-bad", "--home", small_home, "--json")
    assert (said.code, said.json["counts"]["added"], said.json["counts"]["skipped"]) == (0, 1, 1)
    assert "row 3" in str(said.json["warnings"])
    assert citrus("import", "template", "--kind", "pests", "--out", out, "--home", small_home).code == 2


PROTECTION = {  # rows of the template, and a bad row of its form
    "sprays": (3, "河边地,2024-05-06,念咒", "地块,日期,类型"),
    "counts": (2, "河边地,2024-06-20,黑点病,查果,100,101", "地块,日期,病虫,方法,调查数,发生数"),
    "traps": (2, "河边地,2024-06-20,黑点病,1,很多", "地块,日期,病虫,诱集器数,诱虫数"),
    "samples": (2, "河边地,2024-10-08,T1,治愈", "地块,日期,株号,状态"),
}


@pytest.mark.parametrize("kind", PROTECTION)
def test_records_of_protection_come_in_by_their_template_and_bad_rows_can_be_left_out(
    citrus, small_home, tmp_path, kind
):
    rows, bad, head = PROTECTION[kind]
    out, at_home = tmp_path / "records.csv", ["--home", small_home, "--json"]
    assert citrus("import", "template", "--kind", kind, "--out", out, *at_home).code == 0
    example = out.read_text("utf-8-sig").replace("大实蝇", "黑点病")
    assert citrus("import", kind, out, *at_home).code == 2  # no plot is called as the example's
    out.write_text(example.replace("示例地块", "河边地"), encoding="utf-8-sig")
    before = small.standing(small_home)
    shown = citrus("import", kind, out, "--preview", *at_home)
    assert (shown.code, shown.json["status"], shown.json["counts"]) == (0, "preview", {"rows": rows})
    assert small.standing(small_home) == before
    counts = citrus("import", kind, out, *at_home).json["counts"]
    assert (counts["added"] + counts.get("steps", 0), counts["skipped"]) == (rows, 0)
    assert citrus("import", kind, out, *at_home).json["counts"]["same"] == rows
    good = example.replace("示例地块", "屋后坡").splitlines()[-rows]
    heads = example.splitlines()[-rows - 1].split(",")
    cells = dict(zip(head.split(","), bad.split(","), strict=True))
    out.write_text("\n".join([",".join(heads), good, ",".join(cells.get(one, "") for one in heads)]), encoding="utf-8")
    before = small.standing(small_home)
    assert citrus("import", kind, out, *at_home).code == 2
    assert small.standing(small_home) == before
    said = citrus("import", kind, out, "--skip-bad", *at_home)
    assert (said.code, said.json["counts"]["added"], said.json["counts"]["skipped"]) == (0, 1, 1)
    assert "row 3" in str(said.json["warnings"])


def test_accounts_come_with_their_farms_or_not_at_all(citrus, small_home, monkeypatch):
    monkeypatch.delenv("CITRUS_PASSWORD", raising=False)
    unknown = citrus("user", "add", "张三", "--role", "grower", "--farm", "没有的园", "--home", small_home, "--json")
    assert (unknown.code, "没有的园" in unknown.error["zh"]) == (2, True)
    added = citrus("user", "add", "张三", "--role", "grower", "--farm", "甲果园", "--home", small_home, "--json")
    assert (added.code, added.json["outputs"]["link"].startswith("/auth/link/")) == (0, True)
    assert citrus("user", "list", "--home", small_home, "--json").json["counts"] == {"accounts": 1}
    assert citrus("user", "link", "李四", "--home", small_home, "--json").code == 2
    assert citrus("user", "password", "张三", "--home", small_home, "--json").code == 2
    monkeypatch.setenv("CITRUS_PASSWORD", "citrus-and-long-enough")
    assert citrus("user", "password", "张三", "--home", small_home, "--json").code == 0


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_told_before_any_work(citrus, small_home, tmp_path, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        home = small_home if command == "serve" else tmp_path / "demo"
        said = citrus(command, "--port", port, "--home", home, "--json")
    assert said.code == 2
    assert f"127.0.0.1:{port}" in said.error["zh"]
    assert "--port" in said.error["zh"]
    assert not (tmp_path / "demo").exists()


def test_the_demo_never_touches_a_platform_of_ones_own(citrus, small_home):
    before = small.standing(small_home)
    said = citrus("demo", "--no-serve", "--home", small_home, "--json")
    assert (said.code, "小河谷" in said.error["zh"]) == (2, True)
    assert small.standing(small_home) == before


def test_the_demo_lives_beside_the_own_platform_unless_a_home_is_named(monkeypatch, tmp_path):
    from app.cli import demo

    monkeypatch.delenv("CITRUS_HOME", raising=False)
    assert demo._folder() == Path.home() / "citrus-demo"
    monkeypatch.setenv("CITRUS_HOME", str(tmp_path))
    assert demo._folder() == tmp_path


def test_the_installed_command_speaks_json_through_a_pipe(small_home):
    command = [Path(sys.executable).with_name("citrus"), "doctor", "--home", small_home, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, list(json.loads(done.stdout))) == (0, KEYS)


def test_the_outlook_of_the_sample_county_is_marked_synthetic(citrus, demo_home, tmp_path):
    said = citrus("export", "outlook", "--home", demo_home, "--out", tmp_path / "o.json", "--format", "json", "--json")
    assert said.code == 0
    document = json.loads((tmp_path / "o.json").read_text("utf-8"))
    assert document["synthetic"] is True
    assert all(row["synthetic"] and row["evidence"] == "none" for row in document["plots"])


def test_main_is_what_the_project_installs():
    assert cli.main.__module__ == "app.cli"
