"""Weather, places and crops of the growth tests: the normals of one station, as smooth days and with days of chance."""

from contextlib import contextmanager

import numpy as np
import pytest

from agro.weather.humidity import saturation_vapour_pressure
from agro.weather.radiation import extraterrestrial
from growth_model import block, engine, lanes, load, place_rows
from growth_model.crop import PARAMETERS
from growth_model.place import Weather
from growth_model.start import resting
from growth_model.state import STATE
from growth_model.works import nothing

LATITUDE = 30.5
FIELDS = Weather._fields
NEUTRAL = {
    "load.exponent": 0.0, "fruit_limits.source_exponent": 0.0, "fruit_limits.recovery": 0.0,
    "fruit_limits.water_stop": -1.0, "fruit_limits.water_full": -0.5, "phosphorus_limit.least": 1.0,
    "potassium_limit.least": 1.0, "sugar_limits.water": 0.0, "sugar_limits.load": 0.0,
    "sugar_limits.size_exponent": 0.0, "sugar_limits.rain": 0.0,
}  # fmt: skip
"""Crop parameters with which nothing but temperature and light moves a fruit's size and taste: the prototype's tree."""


def weather_rows(first_day, tmin, tmax, tmean=None, light=None, rain=None, clearness=0.38):
    """Return rows of `Weather` from arrays (..., day) of temperatures, light over the usual and rain."""
    days = tmin.shape[-1]
    dates = np.datetime64(first_day) + np.arange(days)
    day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(int) + 1
    light = np.ones_like(tmin) if light is None else light
    usual = 3.0 + 0 * tmin
    rows = {
        "tmin": tmin, "tmax": tmax, "tmean": (tmin + tmax) / 2 if tmean is None else tmean,
        "radiation": extraterrestrial(LATITUDE, day_of_year) * np.clip(clearness * light, 0.05, 0.75),
        "light": light, "diffuse": np.clip(1.05 - 0.8 * clearness * light, 0.2, 1.0), "anisotropy": 0.15 + 0 * tmin,
        "stillness": 0.3 + 0 * tmin, "vapour": saturation_vapour_pressure(tmin), "wind": 1.2 + 0 * tmin,
        "rain": usual if rain is None else rain, "rain_usual": usual,
    }  # fmt: skip
    return np.stack([rows[name] for name in FIELDS], axis=-1)


@pytest.fixture(scope="session")
def climate(table):
    """Return a maker of weather, shape (1, 1, day, field), from normals interpolated around the year."""

    def drivers(first_day, days, warmer=0.0, light=1.0, normals="growth_normals_wansheng", place=None, mean=True):
        rows = [row for row in table(normals) if place in (None, row.get("place"))]
        at = np.array([row["day_of_year"] for row in rows])
        dates = np.datetime64(first_day) + np.arange(days)
        day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(int) + 1

        def curve(name):
            values = np.array([row[name] for row in rows])
            around = np.r_[at[-1] - 365, at, at[0] + 365]
            return np.interp(day_of_year, around, np.r_[values[-1], values, values[0]]) + warmer

        tmean = curve("tmean") if mean else None
        return weather_rows(first_day, curve("tmin"), curve("tmax"), tmean, np.full(days, light))[None, None]

    return drivers


@pytest.fixture(scope="session")
def chance(climate):
    """Return a maker of weather with days of chance, shape (cell, 1, day, field): seeded, alike from day to day."""

    def drivers(first_day, days, sites=3, seed=0, wetness=1.0):
        rng = np.random.default_rng(seed)
        shift = np.zeros((sites, days))
        for day in range(1, days):
            shift[:, day] = 0.7 * shift[:, day - 1] + rng.normal(0, 2, sites)
        smooth = np.repeat(climate(first_day, days)[:, 0], sites, axis=0)
        tmin, tmax, tmean = np.moveaxis(smooth[..., :3], -1, 0) + shift + rng.normal(0, 0.7, (3, sites, days))
        tmin = np.minimum(tmin, tmax - 0.5)
        light = rng.uniform(0.3, 1.6, (sites, days))
        rain = wetness * np.where(rng.random((sites, days)) < 0.35, rng.exponential(9.0, (sites, days)), 0.0)
        return weather_rows(first_day, tmin, tmax, np.clip(tmean, tmin, tmax), light, rain)[:, None]

    return drivers


@pytest.fixture(scope="session")
def neutral(table):
    """Return a maker of the row of a group on which water, carbon, crop and nutrients have no hold.

    Its acid and its sugar limit are the reference run's: the crop files allow for drought, which the prototype lacks.
    """
    taste = {row["cultivar"]: row for row in table("growth_taste_constants")}

    def row(key):
        values = load(key).row
        reference = {"sugar.limit": taste[key]["limit"], "acid.first": taste[key]["first"]}
        for name, value in (NEUTRAL | reference).items():
            values[PARAMETERS.index(name)] = value
        return values

    return row


@pytest.fixture(scope="session")
def in_bloom():
    """Return a maker of the state of one tree that blooms as the given day begins."""

    def state(first_day, crop_row, diameter, number=17.0):
        day = np.datetime64(first_day)
        rest = resting(1, 1, crop_row[None, None], place_rows(), day)
        values = {"present": 1, "season": 0, "bloom": 0, "age": 0, "diameter": diameter, "number": number}
        for name, value in values.items():
            rest.trees[..., STATE.index(f"growing.{name}")] = value
        rest.trees[..., STATE.index("buds.season")] = 0
        rest.trees[..., STATE.index("buds.counting")] = 0
        return rest

    return state


@pytest.fixture(scope="session")
def tended():
    """Return a maker of works, shape (1, day, field), of an orchard that is watered every so many days and fed."""

    def works(days, irrigation=0.0, nitrogen=0.5, every=7):
        rows = nothing(days)
        rows[::every, 0] = irrigation
        rows[::every, 1:4] = nitrogen * every * np.array([1.0, 0.2, 0.7])
        return rows[None]

    return works


@pytest.fixture
def plainly(monkeypatch):
    """Return a context in which `engine.run` runs plain Python in blocks of one tree instead of compiled kernels."""

    @contextmanager
    def plain():
        with monkeypatch.context() as patched, np.errstate(all="ignore"):
            for module in (lanes, block, engine):
                patched.setattr(module, "LANES", 1)
            patched.setattr(block, "serial", block.serial.__wrapped__)
            patched.setattr(block, "_advance", block.advance.__wrapped__)
            yield patched

    return plain
