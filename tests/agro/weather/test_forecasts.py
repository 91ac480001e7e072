import json

import numpy as np
import pytest

from agro.errors import InputError
from agro.weather import forecasts

DAYS = ["2024-07-01", "2024-07-02", "2024-07-03"]


def answer(**parts):
    return json.dumps(
        {
            "latitude": 30.75,
            "longitude": 108.25,
            "elevation": 300.0,
            "utc_offset_seconds": 28800,
            "timezone": "Asia/Shanghai",
        }
        | parts
    )


def read(content, **options):
    return forecasts.forecast(content, "forecast.json", **options)


def test_daily_members_become_a_dimension():
    daily = {"time": DAYS, "temperature_2m_max": [30, 31, 32], "precipitation_sum": [0, 5, None]}
    daily |= {"temperature_2m_max_member01": [29, 30, 31], "precipitation_sum_member01": [1, 6, 2]}
    file = read(answer(daily=daily, daily_units={"temperature_2m_max": "°C", "precipitation_sum": "mm"}))
    weather = file.dataset
    assert weather.tmax.dims == ("member", "time")
    assert weather.tmax.values.tolist() == [[30, 31, 32], [29, 30, 31]]
    assert weather.rain_flag.values.tolist() == [[2, 2, 9], [2, 2, 2]]
    assert weather.member_name.values.tolist() == ["Open-Meteo 00", "Open-Meteo 01"]
    assert weather.attrs["issued"] == "2024-07-01"
    assert (file.latitude, file.elevation) == (30.75, 300)


def test_the_date_of_issue_may_be_given():
    content = answer(daily={"time": DAYS, "temperature_2m_max": [30, 31, 32]})
    assert read(content, issued="2024-06-30T12:00Z").dataset.attrs["issued"] == "2024-06-30T12:00Z"


def test_members_of_two_models_stand_side_by_side():
    daily = {"time": DAYS}
    for model in ("ecmwf_ifs025_ensemble", "ncep_gefs_seamless"):
        for number in ("", "_member01"):
            daily[f"temperature_2m_min{number}_{model}"] = [20, 21, 22]
    names = read(answer(daily=daily)).dataset.member_name.values.tolist()
    assert names == [f"{model} {n:02d}" for model in ("ecmwf_ifs025_ensemble", "ncep_gefs_seamless") for n in (0, 1)]


def test_hours_become_local_days_where_the_daily_part_lacks_them():
    stamps = [f"{day}T{hour:02d}:00" for day in DAYS for hour in range(24)]
    hourly = {"time": stamps, "temperature_2m": list(range(72)), "temperature_2m_member01": [20.0] * 72}
    hourly |= {"shortwave_radiation": [100.0] * 72, "shortwave_radiation_member01": [0.0] * 72}
    daily = {"time": DAYS, "temperature_2m_max": [40, 41, 42], "temperature_2m_max_member01": [30, 30, 30]}
    weather = read(answer(hourly=hourly, daily=daily)).dataset
    assert weather.tmin.values.tolist() == [[0, 24, 48], [20, 20, 20]]
    assert weather.tmax.values[0].tolist() == [40, 41, 42]  # the daily part goes before
    assert weather.radiation.values[0].tolist() == pytest.approx([8.64, 8.64, 8.64 * 23 / 24])
    assert weather.radiation_flag.values[0].tolist() == [2, 2, 2]
    assert weather.tmin_flag.dtype == np.int8


def test_days_without_a_value_stay_and_are_flagged():
    weather = read(answer(daily={"time": DAYS, "temperature_2m_max": [30, None, None]})).dataset
    assert weather.tmax_flag.values.tolist() == [[2, 9, 9]]


def test_similar_names_of_other_variables_are_not_taken_for_models():
    file = read(
        answer(daily={"time": DAYS, "temperature_2m_max": [1, 2, 3], "precipitation_sum_probability": [1, 2, 3]})
    )
    assert "rain" not in file.dataset
    assert any("precipitation_sum_probability" in finding.en for finding in file.findings)


def test_uneven_times_are_refused():
    days = ["2024-07-01", "2024-07-03", "2024-07-03"]
    with pytest.raises(InputError, match="not even"):
        read(answer(daily={"time": days, "temperature_2m_max": [1, 2, 3]}))


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "{}",
        '{"daily": {"time": []}}',
        '{"daily": {"time": ["2024-07-01"], "spam": [1]}}',
        answer(daily={"time": [True], "temperature_2m_max": [1]}),
    ],
)
def test_an_answer_without_weather_is_refused(content):
    with pytest.raises(InputError):
        read(content)
