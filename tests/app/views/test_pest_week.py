"""The coming five weeks: words in every cell, a page to print, and nothing dated too far ahead."""

import pandas as pd
import pytest

from agro.errors import NotAllowedError
from app import session
from app.components import risk_weeks
from app.services.pests.release import Gate
from app.services.pests.weeks import Weeks
from pest_warning import outlook

pytestmark = pytest.mark.filterwarnings("ignore")
LEVELS = {
    ("p1", "red_mite"): [4, 4, 3, 3, 2], ("p2", "red_mite"): [2, 3, 3, 3, 2], ("p1", "melanose"): [2, 2, 2, 3, 3],
    ("p2", "melanose"): [0, 2, 2, 2, 1], ("p1", "canker"): [0] * 5, ("p2", "canker"): [0] * 5,
}  # fmt: skip
NAMES = {"p1": ("屋后坡", "青岩镇", "navel"), "p2": ("河边地", "白石乡", "valencia")}


def coming(services, looked_at=2, plots=2, levels=LEVELS):
    table = pd.DataFrame(
        [(plot, *NAMES[plot], "示例果园", key, week, level)
         for (plot, key), some in levels.items() for week, level in enumerate(some)],
        columns=["plot", "name", "township", "cultivar", "farm_name", "organism", "week", "level"],
    )  # fmt: skip
    blank = dict.fromkeys(outlook.COLUMNS) | {
        "percentile": 60.0, "percentile_low": 35.0, "percentile_high": 72.0, "calibration": "percentile",
        "issued": pd.Timestamp(services.day(0)),
    }  # fmt: skip
    rows = pd.DataFrame([
        blank | {"plot": plot, "organism": key, "horizon": horizon, "level": max(some), "event": event,
                 "date_p50": services.day(6) if event else None, "date_p10": services.day(2) if event else None,
                 "date_p90": services.day(9) if event else None}
        for (plot, key), some in levels.items() for horizon in (30, 90)
        for event in ["threshold" if key == "red_mite" else None]
    ])  # fmt: skip
    return Weeks(services.day(0), table, [services.day(1 + 7 * k) for k in range(5)], rows, looked_at, plots)


@pytest.fixture
def full(services):
    return {
        **services.full,
        "pest_outlooks.dates": lambda: [services.day(0)],
        "pest_weeks.of_viewer": lambda on: coming(services),
        "release.gate": lambda on: Gate(services.day(0), True, "draft", None, ()),
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", ("本周达到“中”的：红蜘蛛（柑橘全爪螨）（1/2 块）", "黑点病（砂皮病）（10月12日那周起）",
             "2–4 级（偏轻发生至偏重发生）", "这五周都不在发生期：溃疡病")),
     ("en", ("At medium or above this week: citrus red mite (1 of 2 plots)", "melanose (from the week of 12 Oct)",
             "grade 2 to 4", "Out of season in all five weeks: citrus canker"))],
)  # fmt: skip
def test_the_week_is_told_in_a_sentence_then_in_a_table_of_words(open_page, seen, full, language, said):
    at = open_page("pest_week", language, full)
    assert not at.exception
    text = seen(at)
    for part in said:
        assert part in text


def test_a_cell_is_the_highest_level_of_its_group_with_the_share_of_plots(services, platform):
    platform({})
    session.st.session_state.language = "zh"
    html = risk_weeks.table(coming(services), None)
    assert "高<small>1/2</small>" in html
    assert "中<small>2/2</small>" in html
    by_plot = risk_weeks.table(coming(services), "name")
    assert "<td>屋后坡</td>" in by_plot
    assert "算不了" in by_plot
    assert "<small>" not in by_plot  # a group of one plot has no share


@pytest.mark.parametrize("by", ["all", "township", "cultivar", "plot"])
def test_plots_can_be_grouped(open_page, seen, full, by):
    at = open_page("pest_week", "zh", full)
    at.button_group(key="week_by").set_value(by).run()
    assert not at.exception
    assert ("白石乡" in seen(at)) == (by == "township")


def test_no_infection_is_dated_beyond_day_ten_and_no_grade_stands_alone(services, platform):
    platform({})
    session.st.session_state.language = "zh"
    told = risk_weeks.beyond(coming(services)).set_index("病虫")
    assert "月" not in told.loc["黑点病（砂皮病）", "一个月"].replace("一个月", "")
    assert "不定到一级" in told.loc["黑点病（砂皮病）", "三个月"]
    assert "溃疡病" not in told.index


def test_the_page_to_print_stands_alone(services, platform):
    platform({})
    session.st.session_state.language = "zh"
    text = risk_weeks.page(coming(services), None, "五周病虫表", ["草稿，未发布"]).decode()
    assert text.startswith("<!doctype html>")
    assert "草稿，未发布" in text
    assert "红蜘蛛" in text
    assert "http" not in text


def test_where_not_all_plots_were_computed_the_page_says_so(open_page, seen, full, services):
    many = full | {"pest_weeks.of_viewer": lambda on: coming(services, 60, 300)}
    assert "最要紧的 60 块（共 300 块）" in seen(open_page("pest_week", "zh", many))


def test_what_is_more_than_ones_own_is_marked_as_a_draft(open_page, seen, full, services):
    gate = Gate(services.day(0), False, "draft", None, ())
    assert "草稿，未发布" in seen(open_page("pest_week", "zh", full | {"release.gate": lambda on: gate}))


def test_a_calm_farm_has_a_quiet_page(open_page, seen, full, services):
    calm = {key: [0] * 5 for key in LEVELS}
    at = open_page("pest_week", "zh", full | {"pest_weeks.of_viewer": lambda on: coming(services, levels=calm)})
    assert not at.exception
    assert "照常巡园" in seen(at)
    assert "这么远没有能说的" in seen(at)


def test_without_a_run_the_page_says_what_to_do_next(open_page, seen, full):
    at = open_page("pest_week", "zh", full | {"pest_outlooks.dates": list})
    assert not at.exception
    assert at.info


def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, full):
    def refuse(*given):
        raise NotAllowedError("not yours", zh="只给经营者看")

    at = open_page("pest_week", "zh", full | {"pest_weeks.of_viewer": refuse})
    assert not at.exception
    assert "只给经营者看" in seen(at)
