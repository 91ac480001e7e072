"""Water use of an orchard over that of the reference grass: basal coefficients by cover, sward and day of year."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation, maximum, minimum, ramp, where

FILE = Path(__file__).with_name("crop_coefficient.toml")


class Table(NamedTuple):
    """FAO-56 table 17 of one ground cover: a value for each canopy cover."""

    cover: Annotated[list, "1"]
    initial: Annotated[list, "1"]
    middle: Annotated[list, "1"]
    end: Annotated[list, "1"]


class Heights(NamedTuple):
    """Height of the trees for each canopy cover."""

    cover: Annotated[list, "1"]
    height: Annotated[list, "m"]


class Climate(NamedTuple):
    """What a humid climate adds."""

    humid_increment: Annotated[float, "1"]
    full_from_cover: Annotated[float, "1"]


class Stages(NamedTuple):
    """Days of year at which the coefficient turns; linear between."""

    initial_until: Annotated[float, "day of year"]
    middle_from: Annotated[float, "day of year"]
    middle_until: Annotated[float, "day of year"]
    end_from: Annotated[float, "day of year"]


class Basal(NamedTuple):
    """Basal coefficients of one orchard, before the weather of a day."""

    initial: Annotated[float, "1"]
    middle: Annotated[float, "1"]
    end: Annotated[float, "1"]
    height_factor: Annotated[float, "1"]  # (height / 3 m)^0.3


def stages():
    """Return the Stages of `crop_coefficient.toml`."""
    return parameters.load(FILE, "stages", Stages)


def climate():
    """Return the Climate of `crop_coefficient.toml`."""
    return parameters.load(FILE, "climate", Climate)


def basal_coefficients(cover, sward=0.0, height=None, climate=None):
    """Return the basal coefficients of an orchard.

    Parameters
    ----------
    cover : array_like
        Share of the ground under the canopy as seen from above; beyond 0.7 the values of 0.7 hold. [1]
    sward : array_like
        Share of the ground between with active grass or weeds. [1]
    height : array_like, optional
        Of the trees; by default that of the table for the cover. [m]
    climate : Climate, optional
        By default that of `crop_coefficient.toml`.

    Returns
    -------
    Basal

    Notes
    -----
    The humid increment is about trees whose stomata close less, so it shrinks with the cover of small trees.

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, table 17, citrus.

    Examples
    --------
    >>> round(float(basal_coefficients(0.6, climate=Climate(0.0, 0.2)).middle), 3)
    0.575
    """
    climate = climate or parameters.load(FILE, "climate", Climate)
    bare, grown = (parameters.load(FILE, name, Table) for name in ("bare", "sward"))
    cover, sward = np.asarray(cover, float), np.asarray(sward, float)
    added = climate.humid_increment * np.minimum(cover / climate.full_from_cover, 1.0)

    def at(low, high):
        return np.interp(cover, bare.cover, low) * (1 - sward) + np.interp(cover, grown.cover, high) * sward + added

    if height is None:
        trees = parameters.load(FILE, "trees", Heights)
        height = np.interp(cover, trees.cover, trees.height)
    return Basal(
        at(bare.initial, grown.initial), at(bare.middle, grown.middle), at(bare.end, grown.end), height_factor(height)
    )


def height_factor(height):
    """Return how far the height [m] of the trees carries the weather's correction [1]; FAO-56 eq. 70 and 72."""
    return np.power(np.asarray(height, float) / 3.0, 0.3)


@equation
def weather_term(wind, rh_min, height_factor):
    """Return the correction of a coefficient for wind and dry air.

    Parameters
    ----------
    wind : array_like
        At 2 m; used within 1 to 6. [m s-1]
    rh_min : array_like
        Lowest relative humidity of the day; used within 20 to 80. [%]
    height_factor : array_like
        `Basal.height_factor`. [1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 70.

    Examples
    --------
    >>> round(float(weather_term(1.2, 62.0, 1.0)), 3)
    -0.1
    """
    wind = minimum(6.0, maximum(1.0, wind))
    rh_min = minimum(80.0, maximum(20.0, rh_min))
    return (0.04 * (wind - 2.0) - 0.004 * (rh_min - 45.0)) * height_factor


@equation
def basal_coefficient(day, basal, stages, weather):
    """Return the basal coefficient of a day.

    Parameters
    ----------
    day : array_like
        Day of year. [1]
    basal : Basal
    stages : Stages
    weather : array_like
        `weather_term`: enters above 0.45 and as the initial stage ends. [1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 66 and 70.
    """
    growth = ramp(day, stages.initial_until, stages.middle_from)
    decline = ramp(day, stages.middle_until, stages.end_from)
    table = basal.initial + growth * (basal.middle - basal.initial) + decline * (basal.end - basal.middle)
    return maximum(0.0, table + where(table > 0.45, growth * weather, 0.0))


@equation
def highest_coefficient(basal, weather):
    """Return the most that wet ground and trees can use [1], by the day's `basal_coefficient`; FAO-56 eq. 72."""
    return maximum(1.2 + weather, basal + 0.05)
