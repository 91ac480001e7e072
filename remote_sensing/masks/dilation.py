"""Masks widened by a distance in metres: exact circles, in time that does not grow with their radius."""

import numpy as np
import xarray as xr

from agro.numeric import kernel
from remote_sensing.masks.settings import Dilation
from remote_sensing.scene import Quality


def within(mask, distance: float, dx: float, dy: float) -> np.ndarray:
    """Return which cells lie within a distance of a marked one, centre to centre.

    Parameters
    ----------
    mask : array_like of bool, shape (y, x)
    distance : float
        [m]
    dx, dy : float
        Width and height of a cell. [m]

    Returns
    -------
    ndarray of bool, shape (y, x)
    """
    mask = np.ascontiguousarray(mask, bool)
    rows = np.arange(int(distance / dy + 1e-9) + 1)
    widths = np.sqrt(np.maximum(distance**2 - (rows * dy) ** 2, 0)) / dx + 1e-9
    out = np.zeros(mask.shape, bool)
    if mask.size:
        _spread(mask, widths.astype(np.int64), np.empty(mask.shape, np.uint16), out)
    return out


def widened(quality: np.ndarray, dx: float, dy: float, rules: Dilation) -> np.ndarray:
    """Return quality bits (y, x) with clouds and their shadows widened, and the ring around both marked."""
    out = quality.copy()
    for bit, distance in ((Quality.CLOUD, rules.cloud), (Quality.CLOUD_SHADOW, rules.shadow)):
        marked = (quality & np.uint8(bit)) != 0
        if not marked.any():
            continue
        wide = within(marked, distance, dx, dy)
        out[wide] |= np.uint8(bit)
        ring = within(marked, distance + rules.ring, dx, dy) & ~wide
        out[ring] |= np.uint8(Quality.NEAR_CLOUD)
    return out


def cell_of(grid: xr.DataArray) -> tuple[float, float]:
    """Return width and height of the cells of a grid [m]."""
    return tuple(  # type: ignore[return-value]
        abs(float(grid[axis][-1] - grid[axis][0])) / max(grid.sizes[axis] - 1, 1) or 1.0 for axis in ("x", "y")
    )


@kernel(fastmath=False)
def _spread(mask, widths, rows_away, out):
    """Fill `out`; `widths` is how many cells aside still count, by how many rows away the marked cell is."""
    height, width = mask.shape
    far = len(widths)
    for i in range(height):  # rows to the nearest marked cell above
        for j in range(width):
            above = rows_away[i - 1, j] + 1 if i > 0 else far
            rows_away[i, j] = 0 if mask[i, j] else min(above, far)
    covered = np.zeros(width + 1, np.int32)
    for i in range(height - 1, -1, -1):  # or below; then each column claims its stretch of the row
        covered[:] = 0
        for j in range(width):
            if i < height - 1 and rows_away[i + 1, j] + 1 < rows_away[i, j]:
                rows_away[i, j] = rows_away[i + 1, j] + 1
            away = rows_away[i, j]
            if away < far:
                covered[max(j - widths[away], 0)] += 1
                covered[min(j + widths[away] + 1, width)] -= 1
        open_now = 0
        for j in range(width):
            open_now += covered[j]
            out[i, j] = open_now > 0
