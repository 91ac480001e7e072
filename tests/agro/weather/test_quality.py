import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import clear_sky, quality, reading
from agro.weather.quality import Test, flagged, summary


def hourly(**values):
    return _dataset("h", values)


def daily(**values):
    return _dataset("D", values)


def _dataset(step, values):
    count = len(next(iter(values.values())))
    time = pd.date_range("2024-06-30T16:00" if step == "h" else "2024-07-01", periods=count, freq=step).to_numpy()
    return xr.Dataset(
        {name: ("time", np.asarray(value, dtype=float)) for name, value in values.items()}, {"time": time}
    )


def flags(dataset, resolution, name, **options):
    result = flagged(dataset, resolution, 30.0, 300.0, **options)
    return result[f"{name}_flag"].values.tolist(), result[f"{name}_tests"].values.tolist()


def test_the_flags_of_each_range():
    found, tests = flags(daily(tmin=[20, 39, 80, np.nan]), "daily", "tmin")
    assert found == [1, 3, 4, 9]
    assert tests == [0, Test.PLAUSIBLE, Test.GROSS_RANGE | Test.PLAUSIBLE, Test.MISSING]


@pytest.mark.parametrize(("jump", "expected"), [(4.0, 1), (4.5, 3)])
def test_a_step_of_more_than_4_degrees_in_an_hour_is_suspect(jump, expected):
    values = [20.0, 20.5, 20.2, 20.2 + jump, 20.0 + jump, 20.4 + jump]
    found, tests = flags(hourly(temperature=values), "hourly", "temperature")
    assert found[3] == expected
    assert found[:3] == [1, 1, 1]
    assert bool(tests[3] & Test.STEP) == (expected == 3)


def test_a_slow_rise_over_three_hours_is_a_step_too():
    found, tests = flags(hourly(dewpoint=[5, 8, 11, 14.0]), "hourly", "dewpoint")  # 9 degrees in 3 h, limit 8
    assert found == [1, 1, 1, 3]
    assert tests[3] == Test.STEP


def test_a_spike_is_marked_alone():
    found, tests = flags(hourly(temperature=[20, 20.1, 26, 20.2, 20.3]), "hourly", "temperature")
    assert found == [1, 1, 3, 1, 1]
    assert tests[2] & Test.SPIKE


def test_the_ends_of_a_front_are_no_spike():
    _, tests = flags(hourly(rh=[60, 60, 95, 95.0]), "hourly", "rh")
    assert not any(test & Test.SPIKE for test in tests)


def test_temperature_that_stands_still_is_suspect_after_3_hours_and_fails_after_24():
    assert flags(hourly(temperature=[20, 20, 20, 21.0]), "hourly", "temperature")[0] == [1, 1, 1, 1]
    assert flags(hourly(temperature=[20, 20, 20, 20, 21.0]), "hourly", "temperature")[0] == [3, 3, 3, 3, 1]
    assert set(flags(hourly(temperature=[20.0] * 25), "hourly", "temperature")[0]) == {4}


def test_fog_and_dry_weather_may_stand_still():
    assert set(flags(hourly(rh=[99.0] * 30), "hourly", "rh")[0]) == {1}
    assert set(flags(hourly(rain=[0.0] * 30), "hourly", "rain")[0]) == {1}


def test_a_failed_value_is_no_neighbour():
    found, _ = flags(hourly(temperature=[20, 21, 99, 21, 20.0]), "hourly", "temperature")
    assert found == [1, 1, 4, 1, 1]


def test_a_night_warmer_than_its_day_fails_on_both_sides():
    result = flagged(daily(tmin=[10, 20], tmax=[15, 12], tmean=[12, 14]), "daily", 30.0, 300.0)
    assert result.tmin_flag.values.tolist() == result.tmax_flag.values.tolist() == [1, 4]
    assert result.tmin_tests.values[1] & Test.CONSISTENCY


def test_a_mean_above_the_maximum_is_suspect():
    assert flags(daily(tmax=[15, 15], tmean=[15.1, 16]), "daily", "tmean")[0] == [1, 3]


def test_rain_in_dry_air_and_dew_above_the_air_are_suspect():
    assert flags(hourly(rain=[3, 3.0], rh=[90, 40]), "hourly", "rain")[0] == [1, 3]
    assert flags(hourly(temperature=[10, 11.0], dewpoint=[9, 13.0]), "hourly", "dewpoint")[0] == [1, 3]


