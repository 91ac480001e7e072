"""Hourly temperature from daily extremes (Linvill), and the length of the day."""

from typing import NamedTuple

import numpy as np

from agro.numeric import equation

SUNRISE = np.radians(-0.8333)
"""Height of the sun's centre when its upper rim appears, with refraction [rad]."""


@equation
def declination(day_of_year):
    """Return the sun's declination [rad]; Spencer (1971), Search 2:172."""
    g = 2 * np.pi / 365 * (day_of_year - 1)
    return (
        0.006918
        - 0.399912 * np.cos(g)
        + 0.070257 * np.sin(g)
        - 0.006758 * np.cos(2 * g)
        + 0.000907 * np.sin(2 * g)
        - 0.002697 * np.cos(3 * g)
        + 0.00148 * np.sin(3 * g)
    )


@equation
def day_length(latitude, day_of_year):
    """Return the time from sunrise to sunset.

    Parameters
    ----------
    latitude : array_like
        North positive. [degrees]
    day_of_year : array_like
        1 to 366. [d]

    Returns
    -------
    array_like, shape of the arguments broadcast
        0 in the polar night, 24 under the midnight sun. [h]

    References
    ----------
    .. [1] Spencer (1971). Fourier series representation of the position of the sun. Search 2(5):172.

    Examples
    --------
    >>> round(float(day_length(30.5, 172)), 2)
    14.12
    """
    phi = np.radians(latitude)
    delta = declination(day_of_year)
    x = (np.sin(SUNRISE) - np.sin(phi) * np.sin(delta)) / (np.cos(phi) * np.cos(delta))
    return 24 / np.pi * np.arccos(np.minimum(np.maximum(x, -1.0), 1.0))


class Weights(NamedTuple):
    """How much each temperature counts in each hour; the four weights of an hour sum to 1.

    `temperature[h] = tmin[h] * Tn + tmax[h] * Tx + tmin_next[h] * Tn_next + sunset_before[h] * Ts_before`, where the
    sunset temperature of a day is `Tn + sunset * (Tx - Tn)`.
    """

    tmin: np.ndarray
    tmax: np.ndarray
    tmin_next: np.ndarray
    sunset_before: np.ndarray
    sunset: np.ndarray


HOURS = np.arange(24.0)


def linvill_weights(latitude, day_of_year, hours=HOURS):
    """Return Linvill's day as sums: what a kernel needs to do 24 hours in some hundred multiplications.

    Parameters
    ----------
    latitude, day_of_year : array_like, shape (...)
        North positive [degrees]; 1 to 366 [d].
    hours : array_like, shape (hour,)
        Solar time, 0 to 24. [h]

    Returns
    -------
    Weights
        `tmin`, `tmax`, `tmin_next`, `sunset_before` of shape (..., hour), `sunset` of shape (...). [1]

    Notes
    -----
    With day length :math:`D`, sunrise :math:`r = 12 - D/2`, sunset :math:`s = 12 + D/2`, night :math:`N = 24 - D`:
    by day :math:`T_n + (T_x - T_n) \\sin(\\pi (h - r)/(D + 4))`; after sunset
    :math:`T_s - (T_s - T_n') \\ln(1 + h - s)/\\ln(1 + N)`; before sunrise
    :math:`T_s'' - (T_s'' - T_n) \\ln(25 + h - s)/\\ln(1 + N)`. chillR leaves out the last 1; with it the night ends
    exactly at the minimum.

    References
    ----------
    .. [1] Linvill (1990). Calculating chilling hours and chill units from daily maximum and minimum temperature
       observations. HortScience 25(1):14-16.
    """
    length = np.asarray(day_length(np.asarray(latitude), np.asarray(day_of_year)), float)[..., None]
    h = np.asarray(hours, float)
    rise, fall, whole_night = 12 - length / 2, 12 + length / 2, np.log1p(np.maximum(24 - length, 1e-9))
    sunset = np.sin(np.pi * length / (length + 4))
    morning, evening = h <= rise, h > fall
    day = ~morning & ~evening
    sine = np.where(day, np.sin(np.pi * (h - rise) / (length + 4)), 0.0)
    to_next = np.where(evening, np.log1p(np.maximum(h - fall, 0)) / whole_night, 0.0)
    to_own = np.where(morning, np.log1p(h + 24 - fall) / whole_night, 0.0)
    own_sunset = np.where(evening, 1 - to_next, 0.0)
    return Weights(
        tmin=np.where(day, 1 - sine, 0.0) + to_own + own_sunset * (1 - sunset),
        tmax=sine + own_sunset * sunset,
        tmin_next=to_next,
        sunset_before=np.where(morning, 1 - to_own, 0.0),
        sunset=sunset[..., 0],
    )


def hourly_temperature(tmin, tmax, latitude, day_of_year, hours=HOURS):
    """Return the temperature of each hour of consecutive days.

    Parameters
    ----------
    tmin, tmax : array_like, shape (..., day)
        Daily extremes; the day before the first and the day after the last are taken to be like them. [degC]
    latitude : float
        North positive. [degrees]
    day_of_year : array_like, shape (day,)
        1 to 366. [d]
    hours : array_like, shape (hour,)
        Solar time, 0 to 24. [h]

    Returns
    -------
    ndarray, shape (..., day, hour)
        [degC]

    Examples
    --------
    >>> hourly_temperature([21.5], [30.0], 30.5, [172])[0, [0, 14]].round(2)
    array([22.88, 30.  ])
    """
    tmin, tmax = np.asarray(tmin, float), np.asarray(tmax, float)
    weights = linvill_weights(latitude, day_of_year, hours)
    sunset = tmin + weights.sunset * (tmax - tmin)
    following = np.concatenate([tmin[..., 1:], tmin[..., -1:]], axis=-1)
    before = np.concatenate([sunset[..., :1], sunset[..., :-1]], axis=-1)
    return (
        weights.tmin * tmin[..., None]
        + weights.tmax * tmax[..., None]
        + weights.tmin_next * following[..., None]
        + weights.sunset_before * before[..., None]
    )
