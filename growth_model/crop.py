"""The parameters of one cultivar group as a tuple of tuples of numbers, and as one row of an array."""

from typing import Annotated, NamedTuple, get_type_hints

from numba.extending import overload
from numba.np.unsafe.ndarray import to_fixed_tuple

from growth_model.inlined import inlined


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


SECTIONS = get_type_hints(Crop)
"""{section: its NamedTuple}: the order of a crop row."""
PARAMETERS = tuple(f"{section}.{field}" for section, cls in SECTIONS.items() for field in cls._fields)
"""The names of a crop row's numbers, in order: "warmth.lower" to "season.fruit_until"."""
COUNT = len(PARAMETERS)


def flat(nested):
    """Return the numbers of a tuple of tuples, in order."""
    for item in nested:
        if isinstance(item, tuple):
            yield from flat(item)
        else:
            yield float(item)


def fixed(row, count):
    """Return the first `count` numbers of `row` as a tuple; compiled code needs `count` to be a constant."""
    return tuple(row[:count])


@overload(fixed, prefer_literal=True)
def _fixed(row, count):
    size = count.literal_value
    return lambda row, count: to_fixed_tuple(row, size)  # type: ignore[call-arg]


@inlined
def read_crop(row):
    """Return the `Crop` of one crop row, in the order of `PARAMETERS`."""
    n = fixed(row, COUNT)
    return Crop(
        Warmth(*n[0:4]),
        BloomClock(*n[4:9]),
        BudStages(*n[9:23]),
        FruitStages(*n[23:32]),
        Light(*n[32:35]),
        SugarWarmth(*n[35:40]),
        AcidWarmth(*n[40:42]),
        Regreening(*n[42:44]),
        Bloom(*n[44:47]),
        FruitGrowth(*n[47:53]),
        Sugar(*n[53:57]),
        Acid(*n[57:59]),
        Colour(*n[59:63]),
        Maturity(*n[63:67]),
        Calendar(*n[67:70]),
    )
