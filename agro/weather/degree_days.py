"""Degree days of one day by several methods, and the rate of Briere for development that bends.

All have a horizontal cutoff: above the upper limit more heat adds nothing. Hours are best where they exist; else use
the method of the model's own publication, as heat sums do not carry over from one to another.
"""

import numpy as np

from agro.numeric import clip, equation, maximum, where


@equation
def averaged(tmin, tmax, lower, upper=np.inf):
    """Return the degree days by the mean of the extremes [degC d]; `tmax` is cut at `upper` first."""
    return np.maximum((np.minimum(tmax, upper) + tmin) / 2 - lower, 0.0)


@equation
def averaged_cut(tmin, tmax, lower, upper=1e9):
    """Return the degree days by the mean of extremes [degC d] that were both cut at both limits first.

    Method 2 of McMaster and Wilhelm (1997), Agricultural and Forest Meteorology 87:291; `averaged` is method 1.
    """
    return (clip(tmin, lower, upper) + clip(tmax, lower, upper)) / 2.0 - lower


@equation
def sine_above(tmin, tmax, threshold):
    """Return the area of a sine between the extremes above `threshold` [degC d]; Baskerville and Emin (1969)."""
    mean, half = (tmax + tmin) / 2, (tmax - tmin) / 2
    # limits of the arc sine stand for the days wholly above and wholly below
    angle = np.arcsin(np.minimum(np.maximum((threshold - mean) / np.maximum(half, 1e-9), -1.0), 1.0))
    return np.maximum(((mean - threshold) * (np.pi / 2 - angle) + half * np.cos(angle)) / np.pi, 0.0)


@equation
def single_sine(tmin, tmax, lower, upper=1e9):
    """Return the degree days by a sine through the extremes.

    Parameters
    ----------
    tmin, tmax : array_like
        Daily extremes. [degC]
    lower : float
        Base temperature. [degC]
    upper : float
        Temperature above which more heat adds nothing (horizontal cutoff). [degC]

    Returns
    -------
    array_like
        [degC d]

    References
    ----------
    .. [1] Baskerville and Emin (1969). Rapid estimation of heat accumulation from maximum and minimum temperatures.
       Ecology 50(3):514-517.
    .. [2] Zalom et al. (1983). Degree-days: the calculation and use of heat units in pest management. UC leaflet 21373.

    Examples
    --------
    >>> round(float(single_sine(7.0, 18.0, 12.8)), 3)
    1.603
    """
    return sine_above(tmin, tmax, lower) - sine_above(tmin, tmax, upper)


@equation
def double_sine(tmin, tmax, tmin_next, lower, upper=1e9):
    """Return the degree days by two half sines, up from `tmin` and down to tomorrow's `tmin_next` [degC d].

    Limits as in `single_sine`; Zalom et al. (1983).
    """
    return (single_sine(tmin, tmax, lower, upper) + single_sine(tmin_next, tmax, lower, upper)) / 2.0


@equation
def triangle_above(tmin, tmax, threshold):
    """Return the area of a triangle between the extremes above `threshold` [degC d]; Zalom et al. (1983)."""
    over = maximum(tmax - threshold, 0.0)
    whole = (tmin + tmax) / 2.0 - threshold
    return where(tmin >= threshold, whole, over * over / (2.0 * maximum(tmax - tmin, 1e-9)))


@equation
def single_triangle(tmin, tmax, lower, upper=1e9):
    """Return the degree days by a straight rise from `tmin` to `tmax` and a fall to `tmin` again [degC d].

    Limits as in `single_sine`; Zalom et al. (1983).

    Examples
    --------
    >>> round(float(single_triangle(50.0, 82.0, 55.0, 90.0)), 2)  # degrees F
    11.39
    """
    return triangle_above(tmin, tmax, lower) - triangle_above(tmin, tmax, upper)


@equation
def double_triangle(tmin, tmax, tmin_next, lower, upper=1e9):
    """Return the degree days by a straight rise from `tmin` and a fall to tomorrow's `tmin_next` [degC d].

    Limits as in `single_sine`; Zalom et al. (1983).
    """
    return (single_triangle(tmin, tmax, lower, upper) + single_triangle(tmin_next, tmax, lower, upper)) / 2.0


@equation
def hourly(temperature, lower, upper=1e9):
    """Return what one hour at `temperature` [degC] adds to the degree days [degC d]; cut at both limits."""
    return (clip(temperature, lower, upper) - lower) / 24.0


def hourly_mean(temperature, lower, upper=np.inf):
    """Return the degree days from `temperature` of shape (..., hour) [degC d], hours cut at both limits."""
    return np.mean(np.clip(temperature, lower, upper) - lower, axis=-1)


@equation
def briere(temperature, scale, lower, upper):
    """Return the rate of development by Briere's curve; for hours, as on daily means it counts too little in spring.

    Parameters
    ----------
    temperature : array_like
        [degC]
    scale : float
        Fitted. [d-1 K-2.5]
    lower, upper : float
        Temperatures between which there is development. [degC]

    Returns
    -------
    array_like
        :math:`c T (T - T_0) \\sqrt{T_m - T}`, 0 outside the limits. [d-1]

    References
    ----------
    .. [1] Briere et al. (1999). A novel rate model of temperature-dependent development for arthropods. Environmental
       Entomology 28(1):22-29.

    Examples
    --------
    >>> round(float(briere(25.0, 1e-4, 11.0, 33.0)), 4)
    0.099
    """
    return scale * temperature * maximum(temperature - lower, 0.0) * np.sqrt(maximum(upper - temperature, 0.0))
