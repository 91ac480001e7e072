"""What all places of one latitude share: the calendar, the sun of each hour, the day's curve of temperature."""

from functools import cache

import numpy as np

from agro.terrain.microclimate import lapse_rates
from agro.weather import hourly, radiation
from growth_model import day_curve
from growth_model.block import DIRECTIONS, LOW_SUN

LONGEST_NIGHT, SHORTEST_NIGHT = 356, 172  # day of year; between them the days lengthen


@cache
def sun(latitude: float) -> np.ndarray:
    """Return the sun at the full hours of solar time, shape (366, 24, 5).

    Sine of its height, its eastern and northern parts [1], the direction of the horizon below it (of `DIRECTIONS`,
    clockwise from north) and the share towards the next direction. [1]
    """
    turn = (np.arange(24) - 12.0) * np.pi / 12
    phi, delta = np.radians(latitude), hourly.declination(np.arange(1, 367))[:, None]
    up = np.sin(phi) * np.sin(delta) + np.cos(phi) * np.cos(delta) * np.cos(turn)
    east = -np.cos(delta) * np.sin(turn)
    north = np.cos(phi) * np.sin(delta) - np.sin(phi) * np.cos(delta) * np.cos(turn)
    place = np.degrees(np.arctan2(east, north)) % 360 * DIRECTIONS / 360
    table = np.stack([up, east, north, np.floor(place) % DIRECTIONS, place % 1], axis=-1)
    table.flags.writeable = False
    return table


def suns(latitudes) -> np.ndarray:
    """Return `sun` of several latitudes, shape (latitude, 366, 24, 5)."""
    return np.stack([sun(float(latitude)) for latitude in latitudes])


def curves(latitudes) -> np.ndarray:
    """Return the weights of the day's curve of several latitudes, shape (latitude, 366, 4, 24)."""
    return np.stack([day_curve.weights(float(latitude)) for latitude in latitudes])


def winter_share(day_of_year) -> np.ndarray:
    """Return how far the sun stands towards its winter end [1]: 1 at the winter solstice, 0 in summer.

    The beam's ratio of a day lies between the two solstices' by this share of the declination.
    """
    declination = hourly.declination(np.asarray(day_of_year))
    end = np.radians(23.45)
    return np.clip((end - declination) / (2 * end), 0.0, 1.0)


def calendar(first_day, days, elapsed, latitudes):
    """Return the rows of `day.Today` and whether it is 1 November, shape (latitude, day + 1, 11), and days of year.

    Parameters
    ----------
    first_day : datetime64[D]
    days : int
        Of the run; one more row is returned.
    elapsed : int
        Number of the first day.
    latitudes : array_like
        Degrees north.

    Returns
    -------
    ndarray, ndarray of int, shape (day + 1,)
        The second counts from 0.
    """
    dates = first_day + np.arange(days + 1)
    day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(int) + 1
    month = dates.astype("M8[M]").astype(int) % 12 + 1
    lapse_day, lapse_night = lapse_rates(month)
    rise = (day_of_year >= LONGEST_NIGHT) | (day_of_year < SHORTEST_NIGHT)
    first_of_november = (month == 11) & (dates == dates.astype("M8[M]").astype("M8[D]"))
    tables = []
    for latitude in latitudes:
        up = sun(float(latitude))[day_of_year - 1, :, 0]
        lit = up > LOW_SUN
        tables.append(
            np.stack(
                [
                    elapsed + np.arange(days + 1),
                    day_of_year,
                    lapse_day,
                    lapse_night,
                    winter_share(day_of_year),
                    rise,
                    1 - lit.mean(axis=1),
                    day_curve.sunset_weight(float(latitude))[day_of_year - 1],
                    radiation.extraterrestrial(float(latitude), day_of_year),
                    1e6
                    / 3600
                    / np.where(lit, up, 0).sum(axis=1),  # the day's radiation falls by the sines of its hours
                    first_of_november,
                ],
                axis=1,
            )
        )
    return np.stack(tables).astype(float), day_of_year.astype(np.int64) - 1
