"""The ladder of a plot from its own records, and its spray hours: who may read them, what is known, what is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pvlib
import pytest

from agro.errors import MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import OPERATOR
from app.services import preparation, protection, samples
from app.services.pests import advice, spray_sites, spraying
from app.services.platform import open_platform
from pest_warning import organism, outlook
from pest_warning import protection as residues
from pest_warning.advice.spray_windows import SprayWindow
from pest_warning.organism import Words
from tests.app.services.pests.hand_made import ISSUED, farms, keep, plots, row

NOW = datetime(2024, 3, 31, 1, tzinfo=UTC)
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def home(small_home, monkeypatch):
    spray_sites._kept.cache_clear()
    platform = open_platform(small_home)
    monkeypatch.setattr(platform.store, "clock", lambda: NOW)
    yield platform
    spray_sites._kept.cache_clear()
    platform.store.close()


@pytest.fixture
def forecast(monkeypatch):
    """Give a function that takes the first days of the coming weather for a forecast, with rain as told."""
    prepared = preparation.prepare

    def told(days: int, rain: float | None = None) -> None:
        def cast(home, on, members, ids=None):
            found = prepared(home, on, members, ids)
            future = found.ensemble.future.copy(deep=True)
            origin = future["origin"].to_numpy().astype(object)
            origin[:days] = "forecast"
            future["origin"] = (future["origin"].dims, origin.astype(str))
            if rain is not None:
                future["rain"] = future["rain"] * 0 + rain
            return replace(found, ensemble=replace(found.ensemble, future=future))

        monkeypatch.setattr(preparation, "prepare", cast)

    return told


def owner(home, role=Role.GROWER):
    return Viewer("a1", "果农", role, farms=(farms(home)["甲果园"],))


def groups_of(told, key):
    one = next(one for one in told.ladders if one.key == key)
    return {group.group.key: group for option in one.ladder.options for group in option.groups}


def state_of(group, name):
    return next(check for check in group.checks if check.name == name)


def test_only_what_stands_at_medium_or_high_gets_a_ladder_the_highest_first(home):
    plot = plots(home)["河边地"]
    levels = {"scab": outlook.MEDIUM, "melanose": outlook.LOW, "leafminer": outlook.NOTHING}
    keep(home, [row(plot), *(row(plot, key, level=level) for key, level in levels.items())])
    told = advice.of_plot(owner(home), home, plot)
    assert [one.key for one in told.ladders] == ["red_mite", "scab"]
    kinds = [option.kind for option in told.ladders[0].ladder.options]
    assert kinds == sorted(kinds, key=["wait", "scout", "cultural", "biological", "chemical"].index)
    assert kinds[0] == "wait"


def test_without_a_record_nothing_is_claimed_of_the_diary(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    assert advice.of_plot(owner(home), home, plot).diary == "none"


def test_a_group_that_was_sprayed_against_it_waits_and_another_family_does_not(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    protection.add_treatment(
        OPERATOR, home, plot=plot, date=date(2024, 3, 20), groups=["IRAC 20D"], targets=["red_mite"], product="甲"
    )
    told = advice.of_plot(owner(home), home, plot)
    found = groups_of(told, "red_mite")
    assert told.diary == "some"
    assert state_of(found["IRAC 20D"], "rotation").state == "failed"
    assert found["IRAC 20D"].state == "not now"
    assert state_of(found["IRAC 25A"], "rotation").state == "passed"


def test_a_spray_without_a_named_way_of_working_is_counted_as_such(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    protection.add_treatment(OPERATOR, home, plot=plot, date=date(2024, 3, 20), product="某药")
    protection.add_treatment(OPERATOR, home, plot=plot, date=date(2024, 3, 21), product="乙", groups=["FRAC 50"])
    told = advice.of_plot(owner(home), home, plot)
    assert (told.diary, told.unnamed) == ("some", 2)
    assert state_of(groups_of(told, "red_mite")["IRAC 20D"], "rotation").state == "passed"


def test_sprays_of_an_earlier_season_rotate_nothing(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    protection.add_treatment(
        OPERATOR, home, plot=plot, date=date(2022, 10, 1), groups=["IRAC 20D"], targets=["red_mite"], product="甲"
    )
    assert advice.of_plot(owner(home), home, plot).diary == "none"


def test_a_packing_house_learns_nothing_of_the_sprays(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    protection.add_treatment(
        OPERATOR, home, plot=plot, date=date(2024, 3, 20), groups=["IRAC 20D"], targets=["red_mite"], product="甲"
    )
    buyer = Viewer("b1", "处理厂", Role.PACKING_HOUSE, grants=(("farm", farms(home)["甲果园"]),))
    told = advice.of_plot(buyer, home, plot)
    assert told.diary == "hidden"
    assert all(state_of(one, "rotation").state == "passed" for one in groups_of(told, "red_mite").values())


def test_canker_out_of_season_is_told_only_where_a_sample_is_known_and_then_report_comes_first(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot, "canker", level=outlook.NOTHING, unit="1")])
    viewer = owner(home)
    assert advice.of_plot(viewer, home, plot).ladders == ()
    samples.suspect(viewer, home, plot=plot, date=date(2024, 3, 25), organism="canker")
    (one,) = advice.of_plot(viewer, home, plot).ladders
    assert one.quarantine
    assert [option.kind for option in one.ladder.options][:2] == ["report", "report"]
    neighbour = Viewer("a2", "邻居", Role.HELPER, grants=(("farm", farms(home)["甲果园"]),))
    assert advice.of_plot(neighbour, home, plot).ladders == ()  # under embargo: not even that there is a sample


def test_a_quarantine_organism_in_season_is_told_at_low_too(home):
    plot = plots(home)["河边地"]
    keep(home, [row(plot, "minax", level=outlook.LOW, unit="d")])
    (one,) = advice.of_plot(owner(home), home, plot).ladders
    assert (one.key, one.level) == ("minax", outlook.LOW)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SUPPLIER, Role.CONTRACTOR, Role.SCHEME_CLERK, Role.RESEARCHER])
def test_advice_is_for_those_who_work_a_plot_or_advise_on_it(home, role):
    plot = plots(home)["河边地"]
    keep(home, [row(plot)])
    for ask in (advice.of_plot, spraying.of_plot):
        with pytest.raises(NotAllowedError):
            ask(Viewer("x1", "某人", role), home, plot)


def test_another_farms_plot_is_unknown(home):
    keep(home, [row(plot) for plot in plots(home).values()])
    for ask in (advice.of_plot, spraying.of_plot):
        with pytest.raises(NotFoundError):
            ask(owner(home), home, plots(home)["屋后坡"])


def test_before_the_first_outlook_there_is_no_ladder(home):
    with pytest.raises(MissingDataError):
        advice.of_plot(owner(home), home, plots(home)["河边地"])


def test_a_generation_of_red_mites_lasts_twenty_days_at_25_degrees():
    # Yasuda 1982 in the devRate copy of Jarosik et al. 2011: 20.3 d at 25 degC
    assert advice.generation_days(organism.load("red_mite"), 25.0) == pytest.approx(20.3, abs=0.05)


def test_generations_are_bounded_and_a_fungus_has_the_files_own():
    mite, scab = organism.load("red_mite"), organism.load("scab")
    assert advice.generation_days(mite, 8.5) == 60.0
    assert advice.generation_days(organism.load("yellow_mite"), 60.0) == 7.0
    assert advice.generation_days(scab, 20.0) == advice.generation_days(scab, float("nan")) == 21.0
    assert advice.generation_days(mite, float("nan")) == 30.0


@pytest.mark.parametrize(
    ("bud", "fruit", "stage"),
    [(0, 79, 79), (60, 89, 60), (65, 69, 69), (65, 74, 74), (31, -1, 31), (31, 85, 85), (64, np.nan, 64)],
)
def test_flowers_decide_before_the_fruit_that_hangs_beside_them(bud, fruit, stage):
    assert float(spray_sites.stage(bud, fruit)) == stage


def test_sulphur_wears_off_alike_under_its_number_and_its_name():
    assert residues.residue(("FRAC M02",)) == residues.residue(("sulphur",)) != residues.residue_of("unknown")


def test_without_a_forecast_no_hour_is_told(home):
    keep(home, [row(plots(home)["河边地"])])
    with pytest.raises(MissingDataError, match="forecast"):
        spraying.of_plot(owner(home), home, plots(home)["河边地"])
    assert spraying.of_plots(owner(home), home, tuple(plots(home).values())) == {}


def test_seven_days_are_told_by_the_hour_from_the_day_after_and_none_beyond_the_forecast(home, forecast):
    forecast(9, rain=0.0)
    keep(home, [row(plots(home)["河边地"])])
    found = spraying.of_plot(owner(home), home, plots(home)["河边地"], "knapsack", "bait")
    assert len(found.hours) == 7 * 24
    assert found.hours["time"].iloc[0] == pd.Timestamp("2024-03-31", tz=CHINA)
    assert found.counted == ISSUED + timedelta(7)
    assert max(one.end for one in found.windows).date() <= ISSUED + timedelta(9)
    assert set(spraying.of_plots(owner(home), home, tuple(plots(home).values()))) == {plots(home)["河边地"]}


def test_rain_closes_the_hours_before_it_and_dry_days_stay_open(home, forecast):
    viewer, plot = owner(home), plots(home)["河边地"]
    keep(home, [row(plot)])
    forecast(9, rain=0.0)
    dry = spraying.of_plot(viewer, home, plot, "knapsack", "bait")
    spray_sites._kept.cache_clear()
    forecast(9, rain=60.0)
    wet = spraying.of_plot(viewer, home, plot, "knapsack", "bait")
    rainy = wet.hours["rain"] == 1.0
    assert rainy.any()
    assert not wet.hours["share_usable"][rainy].any()
    assert sum(one.hours for one in wet.windows) < sum(one.hours for one in dry.windows)


def test_at_bloom_what_nobody_named_is_not_sprayed_by_day_and_baits_are(home, forecast):
    viewer, plot = owner(home), plots(home)["河边地"]
    keep(home, [row(plot)])
    forecast(9, rain=0.0)
    found = spraying.of_plot(viewer, home, plot)
    assert found.bloom  # the navels of the small valley, end of March
    assert found.windows == ()
    assert spraying.answer(found, NOW).why.zh == "花期禁用此类药剂，保护蜜蜂"
    assert spraying.of_plot(viewer, home, plot, "knapsack", "bait").windows != ()


def test_the_air_of_a_plot_is_its_own(home):
    """By hand: half way from 10 to 20 degC; 1.2 kPa at 15 degC is 70 %; 0.748 of the wind at 10 m (FAO-56 eq. 47)."""
    ones = np.ones((1, 2, 24))
    cell = {"warmth": 0.5 * ones, "vapour": 1.2 * ones, "rain": 0 * ones, "wind": ones, "gust": 2 * ones}
    cell = {name: SimpleNamespace(to_numpy=lambda value=value: value) for name, value in cell.items()}
    point = SimpleNamespace(x=109.335, y=30.905)
    sky = spray_sites._sky(cell, np.full((1, 2), 10.0), np.full((1, 2), 20.0), 1.0, ISSUED, "Asia/Shanghai", point)
    assert sky.temperature == pytest.approx(np.full((1, 48), 15.0))
    assert sky.rh == pytest.approx(np.full((1, 48), 70.4), abs=0.1)
    assert sky.wind == pytest.approx(np.full((1, 48), 0.748), abs=0.001)
    assert sky.gust == pytest.approx(np.full((1, 48), 1.496), abs=0.002)
    assert sky.time[0] == np.datetime64("2024-03-30T16:00")  # midnight in China
    higher = spray_sites._sky(cell, np.full((1, 2), 10.0), np.full((1, 2), 20.0), 0.9, ISSUED, "Asia/Shanghai", point)
    assert higher.rh == pytest.approx(0.9 * sky.rh)


@pytest.mark.parametrize("issued", [date(2024, 2, 10), date(2024, 6, 20), date(2024, 11, 1)])
def test_sunrise_and_sunset_agree_with_another_program(issued):
    point = SimpleNamespace(x=109.335, y=30.905)
    since, until = spray_sites._sun(issued, 1, point, 8.0)
    day = pd.DatetimeIndex([pd.Timestamp(issued + timedelta(1), tz=CHINA)])
    sun = pvlib.solarposition.sun_rise_set_transit_spa(day, point.y, point.x)
    clock = {name: (sun[name].iloc[0] - day[0]).total_seconds() / 3600 for name in ("sunrise", "sunset")}
    assert 0.5 - since[0] == pytest.approx(clock["sunrise"], abs=0.05)
    assert until[0] + 0.5 == pytest.approx(clock["sunset"], abs=0.05)


def hours(**changes):
    """Return seven days of hours in which nothing can be done, as told."""
    time = pd.date_range("2024-03-31", periods=7 * 24, freq="h", tz=CHINA)
    made = {"state": "no", "share_good": 0.0, "share_usable": 0.0, "rain": 0.0, "rule": "leaf_wet"}
    table = pd.DataFrame({"time": time, **made, "zh": "叶面湿", "en": "leaves are wet"})
    night = ~time.hour.isin(range(7, 19))
    table.loc[night, ["rule", "zh", "en"]] = "night", "夜间看不清", "night"
    for hour, values in changes.items():
        for name, value in values.items():
            table.loc[int(hour.removeprefix("h")), name] = value
    return table


def window(day, first, last, quality="good"):
    start = (
        datetime(2024, 3, day, first, tzinfo=CHINA) if day <= 31 else datetime(2024, 4, day - 31, first, tzinfo=CHINA)
    )
    limits = None if quality == "good" else Words("几乎无风", "hardly any wind")
    end = start + timedelta(hours=last - first)
    return SprayWindow(start, end, last - first, quality, 0.7, 0.8, limits, Words("之后转雨", "then rain"))


def told_of(windows=(), **changes):
    return spraying.Spraying(
        "p1", "坡", ISSUED, "Asia/Shanghai", "knapsack", "contact", False, 20, hours(**changes), tuple(windows),
        ISSUED + timedelta(7),
    )  # fmt: skip


def at(day, hour, minute=0):
    """Return a moment in China; days count from 1 March on."""
    return datetime(2024, 3, 1, hour, minute, tzinfo=CHINA) + timedelta(day - 1)


def test_today_is_no_because_of_the_rain_and_the_next_window_is_named():
    wet = {f"h{hour}": {"rule": "rain_soon", "rain": 0.4} for hour in range(8, 19)} | {
        "h14": {"rule": "rain_now", "rain": 0.9}
    }
    told = spraying.answer(told_of([window(34, 7, 10)], **wet), at(31, 8))
    assert (told.today, told.window, told.hour) == (True, None, 14)
    assert told.why.zh == "14 时前后有雨"
    assert told.next.start == at(34, 7)


def test_a_window_that_has_begun_counts_while_two_hours_of_it_are_left():
    found = told_of([window(31, 7, 12), window(32, 7, 10)])
    assert spraying.answer(found, at(31, 9, 50)).window.start == at(31, 9)
    late = spraying.answer(found, at(31, 11, 5))
    assert late.window is None
    assert late.next.start == at(32, 7)
    assert late.why.zh == "叶面湿"


def test_a_good_window_is_told_before_an_earlier_one_that_is_marginal():
    found = told_of([window(31, 7, 9, "marginal"), window(31, 10, 12)])
    assert spraying.answer(found, at(31, 5)).window.start == at(31, 10)


def test_in_the_evening_the_night_is_the_reason():
    told = spraying.answer(told_of([window(31, 7, 12)]), at(31, 20))
    assert (told.window, told.next) == (None, None)
    assert "夜间" in told.why.zh


def test_a_clock_beyond_the_forecast_asks_about_its_first_day_and_windows_beyond_a_week_are_not_next():
    found = told_of([window(31, 7, 12), window(39, 7, 10)])
    told = spraying.answer(found, datetime(2026, 11, 24, 8, tzinfo=UTC))
    assert (told.today, told.day) == (False, date(2024, 3, 31))
    assert told.window.start == at(31, 7)
    assert told.next is None
