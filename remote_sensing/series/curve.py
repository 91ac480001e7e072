"""The smoothed curve of a plot: Whittaker's smoother on a daily grid, with the parts that are not sure marked."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from remote_sensing import whittaker
from remote_sensing.series.observations import PlotSeries, plot_series
from remote_sensing.series.rules import CURVE


@dataclass(frozen=True)
class SmoothCurve:
    """A curve of one value a day, from the first to the last observation.

    Attributes
    ----------
    days : array of datetime64[D]
    value : array of float64
    provisional : array of bool
        The last 30 days: they still move when the next observation comes.
    dashed : array of bool
        Within a gap of more than 60 days without an observation: a guess, from which no date is read.
    seen : array of datetime64[D]; seen_value, seen_weight : arrays of float64
        What the curve was drawn through.
    """

    days: np.ndarray
    value: np.ndarray
    provisional: np.ndarray
    dashed: np.ndarray
    seen: np.ndarray
    seen_value: np.ndarray
    seen_weight: np.ndarray

    @property
    def residual(self) -> np.ndarray:
        """What was seen less the curve."""
        return (
            self.seen_value - self.value[(self.seen - self.days[0]).astype(int)] if len(self.days) else self.seen_value
        )


def smooth_curve(observations: pd.DataFrame, index: str | None = None) -> SmoothCurve:
    """Return the smoothed curve of one plot and one index (monitoring.md 7.2).

    Parameters
    ----------
    observations : DataFrame
        Observation table of one plot; every row with a value and a weight counts by its weight.
    index : str, optional
        The first of the table by default.

    Returns
    -------
    SmoothCurve
        Empty with fewer than three observed days.
    """
    key = index if index is not None else str(observations["index"].iloc[0]) if len(observations) else ""
    series = plot_series(observations, key, only_usable=False)
    return curve_of(series, 0) if len(series.plots) else _empty()


def curve_of(series: PlotSeries, k: int) -> SmoothCurve:
    """Return the smoothed curve of the plot at place `k`."""
    own = slice(series.start[k], series.start[k + 1])
    day, value, weight = series.day[own], series.value[own].astype(float), series.weight[own].astype(float)
    if len(np.unique(day)) < 3:
        return _empty()
    curve = whittaker.smooth_robust(value, weight, CURVE.stiffness, day, floor=CURVE.floor)
    days = np.arange(day[0], day[-1] + 1)
    return SmoothCurve(
        days.astype("datetime64[D]"), curve, days > day[-1] - CURVE.provisional, in_gaps(days, day),
        day.astype("datetime64[D]"), value, weight,
    )  # fmt: skip


def in_gaps(days: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return which of `days` lie strictly between two observed days that are more than 60 days apart."""
    after = np.clip(np.searchsorted(seen, days), 1, len(seen) - 1)
    return (seen[after] - seen[after - 1] > CURVE.longest_gap) & (days > seen[after - 1]) & (days < seen[after])


def _empty() -> SmoothCurve:
    none, days, no = np.empty(0), np.empty(0, "datetime64[D]"), np.empty(0, bool)
    return SmoothCurve(days, none, no, no, days, none, none)
