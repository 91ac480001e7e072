"""The W test: a part of a plot that is lower than the rest, newly or always (monitoring.md 8.6).

    rel(t) = index - plot median(t);  m = median of rel over the history (of the same quarter of the year, if possible)
    new(t) = 3 x 3 mean of rel(t) - m
    s = per cell MAD of new over the history, at least 0.8 of the plot's middle cell and 0.006

A cell is newly low when new/s < -2.5 (above 5 ha: -3) and new < -0.03 on two of the last three usable dates; a patch
has at least six cells, 8-connected. A patch is persistent when m lies 2.5 robust standard deviations and a tenth of the
plot's level below the rest: rock, a terrace edge, a young replant or weak trees.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import rioxarray  # noqa: F401
import xarray as xr
from rasterio.features import geometry_mask

from agro.errors import InputError
from remote_sensing.condition.areas import empty, size, table
from remote_sensing.condition.false_alarms import stated
from remote_sensing.condition.patches import grid_of, mean_3x3, median_known, outline, patches
from remote_sensing.condition.rules import HISTORY, WITHIN
from remote_sensing.condition.severity import relative_loss, severity
from remote_sensing.series.baseline_kernel import TO_SD, YEAR
from remote_sensing.series.observations import day_numbers
from remote_sensing.series.rules import USABLE


@dataclass(frozen=True)
class Inside:
    """A plot's cells against the rest of the plot; dates are the usable ones.

    Attributes
    ----------
    days : array of int, shape (date,)
        Days since 1970-01-01.
    history : array of bool, shape (date,)
        The dates that say what is usual.
    level : array, shape (date,)
        Plot median.
    departure : array, shape (date, y, x)
        From the usual pattern, cell by cell: how much a patch has lost.
    new : array, shape (date, y, x)
        Its means of 3 x 3 cells: where a patch is. They blur its edge.
    usual : array, shape (y, x)
        Smoothed usual departure from the plot's median.
    scale : array, shape (y, x)
    cells : array of bool, shape (y, x)
        Cells that count.
    """

    days: np.ndarray
    history: np.ndarray
    level: np.ndarray
    departure: np.ndarray
    new: np.ndarray
    usual: np.ndarray
    scale: np.ndarray
    cells: np.ndarray


def inside(stack: xr.DataArray, weights: np.ndarray, since_history: int = 365) -> Inside | None:
    """Return the plot's cells against the rest of it, or None when fewer than twelve dates of history are usable.

    Dates lie at least four days apart: what the sky or one tile does wrong on a day is no second witness the day after.

    History are the usable dates older than `since_history` days before the last; where they are fewer than twelve, all
    but the last three. The usual pattern is that of the same quarter of the year where six of them lie in it: leaves
    and shadows have their seasons.

    Parameters
    ----------
    stack : DataArray, dims (time, y, x)
        One index, NaN where the mask took the cell.
    weights : array, shape (y, x)
        Share of each cell inside the plot, 0 to 1; from a half on it counts.
    since_history : int
        [d]
    """
    cells = np.asarray(weights) >= 0.5
    ordered = stack.transpose("time", "y", "x").sortby("time")
    values = ordered.values[:, cells].astype(float)
    day = day_numbers(ordered["time"].to_series())
    seen = np.isfinite(values).mean(axis=1) if cells.any() else np.zeros(len(day))
    kept = np.flatnonzero(seen >= USABLE.valid_fraction)
    kept = kept[_apart(day[kept], seen[kept])]
    day, values = day[kept], values[kept]
    if len(day) < WITHIN.dates + WITHIN.of_last:
        return None
    history = np.zeros(len(day), dtype=bool)
    history[: -WITHIN.of_last] = True
    old = history & (day <= day[-1] - since_history)
    history = old if old.sum() >= WITHIN.dates else history
    gap = np.abs(day - day[-1]) % YEAR
    quarter = history & (np.minimum(gap, YEAR - gap) <= YEAR / 8)
    like = quarter if quarter.sum() >= WITHIN.quarter_dates else history
    level = median_known(values, axis=1)
    rel = values - level[:, None]
    usual = median_known(rel[like])
    departure = _laid(rel - usual, cells)
    new = mean_3x3(departure, cells)
    # the scale is that of the whole history: few dates of one quarter would make it small by chance
    past = new[history][:, cells]
    scale = TO_SD * median_known(np.abs(past - median_known(past)))
    scale = np.maximum(scale, max(WITHIN.cell_floor * float(np.nanmedian(scale)), WITHIN.floor))
    pattern = mean_3x3(_laid(usual, cells), cells)
    return Inside(day, history, level, departure, new, pattern, _laid(scale, cells), cells)


def within(
    stack: xr.DataArray,
    weights: np.ndarray | xr.DataArray,
    geometry=None,
    *,
    plot: str = "",
    index: str = "ndvi",
    explained_by: tuple[str, ...] = (),
    since_history: int = 365,
    crs=None,
) -> gpd.GeoDataFrame:
    """Return newly and persistently weak patches of one plot as an area table (`areas.COLUMNS`).

    Parameters
    ----------
    stack : DataArray, dims (time, y, x)
        One index on one grid in metres, north up, NaN where the mask took the cell; CRS in rioxarray's `spatial_ref`.
    weights : array, shape (y, x)
        Share of each cell inside the plot (inward buffer applied), 0 to 1.
    geometry : polygon, optional
        The plot's outline in the same CRS: patches are cut to it.
    plot, index : str
    explained_by : tuple of str
        Innocent causes known for the plot, handed through.
    since_history : int
        How far back the newest history may reach. [d]
    crs : optional
        Where the stack does not tell it.

    Returns
    -------
    GeoDataFrame
        kinds "within_new" (rule "patch", above 5 ha "patch_large") and "within_persistent" (rule "persistent"). No rows
        for plots below 0.5 ha (ask for the block) or without twelve usable dates of history and three after.
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (stack.sizes["y"], stack.sizes["x"]):
        raise InputError(
            f"weights need the stack's shape {(stack.sizes['y'], stack.sizes['x'])}; got {weights.shape}",
            zh=f"权重与影像大小不同：需要 {(stack.sizes['y'], stack.sizes['x'])}，得到 {weights.shape}",
        )
    crs = crs if crs is not None else stack.rio.crs
    transform, cell = grid_of(stack["x"].values, stack["y"].values)
    area = float(weights.sum()) * cell**2
    found = inside(stack, weights, since_history) if area >= WITHIN.least_area else None
    if found is None:
        return empty(crs)
    large = area > WITHIN.large
    rows = [*_new(found, large), *_persistent(found)]
    told = []
    for row in rows:
        mask = row.pop("mask")
        shape = outline(mask, 1, transform)
        shape = shape if geometry is None else shape.intersection(geometry)
        area_m2, area_mu, error = size(shape, cell, float(weights[mask].sum()) * cell**2)
        share = area_m2 / area
        loss = float(relative_loss(row["drop"], row.pop("level"), index))
        worst = int(severity([row["rule"]], [loss], [share])[0])
        told.append(
            row
            | {
                "plot": plot, "index": index, "loss": loss, "area_m2": area_m2, "area_mu": area_mu,
                "area_error_mu": error, "share_of_plot": share, "explained_by": explained_by, "geometry": shape,
                "severity": min(worst, 2) if row["kind"] == "within_persistent" else worst,
                "false_alarms": float(stated("patch_large" if large else "patch", 0)),
            }
        )  # fmt: skip
    return table(told, crs) if told else empty(crs)


