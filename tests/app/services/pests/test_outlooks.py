"""What is said of pests: the next danger, words that promise nothing, sums that name nobody, and the release gate."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from app.services.pests import outlooks, release, standing, statements, townships, words
from app.services.platform import open_platform
from pest_warning import organism, outlook
from tests.app.services.pests.pest_rows import MITE, ON, made, row

SPRING = date(2026, 5, 4)
GROWER = Viewer("g", "果农", Role.GROWER, ("f0",))
AGRONOMIST, STATION, OFFICIAL, SUPPLIER, RESEARCHER = (
    Viewer(role.value, "某人", role)
    for role in (Role.AGRONOMIST, Role.STATION, Role.OFFICIAL, Role.SUPPLIER, Role.RESEARCHER)
)


@pytest.fixture
def home(tmp_path):
    rows = [
        row("p0", "melanose", level=4, index=0.9),
        row("p0", "red_mite", level=4, recorded=True, **MITE),
        row("p1", "red_mite", level=3, **MITE),
        row("p2", "dorsalis", 90, level=3, unit="d", event="generation", date_p50=date(2026, 12, 1), lead_days=72.0),
        *(row("p3", one.key, days, level=1) for one in organism.catalogue() for days in organism.HORIZONS),
        *(row(f"p{k}", "minax", level=4, unit="d", event="fruit_drop", lead_days=2.0) for k in range(4, 7)),
    ]
    return made(tmp_path / "home", rows)


def test_the_higher_level_comes_first_then_the_earlier_day_and_what_has_no_day_counts_as_the_middle(home):
    found = outlooks.next_dangers(STATION, home).set_index("id")
    assert found.loc["p0", "organism"] == "red_mite"  # day 6 before the middle of 15 days
    assert found.loc["p1", "organism"] == "red_mite"
    assert (found.loc["p2", "organism"], found.loc["p2", "horizon"]) == ("dorsalis", 90)  # nothing sooner
    assert found.loc["p3", "organism"] is None
    assert found.loc["p3", "level"] == outlook.CANNOT


def test_each_plot_gets_one_sentence_and_the_most_pressing_stands_first(home):
    said = outlooks.sentences(STATION, home, "zh")
    assert len(said) == 7
    assert [one.tone for one in said] == sorted((one.tone for one in said), key=["act", "watch", "info"].index)
    by_plot = {one.plot_id: one.text for one in said}
    assert "红蜘蛛" in by_plot["p0"]
    assert "达到防治指标约在 9月26日（9月22日–10月2日）" in by_plot["p0"]
    assert "不等于没打过药" not in by_plot["p0"]  # something is written down for it
    assert "不等于没打过药" in by_plot["p1"]
    assert "算不了" in by_plot["p3"]


def test_a_plot_where_nothing_reaches_medium_is_told_to_look_round_as_usual(tmp_path):
    home = made(tmp_path / "home", [])
    assert "照常巡园" in outlooks.sentences(STATION, home, "zh")[0].text
    assert outlooks.of_plot(GROWER, home, "p0").next is None


def test_before_the_first_run_there_are_no_sentences_and_the_table_says_why(small_home):
    platform = open_platform(small_home)
    assert outlooks.sentences(STATION, platform) == []
    with pytest.raises(MissingDataError, match="no pest outlook"):
        outlooks.table(STATION, platform)


def test_a_plots_page_has_all_organisms_and_the_nearest_station(home):
    found = outlooks.of_plot(GROWER, home, "p0")
    assert len(found.table) == 3 * len(organism.catalogue())
    assert found.next["organism"] == "red_mite"
    assert list(found.table["organism"][:2]) == ["red_mite", "melanose"]
    assert found.station is None
    with pytest.raises(NotFoundError):
        outlooks.of_plot(GROWER, home, "p1")


def test_how_good_such_forecasts_were_comes_from_the_verdicts(home):
    told = {"state": "unknown", "zh": "太少", "en": "too few", "since": "2026-01-01", "base_rate": None, "usual": []}
    standing.keep(home, {}, {"red_mite:15": [told]})
    assert outlooks.of_plot(GROWER, home, "p0").verdicts == {("red_mite", 15): {"zh": "太少", "en": "too few"}}


@pytest.mark.parametrize("who", [SUPPLIER, OFFICIAL])
def test_who_may_not_see_plots_sees_no_pest_map(home, who):
    for ask in (lambda: outlooks.county(who, home, "red_mite", 15), lambda: outlooks.sentences(who, home)):
        with pytest.raises(NotAllowedError):
            ask()


def test_a_supplier_gets_no_sums_and_no_dates_either(home):
    for ask in (outlooks.dates, lambda *a: townships.townships(*a, "red_mite", 15), lambda *a: release.gate(*a, ON)):
        with pytest.raises(NotAllowedError):
            ask(SUPPLIER, home)


def test_a_grower_sees_own_plots_only(home):
    assert list(outlooks.county(GROWER, home, "red_mite", 15)["id"]) == ["p0"]
    assert set(outlooks.table(GROWER, home)["plot"]) == {"p0"}


def test_a_researcher_gets_no_page_of_a_plot_and_no_names(home):
    county = outlooks.county(RESEARCHER, home, "red_mite", 15)
    assert sorted(county["level"]) == [1, 2, 2, 2, 2, 3, 4]
    assert not {"p0", "地0"} & {*county["id"], *county["name"]}
    with pytest.raises(NotAllowedError):
        outlooks.of_plot(RESEARCHER, home, county["id"].iloc[0])


@pytest.mark.parametrize("who", [AGRONOMIST, RESEARCHER])
def test_before_harvest_there_is_no_map_of_flies_outside_the_station(home, who):
    with pytest.raises(NotAllowedError) as refused:
        outlooks.county(who, home, "minax", 15)
    assert "植保站" in refused.value.zh
    assert not {"minax", "dorsalis"} & set(outlooks.table(who, home)["organism"])
    assert not {"minax", "dorsalis"} & {one.key for one in outlooks.organisms(who, home)}
    assert len(outlooks.county(STATION, home, "minax", 15)) == 7
    assert len(outlooks.county(GROWER, home, "minax", 15)) == 1  # one's own orchard is one's own business
    with pytest.raises(NotAllowedError):
        townships.townships(OFFICIAL, home, "minax", 15)


def test_in_spring_the_flies_are_on_every_map(tmp_path):
    home = made(tmp_path / "home", [], on=SPRING)
    assert len(outlooks.county(AGRONOMIST, home, "minax", 15)) == 7
    assert townships.townships(OFFICIAL, home, "dorsalis", 15).table["plots"].iloc[0] == 7


def test_the_organism_that_presses_most_plots_is_offered_first(home):
    assert outlooks.organisms(STATION, home)[0].key == "minax"
    assert outlooks.organisms(OFFICIAL, home)[0].key == "red_mite"


def test_a_horizon_or_organism_that_there_is_not_is_refused(home):
    with pytest.raises(InputError, match="known: 15, 30, 90"):
        outlooks.table(STATION, home, horizon=20)
    with pytest.raises(NotFoundError):
        outlooks.table(STATION, home, organism="locust")


def test_sums_are_told_of_five_growers_and_hide_the_cells_that_point_at_somebody(tmp_path):
    """Twelve growers of 3 mu in one township: two at high, so that neither cell may be told."""
    rows = [row(f"p{k}", "red_mite", level=4) for k in range(2)]
    home = made(tmp_path / "two", rows, plots=12, farms=12)
    told = townships.townships(OFFICIAL, home, "red_mite", 15)
    whole = told.table.iloc[0]
    assert (whole["growers"], whole["plots"], whole["complete"]) == (12, 12, 1.0)
    assert whole["area_mu"] == pytest.approx(36.0)
    assert np.isnan(whole["warned_mu"])
    assert np.isnan(whole["calm_mu"])  # or the difference would tell
    rows = [row(f"p{k}", "red_mite", level=4) for k in range(6)]
    whole = townships.townships(OFFICIAL, made(tmp_path / "six", rows, 12, 12), "red_mite", 15).table.iloc[0]
    assert (whole["warned_mu"], whole["calm_mu"]) == (pytest.approx(18.0), pytest.approx(18.0))


def test_a_township_of_four_growers_is_not_listed(tmp_path):
    home = made(tmp_path / "home", [], plots=16, farms=16, townships=("甲镇", "甲镇", "甲镇", "乙镇"))
    told = townships.townships(OFFICIAL, home, "red_mite", 15)
    assert "乙镇" not in set(told.table["township"])


def test_the_gate_is_private_for_own_plots_and_a_draft_for_all_else(home):
    assert release.gate(GROWER, home, ON).private
    for who in (AGRONOMIST, STATION, OFFICIAL, RESEARCHER):
        gate = release.gate(who, home, ON)
        assert (gate.private, gate.issued, gate.state) == (False, False, "draft")
    assert release.gate(AGRONOMIST, home, ON).may == ("signed",)
    assert release.gate(OFFICIAL, home, ON).may == ()


def test_an_agronomist_signs_and_only_the_station_issues_with_a_number(home):
    release.sign(AGRONOMIST, home, ON)
    assert release.gate(AGRONOMIST, home, ON).may == ()
    assert release.gate(STATION, home, ON).may == ("issued",)
    with pytest.raises(NotAllowedError):
        release.issue(AGRONOMIST, home, ON, "2026-9")
    with pytest.raises(InputError, match="number"):
        release.issue(STATION, home, ON, " ")
    release.issue(STATION, home, ON, "2026-9")
    gate = release.gate(OFFICIAL, home, ON)
    assert gate.issued
    assert gate.release.number == "2026-9"
    release.withdraw(STATION, home, ON)
    assert not release.gate(OFFICIAL, home, ON).issued
    with pytest.raises(NotAllowedError):
        release.sign(GROWER, home, ON)


@pytest.mark.parametrize("one", organism.catalogue(), ids=lambda one: one.key)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("horizon", organism.HORIZONS)
def test_a_model_that_is_not_calibrated_never_speaks_of_a_probability(one, language, horizon):
    for level in range(5):
        some = row("p0", one.key, horizon, level=level, issued=pd.Timestamp(ON), p=0.73, p_lo=0.6, p_hi=0.8)
        told = [*words.index(some, one, language), words.danger(some, language), words.when(some, one, language)]
        told += [statements.statement(some, one, language)] if horizon > 15 else []
        text = " ".join(told)
        assert "73" not in text
        assert not re.search("概率|probability", text.replace("不是概率", "").replace("no probability", ""))


def test_a_calibrated_one_gives_its_probability_with_its_interval():
    some = row("p0", "black_spot", 30, level=3, calibration="calibrated", p=0.73, p_lo=0.6, p_hi=0.8)
    one = organism.load("black_spot")
    assert "概率 73 %（60–80 %），已在本地校准" in words.index(some | {"issued": ON}, one, "zh")
    assert statements.statement(some | {"issued": ON}, one, "en") == "probability 73 % (60 to 80 %)"


@pytest.mark.parametrize("one", [one for one in organism.catalogue() if one.engine == "infection"], ids=lambda o: o.key)
@pytest.mark.parametrize("horizon", [30, 90])
def test_no_infection_is_dated_a_month_or_a_season_ahead(one, horizon):
    for level in range(5):
        some = row("p0", one.key, horizon, level=level, issued=pd.Timestamp(ON))
        assert not re.search(r"\d+月\d+日", statements.statement(some, one, "zh"))
        assert not re.search(r"\d+ (Sep|Oct|Nov|Dec)", statements.statement(some, one, "en"))


@given(low=st.floats(0, 100), high=st.floats(0, 100))
def test_the_grade_of_a_season_is_always_a_band_that_holds_both_ends(low, high):
    low, high = min(low, high), max(low, high)
    first, last = words.grades(low, high)
    assert 1 <= first < last <= 5
    assert 20 * (first - 1) <= low
    assert high <= 20 * last


def test_a_season_is_told_in_official_grades_as_a_range():
    some = row("p0", "red_mite", 90, level=3, percentile_low=35.0, percentile_high=72.0, issued=ON)
    assert "2–4 级（偏轻发生至偏重发生）" in statements.statement(some, organism.load("red_mite"), "zh")


def test_an_organism_whose_file_promises_nothing_so_far_ahead_is_told_nothing():
    some = row("p0", "scab", 30, level=4, issued=ON)
    assert statements.statement(some, organism.load("scab"), "zh") == "这么远没有依据，不作预报"


def driven(key, now, usual, organism_key, log):
    named = {"driver1_key": key, "driver1_now": now, "driver1_usual": usual, "driver1_log": log}
    some = row("p0", organism_key, level=3, issued=pd.Timestamp(ON)) | named
    return words.drivers(some, organism.load(organism_key), "zh")


@pytest.mark.parametrize(
    ("key", "now", "usual", "of", "log", "said"),
    [
        ("wet_hours", 46.2, 27.9, "melanose", 0.5, "湿润 46 小时，常年 28 小时（推高）"),
        ("shoots", 0.6, 0.4, "red_mite", 0.3, "秋梢 60 % 在嫩梢期，常年 40 %（推高）"),
        ("warmth", 18.04, 21.0, "red_mite", -0.4, "日均温 18.0 ℃，常年 21.0 ℃（压低）"),
        ("protection", 0.4, 1.0, "melanose", -0.9, "以前打的药还挡住 60 %（压低）"),
        ("source", 1.0, 0.5, "melanose", 0.69, "枯枝、病残体上的菌源是常年的 2.00 倍（推高）"),
        ("heat", 2800.0, 2500.0, "minax", 0.11, "今年 10 ℃ 以上积温 2800 日度，常年同期 2500（偏早）"),
        ("pressure", 0.2, 0.02, "psyllid", 2.3, "周边已公布的发现带来的压力是本底的 10.0 倍（推高）"),
        ("welcome", 6.0, 3.0, "psyllid", 0.69, "适合落脚的天数 6.0，常年 3.0（推高）"),
        ("start", 3.1, 1.0, "red_mite", 1.1, "今天估计每叶 3.1 头，往年此时 1.0 头（推高）"),
        ("rain", 80.0, 40.0, "rust_mite", -0.3, "近十天雨量 80 毫米，常年 40 毫米（压低）"),
        ("tissue", 0.8, 0.5, "melanose", 0.47, "感病的嫩梢、幼果占 80 %，常年 50 %（推高）"),
        ("hour_fitness", 0.03, 0.02, "melanose", 0.4, "湿润时的温度和雨水，对侵染的有利程度是常年的 1.50 倍（推高）"),
    ],
)  # fmt: skip
def test_drivers_are_told_in_plain_words_with_the_usual_value(key, now, usual, of, log, said):
    assert driven(key, now, usual, of, log) == [said]


def test_a_driver_that_differs_by_nothing_one_can_see_is_not_told():
    assert driven("warmth", 18.01, 18.02, "red_mite", 0.6) == ["主要条件与常年差不多"]
    assert driven("wet_hours", 46.0, 45.0, "melanose", 0.02) == ["主要条件与常年差不多"]


def test_a_county_of_a_hundred_plots_has_a_row_for_each(tmp_path):
    home = made(tmp_path / "home", [], plots=100, farms=10)
    assert len(outlooks.county(STATION, home, "red_mite", 15)) == 100


def test_every_level_and_every_driver_of_the_table_has_words_in_both_languages():
    table = words.patterns()
    for name in ("level", "meaning"):
        assert {key for key in table[name] if key.isdigit()} == set("01234")
    keys = {"wet_hours", "hour_fitness", "tissue", "source", "protection", "warmth", "rain", "shoots", "start"}
    keys |= {"pressure", "welcome", "heat"}
    for key in keys:
        assert {"zh", "en"} <= set(table["driver"][key])


def test_a_share_of_cases_is_said_to_be_no_probability():
    some = row("p0", "red_mite", level=3, issued=ON, **MITE)
    assert "80 % 的情形达到指标（这是情形数，不是概率）" in words.index(some, organism.load("red_mite"), "zh")
