"""What a forecast has to beat: the usual frequency, the last count, a simple rule, the spray calendar."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from agro.numeric import equation, maximum
from pest_warning.skill.contingency import ratio
from pest_warning.skill.rules import BASELINE

DAYS = 366


def climatological_frequency(
    history: pd.DataFrame,
    targets: pd.DataFrame,
    site: str = "plot",
    half_window: int = BASELINE.half_window,
    pooled: float = BASELINE.pooled,
) -> np.ndarray:
    """Return how often the event came in earlier years at this site, time of year and horizon.

    Parameters
    ----------
    history : DataFrame, shape (pair, ...)
        `site`, `organism`, `horizon`, `year`, `issued`, `target_end`, `observed`.
    targets : DataFrame, shape (target, ...)
        The same without `observed`; may be `history` itself.
    site : str
        Column that tells sites apart.
    half_window : int
        Forecasts issued within so many days of the year of the target's count; the window goes round New Year. [d]
    pooled : float
        Weight, in forecasts, of the frequency over all sites: it carries sites with a short record. [1]

    Returns
    -------
    ndarray, shape (target,)
        NaN where no earlier year is known at any site. [1]

    Notes
    -----
    Only what was known before counts: an outcome belongs to the later of its label `year` and the year in which its
    window ended, a target to the earlier of its label and the year of issue, and earlier means less.
    """
    seen = _Outcomes(history)
    issued = pd.DatetimeIndex(targets["issued"])
    year, day = np.minimum(np.asarray(targets["year"], int), issued.year), np.asarray(issued.day_of_year) - 1
    here = history.groupby([site, "organism", "horizon"]).indices
    everywhere = {key: seen.of(rows) for key, rows in history.groupby(["organism", "horizon"]).indices.items()}
    frequency = np.full(len(targets), np.nan)
    for key, rows in targets.groupby([site, "organism", "horizon"]).indices.items():
        if key[1:] not in everywhere:
            continue
        events, count = everywhere[key[1:]].before(year[rows], day[rows], half_window)
        usual = ratio(np.where(count > 0, events + 0.5, np.nan), count + 1.0)  # Jeffreys: never quite 0 or 1
        events, count = seen.of(here[key]).before(year[rows], day[rows], half_window) if key in here else (0.0, 0.0)
        frequency[rows] = ratio(events + pooled * usual, count + pooled)
    return frequency


@equation
def damped_density(last, climatology, weeks, rho):
    """Return the density that the last count leads to as it fades into the usual one.

    Parameters
    ----------
    last : array_like
        Last count, such as mites per leaf.
    climatology : array_like
        Usual density at the target date, in the unit of `last`.
    weeks : array_like
        From the count to the target. [week]
    rho : float
        Share of the anomaly, in logarithms, that is left after a week, in [0, 1]. [1]

    Returns
    -------
    array_like
        In the unit of `last`. A count of 0 stays 0: give half of the smallest count that the sample could have shown.
    """
    kept = rho**weeks
    return maximum(climatology, 0.0) ** (1.0 - kept) * maximum(last, 0.0) ** kept


@equation
def persistent_probability(now, climatology, weeks, rho):
    """Return the probability of the event when its presence `now` (0 or 1) fades into the usual frequency.

    A chain of two states forgets so: its anomaly falls by `rho` a week.
    """
    return climatology + rho**weeks * (now - climatology)


def simple_rule(value, threshold: float) -> np.ndarray:
    """Return 1 where `value` reaches `threshold`, 0 where not, NaN where `value` is unknown."""
    value = np.asarray(value, float)
    return np.where(np.isnan(value), np.nan, (value >= threshold).astype(float))


def calendar_rule(day_of_year, windows) -> np.ndarray:
    """Return whether a day lies in one of the `windows`, pairs of first and last day; one may go round New Year."""
    day = np.asarray(day_of_year)
    inside = np.zeros(day.shape, bool)
    for first, last in windows:
        inside |= ((day >= first) & (day <= last)) if first <= last else ((day >= first) | (day <= last))
    return inside


class _Outcomes:
    """What came, by the year in which it was known and the day of the year on which it was forecast."""

    def __init__(self, history: pd.DataFrame):
        issued, ended = pd.DatetimeIndex(history["issued"]), pd.DatetimeIndex(history["target_end"])
        self.year = np.maximum(np.asarray(history["year"], int), ended.year)
        self.day, self.came = np.asarray(issued.day_of_year) - 1, np.asarray(history["observed"], float)

    def of(self, rows) -> "_Record":
        first, last = self.year[rows].min(), self.year[rows].max()
        cell, size = (self.year[rows] - first) * DAYS + self.day[rows], (last - first + 1) * DAYS
        by_day = np.array([np.bincount(cell, weights, size) for weights in (self.came[rows], np.ones(len(rows)))])
        # row i holds the years before first + i; three years side by side let a window run over New Year
        years = np.pad(np.cumsum(by_day.reshape(2, -1, DAYS), axis=1), ((0, 0), (1, 0), (0, 0)))
        return _Record(first, np.pad(np.cumsum(np.tile(years, 3), axis=2), ((0, 0), (0, 0), (1, 0))))


class _Record(NamedTuple):
    first: int  # year
    running: np.ndarray  # events and forecasts, summed along years and days, shape (2, year, day)

    def before(self, year, day, half_window: int):
        """Return events and forecasts of years before `year` within the window around `day`."""
        row = np.clip(year - self.first, 0, self.running.shape[1] - 1)
        width, middle = min(half_window, DAYS // 2 - 1), day + DAYS
        return self.running[:, row, middle + width + 1] - self.running[:, row, middle - width]
