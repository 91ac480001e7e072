"""Light of a day on a slope, from the little that sites know: the beam's ratio to flat ground, and the day's clouds."""

import numpy as np

from agro.numeric import equation, kernel, maximum, minimum
from agro.terrain.light_kernel import FAST, block
from agro.terrain.sunlight import ALBEDO, normal
from agro.weather.hourly import declination
from agro.weather.radiation import extraterrestrial as extraterrestrial

LATITUDE_STEP = 0.05
"""Places whose latitudes differ by less share their sun, which stands at most half as much wrong [degrees]."""

LOW_SUN = np.sin(np.radians(3.0))
"""Sine of the height below which the sun has no beam; `pvlib.irradiance.erbs` ends it there too."""


def beam_ratio(latitude, slope, aspect, horizon, day_of_year, *, minutes=10):
    """Return the day's beam on the slope over that on flat open ground.

    Parameters
    ----------
    latitude : array_like, shape () or (place,)
        North positive. [degrees]
    slope, aspect : array_like, shape (place,)
        Aspect clockwise from north, NaN on flat ground. [degrees]
    horizon : array_like, shape (direction, place) or (direction,), or None
        Height of the terrain in equal steps clockwise from north; None is the open plane. [degrees]
    day_of_year : array_like, shape (day,)
        1 to 366. [d]
    minutes : float
        Time between two places of the sun. [min]

    Returns
    -------
    ndarray, shape (place, day)
        Beam on a square metre of inclined surface over that on a square metre of flat open ground; 0 where the sun
        never reaches the place, 1 where it never rises. [1]

    Notes
    -----
    Every moment counts by the radiation outside the atmosphere, as if the air took the same share all day, but for a
    sun below 3 degrees, which has no beam. How far that is off is said at `light_ratio`.

    References
    ----------
    .. [1] Spencer (1971), declination. Liu and Jordan (1963), the daily ratio. Solar Energy 7(2):53-74.
    """
    slope = np.asarray(slope, float)
    if slope.ndim != 1:
        raise ValueError(f"slope needs dims (place,); got {slope.ndim} dimensions")
    flat, east, north = normal(slope, np.broadcast_to(aspect, slope.shape))
    hidden = np.zeros((slope.size, 1)) if horizon is None else np.asarray(horizon, float)
    if horizon is not None:
        hidden = np.broadcast_to(hidden[:, None] if hidden.ndim == 1 else hidden, (len(hidden), slope.size)).T
    shared, which = np.unique(np.round(np.atleast_1d(latitude) / LATITUDE_STEP), return_inverse=True)
    which = np.broadcast_to(which, slope.shape)
    days = np.atleast_1d(np.asarray(day_of_year, float))
    path = sun_path(shared * LATITUDE_STEP, days, minutes)
    place = path[..., 4] * hidden.shape[1] / 360
    out = np.empty((slope.size, days.size))
    _beam_ratio(path, place, which, flat, east, north, np.ascontiguousarray(hidden), out)
    return out


def sun_path(latitude, day_of_year, minutes):
    """Return the sun of each day, (latitude, day, moment, 5): up, east, north, height and azimuth [degrees]."""
    count = max(round(24 * 60 / minutes), 24)
    turn = (np.arange(count) + 0.5) / count * 2 * np.pi - np.pi  # hour angle, 0 at noon
    phi = np.radians(latitude)[:, None, None]
    delta = declination(np.asarray(day_of_year))[None, :, None]
    up = np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(turn)
    east = -np.cos(delta) * np.sin(turn)
    north = np.cos(phi) * np.sin(delta) - np.sin(phi) * np.cos(delta) * np.cos(turn)
    height, azimuth = np.degrees(np.arcsin(up)), np.degrees(np.arctan2(east, north)) % 360
    return np.stack(np.broadcast_arrays(up, east, north, height, azimuth), axis=-1)


