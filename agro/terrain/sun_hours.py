"""The sun of one day at one place: when it shines on the slope, and when the mountain keeps it away."""

import numpy as np
import pandas as pd

from agro.terrain.slope_light import sun_path
from agro.terrain.sunlight import horizon_at, normal

MINUTES = 5


def sun_course(latitude, longitude, slope, aspect, horizon, day_of_year, *, zone=8.0, minutes=MINUTES) -> pd.DataFrame:
    """Return the sun of a cloudless day over one place, moment by moment.

    Parameters
    ----------
    latitude, longitude : float
        [degrees], north and east positive
    slope, aspect : float
        Aspect clockwise from north, NaN or None on flat ground. [degrees]
    horizon : array_like, shape (direction,), or None
        Height of the terrain in equal steps clockwise from north; None is the open plane. [degrees]
    day_of_year : float
        1 to 366. [d]
    zone : float
        Hours by which the clock is before UTC. [h]
    minutes : float
        Time between two moments. [min]

    Returns
    -------
    DataFrame
        One row a moment between sunrise and sunset of the open plane: clock [h], height and azimuth of the sun and
        terrain towards it [degrees]; lit, whether the sun reaches the slope; beam, the sun's strength on the slope
        over that on a surface that faces it [1], 0 in shade; flat, the same of open flat ground.

    Notes
    -----
    The middle of the sun, without refraction: a day is some seven minutes longer to the eye.
    """
    facing = normal(float(slope), float("nan" if aspect is None else aspect))
    path = sun_path(np.array([float(latitude)]), np.array([float(day_of_year)]), minutes)[0, 0]
    up, east, north, height, azimuth = path.T
    count = len(path)
    solar = (np.arange(count) + 0.5) / count * 24.0
    clock = solar + zone - longitude / 15.0 - equation_of_time(day_of_year) / 60.0
    terrain = np.zeros(count) if horizon is None else horizon_at(horizon, azimuth)
    towards = up * facing[0] + east * facing[1] + north * facing[2]
    lit = (height > terrain) & (towards > 0) & (height > 0)
    table = pd.DataFrame(
        {
            "clock": clock,
            "height": height,
            "azimuth": azimuth,
            "terrain": terrain,
            "lit": lit,
            "beam": np.where(lit, towards, 0.0),
            "flat": np.maximum(up, 0.0),
        }
    )
    return table[height > 0].reset_index(drop=True)


def spells(course: pd.DataFrame, minutes=MINUTES) -> pd.DataFrame:
    """Return the day as spells of sun and of shade: columns start, end [h of the clock] and lit."""
    if not len(course):
        return pd.DataFrame({"start": [], "end": [], "lit": []})
    number = (course["lit"] != course["lit"].shift()).cumsum()
    half = minutes / 120.0
    grouped = course.groupby(number)
    return pd.DataFrame(
        {
            "start": grouped["clock"].min().to_numpy() - half,
            "end": grouped["clock"].max().to_numpy() + half,
            "lit": grouped["lit"].first().to_numpy(),
        }
    )


def hours(course: pd.DataFrame, minutes=MINUTES) -> tuple[float, float]:
    """Return how long the sun stands over the open plane, and how long it shines on the slope [h]."""
    return len(course) * minutes / 60.0, float(course["lit"].sum()) * minutes / 60.0


def equation_of_time(day_of_year):
    """Return by how much a sundial is before the clock of its meridian [min]; Spencer (1971).

    >>> round(float(equation_of_time(307)), 1)
    16.4
    """
    g = 2 * np.pi * (np.asarray(day_of_year, float) - 1) / 365
    return 229.18 * (
        0.000075 + 0.001868 * np.cos(g) - 0.032077 * np.sin(g) - 0.014615 * np.cos(2 * g) - 0.04089 * np.sin(2 * g)
    )
