"""Site-days of the growth engine per second of one core."""

import time

import numpy as np
import pytest

from growth_model import load, perturbed, run

SITES, MEMBERS, DAYS = 200, 50, 365


@pytest.fixture(scope="module")
def weather():
    rng = np.random.default_rng(1)
    day = np.arange(DAYS)
    wave = -np.cos(2 * np.pi * (day - 75) / 365)
    noise = rng.normal(0, 3, (SITES, MEMBERS, DAYS, 1))
    normals = np.stack([15 + 9.5 * wave, 23 + 11.5 * wave, 18.5 + 10 * wave, np.ones(DAYS)], axis=-1)
    return np.concatenate([normals[:, :3] + noise, np.ones_like(noise)], axis=-1)


@pytest.mark.parametrize("shown", [0, 30, DAYS], ids=lambda days: f"{days} days shown")
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
def test_site_days_of_the_engine(benchmark, weather, dtype, shown):
    drivers, crops = weather.astype(dtype), perturbed(load("navel"), MEMBERS)[None]
    window = (DAYS - shown, DAYS)
    run(drivers[:1], crops, "2022-11-01", 30.5, window=window, dtype=dtype)  # compiled before the clock starts
    benchmark.pedantic(run, (drivers, crops, "2022-11-01", 30.5, window), {"dtype": dtype}, rounds=3)
    start = time.process_time()
    run(drivers, crops, "2022-11-01", 30.5, window, dtype=dtype)
    speed = SITES * MEMBERS * DAYS / (time.process_time() - start) / 1e6
    benchmark.extra_info["million_site_days_per_cpu_second"] = round(speed, 1)
    assert speed > 5 or shown == DAYS
