import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from agro.weather import evapotranspiration, humidity, radiation

FALLON = {"latitude": 39.4575, "elevation": 1208.5, "wind_height": 3.0}


def celsius(fahrenheit):
    return (fahrenheit - 32) / 1.8


@pytest.mark.parametrize(("elevation", "expected"), [(1800, 81.8), (1200, 87.9)])
def test_air_pressure_agrees_with_fao56(elevation, expected):  # table 2.1, T7.2
    assert evapotranspiration.pressure_at(elevation) == pytest.approx(expected, abs=0.05)


def test_wind_at_two_metres_agrees_with_fao56():  # example 14: 3.2 m/s at 10 m
    assert evapotranspiration.wind_at_2m(3.2, 10.0) == pytest.approx(2.4, abs=0.05)


def test_a_day_in_brussels_agrees_with_fao56():  # example 18, T7.1
    vapour = humidity.vapour_pressure_from_extremes(12.3, 21.5, 63.0, 84.0)
    clear = radiation.clear_sky(radiation.extraterrestrial(50.8, 187), 100)
    cloud = evapotranspiration.cloud_factor(22.07, clear)
    net = 0.77 * 22.07 - evapotranspiration.net_longwave(12.3, 21.5, vapour, cloud)
    et0 = evapotranspiration.daily_et0(12.3, 21.5, vapour, 2.078, 22.07, clear, evapotranspiration.pressure_at(100))
    assert net == pytest.approx(13.28, abs=0.01)
    assert et0 == pytest.approx(3.88, abs=0.01)


def test_hours_in_senegal_agree_with_fao56_and_asce():  # example 19; 0.656 by ASCE: pyfao56
    weather = xr.Dataset(
        {"temperature": ("time", [28.0, 38.0]), "rh": ("time", [90.0, 52.0]), "wind": ("time", [1.9, 3.3]),
         "ghi": ("time", [0.0, 2.450 / 0.0036])},
        {"time": pd.to_datetime(["2001-10-01T03:00", "2001-10-01T15:00"])},
    )  # fmt: skip
    place = (16 + 13 / 60, -16.25, 8.0)
    assert evapotranspiration.hourly(weather, *place, method="fao56")[1] == pytest.approx(0.627, abs=0.002)
    assert evapotranspiration.hourly(weather, *place, method="fao56")[0] == pytest.approx(0.0, abs=0.005)
    assert evapotranspiration.hourly(weather, *place, method="asce")[1] == pytest.approx(0.656, abs=0.002)


@pytest.mark.real_data
def test_days_in_nevada_agree_with_ref_et(real_data):
    folder = real_data / "weather" / "fallon"
    raw = pd.read_csv(folder / "FALN_Agrimet_daily_raw_2015.csv", na_values="NO RECORD")
    weather = xr.Dataset(
        {
            "tmin": ("time", celsius(raw["MN"])),
            "tmax": ("time", celsius(raw["MX"])),
            "dewpoint": ("time", celsius(raw["YM"])),
            "radiation": ("time", raw["SR"] * 0.041868),
            "wind": ("time", raw["UA"] * 0.44704),
        },
        {"time": pd.to_datetime(raw[["YEAR", "MONTH", "DAY"]])},
    )
    expected = pd.read_csv(folder / "refet_daily_2015.csv")["eto_mm"].to_numpy()
    error = (evapotranspiration.daily(weather, **FALLON) - expected).to_numpy()
    assert np.isnan(error).sum() == 1  # 22 April has no wind
    # FAO-56's and ASCE's sums differ in their constants; REF-ET prints temperatures and wind with few digits
    assert np.sqrt(np.nanmean(error**2)) < 0.055
    assert np.nanmax(np.abs(error)) < 0.15
    assert abs(np.nanmean(error)) < 0.04


