"""One crop through a day: how it wants to grow, what stays of it, how it ripens, and which stages it passes."""

from typing import NamedTuple

from agro.numeric import clip, equation, log, maximum, minimum, where
from growth_model import fruit_limits, fruit_set
from growth_model.acid import acid_after_day, acid_loss
from growth_model.colour import coloured, regreened
from growth_model.fruit import fruit_mass, grown_diameter
from growth_model.maturity import ripeness
from growth_model.memory import remembered
from growth_model.phenology import share_above
from growth_model.stages import FruitDates, passed
from growth_model.state import Fruit
from growth_model.sugar import sugar_after_day, sugar_warmth

CLEARED = 0.999  # a share picked above which nothing is left on the tree
OLD = 180.0  # d; fruit older than this is the crop that a season's end takes


class Growth(NamedTuple):
    """How one crop wants to grow on a day, before its carbon is known."""

    age: float  # d
    diameter: float  # mm, this evening
    potential: float  # mm, growth without want of water
    number: float  # m-2, this evening, after drop
    dry_asked: float  # g m-2
    potential_asked: float  # g m-2, without want of carbon and water
    load: float  # 1
    limit: float  # 1, what holds it back
    source: float  # 1, what carbon leaves


@equation
def fruit_growth(fruit, tree, warmth, water3, heat_stress, limits, area, crop):
    """Return how one crop wants to grow."""
    load = fruit_set.crop_load(fruit.number, fruit_set.full_crop(area, crop.bearing.leaf_area_per_fruit))
    settled = fruit.age >= crop.fruit_drop.middle_until
    size = where(settled, fruit_set.load_factor(load, crop.load.exponent, crop.load.limit), 1.0)
    most = crop.fruit.diameter_max * size
    f = crop.fruit_limits
    source = fruit_limits.source_limit(
        remembered(tree.memory.source10, 1.0), fruit.age, f.source_from, f.source_exponent
    )
    wet = fruit_limits.water_limit(water3, f.water_full, f.water_stop)
    recovery = fruit_limits.recovery_factor(fruit_limits.lost_share(tree.spell), water3, fruit.age, f)
    grown = maximum(
        grown_diameter(fruit.diameter, most, crop.fruit.growth, warmth * source * limits * wet * recovery),
        fruit.diameter,
    )
    shrunk = fruit_limits.shrinkage(fruit.diameter, water3, f.water_stop, f.shrinkage)
    free = maximum(crop.fruit.growth * warmth * fruit.diameter * log(most / fruit.diameter), 0.0)  # to first order
    mass = fruit_mass(fruit.diameter, crop.fruit.shape)
    source5 = remembered(tree.memory.source5, 1.0)
    water = remembered(water3, 1.0)
    left = fruit_set.fruit_left(
        fruit.number, fruit.age, warmth, fruit_set.DropStress(source5, heat_stress, water), crop.fruit_drop
    )
    share = fruit.present * crop.bearing.dry_share
    return Growth(
        fruit.age + warmth,
        grown - shrunk,
        free * source * limits,
        left,
        share * left * maximum(fruit_mass(grown, crop.fruit.shape) - mass, 0.0),
        share * left * maximum(fruit_mass(fruit.diameter + free, crop.fruit.shape) - mass, 0.0),
        load,
        limits * wet,
        source,
    )


@equation
def hanging_growth(fruit, tree, warmth, water3, area, crop):
    """Return how last year's crop goes on: nearly grown, it swells by warmth and water alone."""
    f = crop.fruit_limits
    wet = fruit_limits.water_limit(water3, f.water_full, f.water_stop)
    most = maximum(crop.fruit.diameter_max, fruit.diameter)
    grown = grown_diameter(fruit.diameter, most, crop.fruit.growth, warmth * wet)
    left = fruit_set.fruit_left(
        fruit.number, fruit.age, warmth, fruit_set.DropStress(1.0, 0.0, minimum(water3, 1.0)), crop.fruit_drop
    )
    gained = maximum(fruit_mass(grown, crop.fruit.shape) - fruit_mass(fruit.diameter, crop.fruit.shape), 0.0)
    asked = fruit.present * crop.bearing.dry_share * left * gained
    shrunk = fruit_limits.shrinkage(fruit.diameter, water3, f.water_stop, f.shrinkage)
    load = fruit_set.crop_load(fruit.number, fruit_set.full_crop(area, crop.bearing.leaf_area_per_fruit))
    return Growth(fruit.age + warmth, grown - shrunk, grown - fruit.diameter, left, asked, asked, load, wet, 1.0)


