"""Water in the root zone of an orchard, day by day: FAO-56 with two coefficients, in three layers, on a slope.

The layers are the state; the depletion of the root zone is their sum. With all water in the upper layer this is the
single bucket of FAO-56. Rain fills the layers from the top, each up to field capacity; what the last lets through
percolates. A day without weather makes the water of its place NaN: it is not passed over in silence.
"""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters
from agro.numeric import equation, maximum, minimum, where
from agro.soil.runoff import CurveNumbers, curve_number_today, runoff, storage

FILE = Path(__file__).with_name("water.toml")


class Water(NamedTuple):
    """Water missing on the evening of one day; 0 at field capacity."""

    surface: float  # mm, from the wetted ground that evaporates; part of `upper`
    upper: float  # mm, 0 to 20 cm
    middle: float  # mm, 20 to 40 cm
    lower: float  # mm, 40 cm to the end of the roots
    wetted: float  # share of the ground that the last rain or irrigation wetted


class Soil(NamedTuple):
    """What the soil of a place holds; made by `layered` before the days begin."""

    evaporable: float  # mm, that the surface loses at most (TEW)
    readily_evaporable: float  # mm, that the surface loses unhindered (REW)
    upper: float  # mm, between field capacity and wilting point
    middle: float  # mm
    lower: float  # mm
    upper_uptake: float  # share of uptake from moist soil
    middle_uptake: float
    lower_uptake: float


class Ground(NamedTuple):
    """How the ground of a place takes up water."""

    dry_curve: float  # curve number with a dry surface, for losses of `Rules.losses`
    wet_curve: float  # curve number with a wet surface
    retained: float  # share of the runoff that a terrace keeps
    mulched: float  # share of the evaporation that mulch stops
    efficiency: float  # share of the irrigation that reaches the roots
    irrigated: float  # share of the ground that irrigation wets


class Crop(NamedTuple):
    """What the trees of a place ask for on one day."""

    basal: float  # coefficient of transpiration (Kcb)
    highest: float  # coefficient of wet ground below trees (Kcmax)
    cover: float  # share of the ground under the canopy


class Rules(NamedTuple):
    """What holds everywhere."""

    losses: Annotated[float, "1"]  # share of the storage lost before runoff begins
    free_share: Annotated[float, "1"]  # of the water taken up freely, at 5 mm a day
    wetting_rain: Annotated[float, "mm"]  # from which rain wets all ground


class Layers(NamedTuple):
    """How `layered` divides a soil."""

    evaporating: Annotated[float, "m"]
    readily_evaporable: Annotated[float, "mm"]
    thickness: Annotated[float, "m"]
    upper_uptake: Annotated[float, "1"]
    middle_uptake: Annotated[float, "1"]
    lower_uptake: Annotated[float, "1"]


class System(NamedTuple):
    """How a way of irrigating brings water to the roots; fields of Ground."""

    efficiency: Annotated[float, "1"]
    irrigated: Annotated[float, "1"]


class WaterDay(NamedTuple):
    """One day's water: rain and irrigation less runoff, evaporation, transpiration, percolation stay in `water`."""

    water: Water
    stress: float  # 1 none, 0 at wilting point (Ks)
    demand: float  # mm, evapotranspiration without stress (ETc)
    irrigation: float  # mm, that reached the roots
    runoff: float  # mm, that left the place
    retained: float  # mm, runoff that a terrace kept
    evaporation: float  # mm
    transpiration: float  # mm
    percolation: float  # mm


def rules():
    """Return the Rules of `water.toml`."""
    return parameters.load(FILE, "rules", Rules)


def layers():
    """Return the Layers of `water.toml`."""
    return parameters.load(FILE, "layers", Layers)


def system(name):
    """Return the System "drip", "micro_sprinkler" or "hose" of `water.toml`."""
    return parameters.load(FILE, f"system.{name}", System)


@equation
def total_evaporable(field_capacity, wilting_point, depth):
    """Return what a layer of `depth` [m] loses by evaporation at most [mm]; FAO-56 eq. 73, water contents [m3 m-3]."""
    return 1000.0 * (field_capacity - 0.5 * wilting_point) * depth


