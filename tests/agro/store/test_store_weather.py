import os
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.errors import ConflictError, InputError, MissingDataError, NotFoundError
from agro.farm import Region, Station
from agro.store.merging import merged


def weather(first="2026-01-01", tmin=(1.0, 2.0, 3.0), freq="D", **attrs):
    times = pd.date_range(first, periods=len(tmin), freq=freq)
    flags = np.where(np.isnan(tmin), 9, 1).astype("int8")
    return xr.Dataset(
        {"tmin": ("time", np.array(tmin), {"units": "degC"}), "tmin_flag": ("time", flags)},
        {"time": times},
        {
            "name": "Valley floor",
            "latitude": 30.9,
            "longitude": 108.5,
            "elevation": 180.0,
            "source": "a.csv",
            "synthetic": 1,
        }
        | attrs,
    )


def forecast(issued, value=1.0):
    times = pd.date_range(issued[:10], periods=15)
    return xr.Dataset(
        {"tmin": (("member", "time"), np.full((3, 15), value))},
        {"member": [0, 1, 2], "time": times},
        {"issued": issued},
    )


@pytest.fixture
def station(store):
    store.save_station(Station("s1", "Valley floor", 108.5, 30.9, 180.0))
    return store


def test_weather_comes_back_with_flags_and_attributes(station):
    given_ = weather(tmin=(1.0, np.nan, 3.0))
    assert station.save_weather("s1", given_, "daily") == {"added": 3, "filled": 0, "same": 0, "conflicting": 0}
    xr.testing.assert_identical(station.weather("s1", "daily"), given_)


def test_the_same_file_again_is_all_the_same_and_writes_no_file(station):
    station.save_weather("s1", weather(), "daily")
    before = os.listdir(station.folder("series"))
    assert station.save_weather("s1", weather(), "daily") == {"added": 0, "filled": 0, "same": 3, "conflicting": 0}
    assert os.listdir(station.folder("series")) == before


def test_new_days_are_added_and_gaps_filled(station):
    station.save_weather("s1", weather(tmin=(1.0, np.nan, 3.0)), "daily")
    counts = station.save_weather("s1", weather("2026-01-02", (2.0, 3.0, 4.0, 5.0)), "daily", "b.csv")
    assert counts == {"added": 2, "filled": 1, "same": 1, "conflicting": 0}
    told = station.weather("s1", "daily")
    assert list(told["tmin"].values) == [1, 2, 3, 4, 5]
    assert list(told["tmin_flag"].values) == [1, 1, 1, 1, 1]
    assert told.attrs["source"] == "a.csv; b.csv"


def test_a_missing_value_never_wipes_a_stored_one(station):
    station.save_weather("s1", weather(), "daily")
    assert station.save_weather("s1", weather(tmin=(1.0, np.nan, 3.0)), "daily")["same"] == 3
    assert list(station.weather("s1", "daily")["tmin"].values) == [1, 2, 3]


def test_a_contradiction_is_named_and_changes_nothing(station):
    station.save_weather("s1", weather(), "daily")
    before = os.listdir(station.folder("series"))
    with pytest.raises(ConflictError, match=r"1 values contradict .* 2026-01-02T00:00 tmin 2 / 9") as caught:
        station.save_weather("s1", weather(tmin=(1.0, 9.0, 3.0, 4.0)), "daily")
    assert "2026-01-02" in caught.value.zh
    assert os.listdir(station.folder("series")) == before
    assert station.weather("s1", "daily").sizes["time"] == 3


def test_a_day_told_twice_counts_once_unless_it_contradicts_itself(station):
    twice = xr.concat([weather(), weather(tmin=(1.0,))], "time")
    assert station.save_weather("s1", twice, "daily")["added"] == 3
    with pytest.raises(ConflictError, match="contradict"):
        station.save_weather("s1", xr.concat([weather("2027-01-01"), weather("2027-01-01", (7.0,))], "time"), "daily")


def test_a_new_variable_joins_the_stored_ones(station):
    station.save_weather("s1", weather(), "daily")
    rain = weather().rename(tmin="rain", tmin_flag="rain_flag")
    assert station.save_weather("s1", rain, "daily")["filled"] == 3
    assert {"tmin", "tmin_flag", "rain", "rain_flag"} == set(station.weather("s1", "daily").data_vars)


