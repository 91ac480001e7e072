"""Slope and aspect of an elevation model by Horn's 3 by 3 window, right on cells of any shape."""

import numpy as np
from numba import prange

from agro.numeric import kernel
from agro.terrain.angles import FLAGS, arctangent, arctangent2, block

FLAT = 0.01
"""Slope below which ground has no aspect [degrees]; `monitoring.md` 13.2."""

SEMI_MAJOR, ECCENTRICITY_2 = 6_378_137.0, 6.69437999014e-3  # WGS 84


def slope_aspect(elevation, dx, dy, *, edges=False, parallel=False):
    """Return slope and aspect of the ground.

    Parameters
    ----------
    elevation : array_like, shape (y, x)
        Heights, row 0 in the north; NaN where unknown. [m]
    dx, dy : float or array_like, shape (y,)
        Width and height of a cell, one number or one for each row. [m]
    edges : bool
        False leaves the outermost cells NaN, as gdaldem does. True repeats the slope of the ground inside: the missing
        neighbour continues the plane through the two cells next to it.
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    slope : ndarray, shape (y, x), float64 for float64 heights, else float32
        0 on flat ground, to 90. [degrees]
    aspect : ndarray, as `slope`
        Direction in which the ground falls, clockwise from north, in [0, 360); NaN on flat ground. [degrees]

    Notes
    -----
    gdaldem 3.6 gives the aspect of square cells whatever the cells' shape is; this one does not.

    References
    ----------
    .. [1] Horn (1981). Hill shading and the reflectance map. Proc. IEEE 69(1):14-47.
    """
    z = as_float(elevation)
    if edges:
        z = continued(z)
        dx, dy = (np.pad(d, 1, mode="edge") if np.ndim(d) else d for d in (dx, dy))
    rows = z.shape[0]
    per_x, per_y = (np.broadcast_to(1 / (8 * np.asarray(d, float)), rows).astype(z.dtype) for d in (dx, dy))
    slope, aspect = np.empty_like(z), np.empty_like(z)
    (_parallel if parallel else _serial)(z, per_x, per_y, z.dtype.type(FLAT), slope, aspect)
    return (slope[1:-1, 1:-1], aspect[1:-1, 1:-1]) if edges else (slope, aspect)


def metres_per_degree(latitude):
    """Return the length of a degree of longitude and of latitude on the WGS 84 ellipsoid [m]; `monitoring.md` 13.1."""
    phi = np.radians(latitude)
    w = np.sqrt(1 - ECCENTRICITY_2 * np.sin(phi) ** 2)
    return (
        np.pi / 180 * SEMI_MAJOR * np.cos(phi) / w,
        np.pi / 180 * SEMI_MAJOR * (1 - ECCENTRICITY_2) / w**3,
    )


def continued(z):
    """Return `z` with a rim of one cell on which the ground goes on as the two cells inside it do."""
    wide = np.empty((z.shape[0] + 2, z.shape[1] + 2), z.dtype)
    wide[1:-1, 1:-1] = z
    for rim in (wide[:, 1:-1], wide.T):  # rows first, then whole columns with their corners
        last = min(1, len(rim) - 3)  # a single row goes on as it is
        rim[0] = 2 * rim[1] - rim[1 + last]
        rim[-1] = 2 * rim[-2] - rim[-2 - last]
    return wide


def as_float(elevation):
    """Return the heights as a contiguous float32 array, float64 where they were; integers are cast before any sum."""
    values = np.asarray(elevation)
    if values.ndim != 2:
        raise ValueError(f"elevation needs dims (y, x); got {values.ndim} dimensions")
    return np.ascontiguousarray(values, np.float64 if values.dtype == np.float64 else np.float32)


@block
def _row(z, per_x, per_y, flat, i, slope, aspect):
    """Fill row `i`; equations of `monitoring.md` 13.2."""
    n = z.shape[1]
    above, row, below = z[i - 1], z[i], z[i + 1]
    s, a, cx, cy = slope[i], aspect[i], per_x[i], per_y[i]
    degrees, turn, none = z.dtype.type(180 / np.pi), z.dtype.type(360), z.dtype.type(np.nan)
    zero, two = z.dtype.type(0), z.dtype.type(2)
    for j in range(1, n - 1):
        # differences first: they are exact in float32, sums of heights are not
        falling, rising = below[j + 1] - above[j - 1], above[j + 1] - below[j - 1]  # the two diagonals
        p = (falling + rising + two * (row[j + 1] - row[j - 1])) * cx
        q = (rising - falling + two * (above[j] - below[j])) * cy
        steep = arctangent(np.sqrt(p * p + q * q)) * degrees
        steep = steep if row[j] == row[j] else none
        facing = arctangent2(-p, -q) * degrees
        facing = facing + turn if facing < zero else facing
        facing = facing - turn if facing >= turn else facing
        s[j] = steep
        a[j] = facing if steep >= flat else none
    s[0] = s[n - 1] = a[0] = a[n - 1] = none


@kernel(fastmath=FLAGS)
def _serial(z, per_x, per_y, flat, slope, aspect):
    for i in range(1, z.shape[0] - 1):
        _row(z, per_x, per_y, flat, i, slope, aspect)
    slope[0], slope[-1], aspect[0], aspect[-1] = np.nan, np.nan, np.nan, np.nan


@kernel(parallel=True, fastmath=FLAGS)
def _parallel(z, per_x, per_y, flat, slope, aspect):
    for i in prange(1, z.shape[0] - 1):
        _row(z, per_x, per_y, flat, i, slope, aspect)
    slope[0], slope[-1], aspect[0], aspect[-1] = np.nan, np.nan, np.nan, np.nan
