"""From winter to full bloom: a day count after Arrhenius, a heat sum, and one clock made of both."""

from agro.numeric import equation, exp, maximum

GAS_CONSTANT = 8.314  # J mol-1 K-1
ZERO = 273.15  # K


@equation
def standard_days(temperature, activation_energy, standard_temperature):
    """Return how many days at the standard temperature one day at `temperature` is worth.

    Parameters
    ----------
    temperature : array_like
        Daily mean. [degC]
    activation_energy : float
        [J mol-1]
    standard_temperature : float
        [degC]

    Returns
    -------
    array_like
        [d d-1]

    References
    ----------
    .. [1] Yahata, Oba, Kuwahara (1995). Bull. Fukuoka Agric. Res. Cent. 14:125-128.

    Examples
    --------
    >>> round(float(standard_days(25.0, 79_496.0, 20.0)), 3)
    1.728
    """
    return exp(activation_energy / GAS_CONSTANT * (1.0 / (standard_temperature + ZERO) - 1.0 / (temperature + ZERO)))


@equation
def heat(temperature, base):
    """Return the day's heat [degC d] above `base` [degC]; Kwon et al. (2021), doi:10.1016/j.scienta.2021.110092."""
    return maximum(temperature - base, 0.0)


@equation
def bloom_progress(days, requirement, heat_sum, heat_requirement, heat_weight):
    """Return how far the buds have come; the tree is in full bloom at 1.

    Two models cannot both be right, and a weighted mean of two dates has no course between winter and bloom.
    One clock that both drive has: stages and forecasts read it every day.

    Parameters
    ----------
    days, requirement : array_like
        Standard days so far, and at full bloom. [d]
    heat_sum, heat_requirement : array_like
        Heat so far, and at full bloom. [degC d]
    heat_weight : float
        Share of the heat sum in the clock, 0 to 1. [1]

    Returns
    -------
    array_like
        0 in winter, 1 at full bloom, more after it. [1]
    """
    return (1.0 - heat_weight) * days / requirement + heat_weight * heat_sum / heat_requirement
