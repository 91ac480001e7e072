import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import radiation


def test_radiation_outside_the_atmosphere_agrees_with_fao56():  # example 8: 3 September, 20 S
    assert radiation.extraterrestrial(-20.0, 246) == pytest.approx(32.2, abs=0.05)
    assert radiation.extraterrestrial(50.8, 187) == pytest.approx(41.09, abs=0.01)  # example 18


def test_possible_sunshine_agrees_with_fao56():  # example 9
    assert radiation.possible_sunshine(-20.0, 246) == pytest.approx(11.7, abs=0.05)


def test_radiation_from_sunshine_agrees_with_fao56():  # example 10: Rio de Janeiro, May, 7.1 h
    outside = radiation.extraterrestrial(-22.9, 135)
    assert outside == pytest.approx(25.1, abs=0.05)
    possible = radiation.possible_sunshine(-22.9, 135)
    assert radiation.radiation_from_sunshine(7.1, possible, outside) == pytest.approx(14.5, abs=0.06)


def test_the_recommended_coefficients_are_those_of_the_file():
    assert radiation.sunshine_parameters() == (0.25, 0.50)


def test_clear_sky_agrees_with_fao56():  # example 18: 30.90 at 100 m
    assert radiation.clear_sky(41.09, 100) == pytest.approx(30.90, abs=0.01)


def test_an_hour_outside_the_atmosphere_agrees_with_fao56():  # example 19: 14-15 h, 1 October, N'Diaye 16.22 N 16.25 W
    sun = radiation.solar_hour(14.5 + 1, -16.25, 274)
    assert np.pi / 12 * (sun - 12) == pytest.approx(0.682, abs=0.001)
    assert radiation.extraterrestrial_hour(16 + 13 / 60, 274, sun) == pytest.approx(3.543, abs=0.01)


@given(st.floats(-60, 60), st.integers(1, 365))
def test_the_hours_outside_the_atmosphere_add_up_to_the_day(latitude, day):
    hours = radiation.extraterrestrial_hour(latitude, day, np.arange(24) + 0.5)
    assert hours.min() >= -1e-12
    assert hours.sum() == pytest.approx(radiation.extraterrestrial(latitude, day), abs=1e-9)


@given(st.floats(0.25, 0.75))
def test_sunshine_and_clearness_are_two_ways_to_say_one_thing(clearness):
    share = radiation.sunshine_share(clearness)
    assert radiation.radiation_from_sunshine(share * 10, 10.0, 30.0) == pytest.approx(clearness * 30)


def test_more_sunshine_than_possible_counts_as_possible():
    assert radiation.radiation_from_sunshine(13.0, 12.0, 40.0) == pytest.approx(30.0)
