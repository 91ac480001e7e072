"""Smooth curves through measured series with gaps and weights: Whittaker's smoother, many series at once.

The curve z minimises `sum w (y - z)^2 + lambda sum (second difference of z)^2`. Its equations have five diagonals; they
are solved by LDL' in float64 for `LANES` series side by side. Dates may be irregular: the curve then has a value every
day, and days without a measurement have no weight.

References
----------
.. [1] Eilers (2003). A perfect smoother. Anal. Chem. 75:3631-3636, doi 10.1021/ac034173t.
"""

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel

LAMBDA = 1e4
"""Stiffness on a daily grid: a wave of 63 days is halved; `monitoring.md` 7.2."""
CUT, CONSISTENT = 4.685, 1.4826
"""Bisquare's cut in robust standard deviations, and the deviation of a normal law in median absolute residuals."""
ROUNDS = 3
FLOOR = 1e-4
"""Least robust deviation: what an index in a file is rounded to. A series without noise has no outliers."""
LANES = 32
"""Series that a processor takes side by side."""


def smooth(y, weights=None, lmbda: float = LAMBDA, x=None, *, axis: int = -1, parallel: bool = False) -> np.ndarray:
    """Return the smooth curve of each series.

    Parameters
    ----------
    y : array_like, float32 or float64
        Series along `axis`; NaN is a gap.
    weights : array_like, same shape, optional
        0 counts for nothing; 1 by default.
    lmbda : float
        The larger the stiffer, for one step of the result. [1]
    x : array_like of int or datetime64, optional
        Dates of the values, ascending; two of one day share it by their weights. By default values stand one step
        apart.
    axis : int
        The axis of time; 0 for a stack of rasters.
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    ndarray, kind of `y`
        With `x`, one value for each day of `daily(x)` along `axis`; else the shape of `y`. NaN for a series with fewer
        than two dates.
    """
    return _smoothed(y, weights, lmbda, x, axis, parallel, 0, True, FLOOR)


def smooth_robust(
    y, weights=None, lmbda: float = LAMBDA, x=None, *, axis: int = -1, low_first: bool = True, floor: float = FLOOR,
    parallel: bool = False,
) -> np.ndarray:  # fmt: skip
    """Return smooth curves that outliers do not pull: `ROUNDS` rounds of bisquare weights upon `smooth`.

    Parameters
    ----------
    low_first : bool
        In the first round only values below the curve lose weight, as cloud and haze make them; False for an index that
        they raise.
    floor : float
        Least robust deviation. [unit of y]
    y, weights, lmbda, x, axis, parallel : as for `smooth`

    Notes
    -----
    A residual r keeps the share `(1 - (r / (4.685 s))^2)^2` of its weight, s = 1.4826 median |r| over the dates that
    have weight.
    """
    return _smoothed(y, weights, lmbda, x, axis, parallel, ROUNDS, low_first, floor)


def daily(x) -> np.ndarray:
    """Return the days on which `smooth` with dates `x` has values, datetime64[D] or int."""
    days = _days(x)
    grid = np.arange(days[0], days[-1] + 1)
    return grid.astype("datetime64[D]") if np.asarray(x).dtype.kind == "M" else grid


def _days(x) -> np.ndarray:
    """Return dates as whole days."""
    x = np.asarray(x)
    days = x.astype("datetime64[D]").astype(np.int64) if x.dtype.kind == "M" else np.floor(x).astype(np.int64)
    if days.ndim != 1 or not len(days) or (np.diff(days) < 0).any():
        raise ValueError("x needs one axis of ascending dates")
    return days


def _smoothed(y, weights, lmbda, x, axis, parallel, rounds, low_first, floor) -> np.ndarray:
    y = np.asarray(y)
    kind = np.float64 if y.dtype == np.float64 else np.float32
    by_time, count = _by_time(y, axis, kind), y.shape[axis]
    w = np.ones((1, 1), kind) if weights is None else _by_time(np.broadcast_to(weights, y.shape), axis, kind)
    at = np.arange(count) if x is None else _days(x) - _days(x)[0]
    if len(at) != count:
        raise ValueError(f"x has {len(at)} dates for {count} values")
    steps = int(at[-1]) + 1
    out = np.empty((steps, by_time.shape[1]), kind)
    if by_time.flags.f_contiguous and not by_time.flags.c_contiguous:
        out = np.empty(out.shape[::-1], kind).T  # as the series came, so they go
    run = _parallel if parallel else _serial
    run(by_time, w, at, _penalty(steps, float(lmbda)), rounds, low_first, float(floor), out)
    rest = y.shape[:axis] + y.shape[axis:][1:] if axis != -1 else y.shape[:-1]
    return np.moveaxis(out.reshape(steps, *rest), 0, axis) if y.ndim > 1 else out[:, 0]


def _by_time(values, axis, kind) -> np.ndarray:
    """Return series as columns (time, series), without a copy where they lie along the first or the last axis."""
    values = np.moveaxis(np.asarray(values, kind), axis, 0)
    if values.ndim == 1:
        return np.ascontiguousarray(values)[:, None]
    if values.ndim == 2 and (values.flags.c_contiguous or values.flags.f_contiguous):
        return values
    if np.moveaxis(values, 0, -1).flags.c_contiguous:
        return np.moveaxis(values, 0, -1).reshape(-1, values.shape[0]).T
    return np.ascontiguousarray(values).reshape(values.shape[0], -1)


def _penalty(n, lmbda) -> np.ndarray:
    """Return the three upper diagonals of `lmbda D'D`, shape (3, n)."""
    diagonals = np.zeros((3, n))
    for k in range(n - 2):
        diagonals[0, k : k + 3] += (1.0, 4.0, 1.0)
        diagonals[1, k : k + 2] -= 2.0
        diagonals[2, k] += 1.0
    return lmbda * diagonals


