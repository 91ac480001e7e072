import json

import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError
from agro.weather import reading


def written(tmp_path, content, name="weather.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def levels(file, level):
    return [finding.en for finding in file.findings if finding.level == level]


# NASA POWER


def test_a_whole_power_answer_gives_its_place_and_numbers(real_data):
    folder = real_data / "weather" / "nasa_power"
    file = reading.read_weather(folder / "POWER_Point_Daily_20150115_20150117_027d48S_151d81E_LST.csv")
    assert (file.format, file.resolution, file.questions) == ("nasa_power", "daily", [])
    assert (file.latitude, file.longitude, file.elevation) == (-27.48, 151.81, 442.77)
    assert file.dataset.tmean.values.tolist() == [25.96, 26.05, 26.25]
    assert file.dataset.rain.values.tolist() == [1.8, 0.03, 0.0]
    assert str(file.dataset.time.values[0])[:10] == "2015-01-15"


def test_a_power_table_without_its_header_asks_for_the_place(real_data):
    path = real_data / "weather" / "nasa_power" / "POWER_Point_Daily_20220101_20220201_037d98N_023d73E_LST.csv"
    file = reading.read_weather(path)
    assert file.questions == ["latitude", "longitude", "elevation"]
    placed = reading.read_weather(path, latitude=37.98, longitude=23.73, elevation=140, station="Athens")
    assert placed.questions == []
    assert placed.dataset.attrs["name"] == "Athens"
    assert placed.dataset.sizes["time"] == 32
    assert placed.dataset.radiation.values[0] == 8.78
    assert placed.dataset.attrs["wind_height"] == 2.0


POWER_JSON = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [108.125, 30.5, 612.3]},
    "properties": {
        "parameter": {"T2M": {"20240101": 7.1, "20240102": -999.0}, "PS": {"20240101": 94.5, "20240102": 94.6}}
    },
    "header": {"fill_value": -999.0, "time_standard": "LST"},
    "parameters": {"T2M": {"units": "C"}, "PS": {"units": "kPa"}},
}


def test_power_json_has_missing_values_flagged_and_pressure_in_hectopascal(tmp_path):
    file = reading.read_weather(written(tmp_path, json.dumps(POWER_JSON), "power.json"))
    assert (file.latitude, file.longitude, file.elevation) == (30.5, 108.125, 612.3)
    assert np.isnan(file.dataset.tmean.values[1])
    assert file.dataset.tmean_flag.values.tolist() == [2, 9]
    assert file.dataset.pressure.values.tolist() == pytest.approx([945, 946])


def test_hours_of_solar_time_go_to_utc_by_the_15_degree_swath(tmp_path):
    header = "-BEGIN HEADER-\r\nDates: in LST\r\nlocation: latitude 30.5 longitude 108.1\r\n-END HEADER-\r\n"
    file = reading.read_weather(written(tmp_path, header + "YEAR,MO,DY,HR,T2M\n2024,01,01,07,5.5\n2024,01,01,08,6.5\n"))
    assert file.resolution == "hourly"
    assert file.dataset.time.values[0] == np.datetime64("2024-01-01T00:00")  # 108.1 / 15 rounds to 7 h


def test_power_in_utc_is_left_where_it_is(tmp_path):
    header = "-BEGIN HEADER-\nDates: in UTC\nlocation: latitude 30.5 longitude 108.1\n-END HEADER-\n"
    file = reading.read_weather(written(tmp_path, header + "YEAR,MO,DY,HR,T2M\n2024,01,01,07,5.5\n"))
    assert file.dataset.time.values[0] == np.datetime64("2024-01-01T07:00")


# EPW


