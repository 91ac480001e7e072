"""Compiled Whittaker smoother: blocks of series side by side; see `remote_sensing.whittaker`.

All that a vector loop touches lies in flat arrays at constant distances, so that no loop asks whether rows overlap.
"""

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel

CUT, CONSISTENT = 4.685, 1.4826
"""Bisquare's cut in robust standard deviations, and the deviation of a normal law in median absolute residuals."""
LANES = 32
"""Series that a processor takes side by side."""
NUMBER, WEIGHT, KEPT, DATE = range(0, 4 * LANES, LANES)
"""Rows of what a block keeps of a date: value, weight, what the rounds leave of it; and where the next date begins."""
TOTAL, SHARE, INVERSE, LOWER, CURVE, DAY = range(0, 6 * LANES, LANES)
"""Rows of what a block keeps of a day, see `_gather` and `_solve`; and where the next day begins."""
START = 2 * DAY
"""Two days of zeros stand before the first and after the last, so that the first and the last need no care."""


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
            total, share = number * weight if known else 0.0, weight if known else 0.0
            days[p + TOTAL + j] = total if alone else days[p + TOTAL + j] + total
            days[p + SHARE + j] = share if alone else days[p + SHARE + j] + share


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
def serial(y, weights, weighted, at, penalty, rounds, low_first, floor, out):
    """Smooth all series, block after block."""
    room = _room(at.size, out.shape[0])
    for block in range((y.shape[1] + LANES - 1) // LANES):
        _curves(block * LANES, y, weights, weighted, at, penalty, rounds, low_first, floor, room, out)


@kernel(parallel=True, fastmath=FAST)
def parallel(y, weights, weighted, at, penalty, rounds, low_first, floor, out):
    """Smooth all series on all cores."""
    blocks = (y.shape[1] + LANES - 1) // LANES
    for part in prange(64):
        room = _room(at.size, out.shape[0])
        for block in range(part * blocks // 64, (part + 1) * blocks // 64):
            _curves(block * LANES, y, weights, weighted, at, penalty, rounds, low_first, floor, room, out)