def good_dates(stack: xr.DataArray, weights, shapes: gpd.GeoSeries, since_history: int = 365) -> np.ndarray:
    """Return for each open patch how many usable dates at the end have its mean above z = -1 without a break.

    -1 where the plot cannot be judged now. Two close an alert.
    """
    found = inside(stack, weights, since_history)
    if found is None:
        return np.full(len(shapes), -1)
    transform, _ = grid_of(stack["x"].values, stack["y"].values)
    counts = []
    for shape in shapes:
        mask = found.cells & geometry_mask([shape], found.cells.shape, transform, invert=True)
        good = _patch_z(found, mask) > -1.0
        counts.append(int(np.cumprod(good[::-1]).sum()) if mask.any() else -1)
    return np.array(counts, dtype=int)


def _apart(day: np.ndarray, seen: np.ndarray) -> list[int]:
    """Return places of dates at least four days apart; of nearer ones the one that shows most of the plot counts."""
    kept: list[int] = []
    begun = 0
    for k in range(len(day)):
        if not kept or day[k] - day[kept[-1]] >= HISTORY.apart:
            kept.append(k)
            begun = day[k]
        elif day[k] - begun < HISTORY.apart and seen[k] > seen[kept[-1]]:
            kept[-1] = k
    return kept


def _new(found: Inside, large: bool) -> list[dict]:
    """Return rows of newly low patches; `mask` marks their cells, `level` is what was normal there."""
    limit = WITHIN.z_large if large else WITHIN.z
    with np.errstate(invalid="ignore"):
        low = (found.new / found.scale < limit) & (found.new < -WITHIN.drop)
    label, n = patches(low[-WITHIN.of_last :].sum(axis=0) >= WITHIN.low_dates, WITHIN.cells)
    rows = []
    for number in range(1, n + 1):
        mask = label == number
        drop, z = -_of(found.departure, mask), _patch_z(found, mask)
        is_low = (z < limit) & (drop > WITHIN.drop)
        run = _run_back(is_low)
        days = found.days[run]
        rows.append(
            {
                "mask": mask, "kind": "within_new", "rule": "patch_large" if large else "patch",
                "since": days[0].astype("datetime64[D]"), "last_seen": days[-1].astype("datetime64[D]"),
                "n_obs": len(run), "drop": float(np.median(drop[run])), "z": float(np.median(z[run])),
                "level": float(np.median(found.level[run]) + np.nanmean(found.usual[mask])),
            }
        )  # fmt: skip
    return rows


