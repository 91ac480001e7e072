"""A leaf sensor at a station moves what counts as wet around it; a few days of one do not."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from app.services.pests import air


def hours(days, wet_from):
    time = pd.date_range("2024-05-01", periods=24 * days, freq="h")
    rh = 75.0 + 22.0 * np.sin(np.arange(len(time)) * 2 * np.pi / 24.37)
    return xr.Dataset(
        {"rh": ("time", rh), "rain": ("time", np.zeros(len(time))), "leaf_wetness": ("time", (rh >= wet_from) * 1.0)},
        {"time": time},
    )


@pytest.mark.parametrize("wet_from", [85.0, 88.0, 92.0])
def test_a_month_of_a_sensor_finds_the_humidity_at_which_its_leaves_are_wet(wet_from):
    assert air._sensed("s", hours(40, wet_from))["s"] == pytest.approx(wet_from, abs=1.0)


def test_three_weeks_of_a_sensor_are_not_believed():
    assert air._sensed("s", hours(21, 85.0)) == {}


def test_a_sensor_that_never_spoke_changes_nothing():
    silent = hours(40, 85.0)
    silent["leaf_wetness"] = silent["leaf_wetness"] * np.nan
    assert air._sensed("s", silent) == {}


def test_a_column_of_leaf_wetness_is_read_in_chinese(tmp_path):
    from agro.weather.readers import template

    content = "时间,气温,相对湿度,降雨量,风速,叶面湿润\n" + "\n".join(
        f"2024-05-01 {hour:02d}:00,20,90,0,1,{hour % 2}" for hour in range(24)
    )
    table = template.read(content, "x.csv")[0].table
    assert table["leaf_wetness"].sum() == 12
