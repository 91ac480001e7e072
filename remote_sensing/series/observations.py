"""The observation table and the compact series of all plots that kernels walk through.

Observation table (pandas, long), one row per plot, scene and index; `COLUMNS`:

    plot            str, id of the plot
    time            datetime64, UTC
    scene           str, id or product of the scene
    sensor          str, key of `sensors/*.toml`
    orbit           int or str, relative orbit; missing allowed
    index           str, key of `indices.toml`
    mean, median, q10, q90, sd   float, of the index over the plot, cells weighted by cover and quality
    n_valid         float, effective cells
    valid_fraction  float 0..1, share of the plot that was seen
    near_cloud      float 0..1, share of it near a cloud
    mean_cos_i      float, mean illumination; missing allowed
    small           bool, the outline holds fewer than four cells once its border is left off
    weight          float 0..1, for smoothing: 1 clear, 0.5 near cloud, 0.3 thin cloud

and, where it matters, `relative`: bool, values of this picture must not be compared with those of another date.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from agro.errors import InputError
from remote_sensing.series.rules import OFFSET, USABLE

COLUMNS = (
    "plot", "time", "scene", "sensor", "orbit", "index", "mean", "median", "q10", "q90", "sd", "n_valid",
    "valid_fraction", "near_cloud", "mean_cos_i", "small", "weight",
)  # fmt: skip
NEEDED = ("plot", "time", "sensor", "index", "median", "n_valid", "valid_fraction", "weight")
SENSORS = 64
"""A pass is known by its day times this, plus the number of its sensor."""


@dataclass(frozen=True)
class PlotSeries:
    """Usable values of one index, plot after plot, each in order of time; the values of plot k are start[k]:start[k+1].

    Attributes
    ----------
    plots : array of str, shape (plot,)
    start : array of int64, shape (plot + 1,)
    day : array of int32, shape (value,)
        Days since 1970-01-01, UTC.
    seen : array of int64, shape (value,)
        Which pass: the same number means the same day and the same sensor.
    value, weight : array of float32, shape (value,)
    index : str
    """

    plots: np.ndarray
    start: np.ndarray
    day: np.ndarray
    seen: np.ndarray
    value: np.ndarray
    weight: np.ndarray
    index: str

    @property
    def owner(self) -> np.ndarray:
        """The number of the plot behind each value."""
        return np.repeat(np.arange(len(self.plots)), np.diff(self.start))


def usable(observations: pd.DataFrame) -> pd.Series:
    """Return which rows an alarm may lean on: enough of the plot seen, enough cells, no thin cloud, a value."""
    _check(observations)
    return (
        observations["median"].notna()
        & (observations["valid_fraction"] >= USABLE.valid_fraction)
        & (observations["n_valid"] >= USABLE.cells)
        & (observations["weight"] >= USABLE.weight)
    )


def plot_series(
    observations: pd.DataFrame, index: str, plots: Sequence[str] | None = None, only_usable: bool = True
) -> PlotSeries:
    """Return the values of one index as `PlotSeries`, passes of one day and sensor counted once.

    Parameters
    ----------
    observations : DataFrame
        See the top of this file; sensors of different level should have been `joined` before.
    index : str
    plots : sequence of str, optional
        Which plots and in which order; a plot without a value keeps an empty place.
    only_usable : bool
        Leave out what `usable` leaves out; else only rows without a value or a weight.
    """
    kept = usable(observations) if only_usable else observations["median"].notna() & (observations["weight"] > 0)
    rows = observations.loc[kept & (observations["index"] == index)]
    if plots is None:
        plot, names = pd.factorize(rows["plot"], sort=True)
        names = np.asarray(names, dtype=object)
    else:
        names = np.asarray(plots, dtype=object)
        plot = pd.Index(names).get_indexer(pd.Index(rows["plot"]))
    sensor, kinds = pd.factorize(rows["sensor"], sort=True)
    if len(kinds) > SENSORS:
        raise InputError(f"more than {SENSORS} sensors in one table", zh=f"一张表中的传感器多于 {SENSORS} 种")
    day = day_numbers(rows["time"])
    seen = day.astype(np.int64) * SENSORS + sensor
    n_valid, value, weight = (rows[name].to_numpy(np.float32) for name in ("n_valid", "median", "weight"))
    order = np.lexsort((-n_valid, seen, plot))
    order = order[plot[order] >= 0]
    plot, seen = plot[order], seen[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (plot[1:] != plot[:-1]) | (seen[1:] != seen[:-1])
    order, plot, seen = order[first], plot[first], seen[first]
    start = np.searchsorted(plot, np.arange(len(names) + 1)).astype(np.int64)
    return PlotSeries(names, start, day[order], seen, value[order], weight[order], index)


def day_numbers(times: pd.Series) -> np.ndarray:
    """Return days since 1970-01-01 UTC, int32, of aware or naive (taken as UTC) times."""
    stamps = pd.to_datetime(times, utc=True).to_numpy(dtype="datetime64[D]")
    return stamps.astype(np.int64).astype(np.int32)


def joined(observations: pd.DataFrame) -> tuple[pd.DataFrame, dict[tuple[str, str], float]]:
    """Return the table with orbits and sensors of each index brought to one level, and what sensors were moved by.

    The sensor with most rows is the reference. Another is joined where the two saw the same plots within three days
    often enough (monitoring.md 7.1); what cannot be joined is left out: two levels in one series would be an alarm. So
    are `relative` rows. Orbits of one sensor see leaves and shade from two sides: they are brought together in the same
    way where pairs of enough days tell their difference, and left as they are where not.

    Returns
    -------
    table : DataFrame
        As given, `mean`, `median`, `q10`, `q90` less the offset, only rows of joined sensors.
    offsets : dict of {(index, sensor): float}
        NaN where the pairs were too few, or the sensor's values are relative, and its rows were left out.
    """
    _check(observations)
    parts, offsets = [], {}
    for (index, sensor), rows in observations.groupby(["index", "sensor"], sort=False):
        if "relative" in rows and rows["relative"].all():
            offsets[str(index), str(sensor)] = float("nan")
    kept = observations[~observations["relative"].astype(bool)] if "relative" in observations else observations
    for index, rows in kept.groupby("index", sort=False):
        counts = rows["sensor"].value_counts()
        reference = _levelled(rows[rows["sensor"] == counts.index[0]])
        parts.append(reference)
        for sensor in counts.index[1:]:
            other = _levelled(rows[rows["sensor"] == sensor])
            offset = _offset(reference, other)
            offsets[str(index), str(sensor)] = offset
            if np.isfinite(offset):
                parts.append(_moved(other, offset))
    return (pd.concat(parts).sort_index() if parts else kept.copy()), offsets


def _levelled(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one sensor with its orbits at the level of the one with most rows."""
    if "orbit" not in rows or rows["orbit"].isna().all():
        return rows
    orbit = rows["orbit"].astype(str)
    first, *others = orbit.value_counts().index
    reference = rows[orbit == first]
    parts = [reference]
    for one in others:
        other = rows[orbit == one]
        offset = _offset(reference, other, OFFSET.days)
        parts.append(_moved(other, offset) if np.isfinite(offset) else other)
    return pd.concat(parts) if others else rows


