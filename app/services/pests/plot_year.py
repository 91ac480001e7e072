"""One plot's year as records are read against it: its rain, when its flushes emerged, when petals fell."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from agro import parameters
from agro.farm import Viewer
from agro.store import rights
from app.services import plot_season
from app.services.platform import Platform
from growth_model.weather import FIELDS

FILE = Path(__file__).with_name("plot_year.toml")
FLUSHES = ("flush_spring", "flush_summer", "flush_autumn")
MEMBERS = 12  # of weather and of the trees' numbers: enough for a middle day and its spread
WINTER = 90  # days of the year before that still count: what was sprayed at clean-up
LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Shoots:
    """One flush of one year: the days on which its shoots reach 1 cm in one, five and nine of ten cases."""

    name: str
    p10: date
    p50: date
    p90: date


@dataclass(frozen=True)
class PlotYear:
    """What the model says of one plot.

    Attributes
    ----------
    issued : date
        Weather was observed up to this day.
    first_day : date
        Of `rain` and of `starts`.
    rain : ndarray, shape (member, day)
        Up to the day of issue. [mm]
    starts : ndarray, shape (member, flush)
        Days since `first_day` on which flushes emerged; NaN where none did.
    shoots : tuple of Shoots
        In time; those that at least half of the members know.
    petal_fall, picked : tuple of date
        One a crop, in time, as far as at least half of the members come to it.
    """

    issued: date
    first_day: date
    rain: np.ndarray
    starts: np.ndarray
    shoots: tuple[Shoots, ...]
    petal_fall: tuple[date, ...]
    picked: tuple[date, ...]


def of_plot(viewer: Viewer, home: Platform, plot_id: str) -> PlotYear:
    """Return the year of one plot, from late in the year before, on one core.

    Raises
    ------
    MissingDataError
        Before there is weather and terrain.
    NotFoundError, NotAllowedError
        When the viewer may not see the outlook of such a plot.
    """
    plot = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    known = plot_season.inputs(home, plot.id, members=MEMBERS)
    first = date(known.issued.year, 1, 1) - timedelta(days=WINTER)
    season = plot_season.computed(plot, known, since=first, shown=FLUSHES)
    begin = int((np.datetime64(first) - known.first_day).astype(int))
    rain = known.weather[0, :, begin : known.observed, FIELDS.index("rain")].astype(float)
    ages = {name: season.daily[name].to_numpy() for name in FLUSHES}
    one_cm = float(parameters.section(FILE, "shoots")["one_cm"].value)
    seen = {name: starts(age, one_cm) for name, age in ages.items()}
    return PlotYear(
        known.issued, first, rain, np.concatenate([starts(age) for age in ages.values()], axis=1),
        tuple(sorted(_shoots(seen, first), key=lambda one: one.p50)),
        _reached(season.dates, "69"), _reached(season.dates, "89"),
    )  # fmt: skip


def starts(ages: np.ndarray, grown: float = 0.0) -> np.ndarray:
    """Return the days on which a flush emerged, from the ages of the newest one.

    Parameters
    ----------
    ages : ndarray, shape (member, day)
        Physiological days since the flush emerged; NaN before any and after its leaves fell.
    grown : float
        Return the days on which the flush became older than this instead. [d]

    Returns
    -------
    ndarray, shape (member, 2)
        Days since the first; NaN where there is no more. What stands on the first day came before it.
    """
    age = np.nan_to_num(ages)
    before = np.concatenate([np.full_like(age[:, :1], np.inf), age[:, :-1]], axis=1)
    anew = (age > grown) & ((before <= grown) | (age < before))
    anew[:, 0] = False
    rank = np.cumsum(anew, axis=1)
    found = np.full((len(ages), 2), np.nan)
    for k in range(2):
        hit = anew & (rank == k + 1)
        found[:, k] = np.where(hit.any(axis=1), hit.argmax(axis=1), np.nan)
    return found


def _shoots(seen, first):
    """Yield each flush that at least half of the members know; two in one column are two years."""
    for name, days in seen.items():
        for column in days.T:
            if np.isfinite(column).mean() >= 0.5:
                middle = (first + timedelta(days=float(day)) for day in np.nanquantile(column, LEVELS))
                yield Shoots(name.removeprefix("flush_"), *middle)


def _reached(dates, event):
    found = dates.sel(event=event)
    days = [pd.Series(found.sel(season=season).to_numpy()) for season in found["season"]]
    return tuple(sorted(one.quantile(0.5).date() for one in days if one.notna().mean() >= 0.5))
