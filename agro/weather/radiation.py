"""Solar radiation of a day on flat ground: outside the atmosphere, under a clear sky, from sunshine hours."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation

FILE = Path(__file__).with_name("radiation.toml")


class Sunshine(NamedTuple):
    """Share of the extraterrestrial radiation that arrives: `overcast` without sun, `bright` more with sun all day."""

    overcast: Annotated[float, "1"]
    bright: Annotated[float, "1"]


def sunshine_parameters() -> Sunshine:
    """Return the coefficients of Angstrom and Prescott [1]."""
    return parameters.load(FILE, "sunshine", Sunshine)


@equation
def distance_factor(day_of_year):
    """Return the inverse relative distance to the sun, squared [1]; FAO-56 eq. 23."""
    return 1 + 0.033 * np.cos(2 * np.pi / 365 * day_of_year)


@equation
def fao_declination(day_of_year):
    """Return the sun's declination [rad]; FAO-56 eq. 24."""
    return 0.409 * np.sin(2 * np.pi / 365 * day_of_year - 1.39)


@equation
def sunset_angle(latitude, day_of_year):
    """Return the hour angle of sunset, without refraction [rad]; FAO-56 eq. 25."""
    x = -np.tan(np.radians(latitude)) * np.tan(fao_declination(day_of_year))
    return np.arccos(np.minimum(np.maximum(x, -1.0), 1.0))


@equation
def extraterrestrial(latitude, day_of_year):
    """Return the solar radiation of a day on flat ground outside the atmosphere.

    Parameters
    ----------
    latitude : array_like
        North positive. [degrees]
    day_of_year : array_like
        1 to 366. [d]

    Returns
    -------
    array_like
        [MJ m-2 d-1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO Irrigation and Drainage Paper 56, eq. 21; solar constant 0.0820 MJ m-2 min-1.

    Examples
    --------
    >>> round(float(extraterrestrial(-20.0, 246)), 1)
    32.2
    """
    phi, delta, ws = np.radians(latitude), fao_declination(day_of_year), sunset_angle(latitude, day_of_year)
    turn = ws * np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.sin(ws)
    return 24 * 60 / np.pi * 0.0820 * distance_factor(day_of_year) * turn


@equation
def extraterrestrial_hour(latitude, day_of_year, solar_hour, length=1.0):
    """Return the radiation outside the atmosphere of the period around `solar_hour` [MJ m-2 per period].

    `solar_hour` is the solar time of the middle of the period and `length` its duration [h]; FAO-56 eq. 28, cut at
    sunrise and sunset.
    """
    phi, delta, ws = np.radians(latitude), fao_declination(day_of_year), sunset_angle(latitude, day_of_year)
    middle, half = np.pi / 12 * (solar_hour - 12), np.pi / 24 * length
    first = np.minimum(np.maximum(middle - half, -ws), ws)
    last = np.minimum(np.maximum(middle + half, -ws), ws)
    turn = (last - first) * np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * (np.sin(last) - np.sin(first))
    return 12 * 60 / np.pi * 0.0820 * distance_factor(day_of_year) * turn


@equation
def solar_hour(utc_hour, longitude, day_of_year):
    """Return the solar time [h] at `utc_hour` [h] and `longitude` [degrees, east positive]; FAO-56 eq. 31 to 33."""
    b = 2 * np.pi / 364 * (day_of_year - 81)
    season = 0.1645 * np.sin(2 * b) - 0.1255 * np.cos(b) - 0.025 * np.sin(b)
    return (utc_hour + longitude / 15 + season) % 24


@equation
def possible_sunshine(latitude, day_of_year):
    """Return the longest possible sunshine of a day [h]; FAO-56 eq. 34."""
    return 24 / np.pi * sunset_angle(latitude, day_of_year)


@equation
def radiation_from_sunshine(sunshine, possible, extraterrestrial, overcast=0.25, bright=0.50):
    """Return the solar radiation of a day from its sunshine hours.

    Parameters
    ----------
    sunshine : array_like
        Measured. [h]
    possible : array_like
        See `possible_sunshine`; more than possible counts as possible. [h]
    extraterrestrial : array_like
        [MJ m-2 d-1]
    overcast, bright : float
        FAO-56's recommendation where nothing is calibrated; `sunshine_parameters` tells the origin. [1]

    Returns
    -------
    array_like
        [MJ m-2 d-1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 35 (Angstrom and Prescott).
    """
    return (overcast + bright * np.minimum(sunshine / np.maximum(possible, 0.1), 1.0)) * extraterrestrial


@equation
def radiation_from_range(tmin, tmax, extraterrestrial, inland=0.16):
    """Return the solar radiation of a day from the range of temperature [MJ m-2 d-1]; FAO-56 eq. 50, last resort."""
    return inland * np.sqrt(np.maximum(tmax - tmin, 0.0)) * extraterrestrial


@equation
def clear_sky(extraterrestrial, elevation):
    """Return the solar radiation under a clear sky, unit of `extraterrestrial`; FAO-56 eq. 37, elevation [m]."""
    return (0.75 + 2e-5 * elevation) * extraterrestrial


@equation
def clearness(radiation, extraterrestrial):
    """Return the share of the extraterrestrial radiation that arrives [1], 0 to 0.85; 0 in the polar night."""
    return np.minimum(np.maximum(radiation / np.maximum(extraterrestrial, 1e-3), 0.0), 0.85)


@equation
def sunshine_share(clearness, overcast=0.25, bright=0.50):
    """Return the share of the possible sunshine [1] that goes with a clearness; Angstrom and Prescott solved."""
    return np.minimum(np.maximum((clearness - overcast) / bright, 0.0), 1.0)
