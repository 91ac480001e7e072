"""The air that spray meets: wet bulb, how fast droplets dry, and the inversion that carries them away."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation, maximum, ramp, where

FILE = Path(__file__).with_name("spray_air.toml")


class Inversion(NamedTuple):
    """When the air near the ground is likely to lie still under warmer air."""

    after_sunrise: Annotated[float, "h"]
    before_sunset: Annotated[float, "h"]
    set_in: Annotated[float, "h"]


def inversion_times() -> Inversion:
    """Return the hours around sunrise and sunset with inversion."""
    return parameters.load(FILE, "inversion", Inversion)


@equation
def wet_bulb(temperature, rh):
    """Return the temperature of a wet bulb.

    Parameters
    ----------
    temperature : array_like
        Air temperature, -20 to 50. [degC]
    rh : array_like
        Relative humidity, 5 to 99. [%]

    Returns
    -------
    array_like
        At sea level pressure; mean error 0.3, at most 1 off, but not for air both cold and dry. [degC]

    References
    ----------
    .. [1] Stull (2011). Wet-bulb temperature from relative humidity and air temperature. Journal of Applied
       Meteorology and Climatology 50:2267-2269, eq. 1. doi:10.1175/JAMC-D-11-0143.1

    Examples
    --------
    >>> round(float(wet_bulb(20.0, 50.0)), 1)
    13.7
    """
    angle = temperature * np.arctan(0.151977 * np.sqrt(rh + 8.313659)) + np.arctan(temperature + rh)
    return angle - np.arctan(rh - 1.676331) + 0.00391838 * rh * np.sqrt(rh) * np.arctan(0.023101 * rh) - 4.686035


@equation
def delta_t(temperature, rh):
    """Return air temperature [degC] less wet bulb [K] at relative humidity `rh` [%]: the dryness that droplets meet.

    Not below 0, which the formula of Stull misses by some tenths in saturated air.

    Examples
    --------
    >>> round(float(delta_t(20.0, 50.0)), 2)
    6.3
    """
    return maximum(temperature - wet_bulb(temperature, rh), 0.0)


@equation
def temperature_inversion(since_sunrise, until_sunset, times):
    """Return how likely spray would drift in an inversion, by the sun alone.

    Parameters
    ----------
    since_sunrise, until_sunset : array_like
        From sunrise to the hour, and from the hour to sunset; negative before sunrise and after sunset. [h]
    times : Inversion
        See `inversion_times`.

    Returns
    -------
    array_like
        1 by night, in the first hour of sun and the last before sunset; 0 by day; falling evenly to 0 within the hour
        before that. [1]

    Notes
    -----
    Wind, cloud and shade of slopes are not in it: they can break an inversion, or hold it in a valley until noon.

    Examples
    --------
    >>> float(temperature_inversion(4.0, 8.0, Inversion(1.0, 2.0, 1.0)))
    0.0
    """
    evening = ramp(times.before_sunset - until_sunset, 0.0, times.before_sunset - times.set_in)
    morning = where(since_sunrise < times.after_sunrise, 1.0, 0.0)
    return maximum(evening, morning) + (since_sunrise + until_sunset) * 0.0  # what is missing stays missing
