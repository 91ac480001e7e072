"""Soluble solids: a relaxation to a limit, paced by warmth and light."""

from agro.numeric import equation, maximum, minimum


@equation
def sugar_warmth(temperature, lower, optimum_from, optimum_to, hot, hot_share):
    """Return the pace of sugar gain at a day's mean temperature relative to the best.

    Parameters
    ----------
    temperature : array_like
        Daily mean. [degC]
    lower, optimum_from, optimum_to, hot : float
        0 at `lower`, 1 between the optima, `hot_share` from `hot` on. [degC]
    hot_share : float
        [1]

    Returns
    -------
    array_like
        0 to 1. [1]

    Notes
    -----
    A judgement of the growth specification: fruit gained sugar all winter in Sichuan, so the base is low.
    """
    rising = (temperature - lower) / (optimum_from - lower)
    falling = maximum(1.0 - (temperature - optimum_to) / (hot - optimum_to) * (1.0 - hot_share), hot_share)
    return maximum(minimum(minimum(rising, falling), 1.0), 0.0)


@equation
def sugar_after_day(sugar, limit, rate, pace, light):
    """Return the soluble solids one day on.

    Parameters
    ----------
    sugar, limit : array_like
        Today's, and what they run towards. [degBrix]
    rate : float
        Gain at the best temperature and normal light. [d-1]
    pace : array_like
        Of `sugar_warmth`. [1]
    light : array_like
        Ten days' light over the normal. [1]

    Returns
    -------
    array_like
        [degBrix]

    Notes
    -----
    :math:`dS/dt = k g(T) I (S_{max} - S)`; the rate gives the +18 % that Kiyomi tangor gained in Sichuan from 29
    January to 25 April.

    Examples
    --------
    >>> round(float(sugar_after_day(10.5, 13.5, 0.019, 0.55, 1.0)), 4)
    10.5313
    """
    return sugar + rate * pace * light * (limit - sugar)
