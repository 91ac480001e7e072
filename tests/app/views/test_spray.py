"""The spray page: the answer before the strip, reasons behind a tap, ladders below; and its line on the first page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from agro.errors import MissingDataError
from app.answers import pest_advice
from app.services.pests.advice import OrganismLadder, PlotAdvice
from app.services.pests.spraying import Spraying
from pest_warning import organism
from pest_warning.advice import ladder, rotation
from pest_warning.advice.spray_windows import SprayWindow
from pest_warning.organism import Words

pytestmark = pytest.mark.filterwarnings("ignore")
CHINA = ZoneInfo("Asia/Shanghai")


def spraying(day, **changes):
    """Rain on the first afternoon, a good window on the fourth day, a far one on the ninth."""
    first = datetime.combine(day(1), datetime.min.time(), CHINA)
    table = pd.DataFrame({"time": pd.date_range(first, periods=7 * 24, freq="h")})
    night = ~table["time"].dt.hour.isin(range(7, 19))
    table = table.assign(state="no", share_good=0.0, share_usable=0.0, rain=0.0, rule="leaf_wet", zh="叶面湿", en="wet")
    table.loc[night, ["rule", "zh", "en"]] = "night", "夜间看不清", "night"
    rain = list(range(9, 19))
    table.loc[rain, ["rule", "zh", "en", "rain"]] = "rain_now", "正在下雨", "raining", 0.6
    table.loc[14, "rain"] = 0.9
    open_hours = [3 * 24 + hour for hour in (7, 8, 9)]
    table.loc[open_hours, ["state", "rule", "zh", "en"]] = "good", "", "", ""
    table.loc[open_hours, ["share_good", "share_usable"]] = 0.8
    ends = Words("之后转雨", "then rain")
    windows = tuple(
        SprayWindow(first + timedelta(days=k, hours=7), first + timedelta(days=k, hours=10), 3, "good", 0.75, 0.8, None,
                    ends)
        for k in (3, 8)
    )  # fmt: skip
    made = Spraying("p1", "屋后坡", day(0), "Asia/Shanghai", "knapsack", "contact", False, 20, table, windows, day(7))
    return replace(made, **changes)


def advised(day, diary="some", unnamed=0):
    """Red mites high, with the group of the last spray closed; canker in season beside it."""
    sprays = (rotation.Spray(day(-5), ("IRAC 20D",), ("red_mite",)),) if diary == "some" else ()
    made = []
    for key, level, word in (("red_mite", 4, "high"), ("canker", 2, "low")):
        one = organism.load(key)
        state = ladder.State(word, day(0), 20.0, 79.0, sprays, day(30))
        said = one.levels[level]
        made.append(
            OrganismLadder(
                key, one.name, one.quarantine, level, Words(said.zh, said.en), False, False, 20.0,
                ladder.ladder(one, state),
            )
        )  # fmt: skip
    return PlotAdvice("p1", "屋后坡", day(0), 79.0, day(30), diary, unnamed, tuple(made))


@pytest.fixture
def full(services, monkeypatch):
    monkeypatch.setattr(pest_advice, "now", lambda: datetime.combine(services.day(1), datetime.min.time(), UTC))
    return {
        **services.full,
        "spraying.of_plot": lambda plot, sprayer, product: spraying(services.day, sprayer=sprayer, product=product),
        "pest_advice.of_plot": lambda plot: advised(services.day),
    }


def test_the_answer_is_one_sentence_before_the_strip(open_page, seen, full):
    at = open_page("spray", "zh", full)
    assert not at.exception
    bodies = [element.proto.body for element in at.get("html")]
    first = next(body for body in bodies if "citrus-answer" in body)
    assert "今天能打吗？不能：14 时前后有雨；下一个窗口 周四（9月24日） 7–10 时。" in first
    assert bodies.index(first) < next(k for k, body in enumerate(bodies) if "citrus-hours" in body)


def test_a_tap_on_a_day_tells_why_and_a_far_window_has_no_hour(open_page, seen, full):
    text = seen(open_page("spray", "en", full))
    assert text.count('<details><summary class="row">') == 7
    assert "7:00-10:00 good" in text
    assert "9:00-19:00 no: raining" in text
    assert "usable throughout in 16 of 20 cases" in text
    assert "Further ahead Tue 29 Sep may have a window too" in text
    assert "29 Sep, 7:00" not in text


def test_the_sprayer_and_the_product_that_were_chosen_are_asked_about(open_page, full):
    asked = []
    told = full["spraying.of_plot"]
    full["spraying.of_plot"] = lambda *arguments: asked.append(arguments) or told(*arguments)
    at = open_page("spray", "zh", full)
    at.selectbox(key="spray_sprayer").set_value("drone").run()
    at.selectbox(key="spray_product").set_value("oil").run()
    assert asked[-1] == ("p1", "drone", "oil")


def test_a_clock_beyond_the_forecast_is_told_and_not_called_today(open_page, seen, full, monkeypatch):
    monkeypatch.setattr(pest_advice, "now", lambda: datetime(2027, 1, 5, tzinfo=UTC))
    text = seen(open_page("spray", "zh", full))
    assert "今天能打吗" not in text
    assert "周一（9月21日）能打吗" in text
    assert "按 2026年9月20日 的预报" in text


def test_ladders_go_from_mild_to_strong_and_law_begins_with_the_report(open_page, seen, full):
    text = seen(open_page("spray", "zh", full))
    mites, canker = text.split("<h2>红蜘蛛")[1].split("<h2>溃疡病")
    assert mites.index("等一等") < mites.index("农事") < mites.index("用药")
    assert canker.index("上报") < canker.index("处置") < canker.index("查</em>")
    assert "现在不行" in mites  # the group of five days ago
    assert "检疫对象" in text
    assert "未校准" in text


@pytest.mark.parametrize(("diary", "said"), [("none", "不等于没打药"), ("hidden", "看不到这块地的用药记录")])
def test_without_a_record_rotation_is_not_said_to_be_fine(open_page, seen, full, services, diary, said):
    full["pest_advice.of_plot"] = lambda plot: advised(services.day, diary)
    text = seen(open_page("spray", "zh", full))
    assert said in text
    assert "轮换上可用" not in text
    assert "没有用药记录，查不了" in text


def test_a_quiet_plot_needs_no_spray(open_page, seen, full, services):
    full["pest_advice.of_plot"] = lambda plot: replace(advised(services.day), ladders=())
    assert "不用打药" in seen(open_page("spray", "zh", full))


def test_at_bloom_the_bees_are_named(open_page, seen, full, services):
    full["spraying.of_plot"] = lambda *_: spraying(services.day, bloom=True)
    assert "伤蜂" in seen(open_page("spray", "zh", full))


def test_without_a_forecast_the_ladders_still_stand(open_page, seen, full):
    def none(*_):
        raise MissingDataError("no weather forecast", zh="没有天气预报：不能判断")

    full["spraying.of_plot"] = none
    at = open_page("spray", "zh", full)
    assert not at.exception
    assert "没有天气预报" in seen(at)
    assert "红蜘蛛" in seen(at)


def test_without_plots_the_page_leads_to_adding_one(open_page, seen, full, services):
    at = open_page("spray", "zh", {**full, "farms.plots": services.empty["farms.plots"]}, full=False)
    assert not at.exception
    assert "还没有地块" in seen(at)


def test_without_an_outlook_the_page_says_so(open_page, seen, full):
    def none(*_):
        raise MissingDataError("no pest outlook yet", zh="还没有病虫预报")

    at = open_page("spray", "zh", {**full, "pest_advice.of_plot": none})
    assert not at.exception
    assert "还没有病虫预报" in seen(at)


def test_the_first_page_says_spray_today_and_the_next_danger_and_is_quiet_without(open_page, seen, full, services):
    full["spraying.of_plots"] = lambda plots: {"p1": spraying(services.day)}
    full["pest_alerts.next_of_plots"] = lambda plots: {"p1": Words("红蜘蛛：预计超过防治指标", "red mite: above")}
    text = seen(open_page("home", "zh", full))
    assert "打药：今天不能（14 时前后有雨）；下一个窗口 周四（9月24日） 7–10 时" in text
    assert "红蜘蛛：预计超过防治指标" in text
    assert "盖膜" in text  # what the growth advice says now stays
    assert "打药：" not in seen(open_page("home", "zh", services.full))