@pytest.mark.real_data
def test_hours_in_nevada_agree_with_ref_et(real_data):
    folder = real_data / "weather" / "fallon"
    raw = pd.read_csv(folder / "FALN_Agrimet_hourly_raw_2015.csv", na_values="NO RECORD")
    stamp = pd.to_datetime(raw.rename(columns=str.lower)[["year", "month", "day", "hour"]])
    weather = xr.Dataset(
        {
            "temperature": ("time", celsius(raw["OB"])),
            "dewpoint": ("time", celsius(raw["TP"])),
            "ghi": ("time", raw["SI"] * 41868 / 3600),
            "wind": ("time", raw["WS"] * 0.44704),
        },
        {"time": stamp + pd.Timedelta(hours=8 - 1)},  # 120 W; REF-ET's stamps end the hour
    )
    et0 = evapotranspiration.hourly(weather, 39.4575, -118.77388, 1208.5, wind_height=3.0).to_numpy()
    expected = pd.read_csv(folder / "refet_hourly_2015.csv")["eto_mm"].to_numpy()
    error = et0 - expected
    assert np.sqrt(np.nanmean(error**2)) < 0.01
    assert np.nansum(et0) == pytest.approx(1380.4, rel=0.01)


@pytest.mark.real_data
def test_days_in_colorado_agree_with_the_network(real_data):
    table = pd.read_csv(real_data / "weather" / "coagmet" / "et_coagmet.txt", parse_dates=["date"])
    vapour = humidity.vapour_pressure_from_extremes(table.tmin, table.tmax, 100 * table.rhmin, 100 * table.rhmax)
    outside = radiation.extraterrestrial(40.49, table["date"].dt.day_of_year)
    et0 = evapotranspiration.daily_et0(
        table.tmin, table.tmax, vapour, table.windrun / 86.4, table.solar * 0.0864, radiation.clear_sky(outside, 1138),
        evapotranspiration.pressure_at(1138),
    )  # fmt: skip
    error = et0 - table.et_asce0
    assert np.sqrt((error**2).mean()) < 0.035
    assert error.abs().max() < 0.07  # the network prints 0.1 mm


temperature, wind, energy = st.floats(0, 35), st.floats(0, 6), st.floats(-2, 18)
deficit, more = st.floats(0, 3), st.floats(0, 3)


@given(temperature, energy, deficit, more, wind)
def test_drier_air_never_lowers_the_demand(warmth, energy, deficit, more, wind):
    moist, dry = (evapotranspiration.penman_monteith(warmth, energy, d, wind, 0.065) for d in (deficit, deficit + more))
    assert moist <= dry + 1e-12


@given(temperature, deficit, wind, more)
def test_more_wind_never_lowers_the_demand_where_the_air_alone_drives_it(warmth, deficit, wind, more):
    calm, windy = (evapotranspiration.penman_monteith(warmth, 0.0, deficit, w, 0.065) for w in (wind, wind + more))
    assert 0 <= calm <= windy + 1e-12


def day(**values):
    return xr.Dataset(
        {name: ("time", [value]) for name, value in values.items()}, {"time": pd.to_datetime(["2024-07-06"])}
    )


def test_sunshine_hours_stand_in_for_radiation():
    known = day(tmin=22.0, tmax=33.0, wind=1.0, rh=75.0, sunshine=7.0)
    outside = radiation.extraterrestrial(30.5, 188)
    sun = radiation.radiation_from_sunshine(7.0, radiation.possible_sunshine(30.5, 188), outside)
    measured = known.drop_vars("sunshine").assign(radiation=("time", [sun]))
    assert float(evapotranspiration.daily(known, 30.5, 300)[0]) == pytest.approx(
        float(evapotranspiration.daily(measured, 30.5, 300)[0])
    )


def test_a_day_without_wind_is_refused_by_name():
    with pytest.raises(InputError, match="wind"):
        evapotranspiration.daily(day(tmin=22.0, tmax=33.0), 30.5, 300)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="asce"):
        evapotranspiration.hourly(day(temperature=20.0, wind=1.0, ghi=0.0, rh=80.0), 30.0, 107.0, 300, method="turc")
