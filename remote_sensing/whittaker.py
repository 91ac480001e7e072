"""Smooth curves through measured series with gaps and weights: Whittaker's smoother, many series at once.

The curve z minimises `sum w (y - z)^2 + lambda sum (second difference of z)^2`. Its equations have five diagonals; they
are solved by LDL' in float64 for many series side by side. Dates may be irregular: the curve then has a value every
day, and days without a measurement have no weight.

References
----------
.. [1] Eilers (2003). A perfect smoother. Anal. Chem. 75:3631-3636, doi 10.1021/ac034173t.
"""

import numpy as np

from remote_sensing import whittaker_kernel

LAMBDA = 1e4
"""Stiffness on a daily grid: a wave of 63 days is halved; `monitoring.md` 7.2."""
ROUNDS = 3
FLOOR = 1e-4
"""Least robust deviation: what an index in a file is rounded to. A series without noise has no outliers."""


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
        than two days that count.
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
    others = np.moveaxis(y, axis, 0).shape[1:]
    by_time = _by_time(y, axis, kind)
    last = by_time.flags.f_contiguous and not by_time.flags.c_contiguous  # as series come, so they go
    w = by_time if weights is None else _by_time(np.broadcast_to(weights, y.shape), axis, kind)
    w = np.asfortranarray(w) if last else np.ascontiguousarray(w)
    at = np.arange(len(by_time)) if x is None else _days(x) - _days(x)[0]
    if len(at) != len(by_time):
        raise ValueError(f"x has {len(at)} dates for {len(by_time)} values")
    steps = int(at[-1]) + 1
    memory = np.empty((by_time.shape[1], steps) if last else (steps, by_time.shape[1]), kind)
    run = whittaker_kernel.parallel if parallel else whittaker_kernel.serial
    out = memory.T if last else memory
    penalty, weighted = _penalty(steps, float(lmbda)), weights is not None
    run(by_time, w, weighted, at, penalty, rounds, low_first, float(floor), out)
    shape, at_end = ((*others, steps), -1) if last else ((steps, *others), 0)
    return np.moveaxis(memory.reshape(shape), at_end, axis)


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
