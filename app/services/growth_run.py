"""The growth model on all sites: site weather in chunks, the compiled engine, and what is kept of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from agro.terrain import site_weather
from growth_model import cultivar as crops
from growth_model import engine

CHUNK = 64  # sites at a time: drivers of 50 members over two years stay near 100 MB
AHEAD = 31  # daily values are kept for the day of issue and the 30 after it


@dataclass(frozen=True)
class SiteOutlook:
    """What the growth model says of each site.

    Attributes
    ----------
    dates : ndarray, shape (site, member, season, event)
        Days since `first_day`; NaN where not reached. Season 0 is the first bloom after `first_day`.
    daily : ndarray, shape (site, member, AHEAD, field)
        The fields of `engine.DAILY` from the day of issue on.
    missing : ndarray, shape (site,)
        Days without weather, on which the trees stood still.
    """

    first_day: date
    dates: np.ndarray
    daily: np.ndarray
    missing: np.ndarray


def grow(
    observed: xr.Dataset,
    future: xr.Dataset,
    sites: pd.DataFrame,
    latitude: float,
    seed: int,
    progress: Callable[..., None],
) -> SiteOutlook:
    """Return the outlook of `sites` in the weather of their cells.

    Parameters
    ----------
    observed, future : Dataset (cell, time), (cell, member, time)
        From `site_weather.sunlit`: temperatures, clearness and light of the cells.
    sites : DataFrame
        Columns cell, cultivar and the axes of `agro.terrain.sites.STEPS`.
    """
    members = future.sizes["member"]
    future = future.drop_vars(("origin", "analogue"), errors="ignore")
    first_day = observed["time"].to_index()[0]
    today = observed.isel(time=[-1]).expand_dims(member=future["member"], axis=1)
    ahead = xr.concat([today, future], dim="time", coords="minimal", compat="override")
    elapsed = observed.sizes["time"] - 1  # the last observed evening needs the members' next minimum
    parameters = {name: crops.perturbed(crops.load(name), members, seed) for name in sites["cultivar"].unique()}
    dates, daily, missing = [], [], []
    for start in range(0, len(sites), CHUNK):
        some = sites.iloc[start : start + CHUNK]
        rows = np.stack([parameters[name] for name in some["cultivar"]])
        known = site_weather.drivers(observed.expand_dims(member=1, axis=1), some)
        past = engine.run(known, rows, first_day, latitude, window=(0, 0), days=elapsed, parallel=True)
        possible = site_weather.drivers(ahead, some)
        season = engine.run(
            possible, rows, ahead["time"].to_index()[0], latitude, window=(0, AHEAD), start=past.end, parallel=True
        )
        dates.append(season.dates)
        daily.append(season.daily)
        missing.append(season.end.trees[:, 0, engine.STATE.index("missing")])
        progress(min(start + CHUNK, len(sites)), len(sites), "生长模型 growth model")
    return SiteOutlook(first_day.date(), np.concatenate(dates), np.concatenate(daily), np.concatenate(missing))
