"""Dates that a tenth or half of the cases never come to: no page, picture or text page breaks one off."""

import json
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from agro.farm import Role, Viewer
from app import words
from app.api import lite
from app.api.plain import plain
from app.services import outlooks, platform

pytestmark = pytest.mark.filterwarnings("ignore")
OPEN = {"zh": "最早 10月30日，少数情形本季达不到", "en": "from 30 Oct at the earliest; in some cases not this season"}
HALF = {"zh": "多半本季达不到，最早 10月30日", "en": "in most cases not this season; from 30 Oct at the earliest"}
BROKEN = ("至–", "to –", "NaT", "None", "nan")


def county(services, missing: tuple[str, ...]) -> pd.DataFrame:
    days = {"p10": "2026-10-30", "p50": "2026-12-04", "p90": "2026-12-09"} | dict.fromkeys(missing, None)
    return services.county().assign(**{f"ripe_{level}": pd.to_datetime(day) for level, day in days.items()})


def outlook(services, missing: tuple[str, ...]):
    told = services.outlook()
    picking = told.timeline["code"] == 83
    timeline = told.timeline.astype(dict.fromkeys(("p10", "p50", "p90"), object))
    timeline.loc[picking, "p10"] = date(2026, 10, 30)
    for level in missing:
        timeline[level] = [None if so else day for day, so in zip(timeline[level], picking, strict=True)]
    return SimpleNamespace(**{**vars(told), "timeline": timeline})


@pytest.fixture
def seasons(services):
    """Give a function: the services of a platform whose ripeness lacks some levels."""
    return lambda *missing: {
        **services.full,
        "outlooks.county": lambda on: county(services, missing),
        "outlooks.plot_outlook": lambda plot, on: outlook(services, missing),
    }


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("missing", "said"), [(("p90",), OPEN), (("p50", "p90"), HALF)])
def test_the_plot_page_says_an_open_end_openly(open_page, seen, seasons, language, missing, said):
    at = open_page("plot", language, seasons(*missing))
    assert not at.exception
    assert said[language] in seen(at)
    assert not any(word in seen(at) for word in BROKEN)


def test_the_plot_page_and_the_first_page_say_the_same_of_picking(services):
    from app.services.outlooks.sentences import said

    first = said("ripe_open", "zh", middle="12月4日", first="10月30日")
    mine = words.when(date(2026, 10, 30), date(2026, 12, 4), None, "zh")
    for part in ("12月4日", "最早 10月30日，少数情形本季达不到"):
        assert part in first
        assert part in mine


@pytest.mark.parametrize("missing", [("p90",), ("p50", "p90"), ("p10", "p50", "p90")])
@pytest.mark.parametrize("view", ["home", "plot", "county_map"])
def test_pages_stand_whatever_is_missing(open_page, seen, seasons, view, missing):
    at = open_page(view, "zh", seasons(*missing))
    assert not at.exception
    assert not any(word in seen(at) for word in BROKEN)


def test_a_bar_without_an_end_runs_to_the_end_of_the_axis(open_page, seasons):
    charts = [json.loads(chart.proto.spec) for chart in open_page("home", "zh", seasons("p90")).get("vega_lite_chart")]
    layers = charts[0]["layer"]
    assert any(layer["mark"].get("color", {}) and "gradient" in layer["mark"]["color"] for layer in layers[1:2])
    low, high = layers[0]["encoding"]["x"]["scale"]["domain"]
    assert pd.Timestamp(low, unit="ms") < pd.Timestamp(2026, 10, 30)
    assert pd.Timestamp(high, unit="ms") > pd.Timestamp(2026, 12, 4)


def test_a_map_of_ripeness_names_what_does_not_ripen(open_page, seen, seasons):
    at = open_page("county_map", "zh", seasons("p50", "p90"))
    at.selectbox(key="picked_layer").set_value("ripe").run()
    assert "多半本季达不到" in seen(at)


def test_programs_read_null_where_there_is_no_date(services):
    row = plain(county(services, ("p90",)).drop(columns="geometry"))[0]
    assert row["ripe_p90"] is None
    assert row["ripe_p50"] == "2026-12-04"
    assert json.loads(json.dumps(row))


def test_the_text_page_says_it_too(services, monkeypatch):
    monkeypatch.setattr(outlooks, "sentences", lambda *a: [])
    monkeypatch.setattr(lite.warned, "sentences", lambda *a: [])
    monkeypatch.setattr(outlooks, "county", lambda *a: county(services, ("p90",)))
    monkeypatch.setattr(platform, "status", lambda *a: SimpleNamespace(region=None, synthetic=True))
    text = lite._body(Viewer("a", "b", Role.GROWER), SimpleNamespace(), "zh")
    assert OPEN["zh"] in text
    assert not any(word in text for word in BROKEN)