def test_a_typical_year_is_laid_on_one_year_and_says_so(real_data):
    file = reading.read_weather(real_data / "weather" / "tmy_epw" / "tmy_45.000_8.000_2005_2023.epw")
    weather = file.dataset
    assert (file.format, file.resolution, weather.sizes["time"]) == ("epw", "hourly", 8760)
    assert (file.latitude, file.longitude, file.elevation) == (45, 8, 250)
    assert weather.time.values[0] == np.datetime64("2000-12-31T23:00")  # 00:00 on 1 January 2001 at UTC+1
    assert weather.attrs["typical"] == 1
    assert "2018, 2007, 2009, 2013" in levels(file, "warning")[0]
    assert float(weather.temperature.min()), float(weather.temperature.max()) == (-2.3, 34.33)
    assert weather.temperature.values[0] == 2.04
    assert weather.pressure.values[0] == pytest.approx(998.7)
    assert float(weather.ghi.max()) == 971
    assert "rain" not in weather  # every hour holds the code 999


def epw(rows):
    head = "LOCATION,Wanzhou,-,CHN,x,1,30.8,108.4,8.0,186\n" + "\n".join(f"LINE {i}" for i in range(6))
    tail = ",".join(["999"] * 13)
    body = [
        f"{y},{m},{d},{h},0,x,{t},5.0,80,98000,9999,9999,300,0,0,0,0,0,0,0,180,{w},{tail}" for y, m, d, h, t, w in rows
    ]
    return "\n".join([head, "DATA PERIODS,1,1,Data,Sunday,1/1,12/31", *body]) + "\n"


def test_a_measured_year_keeps_its_dates_and_missing_codes_are_flagged(tmp_path):
    rows = [(2019, 12, 31, 24, 8.0, 1.0), (2020, 1, 1, 1, 99.9, 1.5), (2020, 1, 1, 2, 7.0, 999)]
    file = reading.read_weather(written(tmp_path, epw(rows), "a.epw"))
    assert file.dataset.time.values[0] == np.datetime64("2019-12-31T15:00")  # hour 24 begins at 23:00, UTC+8
    assert "typical" not in file.dataset.attrs
    assert file.dataset.temperature_flag.values.tolist() == [2, 9, 2]
    assert file.dataset.wind_flag.values.tolist() == [2, 2, 9]
    assert file.name == "Wanzhou"


def test_stations_without_a_name_are_told_apart_by_place_or_by_file(tmp_path):
    rows = [(2019, 12, 31, 24, 8.0, 1.0), (2020, 1, 1, 1, 9.0, 1.5)]
    nameless = epw(rows).replace("Wanzhou", "unknown")
    here = reading.read_weather(written(tmp_path, nameless, "a.epw"))
    there = reading.read_weather(written(tmp_path, nameless.replace("30.8,108.4", "31.0,109.5"), "b.epw"))
    assert (here.name, there.name) == ("EPW 30.800 108.400", "EPW 31.000 109.500")
    placeless = reading.read_weather(written(tmp_path, "date,tmin,tmax\n2020-01-01,5,9\n2020-01-02,4,8\n", "hill.csv"))
    assert placeless.name == placeless.dataset.attrs["name"] == "hill"


# Open-Meteo


def open_meteo(**parts):
    return json.dumps({"latitude": 30.75, "longitude": 108.25, "elevation": 300.0, "utc_offset_seconds": 28800} | parts)


def test_hourly_archive_goes_to_utc_and_sums_move_to_the_start_of_their_hour(tmp_path):
    hours = [f"2024-07-01T{h:02d}:00" for h in range(24)]
    content = open_meteo(
        hourly_units={"temperature_2m": "°C", "precipitation": "mm", "wind_speed_10m": "km/h"},
        hourly={
            "time": hours,
            "temperature_2m": [25.0] * 24,
            "precipitation": list(range(24)),
            "wind_speed_10m": [3.6] * 24,
        },
    )
    weather = reading.read_weather(written(tmp_path, content)).dataset
    assert weather.time.values[0] == np.datetime64("2024-06-30T16:00")
    assert weather.rain.values[:3].tolist() == [1, 2, 3]
    assert np.isnan(weather.rain.values[-1])
    assert weather.rain_flag.values[-1] == 9
    assert weather.wind.values[0] == pytest.approx(1.0)


