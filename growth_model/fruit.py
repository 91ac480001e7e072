"""The growth of a fruit: diameter in physiological time, and its mass."""

from math import pi

from agro.numeric import equation, exp, log

SPHERE = pi / 6 * 1e-3  # cm3 of a sphere of 1 mm across


@equation
def grown_diameter(diameter, diameter_max, growth, physiological_days):
    """Return the diameter after some physiological days, from today's diameter alone.

    The form has no clock: a reading with calipers puts it right at once.

    Parameters
    ----------
    diameter, diameter_max : array_like
        Today's, and the one never quite reached. [mm]
    growth : float
        Rate per physiological day. [d-1]
    physiological_days : array_like
        To come. [d]

    Returns
    -------
    array_like
        [mm]

    Notes
    -----
    Exact step of Gompertz growth, :math:`dD/dt = c f_T D \\ln(D_{max} / D)`; rates that fall from May to harvest
    are in [1]_.

    References
    ----------
    .. [1] Wiegand, Swanson. J. Rio Grande Valley Hort. Soc. 37:83-94.

    Examples
    --------
    >>> round(float(grown_diameter(51.0, 88.0, 0.0185, 24.2)), 2)
    62.1
    """
    return diameter_max * exp(log(diameter / diameter_max) * exp(-growth * physiological_days))


@equation
def fruit_mass(diameter, shape):
    """Return the mass [g] of a fruit of `diameter` [mm] whose sphere would weigh `shape` [g cm-3]; Sharifi et al. 2007.

    >>> round(float(fruit_mass(70.0, 0.887)), 1)
    159.3
    """
    return shape * SPHERE * diameter * diameter * diameter
