"""Discs round points, drawn on a raster."""

import numpy as np

from agro.numeric import kernel


def drawn(shape, points, radius, cell):
    """Return which pixels lie within `radius` of any point.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns.
    points : ndarray, shape (n, >= 2)
        x and y from the upper left corner, y down. [m]
    radius, cell : float
        Of a disc, and side of a pixel. [m]

    Returns
    -------
    ndarray of bool, shape (y, x)
    """
    out = np.zeros(shape, np.bool_)
    at = np.ascontiguousarray(points[:, :2], dtype=np.float64) / cell - 0.5
    _draw(out, at, float(radius / cell))
    return out


@kernel
def _draw(out, at, radius):
    """Set the pixels within `radius` [px] of points (column, row)."""
    rows, cols = out.shape
    for i in range(len(at)):
        x, y = at[i, 0], at[i, 1]
        for r in range(max(0, int(np.ceil(y - radius))), min(rows, int(np.floor(y + radius)) + 1)):
            half = radius * radius - (r - y) * (r - y)
            wide = np.sqrt(half) if half > 0 else 0.0
            first, last = max(0, int(np.ceil(x - wide))), min(cols, int(np.floor(x + wide)) + 1)
            for c in range(first, last):
                out[r, c] = True