@equation
def ripened(fruit, growth, share, air, memory, excess_rain, lengthening, crop):
    """Return sugar, acid and colour of one crop after `share` of a day; `growth` holds its new age and diameter."""
    begins = fruit.age < crop.fruit.ripening_start
    ripe = growth.age >= crop.fruit.ripening_start
    rest = where(begins & ripe, (growth.age - crop.fruit.ripening_start) / maximum(growth.age - fruit.age, 1e-9), 1.0)
    part = share * rest
    sugar, acid = where(begins, crop.sugar.first, fruit.sugar), where(begins, crop.acid.first, fruit.acid)
    start = growth.diameter - rest * (growth.diameter - fruit.diameter)
    light_bounds, s = crop.light, crop.sugar_limits
    light = clip(remembered(memory.light, 1.0), light_bounds.lowest, light_bounds.highest)
    month = remembered(memory.light30, 1.0)
    w = crop.sugar_warmth
    pace = sugar_warmth(air.tmean, w.lower, w.optimum_from, w.optimum_to, w.hot, w.hot_share)
    water = remembered(memory.water45, 1.0)
    limit = crop.sugar.limit * fruit_limits.light_sugar(
        month, light_bounds.lowest, light_bounds.highest, light_bounds.exponent
    ) * fruit_limits.water_sugar(water, s.water, s.water_highest) * fruit_limits.load_sugar(
        growth.load, growth.diameter, crop.fruit.diameter_final, s.load, s.size_exponent
    ) - fruit_limits.rain_dilution(excess_rain, 0.0, s.rain)
    ageing = where(sugar >= crop.maturity.ratio_ageing * acid, crop.sugar.loss, 0.0)
    sweeter = sugar_after_day(sugar, limit, crop.sugar.rate, part * pace, light) - part * ageing
    loss = part * acid_loss(air.tmean, crop.acid.rate, crop.acid_warmth.reference, crop.acid_warmth.doubling)
    milder = acid_after_day(acid, loss, start, maximum(growth.diameter, start))
    c, green = crop.colour, crop.regreening
    redder = coloured(fruit.colour, memory.nights, c.night, c.rate * share_above(fruit.age, growth.age, c.start))
    cool = (growth.age >= c.start) & (memory.nights < c.night)
    fades = (c.regreens > 0.0) & (lengthening > 0.0) & (memory.nights > green.night)
    colour = where(cool, redder, where(fades, regreened(fruit.colour, green.rate), fruit.colour))
    return where(ripe, 1.0, 0.0), where(ripe, sweeter, sugar), where(ripe, milder, acid), colour


@equation
def due(fruit, asked, crop, today):
    """Return the share of a crop that is picked today: as people ask, and all of it when its season ends."""
    over = (today.day_of_year == crop.season.fruit_until) & (today.number - fruit.bloom > OLD)
    share = where(over, 1.0, asked)
    return fruit.present * where(share > CLEARED, 1.0, share)


@equation
def crop_on(fruit, growth, ripe, share_dry, picked, taken, frozen):
    """Return one crop in the evening, and what of it dropped and was picked [g m-2].

    `picked` and `taken` are the shares that are harvested, and that thinning or pruning takes.
    """
    ripening, sugar, acid, colour = ripe
    dry = fruit.present * (fruit.dry + share_dry)
    kept = growth.number / maximum(fruit.number, 1e-6) * (1.0 - taken)
    after_drop = dry * kept
    left = after_drop * (1.0 - picked)
    evening = Fruit(
        where(picked > CLEARED, 0.0, fruit.present),
        fruit.season,
        fruit.bloom,
        growth.age,
        growth.diameter,
        where(picked > CLEARED, 0.0, fruit.present * ripening),
        sugar,
        acid,
        colour,
        growth.number * (1.0 - taken) * (1.0 - picked),
        left,
        1.0 - (1.0 - fruit.spoiled) * (1.0 - frozen),
    )
    return evening, dry - after_drop, after_drop - left


