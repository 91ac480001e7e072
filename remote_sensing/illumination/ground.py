"""Slope and aspect of the ground on the grid of a scene, a strip of rows at a time, so that memory stays bounded."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import xarray as xr
from pyproj import CRS
from scipy.ndimage import gaussian_filter

from agro.errors import InputError
from agro.terrain.derivatives import slope_aspect
from remote_sensing.illumination.settings import settings

STRIP = 512
"""Rows computed at once."""

HALO = 5
"""Cells beyond a strip that its smoothing (three widths) and its slopes look at."""

ALIKE = 0.02
"""How far, in cells, two grids may lie aside and still count as one."""


class Ground(NamedTuple):
    """Slope and aspect, float32 (y, x); aspect NaN on flat ground, both NaN where no height is known [degrees]."""

    slope: np.ndarray
    aspect: np.ndarray


def strips_of_ground(terrain: xr.Dataset, grid: xr.DataArray) -> Iterator[tuple[slice, Ground]]:
    """Yield the ground of a grid as (rows, Ground), from the first row to the last.

    Parameters
    ----------
    terrain : Dataset
        As `agro.terrain.terrain` gives it. On the same grid its slope and aspect are taken as they are; else its
        elevation is brought onto the grid, smoothed, and slopes are made anew.
    grid : DataArray with coordinates y, x
        Where the ground is wanted, in the same CRS.

    Raises
    ------
    InputError
        When the two lie in different CRS or do not overlap.
    """
    check(terrain, grid)
    height = grid.sizes["y"]
    if same_grid(terrain, grid):
        for first in range(0, height, STRIP):
            rows = slice(first, min(first + STRIP, height))
            yield rows, Ground(*(np.asarray(terrain[n][rows], np.float32) for n in ("slope", "aspect")))
        return
    dx, dy = (spacing(grid[axis]) for axis in ("x", "y"))
    x, y = (_beyond(grid[axis].to_numpy()) for axis in ("x", "y"))
    for first in range(0, height, STRIP):
        rows = slice(first, min(first + STRIP, height))
        wide = y[rows.start : rows.stop + 2 * HALO]
        # the plane goes on beyond the rim of the model, that smoothing does not bend it there
        slope, aspect = slope_aspect(smoothed(resampled(terrain["elevation"], wide, x, HALO)), dx, dy)
        inside = [_between(terrain[a].to_numpy(), at[HALO:-HALO]).share for a, at in (("y", wide), ("x", x))]
        unknown = np.isnan(inside[0])[:, None] | np.isnan(inside[1])[None, :]
        own = np.s_[HALO:-HALO, HALO:-HALO]
        yield rows, Ground(*(np.where(unknown, np.float32(np.nan), part[own]) for part in (slope, aspect)))


def _beyond(centres: np.ndarray) -> np.ndarray:
    """Return the centres of an axis and of `HALO` cells more at both ends."""
    step = (centres[-1] - centres[0]) / (len(centres) - 1)
    return centres[0] + step * np.arange(-HALO, len(centres) + HALO)


def resampled(layer: xr.DataArray, y: np.ndarray, x: np.ndarray, beyond: int = 0) -> np.ndarray:
    """Return a layer (y, x) at other coordinates, float32, linear between its cells; NaN outside.

    `beyond` is how many of the new cells it goes on outside, as its last two cells do.

    A grid of cells more than twice as large takes means over its own cells first.
    """
    finer = min(abs(np.diff(x).mean()) / spacing(layer["x"]), abs(np.diff(y).mean()) / spacing(layer["y"])) if (
        len(x) > 1 and len(y) > 1
    ) else 1.0  # fmt: skip
    if finer > 2:
        layer = layer.coarsen(x=int(finer), y=int(finer), boundary="pad").mean()
    across, down = (_between(layer[axis].to_numpy(), at, beyond) for axis, at in (("x", x), ("y", y)))
    low, high = int(down.below.min()), int(down.below.max()) + 2
    part = np.asarray(layer[low:high], np.float32)
    lines = _mixed(part, down._replace(below=down.below - low))
    return np.ascontiguousarray(_mixed(lines.T, across).T)


def smoothed(z: np.ndarray) -> np.ndarray:
    """Return heights under a Gaussian of the width of `illumination.toml` [cells]; unknown ones do not spread."""
    width = settings().ground.smoothing
    known = np.isfinite(z)
    if known.all():
        return gaussian_filter(z, width, mode="nearest", truncate=3)
    weight = gaussian_filter(known.astype(np.float32), width, mode="nearest", truncate=3)
    even = gaussian_filter(np.where(known, z, 0), width, mode="nearest", truncate=3)
    return np.where(known, even / np.maximum(weight, 1e-6), np.nan).astype(np.float32)


def check(terrain: xr.Dataset, grid: xr.DataArray) -> None:
    """Raise InputError unless the ground lies in the CRS of the grid and under a part of it."""
    ours, theirs = (CRS.from_user_input(one.rio.crs) if one.rio.crs else None for one in (grid, terrain))
    if ours is not None and theirs is not None and ours != theirs:
        raise InputError(
            f"the elevation model lies in '{theirs.name}', the scene in '{ours.name}'; both need one CRS",
            zh=f"高程数据的坐标系是“{theirs.name}”，影像是“{ours.name}”；两者需要一致",
        )
    if not overlap(terrain, grid):
        raise InputError("the elevation model does not cover the scene", zh="高程数据没有覆盖影像范围")


def overlap(terrain: xr.Dataset, grid: xr.DataArray) -> bool:
    """Return whether the ground, in the CRS of the grid, lies under a part of it."""
    for axis in ("x", "y"):
        ground, place = terrain[axis].to_numpy(), grid[axis].to_numpy()
        if len(ground) < 2 or ground.max() < place.min() or ground.min() > place.max():
            return False
    return True


def same_grid(one: xr.Dataset | xr.DataArray, other: xr.Dataset | xr.DataArray) -> bool:
    """Return whether two grids have the same cells."""
    for axis in ("x", "y"):
        a, b = one[axis].to_numpy(), other[axis].to_numpy()
        if len(a) != len(b) or np.abs(a - b).max() > ALIKE * (spacing(other[axis]) or 1):
            return False
    return True


def spacing(axis: xr.DataArray) -> float:
    """Return the distance of two cells along a coordinate [m]."""
    centres = axis.to_numpy()
    return abs(float(centres[-1] - centres[0])) / (len(centres) - 1) if len(centres) > 1 else 0.0


class _Between(NamedTuple):
    """Between which cells of an axis places lie."""

    below: np.ndarray  # number of the cell before
    share: np.ndarray  # of the cell after it, float32; NaN outside the axis


def _between(centres: np.ndarray, at: np.ndarray, beyond: int = 0) -> _Between:
    """Return where places lie among the centres of cells; the ground goes on for half a cell beyond the outermost."""
    last = len(centres) - 1
    place = (at - centres[0]) / (centres[-1] - centres[0]) * last
    below = np.clip(np.floor(place), 0, last - 1).astype(np.int64)
    margin = 0.501 + (beyond * abs(place[-1] - place[0]) / (len(place) - 1) if beyond else 0)
    share = np.where((place >= -margin) & (place <= last + margin), place - below, np.nan)
    return _Between(below, share.astype(np.float32))


def _mixed(rows: np.ndarray, between: _Between) -> np.ndarray:
    """Return rows at places between rows."""
    share = between.share[:, None]
    return rows[between.below] * (1 - share) + rows[between.below + 1] * share