def test_a_period_includes_both_its_ends(station):
    station.save_weather("s1", weather(), "daily")
    station.save_weather("s1", weather(tmin=np.arange(72.0), freq="h"), "hourly")
    assert station.weather("s1", "daily", date(2026, 1, 2), date(2026, 1, 3)).sizes["time"] == 2
    assert station.weather("s1", "hourly", date(2026, 1, 2), date(2026, 1, 2)).sizes["time"] == 24
    span = station.weather_span()
    assert list(span["resolution"]) == ["daily", "hourly"]
    assert list(span["rows"]) == [3, 72]
    assert span["end"].max() == pd.Timestamp("2026-01-03 23:00")


def test_weather_that_is_not_there_says_so(station):
    with pytest.raises(MissingDataError, match="no daily weather at 's1'"):
        station.weather("s1", "daily")
    with pytest.raises(NotFoundError, match="no station 's9'"):
        station.save_weather("s9", weather(), "daily")
    with pytest.raises(InputError, match="'time'"):
        station.save_weather("s1", xr.Dataset({"tmin": ("day", [1.0])}), "daily")
    with pytest.raises(ValueError, match="no resolution"):
        station.save_weather("s1", weather(), "weekly")
    assert station.weather_span().empty


def test_a_lost_file_is_told_with_its_path(station):
    station.save_weather("s1", weather(), "daily")
    for path in station.folder("series").glob("*"):
        path.unlink()
    with pytest.raises(MissingDataError, match="is gone"):
        station.weather("s1", "daily")


def test_the_newest_forecast_not_after_the_day_speaks(station):
    station.save_region(Region("r", "Sample", "EPSG:32648"))
    assert station.save_forecast_weather("s1", forecast("2026-04-01T00:00", 1.0)) == {"added": 1, "same": 0}
    assert station.save_forecast_weather("s1", forecast("2026-04-01T00:00", 1.0)) == {"added": 0, "same": 1}
    station.save_forecast_weather("s1", forecast("2026-04-02T20:00", 2.0))  # already the 3rd in Chongqing
    told = [station.forecast_weather("s1", date(2026, 4, day)) for day in (2, 3, 6, 7)]
    assert [None if one is None else float(one["tmin"][0, 0]) for one in told] == [1, 2, 2, None]
    assert station.forecast_weather("s1", date(2026, 3, 31)) is None
    with pytest.raises(ConflictError, match="another forecast"):
        station.save_forecast_weather("s1", forecast("2026-04-01T00:00", 5.0))
    with pytest.raises(InputError, match="ISO time"):
        station.save_forecast_weather("s1", forecast("2026-04-01T00:00").assign_attrs(issued="soon"))


values = st.lists(st.floats(-40, 60) | st.just(float("nan")), min_size=1, max_size=12)


@given(stored=values, shift=st.integers(0, 12), more=values)
@settings(max_examples=50)
def test_merging_loses_no_value_and_counts_every_time(stored, shift, more):
    first = weather(tmin=stored)
    overlap = slice(shift, shift + len(more))
    agreed = np.array(more)
    known = np.array(stored)[overlap]
    agreed[: len(known)] = np.where(
        np.isnan(agreed[: len(known)]), np.nan, np.where(np.isnan(known), agreed[: len(known)], known)
    )
    second = weather(str(pd.Timestamp("2026-01-01") + pd.Timedelta(days=shift))[:10], agreed)
    result = merged(first, second, "here")
    assert result.added + result.filled + result.same == len(more)
    for part in (first, second):
        there = result.dataset["tmin"].sel(time=part["time"]).values
        told = part["tmin"].values
        np.testing.assert_array_equal(there[~np.isnan(told)], told[~np.isnan(told)])
    missing = np.isnan(result.dataset["tmin"].values)
    assert (missing == (result.dataset["tmin_flag"].values == 9)).all()
    again = merged(result.dataset, second, "here")
    assert (again.added, again.filled) == (0, 0)
