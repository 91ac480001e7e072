"""Median of many dates: for each pixel the middle of its clear values, by a network of comparisons.

A network compares fixed pairs of dates, whatever their values, so that a row of pixels goes through it at once. A
missing value becomes plus or minus infinity by turns: the middle of the known ones then stays in the middle. Only those
comparisons are made on which the middle depends.
"""

from functools import lru_cache

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel

LANES = 256
"""Pixels that go through the network side by side: 24 dates of them take 24 kB."""


def median(stack, *, parallel: bool = False, out: np.ndarray | None = None) -> np.ndarray:
    """Return the median over dates, as `numpy.nanmedian` does.

    Parameters
    ----------
    stack : array_like, shape (time, ...), float32 or float64
        NaN is unknown.
    parallel : bool
        Use all cores; for the worker process and the command line only.
    out : ndarray, shape (...), optional
        Where the result goes.

    Returns
    -------
    ndarray, shape (...)
        NaN where no date is known.
    """
    stack = np.asarray(stack)
    if stack.dtype not in (np.float32, np.float64):
        stack = stack.astype(np.float32)
    if stack.ndim < 1 or not len(stack):
        raise ValueError("a median needs at least one date")
    if out is None:
        out = np.empty(stack.shape[1:], stack.dtype)
    flat = np.ascontiguousarray(stack).reshape(len(stack), -1)
    (_parallel if parallel else _serial)(flat, network(len(stack)), out.reshape(-1))
    return out


@lru_cache(maxsize=64)
def network(n: int) -> np.ndarray:
    """Return the comparisons that bring values `n // 2 - 1` and `n // 2` in order into their places.

    Batcher's odd-even merge sort [1]_, without what the middle does not depend on.

    Returns
    -------
    ndarray, shape (comparison, 3), int32
        Two rows, the lower one for the smaller value; 0 where both results are used on, 1 the smaller only, 2 the
        larger only.

    References
    ----------
    .. [1] Knuth (1998). The Art of Computer Programming 3, 5.2.2, algorithm M.
    """
    pairs = []
    top = 1 << max(n - 1, 0).bit_length() >> 1
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while d > 0:
            pairs += [(i, i + d) for i in range(n - d) if i & p == r]
            d, q, r = q - p, q >> 1, p
        p >>= 1
    wanted, kept = {max(n // 2 - 1, 0), n // 2}, []
    for low, high in reversed(pairs):
        if low in wanted or high in wanted:
            kept.append((low, high, 0 if {low, high} <= wanted else 1 if low in wanted else 2))
            wanted |= {low, high}
    return np.array(kept[::-1], np.int32).reshape(-1, 3)


@equation
def _compare(a, b, kind):
    """Put the smaller of each pair into `a`, the larger into `b`."""
    if kind == 0:
        for j in range(LANES):
            x, y = a[j], b[j]
            a[j] = x if x < y else y
            b[j] = y if x < y else x
    elif kind == 1:
        for j in range(LANES):
            a[j] = b[j] if b[j] < a[j] else a[j]
    else:
        for j in range(LANES):
            b[j] = a[j] if b[j] < a[j] else b[j]


@equation
def _block(start, stack, pairs, rows, gaps, out):
    """Find the median of one block of pixels."""
    n = stack.shape[0]
    lanes = min(LANES, stack.shape[1] - start)
    for j in range(LANES):
        gaps[j] = 0
    for i in range(n):
        source, row = stack[i, start : start + lanes], rows[i]
        for j in range(lanes):
            x = source[j]
            gap = x != x
            row[j] = (np.inf if gaps[j] & 1 == 0 else -np.inf) if gap else x
            gaps[j] += 1 if gap else 0
    for k in range(pairs.shape[0]):
        _compare(rows[pairs[k, 0]], rows[pairs[k, 1]], pairs[k, 2])
    lower, upper, target = rows[max(n // 2 - 1, 0)], rows[n // 2], out[start : start + lanes]
    single = upper if n & 1 else lower
    half = stack.dtype.type(0.5)
    for j in range(lanes):
        known = n - gaps[j]
        middle = single[j] if known & 1 else half * (lower[j] + upper[j])
        target[j] = middle if known > 0 else np.nan


@kernel(fastmath=FAST)
def _serial(stack, pairs, out):
    rows, gaps = np.zeros((stack.shape[0], LANES), stack.dtype), np.empty(LANES, np.int32)
    for start in range(0, stack.shape[1], LANES):
        _block(start, stack, pairs, rows, gaps, out)


@kernel(parallel=True, fastmath=FAST)
def _parallel(stack, pairs, out):
    blocks = (stack.shape[1] + LANES - 1) // LANES
    for part in prange(64):
        rows, gaps = np.zeros((stack.shape[0], LANES), stack.dtype), np.empty(LANES, np.int32)
        for k in range(part * blocks // 64, (part + 1) * blocks // 64):
            _block(k * LANES, stack, pairs, rows, gaps, out)