@equation
def layered(field_capacity, wilting_point, depth, layers):
    """Return the Soil of a place.

    Parameters
    ----------
    field_capacity, wilting_point : array_like
        Of the soil with its stones. [m3 m-3]
    depth : array_like
        Of the roots, or of the soil where it is shallower. Layers below have no water and give none. [m]
    layers : Layers
        A layer that is cut short gives in proportion.

    Returns
    -------
    Soil
    """
    upper = minimum(depth, layers.thickness)
    middle = minimum(maximum(depth - layers.thickness, 0.0), layers.thickness)
    lower = maximum(depth - 2.0 * layers.thickness, 0.0)
    held = 1000.0 * (field_capacity - wilting_point)
    evaporable = total_evaporable(field_capacity, wilting_point, minimum(depth, layers.evaporating))
    return Soil(
        evaporable,
        minimum(0.9 * evaporable, layers.readily_evaporable),  # stony ground holds less than a loam loses freely
        held * upper,
        held * middle,
        held * lower,
        layers.upper_uptake * upper / layers.thickness,
        layers.middle_uptake * middle / layers.thickness,
        layers.lower_uptake * minimum(lower / layers.thickness, 1.0),
    )


@equation
def depleted(soil, share):
    """Return the Water of a soil that lacks a share [1] of what it holds: 0 field capacity, 1 wilting point."""
    return Water(
        soil.evaporable * share, soil.upper * share, soil.middle * share, soil.lower * share, 1.0 + 0.0 * share
    )


@equation
def root_zone_depletion(water):
    """Return the water missing from the root zone [mm]."""
    return water.upper + water.middle + water.lower


@equation
def total_available(soil):
    """Return the water that the root zone holds for trees [mm]; FAO-56 eq. 82."""
    return soil.upper + soil.middle + soil.lower


@equation
def wetted_by_drip(cover, irrigated):
    """Return the share of the ground that evaporates under drippers below the canopy [1]; FAO-56, after eq. 75.

    Examples
    --------
    >>> round(wetted_by_drip(0.5, 0.3), 3)
    0.2
    """
    return irrigated * (1.0 - cover * (2.0 / 3.0))


@equation
def exposed_and_wetted(cover, wetted):
    """Return the share of the ground that is wet and in the sun [1]; FAO-56 eq. 75."""
    return minimum(1.0, maximum(0.01, minimum(1.0 - cover, wetted)))


@equation
def evaporation_reduction(depletion, soil):
    """Return how far the dry surface holds back evaporation.

    Parameters
    ----------
    depletion : array_like
        Of the surface. [mm]
    soil : Soil

    Returns
    -------
    array_like
        1 while wet, 0 when all evaporable water is gone. [1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 74.
    """
    span = maximum(1e-6, soil.evaporable - soil.readily_evaporable)
    return minimum(1.0, maximum(0.0, (soil.evaporable - depletion) / span))


@equation
def evaporation_coefficient(reduction, crop, exposed):
    """Return the coefficient of evaporation [1]; FAO-56 eq. 71.

    Parameters
    ----------
    reduction : array_like
        `evaporation_reduction`. [1]
    crop : Crop
    exposed : array_like
        `exposed_and_wetted`. [1]
    """
    return minimum(exposed * crop.highest, reduction * (crop.highest - crop.basal))


@equation
def free_share(usual, demand):
    """Return the share of the available water that trees take up freely.

    Parameters
    ----------
    usual : array_like
        At a demand of 5 mm a day. [1]
    demand : array_like
        `WaterDay.demand`. [mm d-1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, table 22, note 2.

    Examples
    --------
    >>> round(float(free_share(0.5, 4.265)), 3)
    0.529
    """
    return minimum(0.8, maximum(0.1, usual + 0.04 * (5.0 - demand)))


