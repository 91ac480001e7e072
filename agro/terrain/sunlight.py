"""Sunlight on a slope in the mountains: the sun by pvlib, Hay and Davies's sky, the beam cut by the horizon."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib
import xarray as xr

from agro.terrain import light_kernel

ALBEDO = 0.2
LOWEST = 0.01745
"""Least cosine of the zenith angle by which a horizontal beam is divided, as in pvlib."""


class Sun(NamedTuple):
    """Sun and light of each hour at one place, arrays of shape (hour,)."""

    up: np.ndarray  # 1, components of the vector to the sun
    east: np.ndarray
    north: np.ndarray
    elevation: np.ndarray  # degrees, with refraction
    azimuth: np.ndarray  # degrees, clockwise from north
    beam: np.ndarray  # W m-2, from the sun's own direction: dni and the circumsolar part of the sky
    circumsolar: np.ndarray  # W m-2, the part of `beam` that is circumsolar
    isotropic: np.ndarray  # W m-2, what a flat open place gets from the rest of the sky
    ghi: np.ndarray  # W m-2


def split_ghi(ghi, times_utc, latitude, longitude, altitude=0.0):
    """Return the beam and the diffuse part of global radiation.

    Parameters
    ----------
    ghi : array_like, shape (time,)
        On flat ground. [W m-2]
    times_utc : array_like of datetime64, shape (time,)
        The moments of the sun: for hourly means the middle of each hour.
    latitude, longitude, altitude : float
        [degrees], [degrees, east positive], [m]

    Returns
    -------
    dni, dhi : ndarray, shape (time,)
        Normal to the beam; diffuse on flat ground. [W m-2]

    References
    ----------
    .. [1] Erbs, Klein and Duffie (1982). Solar Energy 28(4):293-302, by `pvlib.irradiance.erbs`.
    """
    times = _times(times_utc)
    place = pvlib.solarposition.get_solarposition(times, latitude, longitude, altitude=altitude)
    parts = pvlib.irradiance.erbs(np.asarray(ghi, float), place["zenith"].to_numpy(), times)
    return np.asarray(parts["dni"]), np.asarray(parts["dhi"])


def sun(times_utc, latitude, longitude, altitude, ghi, dni, dhi):
    """Return the sun and the light of each hour, which all slopes of a place share.

    Parameters
    ----------
    times_utc : array_like of datetime64, shape (hour,)
        The moments of the sun: for hourly means the middle of each hour.
    latitude, longitude, altitude : float
        [degrees], [degrees, east positive], [m]
    ghi, dni, dhi : array_like, shape (hour,)
        On flat ground, normal to the beam, diffuse on flat ground. [W m-2]

    Returns
    -------
    Sun
        float64.

    Notes
    -----
    The light falls from the true place of the sun, as in Erbs's split: beam and sky together are the global radiation
    again. The horizon hides the sun where it is seen, lifted by refraction.

    References
    ----------
    .. [1] Hay and Davies (1980). Calculations of the solar radiation incident on an inclined surface. First Canadian
       Solar Radiation Data Workshop, 59.
    """
    times = _times(times_utc)
    ghi, dni, dhi = (np.broadcast_to(np.asarray(x, float), len(times)) for x in (ghi, dni, dhi))
    place = pvlib.solarposition.get_solarposition(times, latitude, longitude, altitude=altitude)
    zenith, azimuth = np.radians(place["zenith"].to_numpy()), np.radians(place["azimuth"].to_numpy())
    anisotropy = dni / pvlib.irradiance.get_extra_radiation(times).to_numpy()
    circumsolar = dhi * anisotropy / np.maximum(np.cos(zenith), LOWEST)
    return Sun(
        up=np.cos(zenith),
        east=np.sin(zenith) * np.sin(azimuth),
        north=np.sin(zenith) * np.cos(azimuth),
        elevation=place["apparent_elevation"].to_numpy(),
        azimuth=np.degrees(azimuth),
        beam=dni + circumsolar,
        circumsolar=circumsolar,
        isotropic=np.maximum(dhi * (1 - anisotropy), 0.0),
        ghi=ghi,
    )


def slope_irradiance(
    times_utc, latitude, longitude, altitude, ghi, dni, dhi, slope, aspect, horizon=None, sky_view=None, albedo=ALBEDO
):
    """Return the light on one slope.

    Parameters
    ----------
    times_utc : array_like of datetime64, shape (time,)
        The moments of the sun: for hourly means the middle of each hour.
    latitude, longitude, altitude : float
        [degrees], [degrees, east positive], [m]
    ghi, dni, dhi : array_like, shape (time,)
        On flat ground, normal to the beam, diffuse on flat ground. [W m-2]
    slope, aspect : float
        Aspect clockwise from north, the direction in which the ground falls; NaN on flat ground. [degrees]
    horizon : array_like, shape (direction,), optional
        Height of the terrain in equal steps clockwise from north; None is the open plane: nothing is masked. [degrees]
    sky_view : float, optional
        Cosine-weighted share of the sky; None is that of an open slope. [1]
    albedo : float
        Of the surrounding ground. [1]

    Returns
    -------
    Dataset, dims (time,)
        `beam`, `circumsolar`, `isotropic`, `reflected` and their sum `total`, of inclined surface: divide by the
        cosine of the slope for the light of a pixel on the map. [W m-2]

    Notes
    -----
    With an open horizon it is `pvlib.irradiance.get_total_irradiance(..., model="haydavies")` at the true zenith angle.

    References
    ----------
    .. [1] Hay and Davies (1980), see `sun`. Sky view instead of the half cosine: Dozier and Frew (1990).
    """
    light = sun(times_utc, latitude, longitude, altitude, ghi, dni, dhi)
    flat, east, north = normal(slope, aspect)
    facing = np.maximum(light.up * flat + light.east * east + light.north * north, 0.0)
    if horizon is not None:
        facing = facing * (light.elevation > np.maximum(horizon_at(horizon, light.azimuth), 0.0))
    view = (1 + flat) / 2 if sky_view is None else sky_view
    parts = {
        "beam": (light.beam - light.circumsolar) * facing,
        "circumsolar": light.circumsolar * facing,
        "isotropic": light.isotropic * view,
        "reflected": albedo * light.ghi * (1 - view),
    }
    parts["total"] = sum(parts.values())
    attrs = {"units": "W m-2", "cell_methods": "area: mean (of inclined surface)"}
    return xr.Dataset({k: ("time", v, attrs) for k, v in parts.items()}, {"time": _times(times_utc).tz_localize(None)})


def hourly_slope_irradiance(
    light, slope, aspect, horizon=None, sky_view=None, *, albedo=ALBEDO, day=None, parallel=False
):
    """Return the light on many slopes of one weather cell.

    Parameters
    ----------
    light : Sun
        What `sun` gives for the cell.
    slope, aspect : array_like, shape (...)
        [degrees], aspect NaN on flat ground
    horizon : array_like, shape (direction, ...) or (direction,), optional
        In equal steps clockwise from north; None is the open plane. [degrees]
    sky_view : array_like, shape (...), optional
        None is that of an open slope. [1]
    albedo : float
        Of the surrounding ground. [1]
    day : array_like of int, shape (hour,), optional
        Number of the day of each hour, rising from 0. When given, hours are summed to days.
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    ndarray, float32, shape (hour, ...) or (day, ...)
        Of inclined surface; each hour [W m-2], or the sum of each day for hourly `light` [MJ m-2 d-1].
    """
    slope = np.asarray(slope, np.float32)
    shape = slope.shape
    view = (1 + np.cos(np.radians(slope))) / 2 if sky_view is None else np.broadcast_to(sky_view, shape)
    view = np.where(np.isnan(slope), np.nan, view)
    plane = [_row(axis) for axis in (*normal(slope, np.broadcast_to(aspect, shape)), view)]
    hidden = np.empty((0, slope.size), np.float32)
    if horizon is not None:
        horizon = np.asarray(horizon, np.float32)
        horizon = horizon.reshape(horizon.shape + (1,) * (1 + len(shape) - horizon.ndim))
        hidden = np.ascontiguousarray(np.broadcast_to(horizon, (len(horizon), *shape)).reshape(len(horizon), -1))
    hours = _hours(light, len(hidden), albedo, 1.0 if day is None else 0.0036)
    below, share = _neighbours(light.azimuth, max(len(hidden), 1))
    first = np.arange(len(hours) + 1) if day is None else _first_hours(day, len(hours))
    out = np.empty((len(first) - 1, slope.size), np.float32)
    (light_kernel.parallel if parallel else light_kernel.serial)(
        hours, below, share.astype(np.float32), first, *plane, hidden, out
    )
    return out.reshape(-1, *shape)


def normal(slope, aspect):
    """Return the components of a slope's normal, up, east and north [1]; aspect NaN counts as flat [degrees]."""
    steep, facing = np.radians(slope), np.radians(np.nan_to_num(aspect))
    return np.cos(steep), np.sin(steep) * np.sin(facing), np.sin(steep) * np.cos(facing)


