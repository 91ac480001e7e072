"""Simulated plots with nothing wrong, or with one thing wrong on a known day: what false-alarm rates are measured on.

Monte Carlo of monitoring.md 8.2 and 8.3: year effect sd 0.015, AR(1) anomaly sd 0.03 with rho 0.8 per 5 days, noise
0.025, 3 % missed cloud of -0.05 to -0.25. Here the anomaly has a part that similar plots share (sd 0.024, with the year
effect) and the plot's own (sd 0.018), so that differencing from sisters is simulated too and not assumed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from remote_sensing.condition import history_kernel as k
from remote_sensing.condition.against_history import Differences, differences
from remote_sensing.condition.rules import HISTORY
from remote_sensing.series.observations import SENSORS, PlotSeries
from remote_sensing.series.sisters import Sisters

EPOCH = date(1970, 1, 1)
PASSES = 73  # a year, every five days
SHARED, OWN, YEAR, NOISE, RHO = 0.024, 0.018, 0.015, 0.025, 0.8


@dataclass(frozen=True)
class Orchard:
    """Groups of similar plots under one sky: values (plot, pass), which passes are clear, the group of each plot."""

    values: np.ndarray
    clear: np.ndarray
    group: int

    @property
    def plots(self) -> np.ndarray:
        return np.array([f"P{k:05d}" for k in range(len(self.values))], dtype=object)

    def series(self) -> PlotSeries:
        plot, at = np.nonzero(self.clear)
        start = np.concatenate([[0], np.cumsum(self.clear.sum(axis=1))]).astype(np.int64)
        day = (at * 5).astype(np.int32)
        value = self.values[plot, at].astype(np.float32)
        return PlotSeries(self.plots, start, day, day.astype(np.int64) * SENSORS, value, np.ones_like(value), "ndvi")

    def sisters(self) -> Sisters:
        plots, g = len(self.values), self.group
        of = np.arange(plots)[:, None] // g * g + np.arange(g)[None, :]
        member = of[of != np.arange(plots)[:, None]].astype(np.int32)
        return Sisters(self.plots, np.arange(plots + 1, dtype=np.int64) * (g - 1), member, np.ones(plots, dtype=bool))

    def judged(self, years: int) -> Differences:
        """The last year against the `years` before it."""
        on = EPOCH + timedelta(days=(years + 1) * 5 * PASSES - 1)
        return differences(self.series(), self.sisters(), on)


def orchard(
    plots, years, clear, seed, *, group=20, step=0.0, slope=0.0, shared=SHARED, own=OWN, season=None
) -> Orchard:
    """Return `years` of history and one more year; `step` is taken off the first plot of each group in its middle.

    `slope` is lost a year instead, evenly over that last year. `season` (73 values) replaces a plain cosine.
    """
    drawn = np.random.default_rng(seed)
    passes, groups = (years + 1) * PASSES, plots // group
    of = np.repeat(np.arange(groups), group)
    sky = _ar(drawn, groups, passes, shared) + np.repeat(
        drawn.normal(0, YEAR if shared else 0, (groups, years + 1)), PASSES, axis=1
    )
    usual = 0.70 - 0.05 * np.cos(2 * np.pi * np.arange(PASSES) / PASSES) if season is None else season
    values = np.tile(usual, years + 1) + sky[of] + _ar(drawn, len(of), passes, own)
    values += drawn.normal(0, NOISE, values.shape)
    values -= np.where(drawn.random(values.shape) < 0.03, drawn.uniform(0.05, 0.25, values.shape), 0.0)
    hit = np.arange(len(of)) % group == 0
    values[hit, years * PASSES + PASSES // 2 :] -= step
    values[hit, years * PASSES :] -= slope * np.arange(PASSES) / PASSES
    return Orchard(values, (drawn.random((groups, passes)) < clear)[of], group)


def fired(found: Differences, rule: str, since: int = 0) -> np.ndarray:
    """Return which plots trip a rule at any time of the judged year (or from day `since` on)."""
    z, drop, run = {
        "watch": (HISTORY.watch_z, HISTORY.watch_drop, HISTORY.watch_run),
        "A": (HISTORY.a_z, HISTORY.a_drop, HISTORY.a_run),
        "B": (HISTORY.b_z, HISTORY.b_drop, HISTORY.b_run),
        "one date": (-2.0, -1.0, 1),
    }[rule]
    judged = np.isfinite(found.z) & (found.series.day > max(found.cut, since))
    low = np.where(judged, (found.z < z) & (found.difference < -drop), -1).astype(np.int8)
    begun, *_ = k.runs(found.series.start, found.series.day, low, HISTORY.apart, HISTORY.within, run)
    return begun >= 0


def largest_sum(found: Differences) -> np.ndarray:
    """Return the largest sum of the decline test of each plot in the judged year."""
    never = np.full(len(found.series.plots), np.inf)
    return k.declines(found.series.start, found.series.day, found.z, found.cut, 1.0, 4.0, never)[3]


def _ar(drawn: np.random.Generator, series: int, steps: int, sd: float) -> np.ndarray:
    values = np.empty((series, steps))
    values[:, 0] = drawn.normal(0, sd, series)
    for t in range(1, steps):
        values[:, t] = RHO * values[:, t - 1] + np.sqrt(1 - RHO**2) * sd * drawn.normal(size=series)
    return values
