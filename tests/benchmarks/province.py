"""A made province of citrus: pixels of 10 m on slopes drawn at random, nine cultivar groups, forty weather cells.

Nothing of it lies in memory or on disk: a chunk of pixels is made where it is computed.
"""

from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from agro.terrain import slope_light
from agro.terrain.sites import simplex, through_sites
from agro.terrain.sky_view import sky_view
from growth_model import cultivar, orchard, weather, works
from growth_model.large import Sites, run_large

PIXELS = 13_333_333  # 133,333 ha
CELLS, FORMS, FIRST, DAYS = 40, 8_192, "2022-11-01", 365
LATITUDES = np.round(np.linspace(29.0, 31.0, CELLS), 1)
HEIGHT = 400.0  # m, for which the cells' weather holds
STEPS = {"elevation": 100.0, "sky_view": 0.05, "winter_beam": 0.4, "summer_beam": 0.2, "cold": 1.0}
"""Wider than usual: the pixels of a province fill every node of their groups, and each node costs a site."""
DATES = ("65", "ratio_12", "ripe")
KEPT = ("65", "ripe", "ratio_12", "diameter", "yield", "sums.assimilation", "sums.transpiration", "sums.percolation")


@cache
def forms() -> dict[str, np.ndarray]:
    """Return slopes, each with its aspect, the terrain around it, its sky and its beam; pixels share them."""
    rng = np.random.default_rng(7)
    slope, aspect = np.clip(rng.gamma(3.0, 5.0, FORMS), 0, 45), rng.uniform(0, 360, FORMS)
    azimuth, across = np.arange(32) * 11.25, rng.uniform(0, 360, FORMS)
    ridge, valley = rng.gamma(2.0, 4.0, FORMS), rng.gamma(2.0, 2.0, FORMS)
    hidden = np.clip(valley + ridge * np.cos(np.radians(azimuth[:, None] - across)), 0, 40)
    beam = slope_light.beam_ratio(30.0, slope, aspect, hidden, [355, 172])
    return {
        "slope": slope, "aspect": aspect, "horizon": hidden.T.astype(np.float32),
        "sky_view": np.concatenate([
            sky_view(hidden[:, some], slope[some], aspect[some]) for some in np.array_split(np.arange(FORMS), 16)
        ]),
        "winter_beam": beam[:, 0], "summer_beam": beam[:, 1],
    }  # fmt: skip


def pixels(start: int, stop: int) -> pd.DataFrame:
    """Return pixels: their form, height, cold, weather cell and crop."""
    rng = np.random.default_rng([11, start])
    n = stop - start
    form, elevation = rng.integers(0, FORMS, n), rng.uniform(200, 900, n)
    above = rng.exponential(150, n)  # m above the valley floor
    known = {name: forms()[name][form] for name in ("slope", "aspect", "sky_view", "winter_beam", "summer_beam")}
    where = {"cell": rng.integers(0, CELLS, n), "crop": rng.integers(0, len(cultivar.names()), n), "form": form}
    return pd.DataFrame({**where, **known, "elevation": elevation, "cold": 1 - np.clip(above / 100, 0, 1)})


def rows(table: pd.DataFrame, alone: bool) -> Sites:
    """Return pixels (`alone`), or sites that stand for several, as a run takes them."""
    axes = ("elevation", "sky_view", "winter_beam", "summer_beam", "cold", "slope")
    known = {name: table[name].to_numpy() for name in axes}
    if alone:
        known["aspect"] = table["aspect"].to_numpy()
    places = orchard.place_rows(rise=known["elevation"] - HEIGHT, stands_for_several=not alone, **known)
    cell = table["cell"].to_numpy()
    return Sites(
        places.astype(np.float32), LATITUDES[cell], cell, table["crop"].to_numpy(),
        horizons=forms()["horizon"][table["form"].to_numpy()] if alone else None,
    )  # fmt: skip


def part(start: int, stop: int) -> Sites:
    """Return a part of the province's pixels."""
    return rows(pixels(start, stop), alone=True)


