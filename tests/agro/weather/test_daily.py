import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro.weather.daily import daily_from_hourly


def hours(start, **values):
    count = len(next(iter(values.values())))
    time = pd.date_range(start, periods=count, freq="h").to_numpy()
    return xr.Dataset(
        {name: ("time", np.asarray(value, dtype=float)) for name, value in values.items()}, {"time": time}
    )


def flag(weather, name, values):
    weather[f"{name}_flag"] = ("time", np.asarray(values, dtype="int8"))
    return weather


def test_a_local_day_begins_at_16_utc_in_china():
    weather = daily_from_hourly(hours("2024-06-30T16:00", temperature=range(24), rain=[0.5] * 24), "Asia/Shanghai")
    assert weather.time.values.tolist() == [pd.Timestamp("2024-07-01").value]
    assert (weather.tmin.item(), weather.tmax.item(), weather.tmean.item()) == (0, 23, 11.5)
    assert weather.rain.item() == 12


def test_100_watts_all_day_are_8_64_megajoules():
    assert daily_from_hourly(hours("2024-07-01", ghi=[100] * 24), "UTC").radiation.item() == pytest.approx(8.64)


def test_a_day_with_19_good_hours_is_missing_with_20_it_stands():
    few = hours("2024-07-01", temperature=[10.0] * 24, rain=[1.0] * 24)
    for name in ("temperature", "rain"):
        flag(few, name, [4] * 5 + [1] * 19)
    day = daily_from_hourly(few, "UTC")
    assert np.isnan(day.tmean.item())
    assert day.tmean_flag.item() == 9
    for name in ("temperature", "rain"):
        flag(few, name, [4] * 4 + [1] * 20)
    day = daily_from_hourly(few, "UTC")
    assert (day.tmean.item(), day.tmean_flag.item()) == (10, 1)
    assert (day.rain.item(), day.rain_flag.item()) == (20, 3)  # four hours of rain are not known


def test_a_suspect_hour_matters_where_it_makes_the_extreme():
    weather = flag(hours("2024-07-01", temperature=[10.0] * 23 + [30.0]), "temperature", [1] * 23 + [3])
    day = daily_from_hourly(weather, "UTC")
    assert day.tmax_flag.item() == 3
    assert day.tmin_flag.item() == day.tmean_flag.item() == 1


def test_hours_that_nobody_checked_make_days_that_nobody_checked():
    assert daily_from_hourly(hours("2024-07-01", rh=[80] * 24), "UTC").rh_flag.item() == 2


def test_days_without_hours_stand_empty_between_others():
    weather = hours("2024-07-01", temperature=[10.0] * 96).isel(time=np.r_[0:24, 72:96])
    day = daily_from_hourly(weather, "UTC")
    assert day.tmean_flag.values.tolist() == [2, 9, 9, 2]


def test_members_are_kept_apart():
    weather = xr.concat([hours("2024-07-01", temperature=[float(i)] * 24) for i in range(3)], dim="member")
    assert daily_from_hourly(weather, "UTC").tmax.values.ravel().tolist() == [0, 1, 2]


@given(st.lists(st.floats(-30, 45), min_size=24, max_size=72))
def test_the_mean_lies_between_the_extremes(values):
    day = daily_from_hourly(hours("2024-07-01", temperature=values), "UTC").dropna("time")
    assert ((day.tmin - 1e-9 <= day.tmean) & (day.tmean <= day.tmax + 1e-9)).all()


@pytest.mark.parametrize(
    ("zone", "start", "count"), [("Europe/Berlin", "2024-03-30T23:00", 23), ("Europe/Berlin", "2024-10-26T22:00", 25)]
)
def test_summer_time_makes_days_of_23_and_25_hours(zone, start, count):
    day = daily_from_hourly(hours(start, rain=[1.0] * count), zone)
    assert day.sizes["time"] == 1
    assert (day.rain.item(), day.rain_flag.item()) == (count, 2)
