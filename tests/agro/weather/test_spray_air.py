import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import spray_air

airs = st.floats(0, 45), st.floats(20, 100)  # in cold and dry air the formula bends


def test_delta_t_agrees_with_stull(table):  # pests T17
    for r in table("pest_delta_t"):
        assert spray_air.delta_t(r["temperature"], r["rh"]) == pytest.approx(r["expected"], abs=0.006)


@pytest.mark.parametrize(("temperature", "wet", "rh"), [(20.0, 15.0, 58.6), (30.0, 25.0, 66.7), (25.0, 22.0, 77.1)])
def test_wet_bulb_agrees_with_the_psychrometer_equation(temperature, wet, rh):
    # by hand from FAO-56 eq. 15: e = e_s(wet) - 0.000662 * 101.3 * (temperature - wet)
    assert spray_air.wet_bulb(temperature, rh) == pytest.approx(wet, abs=0.35)


@given(*airs, st.floats(0, 20))
def test_drier_air_never_has_a_smaller_delta_t(temperature, rh, drier):
    humid, dry = (spray_air.delta_t(temperature, rh) for rh in (rh, max(rh - drier, 20.0)))
    assert 0 <= humid <= dry + 1e-9


@given(st.floats(-5, 45), st.floats(10, 95), st.floats(0, 10))
def test_warmer_air_has_a_warmer_wet_bulb(temperature, rh, warmer):
    assert spray_air.wet_bulb(temperature + warmer, rh) >= spray_air.wet_bulb(temperature, rh)


def test_spray_waits_an_hour_after_sunrise_and_stops_before_sunset():
    times = spray_air.inversion_times()  # sunrise at 6, sunset at 19
    hours = np.array([0.0, 5.0, 6.5, 7.0, 12.0, 17.0, 17.5, 18.0, 18.5, 20.0])
    likely = spray_air.temperature_inversion(hours - 6, 19 - hours, times)
    assert likely.tolist() == [1, 1, 1, 0, 0, 0, 0.5, 1, 1, 1]


@pytest.mark.parametrize(("since", "until"), [(np.nan, 5.0), (5.0, np.nan)])
def test_an_hour_without_its_sun_is_unknown(since, until):
    assert np.isnan(spray_air.temperature_inversion(since, until, spray_air.inversion_times()))
