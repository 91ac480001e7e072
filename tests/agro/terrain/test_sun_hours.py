"""Hours of sun: what a wall takes is reckoned by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.terrain.sun_hours import equation_of_time, hours, spells, sun_course

EQUINOX, WINTER, SUMMER = 80, 355, 172
SOUTH = np.where((np.arange(32) * 11.25 > 90) & (np.arange(32) * 11.25 < 270), 1.0, 0.0)


def lit(latitude, horizon, day, slope=0.0, aspect=0.0):
    return hours(sun_course(latitude, 120.0, slope, aspect, horizon, day, minutes=1), 1)


def test_open_flat_ground_has_the_whole_day():
    above, sun = lit(30.0, None, EQUINOX)
    assert above == sun == pytest.approx(12.0, abs=0.1)


def test_a_ring_of_forty_five_degrees_leaves_the_hours_that_the_cosine_law_says():
    # at 30 N on the equinox sin h = cos 30 cos t; above 45 degrees while cos t > 0.8165, t < 35.26, 2 t / 15 = 4.70 h
    assert lit(30.0, np.full(32, 45.0), EQUINOX)[1] == pytest.approx(4.70, abs=0.1)


def test_a_wall_to_the_south_takes_the_winter_sun_and_leaves_the_summer_noon():
    # noon sun at 30 N: 90 - 30 - 23.4 = 36.6 degrees in winter, 83.4 in summer
    above, winter = lit(30.0, 50.0 * SOUTH, WINTER)
    assert (above, winter) == (pytest.approx(10.07, abs=0.1), 0.0)
    assert lit(30.0, 30.0 * SOUTH, WINTER)[1] > 2.0
    course = sun_course(30.0, 120.0, 0.0, None, 50.0 * SOUTH, SUMMER, minutes=1)
    assert bool(course.loc[course["height"].idxmax(), "lit"])


def test_a_wall_to_the_south_up_to_forty_degrees_hides_an_equinox_noon_only_where_the_sun_is_lower():
    # at 60 N the equinox noon sun stands at 30 degrees, at 30 N at 60 degrees
    assert lit(60.0, 40.0 * SOUTH, EQUINOX)[1] < 0.5
    noon = sun_course(30.0, 120.0, 0.0, None, 40.0 * SOUTH, EQUINOX, minutes=1)
    assert bool(noon.loc[noon["height"].idxmax(), "lit"])


def test_a_steep_north_slope_sees_no_winter_noon():
    # the plane hides all below its own angle to the south: 40 degrees against a noon sun of 36.6
    course = sun_course(30.0, 120.0, 40.0, 0.0, None, WINTER, minutes=1)
    assert not bool(course.loc[course["height"].idxmax(), "lit"])
    assert lit(30.0, None, WINTER, 30.0, 0.0)[1] > 1.0


def test_noon_comes_later_on_the_clock_in_the_west():
    # Beijing time is that of 120 E; at 109.4 E the sun is 42.4 minutes behind, less the equation of time
    course = sun_course(30.9, 109.4, 0.0, None, None, WINTER, minutes=1)
    noon = float(course.loc[course["height"].idxmax(), "clock"])
    assert noon == pytest.approx(12 + 42.4 / 60 - float(equation_of_time(WINTER)) / 60, abs=0.02)


@pytest.mark.parametrize(("day", "minutes"), [(43, -14.2), (134, 3.7), (207, -6.5), (307, 16.4)])
def test_the_sundial_is_ahead_and_behind_as_the_almanac_says(day, minutes):
    assert float(equation_of_time(day)) == pytest.approx(minutes, abs=0.5)


def test_spells_fill_the_day_and_tell_sun_from_shade():
    course = sun_course(30.0, 120.0, 0.0, None, 50.0 * SOUTH, EQUINOX, minutes=5)
    found = spells(course, 5)
    assert float((found["end"] - found["start"]).sum()) == pytest.approx(len(course) * 5 / 60)
    assert (found["lit"] != found["lit"].shift()).all()
    lit_for = float((found["end"] - found["start"])[found["lit"]].sum())
    assert lit_for == pytest.approx(hours(course, 5)[1])
    assert len(spells(course.iloc[:0])) == 0


@given(st.floats(0, 60), st.floats(0, 30), st.integers(1, 365))
def test_a_higher_horizon_never_gives_more_sun(low, more, day):
    assert lit(30.5, np.full(32, low + more), day)[1] <= lit(30.5, np.full(32, low), day)[1]