@equation
def _load(first, lanes, y, weights, number, weight):
    """Copy a block of series, a row of lanes a date; a gap becomes a zero without weight."""
    weighted = weights.size > 1
    for i in range(number.shape[0]):
        n, w = number[i], weight[i]
        for j in range(lanes):
            n[j] = y[i, first + j]
        for j in range(lanes):
            w[j] = weights[i, first + j] if weighted else 1.0
        for j in range(LANES):
            known = (n[j] == n[j]) & (w[j] > 0.0)
            n[j] = n[j] if known else 0.0
            w[j] = w[j] if known else 0.0


@equation
def _gather(number, weight, kept, at, total, share):
    """Add the values of each day and their weights."""
    for i in range(total.shape[0]):
        t, s = total[i], share[i]
        for j in range(LANES):
            t[j] = 0.0
            s[j] = 0.0
    for i in range(at.size):
        n, w, k, t, s = number[i], weight[i], kept[i], total[at[i]], share[at[i]]
        for j in range(LANES):
            t[j] += w[j] * k[j] * n[j]
            s[j] += w[j] * k[j]


@equation
def _solve(penalty, total, share, inverse, lower, side, mixed):
    """Solve the equations of a block; the curve comes to lie in `side`, two rows down.

    The matrix is L D L'. `inverse` holds 1 / D, `lower` the first diagonal of L below the main one; the second is
    `far * inverse`. Both, and `side`, have two rows of zeros before the first and `side` two after the last.
    """
    n = total.shape[0]
    for j in range(LANES):
        mixed[j] = 0.0
    before, last = 0.0, 0.0  # second off-diagonal of the matrix, two rows and one row above
    for i in range(n):
        own, near, far = penalty[0, i], penalty[1, i], penalty[2, i]
        t, s, d, d1, d2 = total[i], share[i], inverse[i + 2], inverse[i + 1], inverse[i]
        e, e1, z, z1, z2 = lower[i + 2], lower[i + 1], side[i + 2], side[i + 1], side[i]
        for j in range(LANES):
            f1, f2 = last * d1[j], before * d2[j]
            pivot = s[j] + own - e1[j] * mixed[j] - f2 * before
            z[j] = t[j] - e1[j] * z1[j] - f2 * z2[j]
            d[j] = 1.0 / pivot
            mixed[j] = near - f1 * mixed[j]
            e[j] = mixed[j] * d[j]
        before, last = last, far
    for back in range(n):
        i = n - 1 - back
        far = penalty[2, i]
        d, e, z, z1, z2 = inverse[i + 2], lower[i + 2], side[i + 2], side[i + 3], side[i + 4]
        for j in range(LANES):
            z[j] = d[j] * (z[j] - far * z2[j]) - e[j] * z1[j]


@equation
def _reweigh(number, weight, at, side, low_only, floor, lanes, residual, kept):
    """Set the share of its weight that each date keeps, by bisquare of its residual."""
    for j in range(lanes):
        n = 0
        for i in range(at.size):
            if weight[i, j] > 0.0:
                residual[n] = abs(number[i, j] - side[at[i] + 2, j])
                n += 1
        residual[:n].sort()
        middle = 0.5 * (residual[(n - 1) // 2] + residual[n // 2]) if n > 0 else 0.0
        most = CUT * max(CONSISTENT * middle, floor)
        for i in range(at.size):
            off = (number[i, j] - side[at[i] + 2, j]) / most
            off = 0.0 if low_only and off > 0.0 else off
            kept[i, j] = (1.0 - off * off) ** 2 if abs(off) < 1.0 else 0.0


@equation
def _curves(first, y, weights, at, penalty, rounds, low_first, floor, out):
    """Smooth one block of series."""
    lanes, m, n = min(LANES, y.shape[1] - first), at.size, out.shape[0]
    number, weight, kept = np.zeros((m, LANES)), np.zeros((m, LANES)), np.ones((m, LANES))
    total, share = np.empty((n, LANES)), np.empty((n, LANES))
    inverse, lower, side = np.zeros((n + 2, LANES)), np.zeros((n + 2, LANES)), np.zeros((n + 4, LANES))
    mixed, dates, residual = np.empty(LANES), np.zeros(LANES), np.empty(m)
    _load(first, lanes, y, weights, number, weight)
    _gather(number, weight, kept, at, total, share)
    for i in range(n):
        s = share[i]
        for j in range(LANES):
            dates[j] += 1.0 if s[j] > 0.0 else 0.0
    _solve(penalty, total, share, inverse, lower, side, mixed)
    for k in range(rounds):
        _reweigh(number, weight, at, side, low_first and k == 0, floor, lanes, residual, kept)
        _gather(number, weight, kept, at, total, share)
        side[n + 2 :] = 0.0
        _solve(penalty, total, share, inverse, lower, side, mixed)
    for i in range(n):
        z = side[i + 2]
        for j in range(lanes):
            out[i, first + j] = z[j] if dates[j] > 1.0 else np.nan


@kernel(fastmath=FAST)
def _serial(y, weights, at, penalty, rounds, low_first, floor, out):
    for block in range((y.shape[1] + LANES - 1) // LANES):
        _curves(block * LANES, y, weights, at, penalty, rounds, low_first, floor, out)


@kernel(parallel=True, fastmath=FAST)
def _parallel(y, weights, at, penalty, rounds, low_first, floor, out):
    for block in prange((y.shape[1] + LANES - 1) // LANES):
        _curves(block * LANES, y, weights, at, penalty, rounds, low_first, floor, out)
