import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth_model import load
from growth_model.day_curve import day_length, hourly, sunset_weight, weights
from growth_model.physiological_time import growth_warmth

LATITUDE = 30.5


@pytest.mark.parametrize(("day", "hours"), [(1, 10.208), (80, 12.124), (172, 14.120), (355, 10.174)])
def test_day_length_agrees_with_the_reference_run(day, hours):
    assert day_length(LATITUDE, day) == pytest.approx(hours, abs=0.01)


@pytest.mark.parametrize(("hour", "temperature"), [(0, 22.88), (5, 21.59), (14, 30.00), (20, 25.42)])
def test_the_curve_of_a_repeated_june_day_agrees_with_the_reference_run(hour, temperature):
    sunset = 21.5 + sunset_weight(LATITUDE)[171] * 8.5
    assert hourly(21.5, 30.0, 21.5, sunset, LATITUDE, 172)[hour] == pytest.approx(temperature, abs=0.01)


def test_the_mean_of_a_repeated_june_day_agrees_with_the_reference_run():
    sunset = 21.5 + sunset_weight(LATITUDE)[171] * 8.5
    assert hourly(21.5, 30.0, 21.5, sunset, LATITUDE, 172).mean() == pytest.approx(25.823, abs=0.01)


@given(latitude=st.floats(-60, 60), day=st.integers(1, 366))
def test_a_day_of_one_temperature_stays_at_it(latitude, day):
    assert weights(round(latitude, 1))[day - 1].sum(axis=0) == pytest.approx(np.ones(24))


@pytest.mark.parametrize(("day", "expected"), [(105, 0.604), (196, 0.821), (288, 0.567), (319, 0.180)])
def test_physiological_days_of_a_repeated_normal_day_agree_with_the_reference_run(day, expected, climate):
    tmin, tmax = climate("2023-01-01", 365)[0, 0, day - 1, :2]
    sunset = tmin + sunset_weight(LATITUDE)[day - 1] * (tmax - tmin)
    temperatures = hourly(tmin, tmax, tmin, sunset, LATITUDE, day)
    assert growth_warmth(temperatures, *load("navel").crop.warmth).mean() == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("temperature", "rate"), [(12.8, 0), (18.4, 0.5), (24, 1), (30, 1), (33.5, 0.5), (37, 0), (45, 0)]
)
def test_growth_follows_the_corners_of_its_definition(temperature, rate):
    assert growth_warmth(temperature, 12.8, 24.0, 30.0, 37.0) == pytest.approx(rate, abs=1e-9)
