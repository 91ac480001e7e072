"""Pictures from the command line: one JSON object, exit code 2 for what the user can mend."""

import json
from datetime import datetime

import pytest
from shapely.geometry import box
from typer.testing import CliRunner

from app.cli import cli
from app.services.imagery import extent
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import settled

DAY = datetime(2024, 8, 1, 3, 20)


@pytest.fixture
def home(tmp_path):
    platform = settled(tmp_path)
    platform.store.close()
    return platform.home


def citrus(*words):
    done = CliRunner().invoke(cli, [*map(str, words), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_a_scene_in_twice_a_layer_and_the_weak_areas_out(home, tmp_path):
    path = truth.write_scene(tmp_path, DAY, truth.field(DAY))
    code, told = citrus("import", "scene", path, "--preview", "--home", home)
    assert (code, told["status"]) == (0, "preview")
    code, told = citrus("import", "scene", path, "--home", home)
    assert (code, told["counts"]["told"], told["counts"]["plots"]) == (0, "added", 16)
    assert citrus("import", "scene", path, "--home", home)[1]["counts"]["told"] == "same"
    out = tmp_path / "ndvi.tif"
    code, told = citrus("export", "images", "--what", "index", "--out", out, "--home", home)
    assert (code, told["outputs"]["file"]) == (0, str(out))
    assert out.stat().st_size > 1000
    code, told = citrus("monitor", "--date", "2024-08-02", "--home", home)
    assert (code, told["date"], told["counts"]["areas"]) == (0, "2024-08-02", 0)  # one picture proves nothing
    code, told = citrus("export", "images", "--what", "areas", "--out", tmp_path / "x.gpkg", "--home", home)
    assert (code, "no weak area" in told["outputs"]["error"]["en"]) == (2, True)
    code, told = citrus("walk", "--home", home)
    assert (code, told["status"]) == (2, "refused")


def test_a_scene_is_removed_by_its_name_and_may_come_in_again(home, tmp_path):
    path = truth.write_scene(tmp_path, DAY, truth.field(DAY))
    identity = citrus("import", "scene", path, "--home", home)[1]["counts"]["scene"]
    code, told = citrus("remove", "scene", "nothing", "--home", home)
    said = told["outputs"]["error"]
    assert (code, identity in said["en"], path.name in said["zh"]) == (2, True, True)
    code, told = citrus("remove", "scene", path.name, "--home", home)
    assert (code, told["date"], told["outputs"]["scene"]) == (0, "2024-08-01", identity)
    assert citrus("remove", "scene", identity, "--home", home)[0] == 2
    assert citrus("import", "scene", path, "--home", home)[1]["counts"]["told"] == "added"


def test_plots_that_came_after_a_scene_are_told_of_at_once_and_by_the_monitoring(home, tmp_path, monkeypatch):
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 4e6))
    citrus("import", "scene", truth.write_scene(tmp_path, DAY, truth.field(DAY)), "--home", home)
    told = citrus("monitor", "--date", "2024-08-02", "--home", home)[1]
    assert "came after" not in " ".join(told["warnings"])
    x, y = truth.WEST + 1450, truth.NORTH - 400
    plots = truth.gpd.GeoDataFrame({"name": ["新"]}, geometry=[box(x, y - 100, x + 100, y)], crs=truth.CRS)
    plots.to_crs(4326).to_file(tmp_path / "new.geojson", driver="GeoJSON")
    code, told = citrus("import", "plots", tmp_path / "new.geojson", "--farm", "甲果园", "--home", home)
    assert (code, "1 plots came after 1 pictures" in " ".join(told["warnings"])) == (0, True)
    told = citrus("monitor", "--date", "2024-08-02", "--home", home)[1]
    assert "1 plots came after 1 pictures" in " ".join(told["warnings"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("empty.tif", b"", "nothing is in it"), ("text.tif", b"no picture at all", "text.tif")],
)
def test_what_is_no_picture_is_refused_in_both_languages(home, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for kind in ("scene", "mosaic"):
        code, told = citrus("import", kind, tmp_path / name, "--home", home)
        assert code == 2
        assert said in told["outputs"]["error"]["en"]
        assert told["outputs"]["error"]["zh"]


def test_a_catalogue_that_does_not_answer_is_the_users_to_mend(home):
    code, told = citrus(
        "fetch", "scenes", "--stac", "http://127.0.0.1:9/catalog.json", "--from", "2024-08-01", "--to", "2024-08-31",
        "--home", home,
    )  # fmt: skip
    assert (code, told["status"]) == (2, "refused")


def test_a_walk_for_a_kind_of_file_that_there_is_not_is_refused_before_it_is_kept(home, tmp_path):
    code, told = citrus("walk", "--out", tmp_path / "w.txt", "--home", home)
    assert (code, told["outputs"]["error"]["en"]) == (2, "unknown format 'txt'; known: gpx, kml, html")
    assert not (tmp_path / "w.txt").exists()


def test_a_series_asks_for_its_plot(home, tmp_path):
    code, told = citrus("export", "images", "--what", "series", "--out", tmp_path / "s.csv", "--home", home)
    assert (code, "--plot" in told["outputs"]["error"]["en"]) == (2, True)


def test_the_help_of_fetch_speaks_of_scenes():
    assert "scenes" in CliRunner().invoke(cli, ["fetch", "--help"]).stdout.split("Options")[0]
