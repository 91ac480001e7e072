"""The day's 24 temperatures from its extremes, as weights that depend on latitude and day of year only.

Linvill's curve is linear in today's minimum and maximum, the next minimum and the last sunset's temperature.
The sine and logarithm are therefore worked out once per latitude and day of year, outside the season's loop.
"""

from functools import cache

import numpy as np


def day_length(latitude, day_of_year):
    """Return the hours between sunrise and sunset, the sun's centre 0.8333 degrees below the horizon.

    Parameters
    ----------
    latitude : array_like
        Degrees north.
    day_of_year : array_like
        1 to 366.

    Returns
    -------
    array_like
        [h]

    References
    ----------
    .. [1] Spencer (1971). Search 2(5):172, declination.

    Examples
    --------
    >>> round(float(day_length(30.5, 172)), 3)
    14.12
    """
    g = 2 * np.pi / 365 * (np.asarray(day_of_year) - 1)
    declination = (
        0.006918 - 0.399912 * np.cos(g) + 0.070257 * np.sin(g)
        - 0.006758 * np.cos(2 * g) + 0.000907 * np.sin(2 * g)
        - 0.002697 * np.cos(3 * g) + 0.00148 * np.sin(3 * g)
    )  # fmt: skip
    phi = np.radians(latitude)
    cosine = (np.sin(np.radians(-0.8333)) - np.sin(phi) * np.sin(declination)) / (np.cos(phi) * np.cos(declination))
    return 2 * np.degrees(np.arccos(np.clip(cosine, -1, 1))) / 15


@cache
def weights(latitude: float) -> np.ndarray:
    """Return the weights of a day's hours, shape (366, 4, 24).

    An hour's temperature is the sum over the second axis of weight times (tmin, tmax, tmin of the next day,
    temperature at the last sunset); the four add up to one.

    Parameters
    ----------
    latitude : float
        Degrees north; outside the polar circles.

    Returns
    -------
    ndarray, shape (day of year, 4, hour)
        Hours 0 to 23 of solar time. [1]

    Notes
    -----
    Both night branches divide by ln(1 + night), so that the curve is continuous at sunrise; some programs omit
    the 1 before sunrise.

    References
    ----------
    .. [1] Linvill (1990). HortScience 25(1):14-16.
    """
    day = np.arange(1, 367)[:, None]
    hour = np.arange(24)[None, :]
    light = day_length(latitude, day)
    sunrise, sunset, dark = 12 - light / 2, 12 + light / 2, 24 - light
    sine = np.sin(np.pi * (hour - sunrise) / (light + 4))
    at_sunset = np.sin(np.pi * light / (light + 4))
    evening = np.log(np.maximum(1 + hour - sunset, 1)) / np.log(1 + dark)
    morning = np.log(np.maximum(1 + hour + 24 - sunset, 1)) / np.log(1 + dark)
    zero = np.zeros_like(sine)
    by_day = np.stack([1 - sine, sine, zero, zero], axis=1)
    after = np.stack([(1 - at_sunset) * (1 - evening), at_sunset * (1 - evening), evening, zero], axis=1)
    before = np.stack([morning, zero, zero, 1 - morning], axis=1)
    hours = hour[:, None, :]
    table = np.where(hours <= sunrise[:, None], before, np.where(hours <= sunset[:, None], by_day, after))
    table.flags.writeable = False
    return table


@cache
def sunset_weight(latitude: float) -> np.ndarray:
    """Return the share of the daily range that is left at sunset, shape (366,); Linvill (1990)."""
    light = day_length(latitude, np.arange(1, 367))
    return np.sin(np.pi * light / (light + 4))


def hourly(tmin, tmax, tmin_next, last_sunset, latitude, day_of_year):
    """Return the 24 temperatures [degC] of one day, shape (24,), from its extremes [degC].

    >>> hourly(21.5, 30.0, 21.5, 26.55, 30.5, 172)[[5, 14]].round(2).tolist()
    [21.59, 30.0]
    """
    return np.array([tmin, tmax, tmin_next, last_sunset]) @ weights(latitude)[day_of_year - 1]
