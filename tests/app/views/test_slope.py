"""The slope page: full, empty and failing; the answer first, nothing oversold."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import MissingDataError, NotAllowedError
from app import session
from app.services.slope_story import SlopeStory
from app.services.slope_window import WindowMap

pytestmark = pytest.mark.filterwarnings("ignore")


def story(plot_id="p1", on=None):
    days = {"today": date(2026, 9, 20), "winter": date(2026, 12, 21), "summer": date(2026, 6, 21)}
    spells = pd.DataFrame(
        [
            (key, day, start, end, lit)
            for key, day in days.items()
            for start, end, lit in ((7.0, 8.5, False), (8.5, 17.0, True))
        ],
        columns=["key", "day", "start", "end", "lit"],
    )
    hours = pd.DataFrame(
        [(key, day, 10.0, 8.5, 1.5) for key, day in days.items()], columns=["key", "day", "open", "lit", "lost"]
    )
    season = {"winter": 0.89, "summer": 0.59}
    return SlopeStory(None, days["today"], spells, hours, season, {"winter": 0.97, "summer": 0.88},
                      {"winter": 0.71, "summer": 0.9})  # fmt: skip


def window_map(plot_id="p1", on=None, side=1000.0):
    y, x = np.mgrid[0:20, 0:20].astype(np.float32)
    layers = {"delay": 0.1 * y, "bloom": 105 + 0.2 * y, "maturity": 330 + y, "ripe": 340 + y, "diameter": 70 - 0 * y}
    layers["maturity"][0, 0] = np.nan
    data = xr.Dataset(
        {name: (("y", "x"), values) for name, values in (layers | {"elevation": 300 + y, "slope": 0 * y}).items()},
        {"y": 3_420_000 - 10 * y[:, 0], "x": 340_000 + 10 * x[0]},
    ).assign(hillshade=(("y", "x"), np.full((20, 20), 180, np.uint8)))
    about = {"bloom_year": 2026, "source_resolution": 30.0, "resampling": "cubic"}
    return WindowMap(data, [[(5, 5), (12, 5), (12, 12), (5, 12)]], about, Path("none.tif"))


@pytest.fixture
def answers(services):
    return {**services.full, "slope_story.story": story, "slope_window.window_map": window_map}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("晚约 12 天", "主要是因为海拔：晚 13 天", "散射光")),
        ("en", ("12 days later", "Mainly because of elevation", "whole sky")),
    ],
)
def test_the_page_says_how_late_and_mainly_why_before_any_chart(open_page, seen, answers, language, words):
    at = open_page("slope", language, answers)
    assert not at.exception
    for word in words:
        assert word in seen(at)
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in at.main]
    assert kinds.index("answer") < kinds.index("vega_lite_chart")


def test_small_differences_of_light_are_called_small_and_larger_ones_are_not(open_page, seen, answers):
    text = seen(open_page("slope", "zh", answers))
    assert "冬季全部光照是平地的 97%（若天天无云会是 71%）：坡向的影响很小" in text
    assert "夏季全部光照是平地的 88%（若天天无云会是 90%）：坡的朝向和遮挡有影响" in text


def test_two_causes_of_like_weight_are_named_together(open_page, seen, answers, services):
    even = services.outlook()
    even.delay.update({"elevation": 2.0, "sun": 2.1, "cold": 0.1})
    text = seen(open_page("slope", "en", {**answers, "outlooks.plot_outlook": lambda plot_id, on: even}))
    assert "Two causes weigh about the same" in text
    assert "Mainly because" not in text


def test_a_plot_that_does_not_ripen_says_so(open_page, seen, answers, services):
    never = services.outlook()
    never.delay.update({"p50": float("nan")})
    at = open_page("slope", "zh", {**answers, "outlooks.plot_outlook": lambda plot_id, on: never})
    assert not at.exception
    assert "说不出比河谷晚几天" in seen(at)


@pytest.mark.parametrize("layer", ["delay", "bloom", "ripe"])
def test_the_map_comes_when_it_is_asked_for_with_a_scale_of_a_week_at_least(
    open_page, seen, answers, layer, monkeypatch
):
    monkeypatch.setattr(session, "export", lambda what, path, kind, **more: None)
    at = open_page("slope", "zh", answers)
    assert not at.get("image")
    at.selectbox(key="slope_layer").set_value(layer).run()
    at.button(key="slope_make").click().run()
    assert not at.exception
    assert at.get("image")
    text = seen(at)
    assert "30 米的高程数据插值到 10 米" in text
    assert text.count("citrus-swatch") >= 6
    assert ("本季达不到" in text) == (layer == "ripe")


def test_an_empty_platform_leads_to_the_first_plot(open_page, services):
    at = open_page("slope", "zh", services.empty, full=False)
    assert not at.exception
    assert at.info


@pytest.mark.parametrize(
    "error", [MissingDataError("no terrain", zh="没有地形"), NotAllowedError("not yours", zh="无权查看")]
)
def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, answers, error):
    def refuse(*arguments):
        raise error

    at = open_page("slope", "zh", {**answers, "slope_story.story": refuse})
    assert not at.exception
    assert error.zh in seen(at)
