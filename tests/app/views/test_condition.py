"""The page of crop condition: what is weak, how sure that is, a plot through its seasons; sums for officials."""

import numpy as np
import pandas as pd
import pytest

from agro.farm import Role
from agro.store import disclosure, rights
from app import main
from app.components import season_curve, zone_story
from tests.app.services.imagery import conftest as hillside
from tests.app.services.imagery import ground_truth as truth
from tests.app.views import picture_home

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def kept():
    """Pages that several tests read, opened once."""
    return {}


@pytest.fixture
def page(open_as, pictured, kept):
    def opened(language="zh"):
        if language not in kept:
            kept[language] = open_as(pictured, picture_home.grower(pictured), "condition", language)
        return kept[language]

    return opened


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ("发现 1 处长势偏弱（1 个地块，合计约 9.6 亩），最要紧的在地块03",
                "最近一次看清是9月10日，3 天前",
                "15 个历史影像还不够", "地块03：比往年差，8月5日起，约 9.6 ± 1.0 亩", "可能缺水", "不是诊断",
                "误报率还没有实测",
                "每年误报约 5 %")),
        ("en", ("Weak places found: 1 (plots: 1, about 9.6 mu in all), the most urgent at 地块03", "10 Sep",
                "possibly dry", "no diagnosis", "not measured here yet")),
    ],
)  # fmt: skip
def test_what_is_weak_is_said_first_with_hints_and_the_rate_of_false_alarms(page, seen, language, parts):
    at = page(language)
    assert not at.exception
    text = seen(at)
    for part in parts:
        assert part in text, part
    assert text.index(parts[0]) < text.index(parts[4] if language == "zh" else parts[2])


def test_a_grower_sees_the_own_weak_places_only(page, seen):
    assert "地块10" not in seen(page())
    assert all(label != "地块10" for label in page().selectbox(key="picked_plot").options)


def test_the_curve_stands_under_its_plot_with_what_it_cannot_say(page, seen):
    text, day = seen(page()), hillside.LAST
    drawn = truth.field(day, hillside.planted(day))[truth.inside(truth.outlines().iloc[2])]
    assert f"9月10日的 NDVI 是 {np.median(drawn):.2f}" in text
    assert "没有气象数据" in text
    assert "不说明原因" in text
    assert len(page().get("vega_lite_chart")) == 1  # the curve; no weather, stages or work


def test_a_plot_of_few_seasons_says_why_it_has_no_zones(page, seen):
    assert "至少需要 3 个生长季" in seen(page())


def test_a_plot_too_small_for_satellites_is_said_to_its_owner(open_as, pictured, seen):
    other = pictured.store.viewer_of("果农f2")
    text = seen(open_as(pictured, other, "condition", plot="p16"))
    assert "1 个地块不到 0.6 亩" in text
    assert "地块 0.3 亩，太小：卫星看不清" in text


def test_without_pictures_the_page_says_where_to_bring_them_in(open_as, unpictured, seen):
    at = open_as(unpictured, picture_home.grower(unpictured), "condition")
    assert not at.exception
    assert "还没有影像，长势监测没有开始" in seen(at)
    assert not at.selectbox


def test_an_official_sees_sums_of_five_growers_and_no_plot(open_as, pictured, seen):
    at = open_as(pictured, picture_home.somebody(Role.OFFICIAL), "condition")
    assert not at.exception
    text = seen(at)
    assert "不足五户的不显示" in text
    assert "地块" not in text.replace("单个地块", "")


def test_sums_are_told_from_five_growers_on(monkeypatch, open_as, pictured, seen):
    monkeypatch.setattr(disclosure.disclosed, "__kwdefaults__", {"growers": 1, "share": 1.1})
    text = seen(open_as(pictured, picture_home.somebody(Role.OFFICIAL), "condition"))
    assert "9.6 亩" in text
    assert "甲镇" in text
    assert "乙镇" in text


def test_who_sees_no_condition_gets_no_page():
    supplier = picture_home.somebody(Role.SUPPLIER)
    for view in ("condition", "trees", "images", "walk"):
        assert main.NEEDS[view]
        assert not any(rights.allowed(supplier, right) for right in main.NEEDS[view]), view


def test_the_series_of_a_plot_is_taken_away_as_csv(open_as, pictured):
    at = open_as(pictured, picture_home.grower(pictured), "condition", plot="p03")
    at.selectbox(key="condition_files_what").set_value("series").run()
    at.button(key="condition_files_make").click().run()
    assert not at.exception
    assert not at.error
    assert len(at.get("download_button")) == 1


def test_each_part_of_a_curve_begins_where_the_one_before_ended():
    days = pd.date_range("2024-01-01", periods=6)
    looks = {
        "provisional": [False, False, False, False, True, True],
        "dashed": [False, False, True, True, False, False],
    }
    parts = season_curve._parts(pd.DataFrame({"time": days, "value": range(6), **looks}))
    told = {part: (rows["style"].iloc[0], list(rows["value"])) for part, rows in parts.groupby("part")}
    assert told == {1: ("solid", [0, 1]), 2: ("dashed", [1, 2, 3]), 3: ("pale", [3, 4, 5])}


@pytest.mark.parametrize(("n", "ends"), [(2, (0, 4)), (3, (0, 4)), (1, (0, 0))])
def test_the_weakest_and_the_strongest_zone_have_the_ends_of_the_colours(n, ends):
    assert (zone_story.colour(1, n), zone_story.colour(n, n)) == tuple(zone_story.COLOURS[end] for end in ends)
