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
NUMBER, WEIGHT, KEPT, DATE = range(0, 4 * LANES, LANES)
"""Rows of what a block keeps of a date: value, weight, what the rounds leave of it; and where the next date begins."""
TOTAL, SHARE, INVERSE, LOWER, CURVE, DAY = range(0, 6 * LANES, LANES)
"""Rows of what a block keeps of a day, see `_gather` and `_solve`; and where the next day begins."""
START = 2 * DAY
"""Two days of zeros stand before the first and after the last, so that the first and the last need no care."""


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
    run = _parallel if parallel else _serial
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


@equation
def _load(first, lanes, y, weights, weighted, at, days):
    """Copy a block of series into its days: values times weights, and weights; a gap has none of either."""
    alone = at.size == (days.size - 2 * START) // DAY
    if not alone:
        _clear(days)
    for i in range(at.size):
        p = START + at[i] * DAY
        for j in range(lanes):
            number = np.float64(y[i, first + j])
            weight = np.float64(weights[i, first + j]) if weighted else 1.0
            known = (number == number) & (weight > 0.0)
            number, weight = number * weight if known else 0.0, weight if known else 0.0
            days[p + TOTAL + j] = number if alone else days[p + TOTAL + j] + number
            days[p + SHARE + j] = weight if alone else days[p + SHARE + j] + weight


@equation
def _clear(days):
    """Set all days to no value."""
    for p in range(START, days.size - START, DAY):
        for j in range(LANES):
            days[p + TOTAL + j] = 0.0
            days[p + SHARE + j] = 0.0


@equation
def _count(days, seen):
    """Count the days of each series that have a value."""
    for j in range(LANES):
        seen[j] = 0.0
    for p in range(START, days.size - START, DAY):
        for j in range(LANES):
            seen[j] += 1.0 if days[p + SHARE + j] > 0.0 else 0.0


@equation
def _keep(first, lanes, y, weights, weighted, at, dates):
    """Copy a block of series, a row of lanes a date, for the rounds that weigh again."""
    for i in range(at.size):
        p = i * DATE
        for j in range(lanes):
            number = np.float64(y[i, first + j])
            weight = np.float64(weights[i, first + j]) if weighted else 1.0
            known = (number == number) & (weight > 0.0)
            dates[p + NUMBER + j] = number if known else 0.0
            dates[p + WEIGHT + j] = weight if known else 0.0


@equation
def _gather(at, dates, days):
    """Add up what the dates of each day keep of their weights, and their values times these."""
    _clear(days)
    for i in range(at.size):
        p, q = START + at[i] * DAY, i * DATE
        for j in range(LANES):
            weight = dates[q + KEPT + j]
            days[p + TOTAL + j] += weight * dates[q + NUMBER + j]
            days[p + SHARE + j] += weight


@equation
def _solve(penalty, days):
    """Solve the equations of a block; the curve comes to lie in CURVE.

    The matrix is L D L'. LOWER is the first diagonal of L below the main one, the second is INVERSE = 1 / D times that
    of the matrix, and MIXED is LOWER times D, which takes the place of the weights.
    """
    n = penalty.shape[1]
    before, last = 0.0, 0.0  # second off-diagonal of the matrix, two rows and one row above
    for i in range(n):
        own, near = penalty[0, i], penalty[1, i]
        p = START + i * DAY
        q = p - DAY
        r = q - DAY
        for j in range(LANES):
            lower, mixed = days[q + LOWER + j], days[q + SHARE + j]
            f1, f2 = last * days[q + INVERSE + j], before * days[r + INVERSE + j]
            inverse = 1.0 / (days[p + SHARE + j] + own - lower * mixed - f2 * before)
            mixed_now = near - f1 * mixed
            days[p + CURVE + j] = days[p + TOTAL + j] - lower * days[q + CURVE + j] - f2 * days[r + CURVE + j]
            days[p + INVERSE + j] = inverse
            days[p + SHARE + j] = mixed_now
            days[p + LOWER + j] = mixed_now * inverse
        before, last = last, penalty[2, i]
    for back in range(n):
        i = n - 1 - back
        far = penalty[2, i]
        p = START + i * DAY
        q = p + DAY
        r = q + DAY
        for j in range(LANES):
            rest = days[p + CURVE + j] - far * days[r + CURVE + j]
            days[p + CURVE + j] = days[p + INVERSE + j] * rest - days[p + LOWER + j] * days[q + CURVE + j]


@equation
def _reweigh(at, days, low_only, floor, lanes, residual, dates):
    """Set what each date keeps of its weight, by bisquare of its residual."""
    for j in range(lanes):
        n = 0
        for i in range(at.size):
            if dates[i * DATE + WEIGHT + j] > 0.0:
                residual[n] = abs(dates[i * DATE + NUMBER + j] - days[START + at[i] * DAY + CURVE + j])
                n += 1
        residual[:n].sort()
        middle = 0.5 * (residual[(n - 1) // 2] + residual[n // 2]) if n > 0 else 0.0
        most = CUT * max(CONSISTENT * middle, floor)
        for i in range(at.size):
            q = i * DATE + j
            off = (dates[q + NUMBER] - days[START + at[i] * DAY + CURVE + j]) / most
            off = 0.0 if low_only and off > 0.0 else off
            dates[q + KEPT] = dates[q + WEIGHT] * (1.0 - off * off) ** 2 if abs(off) < 1.0 else 0.0


@equation
def _curves(first, y, weights, weighted, at, penalty, rounds, low_first, floor, room, out):
    """Smooth one block of series."""
    dates, days, seen, residual = room
    lanes, n = min(LANES, y.shape[1] - first), out.shape[0]
    _load(first, lanes, y, weights, weighted, at, days)
    _count(days, seen)
    _solve(penalty, days)
    if rounds > 0:
        _keep(first, lanes, y, weights, weighted, at, dates)
    for k in range(rounds):
        _reweigh(at, days, low_first and k == 0, floor, lanes, residual, dates)
        _gather(at, dates, days)
        _solve(penalty, days)
    for i in range(n):
        p = START + i * DAY + CURVE
        for j in range(lanes):
            out[i, first + j] = days[p + j] if seen[j] > 1.0 else np.nan


@equation
def _room(dates, days):
    """Return the memory of a block, which serves block after block: dates, days, days seen, residuals of a series."""
    return np.zeros(dates * DATE), np.zeros((days + 4) * DAY), np.empty(LANES), np.empty(dates)


@kernel(fastmath=FAST)
def _serial(y, weights, weighted, at, penalty, rounds, low_first, floor, out):
    room = _room(at.size, out.shape[0])
    for block in range((y.shape[1] + LANES - 1) // LANES):
        _curves(block * LANES, y, weights, weighted, at, penalty, rounds, low_first, floor, room, out)


@kernel(parallel=True, fastmath=FAST)
def _parallel(y, weights, weighted, at, penalty, rounds, low_first, floor, out):
    blocks = (y.shape[1] + LANES - 1) // LANES
    for part in prange(64):
        room = _room(at.size, out.shape[0])
        for block in range(part * blocks // 64, (part + 1) * blocks // 64):
            _curves(block * LANES, y, weights, weighted, at, penalty, rounds, low_first, floor, room, out)
