"""Site-days of the growth engine per second of one core."""

import time

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from growth_model import load, perturbed, place_rows, run
from growth_model import weather as growth_weather

SITES, MEMBERS, DAYS = 20, 50, 365
KEPT = ("diameter", "expansion", "tss", "ta", "yield", "load", "water_stress")
LEAST = {np.float32: 0.2, np.float64: 0.1}  # million site-days a second of a core: hours, carbon, water, nutrients


@pytest.fixture(scope="module")
def weather():
    """Return the rows of a year like Chongqing's, each member with its own noise."""
    rng = np.random.default_rng(1)
    time_, wave = pd.date_range("2022-11-01", periods=DAYS), -np.cos(2 * np.pi * (np.arange(DAYS) - 75) / 365)
    noise = rng.normal(0, 3, (1, MEMBERS, DAYS))
    values = {"tmin": 15 + 9.5 * wave + noise, "tmax": 23 + 11.5 * wave + noise}
    values["rain"] = rng.gamma(0.3, 10.0, (1, MEMBERS, DAYS))
    cells = xr.Dataset({name: (("cell", "member", "time"), value) for name, value in values.items()}, {"time": time_})
    return growth_weather.rows(growth_weather.completed(cells, 30.5))


@pytest.mark.parametrize("shown", [0, 30, DAYS], ids=lambda days: f"{days} days shown")
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_site_days_of_the_engine(benchmark, weather, dtype, shown):
    places, crops = place_rows(elevation=np.linspace(200, 500, SITES)), perturbed(load("navel"), MEMBERS)[None]
    usual = {
        "cell": np.zeros(SITES, int), "window": (DAYS - shown, DAYS), "dtype": dtype, "shown": KEPT if shown else (),
    }  # fmt: skip
    rows = weather.astype(dtype)
    run(rows, places[:1], crops, "2022-11-01", 30.5, **{**usual, "cell": [0]})  # compiled before the clock starts
    benchmark.pedantic(run, (rows, places, crops, "2022-11-01", 30.5), usual, rounds=3)
    start = time.process_time()
    run(rows, places, crops, "2022-11-01", 30.5, **usual)
    speed = SITES * MEMBERS * DAYS / (time.process_time() - start) / 1e6
    benchmark.extra_info["million_site_days_per_cpu_second"] = round(speed, 2)
    assert speed > LEAST[dtype]
