"""The parameters of one cultivar group as a tuple of tuples of numbers: one row of a block a number."""

from typing import Annotated, NamedTuple

from agro.soil.crop_coefficient import Stages as WaterStages
from agro.soil.water_balance import Rules as WaterRules
from growth_model.allocation import Allocation
from growth_model.alternate_bearing import AlternateBearing
from growth_model.canopy import Crown
from growth_model.damage import Frost, HeatDrop, Sunburn, WaterPotential, WinterDrop
from growth_model.flush import FlushGrowth, FlushStart, Leaves
from growth_model.fruit_limits import FruitLimits, SugarLimits
from growth_model.fruit_set import FruitDrop, Load
from growth_model.induction import Induction
from growth_model.lanes import names, size
from growth_model.leaf import Kinetics, LeafTraits
from growth_model.nutrition import Nutrient
from growth_model.nutrition import Organs as Content
from growth_model.respiration import GrowthCost, Maintenance


class Warmth(NamedTuple):
    """Corners of the growth response to an hour's temperature."""

    lower: Annotated[float, "degC"]
    optimum_from: Annotated[float, "degC"]
    optimum_to: Annotated[float, "degC"]
    upper: Annotated[float, "degC"]


class BloomClock(NamedTuple):
    """What the two bloom models share among cultivars, and the weight of the second."""

    standard_temperature: Annotated[float, "degC"]
    heat_start: Annotated[float, "day of year"]
    heat_base: Annotated[float, "degC"]
    heat_requirement: Annotated[float, "degC d"]
    heat_weight: Annotated[float, "1"]


class BudStages(NamedTuple):
    """Bloom progress at which each stage of the buds begins, in the order of the scale."""

    bbch_01: Annotated[float, "1"]
    bbch_03: Annotated[float, "1"]
    bbch_07: Annotated[float, "1"]
    bbch_09: Annotated[float, "1"]
    bbch_31: Annotated[float, "1"]
    bbch_51: Annotated[float, "1"]
    bbch_53: Annotated[float, "1"]
    bbch_55: Annotated[float, "1"]
    bbch_56: Annotated[float, "1"]
    bbch_57: Annotated[float, "1"]
    bbch_59: Annotated[float, "1"]
    bbch_60: Annotated[float, "1"]
    bbch_61: Annotated[float, "1"]
    bbch_65: Annotated[float, "1"]


class FruitStages(NamedTuple):
    """Physiological days (67 to 73), shares of the final diameter (74, 79) and of full colour (81, 85)."""

    bbch_67: Annotated[float, "d"]
    bbch_69: Annotated[float, "d"]
    bbch_71: Annotated[float, "d"]
    bbch_72: Annotated[float, "d"]
    bbch_73: Annotated[float, "d"]
    bbch_74: Annotated[float, "1"]
    bbch_79: Annotated[float, "1"]
    bbch_81: Annotated[float, "1"]
    bbch_85: Annotated[float, "1"]


class Light(NamedTuple):
    """Bounds of the response to light, and how the sugar limit follows a month's light."""

    lowest: Annotated[float, "1"]
    highest: Annotated[float, "1"]
    exponent: Annotated[float, "1"]


class SugarWarmth(NamedTuple):
    """Corners of the sugar gain's response to a day's mean temperature."""

    lower: Annotated[float, "degC"]
    optimum_from: Annotated[float, "degC"]
    optimum_to: Annotated[float, "degC"]
    hot: Annotated[float, "degC"]
    hot_share: Annotated[float, "1"]


class AcidWarmth(NamedTuple):
    """How the loss of acid follows temperature."""

    reference: Annotated[float, "degC"]
    doubling: Annotated[float, "degC"]


class Regreening(NamedTuple):
    """How hanging fruit turns green again in spring."""

    night: Annotated[float, "degC"]
    rate: Annotated[float, "d-1"]


class Bloom(NamedTuple):
    """The day count of one cultivar group from `start` to full bloom."""

    start: Annotated[float, "day of year"]
    activation_energy: Annotated[float, "J mol-1"]
    requirement: Annotated[float, "d"]


class FruitGrowth(NamedTuple):
    """Diameter in physiological time, and when ripening starts."""

    diameter_max: Annotated[float, "mm"]
    diameter_bloom: Annotated[float, "mm"]
    diameter_final: Annotated[float, "mm"]
    growth: Annotated[float, "d-1"]
    shape: Annotated[float, "g cm-3"]
    ripening_start: Annotated[float, "d"]


class Sugar(NamedTuple):
    """Soluble solids: at the start of ripening, their limit, gain and late loss."""

    first: Annotated[float, "degBrix"]
    limit: Annotated[float, "degBrix"]
    rate: Annotated[float, "d-1"]
    loss: Annotated[float, "degBrix d-1"]


