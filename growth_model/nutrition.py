"""Nitrogen, phosphorus and potassium in tree and soil: one balance for all three, each with its own parameters."""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters
from agro.numeric import clip, equation, maximum, minimum, power, ramp, where

TABLE = Path(__file__).with_name("nutrition.toml")
ELEMENTS = ("nitrogen", "phosphorus", "potassium")


class Organs(NamedTuple):
    """One number for each organ: a dry mass [kg ha-1] or a content [% of dry mass]."""

    leaf: float
    twig: float
    wood: float
    root: float
    fruit: float


class Turnover(NamedTuple):
    """What the tree's dry mass is this morning and what the day does to it, each as `Organs` [kg ha-1]."""

    mass: Organs
    growth: Organs  # new tissue
    shed: Organs  # fallen leaves and fruit, pruned wood left in the orchard, dead roots
    exported: Organs  # harvested, or pruned and carried away


class Pools(NamedTuple):
    """Where an element lies."""

    mineral: float  # kg ha-1, in the soil, within reach of roots
    organic: float  # kg ha-1, in the soil's organic matter
    plant: float  # kg ha-1, in the trees


class Applied(NamedTuple):
    """What the day brings from outside, counted as the element."""

    fertiliser: float  # kg ha-1, soluble; also what irrigation, rain and the quick part of manure bring
    urea: float  # kg ha-1
    manure: float  # kg ha-1, the slow part


class Soil(NamedTuple):
    """The root zone on one day."""

    temperature: float  # degC
    wetness: float  # 0 at wilting point, 1 at field capacity
    drainage: float  # mm, leaving the root zone
    water: float  # mm, held by the root zone
    ph: float  # 1


class Nutrient(NamedTuple):
    """How one element behaves."""

    mineralisation: Annotated[float, "yr-1"]  # of the organic pool at the reference temperature
    reference: Annotated[float, "degC"]
    doubling: Annotated[float, "degC"]  # warming that doubles mineralisation
    moist: Annotated[float, "1"]  # wetness from which water does not slow mineralisation
    mobile: Annotated[float, "1"]  # share of the mineral pool that moves with water
    volatile: Annotated[float, "1"]  # share of urea lost to the air on alkaline soil
    alkaline: Annotated[float, "1"]  # pH
    uptake: Annotated[float, "d-1"]  # of the mineral pool, in warm wet soil
    cold_roots: Annotated[float, "degC"]  # soil in which uptake stops
    warm_roots: Annotated[float, "degC"]  # soil in which it is full
    refill: Annotated[float, "d"]  # in which a tree would make up what it lacks
    fullness: Annotated[float, "1"]  # content over requirement at which uptake beyond growth ends
    resorbed: Annotated[float, "1"]  # share withdrawn from a leaf before it falls
    litter_mineral: Annotated[float, "1"]  # share of litter that is mineral at once


class NutrientDay(NamedTuple):
    """The three pools in the evening and what moved between them."""

    mineral: float  # kg ha-1
    organic: float  # kg ha-1
    plant: float  # kg ha-1
    uptake: float  # kg ha-1 d-1
    mineralised: float  # kg ha-1 d-1
    leached: float  # kg ha-1 d-1
    volatilised: float  # kg ha-1 d-1
    litter: float  # kg ha-1 d-1
    exported: float  # kg ha-1 d-1
    demand: float  # kg ha-1 d-1
    deficit: float  # kg ha-1, missing to the requirement in the morning


@equation
def soil_pool(test, bulk_density, depth):
    """Return the pool [kg ha-1] behind a soil test [mg kg-1] at `bulk_density` [t m-3] over `depth` [m].

    >>> soil_pool(1000.0, 1.35, 0.4)  # total nitrogen of 1 g/kg
    5400.0
    """
    return 10.0 * test * bulk_density * depth


@equation
def content_of(organs, content):
    """Return the element [kg ha-1] in `organs` [kg ha-1] of `content` [% of dry mass]."""
    return 0.01 * (
        organs.leaf * content.leaf
        + organs.twig * content.twig
        + organs.wood * content.wood
        + organs.root * content.root
        + organs.fruit * content.fruit
    )


@equation
def fruit_content(fresh, dry_matter):
    """Return the content [% of dry mass] of fruit that takes `fresh` [kg per t] away at `dry_matter` [1].

    >>> round(fruit_content(1.6, 0.16), 3)
    1.0
    """
    return 0.1 * fresh / dry_matter


@equation
def nutrient_status(plant, required):
    """Return what the tree holds of what its organs require, both [kg ha-1], within 0 and 1.5; 1 is well fed."""
    return clip(plant / maximum(required, 1e-6), 0.0, 1.5)  # bare ground requires nothing


@equation
def leaf_content(status, leaf):
    """Return what a leaf analysis would find [% of dry mass]; all organs are taken to share the tree's status."""
    return status * leaf


@equation
def nitrogen_effect(leaf, none, full, least, most):
    """Return the effect of leaf nitrogen [%] on photosynthesis, 0 at `none` and 1 at `full`, within `least` and `most`.

    >>> round(float(nitrogen_effect(2.46, 1.2, 2.6, 0.4, 1.1)), 3)
    0.9
    """
    return clip((leaf - none) / (full - none), least, most)


@equation
def growth_limit(leaf, deficient, sufficient, least):
    """Return how far a leaf content [%] holds growth back: `least` at `deficient`, 1 from `sufficient`, linear between.

    The form is a judgement: no response curve of citrus growth to leaf phosphorus or potassium was found.
    """
    return least + (1.0 - least) * ramp(leaf, deficient, sufficient)


