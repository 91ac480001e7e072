"""Physiological days: the time that fruit growth counts in."""

from agro.numeric import clip, equation, minimum


@equation
def room_above_cold(temperature, lower, slope):
    """Return the growth that cold leaves [1]: 0 at `lower` [degC] and below, rising by `slope` [K-1] to 1."""
    return clip((temperature - lower) * slope, 0.0, 1.0)


@equation
def room_below_heat(temperature, upper, slope):
    """Return the growth that heat leaves [1]: 0 from `upper` [degC] on, rising by `slope` [K-1] as it cools to 1."""
    return clip((upper - temperature) * slope, 0.0, 1.0)


@equation
def growth_warmth(temperature, lower, optimum_from, optimum_to, upper):
    """Return the growth rate at an hour's temperature relative to the best; its daily mean is a physiological day.

    A heat sum without an optimum overstates July and August where the mean maximum is 34 degC.

    Parameters
    ----------
    temperature : array_like
        Air temperature of the hour. [degC]
    lower, optimum_from, optimum_to, upper : float
        No growth below `lower`, full growth between the optima, none above `upper`. [degC]

    Returns
    -------
    array_like, shape of `temperature`
        0 to 1. [1]

    Notes
    -----
    Response of the growth specification; flat optimum of leaves from [1]_, lower corner from [2]_.

    References
    ----------
    .. [1] J. Jpn. Soc. Hort. Sci. 1985 54:315-322.
    .. [2] Stenzel et al. (2006). Sci. Agric., Folha Murcha orange in Parana.

    Examples
    --------
    >>> round(float(growth_warmth(18.4, 12.8, 24.0, 30.0, 37.0)), 3)
    0.5
    """
    cold = room_above_cold(temperature, lower, 1.0 / (optimum_from - lower))
    return minimum(cold, room_below_heat(temperature, upper, 1.0 / (upper - optimum_to)))