@cache
def season_weather() -> np.ndarray:
    """Return a season of the cells, shape (cell, 1, day, field)."""
    rng = np.random.default_rng(3)
    time = pd.date_range(FIRST, periods=DAYS)
    wave = -np.cos(2 * np.pi * (time.day_of_year.to_numpy() - 20) / 365)
    shift = np.empty((CELLS, DAYS))
    shift[:, 0] = 0
    common = rng.normal(0, 1.5, DAYS)
    for day in range(1, DAYS):
        shift[:, day] = 0.7 * shift[:, day - 1] + common[day] + rng.normal(0, 0.3, CELLS)
    wet = rng.random(DAYS) < 0.4
    dims = ("cell", "time")
    days = {
        "tmin": (dims, 14.5 + 9.5 * wave + shift), "tmax": (dims, 22.5 + 11 * wave + shift + np.where(wet, -2, 2)),
        "rain": (dims, np.where(wet, rng.gamma(0.7, 10, (CELLS, DAYS)), 0)),
        "radiation": (dims, np.clip(11 + 6 * wave + np.where(wet, -4, 3) + rng.normal(0, 1, (CELLS, DAYS)), 1, 27)),
        "rh": (dims, np.full((CELLS, DAYS), 78.0)), "wind": (dims, rng.uniform(0.5, 2.5, (CELLS, DAYS))),
    }  # fmt: skip
    return weather.rows(weather.completed(xr.Dataset(days, {"time": time}), 30.0))


def crops(members: int) -> np.ndarray:
    """Return the nine groups, shape (crop, member, parameter)."""
    return np.stack([cultivar.perturbed(cultivar.load(name), members) for name in cultivar.names()]).astype(np.float32)


def grown(sites, members=1, *, count=None, out=None, parallel=True, reduce=KEPT):
    """Return the season of `sites` in the province."""
    return run_large(
        season_weather(), sites, crops(members), FIRST, count=count, works=works.ordinary(FIRST, DAYS)[None],
        reduce=reduce, out=out, parallel=parallel,
    )  # fmt: skip


def sites_of(count: int, step: int = 65_536) -> pd.DataFrame:
    """Return the sites on which the first `count` pixels lean, with the mean slope of these; a chunk at a time.

    The same sites as `through_sites` finds, whose table of all pixels at once would not fit in memory.
    """
    keys, sums = np.empty(0, np.int64), np.empty((0, 2))
    for start in range(0, count, step):
        table = pixels(start, min(start + step, count))
        corners, weights = simplex(table[list(STEPS)].to_numpy() / np.array(list(STEPS.values())))
        key = np.broadcast_to((table["cell"] * 16 + table["crop"]).to_numpy()[:, None], weights.shape)
        for axis in range(len(STEPS)):
            key = key * 64 + corners[..., axis]
        used = weights > 1e-9
        slope = np.broadcast_to(table["slope"].to_numpy()[:, None], weights.shape)[used]
        keys, at = np.unique(np.append(keys, key[used]), return_inverse=True)
        sums = np.stack([
            np.bincount(at, np.append(sums[:, k], weights[used] * by), len(keys)) for k, by in enumerate((1.0, slope))
        ], axis=1)  # fmt: skip
    columns = {"slope": sums[:, 1] / sums[:, 0]}
    for name in reversed(STEPS):
        keys, corner = np.divmod(keys, 64)
        columns[name] = corner * STEPS[name]
    return pd.DataFrame({**columns, "cell": keys // 16, "crop": keys % 16})


def error_of_sites(count: int = 2_000) -> pd.DataFrame:
    """Return how far dates through sites are from those of some pixels themselves [d]: median and 95th percentile."""
    table = pixels(PIXELS, PIXELS + count)
    shared = through_sites(table, ["cell", "crop"], STEPS, carried=("slope",))
    own = grown(rows(table, alone=True), reduce=DATES, parallel=False).to_numpy()[:, 0]
    via = grown(rows(shared.table, alone=False), reduce=DATES, parallel=False).to_numpy()
    gap = np.abs(shared.at_places(via, count)[:, 0] - own)
    return pd.DataFrame(np.nanpercentile(gap, [50, 95], axis=0), [50, 95], DATES)