@equation
def mineralisation(organic, soil, nutrient):
    """Return what the organic pool [kg ha-1] frees in a day.

    Parameters
    ----------
    organic : array_like
        The element in the soil's organic matter. [kg ha-1]
    soil : Soil
    nutrient : Nutrient

    Returns
    -------
    array_like
        [kg ha-1 d-1]

    Notes
    -----
    :math:`k N_{org} 2^{(T_s - 25) / 10} \\min(\\theta / 0.6, 1)`; the rate and both responses are judgements within the
    usual 1 to 3 % a year. At 1.0 g/kg of total nitrogen (half of the orchards of Zhong County have less [1]_) the upper
    40 cm free 108 kg/ha in a warm moist year.

    References
    ----------
    .. [1] Zhan et al. 2022, J. Mountain Agric. Biol., doi:10.15958/j.cnki.sdnyswxb.2022.02.002: 51.4 % of orchards.
    """
    warmth = power(2.0, (soil.temperature - nutrient.reference) / nutrient.doubling)
    return organic * nutrient.mineralisation / 365.0 * warmth * clip(soil.wetness / nutrient.moist, 0.0, 1.0)


@equation
def leaching(mineral, soil, mobile):
    """Return what drainage carries away [kg ha-1 d-1]: its share of the water in the root zone, if fully mixed."""
    return mineral * mobile * soil.drainage / (soil.drainage + soil.water)


@equation
def root_supply(mineral, soil, nutrient):
    """Return the most that roots can take up in a day [kg ha-1 d-1] from the mineral pool [kg ha-1]."""
    warmth = ramp(soil.temperature, nutrient.cold_roots, nutrient.warm_roots)
    return nutrient.uptake * mineral * clip(soil.wetness, 0.0, 1.0) * warmth


@equation
def nutrient_day(pools, turnover, applied, soil, content, nutrient):
    """Return one day of one element in soil and tree; called once for each of N, P and K.

    Parameters
    ----------
    pools : Pools
        This morning.
    turnover : Turnover
        Dry mass this morning, and what grows, falls and is carried away today.
    applied : Applied
        Fertiliser of the day.
    soil : Soil
        The root zone of the day; `water` > 0.
    content : Organs
        Content of well-fed organs. [% of dry mass]
    nutrient : Nutrient
        The element's parameters; `nitrogen`, `phosphorus`, `potassium` in ``nutrition.toml``.

    Returns
    -------
    NutrientDay
        Pools in the evening, flows of the day.

    Notes
    -----
    What is conserved: the three pools change by `applied` less `leached`, `volatilised` and `exported`. Litter moves
    from the tree to the soil. What falls or is carried away takes the tree's actual content, not the ideal one.

    Within the day fertiliser dissolves, drainage leaches, roots take up. Demand is new tissue at its full content plus
    a share of what the tree lacks [1]_. Trees fill beyond their requirement up to `fullness`, the upper end of the leaf
    table's optimum, as they do in over-fed orchards.

    Not covered: denitrification, nitrate held back as ammonium, phosphorus fixed by lime or oxides, potassium freed
    from clay, and what cover crops hold. What rain brings belongs in `applied`.

    References
    ----------
    .. [1] Form by judgement; nitrogen contents from Morgan et al. 2006, JASHS 131:149-156,
       doi:10.21273/jashs.131.1.149.
    """
    required = content_of(turnover.mass, content)
    fallen = Organs(
        turnover.shed.leaf * (1.0 - nutrient.resorbed),
        turnover.shed.twig,
        turnover.shed.wood,
        turnover.shed.root,
        turnover.shed.fruit,
    )
    per_requirement = pools.plant / maximum(required, 1e-6)
    exported = minimum(per_requirement * content_of(turnover.exported, content), pools.plant)
    litter = minimum(per_requirement * content_of(fallen, content), pools.plant - exported)

    mineralised = mineralisation(pools.organic, soil, nutrient)
    volatilised = applied.urea * nutrient.volatile * where(soil.ph > nutrient.alkaline, 1.0, 0.0)
    dissolved = (
        pools.mineral
        + mineralised
        + applied.fertiliser
        + (applied.urea - volatilised)
        + litter * nutrient.litter_mineral
    )
    leached = leaching(dissolved, soil, nutrient.mobile)
    demand = (
        content_of(turnover.growth, content)
        + maximum(nutrient.fullness * required - pools.plant, 0.0) / nutrient.refill
    )
    uptake = minimum(demand, root_supply(dissolved - leached, soil, nutrient))
    return NutrientDay(
        dissolved - leached - uptake,
        pools.organic - mineralised + applied.manure + litter * (1.0 - nutrient.litter_mineral),
        pools.plant + uptake - litter - exported,
        uptake,
        mineralised,
        leached,
        volatilised,
        litter,
        exported,
        demand,
        maximum(required - pools.plant, 0.0),
    )


def load(group: str) -> dict[str, tuple[Organs, Nutrient]]:
    """Return {element: (content of well-fed organs, parameters)} of a group of ``nutrition.toml``.

    Examples
    --------
    >>> content, _ = load("sweet_orange")["nitrogen"]
    >>> round(content.fruit, 2)
    1.0
    """
    fresh = parameters.section(TABLE, f"fruit_content.{group}")
    dry_matter = parameters.section(TABLE, "fruit_content")["dry_matter"].value
    found = {}
    for element in ELEMENTS:
        organs = parameters.section(TABLE, f"content.{element}")
        fruit = fruit_content(fresh[element].value, dry_matter)
        content = Organs._make([*(float(organs[organ].value) for organ in Organs._fields[:-1]), fruit])
        found[element] = (content, parameters.load(TABLE, element, Nutrient))
    return found
