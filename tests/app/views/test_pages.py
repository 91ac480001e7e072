"""Every page full, empty and failing, in both languages."""

import json
import re

import pytest

from agro.errors import MissingDataError, NotAllowedError

VIEWS = ["home", "advice", "harvest", "plot", "region", "county_map", "new_plot", "fit", "data", "runs", "about"]
pytestmark = pytest.mark.filterwarnings("ignore")


def fails(error):
    def refuse(*arguments):
        raise error

    return refuse


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_full_platform_shows_every_page(open_page, seen, view, language):
    at = open_page(view, language)
    assert not at.exception
    assert "合成示例" in seen(at) or "Synthetic demo" in seen(at)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_platform_says_what_to_do_next(open_page, seen, services, view, language):
    at = open_page(view, language, services.empty, full=False)
    assert not at.exception
    if view not in ("about", "data"):
        assert at.info, seen(at)


@pytest.mark.parametrize("view", ["home", "advice", "harvest", "plot", "region", "county_map", "new_plot", "data"])
@pytest.mark.parametrize(
    "error", [MissingDataError("no outlook yet", zh="还没有预报"), NotAllowedError("not yours", zh="无权查看")]
)
def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, services, view, error):
    at = open_page(view, "zh", {name: fails(error) for name in services.full})
    assert not at.exception
    assert error.zh in seen(at)
    assert str(error) not in seen(at)


@pytest.mark.parametrize("view", VIEWS)
def test_no_english_sentence_leaks_into_the_chinese_page(open_page, seen, view):
    text = re.sub(r"<style>.*?</style>|<[^>]+>|:material/\\w+:", " ", seen(open_page(view, "zh")), flags=re.S)
    words = set(re.findall(r"[A-Za-z]{4,}", text)) - {
        "Brix",
        "BBCH",
        "GeoPackage",
        "Shapefile",
        "GeoJSON",
        "QGIS",
        "English",
        "NASA",
        "POWER",
        "Open",
        "Meteo",
    }
    assert not words


def test_the_answer_stands_before_any_chart(open_page):
    at = open_page("plot")
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in at.main]
    assert kinds.index("answer") < kinds.index("vega_lite_chart")


def test_plot_page_answers_stage_size_sugar_and_delay(open_page, seen):
    text = seen(open_page("plot", "en"))
    for part in (
        "navel orange",
        "colouring begins, about 10 Oct (6 Oct to 15 Oct)",
        "Ripe for picking (taste and colour): about 9 Dec (5 Dec to 14 Dec)",
        "55 mm",
        "in 30 days",
        "12 days later than the valley floor (9 to 16), counted to a sugar to acid ratio of 12",
        "uncalibrated",
    ):
        assert part in text


def test_area_is_said_in_mu_with_hectares_beside(open_page, seen):
    assert "6.0 亩（0.40 公顷）" in seen(open_page("plot", "zh"))


def test_map_asks_nobody_outside_and_every_layer_has_a_name(open_page):
    spec = json.loads(open_page("county_map").get("deck_gl_json_chart")[0].proto.json)
    assert spec["mapStyle"] == "/api/style.json"
    names = [layer["id"] for layer in spec["layers"]]
    assert {"plots", "points", "townships", "selected"} <= set(names)
    assert len(set(names)) == len(names)
    assert "http" not in json.dumps(spec)


def test_the_map_does_not_jump_when_another_plot_is_chosen(open_page):
    at = open_page("county_map")
    before = json.loads(at.get("deck_gl_json_chart")[0].proto.json)["initialViewState"]
    at.selectbox(key="picked_plot").set_value("p2").run()
    assert json.loads(at.get("deck_gl_json_chart")[0].proto.json)["initialViewState"] == before
    assert at.session_state["plot"] == "p2"


def test_a_plot_chosen_on_one_page_is_the_plot_of_the_next(open_page):
    at = open_page("county_map")
    at.selectbox(key="picked_plot").set_value("p2").run()
    at.switch_page("views/plot.py").run()
    assert at.selectbox(key="picked_plot").value == "p2"


@pytest.mark.parametrize("layer", ["stage", "ripe", "elevation", "aspect", "cultivar", "tss"])
def test_every_kind_of_layer_is_coloured(open_page, layer):
    at = open_page("county_map")
    at.selectbox(key="picked_layer").set_value(layer).run()
    assert not at.exception


