import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import degree_days, hourly

MIDDLE = np.array([15, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
TMAX = np.array([10.8, 14.2, 19.1, 24.2, 27.8, 30.0, 34.2, 33.9, 29.7, 22.7, 18.2, 12.2])
TMIN = np.array([5.7, 7.8, 10.8, 15.2, 18.5, 21.5, 24.2, 23.6, 20.5, 16.1, 11.8, 7.3])


@pytest.mark.parametrize(
    ("tmin", "tmax", "expected"), [(7, 18, 1.603), (11.8, 18.2, 2.371), (5.7, 10.8, 0.0), (16.1, 22.7, 6.600)]
)
def test_single_sine_above_the_base_of_citrus(tmin, tmax, expected):  # T1.3
    assert degree_days.single_sine(tmin, tmax, 12.8) == pytest.approx(expected, abs=0.002)


def test_a_season_of_normal_hours_sums_to_the_published_degree_days():  # T9.10
    day = np.arange(108, 108 + 331)
    days = np.r_[MIDDLE[-1] - 365, MIDDLE, MIDDLE[0] + 365]
    turned = (day - 1) % 365 + 1
    tmin, tmax = (np.interp(turned, days, np.r_[m[-1], m, m[0]]) for m in (TMIN, TMAX))
    hours = hourly.hourly_temperature(tmin, tmax, 30.5, turned)
    total = np.cumsum(degree_days.hourly_mean(hours, 12.8, 36.0))
    assert total[[59, 119, 179, 239, 329]] == pytest.approx([622, 1554, 2253, 2405, 2436], abs=3)


@pytest.mark.real_data
def test_single_sine_with_both_limits_agrees_with_the_california_leaflet(real_data):
    with open(real_data / "pests" / "zalom83_table7.csv") as file:
        rows = list(csv.DictReader(file))
    found = [degree_days.single_sine(float(r["temp_min"]), float(r["temp_max"]), 55.0, 90.0) for r in rows]
    assert found == pytest.approx([float(r["sng_sine"]) for r in rows], abs=0.0051)


@given(st.floats(-5, 25), st.floats(0, 20), st.floats(0, 5))
def test_a_warmer_day_never_has_fewer_degree_days(tmin, spread, warmer):
    for method in (degree_days.averaged, degree_days.single_sine):
        cool = method(tmin, tmin + spread, 12.8, 36.0)
        warm = method(tmin + warmer, tmin + spread + warmer, 12.8, 36.0)
        assert 0 <= cool <= warm + 1e-9
        assert warm <= 36 - 12.8 + 1e-9
