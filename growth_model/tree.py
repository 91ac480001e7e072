"""One tree: its state, what a day does to it, and the only place where the state changes."""

from typing import Any, NamedTuple

import numpy as np

from growth_model.acid import acid_after_day, acid_loss
from growth_model.bloom import bloom_progress, heat, standard_days
from growth_model.colour import coloured, regreened
from growth_model.crop import fixed
from growth_model.day_curve import daily_warmth
from growth_model.fruit import grown_diameter
from growth_model.inlined import inlined
from growth_model.sugar import sugar_after_day, sugar_warmth

WINTER = 305  # day of year; buds rest from 1 November and count again from each crop's start in January
LONGEST_NIGHT, SHORTEST_NIGHT = 356, 172  # between them the days lengthen
OLD = 180.0  # d; fruit older than this is the crop that a season's end takes


class Buds(NamedTuple):
    """The clock of the next bloom."""

    days: float  # d at the standard temperature
    heat: float  # degC d
    counting: float  # 1 until both bloom models have come to full bloom
    season: float  # place on the axis of seasons; -1 before the first


class Fruit(NamedTuple):
    """One crop on the tree."""

    present: float  # 1 or 0
    season: float
    bloom: float  # d, when it bloomed
    age: float  # physiological days since
    diameter: float  # mm
    sugar: float  # degBrix, NaN before ripening starts
    acid: float  # g dL-1, NaN before ripening starts
    colour: float  # 0 to 1


class Air(NamedTuple):
    """What the tree remembers of the weather."""

    sunset: float  # degC, on the last evening
    nights: float  # degC, minimum, running mean of 7 days
    light: float  # over normal, running mean of 10 days
    light_month: float  # over normal, running mean of 30 days


class Tree(NamedTuple):
    """A tree on the evening of one day: its buds, the youngest crop, and last year's where it still hangs."""

    buds: Buds
    growing: Fruit
    hanging: Fruit
    air: Air
    missing: float  # days without temperatures


class Day(NamedTuple):
    """The weather and the calendar of one day."""

    number: float  # d since the run's first day
    day_of_year: int
    starts_winter: bool  # 1 November
    tmin: float  # degC
    tmax: float  # degC
    tmean: float  # degC
    light: float  # over the seasonal normal of flat open ground
    tmin_next: float  # degC


class Rates(NamedTuple):
    """What one day does."""

    standard_days: float  # d
    heat: float  # degC d
    warmth: float  # physiological days
    sugar_gain: float  # d-1
    sugar_limit: float  # degBrix
    acid_loss: float  # d-1


PARTS: dict[str, Any] = {"buds": Buds, "growing": Fruit, "hanging": Fruit, "air": Air}
STATE = (*(f"{part}.{field}" for part, cls in PARTS.items() for field in cls._fields), "missing")
"""The names of a state row's numbers, in order."""
SIZE = len(STATE)


@inlined
def read_tree(row):
    """Return the `Tree` of one state row, in the order of `STATE`."""
    n = fixed(row, SIZE)
    return Tree(Buds(*n[0:4]), Fruit(*n[4:12]), Fruit(*n[12:20]), Air(*n[20:24]), n[24])


@inlined
def write_tree(row, tree):
    """Write `tree` into one state row, in the order of `STATE`."""
    for k in range(4):
        row[k] = tree.buds[k]
        row[20 + k] = tree.air[k]
    for k in range(8):
        row[4 + k] = tree.growing[k]
        row[12 + k] = tree.hanging[k]
    row[24] = tree.missing


@inlined
def no_fruit():
    """Return a crop that is not there."""
    return Fruit(0.0, -1.0, np.nan, 0.0, np.nan, np.nan, np.nan, 0.0)


@inlined
def progress(buds, crop):
    """Return the bloom progress [1] of the two models together."""
    clock = crop.bloom_clock
    return bloom_progress(buds.days, crop.bloom.requirement, buds.heat, clock.heat_requirement, clock.heat_weight)


@inlined
def turned(tree, day, crop):
    """Return the tree after the calendar: buds start anew on 1 November, old fruit leaves at the season's end."""
    buds, growing, hanging = tree.buds, tree.growing, tree.hanging
    if day.starts_winter:
        buds = Buds(0.0, 0.0, 1.0, buds.season + 1.0)
    if day.day_of_year == crop.season.fruit_until:
        if day.number - growing.bloom > OLD:
            growing = no_fruit()
        if day.number - hanging.bloom > OLD:
            hanging = no_fruit()
    return Tree(buds, growing, hanging, tree.air, tree.missing)


@inlined
def running_mean(mean, value, days):
    """Return the exponential running mean of about `days` days: it lags as the plain mean of that many days does."""
    if np.isnan(mean):
        return value
    if np.isnan(value):
        return mean
    return mean + 2.0 / (days + 1.0) * (value - mean)


