"""Weather of the growth tests: the normals of one station, as smooth days and with days of chance."""

import numpy as np
import pytest

from growth_model import engine
from growth_model.tree import STATE

LATITUDE = 30.5


@pytest.fixture(scope="session")
def climate(table):
    """Return a maker of drivers, shape (1, 1, day, 4), from normals interpolated around the year."""

    def drivers(first_day, days, warmer=0.0, light=1.0, normals="growth_normals_wansheng", place=None, mean=True):
        rows = [row for row in table(normals) if place in (None, row.get("place"))]
        at = np.array([row["day_of_year"] for row in rows])
        dates = np.datetime64(first_day) + np.arange(days)
        day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(int) + 1

        def curve(name):
            values = np.array([row[name] for row in rows])
            around = np.r_[at[-1] - 365, at, at[0] + 365]
            return np.interp(day_of_year, around, np.r_[values[-1], values, values[0]]) + warmer

        tmin, tmax = curve("tmin"), curve("tmax")
        tmean = curve("tmean") if mean else (tmin + tmax) / 2
        return np.stack([tmin, tmax, tmean, np.full(days, light)], axis=-1)[None, None]

    return drivers


@pytest.fixture(scope="session")
def chance(climate):
    """Return a maker of drivers with days of chance, shape (site, 1, day, 4): seeded, correlated from day to day."""

    def drivers(first_day, days, sites=3, seed=0):
        rng = np.random.default_rng(seed)
        shift = np.zeros((sites, days))
        for day in range(1, days):
            shift[:, day] = 0.7 * shift[:, day - 1] + rng.normal(0, 2, sites)
        weather = np.repeat(climate(first_day, days), sites, axis=0)
        weather[..., :3] += shift[:, None, :, None] + rng.normal(0, 0.7, (sites, 1, days, 3))
        weather[..., 0] = np.minimum(weather[..., 0], weather[..., 1] - 0.5)
        weather[..., 3] = rng.uniform(0.3, 1.6, (sites, 1, days))
        return weather

    return drivers


@pytest.fixture(scope="session")
def in_bloom():
    """Return a maker of the state of one tree that blooms as the given day begins."""

    def state(first_day, crop_row, diameter):
        day = np.datetime64(first_day)
        rest = engine.resting(1, 1, crop_row[None, None], day)
        values = {"present": 1, "season": 0, "bloom": 0, "age": 0, "diameter": diameter}
        for name, value in values.items():
            rest.trees[..., STATE.index(f"growing.{name}")] = value
        rest.trees[..., STATE.index("buds.season")] = 0
        rest.trees[..., STATE.index("buds.counting")] = 0
        return rest

    return state