@equation
def water_stress(depletion, available, free_share):
    """Return how far dry soil holds back transpiration.

    Parameters
    ----------
    depletion : array_like
        Water missing from the root zone. [mm]
    available : array_like
        Water the root zone holds between field capacity and wilting point; 0 gives 0. [mm]
    free_share : array_like
        Share of `available` that trees take up freely. [1]

    Returns
    -------
    array_like
        1 without stress, 0 at wilting point. [1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 84.

    Examples
    --------
    >>> round(float(water_stress(70.0, 95.4, 0.58)), 4)
    0.6339
    """
    slack = maximum(1e-6, (1.0 - free_share) * available)
    return minimum(1.0, maximum(0.0, (available - depletion) / slack))


@equation
def water_day(water, et0, rain, irrigation, crop, soil, ground, rules):
    """Return one day's water of a place.

    Parameters
    ----------
    water : Water
        Of the evening before.
    et0, rain : array_like
        Reference evapotranspiration and rain of the day. [mm d-1]
    irrigation : array_like
        Applied, as the mean over the whole ground. [mm d-1]
    crop : Crop
    soil : Soil
    ground : Ground
    rules : Rules

    Returns
    -------
    WaterDay

    Notes
    -----
    Evaporation comes from the upper layer and before uptake; neither takes what is not there. Stress is that of the
    evening before, as in FAO-56: rain relieves the trees on the day after. Water that the roots take from the
    evaporating layer is not counted there, as in FAO-56 for deep roots. Nothing rises from below on hillslopes.

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, chapters 7 and 8; order of the steps as in pyfao56.
    """
    number = curve_number_today(
        CurveNumbers(ground.dry_curve, ground.wet_curve), water.surface, soil.readily_evaporable, soil.evaporable
    )
    shed = runoff(rain, storage(number), rules.losses)
    kept = shed * ground.retained
    gone = shed - kept
    watered = irrigation * ground.efficiency
    entering = rain - gone + watered

    wetted = where(irrigation > 0.0, ground.irrigated, water.wetted)
    wetted = where(rain >= rules.wetting_rain, 1.0, wetted)
    surface = maximum(0.0, water.surface - (rain - gone) - watered / maximum(0.01, ground.irrigated))
    exposed = exposed_and_wetted(crop.cover, wetted)
    wet_ground = evaporation_coefficient(evaporation_reduction(surface, soil), crop, exposed) * (1.0 - ground.mulched)
    et0 = maximum(0.0, et0)
    demand = (crop.basal + wet_ground) * et0

    free = free_share(rules.free_share, demand)
    stress = water_stress(root_zone_depletion(water), total_available(soil), free)
    upper_pull = soil.upper_uptake * water_stress(water.upper, soil.upper, free)
    middle_pull = soil.middle_uptake * water_stress(water.middle, soil.middle, free)
    lower_pull = soil.lower_uptake * water_stress(water.lower, soil.lower, free)
    uptake = stress * crop.basal * et0 / maximum(1e-12, upper_pull + middle_pull + lower_pull)

    left = maximum(0.0, soil.upper - water.upper + entering)
    evaporable = minimum(left, maximum(0.0, soil.evaporable - surface) * exposed)
    evaporation = minimum(evaporable, wet_ground * et0)
    from_upper = minimum(left - evaporation, uptake * upper_pull)
    upper, into_middle = filled(water.upper + evaporation + from_upper, entering)
    from_middle = minimum(maximum(0.0, soil.middle - water.middle + into_middle), uptake * middle_pull)
    middle, into_lower = filled(water.middle + from_middle, into_middle)
    from_lower = minimum(maximum(0.0, soil.lower - water.lower + into_lower), uptake * lower_pull)
    lower, percolation = filled(water.lower + from_lower, into_lower)

    return WaterDay(
        Water(surface + evaporation / exposed, upper, middle, lower, wetted),
        stress,
        demand,
        watered,
        gone,
        kept,
        evaporation,
        from_upper + from_middle + from_lower,
        percolation,
    )


@equation
def filled(depletion, entering):
    """Return the depletion of a layer after water entered it, and what drains below field capacity; both [mm]."""
    missing = depletion - entering
    return maximum(0.0, missing), maximum(0.0, -missing)