@equation
def fruit_dates(dates, day, before, after, crop):
    """Return the dates [d] of the fruit stages that one crop passed on this day."""
    s, m, final = crop.fruit_stages, crop.maturity, crop.fruit.diameter_final
    counts = (before.ripening > 0.0) & (after.ripening > 0.0)
    ripe_before = where(counts, ripeness(before.sugar, before.acid, m.ratio_ripe, m.sugar_ripe), 9.0)
    ripe_after = where(counts, ripeness(after.sugar, after.acid, m.ratio_ripe, m.sugar_ripe), 0.0)
    ratio_before = where(counts, before.sugar / before.acid, 99.0)
    ratio_after = where(counts, after.sugar / after.acid, 0.0)
    # a picker waits for taste and colour, and no stage comes before the one below it
    picking_before = minimum(ripe_before, before.colour / s.bbch_81)
    picking_after = minimum(ripe_after, after.colour / s.bbch_81)
    full_before = minimum(picking_before, before.colour / s.bbch_85)
    full_after = minimum(picking_after, after.colour / s.bbch_85)
    over_before = minimum(full_before, ratio_before / m.ratio_over)
    over_after = minimum(full_after, ratio_after / m.ratio_over)
    older = 1.0 / (after.age - before.age)
    larger = 1.0 / (after.diameter - before.diameter)
    # fruit that colours has grown as far as it will: a small crop of a dry year is not kept waiting for its size
    grown_before = maximum(before.diameter / (s.bbch_79 * final), before.colour / s.bbch_81)
    grown_after = maximum(after.diameter / (s.bbch_79 * final), after.colour / s.bbch_81)
    redder = 1.0 / (after.colour - before.colour)
    return FruitDates(
        passed(dates.bbch_67, day, before.age, after.age, s.bbch_67, older),
        passed(dates.bbch_69, day, before.age, after.age, s.bbch_69, older),
        passed(dates.bbch_71, day, before.age, after.age, s.bbch_71, older),
        passed(dates.bbch_72, day, before.age, after.age, s.bbch_72, older),
        passed(dates.bbch_73, day, before.age, after.age, s.bbch_73, older),
        passed(dates.bbch_74, day, before.diameter, after.diameter, s.bbch_74 * final, larger),
        passed(dates.bbch_79, day, grown_before, grown_after, 1.0, 1.0 / (grown_after - grown_before)),
        passed(dates.bbch_81, day, before.colour, after.colour, s.bbch_81, redder),
        passed(dates.bbch_83, day, picking_before, picking_after, 1.0, 1.0 / (picking_after - picking_before)),
        passed(dates.bbch_85, day, full_before, full_after, 1.0, 1.0 / (full_after - full_before)),
        passed(dates.bbch_89, day, over_before, over_after, 1.0, 1.0 / (over_after - over_before)),
        passed(dates.ripe, day, ripe_before, ripe_after, 1.0, 1.0 / (ripe_after - ripe_before)),
        passed(dates.ratio_12, day, ratio_before, ratio_after, 12.0, 1.0 / (ratio_after - ratio_before)),
    )


@equation
def autumn_rain(rain, weather, crop, today):
    """Return the rain of autumn above the usual so far [mm]; it begins anew as autumn does."""
    limits = crop.sugar_limits
    so_far = where(today.day_of_year == limits.rain_first, 0.0, rain)
    counts = (today.day_of_year >= limits.rain_first) & (today.day_of_year <= limits.rain_last)
    return so_far + where(counts, weather.rain - weather.rain_usual, 0.0)


@equation
def picked_fresh(fruit, growth, picked, taken, crop):
    """Return the fresh fruit that is carried away today [t ha-1]; shares as in `crop_on`."""
    number = fruit.present * picked * growth.number * (1.0 - taken)
    return 0.01 * number * fruit_mass(growth.diameter, crop.fruit.shape)
