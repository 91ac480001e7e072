"""From flowers to fruit: what drops, what stays, and how much a tree bears."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, exp, maximum, minimum, power


class FruitDrop(NamedTuple):
    """Hazards of drop per physiological day, and what raises them."""

    early: Annotated[float, "d-1"]
    middle: Annotated[float, "d-1"]
    late: Annotated[float, "d-1"]
    early_until: Annotated[float, "d"]
    middle_until: Annotated[float, "d"]
    source: Annotated[float, "1"]
    heat: Annotated[float, "degC-1 d-1"]
    water: Annotated[float, "d-1"]
    late_share: Annotated[float, "1"]


class DropStress(NamedTuple):
    """What sheds fruit beyond nature's measure."""

    source_sink: float  # source over sink, mean of 5 days
    heat: float  # degC, `heat_dose`
    water: float  # soil water stress, 1 without


class Load(NamedTuple):
    """How a crop's weight on the tree shows in the size of its fruit."""

    exponent: Annotated[float, "1"]
    limit: Annotated[float, "1"]


@equation
def natural_drop(age, growth, drop):
    """Return the hazard of drop gathered over a step without stress, the same however the step is cut.

    Parameters
    ----------
    age : array_like
        Physiological days since full bloom as the step begins. [d]
    growth : array_like
        Physiological days of the step. [d]
    drop : FruitDrop
        Hazards and the ages at which they change.

    Returns
    -------
    array_like
        `exp` of its negative survives; 3.9 over 45 physiological days leaves 2 %. [1]

    References
    ----------
    .. [1] Vashisth, UF/IFAS: fewer than 2 % of flowers become harvested fruit. The course is a judgement.
    """
    end = age + growth
    early = minimum(end, drop.early_until) - minimum(age, drop.early_until)
    late = maximum(end, drop.middle_until) - maximum(age, drop.middle_until)
    return drop.early * early + drop.middle * (growth - early - late) + drop.late * late


@equation
def susceptible_days(age, growth, drop):
    """Return the physiological days [d] of a step in which stress can shed fruit: few after the June drop."""
    late = maximum(age + growth, drop.middle_until) - maximum(age, drop.middle_until)
    return growth - late + drop.late_share * late


@equation
def fruit_left(fruit, age, growth, stress, drop):
    """Return the fruit that stay on the tree over a step, exact for a stress that is constant within it.

    Parameters
    ----------
    fruit : array_like
        Flowers or fruit as the step begins. [m-2]
    age, growth : array_like
        Physiological days since full bloom, and of the step. [d]
    stress : DropStress
        What the tree lacks.
    drop : FruitDrop
        Hazards.

    Returns
    -------
    array_like
        [m-2]

    Notes
    -----
    :math:`dn/dp = -n [h_0(p) (1 + a_S \\max(0, 1 - \\sigma)) + s(p) (a_H H + a_W (1 - K_s))]`, where *s* is 1 until
    the end of the June drop and `late_share` after: without it one hot dry July would strip a tree, which local
    orchards do not show.
    """
    natural = natural_drop(age, growth, drop) * (1.0 + drop.source * maximum(1.0 - stress.source_sink, 0.0))
    forced = drop.heat * stress.heat + drop.water * (1.0 - stress.water)
    return fruit * exp(-natural - susceptible_days(age, growth, drop) * forced)


@equation
def full_crop(leaf_area, leaf_area_per_fruit):
    """Return the fruit of a full crop [m-2] by the canopy's leaf area per ground [1] and per fruit [m2].

    >>> round(float(full_crop(3.5, 0.20)), 2)
    17.5
    """
    return leaf_area / leaf_area_per_fruit


@equation
def crop_load(fruit, reference):
    """Return the crop as a share of a full crop [1]; above 1 when overloaded, 0 in a tree without leaves or fruit."""
    return fruit / maximum(reference, 0.5)  # less than one fruit on two square metres is no orchard


@equation
def load_factor(load, exponent, limit):
    """Return by how much the crop changes the final diameter of its fruit.

    Parameters
    ----------
    load : array_like
        Crop as a share of a full crop. [1]
    exponent : float
        0.12: half the load adds 9 % to the diameter. [1]
    limit : float
        Largest change either way. [1]

    Returns
    -------
    array_like
        Within 1 - `limit` and 1 + `limit`. [1]

    References
    ----------
    .. [1] Yearly defoliation of Hamlin and Valencia, Florida: fruit weight rises with the leaf area per fruit. The
       power is a judgement.

    Examples
    --------
    >>> round(float(load_factor(0.5, 0.12, 0.15)), 3)
    1.087
    """
    return clip(power(maximum(load, 1e-3), -exponent), 1.0 - limit, 1.0 + limit)