def test_daily_archive_turns_seconds_of_sunshine_into_hours(tmp_path):
    content = open_meteo(
        daily_units={"sunshine_duration": "s", "temperature_2m_max": "°F", "shortwave_radiation_sum": "MJ/m²"},
        daily={
            "time": ["2024-07-01", "2024-07-02"],
            "sunshine_duration": [36000, None],
            "temperature_2m_max": [95, 86],
            "shortwave_radiation_sum": [22.5, 20],
            "weather_code": [1, 2],
        },
    )
    file = reading.read_weather(written(tmp_path, content))
    assert file.dataset.sunshine.values[0] == 10
    assert file.dataset.sunshine_flag.values.tolist() == [2, 9]
    assert file.dataset.tmax.values.tolist() == pytest.approx([35, 30])
    assert "not used: weather_code" in levels(file, "info")


def test_unix_times_are_seconds_since_1970(tmp_path):
    content = open_meteo(daily={"time": [1719763200], "temperature_2m_max": [30.0]})  # 2024-06-30 16:00 UTC
    assert str(reading.read_weather(written(tmp_path, content)).dataset.time.values[0])[:10] == "2024-07-01"


def test_several_members_are_no_observation(tmp_path):
    content = open_meteo(
        daily={"time": ["2024-07-01"], "temperature_2m_max": [30], "temperature_2m_max_member01": [31]}
    )
    with pytest.raises(InputError, match="read it as a forecast"):
        reading.read_weather(written(tmp_path, content))


# The station of the real catchment


def test_the_station_of_the_catchment_brings_its_place_and_its_gauge(real_data):
    folder = real_data / "weather" / "youwuzhen"
    station, gauge = reading.read_weather(folder / "meteo_daily.csv"), reading.read_weather(folder / "pcp_daily.csv")
    assert (station.name, station.latitude, station.elevation) == ("58911", 25.75, 265)
    assert station.dataset.sizes["time"] == 2922
    assert float(station.dataset.tmax.max()) == 37.8
    assert float(station.dataset.tmin.min()) == -6.2
    assert float(station.dataset.sunshine.max()) == 12.4
    assert any("20:00" in text for text in levels(station, "warning"))
    both = reading.joined(station, gauge)
    yearly = both.dataset.rain.groupby("time.year").sum().sel(year=slice(2012, 2017))
    assert yearly.values.tolist() == pytest.approx([2168, 1433, 1254, 1417, 2468, 1519], abs=0.6)
    assert int((both.dataset.rain_flag == 9).sum()) == 2922 - 2192  # 2010 and 2011 have no rain
    assert both.dataset.rain_flag.dtype == np.int8


# The plain table


def test_chinese_columns_in_gb18030_read_like_english_ones(tmp_path):
    chinese = "# 站名：忠县\n# 纬度：30.3\n"
    chinese += "日期,最高气温（℃）,最低气温,降雨量(mm),日照时数\n2024/3/1,15.5,8.1,0,2.5\n2024/3/2,,7,1.2,0\n"
    first = reading.read_weather(written(tmp_path, chinese.encode("gb18030"), "a.csv"))
    second = reading.read_weather(written(tmp_path, chinese.encode("utf-8-sig"), "b.csv"))
    assert first.dataset.identical(second.dataset)
    assert (first.name, first.latitude) == ("忠县", 30.3)
    assert first.dataset.tmax.values[0] == 15.5
    assert first.dataset.tmax_flag.values.tolist() == [2, 9]


def test_units_in_brackets_are_converted(tmp_path):
    file = reading.read_weather(
        written(tmp_path, "date,tmax [degF],wind [km/h],radiation [kWh m-2]\n2024-07-01,95,7.2,5\n")
    )
    assert file.dataset.tmax.values[0] == pytest.approx(35)
    assert file.dataset.wind.values[0] == pytest.approx(2)
    assert file.dataset.radiation.values[0] == pytest.approx(18)


