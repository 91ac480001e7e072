"""Physiological days: the time that fruit growth counts in."""

from agro.numeric import equation, maximum, minimum


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
    rising = (temperature - lower) / (optimum_from - lower)
    falling = (upper - temperature) / (upper - optimum_to)
    return maximum(minimum(minimum(rising, falling), 1.0), 0.0)
