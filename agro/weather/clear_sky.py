"""Sunlight above the air and on a clear day, and pressure by height, by FAO-56: what an instrument should not exceed.

Its own small copy of the equations: a check should not share a mistake with what it checks.
"""

import numpy as np

SOLAR_CONSTANT = 0.0820  # MJ m-2 min-1, FAO-56


def declination(day):
    """Return the declination of the sun [rad] on a day of the year; FAO-56 eq. 24."""
    return 0.409 * np.sin(2 * np.pi * day / 365 - 1.39)


def distance_factor(day):
    """Return the inverse relative distance to the sun [1]; FAO-56 eq. 23."""
    return 1 + 0.033 * np.cos(2 * np.pi * day / 365)


def sunset_angle(day, latitude):
    """Return the hour angle of sunset [rad] at a latitude [degrees]; FAO-56 eq. 25."""
    return np.arccos(np.clip(-np.tan(np.radians(latitude)) * np.tan(declination(day)), -1, 1))


def day_length(day, latitude):
    """Return the daylight hours [h]; FAO-56 eq. 34."""
    return 24 / np.pi * sunset_angle(day, latitude)


def daily_extraterrestrial(day, latitude):
    """Return the radiation above the air [MJ m-2 d-1]; FAO-56 eq. 21."""
    sunset, sun, place = sunset_angle(day, latitude), declination(day), np.radians(latitude)
    heights = sunset * np.sin(place) * np.sin(sun) + np.cos(place) * np.cos(sun) * np.sin(sunset)
    return 24 * 60 / np.pi * SOLAR_CONSTANT * distance_factor(day) * heights


def hourly_extraterrestrial(day, hour, latitude, longitude):
    """Return the mean radiation above the air [W m-2] over the hour that begins at `hour` UTC; FAO-56 eq. 28 to 33.

    `day` is the day of the year in UTC; longitude is positive eastward [degrees]. After sunset there is none.
    """
    season = 2 * np.pi * (day - 81) / 364
    correction = 0.1645 * np.sin(2 * season) - 0.1255 * np.cos(season) - 0.025 * np.sin(season)  # eq. 32, h
    angle = np.pi / 12 * (hour + 0.5 + longitude / 15 + correction - 12)  # eq. 31
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    sunset, sun, place = sunset_angle(day, latitude), declination(day), np.radians(latitude)
    begin, end = (np.clip(angle + side * np.pi / 24, -sunset, sunset) for side in (-1, 1))
    heights = (end - begin) * np.sin(place) * np.sin(sun) + np.cos(place) * np.cos(sun) * (np.sin(end) - np.sin(begin))
    energy = 12 * 60 / np.pi * SOLAR_CONSTANT * distance_factor(day) * heights  # MJ m-2 h-1
    return np.maximum(energy, 0.0) * 1e6 / 3600


def clear(extraterrestrial, elevation):
    """Return the radiation of a clear sky, in the unit of `extraterrestrial`, at an elevation [m]; FAO-56 eq. 37."""
    return (0.75 + 2e-5 * elevation) * extraterrestrial


def pressure(elevation):
    """Return the air pressure [hPa] of the standard atmosphere at an elevation [m]; FAO-56 eq. 7."""
    return 1013.0 * ((293 - 0.0065 * elevation) / 293) ** 5.26