def test_gaps_stay_empty_and_are_told(tmp_path):
    file = reading.read_weather(written(tmp_path, "date,tmin\n2024-01-01,1\n2024-01-04,4\n2024-01-06,-999\n"))
    assert file.dataset.tmin.values.tolist() == pytest.approx([1, np.nan, np.nan, 4, np.nan, np.nan], nan_ok=True)
    assert file.dataset.tmin_flag.values.tolist() == [2, 9, 9, 2, 9, 9]
    assert "3 days are missing in 2 gaps, the first from 2024-01-02" in levels(file, "warning")[0]


def test_equal_duplicates_are_dropped_and_told_and_disorder_is_sorted(tmp_path):
    file = reading.read_weather(written(tmp_path, "date,tmin,rain\n2024-01-02,2,\n2024-01-01,1,0\n2024-01-02,2,\n"))
    assert file.dataset.tmin.values.tolist() == [1, 2]
    assert levels(file, "warning")[0].startswith("1 rows stood twice")
    assert "sorted" in levels(file, "info")[0]


def test_local_hours_go_to_utc_and_the_file_may_name_its_zone(tmp_path):
    table = "time,temperature\n2024-01-01 08:00,5\n2024-01-01 09:00,6\n"
    assert reading.read_weather(written(tmp_path, table)).dataset.time.values[0] == np.datetime64("2024-01-01T00:00")
    utc = reading.read_weather(written(tmp_path, "# timezone: UTC\n" + table)).dataset
    assert utc.time.values[0] == np.datetime64("2024-01-01T08:00")
    offset = reading.read_weather(written(tmp_path, "time,temperature\n2024-01-01T08:00+01:00,5\n")).dataset
    assert offset.time.values[0] == np.datetime64("2024-01-01T07:00")


def test_the_hour_that_summer_time_skips_is_refused_with_advice(tmp_path):
    table = "time,temperature\n2024-03-31 02:00,5\n"
    with pytest.raises(InputError, match=r"timezone: UTC\+8"):
        reading.read_weather(written(tmp_path, table), timezone="Europe/Berlin")


def test_days_stamped_at_20_are_told_to_end_there(tmp_path):
    file = reading.read_weather(written(tmp_path, "time,tmin\n2024-01-01 20:00,1\n2024-01-02 20:00,2\n"))
    assert file.resolution == "daily"
    assert "it runs from 20 to 20 h" in levels(file, "warning")[0]


def test_a_table_of_several_stations_gives_each_its_place(tmp_path):
    table = "station,latitude,date,tmin\nA,30.1,2024-01-01,1\nB,30.9,2024-01-01,2\nA,30.1,2024-01-02,3\n"
    files = reading.read_stations(written(tmp_path, table))
    assert [(file.name, file.latitude, file.dataset.sizes["time"]) for file in files] == [
        ("A", 30.1, 2),
        ("B", 30.9, 1),
    ]
    assert reading.read_weather(written(tmp_path, table), station="B").dataset.tmin.values.tolist() == [2]


def test_year_month_day_and_hour_may_stand_in_columns_of_their_own(tmp_path):
    file = reading.read_weather(written(tmp_path, "年,月,日,时,气温\n2024,1,1,8,5\n2024,1,1,9,6\n"))
    assert file.resolution == "hourly"
    assert file.dataset.time.values[0] == np.datetime64("2024-01-01T00:00")


def test_unknown_columns_are_left_out_and_told(tmp_path):
    file = reading.read_weather(written(tmp_path, "date;tmin;mood\n2024-01-01;1;fine\n"))
    assert "mood" in levels(file, "warning")[0]
    assert list(file.dataset.data_vars) == ["tmin", "tmin_flag"]


def test_an_unknown_format_name_is_a_wrong_call(tmp_path):
    with pytest.raises(ValueError, match="format is one of"):
        reading.read_weather(written(tmp_path, "date,tmin\n2024-01-01,1\n"), format="grib")


def test_times_are_nanoseconds_and_labels_come_from_the_table(tmp_path):
    weather = reading.read_weather(written(tmp_path, "date,tmin\n2024-01-01,1\n")).dataset
    assert weather.time.dtype == "datetime64[ns]"
    assert weather.tmin.attrs["units"] == "degC"
    assert pd.isna(weather.attrs["latitude"])
