"""What a tree burns: to keep its tissue alive, and to build more of it."""

from typing import Annotated, NamedTuple

from agro.numeric import equation, power

CARBOHYDRATE = 3600.0 * 30.026e-6
"""An hour of 1 umol s-1 of CO2 as CH2O. [g]"""


class Organs(NamedTuple):
    """Dry mass of a tree's organs, or what belongs to it, per area of ground."""

    leaf: float  # g m-2
    twig: float  # g m-2, below 1 cm
    wood: float  # g m-2, branches and trunk
    coarse_root: float  # g m-2
    fine_root: float  # g m-2
    fruit: float  # g m-2


class Maintenance(NamedTuple):
    """CH2O that a gram of dry matter burns in a day at 25 degC, and how warmth changes it."""

    leaf: Annotated[float, "g g-1 d-1"]
    twig: Annotated[float, "g g-1 d-1"]
    wood: Annotated[float, "g g-1 d-1"]
    coarse_root: Annotated[float, "g g-1 d-1"]
    fine_root: Annotated[float, "g g-1 d-1"]
    fruit: Annotated[float, "g g-1 d-1"]
    fruit_young: Annotated[float, "g g-1 d-1"]  # before 40 % of the final size
    q10: Annotated[float, "1"]
    q10_leaf: Annotated[float, "1"]


class GrowthCost(NamedTuple):
    """Glucose that a gram of new dry matter takes, and the CH2O that it still holds."""

    leaf: Annotated[float, "g g-1"]
    wood: Annotated[float, "g g-1"]
    root: Annotated[float, "g g-1"]
    fruit: Annotated[float, "g g-1"]
    held: Annotated[float, "g g-1"]  # carbon of dry matter over carbon of CH2O


@equation
def carbohydrate(assimilation):
    """Return the CH2O of an hour [g m-2] from CO2 taken up at `assimilation` [umol m-2 s-1].

    >>> round(float(carbohydrate(10.0)), 3)
    1.081
    """
    return assimilation * CARBOHYDRATE


@equation
def q10_response(temperature, q10):
    """Return a rate over its value at 25 degC [1], which grows `q10` times in 10 degC."""
    return power(q10, 0.1 * (temperature - 25.0))


@equation
def maintenance(organs, rates, response, leaf_response, young):
    """Return what a day's upkeep burns in each organ.

    Parameters
    ----------
    organs : Organs
        Dry mass. [g m-2]
    rates : Maintenance
    response : array_like
        `q10_response` with `rates.q10`, mean over the day's 24 hours. [1]
    leaf_response : array_like
        `q10_response` with `rates.q10_leaf`, summed over the hours without sun and divided by 24: by day the
        leaves' respiration is within net assimilation. [1]
    young : array_like
        Share of the fruit that is below 40 % of its final size. [1]

    Returns
    -------
    Organs
        CH2O. [g m-2 d-1]

    References
    ----------
    .. [1] Amthor (2000). Annals of Botany 86:1-20.
    """
    return Organs(
        organs.leaf * rates.leaf * leaf_response,
        organs.twig * rates.twig * response,
        organs.wood * rates.wood * response,
        organs.coarse_root * rates.coarse_root * response,
        organs.fine_root * rates.fine_root * response,
        organs.fruit * (rates.fruit + young * (rates.fruit_young - rates.fruit)) * response,
    )


@equation
def total(organs):
    """Return the sum over the organs."""
    return organs.leaf + organs.twig + organs.wood + organs.coarse_root + organs.fine_root + organs.fruit


@equation
def new_tissue(supply, cost):
    """Return the dry matter [g] that `supply` [g CH2O] builds at a glucose `cost` [g g-1]; Penning de Vries 1974."""
    return supply / cost


@equation
def growth_respiration(grown, cost, held):
    """Return the CH2O that building burns, so that carbon closes.

    Parameters
    ----------
    grown : array_like
        New dry matter. [g]
    cost : float
        Glucose per dry matter. [g g-1]
    held : float
        CH2O with the carbon of a gram of dry matter, 0.45 / 0.4 where tissue is 45 % carbon. [g g-1]

    Returns
    -------
    array_like
        CH2O. [g]

    References
    ----------
    .. [1] Penning de Vries, Brunsting, van Laar (1974). J. Theoretical Biology 45:339-377.

    Examples
    --------
    >>> round(float(growth_respiration(100.0, 1.48, 1.125)), 1)
    35.5
    """
    return grown * (cost - held)
