import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import hourly

# normals of Wansheng, Chongqing, 1991-2014: science of growth, appendix A
MIDDLE = np.array([15, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
TMAX = np.array([10.8, 14.2, 19.1, 24.2, 27.8, 30.0, 34.2, 33.9, 29.7, 22.7, 18.2, 12.2])
TMIN = np.array([5.7, 7.8, 10.8, 15.2, 18.5, 21.5, 24.2, 23.6, 20.5, 16.1, 11.8, 7.3])


def test_a_june_day_has_the_published_hours():  # T1.1
    day = hourly.hourly_temperature([21.5] * 3, [30.0] * 3, 30.5, [171, 172, 173])[1]
    assert day[[0, 5, 14, 20]] == pytest.approx([22.88, 21.59, 30.00, 25.42], abs=0.01)
    assert day.mean() == pytest.approx(25.823, abs=0.01)


def test_day_length_at_the_corners_of_the_year():  # T1.2
    lengths = hourly.day_length(30.5, np.array([1, 80, 172, 355]))
    assert lengths == pytest.approx([10.208, 12.124, 14.120, 10.174], abs=0.01)


def test_day_length_beyond_the_polar_circle():
    assert hourly.day_length(80.0, 172) == 24
    assert hourly.day_length(80.0, 355) == 0


def test_hours_agree_with_chillr_but_for_its_missing_one_before_sunrise():  # pests T16, chillR 0.77
    day = hourly.hourly_temperature([15, 16, 17], [24, 26, 26], 30.8, [119, 120, 121])[1]
    chillr = [17.09, 17.19, 25.35, 26.00, 23.48, 18.79]
    assert day[[0, 6, 12, 14, 18, 23]] == pytest.approx(chillr, abs=0.6)
    assert day[[6, 12, 14, 18]] == pytest.approx([17.19, 25.35, 26.00, 23.48], abs=0.01)


@pytest.mark.parametrize(("day", "expected"), [(105, 0.604), (196, 0.821), (288, 0.567), (319, 0.180)])
def test_heat_response_of_normal_days_agrees_with_the_published_physiological_days(day, expected):  # T1.4
    days = np.r_[MIDDLE[-1] - 365, MIDDLE, MIDDLE[0] + 365]
    tmin, tmax = (np.interp(day, days, np.r_[m[-1], m, m[0]]) for m in (TMIN, TMAX))
    hours = hourly.hourly_temperature([tmin], [tmax], 30.5, [day])[0]
    assert np.interp(hours, [12.8, 24, 30, 37], [0, 1, 1, 0]).mean() == pytest.approx(expected, abs=0.005)


extremes = st.tuples(st.floats(-5, 25), st.floats(2, 15))


@given(st.lists(extremes, min_size=3, max_size=3), st.floats(0, 50), st.integers(1, 365))
def test_hours_stay_between_the_extremes_of_the_night_and_the_day(days, latitude, day_of_year):
    tmin = np.array([low for low, _ in days])
    tmax = tmin + np.array([rise for _, rise in days])
    hours = hourly.hourly_temperature(tmin, tmax, latitude, np.full(3, day_of_year))[1]
    assert hours.max() <= max(tmax[1], tmax[0], tmin[1:].max()) + 1e-9
    assert hours.min() >= tmin.min() - 1e-9


@given(extremes, st.floats(0, 60), st.integers(1, 365), st.floats(0, 24))
def test_a_day_among_equals_never_leaves_its_extremes(extreme, latitude, day_of_year, hour):
    low, rise = extreme
    warmth = hourly.hourly_temperature([low], [low + rise], latitude, [day_of_year], hours=[hour])
    assert low - 1e-9 <= float(warmth.squeeze()) <= low + rise + 1e-9


@given(st.floats(-66, 66), st.integers(1, 366))
def test_the_weights_of_an_hour_sum_to_one(latitude, day_of_year):
    weights = hourly.linvill_weights(latitude, day_of_year)
    assert weights.tmin + weights.tmax + weights.tmin_next + weights.sunset_before == pytest.approx(np.ones(24))


def test_weights_are_the_published_formulas_written_as_sums():
    latitude, day, tmin, tmax, following, before = 30.5, 100, 12.0, 22.0, 9.0, 17.0
    length = float(hourly.day_length(latitude, day))
    rise, fall, night = 12 - length / 2, 12 + length / 2, np.log(1 + 24 - length)
    sunset = tmin + (tmax - tmin) * np.sin(np.pi * length / (length + 4))
    expected = [
        before - (before - tmin) * np.log(1 + h + 24 - fall) / night
        if h <= rise
        else tmin + (tmax - tmin) * np.sin(np.pi * (h - rise) / (length + 4))
        if h <= fall
        else sunset - (sunset - following) * np.log(1 + h - fall) / night
        for h in range(24)
    ]
    w = hourly.linvill_weights(latitude, day)
    assert w.tmin * tmin + w.tmax * tmax + w.tmin_next * following + w.sunset_before * before == pytest.approx(expected)


def test_the_night_reaches_the_minimum_at_sunrise():
    rise = 12 - float(hourly.day_length(30.5, 100)) / 2
    hours = hourly.hourly_temperature([8.0], [20.0], 30.5, [100], hours=[rise - 1e-6, rise + 1e-6])[0]
    assert hours == pytest.approx([8.0, 8.0], abs=1e-4)
