import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro.weather import cells

LAPSE = pd.DataFrame({"day": 0.006, "night": 0.004}, index=range(1, 13))
STATIONS = pd.DataFrame(
    {"x": [0.0, 10_000, 0, 50_000], "y": [0.0, 0, 10_000, 50_000], "elevation": [200.0, 400, 600, 100]},
    index=list("abcd"),
)


def weather(tmax=(20.0, 20.0, 20.0, 20.0), rain=(1.0, 2.0, 3.0, 4.0)):
    return xr.Dataset(
        {
            "tmax": (("station", "time"), np.array(tmax)[:, None]),
            "rain": (("station", "time"), np.array(rain)[:, None]),
        },
        {"station": list("abcd"), "time": pd.date_range("2024-07-01", periods=1)},
    )


def test_temperature_is_averaged_at_one_elevation_and_rain_comes_from_the_nearest():
    true = 25 - 0.006 * STATIONS["elevation"].to_numpy()
    made = cells.at_cells(weather(tmax=tuple(true)), STATIONS, pd.DataFrame({"x": [3000.0], "y": [2000.0]}), LAPSE)
    assert float(made["tmax"][0, 0]) == pytest.approx(25 - 0.006 * float(made["elevation"][0]), abs=1e-4)
    assert float(made["rain"][0, 0]) == 1.0
    assert float(made["distance"][0]) == pytest.approx(np.hypot(3000, 2000))


def test_the_fourth_station_has_no_say_in_temperature():
    centre = pd.DataFrame({"x": [1000.0], "y": [1000.0]})
    one = cells.at_cells(weather(), STATIONS, centre, LAPSE)
    other = cells.at_cells(weather(tmax=(20, 20, 20, 99)), STATIONS, centre, LAPSE)
    assert float(one["tmax"][0, 0]) == float(other["tmax"][0, 0])


def test_a_station_without_a_value_that_day_is_left_out():
    made = cells.at_cells(
        weather(tmax=(np.nan, 20.0, 20.0, 20.0), rain=(np.nan, 2.0, 3.0, 4.0)),
        STATIONS,
        pd.DataFrame({"x": [0.0], "y": [0.0]}),
        LAPSE,
    )
    assert np.isfinite(made["tmax"]).all()
    assert float(made["rain"][0, 0]) in (2.0, 3.0)


@given(st.lists(st.floats(-5, 40), min_size=4, max_size=4), st.floats(-2e4, 6e4), st.floats(-2e4, 6e4))
def test_a_cell_is_never_outside_its_stations_brought_to_its_height(values, x, y):
    made = cells.at_cells(weather(tmax=tuple(values)), STATIONS, pd.DataFrame({"x": [x], "y": [y]}), LAPSE)
    brought = np.array(values) + 0.006 * (STATIONS["elevation"].to_numpy() - float(made["elevation"][0]))
    assert brought.min() - 1e-3 <= float(made["tmax"][0, 0]) <= brought.max() + 1e-3


def test_places_within_five_kilometres_share_a_cell():
    number, centres = cells.cell_grid(np.array([100.0, 4900, 5100]), np.array([100.0, 4900, 100]))
    assert list(number) == [0, 0, 1]
    assert centres.to_numpy().tolist() == [[2500, 2500], [7500, 2500]]