def horizon_at(horizon, azimuth):
    """Return the horizon towards `azimuth` [degrees], linear between its directions (direction, ...) [degrees]."""
    horizon = np.asarray(horizon, float)
    below, share = _neighbours(np.asarray(azimuth, float), len(horizon))
    return horizon[below] + (horizon[(below + 1) % len(horizon)] - horizon[below]) * share


def _neighbours(azimuth, directions):
    """Return the direction counter-clockwise of `azimuth` and the share of the next one."""
    place = np.asarray(azimuth) % 360 * directions / 360
    below = np.floor(place).astype(np.int64)
    return below % directions, place - below


def _times(times_utc):
    times = pd.DatetimeIndex(times_utc)
    return times.tz_localize("UTC") if times.tz is None else times.tz_convert("UTC")


def _first_hours(day, hours):
    """Return the first hour of each day and, at the end, the number of hours."""
    day = np.asarray(day, np.int64)
    if day.shape != (hours,) or not hours or day[0] < 0 or np.any(np.diff(day) < 0):
        raise ValueError(f"day needs one number for each of {hours} hours, rising from 0; got shape {day.shape}")
    return np.searchsorted(day, np.arange(day[-1] + 2))


def _row(values):
    return np.ascontiguousarray(values, np.float32).reshape(-1)


def _hours(light, masked, albedo, scale):
    """Return the hours as the kernel wants them, shape (hour, 7), light times `scale`."""
    reflected = albedo * light.ghi
    # a sun below the plane lights nothing where a horizon is given
    beam = np.where((light.elevation > 0) | (masked == 0), light.beam, 0.0) * scale
    rows = [light.up, light.east, light.north, light.elevation, beam]
    return np.stack([*rows, (light.isotropic - reflected) * scale, reflected * scale], axis=1).astype(np.float32)
