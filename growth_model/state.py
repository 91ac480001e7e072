"""One tree: what a day leaves behind for the next. All masses stand on a square metre of horizontal ground."""

from typing import NamedTuple

from agro.soil.water_balance import Water
from growth_model.flush import Flush
from growth_model.fruit_limits import DrySpell
from growth_model.lanes import names, size
from growth_model.nutrition import Pools
from growth_model.stages import BudDates, FruitDates


class Buds(NamedTuple):
    """The clock of the next bloom, and the cold and drought that made its flowers."""

    days: float  # d at the standard temperature
    heat: float  # degC d
    counting: float  # 1 until both bloom models have come to full bloom
    season: float  # place on the axis of seasons; -1 before the first
    chill: float  # h
    stress: float  # h


class Fruit(NamedTuple):
    """One crop on the tree; numbers of a crop that is not there mean nothing."""

    present: float  # 1 or 0
    season: float
    bloom: float  # d, when it bloomed
    age: float  # physiological days since
    diameter: float  # mm
    ripening: float  # 1 once sugar and acid count
    sugar: float  # degBrix
    acid: float  # g dL-1
    colour: float  # 0 to 1
    number: float  # m-2
    dry: float  # g m-2
    spoiled: float  # share that frost has spoiled


class Body(NamedTuple):
    """Dry mass of the tree without this year's leaves and fruit. [g m-2]"""

    leaf: float  # of earlier flushes
    twig: float
    wood: float
    coarse_root: float
    fine_root: float
    reserve: float  # g CH2O m-2


class Bearing(NamedTuple):
    """What one year's crop leaves for the next."""

    resource: float  # of the budget model
    load: float  # of the last crop, over a full crop
    flowers: float  # m-2, of the last bloom
    rain: float  # mm, of autumn above the usual


class Memory(NamedTuple):
    """What the tree remembers of the last days; running means but for the first."""

    sunset: float  # degC, on the last evening
    nights3: float  # degC, minimum, 3 days
    nights: float  # degC, minimum, 7 days
    nights30: float  # degC, minimum, 30 days
    mean10: float  # degC, 10 days
    rain10: float  # mm d-1, 10 days
    light: float  # over normal, 10 days
    light30: float  # over normal, 30 days
    water3: float  # water stress (1 none), 3 days
    water45: float  # 45 days
    source5: float  # source over sink, 5 days
    source10: float  # 10 days
    frost_fruit: float  # degC h of this winter
    frost_leaf: float  # degC h


class Audit(NamedTuple):
    """The largest gap in each balance so far, and the day it happened."""

    water: float  # mm
    water_day: float  # d
    carbon: float  # over the tree's carbon
    carbon_day: float
    nitrogen: float  # over the nitrogen of tree and soil
    nitrogen_day: float
    phosphorus: float
    phosphorus_day: float
    potassium: float
    potassium_day: float


class Sums(NamedTuple):
    """Since the last 1 November."""

    assimilation: float  # g CH2O m-2
    respiration: float  # g CH2O m-2
    rain: float  # mm
    irrigation: float  # mm
    transpiration: float  # mm
    evaporation: float  # mm
    runoff: float  # mm
    percolation: float  # mm
    nitrogen_uptake: float  # kg ha-1
    nitrogen_leached: float  # kg ha-1
    picked: float  # t ha-1, fresh


class Tree(NamedTuple):
    """A tree on the evening of one day: its buds, the youngest crop, and last year's where it still hangs."""

    buds: Buds
    spring: Flush
    summer: Flush
    autumn: Flush
    growing: Fruit
    hanging: Fruit
    body: Body
    water: Water
    nitrogen: Pools
    phosphorus: Pools
    potassium: Pools
    bearing: Bearing
    spell: DrySpell
    memory: Memory
    audit: Audit
    sums: Sums
    missing: float  # days without temperatures
    bud_dates: BudDates
    growing_dates: FruitDates
    hanging_dates: FruitDates


STATE = names(Tree)
"""The names of a state row's numbers, in order."""
SIZE = size(Tree)