def test_language_switch_changes_the_page(open_page):
    at = open_page("home", "zh")
    assert at.title[0].value == "今天"
    at.session_state["language"] = "en"
    at.run()
    assert at.title[0].value == "Today"


def test_the_missing_fact_form_changes_the_plot(open_page, monkeypatch):
    from app import session

    told = {}
    monkeypatch.setattr(session, "change_plot", lambda plot, **facts: told.update(plot=plot, **facts) or True)
    at = open_page("plot")
    at.number_input(key="planted_p1").set_value(2015)
    at.button[0].click().run()
    assert told["planted"] == 2015
    assert told["plot"] == "p1"


def test_a_plot_is_made_from_a_pin_and_its_mu(open_page, monkeypatch):
    from app import session

    made = {}
    monkeypatch.setattr(session, "add_plot", lambda **facts: made.update(facts))
    at = open_page("new_plot")
    at.number_input(key="new_longitude").set_value(109.4)
    at.number_input(key="new_latitude").set_value(30.9)
    at.text_input(key="new_name").set_value("屋后坡")
    at.number_input(key="new_area").set_value(3.0).run()
    at.button(key="new_add").click().run()
    assert made["pin"] == (109.4, 30.9)
    assert made["area_mu"] == 3.0
    assert made["geometry"] is None


def test_signed_out_visitors_see_no_page(monkeypatch):
    from pathlib import Path
    from types import SimpleNamespace

    from streamlit.testing.v1 import AppTest

    from app import session

    monkeypatch.setattr(session, "home", lambda: SimpleNamespace())
    monkeypatch.setattr(session.accounts, "viewer", lambda home, token: None)
    at = AppTest.from_file(str(Path(session.__file__).with_name("main.py")), default_timeout=60).run()
    assert not at.title
    assert at.info


def test_an_official_is_shown_only_the_pages_that_answer(open_page, monkeypatch):
    from agro.farm import Role, Viewer
    from app import session

    official = Viewer("a2", "示例主管", Role.OFFICIAL)
    monkeypatch.setattr(session, "may", lambda action: session.rights.allowed(official, action))
    at = open_page("home")
    assert not at.exception
    assert at.title[0].value == "全区汇总"


def test_home_shows_twelve_cards_and_more_when_asked(open_page, services):
    one = services.full["outlooks.sentences"]("zh", None)[0]
    many = {**services.full, "outlooks.sentences": lambda language, on: [one] * 30}
    at = open_page("home", "zh", many)
    cards = lambda: sum(at.button(key=f"open_{n}") is not None for n in range(30) if has(at, f"open_{n}"))  # noqa: E731
    assert cards() == 12
    at.button(key="home_more").click().run()
    assert cards() == 24
    at.button(key="home_more").click().run()
    assert cards() == 30
    assert not has(at, "home_more")


def has(at, key: str) -> bool:
    return key in {button.key for button in at.button}


def test_observations_are_understood_told_and_stored_from_the_data_page(open_page, small_home, monkeypatch):
    from types import SimpleNamespace

    import streamlit as st

    from agro.store import EVERYTHING
    from app import session
    from app.services.platform import open_platform

    rows = "地块,日期,果径mm,盛花\n河边地,2024-07-20,45.2,2024-04-12\n无此地,2024-07-20,44,\n"
    upload = SimpleNamespace(name="records.csv", getvalue=lambda: rows.encode("gbk"))
    monkeypatch.setattr(
        st, "file_uploader", lambda *args, **how: upload if how["key"] == "upload_observations" else None
    )
    at = open_page("data")
    real = open_platform(small_home)
    monkeypatch.setattr(session, "home", lambda: real)
    at.selectbox(key="import_kind").set_value("observations").run()
    assert not at.exception
    assert "第 3 行：没有地块“无此地”" in at.error[0].value
    shown = next(frame.value for frame in at.dataframe if "项目" in frame.value)
    assert list(shown["项目"]) == ["果径", "盛花（约开 50%）"]
    assert list(shown["数值"]) == ["45.2 mm", "–"]
    at.button(key="import_commit").click().run()
    assert "未做任何更改" in "".join(one.value for one in at.error)
    assert real.store.observations(EVERYTHING).empty
    at.checkbox(key="import_skip_bad").check().run()
    at.button(key="import_commit").click().run()
    assert "跳过 1" in at.success[0].value
    assert len(real.store.observations(EVERYTHING)) == 2
    real.store.close()
