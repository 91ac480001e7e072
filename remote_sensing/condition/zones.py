"""Zones of a plot that keep apart over the years: fuzzy c-means on what cells were like; and when there is one zone."""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray  # noqa: F401
import xarray as xr

from agro.errors import MissingDataError
from remote_sensing.condition.fuzzy import classification_entropy, fuzzy_means, performance_index, silhouette
from remote_sensing.condition.patches import grid_of, median_3x3
from remote_sensing.condition.rules import ZONES
from remote_sensing.condition.zone_shapes import cleaned, zone_table


@dataclass(frozen=True)
class Zones:
    """A plot cut into zones, zone 1 the weakest.

    Attributes
    ----------
    table : GeoDataFrame
        plot, zone, zones, mean (of the ordering feature), area_m2, area_mu, share_of_plot, geometry.
    label : array of int, shape (y, x)
        0 outside.
    criteria : DataFrame
        For each c tried: c, fpi, nce, silhouette, reduction.
    variance_share : float
        Share of the ordering feature's variance that lies between zones; 0 for one zone.
    kappa : float
        Mean agreement between the zones of single seasons; NaN where seasons were not given.
    stable : bool or None
        Whether kappa reaches 0.4; None unknown.
    reason : str
        "" or why there is one zone: "few_cells", "no_structure" (silhouette or variance), "not_repeated" (kappa).
    """

    table: gpd.GeoDataFrame
    label: np.ndarray
    criteria: pd.DataFrame
    variance_share: float
    kappa: float
    stable: bool | None
    reason: str


def zone_features(stack: xr.DataArray, weights: np.ndarray) -> tuple[xr.DataArray, xr.DataArray]:
    """Return what each cell of a plot was like over the seasons, and its rank in each.

    Parameters
    ----------
    stack : DataArray, dims (time, y, x)
        One index, NaN where not usable.
    weights : array, shape (y, x)
        Share of each cell inside the plot; from a half on it counts.

    Returns
    -------
    features : DataArray, dims (feature, y, x)
        "rank" (median over seasons of the cell's rank in the plot, 0 to 1), "steadiness" (standard deviation of the
        ranks) and "usual" (median departure from the plot's median).
    seasons : DataArray, dims (season, y, x)
        The rank of each season (calendar year).

    Raises
    ------
    MissingDataError
        With fewer than three seasons.
    """
    cells = np.asarray(weights) >= 0.5
    inside = stack.transpose("time", "y", "x").where(xr.DataArray(cells, dims=("y", "x")))
    yearly = inside.groupby("time.year").median("time", skipna=True)
    yearly = yearly.isel(year=(yearly.notnull().sum(("y", "x")) >= 0.7 * cells.sum()).values)
    if yearly.sizes["year"] < ZONES.seasons:
        raise MissingDataError(
            f"zones need {ZONES.seasons} seasons of pictures; found {yearly.sizes['year']}",
            zh=f"划分区域至少需要 {ZONES.seasons} 个生长季的影像；现有 {yearly.sizes['year']} 季",
        )
    ranks = np.full(yearly.shape, np.nan)
    for season, values in enumerate(yearly.values):
        known = np.isfinite(values)
        ranks[season][known] = (pd.Series(values[known]).rank() - 0.5) / known.sum()
    seasons = xr.DataArray(
        ranks, dims=("season", "y", "x"), coords={"season": yearly["year"].values, "y": stack["y"], "x": stack["x"]}
    )
    usual = (inside - inside.median(("y", "x"), skipna=True)).median("time", skipna=True)
    parts = [seasons.median("season", skipna=True), seasons.std("season", skipna=True), usual]
    features = xr.concat(
        parts, pd.Index(["rank", "steadiness", "usual"], name="feature"), coords="minimal", compat="override"
    )
    return features, seasons