class Acid(NamedTuple):
    """Titratable acid: at the start of ripening, and its loss at the reference temperature."""

    first: Annotated[float, "g dL-1"]
    rate: Annotated[float, "d-1"]


class Colour(NamedTuple):
    """When and under which nights the peel colours."""

    start: Annotated[float, "d"]
    night: Annotated[float, "degC"]
    rate: Annotated[float, "degC-1 d-1"]
    regreens: Annotated[float, "1"]


class Maturity(NamedTuple):
    """What counts as ripe, as over-ripe, and when hanging fruit starts to lose sugar."""

    ratio_ripe: Annotated[float, "1"]
    sugar_ripe: Annotated[float, "degBrix"]
    ratio_over: Annotated[float, "1"]
    ratio_ageing: Annotated[float, "1"]


class Calendar(NamedTuple):
    """The usual harvest below 400 m, and the day until which hanging fruit is followed."""

    harvest_start: Annotated[float, "day of year"]
    harvest_end: Annotated[float, "day of year"]
    fruit_until: Annotated[float, "day of year"]


class Bearing(NamedTuple):
    """How one cultivar group bears."""

    flowers_max: Annotated[float, "m-2"]
    leaf_area_per_fruit: Annotated[float, "m2"]
    fruit_cost_ratio: Annotated[float, "1"]
    dry_share: Annotated[float, "1"]


class Calibration(NamedTuple):
    """What local observations move, and what the air holds."""

    assimilation: Annotated[float, "1"]
    co2: Annotated[float, "umol mol-1"]
    cold_night: Annotated[float, "degC-1"]
    cold_night_from: Annotated[float, "degC"]
    cold_night_least: Annotated[float, "1"]
    thrift: Annotated[float, "1"]
    thrift_from: Annotated[float, "1"]
    thrift_drought: Annotated[float, "1"]


class Turnover(NamedTuple):
    """What dies or is cut each day, so that trees keep to their space."""

    twig: Annotated[float, "d-1"]
    wood: Annotated[float, "d-1"]
    holding: Annotated[float, "1"]


class Roots(NamedTuple):
    """How roots share what they get, and how long fine ones live."""

    fine_share: Annotated[float, "1"]
    fine_turnover: Annotated[float, "d-1"]


class NitrogenEffect(NamedTuple):
    """Photosynthesis by leaf nitrogen."""

    none: Annotated[float, "%"]
    full: Annotated[float, "%"]
    least: Annotated[float, "1"]
    most: Annotated[float, "1"]


class GrowthLimit(NamedTuple):
    """Growth by the leaf content of one nutrient."""

    deficient: Annotated[float, "%"]
    sufficient: Annotated[float, "%"]
    least: Annotated[float, "1"]


class Element(NamedTuple):
    """One nutrient: how it behaves, and the content of well-fed organs."""

    behaviour: Nutrient
    content: Content


class Crop(NamedTuple):
    """All that the model knows of one cultivar group, or of one member of its prior."""

    warmth: Warmth
    bloom_clock: BloomClock
    bud_stages: BudStages
    fruit_stages: FruitStages
    light: Light
    sugar_warmth: SugarWarmth
    acid_warmth: AcidWarmth
    regreening: Regreening
    bloom: Bloom
    fruit: FruitGrowth
    sugar: Sugar
    acid: Acid
    colour: Colour
    maturity: Maturity
    season: Calendar
    bearing: Bearing
    kinetics: Kinetics
    leaf: LeafTraits
    canopy: Crown
    calibration: Calibration
    maintenance: Maintenance
    growth_cost: GrowthCost
    turnover: Turnover
    roots: Roots
    induction: Induction
    leaves: Leaves
    spring: FlushGrowth
    summer: FlushGrowth
    autumn: FlushGrowth
    summer_start: FlushStart
    autumn_start: FlushStart
    fruit_drop: FruitDrop
    load: Load
    alternate_bearing: AlternateBearing
    allocation: Allocation
    fruit_limits: FruitLimits
    sugar_limits: SugarLimits
    frost: Frost
    heat_drop: HeatDrop
    sunburn: Sunburn
    winter_drop: WinterDrop
    water_potential: WaterPotential
    nitrogen_effect: NitrogenEffect
    phosphorus_limit: GrowthLimit
    potassium_limit: GrowthLimit
    nitrogen: Element
    phosphorus: Element
    potassium: Element
    water: WaterRules
    water_stages: WaterStages


PARAMETERS = names(Crop)
"""The names of a crop row's numbers, in order: "warmth.lower" to "water_stages.end_from"."""
COUNT = size(Crop)
