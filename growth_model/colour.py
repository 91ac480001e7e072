"""The colour of the peel, as a share of the group's full colour: cool nights make it, warm spring nights undo it."""

from agro.numeric import equation, maximum, minimum


@equation
def coloured(colour, nights, threshold, rate):
    """Return the colour one day on.

    Parameters
    ----------
    colour : array_like
        0 green, 1 the group's full colour. [1]
    nights : array_like
        Minimum temperature, mean of seven days. [degC]
    threshold : float
        Nights below it colour the fruit. [degC]
    rate : float
        [degC-1 d-1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Ritenour, Alferez (2020). Citrus Industry.
    .. [2] Manera et al. (2012). Sci. Hortic. 145:34-38.

    Examples
    --------
    >>> round(float(coloured(0.1, 11.0, 13.0, 0.05)), 2)
    0.19
    """
    return colour + minimum(rate * maximum(threshold - nights, 0.0), 1.0) * (1.0 - colour)


@equation
def regreened(colour, rate):
    """Return the colour [1] after one warm night of the year's rising half; `rate` [d-1]; Ritenour and Alferez 2020."""
    return colour * (1.0 - rate)