def zones(
    features: xr.DataArray,
    *,
    plot: str = "",
    seasons: xr.DataArray | None = None,
    crs=None,
    seed: int = 0,
) -> Zones:
    """Return the zones of a plot (monitoring.md 9).

    Parameters
    ----------
    features : DataArray, dims (feature, y, x)
        NaN outside the plot, north up, metres; the first feature orders the zones, the weakest is low.
    plot : str
    seasons : DataArray, dims (season, y, x), optional
        What single years say, for the agreement between years.
    crs : optional
        Where the features do not tell it.
    seed : int
        Of the starts.
    """
    crs = crs if crs is not None else features.rio.crs
    transform, cell = grid_of(features["x"].values, features["y"].values)
    cells = np.isfinite(features.values).all(axis=0)
    x = scaled(features.values, cells)
    ordering = features.values[0]
    if cells.sum() * cell**2 < 4 * ZONES.island or len(np.unique(x, axis=0)) < 2 * ZONES.most:
        return _one(plot, cells, ordering, transform, cell, crs, "few_cells")
    tried = {
        c: fuzzy_means(x, c, seed) if len(x) <= ZONES.crisp_above else _crisp(x, c, seed)
        for c in range(2, ZONES.most + 1)
    }
    rows = [
        {
            "c": c, "fpi": performance_index(one.member), "nce": classification_entropy(one.member),
            "silhouette": silhouette(x, one.label), "reduction": between(ordering[cells], one.label),
        }
        for c, one in tried.items()
    ]  # fmt: skip
    criteria = pd.DataFrame(rows).set_index("c", drop=False)
    chosen = _number(criteria)
    found = criteria.loc[chosen]
    if found["silhouette"] < ZONES.silhouette or found["reduction"] < ZONES.reduction:
        return _one(plot, cells, ordering, transform, cell, crs, "no_structure", criteria)
    agreement = kappa_of_seasons(seasons, chosen, seed) if seasons is not None else float("nan")
    if agreement < ZONES.chance:
        return _one(plot, cells, ordering, transform, cell, crs, "not_repeated", criteria, agreement)
    label = np.zeros(cells.shape, dtype=int)
    label[cells] = ordered(tried[chosen].label, ordering[cells]) + 1
    label = cleaned(label, cell)
    table = zone_table(label, ordering, transform, cell, plot, crs)
    share = between(ordering[cells], label[cells])
    stable = None if np.isnan(agreement) else bool(agreement >= ZONES.stable)
    return Zones(table, label, criteria, share, agreement, stable, "")


def scaled(features: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return (cell, feature): 3 x 3 medians of each feature within the plot, scaled by their range."""
    columns = []
    for one in features:
        smooth = median_3x3(one, cells)[cells]
        spread = smooth.max() - smooth.min()
        columns.append((smooth - smooth.min()) / spread if spread > 0 else np.zeros_like(smooth))
    return np.column_stack(columns)


def between(values: np.ndarray, label: np.ndarray) -> float:
    """Return the share of the variance of `values` that lies between the groups of `label`."""
    whole = float(np.var(values))
    inside = pd.Series(values).groupby(label).transform("mean").to_numpy()
    return float(np.var(inside) / whole) if whole > 0 else 0.0


def ordered(label: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return labels renumbered from 0 by the mean of `values`, the lowest first."""
    means = pd.Series(values).groupby(label).mean().sort_values()
    return pd.Series(range(len(means)), index=means.index).loc[label].to_numpy()


def kappa_of_seasons(seasons: xr.DataArray, zones: int, seed: int = 0) -> float:
    """Return the mean of Cohen's kappa between the zones of one season and the next, each season cut by itself."""
    values = seasons.values
    cells = np.isfinite(values).all(axis=0)
    labels = []
    for one in values:
        x = scaled(one[None], cells)
        labels.append(ordered(fuzzy_means(x, zones, seed, starts=3).label, one[cells]))
    agreement = [_kappa(a, b, zones) for a, b in pairwise(labels)]
    return float(np.mean(agreement)) if agreement else float("nan")


def _kappa(a: np.ndarray, b: np.ndarray, kinds: int) -> float:
    table = np.zeros((kinds, kinds))
    np.add.at(table, (a, b), 1)
    table /= table.sum()
    chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return (float(np.trace(table)) - chance) / (1.0 - chance) if chance < 1 else 1.0


def _number(criteria: pd.DataFrame) -> int:
    """Return the number of zones: lowest by both criteria; where they disagree the larger silhouette of the two."""
    by_fpi, by_nce = int(criteria["fpi"].idxmin()), int(criteria["nce"].idxmin())
    return by_fpi if criteria["silhouette"][by_fpi] >= criteria["silhouette"][by_nce] else by_nce


def _crisp(x: np.ndarray, clusters: int, seed: int):
    """Return k-means as memberships: sharp centres, memberships from distances to them."""
    from sklearn.cluster import KMeans

    from remote_sensing.condition.fuzzy import Clusters, _membership

    fitted = KMeans(clusters, n_init=ZONES.starts, random_state=seed).fit(x)
    return Clusters(fitted.cluster_centers_, _membership(x, fitted.cluster_centers_, ZONES.exponent), fitted.inertia_)


def _one(plot, cells, ordering, transform, cell, crs, reason, criteria=None, kappa=float("nan")) -> Zones:
    """Return the whole plot as one zone."""
    label = cells.astype(int)
    table = zone_table(label, ordering, transform, cell, plot, crs)
    columns = ["c", "fpi", "nce", "silhouette", "reduction"]
    criteria = pd.DataFrame(columns=columns) if criteria is None else criteria
    return Zones(table, label, criteria, 0.0, kappa, None if np.isnan(kappa) else False, reason)