def test_more_sunlight_than_a_clear_day_has_is_suspect():
    found, tests = flags(daily(radiation=[25, 35, 0.4]), "daily", "radiation")
    assert found == [1, 3, 3]  # 1 July at 30 N: Ra 41.3, clear 31.2 MJ
    assert tests[1] & Test.CLEAR_SKY
    assert flags(daily(sunshine=[13, 15.0]), "daily", "sunshine")[0] == [1, 3]


def test_sunlight_at_night_is_suspect():
    ghi = [0, 30] + [0] * 10 + [900] + [0] * 11
    found, _ = flags(hourly(ghi=ghi), "hourly", "ghi", longitude=108.0)  # begins at midnight in China
    assert found[1] == 3
    assert found[12] == 1
    assert set(found[2:12]) == {1}


def test_radiation_above_the_air_agrees_with_fao56():
    assert clear_sky.daily_extraterrestrial(246, -20) == pytest.approx(32.2, abs=0.05)  # FAO-56 example 8
    assert clear_sky.day_length(246, -20) == pytest.approx(11.7, abs=0.05)  # example 9
    assert clear_sky.clear(25.1, 0) == pytest.approx(18.8, abs=0.05)  # example 10: Rio in May


def test_pressure_reduced_to_sea_level_is_suspect_on_a_mountain():
    assert clear_sky.pressure(1800) == pytest.approx(818, abs=0.5)  # FAO-56 example 2: 81.8 kPa
    result = flagged(hourly(pressure=[915.0, 1013.0]), "hourly", 30.0, 850.0)
    assert result.pressure_flag.values.tolist() == [1, 3]


def test_hours_above_the_air_sum_to_the_day():
    hours = np.arange(24)
    total = clear_sky.hourly_extraterrestrial(180, hours, 30.0, 0.0).sum() * 0.0036
    assert total == pytest.approx(clear_sky.daily_extraterrestrial(180, 30.0), rel=0.01)


def test_the_values_themselves_are_untouched_and_members_are_judged_alone():
    one = hourly(temperature=[20, 20.5, 80, 20.5])
    both = xr.concat([one, one + 0.1], dim="member")
    result = flagged(both, "hourly", 30.0, 300.0)
    xr.testing.assert_identical(result[["temperature"]], both)
    assert result.temperature_flag.dims == ("member", "time")
    assert result.temperature_flag.dtype == np.int8
    assert result.temperature_tests.dtype == np.int32
    assert result.temperature_flag.values.tolist() == [[1, 1, 4, 1]] * 2


def test_the_summary_counts_every_value_once():
    table = summary(flagged(daily(tmin=[20, 39, 80, np.nan], tmax=[30, 41, 90, 35]), "daily", 30.0, 300.0))
    assert table.loc["tmin"].tolist() == [1, 0, 1, 1, 1, 4]
    assert (table.drop(columns="total").sum(axis=1) == table["total"]).all()


@given(st.lists(st.sampled_from([1.0, 2.0, np.nan]), min_size=1, max_size=20))
def test_runs_of_equal_values_are_counted_as_by_hand(values):
    found = quality.unchanged(np.array(values)).tolist()
    for i, value in enumerate(values):
        low = high = i
        while value == value and low > 0 and values[low - 1] == value:
            low -= 1
        while value == value and high < len(values) - 1 and values[high + 1] == value:
            high += 1
        assert found[i] == high - low


def test_the_real_catchment_station_passes_and_its_missing_rain_is_flagged(real_data):
    folder = real_data / "weather" / "youwuzhen"
    file = reading.joined(
        reading.read_weather(folder / "meteo_daily.csv"), reading.read_weather(folder / "pcp_daily.csv")
    )
    table = summary(flagged(file.dataset, "daily", file.latitude, file.elevation))
    assert table.loc["tmin", "good"] == 2922
    assert table.loc["rain", "missing"] == 730
    assert table["fail"].sum() == 0


def test_a_wrong_resolution_is_a_wrong_call():
    with pytest.raises(ValueError, match="resolution"):
        flagged(daily(tmin=[1.0]), "weekly", 30.0, 300.0)
