"""Where huanglongbing could spread and psyllids live through a winter: warmth, not presence."""

from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import equation, exp, maximum


class Transmission(NamedTuple):
    """Between which temperatures the psyllid passes the bacterium on."""

    lower: Annotated[float, "degC"]
    upper: Annotated[float, "degC"]


class Winter(NamedTuple):
    """How many cold days adult psyllids bear."""

    cold: Annotated[float, "degC"]  # a day counts whose minimum lies below
    half: Annotated[float, "d"]  # after which half are alive
    width: Annotated[float, "d"]


@equation
def transmission(temperature, lower, upper):
    """Return how suitable a temperature is for the passing on of huanglongbing.

    Parameters
    ----------
    temperature : array_like
        Mean of a month. [degC]
    lower, upper : float
        Nothing is passed on beyond. [degC]

    Returns
    -------
    array_like, shape of `temperature`
        1 halfway between the limits. [1]

    Notes
    -----
    The limits are those of Taylor et al.; the parabola between them is ours. It says nothing of presence: in the Three
    Gorges the disease does not occur.

    References
    ----------
    .. [1] Taylor et al. (2019). Journal of Applied Ecology 56:2057-2068, doi:10.1111/1365-2664.13455.

    Examples
    --------
    >>> round(float(transmission(20.0, 16.0, 33.0)), 3)
    0.72
    """
    half = (upper - lower) / 2.0
    return maximum((temperature - lower) * (upper - temperature) / (half * half), 0.0)


def cold_days(tmin, cold):
    """Return on how many days of the last axis the minimum lay below `cold` [d]; NaN where a day is not known."""
    tmin = np.asarray(tmin, float)
    return np.sum(np.where(np.isnan(tmin), np.nan, tmin < cold), axis=-1)


@equation
def winter_survival(days, half, width):
    """Return which share of adult psyllids lives through a winter with so many cold days.

    Parameters
    ----------
    days : array_like
        `cold_days` of the winter. [d]
    half : float
        Days after which half of them are alive. [d]
    width : float
        Days over which the share falls from 0.5 to 0.27. [d]

    Returns
    -------
    array_like, shape of `days`
        [1]

    Notes
    -----
    Psyllids winter as adults on evergreen leaves, so that frost and the next flush set their limit and not the summer;
    the logistic form is a judgement without measurement.

    Examples
    --------
    >>> round(float(winter_survival(10.0, 10.0, 3.0)), 2)
    0.5
    """
    return 1.0 / (1.0 + exp((days - half) / width))
