"""Temperature of a plot from that of a station: height, sun on the slope, cold air in the valley, share of the sky."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation, exp, maximum, minimum

FILE = Path(__file__).with_name("microclimate.toml")

DARKEST, BRIGHTEST = 0.4, 1.6
"""Bounds of the light ratio that warms the air; `growth.md` 9.4."""


class Lapse(NamedTuple):
    """Cooling with height of each month, January first."""

    tmax: Annotated[list, "K m-1"]
    tmin: Annotated[list, "K m-1"]


class SunWarming(NamedTuple):
    """How the sun on a slope warms the day."""

    strength: Annotated[float, "K"]
    full_leaf: Annotated[float, "m2 m-2"]


class ColdPool(NamedTuple):
    """How cold air fills a valley in a still night."""

    strength: Annotated[float, "K m-1"]
    depth: Annotated[float, "m"]


class Stillness(NamedTuple):
    """Which days are followed by a calm clear night, surely or not at all."""

    calm_wind: Annotated[float, "m s-1"]
    windy: Annotated[float, "m s-1"]
    clear_sky: Annotated[float, "1"]
    overcast_sky: Annotated[float, "1"]


class Sky(NamedTuple):
    """How a narrow sky keeps the night warm."""

    cooling: Annotated[float, "K"]


def lapse_rates(month):
    """Return the cooling of tmax and of tmin with height [K m-1] in `month`, 1 to 12, of any shape."""
    lapse = parameters.load(FILE, "lapse", Lapse)
    index = np.asarray(month) - 1
    if np.any((index < 0) | (index > 11)):
        raise ValueError(f"month is 1 to 12; got {month}")
    return np.array(lapse.tmax)[index], np.array(lapse.tmin)[index]


def sun_warming_parameters() -> SunWarming:
    """Return the values of section `sun`."""
    return parameters.load(FILE, "sun", SunWarming)


def cold_pool_parameters() -> ColdPool:
    """Return the values of section `cold_pool`."""
    return parameters.load(FILE, "cold_pool", ColdPool)


def stillness_parameters() -> Stillness:
    """Return the values of section `stillness`."""
    return parameters.load(FILE, "stillness", Stillness)


def sky_parameters() -> Sky:
    """Return the values of section `sky`."""
    return parameters.load(FILE, "sky", Sky)


@equation
def warming_by_sun(light_ratio, leaf_area, strength=1.0, full_leaf=8.0):
    """Return how much warmer the day gets by the sun on the slope.

    Parameters
    ----------
    light_ratio : array_like
        Light of the day on the slope over that on flat open ground, with the day's own clearness. [1]
    leaf_area : array_like
        Leaf area index; leaves keep the sun from the ground. [m2 m-2]
    strength : float
        `sun_warming_parameters` tells the origin. [K]
    full_leaf : float
        Leaf area at which nothing is left of it. [m2 m-2]

    Returns
    -------
    array_like
        Added to tmax; 0 where the light is that of flat ground, and little under overcast. [K]

    References
    ----------
    .. [1] Wilson and Gallant (2000). Terrain Analysis, ch. 4 (SRAD). Hungerford et al. (1989). MT-CLIM.

    Examples
    --------
    >>> round(float(warming_by_sun(0.7, 3.0)), 3)
    -0.455
    """
    light = minimum(maximum(light_ratio, DARKEST), BRIGHTEST)
    return strength * (light - 1.0 / light) * maximum(1.0 - leaf_area / full_leaf, 0.0)


@equation
def cold_pool(height_above_valley, stillness, strength=0.025, depth=100.0):
    """Return how much colder the night gets in the cold air of the valley.

    Parameters
    ----------
    height_above_valley : array_like
        Above the floor of the valley around. [m]
    stillness : array_like
        See `stillness`. [1]
    strength, depth : float
        `cold_pool_parameters` tells the origin. [K m-1], [m]

    Returns
    -------
    array_like
        Added to tmin; 0 above the pool and in windy or cloudy nights, else negative. [K]

    Examples
    --------
    >>> round(float(cold_pool(20.0, 1.0)), 3)
    -2.0
    """
    return -stillness * strength * minimum(maximum(depth - height_above_valley, 0.0), depth)


@equation
def reduced_sky_cooling(sky_view, cooling=1.0):
    """Return how much warmer the night stays [K] where terrain hides part of the sky; `sky_view` [1]."""
    return cooling * (1.0 - sky_view)


@equation
def site_tmax(tmax, height_difference, lapse, sun_warming):
    """Return the maximum of a plot.

    Parameters
    ----------
    tmax : array_like
        At the station. [degC]
    height_difference : array_like
        Of the plot above the station. [m]
    lapse : array_like
        See `lapse_rates`. [K m-1]
    sun_warming : array_like
        See `warming_by_sun`. [K]

    Returns
    -------
    array_like
        [degC]
    """
    return tmax - lapse * height_difference + sun_warming


@equation
def site_tmin(tmin, height_difference, lapse, cold_pool, sky_warming):
    """Return the minimum of a plot.

    Parameters
    ----------
    tmin : array_like
        At the station. [degC]
    height_difference : array_like
        Of the plot above the station. [m]
    lapse : array_like
        See `lapse_rates`. [K m-1]
    cold_pool, sky_warming : array_like
        See `cold_pool` and `reduced_sky_cooling`. [K]

    Returns
    -------
    array_like
        [degC]

    Notes
    -----
    The station is taken to stand above the pool: one that stands in it already reports part of it.
    """
    return tmin - lapse * height_difference + cold_pool + sky_warming


@equation
def cloud_cover(clearness, overcast=0.25, bright=0.50):
    """Return the cloud cover of a day [1] from its clearness [1]: the sunshine that Angstrom and Prescott miss."""
    return 1.0 - minimum(maximum((clearness - overcast) / bright, 0.0), 1.0)


@equation
def sky_emissivity(vapour_pressure, temperature, cloud):
    """Return the effective emissivity of the sky.

    Parameters
    ----------
    vapour_pressure : array_like
        [kPa]
    temperature : array_like
        Of the air. [degC]
    cloud : array_like
        Share of the sky, 0 to 1. [1]

    Returns
    -------
    array_like
        0.44 under a clear, 0.98 under an overcast sky. [1]

    References
    ----------
    .. [1] Konzelmann et al. (1994); constants and unit of the vapour as in microclima, whose limit of 0.5 goes with
       them. True clear skies come to some 0.75: it is an index for `stillness`, not for an energy balance.
    """
    clear = 0.23 + 0.433 * (vapour_pressure / (temperature + 273.15)) ** 0.125
    return clear * (1.0 - cloud**2) + 0.976 * cloud**2


@equation
def stillness(wind, emissivity, calm_wind=3.0, windy=6.0, clear_sky=0.46, overcast_sky=0.60):
    """Return how surely a calm clear night lets cold air settle.

    Parameters
    ----------
    wind : array_like
        Mean of the day at 2 m. [m s-1]
    emissivity : array_like
        See `sky_emissivity`, with the cloud of the day. [1]
    calm_wind, windy, clear_sky, overcast_sky : float
        `stillness_parameters` tells the origin.

    Returns
    -------
    array_like
        0 to 1. [1]

    Notes
    -----
    microclima asks of each hour: wind at 1 m under 4.5 m/s and emissivity under 0.5, three in a row, by night or
    within three hours of dawn. A day's means do not show its hours: a breezy day may end calm, a cloudy one clear up.
    So each limit becomes a ramp around it, a chance instead of a yes or no; the widths are judgement, and the clouds
    of the day stand for those of the night.

    References
    ----------
    .. [1] Maclean, Mosedale and Bennie (2019). Microclima: an R package for modelling meso- and microclimate.
       Methods Ecol Evol 10(2):280-290.
    """
    calm = minimum(maximum((windy - wind) / (windy - calm_wind), 0.0), 1.0)
    clear = minimum(maximum((overcast_sky - emissivity) / (overcast_sky - clear_sky), 0.0), 1.0)
    return calm * clear


@equation
def heat_load_index(latitude, slope, aspect):
    """Return the heat load of a slope; for maps only, it is no temperature.

    Parameters
    ----------
    latitude : array_like
        30 to 60 N. [degrees]
    slope : array_like
        To 60. [degrees]
    aspect : array_like
        Clockwise from north; of no effect on flat ground, where any number but NaN will do. [degrees]

    Returns
    -------
    array_like
        0.03 to 1.11; highest on slopes to the south-west. [1]

    References
    ----------
    .. [1] McCune and Keon (2002). Equations for potential annual direct incident radiation and heat load. J Veg Sci
       13(4):603-606, eq. 1.

    Examples
    --------
    >>> round(float(heat_load_index(30.0, 20.0, 225.0)), 4)
    1.0327
    """
    phi, steep = np.radians(latitude), np.radians(slope)
    folded = np.abs(np.pi - np.abs(np.radians(aspect) - 5.0 * np.pi / 4.0))
    return exp(
        -1.467
        + 1.582 * np.cos(phi) * np.cos(steep)
        - 1.5 * np.cos(folded) * np.sin(steep) * np.sin(phi)
        - 0.262 * np.sin(phi) * np.sin(steep)
        + 0.607 * np.sin(folded) * np.sin(steep)
    )
