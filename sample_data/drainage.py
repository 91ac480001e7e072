"""Rivers of an invented landscape: where water runs, and ground in balance with it."""

from heapq import heappop, heappush

import numpy as np

from agro.numeric import kernel


@kernel(fastmath=False)
def flooded(height, outlet, step):
    """Return `height` with every closed hollow filled so that each cell drains to an outlet [m].

    Parameters
    ----------
    height : ndarray, shape (y, x)
        Ground. [m]
    outlet : ndarray of bool, shape (y, x)
        Cells where water leaves.
    step : float
        Least fall from a cell to the next one down. [m]

    References
    ----------
    .. [1] Barnes et al. (2014). Priority-flood. Computers & Geosciences 62, 117-127.
    """
    rows, columns = height.shape
    filled, seen = height.copy(), outlet.copy()
    heap = [(0.0, 0)]
    heap.pop()
    for i in range(rows):
        for j in range(columns):
            if outlet[i, j]:
                heappush(heap, (filled[i, j], i * columns + j))
    while len(heap):
        level, cell = heappop(heap)
        i, j = cell // columns, cell % columns
        for k in range(max(i - 1, 0), min(i + 2, rows)):
            for m in range(max(j - 1, 0), min(j + 2, columns)):
                if not seen[k, m]:
                    seen[k, m] = True
                    filled[k, m] = max(height[k, m], level + step)
                    heappush(heap, (filled[k, m], k * columns + m))
    return filled


@kernel(fastmath=False)
def receivers(height, outlet, softness):
    """Return for every cell the flat index of the lower neighbour it drains to; outlets are their own.

    Falls are weighed by the `softness` of the ground they lead to, so that streams wander off the grid's lines.
    """
    rows, columns = height.shape
    down = np.arange(rows * columns)
    for i in range(rows):
        for j in range(columns):
            if outlet[i, j]:
                continue
            best = 0.0
            for k in range(max(i - 1, 0), min(i + 2, rows)):
                for m in range(max(j - 1, 0), min(j + 2, columns)):
                    if k != i or m != j:
                        fall = softness[k, m] * (height[i, j] - height[k, m]) / np.sqrt((k - i) ** 2 + (m - j) ** 2)
                        if fall > best:
                            best = fall
                            down[i * columns + j] = k * columns + m
    return down


@kernel(fastmath=False)
def drained(down, upward, cell):
    """Return the area that drains through every cell [m2]; `upward` lists cells from low to high."""
    area = np.full(down.size, cell)
    for n in range(upward.size - 1, -1, -1):
        if down[upward[n]] != upward[n]:
            area[down[upward[n]]] += area[upward[n]]
    return area


@kernel(fastmath=False)
def balanced(height, down, upward, area, steepness, limit, columns, size):
    """Return ground whose every cell falls to its receiver by `steepness` area^-0.45, at most `limit` [m].

    Rivers that cut as fast as the land rises have this profile (Flint's law); hillsides are held by `limit`.
    """
    result = height.copy()
    for cell in upward:
        to = down[cell]
        if to != cell:
            length = size * np.sqrt((cell // columns - to // columns) ** 2 + (cell % columns - to % columns) ** 2)
            result[cell] = result[to] + length * min(limit[cell], steepness[cell] * area[cell] ** -0.45)
    return result


@kernel(fastmath=False)
def channel_height(height, down, upward, area, threshold):
    """Return the height of the first stream below every cell [m]; streams drain at least `threshold` m2."""
    result = height.copy()
    for cell in upward:
        if area[cell] < threshold and down[cell] != cell:
            result[cell] = result[down[cell]]
    return result
