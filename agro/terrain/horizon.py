"""How high the terrain stands around every cell, and what a tilted cell hides from itself."""

import numpy as np

from agro.terrain.sheared_lines import VOID, far_tangent, march, raised_by_near_cells

DIRECTIONS = 32
EARTH_RADIUS = 6_371_000.0  # m


def azimuths(directions=DIRECTIONS):
    """Return the directions of a horizon, clockwise from north [degrees]."""
    return np.arange(directions) * (360.0 / directions)


def horizon(elevation, dx, dy, *, directions=DIRECTIONS, curvature=False, observer=0.0, parallel=False, out=None):
    """Return the angle up to which the surrounding terrain hides the sky.

    Parameters
    ----------
    elevation : array_like, shape (y, x)
        Heights on a projected grid, row 0 in the north; NaN where unknown, which hides nothing. [m]
    dx, dy : float
        Width and height of a cell. [m]
    directions : int
        Number of directions; the first is north, the others follow clockwise at equal angles.
    curvature : bool
        Lower far terrain by the curvature of the earth (2 m at 5 km, 31 m at 20 km).
    observer : float
        Height of the eye or crown above the ground. [m]
    parallel : bool
        Use all cores; for the worker process and the command line only.
    out : ndarray of float32, shape (direction, y, x), optional
        Memory to fill: fresh memory costs up to a third of the time.

    Returns
    -------
    ndarray, shape (direction, y, x), float32
        0 where nothing stands above the horizontal; NaN where the height is unknown. [degrees]

    Notes
    -----
    Seen from the middle of the cell on the elevation model, linear between the cells that a ray passes. What a tilted
    cell hides from itself is added by `with_self_horizon`.

    References
    ----------
    .. [1] Dozier and Frew (1990). Rapid calculation of terrain parameters for radiation modeling from digital
       elevation data. IEEE Trans. Geosci. Remote Sens. 28(5):963-969.
    """
    z = np.asarray(elevation, np.float32)
    if z.ndim != 2:
        raise ValueError(f"elevation needs dims (y, x); got {z.ndim} dimensions")
    z = np.ascontiguousarray(np.where(np.isnan(z), VOID, z))
    lined, turned = (np.ascontiguousarray(np.pad(g, ((0, 1), (0, 0)), constant_values=VOID)) for g in (z, z.T))
    bend = 1 / (2 * EARTH_RADIUS) if curvature else 0.0
    out = np.empty((directions, *z.shape), np.float32) if out is None else out
    first, second = np.empty(z.size, np.float32), np.empty(z.shape, np.float32)  # used again for each direction
    for layer, azimuth in zip(out, azimuths(directions), strict=True):
        way = march(azimuth, dx, dy)
        far = first.reshape(z.shape[::-1] if way.transposed else z.shape)
        far_tangent(turned if way.transposed else lined, way, bend, observer, parallel, far)
        if way.transposed:
            second[:] = far.T
            far = second
        raised_by_near_cells(z, far, way, bend, observer, parallel, layer)
    return out


def with_self_horizon(horizon, slope, aspect, directions=None):
    """Return the horizon raised to what a tilted cell hides from itself.

    Parameters
    ----------
    horizon : array_like, shape (direction, ...)
        Angle of the terrain. [degrees]
    slope, aspect : array_like, shape (...)
        Of the cell; aspect NaN on flat ground. [degrees]
    directions : array_like, shape (direction,), optional
        Azimuths of the horizon; equal steps from north where not given. [degrees]

    Returns
    -------
    array_like, shape of `horizon`
        max(terrain, self-horizon of the plane). [degrees]
    """
    horizon = np.asarray(horizon)
    azimuth = azimuths(len(horizon)) if directions is None else np.asarray(directions, float)
    azimuth = azimuth.reshape(-1, *(1,) * (horizon.ndim - 1))
    return np.maximum(horizon, self_horizon(azimuth, slope, aspect).astype(horizon.dtype))


def self_horizon(azimuth, slope, aspect):
    """Return the angle up to which a plane hides its own sky towards `azimuth` [degrees]; `growth.md` 9.1."""
    facing = np.cos(np.radians(azimuth - np.nan_to_num(aspect)))
    return np.degrees(np.arctan(np.maximum(0.0, -np.tan(np.radians(slope)) * facing)))
