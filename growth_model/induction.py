"""How many flowers a tree makes: cold or drought induces them, last year's crop and low reserves take them away."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, exp, where


class Induction(NamedTuple):
    """What turns buds into flower buds."""

    chill_lower: Annotated[float, "degC"]
    chill_upper: Annotated[float, "degC"]
    drought: Annotated[float, "MPa"]
    hours: Annotated[float, "h"]
    crop_suppression: Annotated[float, "1"]


@equation
def chill_hour(temperature, lower, upper):
    """Return the chilling [h] of an hour at `temperature` [degC]: 1 from `lower` up to below `upper`, else 0."""
    return where((temperature >= lower) & (temperature < upper), 1.0, 0.0)


@equation
def drought_hours(potential, threshold):
    """Return the inducing hours [h] of a day by its midday stem water potential [MPa]: 24 at `threshold` or drier.

    Southwick and Davenport 1986, Plant Physiol. 81:26-29: two weeks at -2.25 MPa induce Tahiti lime as cold does.
    """
    return where(potential <= threshold, 24.0, 0.0)


@equation
def induced_share(chill, drought, hours):
    """Return the share of buds induced.

    Parameters
    ----------
    chill, drought : array_like
        Hours since 1 November, until bud burst. [h]
    hours : float
        After which 63 % are induced. [h]

    Returns
    -------
    array_like
        0 without chilling or drought, up to 1. [1]

    References
    ----------
    .. [1] UF/IFAS Citrus Research and Education Center, Citrus Flowering Monitor: enough below 20 degC is 750 h after
       a light crop, 850 h after a heavy one. The form is a judgement.

    Examples
    --------
    >>> round(float(induced_share(850.0, 0.0, 425.0)), 3)
    0.865
    """
    return 1.0 - exp(-(chill + drought) / hours)


@equation
def flowers(flowers_max, induced, previous_load, reserve, suppression):
    """Return the flowers of the coming bloom.

    Parameters
    ----------
    flowers_max : array_like
        Flowers of a fully induced tree after a year without crop. [m-2]
    induced : array_like
        Share of buds induced. [1]
    previous_load : array_like
        Last crop over a full crop; what exceeds a full crop takes no more. [1]
    reserve : array_like
        `alternate_bearing.reserve_factor`. [1]
    suppression : float
        Share of flowers that a full crop takes away. [1]

    Returns
    -------
    array_like
        Per ground area. [m-2]

    References
    ----------
    .. [1] Valiente, Albrigo 2004. J. Am. Soc. Hort. Sci. 129: a crop cut flowering by 41.5 % in Hamlin and
       Valencia.

    Examples
    --------
    >>> round(float(flowers(600.0, 1.0, 1.0, 1.0, 0.415)), 1)
    351.0
    """
    return flowers_max * induced * (1.0 - suppression * clip(previous_load, 0.0, 1.0)) * reserve
