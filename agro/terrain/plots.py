"""What the terrain is on each plot."""

import numpy as np
import shapely
import xarray as xr

MEANS = ("elevation", "slope", "sky_view", "valley_floor", "height_above_valley")
CANDIDATES = 4_000_000
"""Cells that are looked at in one go, to bound memory."""


def plot_terrain(terrain, plots):
    """Return the terrain of plots: means over the cells whose centres lie inside.

    Parameters
    ----------
    terrain : Dataset, dims (y, x) and (direction, y, x)
        As `agro.terrain.terrain` gives it.
    plots : GeoDataFrame
        Polygons in any CRS; the index names the plots.

    Returns
    -------
    Dataset, dims (plot,) and (plot, direction)
        The layers of `terrain`, and `cells`, how many were averaged: 0 where a plot holds no centre and has got the
        cell under its own middle. aspect is the mean of unit vectors, NaN where they cancel out or where the
        ground is flat. A plot outside the model is NaN; `outside` names it.
    """
    plots = plots.to_crs(terrain.rio.crs)
    polygons = np.asarray(plots.geometry.values)
    owner, cell = _cells_inside(polygons, terrain)
    known = ~np.isnan(terrain.elevation.values.ravel())
    owner, cell = owner[known[cell]], cell[known[cell]]
    counts = np.bincount(owner, minlength=len(plots))
    small = np.nonzero(counts == 0)[0]
    middle, found = _cells_at(shapely.point_on_surface(polygons[small]), terrain)
    owner, cell = np.concatenate([owner, small[found]]), np.concatenate([cell, middle[found]])

    def mean(values):
        values = values.ravel()[cell].astype(np.float64)
        valid = ~np.isnan(values)
        sums = np.bincount(owner[valid], values[valid], len(plots))
        with np.errstate(invalid="ignore", divide="ignore"):
            return (sums / np.bincount(owner[valid], minlength=len(plots))).astype(np.float32)

    data = {name: ("plot", mean(terrain[name].values), terrain[name].attrs) for name in MEANS if name in terrain}
    facing = np.radians(terrain.aspect.values)
    north, east = mean(np.cos(facing)), mean(np.sin(facing))
    aspect = np.where(np.hypot(north, east) > 1e-3, np.degrees(np.arctan2(east, north)) % 360, np.nan)
    data["aspect"] = ("plot", aspect.astype(np.float32), terrain.aspect.attrs)
    data["cells"] = ("plot", counts, {"units": "1", "long_name": "cells whose centres lie in the plot"})
    found = xr.Dataset(data, coords={"plot": plots.index.to_numpy(), "direction": terrain.direction})
    around = np.stack([mean(layer) for layer in terrain.horizon.values], axis=1)
    return found.assign(horizon=(("plot", "direction"), around, terrain.horizon.attrs))


def outside(plots):
    """Return the names of the plots that lie outside the elevation model; `plots` as `plot_terrain` gives them."""
    return plots["plot"].values[np.isnan(plots.elevation.values)].tolist()


def _grid(terrain):
    """Return the first centre and the signed steps of x and y."""
    x, y = terrain.x.values, terrain.y.values
    return x[0], (x[-1] - x[0]) / max(x.size - 1, 1), x.size, y[0], (y[-1] - y[0]) / max(y.size - 1, 1), y.size


def _cells_inside(polygons, terrain):
    """Return plot number and cell number of every cell centre that lies in a polygon, polygons together."""
    x0, dx, nx, y0, dy, ny = _grid(terrain)
    west, south, east, north = shapely.bounds(polygons).T
    with np.errstate(invalid="ignore"):
        left, right = np.ceil((west - x0) / dx), np.floor((east - x0) / dx) + 1
        top, bottom = np.ceil((north - y0) / dy), np.floor((south - y0) / dy) + 1
    left, right = (np.nan_to_num(np.clip(a, 0, nx)).astype(np.int64) for a in (left, right))
    top, bottom = (np.nan_to_num(np.clip(a, 0, ny)).astype(np.int64) for a in (top, bottom))
    width, height = np.maximum(right - left, 0), np.maximum(bottom - top, 0)
    total = np.cumsum(width * height)
    shapely.prepare(polygons)
    owners, cells, start = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    while start < len(polygons):
        before = total[start - 1] if start else 0
        stop = max(int(np.searchsorted(total, before + CANDIDATES, "right")), start + 1)
        part = slice(start, stop)
        number = width[part] * height[part]
        owner = np.repeat(np.arange(start, stop), number)
        place = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        row, column = top[owner] + place // width[owner], left[owner] + place % width[owner]
        inside = shapely.contains_xy(polygons[owner], x0 + column * dx, y0 + row * dy)
        owners.append(owner[inside])
        cells.append((row * nx + column)[inside])
        start = stop
    return np.concatenate(owners), np.concatenate(cells)


def _cells_at(points, terrain):
    """Return the cell numbers under points and which of them lie on known ground."""
    x0, dx, nx, y0, dy, ny = _grid(terrain)
    empty = shapely.is_empty(points) | shapely.is_missing(points)
    column = np.rint(np.where(empty, -9, (shapely.get_x(points) - x0) / dx)).astype(np.int64)
    row = np.rint(np.where(empty, -9, (shapely.get_y(points) - y0) / dy)).astype(np.int64)
    found = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
    cell = np.where(found, row * nx + column, 0)
    return cell, found & ~np.isnan(terrain.elevation.values.ravel()[cell])
