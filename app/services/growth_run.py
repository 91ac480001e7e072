"""The growth model on all sites: site weather in chunks, the compiled engine, and what is kept of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from app.services.crop_rows import CropRows
from growth_model import engine, orchard, weather, works

CHUNK = 64  # sites at a time: with 50 members their results stay near 50 MB
AHEAD = 31  # daily values are kept for the day of issue and the 30 after it
KEPT = (
    "diameter", "expansion", "tss", "ta", "colour", "hanging_diameter", "hanging_tss", "hanging_ta", "yield",
    "hanging_yield", "load", "water_stress",
)  # fmt: skip
"""Daily values that an outlook keeps."""


@dataclass(frozen=True)
class SiteOutlook:
    """What the growth model says of each site.

    Attributes
    ----------
    dates : ndarray, shape (site, member, season, event)
        Days since `first_day`; NaN where not reached. Season 0 is the first bloom after `first_day`.
    daily : ndarray, shape (site, member, AHEAD, field)
        The fields `names` from the day of issue on.
    names : tuple of str
        Of the last axis of `daily`.
    missing : ndarray, shape (site,)
        Days without weather, on which the trees stood still.
    """

    first_day: date
    dates: np.ndarray
    daily: np.ndarray
    names: tuple[str, ...]
    missing: np.ndarray


def place_rows(sites: pd.DataFrame, cell_elevation: np.ndarray) -> np.ndarray:
    """Return the places of `sites` as the engine reads them.

    Parameters
    ----------
    sites : DataFrame
        Columns cell, the axes of `agro.terrain.sites.STEPS`, slope, aspect [degrees], age [yr], spacing, depth [m] and
        `alone`, True where the site is one place with a slope of its own.
    cell_elevation : ndarray, shape (cell,)
        Height for which the cells' weather holds. [m]
    """
    return orchard.place_rows(
        rise=sites["elevation"] - cell_elevation[sites["cell"]],
        stands_for_several=~sites["alone"].to_numpy(bool),
        **{name: sites[name] for name in PLACE},
    )


PLACE = ("elevation", "cold", "sky_view", "summer_beam", "winter_beam", "slope", "aspect", "age", "spacing", "depth")


def grow(
    observed: xr.Dataset,
    future: xr.Dataset,
    sites: pd.DataFrame,
    latitude: float,
    crop_rows: CropRows,
    progress: Callable[..., None],
    horizons: np.ndarray | None = None,
    shown: tuple[str, ...] = KEPT,
) -> SiteOutlook:
    """Return the outlook of `sites` in the weather of their cells.

    Parameters
    ----------
    observed, future : Dataset (cell, time), (cell, member, time)
        From `site_weather.sunlit`.
    sites : DataFrame
        Columns as in `place_rows`, cultivar, `fitted` (the plot whose readings moved the parameters, or "") and
        `place`, the row of `horizons` (-1: none).
    horizons : ndarray, shape (place, 32), optional
        [degrees]
    shown : tuple of str
        Daily values to keep.
    """
    members = future.sizes["member"]
    future = future.drop_vars(("origin", "analogue"), errors="ignore")
    first_day = observed["time"].to_index()[0]
    known = weather.rows(observed)
    coming = weather.rows(future)
    today = np.broadcast_to(known[:, :, -1:], (len(known), members, 1, known.shape[3]))
    ahead = np.concatenate([today, coming], axis=2)
    elapsed = observed.sizes["time"] - 1  # the last observed evening needs the members' next minimum
    done = works.ordinary(first_day.to_numpy(), elapsed + ahead.shape[2])[None]
    place = place_rows(sites, observed["elevation"].to_numpy())
    around = (
        None if horizons is None else np.where(sites["place"].to_numpy()[:, None] >= 0, horizons[sites["place"]], 0.0)
    )
    kinds = list(zip(sites["cultivar"], sites["fitted"], strict=True))
    parameters = {kind: crop_rows.of(*kind) for kind in set(kinds)}
    dates, daily, missing = [], [], []
    for start in range(0, len(sites), CHUNK):
        some = slice(start, start + CHUNK)
        rows = np.stack([parameters[kind] for kind in kinds[some]])
        common = {
            "cell": sites["cell"].to_numpy()[some], "horizons": None if around is None else around[some],
            "parallel": True,
        }  # fmt: skip
        past = engine.run(
            known, place[some], rows, first_day, latitude, window=(0, 0), days=elapsed, shown=(),
            works=done[:, :elapsed], **common,
        )  # fmt: skip
        season = engine.run(
            ahead, place[some], rows, past.end.next_day, latitude, window=(0, AHEAD), start=past.end, shown=shown,
            works=done[:, elapsed:], **common,
        )  # fmt: skip
        dates.append(season.dates)
        daily.append(season.daily)
        missing.append(season.end.trees[:, 0, engine.STATE.index("missing")])
        progress(min(start + CHUNK, len(sites)), len(sites), "生长模型 growth model")
    return SiteOutlook(first_day.date(), np.concatenate(dates), np.concatenate(daily), shown, np.concatenate(missing))
