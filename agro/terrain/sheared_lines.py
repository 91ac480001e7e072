"""Horizons by convex hulls along sheared lines: O(N) for all cells of one direction.

Lines run with the columns of the grid (or with the rows, on the transposed grid) and drift `shear` rows a column. The
hull of what lies behind nominates the obstacle; the cell's own ray, at most half a cell beside its line, decides how
high that obstacle stands. The nearest cells, where half a cell matters most, are all looked at on the cell's own ray.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import kernel
from agro.terrain.angles import FLAGS, arctangent, block

VOID = np.float32(-1e6)
"""Stands for an unknown height [m]: so low that it hides nothing, also where it is averaged with its neighbour."""

NEAR = 4
"""Cells next to each cell that are looked at one by one."""

LINES = 64
"""Lines that one task of the parallel kernel walks."""


class March(NamedTuple):
    """How rays of one direction cross the grid, which is transposed where they run rather north or south."""

    forward: int  # +1 where the ray to the horizon runs with the columns, else -1
    shear: float  # rows per column, -1 to 1
    step: float  # m along the ray from one column to the next
    transposed: bool


class Line(NamedTuple):
    """Where line 0 crosses the columns; `q` counts columns along the walk."""

    rows: np.ndarray  # (q,) row above the crossing
    shares: np.ndarray  # (q,) how far the crossing lies below that row, 0 to 1
    nearest: np.ndarray  # (q,) row nearest to the crossing


def march(azimuth, dx, dy):
    """Return how rays towards `azimuth` [degrees] cross cells of `dx` by `dy` metres."""
    right, down = np.sin(np.radians(azimuth)) / dx, -np.cos(np.radians(azimuth)) / dy  # cells per metre
    transposed = bool(abs(down) > abs(right) * (1 + 1e-9))
    major, minor = (down, right) if transposed else (right, down)
    shear, whole = minor / major, round(minor / major)
    return March(int(np.sign(major)), float(whole if abs(shear - whole) < 1e-9 else shear), 1 / abs(major), transposed)


def far_tangent(grid, way, bend, observer, parallel, out):
    """Fill `out` with the tangent of the horizon of every cell, on the lines that cross the grid.

    Parameters
    ----------
    grid : ndarray of float32, shape (m + 1, n)
        Heights, transposed where `way` says so; VOID where unknown and in the last row. [m]
    way : March
        The direction.
    bend : float
        1/(2 R), or 0 for a flat earth. [m-1]
    observer : float
        Height of the eye above the ground. [m]
    parallel : bool
        Use all cores.
    out : ndarray of float32, shape (m, n)
        Filled with tangents of at least 0, reliable for all but the near cells. [1]
    """
    n = grid.shape[1]
    walk = np.arange(n)[:: -way.forward]  # the walk leads away from the horizon
    above = np.floor(walk * way.shear)
    shares = (walk * way.shear - above).astype(np.float32)
    line = Line(above.astype(np.int64), shares, above.astype(np.int64) + (shares >= 0.5))
    numbers = (np.float32(v) for v in (1 / way.step, bend * way.step**2, observer))
    (_walk_parallel if parallel else _walk_serial)(grid, way.forward, way.forward * way.shear, line, *numbers, out)


def raised_by_near_cells(z, far, way, bend, observer, parallel, out):
    """Fill `out` with the horizon [degrees] from the tangents to `far` and near terrain; NaN where `z` is VOID."""
    numbers = (np.float32(v) for v in (way.step, bend, observer))
    (_look_parallel if parallel else _look_serial)(z, far, way.transposed, way.forward, way.shear, *numbers, out)


@block
def _profile(z, k, first, last, forward, line, heights):
    """Fill the heights [m] of line `k` at the columns `first` to `last` of the walk."""
    lowest = max(z.shape[0] - 3, 0)  # the last row is no ground
    origin = z.shape[1] - 1 if forward > 0 else 0
    for q in range(first, last):
        i, x = min(max(k + line.rows[q], 0), lowest), origin - forward * q
        low = z[i, x]
        heights[q] = low + (z[i + 1, x] - low) * line.shares[q]


@block
def _walk(z, k, start, first, last, forward, drift, line, per, curve, observer, heights, hull, place, tangent):
    """Walk line `k` away from the horizon, keep the hull of what lies behind, and fill the tangents of its cells."""
    m, n = tangent.shape
    origin = n - 1 if forward > 0 else 0
    zero, one, top = np.float32(0), np.float32(1), 0
    for q in range(start, last):
        p = np.float32(q)
        h = heights[q] - curve * p * p  # bends the line so that tangents are those over a round earth
        while top > 1 and (hull[top - 2] - h) * (p - place[top - 1]) >= (hull[top - 1] - h) * (p - place[top - 2]):
            top -= 1
        hull[top], place[top] = h, p
        if q >= first:
            x, y = origin - forward * q, k + line.nearest[q]
            t = max(top - 1, 0)  # the obstacle, passing over two that the near cells cover
            t -= 1 if t > 0 and p - place[t] <= NEAR else 0
            t -= 1 if t > 0 and p - place[t] <= NEAR else 0
            cells = p - place[t]
            row = y + cells * drift
            while row < 0 or row > m - 1:  # the line leaves the grid later than the cell's ray
                cells -= one
                row = y + cells * drift
            i, c = int(row), x + forward * int(cells)
            low = z[i, c]
            height = low + (z[i + 1, c] - low) * np.float32(row - i) - z[y, x] - observer
            tangent[y, x] = max(height / max(cells, one) - curve * cells, zero) * per
        top += 1


@block
def _lines(z, part, parts, forward, drift, line, per, curve, observer, tangent):
    """Walk one part of the lines that cross the grid."""
    m, n = tangent.shape
    heights, hull, place = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    rows, nearest = line.rows, line.nearest
    low, high = -max(nearest[0], nearest[n - 1]), m - min(nearest[0], nearest[n - 1])
    for k in range(low + (high - low) * part // parts, low + (high - low) * (part + 1) // parts):
        start, last = 0, n
        while start < n and not -1 <= k + rows[start] < m:
            start += 1
        first = start
        while first < n and not 0 <= k + nearest[first] < m:
            first += 1
        while last > first and not 0 <= k + nearest[last - 1] < m:
            last -= 1
        _profile(z, k, start, last, forward, line, heights)
        _walk(z, k, start, first, last, forward, drift, line, per, curve, observer, heights, hull, place, tangent)


@kernel(fastmath=FLAGS)
def _walk_serial(z, forward, drift, line, per, curve, observer, tangent):
    _lines(z, 0, 1, forward, drift, line, per, curve, observer, tangent)


@kernel(parallel=True, fastmath=FLAGS)
def _walk_parallel(z, forward, drift, line, per, curve, observer, tangent):
    parts = (tangent.shape[0] + tangent.shape[1]) // LINES + 1
    for part in prange(parts):
        _lines(z, part, parts, forward, drift, line, per, curve, observer, tangent)


@block
def _raise(best, row, one, two, share, observer, per, drop):
    """Raise `best` to the tangents to what lies between the cells `one` and `two`."""
    for j in range(best.size):
        height = one[j] + (two[j] - one[j]) * share - row[j] - observer
        best[j] = max(best[j], height * per - drop)


@block
def _near_row(z, far, transposed, forward, shear, step, bend, observer, i, out):
    """Fill row `i` with the angle [degrees] of the higher of the near cells and the far terrain."""
    m, n = z.shape
    row, best = z[i], out[i]
    best[:] = far[i]
    for s in range(1, NEAR + 1):
        aside, ahead, metres = forward * s * shear, forward * s, step * np.float32(s)
        low = int(np.floor(aside))
        share = np.float32(aside - low)
        high = low if share == np.float32(0) else low + 1
        y1, y2 = (i + ahead, i + ahead) if transposed else (i + low, i + high)
        a, b = (low, high) if transposed else (ahead, ahead)
        f, e = max(0, -a, -b), min(n, n - a, n - b)
        if 0 <= y1 < m and 0 <= y2 < m and e > f:
            one, two = z[y1][f + a : e + a], z[y2][f + b : e + b]
            _raise(best[f:e], row[f:e], one, two, share, observer, np.float32(1) / metres, bend * metres)
    degrees, none = np.float32(180 / np.pi), np.float32(np.nan)
    for j in range(n):
        angle = arctangent(best[j]) * degrees
        best[j] = angle if row[j] > np.float32(-1e5) else none


@kernel(fastmath=FLAGS)
def _look_serial(z, far, transposed, forward, shear, step, bend, observer, out):
    for i in range(z.shape[0]):
        _near_row(z, far, transposed, forward, shear, step, bend, observer, i, out)


@kernel(parallel=True, fastmath=FLAGS)
def _look_parallel(z, far, transposed, forward, shear, step, bend, observer, out):
    for i in prange(z.shape[0]):
        _near_row(z, far, transposed, forward, shear, step, bend, observer, i, out)
