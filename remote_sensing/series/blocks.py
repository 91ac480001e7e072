"""Small plots judged together: plots of one kind that lie side by side, until they make half a hectare."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from remote_sensing.series.rules import BLOCK, SISTERS


def blocks(plots: gpd.GeoDataFrame) -> pd.Series:
    """Return the block of every plot (monitoring.md 3): its own id where it is large enough or finds no company.

    Plots below 0.5 ha are joined with their nearest like ones (same `group`, planted within three years, same band of
    100 m of elevation, less than 60 m apart) until the block has 0.5 ha; what is left over joins a block beside it.

    Parameters
    ----------
    plots : GeoDataFrame
        Column `plot`, outlines in a projected CRS; `group`, `planted`, `elevation` where known.

    Returns
    -------
    Series of str, indexed by plot
        The id of a block is that of its first plot.
    """
    shapes, area = plots.geometry.values, plots.geometry.area.to_numpy()
    near, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=BLOCK.gap)
    alike = (near != other) & _alike(plots, near, other)
    near, other = near[alike], other[alike]
    gap = shapely.distance(shapes[near], shapes[other])
    order = np.lexsort((gap, near))
    near, other = near[order], other[order]
    begin = np.searchsorted(near, np.arange(len(plots) + 1))
    block = np.arange(len(plots))
    small = area < BLOCK.least
    taken = ~small
    for k in np.flatnonzero(small):
        if taken[k]:
            continue
        members, waiting, size = [k], [k], area[k]
        taken[k] = True
        while waiting and size < BLOCK.least:
            at = waiting.pop(0)
            for q in other[begin[at] : begin[at + 1]]:
                if small[q] and not taken[q] and size < BLOCK.least:
                    taken[q] = True
                    members.append(q)
                    waiting.append(q)
                    size += area[q]
        if size < BLOCK.least:
            beside = [q for m in members for q in other[begin[m] : begin[m + 1]] if q not in members]
            block[members] = block[beside[0]] if beside else k
        else:
            block[members] = k
    names = plots["plot"].to_numpy(dtype=object)
    return pd.Series(names[block], index=pd.Index(names, name="plot"), name="block")


def pooled(observations: pd.DataFrame, block: pd.Series) -> pd.DataFrame:
    """Return the observation table of blocks: rows of one scene and index joined, weighted by effective cells.

    `plot` is the id of the block; `median` and the quantiles are means of the plots' own; `sd` is left out.
    """
    rows = observations.assign(plot=observations["plot"].map(block).fillna(observations["plot"]))
    names = [name for name in ("mean", "median", "q10", "q90", "near_cloud", "mean_cos_i", "weight") if name in rows]
    cells = rows["n_valid"].where(rows["median"].notna(), 0.0)
    whole = np.where(rows["valid_fraction"] > 0, rows["n_valid"] / rows["valid_fraction"].clip(lower=1e-6), 0.0)
    sums = rows[names].mul(cells, axis=0).where(rows[names].notna(), 0.0)
    keys = [name for name in ("plot", "time", "scene", "sensor", "orbit", "index") if name in rows]
    grouped = sums.assign(n_valid=cells, whole=whole).groupby([rows[key] for key in keys], dropna=False).sum()
    result = grouped[names].div(grouped["n_valid"].where(grouped["n_valid"] > 0), axis=0)
    result["n_valid"] = grouped["n_valid"]
    result["valid_fraction"] = (grouped["n_valid"] / grouped["whole"].where(grouped["whole"] > 0)).clip(upper=1.0)
    return result.reset_index()


def _alike(plots: gpd.GeoDataFrame, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return whether pairs of plots may share a block; what a plot does not tell is not asked."""
    fits = np.ones(len(a), dtype=bool)
    if "group" in plots:
        group = plots["group"].fillna("").to_numpy(dtype=object)
        fits &= group[a] == group[b]
    if "planted" in plots:
        year = pd.to_numeric(plots["planted"], errors="coerce").to_numpy(float)
        fits &= ~(np.abs(year[a] - year[b]) > SISTERS.age)
    if "elevation" in plots:
        band = np.floor(pd.to_numeric(plots["elevation"], errors="coerce").to_numpy(float) / BLOCK.elevation)
        fits &= ~(np.abs(band[a] - band[b]) > 0)
    return fits
