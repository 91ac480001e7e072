"""Which plots are alike: the same group of cultivars, age, height and exposure, not far away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from agro.errors import InputError
from remote_sensing.series.rules import SISTERS


@dataclass(frozen=True)
class Sisters(Mapping[str, tuple[str, ...]]):
    """Similar plots of each plot, nearest first: a mapping from plot id to ids.

    Attributes
    ----------
    plots : array of str, shape (plot,)
    start : array of int64, shape (plot + 1,); member : array of int32
        The sisters of plot k are `member[start[k]:start[k + 1]]`, numbers in `plots`.
    alike : array of bool, shape (plot,)
        False where fewer than eight were alike and the group is the region's nearest citrus plots instead.
    """

    plots: np.ndarray
    start: np.ndarray
    member: np.ndarray
    alike: np.ndarray

    def __getitem__(self, plot: str) -> tuple[str, ...]:
        found = np.flatnonzero(self.plots == plot)
        if not len(found):
            raise KeyError(plot)
        return tuple(self.plots[self.member[self.start[found[0]] : self.start[found[0] + 1]]])

    def __iter__(self) -> Iterator[str]:
        return iter(self.plots)

    def __len__(self) -> int:
        return len(self.plots)

    def ordered(self, plots: np.ndarray) -> "Sisters":
        """Return the groups for `plots` in their order; plots that are not known have none."""
        old = pd.Index(self.plots).get_indexer(pd.Index(plots))
        new_of_old = np.full(len(self.plots) + 1, -1, dtype=np.int32)
        new_of_old[old[old >= 0]] = np.flatnonzero(old >= 0)
        groups = []
        for k in old:
            group = new_of_old[self.member[self.start[k] : self.start[k + 1]]] if k >= 0 else self.member[:0]
            groups.append(group[group >= 0])
        alike = np.where(old >= 0, self.alike[old], False)
        return Sisters(np.asarray(plots, dtype=object), *_rows(groups), alike)


def sisters(plots: pd.DataFrame) -> Sisters:
    """Return the similar plots of every plot (monitoring.md 8.3).

    Parameters
    ----------
    plots : DataFrame
        Columns `plot` (or an index of that name), `x`, `y` [m, one projected CRS]; and where known `group` (cultivar
        group), `planted` (year), `elevation` [m], `slope`, `aspect` [degrees]. What a plot does not tell is not asked.
    """
    table = plots.reset_index() if "plot" not in plots and plots.index.name == "plot" else plots
    if missing := [name for name in ("plot", "x", "y") if name not in table]:
        raise InputError(
            f"similar plots need the columns {', '.join(missing)}", zh=f"寻找相似地块缺少列：{'、'.join(missing)}"
        )
    names = table["plot"].to_numpy(dtype=object)
    at = table[["x", "y"]].to_numpy(float)
    features = _features(table)
    groups: list[np.ndarray] = [np.empty(0, np.int32)] * len(names)
    alike = np.zeros(len(names), dtype=bool)
    kind = table["group"].fillna("") if "group" in table else pd.Series("", index=table.index)
    for rows in pd.Series(np.arange(len(names))).groupby(kind.to_numpy()).indices.values():
        for k, group in zip(rows, _near(at[rows], features[rows]), strict=True):
            groups[k] = rows[group].astype(np.int32)
            alike[k] = len(group) >= SISTERS.fewest
    lonely = np.flatnonzero(~alike)
    if len(lonely) and len(names) > SISTERS.fewest:
        _, near = cKDTree(at).query(at[lonely], k=min(SISTERS.most + 1, len(names)))
        for k, group in zip(lonely, near, strict=True):
            groups[k] = group[group != k][: SISTERS.most].astype(np.int32)
    return Sisters(names, *_rows(groups), alike)


def _features(table: pd.DataFrame) -> np.ndarray:
    """Return (plot, 4): year of planting, elevation, horizontal part of the slope's normal, in units of tolerance."""
    year, height = (
        pd.to_numeric(table[name], errors="coerce").to_numpy(float) if name in table else np.full(len(table), np.nan)
        for name in ("planted", "elevation")
    )
    slope, aspect = (
        np.radians(pd.to_numeric(table[name], errors="coerce").to_numpy(float))
        if name in table
        else np.full(len(table), np.nan)
        for name in ("slope", "aspect")
    )
    tilt = np.where(np.isfinite(slope), np.sin(slope), np.nan)
    flat = np.isfinite(slope) & ~np.isfinite(aspect)
    east, north = (np.where(flat, 0.0, tilt * part(aspect)) for part in (np.sin, np.cos))
    return np.column_stack(
        [year / SISTERS.age, height / SISTERS.elevation, east / SISTERS.exposure, north / SISTERS.exposure]
    )


def _near(at: np.ndarray, features: np.ndarray, reach: int = 96) -> list[np.ndarray]:
    """Return for each plot of one cultivar group the numbers of those alike, nearest first."""
    if len(at) < 2:
        return [np.empty(0, int)] * len(at)
    known = np.isfinite(features)
    middles = [
        np.median(column[there]) if there.any() else 0.0 for column, there in zip(features.T, known.T, strict=True)
    ]
    filled = np.where(known, features, middles)
    # the tree walks space and character together, so that many neighbours on another slope do not hide the sisters
    tree = cKDTree(np.column_stack([at / SISTERS.distance, filled]))
    gaps, near = tree.query(tree.data, k=min(reach, len(at)), distance_upper_bound=2.5)
    result = []
    for k in range(len(at)):
        group = near[k][np.isfinite(gaps[k])]
        group = group[group != k]
        apart = np.hypot(*(at[group] - at[k]).T)
        unlike = np.abs(features[group] - features[k])
        fits = (
            (apart <= SISTERS.distance)
            & ~(unlike[:, 0] > 1.0)
            & ~(unlike[:, 1] > 1.0)
            & ~(np.hypot(unlike[:, 2], unlike[:, 3]) > 1.0)
        )
        group, apart = group[fits], apart[fits]
        result.append(group[np.argsort(apart, kind="stable")][: SISTERS.most])
    return result


def _rows(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    start = np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64)
    return start, np.concatenate([*groups, np.empty(0, np.int32)]).astype(np.int32)