@inlined
def remembered(air, day, sunset_weight):
    """Return the weather's memory on this evening."""
    return Air(
        day.tmin + sunset_weight * (day.tmax - day.tmin),
        running_mean(air.nights, day.tmin, 7.0),
        running_mean(air.light, day.light, 10.0),
        running_mean(air.light_month, day.light, 30.0),
    )


@inlined
def daily_rates(tree, day, last_sunset, hours, crop):
    """Return what the day does; `tree.air` is this evening's, all else the evening before's."""
    days, warm = 0.0, 0.0
    if tree.buds.counting > 0 and day.day_of_year < WINTER:
        if day.day_of_year >= crop.bloom.start:
            days = standard_days(day.tmean, crop.bloom.activation_energy, crop.bloom_clock.standard_temperature)
        if day.day_of_year >= crop.bloom_clock.heat_start:
            warm = heat(day.tmean, crop.bloom_clock.heat_base)
    warmth = 0.0
    if max(day.tmax, last_sunset) > crop.warmth.lower:
        warmth = daily_warmth(hours, day.day_of_year - 1, day.tmin, day.tmax, day.tmin_next, last_sunset, crop.warmth)
    gain, limit, loss = 0.0, 0.0, 0.0
    if tree.hanging.present > 0 or tree.growing.age + warmth >= crop.fruit.ripening_start:
        light = min(max(tree.air.light, crop.light.lowest), crop.light.highest)
        month = min(max(tree.air.light_month, crop.light.lowest), crop.light.highest)
        if np.isnan(tree.air.light):  # nobody knows the light: the normal of the season
            light, month = 1.0, 1.0
        s = crop.sugar_warmth
        gain = (
            crop.sugar.rate * sugar_warmth(day.tmean, s.lower, s.optimum_from, s.optimum_to, s.hot, s.hot_share) * light
        )
        limit = crop.sugar.limit * month**crop.light.exponent
        loss = acid_loss(day.tmean, crop.acid.rate, crop.acid_warmth.reference, crop.acid_warmth.doubling)
    return Rates(days, warm, warmth, gain, limit, loss)


@inlined
def grown(fruit, rates, share, nights, days_lengthen, crop):
    """Return one crop after `share` of a day."""
    if fruit.present == 0:
        return fruit
    age, diameter = fruit.age, fruit.diameter
    if rates.warmth > 0:
        age = fruit.age + share * rates.warmth
        diameter = grown_diameter(fruit.diameter, crop.fruit.diameter_max, crop.fruit.growth, share * rates.warmth)
    sugar, acid, colour = fruit.sugar, fruit.acid, fruit.colour
    if age >= crop.fruit.ripening_start:
        start, part = fruit.diameter, share
        if np.isnan(sugar):  # ripening starts within this day
            sugar, acid = crop.sugar.first, crop.acid.first
            rest = (age - crop.fruit.ripening_start) / max(age - fruit.age, 1e-9)
            start, part = diameter - rest * (diameter - fruit.diameter), share * rest
        ageing = crop.sugar.loss if sugar >= crop.maturity.ratio_ageing * acid else 0.0
        sugar = sugar_after_day(sugar, rates.sugar_limit, rates.sugar_gain, part, 1.0) - part * ageing
        acid = acid_after_day(acid, part * rates.acid_loss, start, diameter)
    if age >= crop.colour.start and nights < crop.colour.night:
        colour = coloured(colour, nights, crop.colour.night, crop.colour.rate)
    elif crop.colour.regreens > 0 and days_lengthen and nights > crop.regreening.night:
        colour = regreened(colour, crop.regreening.rate)
    return Fruit(1.0, fruit.season, fruit.bloom, age, diameter, sugar, acid, colour)


@inlined
def integrate(tree, rates, day, crop):
    """Return the tree one day on; with `bloomed` the only place where a state changes."""
    rise = day.day_of_year >= LONGEST_NIGHT or day.day_of_year < SHORTEST_NIGHT
    days, warm, counting = tree.buds.days + rates.standard_days, tree.buds.heat + rates.heat, tree.buds.counting
    buds = Buds(days, warm, counting, tree.buds.season)
    if days >= crop.bloom.requirement and warm >= crop.bloom_clock.heat_requirement and progress(buds, crop) >= 1:
        counting = 0.0
    return Tree(
        Buds(days, warm, counting, tree.buds.season),
        grown(tree.growing, rates, 1.0, tree.air.nights, rise, crop),
        grown(tree.hanging, rates, 1.0, tree.air.nights, rise, crop),
        tree.air,
        tree.missing,
    )


@inlined
def bloomed(tree, moment, rates, day, crop):
    """Return the tree on the evening of full bloom: last year's crop hangs, a new one grows since `moment` [d]."""
    flower = Fruit(1.0, tree.buds.season, moment, 0.0, crop.fruit.diameter_bloom, np.nan, np.nan, 0.0)
    rest = day.number + 1.0 - moment
    return Tree(
        tree.buds, grown(flower, rates, rest, tree.air.nights, False, crop), tree.growing, tree.air, tree.missing
    )