def _moved(rows: pd.DataFrame, offset: float) -> pd.DataFrame:
    names = [name for name in ("mean", "median", "q10", "q90") if name in rows]
    return rows.assign(**(rows[names] - offset))


def _offset(reference: pd.DataFrame, other: pd.DataFrame, days: int = 1) -> float:
    """Return the median difference of usable pairs within a few days, NaN for too few pairs or days with one."""
    left, right = (
        rows.loc[usable(rows), ["plot", "time", "median"]].assign(
            time=lambda one: pd.to_datetime(one["time"], utc=True)
        )
        for rows in (reference, other)
    )
    pairs = pd.merge_asof(
        right.sort_values("time"), left.sort_values("time"), on="time", by="plot", direction="nearest",
        tolerance=pd.Timedelta(days=OFFSET.within),
    ).dropna()  # fmt: skip
    if len(pairs) < OFFSET.fewest or len(np.unique(day_numbers(pairs["time"]))) < days:
        return float("nan")
    return float((pairs["median_x"] - pairs["median_y"]).median())


def _check(observations: pd.DataFrame) -> None:
    if missing := [name for name in NEEDED if name not in observations]:
        raise InputError(
            f"the observation table needs {', '.join(missing)}; found {', '.join(map(str, observations.columns))}",
            zh=f"观测表缺少列：{'、'.join(missing)}；现有：{'、'.join(map(str, observations.columns))}",
        )
