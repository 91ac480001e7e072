"""Levels by week: the same bounds as of the horizons, and each week knows only what it can."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pest_warning import organism, outlook, warning, weeks
from pest_warning.setting import Spray
from tests.pest_warning import settings as made

JUNE = made.setting(on=date(2025, 6, 15))
MITES = ("red_mite", "yellow_mite", "rust_mite")
INFECTIONS = [one.key for one in organism.of_engine("infection")]


@pytest.mark.parametrize("one", organism.catalogue(), ids=lambda one: one.key)
def test_every_organism_has_a_level_for_every_plot_and_week(one):
    found = weeks.levels(one, JUNE)
    assert found.shape == (3, 5)
    assert set(found.ravel()) <= set(range(5))


@pytest.mark.parametrize("key", MITES)
@pytest.mark.parametrize("day", [date(2025, 4, 1), date(2025, 9, 10)])
def test_a_threshold_that_a_week_passes_is_passed_within_the_horizon_that_holds_it(key, day):
    setting = made.alone(key, on=day)
    found = weeks.levels(organism.load(key), setting)
    table, _ = warning.outlooks(setting, (organism.load(key),))
    for horizon, most in ((15, 2), (30, 4)):
        whole = table[table["horizon"] == horizon]["level"].to_numpy()
        assert (found[:, :most].max(axis=1) <= whole).all()


@pytest.mark.parametrize("key", INFECTIONS)
def test_without_rain_and_damp_no_week_is_above_low(key):
    def dry(part, table):
        return table.assign(rain=table["rain"] * 0.0, vapour=table["vapour"] * 0.2) if part == "future" else table

    assert weeks.levels(organism.load(key), made.alone(key, change=dry)).max() <= outlook.LOW


@pytest.mark.parametrize("key", ["melanose", "scab"])
def test_a_week_without_weather_cannot_be_computed_and_the_others_can(key):
    def gap(part, table):
        if part != "future":
            return table
        keep = ~((table["day"] >= 7) & (table["day"] < 14))
        return table.assign(**{name: table[name].where(keep) for name in ("rain", "vapour")})

    found = weeks.levels(organism.load(key), made.alone(key, change=gap))
    assert (found[:, 1] == outlook.CANNOT).all()
    assert not (np.delete(found, 1, axis=1) == outlook.CANNOT).any()


def test_without_young_shoots_there_are_no_leafminers_to_speak_of():
    found = weeks.levels(organism.load("leafminer"), made.alone("leafminer", on=date(2025, 1, 10)))
    assert (found == outlook.NOTHING).all()


def test_a_spray_lowers_the_weeks_of_its_plot_alone():
    one = organism.load("red_mite")
    april = made.alone("red_mite", on=date(2025, 4, 1))
    spray = Spray(april.now + 1, ("oil",), ("red_mite",))
    before, after = weeks.levels(one, april), weeks.levels(one, replace(april, sprays={1: [spray]}))
    assert (after[1] <= before[1]).all()
    assert after[1].sum() < before[1].sum()
    np.testing.assert_array_equal(after[[0, 2]], before[[0, 2]])


def test_fruit_that_drops_from_mid_september_on_is_no_matter_of_august():
    """15 September less 10 days of lead at 300 m: from about 5 September, seen on 20 August."""
    one = organism.load("minax")
    setting = made.alone("minax", on=date(2025, 8, 20))
    levels = weeks.levels(one, setting)[0]
    assert levels[0] < outlook.MEDIUM
    assert levels[4] == outlook.HIGH
    assert (np.diff(levels) >= 0).all()


def test_an_insect_that_nobody_found_near_never_rises_above_medium():
    one = organism.load("psyllid")
    june = made.alone("psyllid", on=date(2025, 6, 24))
    assert weeks.levels(one, june).max() == outlook.MEDIUM
    near = replace(june, pressure={"psyllid": np.array([1.0, 0.0, 0.0])})
    assert weeks.levels(one, near).max(axis=1).tolist() == [outlook.HIGH, outlook.MEDIUM, outlook.MEDIUM]
