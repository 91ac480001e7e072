"""How high a place lies above the floor of its own valley: where cold air drains to."""

import heapq

import numpy as np

from agro.numeric import kernel

CHANNEL_AREA = 250_000.0
"""Upstream area from which a cell is a channel [m2]; `monitoring.md` 13.7, judgement."""

EPSILON = 1e-3
"""Rise of filled ground from cell to cell, so that it drains [m]; `monitoring.md` 13.6."""

_DOWN = np.array([-1, -1, -1, 0, 0, 1, 1, 1])
_RIGHT = np.array([-1, 0, 1, -1, 1, -1, 0, 1])


def height_above_valley(elevation, dx, dy, *, channel_area=CHANNEL_AREA):
    """Return the height above the local valley floor.

    Parameters
    ----------
    elevation : array_like, shape (y, x)
        Heights on a projected grid; NaN where unknown. [m]
    dx, dy : float
        Width and height of a cell. [m]
    channel_area : float
        Upstream area from which a cell counts as a channel. [m2]

    Returns
    -------
    ndarray, shape (y, x), float32
        0 in channels and in hollows below them. [m]

    Notes
    -----
    Needs whole valleys: a cell whose water leaves the model before it meets a channel is measured from where it leaves.
    """
    return np.maximum(np.asarray(elevation, np.float32) - valley_floor(elevation, dx, dy, channel_area=channel_area), 0)


def valley_floor(elevation, dx, dy, *, channel_area=CHANNEL_AREA):
    """Return the height of the first channel cell downstream, or of the outlet where there is none.

    Parameters and shapes as `height_above_valley`. [m]

    References
    ----------
    .. [1] Barnes, Lehman and Mulla (2014). Priority-flood. Computers & Geosciences 62:117-127.
    .. [2] Nobre et al. (2011). Height Above the Nearest Drainage. Journal of Hydrology 404:13-29.
    """
    z = np.ascontiguousarray(elevation, np.float64)
    filled, order = _flood(z, EPSILON)
    receiver = _receivers(filled, float(dx), float(dy), _DOWN, _RIGHT)
    area = _upstream(order, receiver, float(dx) * float(dy))
    return _floors(z.ravel(), order, receiver, area, float(channel_area)).reshape(z.shape).astype(np.float32)


def upstream_area(elevation, dx, dy):
    """Return the area [m2] that drains through each cell by the steepest of eight ways, the cell itself included."""
    z = np.ascontiguousarray(elevation, np.float64)
    filled, order = _flood(z, EPSILON)
    area = _upstream(order, _receivers(filled, float(dx), float(dy), _DOWN, _RIGHT), float(dx) * float(dy))
    return np.where(np.isnan(z), np.nan, area.reshape(z.shape))


def filled(elevation):
    """Return the ground with hollows filled to where they spill, gently rising so that all of it drains [m]."""
    return _flood(np.ascontiguousarray(elevation, np.float64), EPSILON)[0]


@kernel(fastmath=False)
def _flood(z, epsilon):
    """Return the filled ground and its cells from low to high, flooding inwards from the rim and from voids."""
    m, n = z.shape
    filled, seen = z.copy(), np.isnan(z)
    order = np.empty(m * n, np.int64)
    heap = [(0.0, 0)]
    heap.pop()
    for y in range(m):
        for x in range(n):
            if np.isnan(z[y, x]):
                continue
            rim = y == 0 or x == 0 or y == m - 1 or x == n - 1
            if not rim:
                for v in range(y - 1, y + 2):
                    for u in range(x - 1, x + 2):
                        rim = rim or np.isnan(z[v, u])
            if rim:
                seen[y, x] = True
                heap.append((z[y, x], y * n + x))
    heapq.heapify(heap)
    count = 0
    while len(heap) > 0:
        height, cell = heapq.heappop(heap)
        order[count] = cell
        count += 1
        y, x = cell // n, cell % n
        for v in range(max(y - 1, 0), min(y + 2, m)):
            for u in range(max(x - 1, 0), min(x + 2, n)):
                if not seen[v, u]:
                    seen[v, u] = True
                    filled[v, u] = max(z[v, u], height + epsilon)
                    heapq.heappush(heap, (filled[v, u], v * n + u))
    return filled, order[:count]


@kernel(fastmath=False)
def _receivers(filled, dx, dy, down, right):
    """Return the cell that each cell drains to, by the steepest descent; itself at an outlet."""
    m, n = filled.shape
    receiver = np.arange(m * n)
    for y in range(m):
        for x in range(n):
            steepest = 0.0
            for way in range(8):
                v, u = y + down[way], x + right[way]
                if 0 <= v < m and 0 <= u < n:
                    distance = np.sqrt((down[way] * dy) ** 2 + (right[way] * dx) ** 2)
                    slope = (filled[y, x] - filled[v, u]) / distance
                    if slope > steepest:
                        steepest = slope
                        receiver[y * n + x] = v * n + u
    return receiver


@kernel(fastmath=False)
def _upstream(order, receiver, cell_area):
    """Return the area above each cell [m2]: from high to low, each hands on what it has."""
    area = np.full(receiver.size, cell_area)
    for at in range(order.size - 1, -1, -1):
        cell = order[at]
        if receiver[cell] != cell:
            area[receiver[cell]] += area[cell]
    return area


@kernel(fastmath=False)
def _floors(z, order, receiver, area, channel_area):
    """Return the height of the first channel cell or outlet below each cell [m]: from low to high."""
    floor = np.full(z.size, np.nan)
    for at in range(order.size):
        cell = order[at]
        outlet = receiver[cell] == cell or area[cell] >= channel_area
        floor[cell] = z[cell] if outlet else floor[receiver[cell]]
    return floor
