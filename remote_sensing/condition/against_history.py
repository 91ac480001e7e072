"""The T test: is a plot lower than its own history, beyond what similar plots did (monitoring.md 8.3)?"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from remote_sensing.condition import history_kernel as k
from remote_sensing.condition.rules import DECLINE, HISTORY
from remote_sensing.series.baseline import first_days, history_levels
from remote_sensing.series.observations import PlotSeries, day_numbers
from remote_sensing.series.rules import BASELINE
from remote_sensing.series.sisters import Sisters


@dataclass(frozen=True)
class Differences:
    """All plots' values beside what was normal and what similar plots did; arrays over the values of `series`.

    Attributes
    ----------
    series : PlotSeries
    cut : int
        Last day of history; the days after it are judged. [days since 1970]
    level, source
        What was normal and whence (`baseline_kernel`).
    common : array of float32
        Median anomaly of the sisters (or the region) in the same pass; 0 where nothing could be taken off.
    against : array of uint8
        `history_kernel.SISTERS`, `REGION` or `RAW`.
    difference : array of float32
        Value less level less common; NaN without a level.
    z : array of float32
        Of the judged days, NaN else; halved where nothing was taken off, so that thresholds double.
    years : array of float64, shape (plot,)
        Years of history.
    """

    series: PlotSeries
    cut: int
    level: np.ndarray
    source: np.ndarray
    common: np.ndarray
    against: np.ndarray
    difference: np.ndarray
    z: np.ndarray
    years: np.ndarray


def differences(series: PlotSeries, sisters: Sisters, on: date, events: pd.DataFrame | None = None) -> Differences:
    """Return every plot's difference from its own history and its sisters.

    Parameters
    ----------
    series : PlotSeries
        Usable values of one index up to `on`.
    sisters : Sisters
    on : date
        Day of the judgement; the 365 days before it are judged against all before those.
    events : DataFrame, optional
        Columns plot, date, kind: see `first_days`.
    """
    today = int(day_numbers(pd.Series([on]))[0])
    cut = today - HISTORY.season
    first = first_days(series.plots, events, today)
    # a harmonic is steadier than the middle of a window, and what it misses of the season sisters miss too
    level, source, _, terms, _ = history_levels(series, first, cut, harmonic_first=True)
    anomaly = series.value - level
    groups = sisters.ordered(series.plots)
    common = k.common_anomaly(series.start, series.seen, anomaly, groups.start, groups.member, HISTORY.seen_together, 0)
    against = np.where(
        np.isnan(common), k.RAW, np.repeat(np.where(groups.alike, k.SISTERS, k.REGION), np.diff(series.start))
    )
    common, against = _region(series, anomaly, common, against.astype(np.uint8))
    difference = anomaly - common
    z, _ = k.scores(
        series.start,
        series.day,
        difference,
        cut,
        BASELINE.half_window,
        BASELINE.fewest,
        BASELINE.floor,
        np.where(np.isnan(terms[:, 0]), 0.0, terms.shape[1]),
    )
    z = np.where(against == k.RAW, z / HISTORY.raw_factor, z).astype(np.float32)
    return Differences(series, cut, level, source, common, against, difference, z, _years(series, first, cut))


def _region(series: PlotSeries, anomaly, common, against):
    """Fill what has no sisters by the middle of all plots of the same pass, where they are enough."""
    open_ = np.isnan(common) & np.isfinite(anomaly)
    if open_.any():
        known = np.isfinite(anomaly)
        by_pass = pd.Series(anomaly[known]).groupby(series.seen[known])
        middles = by_pass.median()[by_pass.size() > HISTORY.seen_together]
        found = pd.Series(series.seen[open_]).map(middles).to_numpy(np.float32)
        common[open_] = found
        against[open_] = np.where(np.isfinite(found), k.REGION, k.RAW)
    return np.nan_to_num(common, nan=0.0), against


def _years(series: PlotSeries, first: np.ndarray, cut: int) -> np.ndarray:
    """Return from the first value of the history to its end, in years."""
    counted = (series.day >= first[series.owner]) & (series.day <= cut)
    begun = np.full(len(series.plots), cut + 1)
    np.minimum.at(begun, series.owner[counted], series.day[counted])
    return (cut + 1 - begun) / 365.25


def time_rules(found: Differences) -> pd.DataFrame:
    """Return the strongest rule that stands for each plot at its latest dates.

    A rule stands while the plot's last judged date belongs to its run.

    Returns
    -------
    DataFrame
        plot, rule ("B", "A", "watch" or ""), since (the onset, see `onsets`), last_seen (days since 1970, -1 for none),
        length (low dates in a row), n_obs (judged dates since the onset), drop, z, level (medians over these).
    """
    series, days = found.series, found.series.day
    judged = np.isfinite(found.z) & (days > found.cut)
    drop = np.where(found.against == k.RAW, found.difference / HISTORY.raw_factor, found.difference)
    plots = len(series.plots)
    last = np.full(plots, -1, dtype=np.int64)
    np.maximum.at(last, series.owner[judged], np.flatnonzero(judged))
    rule = np.full(plots, "", dtype=object)
    begun, ended, length = np.full(plots, -1, np.int64), np.full(plots, -1, np.int64), np.zeros(plots, int)
    enough = found.years >= HISTORY.least_years - 0.1
    for name, z, least, run, years in (
        ("watch", HISTORY.watch_z, HISTORY.watch_drop, HISTORY.watch_run, HISTORY.least_years),
        ("A", HISTORY.a_z, HISTORY.a_drop, HISTORY.a_run, HISTORY.least_years),
        ("B", HISTORY.b_z, HISTORY.b_drop, HISTORY.b_run, HISTORY.b_years),
    ):
        low = np.where(judged, ((found.z < z) & (drop < -least)).astype(np.int8), -1).astype(np.int8)
        at, to, n = k.runs(series.start, days, low, HISTORY.apart, HISTORY.within, run)
        # a date too near the one before is low but not counted: the run still stands
        holds = (at >= 0) & enough & (found.years >= years - 0.1) & _still(low, to, last)
        earlier = holds & ((begun < 0) | (at < begun))
        rule[holds] = name
        begun, ended = np.where(earlier, at, begun), np.where(holds, np.maximum(ended, to), ended)
        length = np.maximum(length, np.where(holds, n, 0))
    onset = k.onsets(series.start, days, found.z, found.cut, DECLINE.clip, begun, ended)
    return pd.DataFrame({"plot": series.plots, "rule": rule, "length": length} | run_columns(found, onset, ended))


def _still(low: np.ndarray, ended: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return for each plot whether no judged date after the run's end was not low."""
    if not len(low):
        return np.zeros(len(ended), dtype=bool)
    not_low = np.concatenate([[0], np.cumsum(low == 0)])
    return np.where(ended >= 0, not_low[np.maximum(last, 0) + 1] == not_low[np.maximum(ended, 0) + 1], False)


def run_columns(found: Differences, begun: np.ndarray, ended: np.ndarray) -> dict[str, np.ndarray]:
    """Return first and last day of each plot's run, its dates and the medians over them."""
    there = begun >= 0
    day = found.series.day if len(found.series.day) else np.full(1, -1)
    member = np.zeros(len(found.series.day) + 1, dtype=np.int64)
    np.add.at(member, begun[there], 1)
    np.add.at(member, ended[there] + 1, -1)
    inside = (np.cumsum(member)[:-1] > 0) & np.isfinite(found.z)
    grouped = pd.DataFrame(
        {"drop": -found.difference[inside], "z": found.z[inside], "level": found.level[inside]}
    ).groupby(found.series.owner[inside])
    middles = grouped.median().reindex(range(len(begun)))
    return {
        "since": np.where(there, day[np.maximum(begun, 0)], -1),
        "last_seen": np.where(there, day[np.maximum(ended, 0)], -1),
        "n_obs": grouped.size().reindex(range(len(begun)), fill_value=0).to_numpy(),
        **{name: middles[name].to_numpy(float) for name in ("drop", "z", "level")},
    }
