"""A day's nitrogen, phosphorus and potassium in tree and soil."""

from typing import NamedTuple

from agro.numeric import equation, maximum, minimum
from growth_model import nutrition
from growth_model.body import KG_HA, leaf_contents, organ_mass
from growth_model.nutrition import Applied, NutrientDay


class Fed(NamedTuple):
    """The three nutrients' day, and what was brought."""

    nitrogen: NutrientDay
    phosphorus: NutrientDay
    potassium: NutrientDay
    nitrogen_in: Applied
    phosphorus_in: Applied
    potassium_in: Applied


class Contents(NamedTuple):
    """What a leaf analysis would find, and how it holds growth back."""

    nitrogen: float  # %
    phosphorus: float  # %
    potassium: float  # %
    nitrogen_limit: float  # 1
    phosphorus_limit: float
    potassium_limit: float


class Leaving(NamedTuple):
    """Dry mass that leaves the tree on a day. [g m-2]"""

    leaf: float  # fallen, frozen and cut
    twig: float  # died and cut
    wood: float  # died and cut
    root: float  # died
    dropped: float  # fruit that fell, was thinned or cut
    picked: float  # fruit carried away


@equation
def contents(tree, crop):
    """Return the leaf contents of the morning, and what they allow of growth."""
    nitrogen, phosphorus, potassium = leaf_contents(tree, crop)
    effect, p, k = crop.nitrogen_effect, crop.phosphorus_limit, crop.potassium_limit
    return Contents(
        nitrogen,
        phosphorus,
        potassium,
        minimum(nutrition.nitrogen_effect(nitrogen, effect.none, effect.full, effect.least, 1.0), 1.0),
        nutrition.growth_limit(phosphorus, p.deficient, p.sufficient, p.least),
        nutrition.growth_limit(potassium, k.deficient, k.sufficient, k.least),
    )


@equation
def fed(tree, carbon, leaving, drink, mean10, work, place, crop):
    """Return the nutrients of the day.

    Parameters
    ----------
    tree : Tree
        On the evening before.
    carbon : Carbon
        Whose growth asks for nutrients.
    leaving : Leaving
    drink : Drink
    mean10 : float
        Of ten days, for the soil's temperature. [degC]
    work : place.Work
    place : Place
    crop : Crop

    Returns
    -------
    Fed
    """
    shared, none = carbon.shared, 0.0 * mean10
    turnover = nutrition.Turnover(
        organ_mass(tree),
        nutrition.Organs(
            KG_HA * carbon.new_leaf, KG_HA * (shared.shoot - carbon.new_leaf), KG_HA * shared.wood,
            KG_HA * shared.root, KG_HA * shared.fruit,
        ),
        nutrition.Organs(
            KG_HA * (leaving.leaf + shared.leaf_consumed), KG_HA * leaving.twig, KG_HA * leaving.wood,
            KG_HA * leaving.root, KG_HA * leaving.dropped,
        ),
        nutrition.Organs(none, none, none, none, KG_HA * leaving.picked),
    )  # fmt: skip
    soil = nutrition.Soil(
        mean10,
        1.0 - drink.depletion / maximum(drink.available, 1.0),
        drink.day.percolation,
        maximum(place.rooting - drink.depletion, 1.0),
        place.acidity,
    )
    brought = (
        Applied(work.nitrogen, none, none),
        Applied(work.phosphorus, none, none),
        Applied(work.potassium, none, none),
    )
    n, p, k = crop.nitrogen, crop.phosphorus, crop.potassium
    return Fed(
        nutrition.nutrient_day(tree.nitrogen, turnover, brought[0], soil, n.content, n.behaviour),
        nutrition.nutrient_day(tree.phosphorus, turnover, brought[1], soil, p.content, p.behaviour),
        nutrition.nutrient_day(tree.potassium, turnover, brought[2], soil, k.content, k.behaviour),
        brought[0],
        brought[1],
        brought[2],
    )


@equation
def pools_of(day):
    """Return the pools of a nutrient in the evening."""
    return nutrition.Pools(day.mineral, day.organic, day.plant)
