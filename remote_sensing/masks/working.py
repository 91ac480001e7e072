"""The grid of some 20 m that clouds are looked for on: whole cells of the scene's finest grid put together."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from agro.numeric import FAST, kernel
from remote_sensing.masks.dilation import cell_of
from remote_sensing.masks.settings import settings
from remote_sensing.scene import Scene


class WorkingGrid(NamedTuple):
    """Where the cells of the working grid lie."""

    y: np.ndarray  # m, centres
    x: np.ndarray
    dx: float  # m
    dy: float
    factor: int  # cells of the finest grid along a side; those of the last row and column may lack some

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.y), len(self.x)


def working_grid(scene: Scene, cell: float | None = None) -> WorkingGrid:
    """Return the working grid of a scene; `cell` [m] instead of that of `masks.toml`."""
    grid = scene.grids[scene.finest]
    dx, dy = cell_of(grid)
    factor = max(round((cell or settings().working.cell) / dx), 1)
    places = []
    for axis in ("y", "x"):
        centres = grid[axis].to_numpy()
        step = (centres[-1] - centres[0]) / max(len(centres) - 1, 1)
        count = -(-len(centres) // factor)
        places.append(centres[0] + step * ((factor - 1) / 2 + factor * np.arange(count)))
    return WorkingGrid(places[0], places[1], dx * factor, dy * factor, factor)


def band_on(scene: Scene, role: str, grid: WorkingGrid) -> np.ndarray:
    """Return a band on the working grid, float32 (y, x): means of finer cells that are known, or the cell below."""
    band = scene.band(role)
    finest = scene.grids[scene.finest]
    if band.shape == finest.shape[1:] and scene.cell(role) == scene.finest:
        out = np.empty(grid.shape, np.float32)
        _means(np.ascontiguousarray(band.to_numpy(), np.float32), grid.factor, out)
        return out
    return layer_on(band, grid)


def layer_on(layer: xr.DataArray, grid: WorkingGrid) -> np.ndarray:
    """Return a layer of numbers (y, x) at the centres of the working grid: the nearest cell, NaN outside."""
    near = layer.reindex(
        y=grid.y, x=grid.x, method="nearest", tolerance=0.75 * max(*cell_of(layer), grid.dx, grid.dy), copy=False
    )
    return np.ascontiguousarray(near.to_numpy(), np.float32)


def bits_on(quality: np.ndarray, grid: WorkingGrid) -> np.ndarray:
    """Return the bits of all cells of the finest grid (y, x) that lie in one of the working grid."""
    out = np.zeros(grid.shape, np.uint8)
    _unions(np.ascontiguousarray(quality), grid.factor, out)
    return out


def spread_out(layer: np.ndarray, grid: WorkingGrid, shape: tuple[int, int]) -> np.ndarray:
    """Return a layer of the working grid on the finest grid of `shape`."""
    if grid.factor == 1:
        return layer
    rows, columns = (np.arange(n) // grid.factor for n in shape)
    return layer[rows[:, None], columns[None, :]]


@kernel(fastmath=FAST)
def _means(values, factor, out):
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total, known = np.float32(0), 0
            for r in range(i * factor, min((i + 1) * factor, values.shape[0])):
                for c in range(j * factor, min((j + 1) * factor, values.shape[1])):
                    if values[r, c] == values[r, c]:
                        total += values[r, c]
                        known += 1
            out[i, j] = total / np.float32(known) if known else np.float32(np.nan)


@kernel(fastmath=False)
def _unions(bits, factor, out):
    for i in range(bits.shape[0]):
        for j in range(bits.shape[1]):
            out[i // factor, j // factor] |= bits[i, j]