@block
def _day(path, place, flat, east, north, hidden):
    """Return the ratio of one day at one place; `path` (moment, 5), `place` of the sun between directions (moment,)."""
    directions = hidden.size
    slope_sum, flat_sum = 0.0, 0.0
    for i in range(path.shape[0]):
        up = path[i, 0]
        if up <= LOW_SUN:
            continue
        flat_sum += up
        facing = up * flat + path[i, 1] * east + path[i, 2] * north
        if facing <= 0:
            continue
        k = int(place[i])
        share = place[i] - k
        k = k % directions
        low, high = hidden[k], hidden[(k + 1) % directions]
        if path[i, 3] > low + (high - low) * share:
            slope_sum += facing
    return slope_sum / flat_sum if flat_sum > 0 else 1.0


@kernel(fastmath=FAST)
def _beam_ratio(path, place, which, flat, east, north, hidden, out):
    for p in range(out.shape[0]):
        k = which[p]
        for d in range(out.shape[1]):
            out[p, d] = _day(path[k, d], place[k, d], flat[p], east[p], north[p], hidden[p])


@equation
def diffuse_share(clearness, sunset_angle=90.0):
    """Return the share of a day's light on flat ground that comes from the sky.

    Parameters
    ----------
    clearness : array_like
        The day's radiation over that outside the atmosphere. [1]
    sunset_angle : array_like
        Hour angle of sunset, half the length of the day; up to 81.4 the winter form counts. [degrees]

    Returns
    -------
    array_like
        1 under a dark sky, to 0.143 in clear winter and 0.175 in clear summer. [1]

    Notes
    -----
    A day of mean clearness 0.5 has had clear hours: its diffuse share is 0.57 to 0.61, that of an hour 0.66.

    References
    ----------
    .. [1] Erbs, Klein and Duffie (1982). Estimation of the diffuse radiation fraction for hourly, daily and
       monthly-average global radiation. Solar Energy 28(4):293-302; daily form.

    Examples
    --------
    >>> round(float(diffuse_share(0.5)), 3)
    0.608
    """
    k = maximum(clearness, 0.0)
    short = sunset_angle <= 81.4
    winter = 1.0 - 0.2727 * k + 2.4495 * k**2 - 11.9514 * k**3 + 9.3879 * k**4
    winter = winter * (k < 0.715) + 0.143 * (k >= 0.715)
    summer = 1.0 + 0.2832 * k - 2.5557 * k**2 + 0.8448 * k**3
    summer = summer * (k < 0.722) + 0.175 * (k >= 0.722)
    return minimum(summer + (winter - summer) * short, 1.0)


@equation
def anisotropy(clearness, diffuse_share):
    """Return how much of the sky's light comes from around the sun [1]: the day's beam over that outside the air."""
    return maximum(clearness, 0.0) * (1.0 - diffuse_share)


@equation
def light_ratio(beam_ratio, sky_view, diffuse_share, anisotropy, albedo=ALBEDO):
    """Return the day's light on the slope over that on flat open ground.

    Parameters
    ----------
    beam_ratio : array_like
        See `beam_ratio`. [1]
    sky_view : array_like
        Cosine-weighted share of the sky, of the inclined surface. [1]
    diffuse_share, anisotropy : array_like
        Of the day on flat ground. [1]
    albedo : float
        Of the surrounding ground. [1]

    Returns
    -------
    array_like
        A square metre of inclined surface over a square metre of flat open ground. [1]

    Notes
    -----
    With the same diffuse share as hours of constant clearness it is within 0.003 of their sum by pvlib (20 and 30
    degree slopes, 30.5 N, clearness 0.2 to 0.65, four seasons). A real day clears and clouds over: against the hours of
    a year in Piedmont (45 N, open horizon, `diffuse_share` of the day) single days are off by 0.04 on north and south
    slopes of 20 degrees, 0.05 to 0.07 on 30 degrees, 0.07 on east and west slopes of 20 degrees (root mean square),
    the year's sum by 2 %. Cloudy days are off by less.

    References
    ----------
    .. [1] Hay (1979). Calculation of monthly mean solar radiation for horizontal and inclined surfaces. Solar Energy
       23(4):301-307; sky view instead of the half cosine.

    Examples
    --------
    >>> light_ratio(1.0, 1.0, 0.6, 0.2)
    1.0
    """
    sky = (beam_ratio * anisotropy + sky_view * (1.0 - anisotropy)) * diffuse_share
    return beam_ratio * (1.0 - diffuse_share) + sky + albedo * (1.0 - sky_view)
