"""What the season should look like: the plot's own usual curve, moved to this year's stages, plus what its sisters do.

expected(t) = own level(t) + middle of the sisters' departures from their own levels about t
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from remote_sensing import whittaker
from remote_sensing.series.baseline import LONG_AGO, baseline, history_levels
from remote_sensing.series.observations import day_numbers, plot_series
from remote_sensing.series.rules import CURVE, EXPECTED


@dataclass(frozen=True)
class Expected:
    """The expected curve of a season, one value a day.

    Attributes
    ----------
    days : array of datetime64[D]
    value : array of float64
        NaN where nothing is known.
    low, high : arrays of float64
        Value less and plus two robust standard deviations of single dates.
    common : array of float64
        What was added for what the sisters do this year; 0 where they were not seen.
    source : array of str
        "history", "harmonic", "sisters" (their level: the plot has none) or "none".
    aligned : bool
        Whether earlier years were moved to this year's stages.
    """

    days: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    common: np.ndarray
    source: np.ndarray
    aligned: bool


def expected(
    observations: pd.DataFrame,
    first: date,
    last: date,
    sister_observations: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    stages: Mapping[int, Sequence[date | None]] | None = None,
) -> Expected:
    """Return what a plot's index should be from `first` to `last`.

    Parameters
    ----------
    observations : DataFrame
        Observation table of one plot and one index; those from `first` on are not used.
    first, last : date
        Of the season, both included.
    sister_observations : DataFrame, optional
        The same table of its sister plots, with their present season.
    events : DataFrame, optional
        plot, date, kind; see `baseline`.
    stages : mapping of year to sequence of date, optional
        Dates of the same stages in each year, in order (say full bloom, end of fruit drop, colour break), the year of
        `first` among them: earlier observations are moved along the year so that stages meet.
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    numbers = days.astype(np.int64).astype(np.int32)
    moved, aligned = _moved(observations, first.year, stages)
    own = baseline(moved, numbers, events, sister_observations)
    common = np.zeros(len(days)) if sister_observations is None else _common(sister_observations, numbers)
    # the sisters' own level holds this year's departure already
    common = np.where(own.source == "sisters", 0.0, common)
    value = own.level + common
    return Expected(
        days, value, value - EXPECTED.band * own.spread, value + EXPECTED.band * own.spread, common, own.source, aligned
    )


def _common(observations: pd.DataFrame, days: np.ndarray) -> np.ndarray:
    """Return the smoothed middle of the sisters' departures from their own history on each day."""
    index = str(observations["index"].iloc[0]) if len(observations) else ""
    series = plot_series(observations, index)
    cut = int(days[0]) - 1
    level, *_ = history_levels(series, np.full(len(series.plots), LONG_AGO, np.int32), cut, harmonic_first=True)
    present = (series.day > cut) & (series.day <= days[-1]) & np.isfinite(level)
    by_day = pd.Series((series.value - level)[present]).groupby(series.day[present])
    middles = by_day.median()[by_day.size() >= EXPECTED.together]
    common = np.zeros(len(days))
    if len(middles) < 2:
        return common
    seen = middles.index.to_numpy()
    curve = whittaker.smooth_robust(middles.to_numpy(float), None, CURVE.stiffness, seen, floor=CURVE.floor)
    common = np.interp(days, np.arange(seen[0], seen[-1] + 1), curve)
    apart = np.abs(days[:, None] - seen[None, :]).min(axis=1)
    return np.where(apart <= EXPECTED.near, common, 0.0)


def _moved(observations: pd.DataFrame, year: int, stages) -> tuple[pd.DataFrame, bool]:
    """Return observations with their days moved so that the stages of their year fall on those of `year`."""
    if not stages or year not in stages:
        return observations, False
    times = pd.to_datetime(observations["time"], utc=True)
    here = _anchors(stages[year], year)
    place = times.dt.day_of_year.to_numpy(float)
    aligned = False
    for other, dates in stages.items():
        there = _anchors(dates, other)
        both = np.isfinite(here) & np.isfinite(there)
        rows = (times.dt.year == other).to_numpy()
        if other == year or not both.any() or not rows.any():
            continue
        source, target = (np.concatenate([[1.0], one[both], [366.0]]) for one in (there, here))
        if (np.diff(source) > 0).all() and (np.diff(target) > 0).all():
            place[rows] = np.interp(place[rows], source, target)
            aligned = True
    shift = np.round(place - times.dt.day_of_year.to_numpy()).astype(int)
    return observations.assign(time=times + pd.to_timedelta(shift, unit="D")), aligned


def _anchors(dates: Sequence[date | None], year: int) -> np.ndarray:
    """Return days of the year, NaN for a stage without a date; of another year none."""
    told = [day if day is not None and day.year == year else None for day in dates]
    start = int(day_numbers(pd.Series([date(year, 1, 1)]))[0])
    return np.array([np.nan if day is None else int(day_numbers(pd.Series([day]))[0]) - start + 1 for day in told])
