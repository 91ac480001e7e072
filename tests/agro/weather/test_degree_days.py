import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.numeric import FAST, kernel
from agro.weather import degree_days, hourly

MIDDLE = np.array([15, 45, 74, 105, 135, 166, 196, 227, 258, 288, 319, 349])
TMAX = np.array([10.8, 14.2, 19.1, 24.2, 27.8, 30.0, 34.2, 33.9, 29.7, 22.7, 18.2, 12.2])
TMIN = np.array([5.7, 7.8, 10.8, 15.2, 18.5, 21.5, 24.2, 23.6, 20.5, 16.1, 11.8, 7.3])
METHODS = ("single_triangle", "double_triangle", "single_sine", "double_sine")


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
    assert degree_days.hourly(hours, 12.8, 36.0).clip(min=0).sum() == pytest.approx(total[-1])


def of_day(method, tmin, tmax, tmin_next, lower, upper):
    extremes = (tmin, tmax, tmin_next) if method.startswith("double") else (tmin, tmax)
    return getattr(degree_days, method)(*extremes, lower, upper)


@pytest.mark.parametrize("method", METHODS)
def test_degree_days_agree_with_the_california_leaflet(method, table):  # pests T01 to T09
    rows = table("pest_degree_days_zalom")
    found = [of_day(method, r["tmin"], r["tmax"], r["tmin_next"], 55.0, 90.0) for r in rows]
    assert len(rows) == 12
    assert found == pytest.approx([r[method] for r in rows], abs=0.0051)


def test_the_leaflets_misprint_contradicts_its_own_single_triangle():  # pests T05
    halves = degree_days.single_triangle(60.0, 100.0, 55.0, 90.0), degree_days.single_triangle(75.0, 100.0, 55.0, 90.0)
    assert halves == pytest.approx((23.75, 30.5), abs=0.0051)
    assert abs(sum(halves) / 2 - 24.88) > 2


def test_single_sine_in_celsius_with_all_crossings(table):  # pests T10 to T13
    for r in table("pest_degree_days_celsius"):
        found = degree_days.single_sine(r["tmin"], r["tmax"], r["lower"], r["upper"])
        assert found == pytest.approx(r["expected"], abs=0.001), r["reason"]


def test_both_ways_to_cut_a_mean_agree_with_mcmaster_and_wilhelm(table):  # pests T14
    for r in table("pest_degree_days_mcmaster"):
        assert degree_days.averaged(r["tmin"], r["tmax"], 0.0) == r["mean_cut"]
        assert degree_days.averaged_cut(r["tmin"], r["tmax"], 0.0) == r["extremes_cut"]


def test_day_length_behind_the_hours_agrees_with_chillr(table):  # pests T15
    rows = table("pest_day_length")
    found = [float(hourly.day_length(30.8, r["day_of_year"])) for r in rows]
    assert found == pytest.approx([r["expected"] for r in rows], abs=0.001)


def test_hours_agree_with_chillr_by_day_and_to_six_tenths_by_night(table):  # pests T16
    day = hourly.hourly_temperature([15, 16, 17], [24, 26, 26], 30.8, [119, 120, 121])[1]
    for r in table("pest_hourly_temperature"):
        assert day[int(r["hour"])] == pytest.approx(r["expected"], abs=r["tolerance"]), r["reason"]


def test_briere_gives_the_rate_of_a_psyllid():  # pests T34: limits 11 and 33, rate 0.20 at 28 degC, 0.186 at 25
    scale = 0.20 / degree_days.briere(28.0, 1.0, 11.0, 33.0)
    assert degree_days.briere(25.0, scale, 11.0, 33.0) == pytest.approx(0.186, abs=0.001)


@given(st.floats(-20, 60))
def test_nothing_develops_by_briere_outside_its_limits(temperature):
    rate = degree_days.briere(temperature, 1e-4, 11.0, 33.0)
    assert (rate > 0) == (11 < temperature < 33)


@given(st.floats(-5, 25), st.floats(0, 20), st.floats(0, 5), st.floats(-10, 10))
def test_a_warmer_day_never_has_fewer_degree_days(tmin, spread, warmer, change):
    after = min(tmin + change, tmin + spread)
    for method in ("averaged", *METHODS):
        cool = of_day(method, tmin, tmin + spread, after, 12.8, 36.0)
        warm = of_day(method, tmin + warmer, tmin + spread + warmer, after + warmer, 12.8, 36.0)
        assert -1e-9 <= cool <= warm + 1e-9
        assert warm <= 36 - 12.8 + 1e-9


@given(st.floats(-5, 25), st.floats(0, 20), st.floats(5, 20), st.floats(0, 15))
def test_double_methods_are_the_single_ones_when_tomorrow_is_as_cold(tmin, spread, lower, above):
    for shape in ("triangle", "sine"):
        double = of_day(f"double_{shape}", tmin, tmin + spread, tmin, lower, lower + above)
        assert double == pytest.approx(of_day(f"single_{shape}", tmin, tmin + spread, None, lower, lower + above))


@given(st.floats(-5, 25), st.floats(0.5, 20), st.floats(5, 20), st.floats(0, 15))
def test_the_triangle_is_the_mean_over_its_straight_flanks(tmin, spread, lower, above):
    flank = tmin + spread * (np.arange(2000) + 0.5) / 2000
    expected = degree_days.hourly_mean(flank, lower, lower + above)
    assert of_day("single_triangle", tmin, tmin + spread, None, lower, lower + above) == pytest.approx(
        expected, abs=1e-4
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_missing_extreme_stays_missing_in_a_kernel_too(method):
    equation, double = getattr(degree_days, method), method.startswith("double")

    if double:

        def summed(tmin, tmax):
            return equation(tmin, tmax, tmin, 12.0, 33.0)
    else:

        def summed(tmin, tmax):
            return equation(tmin, tmax, 12.0, 33.0)

    compiled = kernel(summed, fastmath=FAST)
    assert compiled(7.0, 40.0) == pytest.approx(summed(7.0, 40.0))
    assert np.isnan(summed(np.nan, 20.0))
    assert np.isnan(summed(10.0, np.nan))
    assert np.isnan(compiled(np.nan, 20.0))
    assert np.isnan(compiled(10.0, np.nan))
