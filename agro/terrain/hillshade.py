"""Shaded relief: the ground of the maps."""

import numpy as np

from agro.terrain.derivatives import as_float, continued

SUN = (315.0, 45.0)
"""Azimuth and height of the drawn sun [degrees]: from the upper left, as readers of maps expect."""

SUNS = (225.0, 270.0, 315.0, 360.0)
"""Azimuths of the multidirectional shade [degrees]; `monitoring.md` 13.4."""


def hillshade(elevation, dx, dy, *, azimuth=SUN[0], height=SUN[1], exaggeration=1.0):
    """Return the brightness of the ground under a drawn sun.

    Parameters
    ----------
    elevation : array_like, shape (y, x)
        Heights, row 0 in the north; NaN where unknown. [m]
    dx, dy : float or array_like, shape (y,)
        Width and height of a cell. [m]
    azimuth, height : float
        Where the drawn sun stands. [degrees]
    exaggeration : float
        Factor on the heights, for gentle country. [1]

    Returns
    -------
    ndarray, shape (y, x), uint8
        255 where the light falls at right angles, 0 in shade and where the height is unknown.
    """
    return _brightness(_incidence(elevation, dx, dy, azimuth, height, exaggeration))


def multidirectional_hillshade(elevation, dx, dy, *, height=SUN[1], exaggeration=1.0):
    """Return the mean brightness [uint8] under four suns in the west and north: no mountain side is lost in black."""
    shades = [_incidence(elevation, dx, dy, azimuth, height, exaggeration) for azimuth in SUNS]
    return _brightness(sum(shades) / len(SUNS))


def _incidence(elevation, dx, dy, azimuth, height, exaggeration):
    """Return max(0, cos i) [1] of the drawn sun on the ground; the rim goes on as the ground inside it."""
    z = continued(as_float(elevation).astype(np.float32) * np.float32(exaggeration))
    dx, dy = (np.asarray(d, np.float32).reshape(-1, 1) if np.ndim(d) else np.float32(d) for d in (dx, dy))
    across = z[:-2] + 2 * z[1:-1] + z[2:]
    along = z[:, :-2] + 2 * z[:, 1:-1] + z[:, 2:]
    p = (across[:, 2:] - across[:, :-2]) / (8 * dx)
    q = (along[:-2] - along[2:]) / (8 * dy)
    up, aside = np.float32(np.sin(np.radians(height))), np.float32(np.cos(np.radians(height)))
    east, north = np.float32(np.sin(np.radians(azimuth))), np.float32(np.cos(np.radians(azimuth)))
    return np.maximum((up - aside * (p * east + q * north)) / np.sqrt(1 + p * p + q * q), 0)


def _brightness(light):
    """Return the light [1] as grey levels."""
    return np.rint(255 * np.nan_to_num(light)).astype(np.uint8)
