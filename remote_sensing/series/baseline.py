"""What is normal for a plot on a day of the year: its own earlier years, a harmonic of them, its sisters, nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from remote_sensing.series import baseline_kernel as k
from remote_sensing.series.observations import PlotSeries, day_numbers, plot_series
from remote_sensing.series.rules import BASELINE, CURVE

SOURCES = ("none", "history", "harmonic", "sisters")
FRESH = ("replanting", "top_working", "heavy_pruning", "grubbing")
"""Events after which a plot's history starts anew."""
LONG_AGO = np.int32(-(2**30))


@dataclass(frozen=True)
class Baseline:
    """What is normal on each asked day.

    Attributes
    ----------
    days : array of int32, shape (day,)
        Days since 1970-01-01.
    level, spread : array of float64, shape (day,)
        Middle and robust standard deviation of single dates; NaN where there is none.
    source : array of str, shape (day,)
        "history" (earlier years within 20 days of the day), "harmonic", "sisters" or "none".
    n : array of int, shape (day,)
        How many earlier values stood in the window.
    """

    days: np.ndarray
    level: np.ndarray
    spread: np.ndarray
    source: np.ndarray
    n: np.ndarray


def first_days(plots: Sequence[str] | np.ndarray, events: pd.DataFrame | None, by: int | None = None) -> np.ndarray:
    """Return the day from which each plot's history counts: the last replanting, top-working or heavy pruning.

    Parameters
    ----------
    plots : sequence of str
    events : DataFrame, optional
        Columns plot, date, kind.
    by : int, optional
        Later events are not known yet. [days since 1970]
    """
    first = pd.Series(LONG_AGO, index=pd.Index(plots, dtype=object), dtype=np.int32)
    if events is not None and len(events):
        fresh = events[events["kind"].isin(FRESH) & events["plot"].isin(first.index)]
        day = pd.Series(day_numbers(fresh["date"]), index=fresh["plot"].to_numpy(dtype=object))
        last = (day if by is None else day[day <= by]).groupby(level=0).max()
        first.loc[last.index] = last.astype(np.int32)
    return first.to_numpy()


def history_levels(series: PlotSeries, first: np.ndarray, cut: int, harmonic_first: bool = False):
    """Return level, source and count for every value, and the harmonics (terms, spread); see `baseline_kernel`."""
    terms, spread = k.harmonic_fits(
        series.start, series.day, series.value, first, cut, BASELINE.harmonic_fewest, BASELINE.harmonic_months,
        CURVE.rounds, CURVE.tuning, BASELINE.floor / 2,
    )  # fmt: skip
    level, source, count = k.levels(
        series.start,
        series.day,
        series.value,
        first,
        cut,
        BASELINE.half_window,
        BASELINE.fewest,
        terms,
        harmonic_first,
    )
    return level, source, count, terms, spread


def baseline(
    observations: pd.DataFrame,
    days: Sequence[date] | np.ndarray,
    events: pd.DataFrame | None = None,
    sister_observations: pd.DataFrame | None = None,
    before: date | None = None,
) -> Baseline:
    """Return what is normal for one plot and one index on `days` (monitoring.md 7.3).

    Parameters
    ----------
    observations : DataFrame
        Observation table of one plot and one index.
    days : sequence of date, or array of int days since 1970
    events : DataFrame, optional
        Columns plot, date, kind: a replanting, top-working or heavy pruning starts the history anew.
    sister_observations : DataFrame, optional
        The same table of similar plots: their level serves where the plot has no history of its own.
    before : date, optional
        History ends here; the first asked day by default, so that a season is never compared with itself.
    """
    asked = _as_days(days)
    cut = int(asked.min()) - 1 if before is None else int(_as_days([before])[0])
    index = str(observations["index"].iloc[0]) if len(observations) else ""
    own = plot_series(observations, index)
    first = first_days(own.plots, events, cut)
    level, spread, source, n = _window(own, asked, int(first[0]) if len(first) else int(LONG_AGO), cut)
    if sister_observations is not None and (empty := source == "none").any():
        rows = sister_observations[sister_observations["index"] == index]
        pooled = plot_series(rows.assign(plot="sisters", sensor=rows["plot"]), index) if len(rows) else own
        other = _window(pooled, asked, int(LONG_AGO), cut)
        there = empty & (other[2] != "none")
        level[there], spread[there], n[there], source[there] = (
            other[0][there],
            other[1][there],
            other[3][there],
            "sisters",
        )
    return Baseline(asked, level, spread, source, n)


def _window(series: PlotSeries, asked: np.ndarray, first: int, cut: int):
    """Return level, spread, source and n of one series on the asked days."""
    level, spread = np.full(len(asked), np.nan), np.full(len(asked), np.nan)
    source, n = np.full(len(asked), "none", dtype=object), np.zeros(len(asked), dtype=int)
    kept = (series.day <= cut) & (series.day >= first)
    day, value = series.day[kept], series.value[kept].astype(float)
    if not len(day):
        return level, spread, source, n
    one = np.array([0, len(day)]), day, series.value[kept], np.array([first], np.int32)
    terms, around = k.harmonic_fits(
        *one, cut, BASELINE.harmonic_fewest, BASELINE.harmonic_months, CURVE.rounds, CURVE.tuning, BASELINE.floor / 2
    )
    fitted = _harmonic(terms[0], day)
    of_plot = around[0]
    if not np.isfinite(of_plot) and len(day) >= BASELINE.fewest:
        of_plot = k.TO_SD * np.median(np.abs(value - np.median(value)))
    for i, when in enumerate(asked):
        gap = np.abs(day - when) % k.YEAR
        near = np.minimum(gap, k.YEAR - gap) <= BASELINE.half_window
        n[i] = near.sum()
        if n[i] >= BASELINE.fewest:
            level[i] = np.median(value[near])
            of_day = k.TO_SD * np.median(np.abs(value[near] - level[i]))
            spread[i], source[i] = np.sqrt((of_day**2 + of_plot**2) / 2), "history"
        elif np.isfinite(fitted).all():
            level[i], spread[i], source[i] = _harmonic(terms[0], when), of_plot, "harmonic"
    return level, np.maximum(spread, BASELINE.floor), source, n


def _harmonic(terms: np.ndarray, day):
    angle = 2 * np.pi * np.asarray(day, dtype=float) / k.YEAR
    return (
        terms[0] + terms[1] * np.cos(angle) + terms[2] * np.sin(angle)
        + terms[3] * np.cos(2 * angle) + terms[4] * np.sin(2 * angle)
    )  # fmt: skip


def _as_days(days) -> np.ndarray:
    if isinstance(days, np.ndarray) and np.issubdtype(days.dtype, np.integer):
        return days.astype(np.int32)
    return day_numbers(pd.Series(list(days)))
