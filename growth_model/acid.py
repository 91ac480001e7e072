"""Titratable acid: burnt in the warmth and diluted by growth; it never rises again."""

from agro.numeric import equation, exp

LN2 = 0.6931471805599453


@equation
def acid_loss(temperature, rate, reference, doubling):
    """Return the share of the acid that is lost in a day [d-1], a rate that doubles in `doubling` [degC].

    Late-hung oranges in Australia and grapefruit follow heat sums closely; there is no base temperature, as acid
    kept falling through the Sichuan winter.

    >>> round(30 * float(acid_loss(10.0, 0.005, 20.0, 10.0)), 3)
    0.075
    """
    return rate * exp(LN2 * (temperature - reference) / doubling)


@equation
def acid_after_day(acid, loss, diameter, grown):
    """Return the acid one day on, when the fruit has grown from `diameter` to `grown`.

    Parameters
    ----------
    acid : array_like
        Citric acid. [g dL-1]
    loss : array_like
        Of `acid_loss`. [d-1]
    diameter, grown : array_like
        On this and the next evening; the acid of a fruit is diluted by its growing volume. [mm]

    Returns
    -------
    array_like
        [g dL-1]

    Notes
    -----
    :math:`dA/dt = -k A - A \\, dM/dt / M`.

    References
    ----------
    .. [1] Hutton, Landsberg (2000). J. Sci. Food Agric. 80:275-283.
    .. [2] Zhang et al. (2023). J. Sci. Food Agric. 103:1247-1260.
    """
    shrunk = diameter / grown
    return acid * exp(-loss) * shrunk * shrunk * shrunk
