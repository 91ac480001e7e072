"""Which share of the sky's diffuse light reaches a tilted cell between the mountains around it."""

import numpy as np
from numba import prange

from agro.numeric import kernel
from agro.terrain.angles import FLAGS, arctangent, block
from agro.terrain.horizon import azimuths, self_horizon

STEPS = 1440
"""Directions into which the horizon of a single place is interpolated: a quarter of a degree each."""

HALF_PI = np.float32(np.pi / 2)


def sky_view(horizon, slope=0.0, aspect=np.nan, directions=None, *, interpolate=True):
    """Return the cosine-weighted sky view factor of one place or some.

    Parameters
    ----------
    horizon : array_like, shape (direction, ...)
        Angle of the terrain. [degrees]
    slope, aspect : array_like, shape (...)
        Of the ground; aspect NaN on flat ground. [degrees]
    directions : array_like, shape (direction,), optional
        Azimuths of the horizon, ascending; equal steps from north where not given. [degrees]
    interpolate : bool
        True takes the horizon as linear between its directions; False as equal shares of the circle.

    Returns
    -------
    ndarray, shape (...)
        Share of isotropic diffuse light that is left, 0 to 1; (1 + cos slope)/2 on an open slope. [1]

    Notes
    -----
    .. math:: V = \\frac{1}{2\\pi}\\int \\cos S \\sin^2 H + \\sin S \\cos(\\alpha - A)(H - \\sin H \\cos H) \\, d\\alpha

    with H the angle from the zenith down to the horizon, self-horizon included. Not the unweighted share of sky:
    the two differ by 16 points on the same mountains.

    References
    ----------
    .. [1] Dozier and Frew (1990). Rapid calculation of terrain parameters for radiation modeling from digital
       elevation data. IEEE Trans. Geosci. Remote Sens. 28(5):963-969, eq. 7b.
    """
    horizon = np.asarray(horizon, float)
    azimuth = azimuths(len(horizon)) if directions is None else np.asarray(directions, float)
    if interpolate:
        fine = azimuths(STEPS)
        horizon, azimuth = interpolated(horizon, azimuth, fine), fine
    azimuth = azimuth.reshape(-1, *(1,) * (horizon.ndim - 1))
    height = np.radians(np.maximum(horizon, self_horizon(azimuth, slope, aspect)))
    seen, tilt = np.pi / 2 - height, np.radians(slope)
    facing = np.cos(np.radians(azimuth - np.nan_to_num(aspect)))
    light = np.cos(tilt) * np.sin(seen) ** 2 + np.sin(tilt) * facing * (seen - np.sin(seen) * np.cos(seen))
    return light.mean(axis=0)


def interpolated(horizon, directions, azimuth):
    """Return the horizon [degrees], shape (azimuth, ...), at other azimuths, linear between its directions."""
    around = np.append(directions, directions[0] + 360.0)
    azimuth = (np.asarray(azimuth, float) - directions[0]) % 360.0 + directions[0]
    left = np.clip(np.searchsorted(around, azimuth, "right") - 1, 0, len(directions) - 1)
    share = ((azimuth - around[left]) / (around[left + 1] - around[left])).reshape(-1, *(1,) * (horizon.ndim - 1))
    return horizon[left] * (1 - share) + horizon[(left + 1) % len(directions)] * share


def sky_view_map(horizon, slope, aspect, *, parallel=False):
    """Return the cosine-weighted sky view factor of every cell of a raster.

    Parameters
    ----------
    horizon : array_like, shape (direction, y, x)
        Angle of the terrain in equal steps from north. [degrees]
    slope, aspect : array_like, shape (y, x)
        Of the cells; aspect NaN on flat ground. [degrees]
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    ndarray, shape (y, x), float32
        As `sky_view`; NaN where horizon or slope is unknown. [1]

    Notes
    -----
    The sum over 32 equal steps is (1 + cos slope)/2 to 1e-9 on open slopes up to 60 degrees.
    """
    horizon, slope = (np.ascontiguousarray(a, np.float32) for a in (horizon, slope))
    facing = np.radians(np.asarray(aspect, np.float32))
    lean = np.tan(np.radians(slope))
    north, east = (np.where(np.isnan(facing), np.float32(0), f(facing) * lean) for f in (np.cos, np.sin))
    cosine = np.cos(np.radians(slope))
    azimuth = np.radians(azimuths(len(horizon)))
    out = np.empty(slope.shape, np.float32)
    (_parallel if parallel else _serial)(
        horizon, north, east, cosine, np.cos(azimuth).astype(np.float32), np.sin(azimuth).astype(np.float32), out
    )
    return out


@block
def _sine(x):
    """Return the sine of `x` in [0, pi/2] [rad]; Taylor's series to x**11, error below 6e-8."""
    s = x * x
    c3, c5, c7 = np.float32(-1 / 6), np.float32(1 / 120), np.float32(-1 / 5040)
    c9, c11 = np.float32(1 / 362880), np.float32(-1 / 39916800)
    return x + x * s * (c3 + s * (c5 + s * (c7 + s * (c9 + s * c11))))


@block
def _light(height, lean):
    """Return the light [1] above `height` [rad] per cos S, `lean` the rise of the plane towards it."""
    sine, cosine = _sine(height), _sine(HALF_PI - height)
    return cosine * cosine + lean * (HALF_PI - height - sine * cosine)


@block
def _row(horizon, north, east, cosine, cos_azimuth, sin_azimuth, i, out):
    view, share = out[i], np.float32(1) / np.float32(horizon.shape[0])
    one, zero, radian = np.float32(1), np.float32(0), np.float32(np.pi / 180)
    view[:] = zero
    n, e, c = north[i], east[i], cosine[i]
    for d in range(horizon.shape[0]):
        row, to_north, to_east = horizon[d, i], cos_azimuth[d], sin_azimuth[d]
        for j in range(view.size):
            lean = n[j] * to_north + e[j] * to_east  # tan S cos(azimuth - aspect)
            own, height = arctangent(max(-lean, zero)), row[j] * radian
            view[j] += _light(own if own > height else height, lean)
    for j in range(view.size):
        light = view[j] * c[j] * share
        view[j] = zero if light < zero else (one if light > one else light)


@kernel(fastmath=FLAGS)
def _serial(horizon, north, east, cosine, cos_azimuth, sin_azimuth, out):
    for i in range(out.shape[0]):
        _row(horizon, north, east, cosine, cos_azimuth, sin_azimuth, i, out)


@kernel(parallel=True, fastmath=FLAGS)
def _parallel(horizon, north, east, cosine, cos_azimuth, sin_azimuth, out):
    for i in prange(out.shape[0]):
        _row(horizon, north, east, cosine, cos_azimuth, sin_azimuth, i, out)
