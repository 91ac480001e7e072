"""One plot's pests: the answer before any chart, three doubts apart, nothing that promises too much."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from agro.errors import MissingDataError, NotFoundError
from app.services.pests.changes import Change
from app.services.pests.courses import PlotCourses
from app.services.pests.outlooks import PlotPests
from app.services.pests.release import Gate
from pest_warning import organism, outlook

pytestmark = pytest.mark.filterwarnings("ignore")
SPREADS = {f"{name}_{end}": value for name in outlook.SPREADS for end, value in (("low", 1.0), ("high", 9.0))}


def row(services, key, horizon=15, **more):
    base = dict.fromkeys(outlook.COLUMNS) | SPREADS | {
        "plot": "p1", "organism": key, "horizon": horizon, "level": 2, "index": 4.0, "usual": 2.0, "unit": "1",
        "percentile": 70.0, "percentile_low": 50.0, "percentile_high": 90.0, "share": 0.4, "lead_days": np.nan,
        "calibration": "percentile", "evidence": "judgement", "demoted": False, "recorded": False, "scouted": np.nan,
        "driver1_key": "wet_hours", "driver1_log": 0.5, "driver1_now": 46.0, "driver1_usual": 28.0,
        "issued": pd.Timestamp(services.day(0)),
    }  # fmt: skip
    return base | more


def found(services, **more):
    rows = []
    for horizon in organism.HORIZONS:
        rows += [
            row(services, "red_mite", horizon, level=4, event="threshold", date_p10=services.day(3),
                date_p50=services.day(6), date_p90=services.day(9), lead_days=6.0, driver1_key="warmth", **more),
            row(services, "melanose", horizon, level=3),
            row(services, "minax", horizon, level=2, event="fruit_drop", date_p50=services.day(20),
                driver1_key="heat"),
            row(services, "canker", horizon, level=0),
        ]  # fmt: skip
    table = pd.DataFrame(rows)
    station = {"name": "高山站", "distance": 3.84, "rise": 353.0}
    verdict = {("red_mite", 15): {"zh": "只有一年，无法给出区间。", "en": "One year gives no interval."}}
    from tests.app.views.answers.orchard import PLOTS

    return PlotPests(PLOTS[0], services.day(0), table, rows[0], verdict, station)


def course(services, empty=False, written=False):
    rows = []
    for key in ("red_mite", "melanose", "canker"):
        for n in range(-60, 91):
            size = 0.0 if key == "canker" else 2.0
            gone = n <= 0
            ahead = [None] * 3 if gone else [size * 0.5, size, size * 1.5]
            bound = 3.0 if key == "red_mite" else None
            rows.append((key, services.day(n), size if gone else None, *ahead, size * 0.8, bound))
    names = ["organism", "time", "past", "p10", "p50", "p90", "usual", "threshold"]
    days = pd.DataFrame(rows, columns=names).astype(dict.fromkeys(names[2:], float))
    events = pd.DataFrame(
        [
            (
                "minax",
                "fruit_drop",
                "蛆果开始落地",
                "infested fruit begin to drop",
                *(services.day(n) for n in (10, 20, 30)),
            )
        ],
        columns=["organism", "event", "zh", "en", "p10", "p50", "p90"],
    )
    marks = pd.DataFrame(
        [(services.day(-20), "spray", "red_mite", "FRAC M02"), (services.day(-8), "count", "red_mite", "40 / 50")],
        columns=["time", "kind", "organism", "said"],
    )
    marks = marks if written else marks.iloc[0:0]
    if empty:
        days, events = days.iloc[0:0], events.iloc[0:0]
    return PlotCourses("p1", services.day(0), days, events, marks, {"melanose": services.day(4)}, 200)


def changes(services):
    before, after = row(services, "red_mite", level=4, index=4.0), row(services, "red_mite", level=2, index=1.0)
    return [Change("treated", {"group": "FRAC M02"}, before, after), Change("wetter", {"hours": 10}, before, before)]


@pytest.fixture
def full(services):
    return {
        **services.full,
        "pest_outlooks.dates": lambda: [services.day(0)],
        "pest_outlooks.of_plot": lambda plot, on: found(services),
        "pest_courses.of_plot": lambda plot, on: course(services),
        "pest_changes.what_changes": lambda plot, key, on, horizon: changes(services),
        "pest_changes.if_counted": lambda plot, key, n, infested, total, on, horizon: Change(
            "counted", {"count": f"{total} / {n}"}, *[changes(services)[0].before] * 2
        ),
        "release.gate": lambda on: Gate(services.day(0), True, "draft", None, ()),
    }


def walk(block):
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from walk(child)
        else:
            yield child


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            ("下一个要防的是红蜘蛛（柑橘全爪螨）（高）：达到防治指标约在 9月26日（9月23日–9月29日）", "日均温",
             "若未来 15 天多湿润 10 小时", "不等于没打过药", "最近的高山站，3.8 公里，比这里高 353 米",
             "只有一年，无法给出区间", "没有调查记录", "模型未校准"),
        ),
        (
            "en",
            ("Next comes citrus red mite", "daily mean 46.0 degC, usually 28.0", "wet for 10 hours more",
             "not the same as not sprayed", "3.8 km away and 353 m higher", "One year gives no interval",
             "no count is recorded", "Uncalibrated"),
        ),
    ],
)  # fmt: skip
def test_the_answer_stands_before_the_chart_and_all_it_rests_on_below(open_page, seen, full, language, said):
    at = open_page("pest_plot", language, full)
    assert not at.exception
    text = seen(at)
    for part in said:
        assert part in text
    every = list(walk(at.main))
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in every]
    assert kinds.index("answer") < kinds.index("vega_lite_chart")
    assert kinds.count("vega_lite_chart") == 1
    assert "概率" not in text.replace("不是概率", "").replace("也不是概率", "")
    assert "probability" not in text.replace("no probability", "")


def test_the_three_doubts_stand_side_by_side(open_page, seen, full):
    text = seen(open_page("pest_plot", "zh", full))
    for part in ("天气：预报的各种可能", "模型：数值取自文献的范围", "现状：园里到底有多少"):
        assert part in text
    assert text.count("1.0至9.0") == 3


def chart_of(at):
    return json.loads(at.get("vega_lite_chart")[0].proto.spec)


def test_the_timeline_has_now_a_threshold_and_what_was_done_and_counted(open_page, full, services, seen):
    written = full | {"pest_courses.of_plot": lambda *given: course(services, written=True)}
    at = open_page("pest_plot", "zh", written)
    assert "上次查园：8 天前" in seen(at)
    assert "这块地没有防治记录" not in seen(at)  # what was noted since the run counts
    spec = json.dumps(chart_of(at), ensure_ascii=False)
    for part in ("threshold", "p10", "p90", "usual", "past", "triangle-down", "circle"):
        assert part in spec


def test_an_infection_has_no_threshold_and_its_day_is_named_within_ten_days_only(open_page, seen, full, services):
    first = {**found(services).table[lambda t: t["organism"] == "melanose"].iloc[0].to_dict()}
    services_now = full | {"pest_outlooks.of_plot": lambda plot, on: replace(found(services), next=first)}
    at = open_page("pest_plot", "zh", services_now)
    assert "9月24日起可能侵染" in seen(at)
    assert "湿润 46 小时，常年 28 小时（推高）" in seen(at)
    at.button_group(key="pest_horizon").set_value(90).run()
    assert "第 10 天以后按周平均" in seen(at)


def test_an_organism_of_dates_shows_its_events(open_page, seen, full):
    at = open_page("pest_plot", "zh", full | {"pest_changes.what_changes": lambda *given: []})
    at.selectbox(key="pest_organism").set_value("minax").run()
    assert not at.exception
    assert "这种预报只看积温和日历" in seen(at)
    assert len(at.get("vega_lite_chart")) == 1


def test_out_of_season_there_is_no_flat_chart_but_a_sentence(open_page, seen, full):
    at = open_page("pest_plot", "zh", full)
    at.selectbox(key="pest_organism").set_value("canker").run()
    assert not at.exception
    assert "逐日的数都是零" in seen(at)
    assert not at.get("vega_lite_chart")


def test_where_there_are_no_days_the_page_says_so(open_page, seen, full, services):
    at = open_page("pest_plot", "zh", full | {"pest_courses.of_plot": lambda *given: course(services, empty=True)})
    assert not at.exception
    assert "这种病虫没有逐日的数" in seen(at)


def test_a_count_can_be_tried_and_shows_then_and_now(open_page, seen, full):
    asked = []
    services = full | {
        "pest_changes.if_counted": lambda *given: asked.append(given) or full["pest_changes.if_counted"](*given)
    }
    at = open_page("pest_plot", "zh", services)
    at.number_input(key="pest_found_p1_red_mite").set_value(80)
    at.button(key="pest_try_p1_red_mite").click().run()
    assert not at.exception
    assert asked[-1][:5] == ("p1", "red_mite", 50, None, 80)
    assert "若今天查得 80 / 50" in seen(at)


def test_a_plot_with_a_diary_and_a_recent_look_says_so(open_page, seen, full, services):
    table = found(services).table.assign(recorded=True, scouted=5.0)
    services_now = full | {"pest_outlooks.of_plot": lambda plot, on: replace(found(services), table=table)}
    text = seen(open_page("pest_plot", "zh", services_now))
    assert "上次查园：5 天前" in text
    assert "这一季有记录" in text
    assert "这块地没有防治记录" not in text


def test_without_a_run_the_page_says_what_to_do_next(open_page, seen, full):
    at = open_page("pest_plot", "zh", full | {"pest_outlooks.dates": list})
    assert not at.exception
    assert "需要先有一次计算" in seen(at)


@pytest.mark.parametrize(
    "error", [MissingDataError("none", zh="还没有病虫预报"), NotFoundError("none", zh="没有这块地")]
)
def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, full, error):
    def refuse(*given):
        raise error

    at = open_page("pest_plot", "zh", full | {"pest_outlooks.of_plot": refuse})
    assert not at.exception
    assert error.zh in seen(at)