def _persistent(found: Inside) -> list[dict]:
    """Return rows of patches that have always been lower than the rest of the plot."""
    usual = found.usual[found.cells]
    centre = float(np.nanmedian(usual))
    s = max(TO_SD * float(np.nanmedian(np.abs(usual - centre))), WITHIN.floor)
    level = float(np.median(found.level[found.history]))
    with np.errstate(invalid="ignore"):
        low = (found.usual < centre - WITHIN.persistent_spread * s) & (
            level + found.usual < WITHIN.persistent_level * level
        )
    label, n = patches(low, WITHIN.cells)
    rows = []
    for number in range(1, n + 1):
        mask = label == number
        drop = centre - float(np.nanmean(found.usual[mask]))
        rows.append(
            {
                "mask": mask, "kind": "within_persistent", "rule": "persistent", "since": np.datetime64("NaT", "D"),
                "last_seen": found.days[found.history][-1].astype("datetime64[D]"), "n_obs": int(found.history.sum()),
                "drop": drop, "z": -drop / s, "level": level + centre,
            }
        )  # fmt: skip
    return rows


def _run_back(is_low: np.ndarray) -> np.ndarray:
    """Return the dates of the latest run: back from the last low one until two in a row were not low."""
    at = np.flatnonzero(is_low)
    if not len(at):
        return np.arange(len(is_low) - WITHIN.of_last, len(is_low))
    first = at[-1]
    for k in at[::-1]:
        if first - k > 2:
            break
        first = k
    return at[at >= first]


def _patch_z(found: Inside, mask: np.ndarray) -> np.ndarray:
    """Return for each date the patch's mean departure over the mean scale of its cells."""
    return (
        _of(found.new, mask) / float(np.nanmean(found.scale[mask])) if mask.any() else np.full(len(found.days), np.nan)
    )


def _of(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the mean over the known cells of `mask` on each date, NaN without one."""
    part = values[:, mask]
    known = np.isfinite(part)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, part, 0.0).sum(axis=1) / known.sum(axis=1)


def _laid(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Return values of the plot's cells (..., cell) on the grid (..., y, x), NaN outside."""
    grid = np.full((*values.shape[:-1], *cells.shape), np.nan)
    grid[..., cells] = values
    return grid
