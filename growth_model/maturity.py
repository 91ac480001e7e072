"""Maturity as a state of the fruit, never as a sum of heat."""

from agro.numeric import equation, minimum


@equation
def ripeness(sugar, acid, ratio_ripe, sugar_ripe):
    """Return how near the taste is to ripe: 1 when both the ratio and the sugar suffice.

    Heat stops for four winter months, so a site 0.5 degC cooler would reach a degree-day total 126 days later;
    its taste follows by days.

    Parameters
    ----------
    sugar, sugar_ripe : array_like
        Soluble solids, and those the market asks for. [degBrix]
    acid : array_like
        [g dL-1]
    ratio_ripe : float
        Sugar over acid that counts as ripe. [1]

    Returns
    -------
    array_like
        [1]
    """
    return minimum(sugar / acid / ratio_ripe, sugar / sugar_ripe)


@equation
def brim_a(sugar, acid, k=4.0):
    """Return the eating quality BrimA [degBrix] = sugar - k acid; Obenland et al. (2009), k of the California standard.

    >>> brim_a(12.0, 0.75)
    9.0
    """
    return sugar - k * acid
