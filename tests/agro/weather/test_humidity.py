import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import humidity


@pytest.mark.parametrize(("temperature", "expected"), [(24.5, 3.075), (15.0, 1.705)])
def test_saturation_vapour_pressure_agrees_with_fao56(temperature, expected):  # example 3
    assert humidity.saturation_vapour_pressure(temperature) == pytest.approx(expected, abs=0.0006)


def test_slope_of_saturation_agrees_with_fao56():  # table 2.4: 0.122 at 16.9 C in example 18
    assert humidity.slope_of_saturation(16.9) == pytest.approx(0.122, abs=0.0006)


def test_vapour_pressure_from_the_extremes_of_humidity_agrees_with_fao56():  # example 5: 18/25 C, 54/82 %
    assert humidity.vapour_pressure_from_extremes(18.0, 25.0, 54.0, 82.0) == pytest.approx(1.70, abs=0.005)


def test_vapour_pressure_from_the_mean_humidity_agrees_with_fao56():  # example 5, mean 68 %: 1.78 kPa
    assert humidity.vapour_pressure_from_mean(18.0, 25.0, 68.0) == pytest.approx(1.78, abs=0.005)


@given(st.floats(-20, 45), st.floats(5, 100))
def test_the_dew_point_lies_at_or_below_the_air_and_saturates_it(temperature, rh):
    pressure = humidity.vapour_pressure(temperature, rh)
    dew = humidity.dew_point(pressure)
    assert dew <= temperature + 1e-9
    assert humidity.saturation_vapour_pressure(dew) == pytest.approx(pressure)


@given(st.floats(-20, 45), st.floats(0, 110))
def test_the_deficit_and_the_vapour_add_up_to_saturation(temperature, rh):
    deficit = humidity.vapour_pressure_deficit(temperature, rh)
    assert deficit >= 0
    total = deficit + humidity.vapour_pressure(temperature, rh)
    assert total == pytest.approx(humidity.saturation_vapour_pressure(temperature))


@given(st.floats(-5, 40), st.floats(-5, 40), st.floats(0.3, 4))
def test_a_warmer_hour_of_the_same_day_is_drier(first, second, vapour):
    cool, warm = sorted((first, second))
    assert humidity.relative_humidity(warm, vapour) <= humidity.relative_humidity(cool, vapour) <= 100
