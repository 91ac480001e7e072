"""Degree days of one day by three methods, with an upper limit above which more heat adds nothing."""

import numpy as np

from agro.numeric import equation


@equation
def averaged(tmin, tmax, lower, upper=np.inf):
    """Return the degree days by the mean of the extremes [degC d]; `tmax` is cut at `upper` first."""
    return np.maximum((np.minimum(tmax, upper) + tmin) / 2 - lower, 0.0)


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


def hourly_mean(temperature, lower, upper=np.inf):
    """Return the degree days from `temperature` of shape (..., hour) [degC d], hours cut at both limits."""
    return np.mean(np.clip(temperature, lower, upper) - lower, axis=-1)
