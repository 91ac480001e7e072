import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.terrain import microclimate


@pytest.mark.parametrize(("light", "expected"), [(0.5, -0.938), (0.7, -0.455), (0.9, -0.132), (1.2, 0.229)])
def test_the_sun_on_a_slope_warms_as_in_saga(light, expected):  # T9.6
    assert microclimate.warming_by_sun(light, 3.0) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("latitude", "slope", "aspect", "expected"),
    [(30, 20, 225, 1.0327), (30, 20, 45, 0.6182), (45, 20, 45, 0.4309), (45, 0, 0, 0.7058)],
)
def test_heat_load_agrees_with_mccune_and_keon(latitude, slope, aspect, expected):  # T9.7
    assert microclimate.heat_load_index(latitude, slope, aspect) == pytest.approx(expected, abs=1e-3)


@given(st.floats(0, 360), st.floats(0, 360))
def test_flat_ground_has_one_heat_load(one, other):
    found = microclimate.heat_load_index(30.0, 0.0, one)
    assert found == pytest.approx(microclimate.heat_load_index(30.0, 0.0, other))


def test_two_hundred_metres_up_on_a_shady_slope_by_hand():
    day, night = microclimate.lapse_rates(1)
    warm = microclimate.warming_by_sun(0.9, 3.0)
    assert microclimate.site_tmax(10.0, 200.0, day, warm) == pytest.approx(10 - 1.0 - 0.1319, abs=1e-3)
    pool = microclimate.cold_pool(30.0, 0.5)
    sky = microclimate.reduced_sky_cooling(0.9)
    assert microclimate.site_tmin(5.0, 200.0, night, pool, sky) == pytest.approx(5 - 0.8 - 0.5 * 0.025 * 70 + 0.1)


def test_the_air_cools_faster_with_height_in_summer_and_by_day():
    day, night = microclimate.lapse_rates(np.arange(1, 13))
    assert (day > night).all()
    assert day.argmax() in (5, 6, 7)
    assert ((day >= 0.003) & (day <= 0.009)).all()


def test_a_thirteenth_month_is_refused():
    with pytest.raises(ValueError, match="1 to 12"):
        microclimate.lapse_rates(13)


def test_defaults_of_the_equations_are_those_of_the_file():
    sun, pool = microclimate.sun_warming_parameters(), microclimate.cold_pool_parameters()
    assert microclimate.warming_by_sun(0.7, 2.0) == microclimate.warming_by_sun(0.7, 2.0, *sun)
    assert microclimate.cold_pool(20.0, 0.7) == microclimate.cold_pool(20.0, 0.7, *pool)
    assert microclimate.reduced_sky_cooling(0.7) == microclimate.reduced_sky_cooling(
        0.7, *microclimate.sky_parameters()
    )
    values = microclimate.stillness_parameters()
    assert microclimate.stillness(4.0, 0.5) == microclimate.stillness(4.0, 0.5, *values)


def test_a_clear_calm_day_fills_the_valley_and_an_overcast_or_windy_one_does_not():
    clear, overcast = (microclimate.sky_emissivity(1.0, 10.0, microclimate.cloud_cover(k)) for k in (0.72, 0.25))
    assert clear < 0.5 < overcast
    assert microclimate.stillness(1.0, clear) == 1
    assert microclimate.stillness(1.0, overcast) == 0
    assert microclimate.stillness(7.0, clear) == 0


@given(st.floats(0, 3), st.floats(0, 8))
def test_a_slope_with_flat_light_is_not_warmed_and_a_brighter_one_never_cooler(light, leaf_area):
    assert microclimate.warming_by_sun(1.0, leaf_area) == 0
    darker = microclimate.warming_by_sun(light, leaf_area)
    assert darker <= microclimate.warming_by_sun(light + 0.1, leaf_area)
    assert abs(darker) <= 2.1


@given(st.floats(-10, 300), st.floats(0, 100), st.floats(0, 1))
def test_the_pool_is_coldest_on_the_floor_and_ends_above(height, higher, still):
    low, high = microclimate.cold_pool(height, still), microclimate.cold_pool(height + higher, still)
    assert -2.5 <= low <= high <= 0
    assert microclimate.cold_pool(100.0, still) == 0


@given(st.floats(0, 10), st.floats(0.4, 1), st.floats(0, 3), st.floats(0, 0.3))
def test_more_wind_or_cloud_never_makes_a_stiller_night(wind, emissivity, more_wind, more_cloud):
    still = microclimate.stillness(wind, emissivity)
    assert 0 <= microclimate.stillness(wind + more_wind, emissivity + more_cloud) <= still <= 1
