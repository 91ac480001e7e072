"""Who sprays and who looks in the sample county, what eyes make of it, and the tables that anybody's importer reads."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.protection import counts, samples, treatments
from agro.store.rights import OPERATOR
from app.services import regions, sample_protection
from app.services.platform import open_platform
from pest_warning import organism
from pest_warning.advice import groups
from sample_data import forecast, names, protection, scouting, terrain, weather

FARMS = [names.farm(number) for number in range(1, 15)]


def test_two_growers_never_spray_and_three_write_nothing_down():
    growers = protection.growers(FARMS)
    assert sum(one.habit == "never" for one in growers.values()) == 2
    assert sum(one.silent for one in growers.values()) == 3
    assert not any(one.silent and one.habit == "never" for one in growers.values())
    assert {one.habit for one in growers.values()} == {"calendar", "seen", "never"}


def test_sprays_are_told_by_classes_that_the_advice_knows():
    told = {group for *_, some, _ in protection.CALENDAR for group in some}
    told |= {group for turns in protection.AGAINST.values() for some in turns for group in some}
    assert told <= set(protection.CLASSES)
    for group in told:
        assert treatments.mode_of_action(group) == group
        assert groups.group(group) is not None


@pytest.mark.parametrize("key", sorted(set(protection.NAMES) - {"huanglongbing"}))
def test_every_name_of_a_pest_is_one_that_the_platform_knows(key):
    assert organism.named(protection.NAMES[key]) == key


def test_nobody_sprays_the_same_pest_again_with_the_group_of_before():
    done = []
    for day in (date(2024, 3, 1), date(2024, 4, 1), date(2024, 9, 10)):
        done.append(protection.answer("red_mite", day, done))
    assert len({one.groups for one in done}) == 3
    assert all(0 < (one.day - day).days <= 7 for one, day in zip(done, (date(2024, 3, 1),), strict=False))


def test_a_spray_does_some_but_not_all_that_its_class_can():
    sprays = protection.calendar(FARMS[0], 2024)
    worked = [protection.worked(FARMS[0], str(plot), one) for plot in range(40) for one in sprays]
    assert protection.REACH[0] <= min(worked) < 0.6 < 0.8 < max(worked) <= protection.REACH[1]


@pytest.mark.parametrize("year", scouting.YEARS)
def test_plots_are_walked_every_ten_to_fifteen_days_from_february_to_november(year):
    days = scouting.rounds(names.TOWNSHIPS[0], year)
    assert {10, 11, 12, 13, 14, 15} >= {(b - a).days for a, b in pairwise(days)}
    assert date(year, 2, 20) <= days[0] <= date(year, 3, 1)
    assert min(date(year, 11, 10), date(2026, 9, 5)) <= days[-1] <= min(date(year, 11, 30), scouting.last_day())


def test_traps_are_emptied_weekly_from_late_april_to_the_end_of_november():
    days = scouting.weeks(2024)
    assert {(b - a).days for a, b in pairwise(days)} == {7}
    assert days[0] == date(2024, 4, 24)
    assert date(2024, 11, 23) < days[-1] <= date(2024, 11, 30)


def test_each_farm_keeps_one_untreated_strip():
    strips = scouting.strips(["a", "a", "b", "a", "c"], list("12345"))
    assert strips.tolist() == [True, False, True, False, True]


@pytest.mark.parametrize("density", [0.3, 2.0, 12.0])
def test_counts_on_leaves_scatter_as_a_negative_binomial(density):
    looks = [scouting.uneven(density, 50, "plot", number) for number in range(3000)]
    total = np.array([one.total for one in looks])
    assert total.mean() == pytest.approx(50 * density, rel=0.05)
    assert total.var() == pytest.approx(50 * (density + density**2 / 0.6), rel=0.15)
    infested = np.mean([one.infested for one in looks]) / 50
    assert infested == pytest.approx(1 - (1 + density / 0.6) ** -0.6, abs=0.01)


@given(density=st.floats(0, 200), n=st.integers(1, 200), number=st.integers(0, 10_000))
def test_what_is_seen_is_possible_and_the_same_whenever_it_is_looked_at(density, n, number):
    look = scouting.uneven(density, n, number)
    assert look == scouting.uneven(density, n, number)
    assert 0 <= look.infested <= min(n, look.total)
    assert (look.infested > 0) == (look.total > 0)


@given(part=st.floats(0, 1), n=st.integers(1, 300), number=st.integers(0, 10_000))
def test_shares_are_seen_within_what_is_there(part, n, number):
    look = scouting.share(part, n, number)
    assert 0 <= look.infested <= min(n, look.total)
    if part == 0:
        assert look == (n, 0, 0)


def test_the_importers_read_every_table_and_refuse_no_row(tmp_path):
    where, day = (FARMS[0], "东坡1号"), date(2024, 4, 1)
    look = scouting.uneven(2.0, 50, "leaf")
    counted = [scouting.count_row(*where, day, "red_mite", "查叶", look, treated) for treated in (True, False, None)]
    caught = [scouting.catch_row(*where, date(2024, 6, 1), 3)]
    sprays = protection.rows(*where, protection.calendar(where[0], 2024), scouting.NOTE)
    trees = scouting.sample_rows(*where, "canker", "K1", [(day, "疑似"), (date(2024, 4, 3), "已取样")])
    written = {
        name: scouting.write_table(tmp_path / f"{name}.csv", headings, rows)
        for name, headings, rows in (
            ("sprays", protection.HEADINGS, sprays), ("counts", scouting.COUNTS, counted),
            ("traps", scouting.CATCHES, caught), ("samples", scouting.SAMPLES, trees),
        )
    }  # fmt: skip
    read = {
        "sprays": treatments.read(written["sprays"]), "counts": counts.read(written["counts"]),
        "traps": counts.read(written["traps"], "trap"), "samples": samples.read(written["samples"]),
    }  # fmt: skip
    for name, table in read.items():
        assert not table.findings, name
        assert "Synthetic" in written[name].read_text(encoding="utf-8").splitlines()[0]
        assert all("synthetic" in row.note for row in table.rows)
    assert [row.treated for row in read["counts"].rows] == [True, False, None]
    assert (read["counts"].rows[0].n, read["counts"].rows[0].total) == (50, look.total)
    assert read["traps"].rows[0].days == 7
    assert all(row.groups for row in read["sprays"].rows)
    assert [row.state for row in read["samples"].rows] == ["suspected", "sampled"]


def test_nothing_that_is_still_to_come_is_written_down():
    steps = [(date(2026, 9, 1), "疑似"), (date(2026, 9, 21), "已取样")]
    assert len(scouting.sample_rows("a", "b", "psyllid", "M1", steps)) == 1


def test_a_past_forecast_is_the_one_of_its_evening_and_is_stored_once(tmp_path):
    home = open_platform(tmp_path / "home")
    regions.create(OPERATOR, home, name=names.COUNTY, crs=terrain.CRS, synthetic=True)
    for station in weather.make_stations().values():
        home.store.save_station(station)
    days = [date(2024, 5, 1), date(2024, 5, 16)]
    assert sample_protection.past_forecasts(home, days) == 6
    assert sample_protection.past_forecasts(home, days) == 0
    valley = weather.make_stations()["valley"].id
    stored = home.store.forecast_weather(valley, date(2024, 5, 2))
    made = forecast.make_forecast(issued=np.datetime64("2024-05-01"))["valley"]
    assert stored["time"].to_index()[0].date() == date(2024, 5, 2)
    np.testing.assert_allclose(stored["tmax"].transpose("member", "time"), made["tmax"])
    assert home.store.forecast_weather(valley, date(2024, 5, 10)) is None  # too old by then
