"""The outlook by dates: heat and calendars, this year beside the usual ones, finds that move what follows."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.errors import MissingDataError
from pest_warning import dates, organism, outlook, timing
from tests.pest_warning import settings as made

TIMED = tuple(one.key for one in organism.of_engine("timing"))
MINAX = organism.load("minax")
SEASONS = {
    "January": date(2025, 1, 20),
    "March": date(2025, 3, 20),
    "June": date(2025, 6, 15),
    "December": date(2024, 12, 10),
}
APRIL = made.setting(TIMED, on=date(2025, 4, 1))


def rows(one, setting, horizon=30):
    table, _ = dates.outlooks(one, setting)
    return table[table["horizon"] == horizon].reset_index(drop=True)


def find(one, setting, key, year=0):
    return next(each for each in dates.dated(one, setting) if (each.event.key, each.year) == (key, year))


@pytest.mark.parametrize("key", TIMED)
@pytest.mark.parametrize("season", SEASONS)
def test_each_season_tells_one_event_whose_dates_are_in_order_and_the_outlook_spans_new_year(key, season):
    on = SEASONS[season]
    setting = made.setting((key,), on=on)
    table, course = dates.outlooks(organism.load(key), setting)
    assert (table["level"] > outlook.CANNOT).all()
    assert (table["event"] != "").all()
    for row in table.itertuples():
        assert row.date_p10 <= row.date_p50 <= row.date_p90
        assert 0 <= row.lead_days - (row.date_p50 - on).days < 1  # the day on which the sum is reached
        assert on - timedelta(days=60) < row.date_p50 < on + timedelta(days=400)
    assert {name[0] for name in course} == {"0", "1"}


def test_events_of_the_next_year_lie_a_year_after_those_of_this_one():
    for first, length in ((date(2024, 12, 10), 366), (date(2025, 12, 10), 365)):
        setting = made.setting(("minax",), on=first)
        this, following = (find(MINAX, setting, "fruit_drop", year) for year in (0, 1))
        moved = this.days - (following.days - length)  # by how late this year is: the same for all at a site
        np.testing.assert_allclose(moved[:2], moved[0, 0, 0])
        assert (np.abs(moved) <= dates.FARTHEST).all()
        assert (following.cases.min(axis=1) > 365 + 200).all()


def test_the_date_of_a_heat_sum_is_that_of_adding_up_by_hand():
    event = next(one for one in timing.events(MINAX) if one.key == "first_adult")
    found = find(MINAX, APRIL, "first_adult").days
    for plot, member in ((0, 0), (2, 1)):
        site, total = APRIL.site[plot], 0.0
        day, means = 0, [*APRIL.past.tmean[:, 0, site], *APRIL.future.tmean[:, member, site]]
        while total < event.low:
            total += means[day] if means[day] >= 10.0 else 0.0
            day += 1
        shift = event.altitude * (APRIL.elevation[plot] - 300.0) / 100.0
        assert day - 1 <= found[plot, member].min() - shift <= day + 1e-6


def test_a_calendar_has_no_percentile_and_a_heat_sum_has_one():
    table = rows(MINAX, APRIL, 90)
    assert table["event"].tolist() == ["first_adult"] * 3
    assert table["percentile"].between(0, 100).all()
    scale = rows(organism.load("arrowhead_scale"), APRIL, 90)
    assert scale["percentile"].isna().all()


def warmer(by):
    def change(part, table):
        return table if part == "usual" else table.assign(tmin=table["tmin"] + by, tmax=table["tmax"] + by)

    return change


@pytest.mark.parametrize("key", TIMED)
@given(by=st.floats(0.5, 3.0))
@settings(max_examples=3)
def test_a_warmer_year_is_never_later(key, by):
    cool, warm = (made.setting((key,), on=date(2025, 4, 1), change=warmer(each)) for each in (0.0, by))
    for one, other in zip(*(dates.dated(organism.load(key), each)[:1] for each in (cool, warm)), strict=True):
        assert (other.days <= one.days + 1e-6).all()
    found = [rows(organism.load(key), each)["driver1_log"] for each in (cool, warm)]
    assert (found[1] > found[0]).all()


def test_higher_plots_come_later():
    crawlers = find(organism.load("arrowhead_scale"), APRIL, "first_crawlers").cases
    assert (crawlers[0] < crawlers[1]).all()
    assert (crawlers[1] - crawlers[0]).tolist() == pytest.approx([4.0 * 50 / 100] * crawlers.shape[1])


def test_one_member_repeated_leaves_no_doubt_of_the_weather():
    def repeated(part, table):
        return table.isel(member=[0] * 20) if part == "future" else table  # twenty: as many as draws

    found = rows(
        MINAX, made.setting(("minax",), on=date(2025, 4, 1), change=repeated, members=20, host=made.host(20)), 90
    )
    np.testing.assert_allclose(found["weather_low"], found["weather_high"], atol=1e-9)
    assert (found["parameters_high"] > found["parameters_low"] + 0.5).all()


@pytest.mark.parametrize("members", [3, 20, 40])
def test_without_widths_of_the_amount_there_is_no_doubt_of_it(tmp_path, members):
    text = (organism.FOLDER / "minax.toml").read_text(encoding="utf-8")
    lines = [line.split(", low = ")[0] + " }" if ", low = " in line else line for line in text.splitlines()]
    (tmp_path / "minax.toml").write_text("\n".join(lines), encoding="utf-8")
    certain = organism.read(tmp_path / "minax.toml")
    setting = made.setting(organisms=[certain], on=date(2025, 4, 1), members=members, host=made.host(members))
    found = rows(certain, setting, 90)
    np.testing.assert_allclose(found["parameters_low"], found["parameters_high"], atol=1e-9)
    assert (found["weather_high"] > found["weather_low"] + 0.01).all()


def gap(part_of, days):
    def change(part, table):
        if part == part_of:
            table = table.copy(deep=True)
            table["vapour"][:, :, days, 3] = np.nan
        return table

    return change


def test_a_few_missing_days_hardly_move_the_dates():
    whole, lost = (
        find(MINAX, made.setting(("minax",), on=date(2025, 4, 1), **each), "first_adult").days
        for each in ({}, {"change": gap("past", [5, 50, 51])})
    )
    assert np.isfinite(lost).all()
    assert np.abs(lost - whole).max() < 1.5


@pytest.mark.parametrize("key", TIMED)
@pytest.mark.parametrize("part", ["past", "future"])
def test_too_much_missing_weather_cannot_be_computed_and_is_never_low(key, part):
    # T47 of pests.md 13
    found = rows(organism.load(key), made.setting((key,), on=date(2025, 4, 1), change=gap(part, slice(0, 40))))
    assert (found["level"] == outlook.CANNOT).all()


def test_a_first_find_moves_what_follows_at_its_plot_this_year():
    middle = outlook.quantiles(find(MINAX, APRIL, "first_adult").cases, (0.5,))[0]
    early = replace(APRIL, first_day=APRIL.first_day, now=APRIL.now)
    seen = made.counted((1, "minax", 85, "trap", 10, np.nan, 3.0))
    plain, moved = (dates.dated(MINAX, replace(early, counts=each)) for each in (pd.DataFrame(), seen))
    for one, other in zip(plain, moved, strict=True):
        by = (other.days - one.days)[:, 0, 0]
        expected = [0.0, (85 - middle[1]) if one.year == 0 else 0.0, 0.0]
        assert by.tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("day", "total"), [(85, 0.0), (5, 3.0)])
def test_empty_traps_and_finds_far_from_the_season_move_nothing(day, total):
    seen = made.counted((1, "minax", day, "trap", 10, np.nan, total))
    np.testing.assert_array_equal(rows(MINAX, replace(APRIL, counts=seen))["index"], rows(MINAX, APRIL)["index"])


def test_an_organism_without_events_is_refused(tmp_path):
    text = (organism.FOLDER / "minax.toml").read_text(encoding="utf-8")
    start, end = text.index("[[event]]"), text.index("[check]")
    (tmp_path / "minax.toml").write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(MissingDataError, match="minax names no event"):
        dates.outlooks(organism.read(tmp_path / "minax.toml"), APRIL)


def test_generations_follow_each_other_by_equal_sums():
    fly = organism.load("dorsalis")
    summer = made.setting(("dorsalis",), on=date(2025, 8, 1))
    generations = [one for one in dates.dated(fly, summer) if one.event.key == "generation" and one.year == 0]
    assert len(generations) >= 3
    event = generations[0].event
    heat = np.maximum(np.concatenate([np.repeat(summer.past.tmean, 3, axis=1), summer.future.tmean]) - event.base, 0.0)
    passed = [np.interp(outlook.quantiles(one.cases, (0.5,))[0, 0], np.arange(len(heat)) + 1.0, heat[:, 0, 0].cumsum())
              for one in generations[:2]]  # fmt: skip
    begun = heat[: event.start - 1, 0, 0].sum()
    assert (passed[1] - begun) / (passed[0] - begun) == pytest.approx(2.0, abs=0.1)
