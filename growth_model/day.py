"""What one day does to a tree: the processes in the order of the manual, and the only place where a state changes.

`morning` is what the day's hours need, `hour` one of them, `evening` the tree a day on. All is written for one tree;
the engine lays it over blocks of places.
"""

from typing import NamedTuple

import numpy as np

from agro.numeric import clip, equation, log, maximum, minimum, where
from agro.soil.crop_coefficient import basal_coefficient, highest_coefficient, weather_term
from agro.soil.water_balance import Crop as WaterDemand
from agro.soil.water_balance import root_zone_depletion, total_available, water_day
from agro.weather import evapotranspiration as reference
from agro.weather.evapotranspiration import ALBEDO as GRASS_ALBEDO
from agro.weather.evapotranspiration import CALM
from agro.weather.humidity import mean_saturation_vapour_pressure, saturation_vapour_pressure
from growth_model import allocation, flush, fruit_limits, fruit_set, nutrition, respiration
from growth_model.acid import acid_after_day, acid_loss
from growth_model.alternate_bearing import budget_year, reserve_factor, steady_flower_cost
from growth_model.bloom import bloom_progress, heat, standard_days
from growth_model.canopy import CanopyDay, beam_cover, canopy_assimilation, canopy_day
from growth_model.colour import coloured, regreened
from growth_model.damage import (
    frost_dose,
    frost_threshold,
    heat_dose,
    newly_frozen,
    stem_water_potential,
    sunburn_hour,
    winter_drop_hazard,
)
from growth_model.fruit import fruit_mass, grown_diameter
from growth_model.fruit_limits import DrySpell
from growth_model.induction import chill_hour, drought_hours, flowers, induced_share
from growth_model.maturity import ripeness
from growth_model.respiration import CARBOHYDRATE
from growth_model.stages import NEVER, BudDates, FruitDates, bud_dates, passed
from growth_model.state import Audit, Bearing, Body, Buds, Fruit, Memory, Sums, Tree
from growth_model.sugar import sugar_after_day, sugar_warmth

WINTER = 305.0  # day of year; buds rest from 1 November and count again from each crop's start in January
PAR = 0.5 * 4.57  # umol J-1, photosynthetic part of sunlight
KG_HA = 10.0  # g m-2
NET = 0.995  # bloom progress that buds keep to until the day on which somebody saw them bloom
EARLY = 150.0  # d after a bloom that was seen on which it still sets the clock


class Today(NamedTuple):
    """The calendar and the sun of one day, alike for all places of a block."""

    number: float  # d since the run's first day
    day_of_year: float
    lapse_day: float  # K m-1
    lapse_night: float  # K m-1
    winter: float  # how far the sun stands towards its winter end, 0 to 1
    lengthening: float  # 1 while days grow longer
    dark: float  # share of the day without sun
    sunset: float  # share of the day's range of temperature left at sunset
    outside: float  # MJ m-2 d-1, above the air
    strength: float  # W m-2 a unit of sine, of 1 MJ m-2 d-1


class Sun(NamedTuple):
    """The sun of one hour."""

    up: float  # sine of the elevation
    east: float
    north: float


class Curve(NamedTuple):
    """What an hour's temperature takes from today's minimum and maximum, the next minimum, the last sunset."""

    tmin: float
    tmax: float
    tmin_next: float
    last_sunset: float


class Morning(NamedTuple):
    """What a day's hours need."""

    extremes: Curve  # degC
    frost_fruit: float  # degC
    frost_leaf: float  # degC
    vapour: float  # kPa
    wind: float  # m s-1
    beam: float  # W m-2 a unit of facing the sun
    sky: float  # W m-2 a unit of the sun's sine
    facing_up: float
    cold_slope: float  # K-1, rise of growth above its lower bound
    heat_slope: float  # K-1, its fall below the upper one
    spacing: float  # m-1, one over the distance of rows
    canopy: CanopyDay


class Hours(NamedTuple):
    """Sums over the hours of a day."""

    warmth: float  # h
    cold: float  # h that cold would leave for growth
    heat: float  # h that heat would leave for growth
    chill: float  # h
    frost_fruit: float  # degC h
    frost_leaf: float  # degC h
    sunburn: float  # h
    assimilation: float  # umol m-2 s-1 h
    absorbed: float  # umol m-2 s-1 h


class Report(NamedTuple):
    """What one day did; shown, never read by the next day."""

    bud_progress: float  # 1
    physiological: float  # d
    expansion: float  # mm d-1
    load: float  # over a full crop
    fruit_mass: float  # g
    crop_yield: float  # t ha-1, fresh, of the growing crop
    hanging_yield: float  # t ha-1
    leaf_area: float  # m2 m-2
    assimilation: float  # g CH2O m-2 d-1
    respiration: float  # g CH2O m-2 d-1
    source_sink: float  # 1
    water_stress: float  # 1 none
    depletion: float  # mm
    available: float  # mm
    et0: float  # mm d-1
    evapotranspiration: float  # mm d-1
    demand: float  # mm d-1
    runoff: float  # mm d-1
    percolation: float  # mm d-1
    stem_potential: float  # MPa
    vapour_deficit: float  # kPa
    leaf_nitrogen: float  # %
    leaf_phosphorus: float  # %
    leaf_potassium: float  # %
    nitrogen_demand: float  # kg ha-1 d-1
    nitrogen_uptake: float  # kg ha-1 d-1
    phosphorus_uptake: float  # kg ha-1 d-1
    potassium_uptake: float  # kg ha-1 d-1
    nitrogen_deficit: float  # kg ha-1
    phosphorus_deficit: float  # kg ha-1
    potassium_deficit: float  # kg ha-1
    nitrogen_leached: float  # kg ha-1 d-1
    frost_fruit: float  # degC h
    frost_leaf: float  # degC h
    sunburn: float  # h
    heat_drop: float  # degC d
    winter_drop: float  # index
    late_flush: float  # 1 on the day it starts
    limit_light: float  # growth over that without the limit, 0 to 1
    limit_heat: float
    limit_cold: float
    limit_water: float
    limit_nitrogen: float
    limit_phosphorus: float
    limit_potassium: float
    limit_load: float


@equation
def leaf_mass(tree):
    """Return the dry mass of all leaves [g m-2]."""
    return tree.body.leaf + tree.spring.leaf + tree.summer.leaf + tree.autumn.leaf


@equation
def leaf_area(tree, crop):
    """Return the leaf area per area of ground [m2 m-2]."""
    return leaf_mass(tree) / crop.leaves.mass_per_area


@equation
def leaf_contents(tree, crop):
    """Return what a leaf analysis would find of N, P and K [% of dry mass]."""
    mass = organ_mass(tree)
    return (
        leaf_content_of(tree.nitrogen.plant, mass, crop.nitrogen.content),
        leaf_content_of(tree.phosphorus.plant, mass, crop.phosphorus.content),
        leaf_content_of(tree.potassium.plant, mass, crop.potassium.content),
    )


@equation
def leaf_content_of(plant, mass, content):
    """Return the leaf content [% of dry mass] of one nutrient of which the tree holds `plant` [kg ha-1]."""
    status = nutrition.nutrient_status(plant, nutrition.content_of(mass, content))
    return nutrition.leaf_content(status, content.leaf)


@equation
def organ_mass(tree):
    """Return the dry mass of the organs as nutrition counts them [kg ha-1]."""
    body = tree.body
    return nutrition.Organs(
        KG_HA * leaf_mass(tree),
        KG_HA * body.twig,
        KG_HA * body.wood,
        KG_HA * (body.coarse_root + body.fine_root),
        KG_HA * (tree.growing.present * tree.growing.dry + tree.hanging.present * tree.hanging.dry),
    )


@equation
def morning(tree, weather, air, tmin_next, work, place, crop, today):
    """Return what the hours of a day need to know of a tree.

    Parameters
    ----------
    tree : Tree
        On the evening before.
    weather : place.Weather
        Of the cell.
    air : place.Air
        At the place.
    tmin_next : float
        The next day's minimum. [degC]
    work : place.Work
    place : place.Place
    crop : Crop
    today : Today

    Returns
    -------
    Morning
    """
    terrain, frost = place.terrain, crop.frost
    nights = where(np.isnan(tree.memory.nights30), air.tmin, tree.memory.nights30)
    up = terrain.up_summer + (terrain.up_winter - terrain.up_summer) * today.winter
    strength = weather.radiation * today.strength * (1.0 - work.shade)
    beam = strength * (1.0 - weather.diffuse + weather.diffuse * weather.anisotropy)
    sky = weather.diffuse * (1.0 - weather.anisotropy) * terrain.sky_view + ALBEDO * (1.0 - terrain.sky_view)
    nitrogen, _, _ = leaf_contents(tree, crop)
    effect, cold = crop.nitrogen_effect, crop.calibration
    fed = nutrition.nitrogen_effect(nitrogen, effect.none, effect.full, effect.least, effect.most)
    nights3 = where(np.isnan(tree.memory.nights3), air.tmin, tree.memory.nights3)
    chilled = maximum(1.0 - cold.cold_night * maximum(cold.cold_night_from - nights3, 0.0), cold.cold_night_least)
    aged = flush.canopy_efficiency(tree.spring, tree.summer, tree.autumn, tree.body.leaf, crop.leaves)
    leaves = canopy_day(
        maximum(leaf_area(tree, crop), 0.05), place.orchard.cover_sky, aged * fed * chilled,
        maximum(where(np.isnan(tree.memory.water3), 1.0, tree.memory.water3), 0.02),
        terrain.pressure, crop.kinetics, crop.leaf, crop.canopy,
    )  # fmt: skip
    last_sunset = where(
        np.isnan(tree.memory.sunset), air.tmin + today.sunset * (air.tmax - air.tmin), tree.memory.sunset
    )
    return Morning(
        Curve(air.tmin, air.tmax, where(np.isnan(tmin_next), air.tmin, tmin_next), last_sunset),
        frost_threshold(frost.fruit, frost.fruit_hardening, nights, frost.hard, frost.soft),
        frost_threshold(frost.leaf, frost.leaf_hardening, nights, frost.hard, frost.soft),
        minimum(weather.vapour, saturation_vapour_pressure(air.tmean)),
        weather.wind,
        beam,
        sky * strength * terrain.area,
        up,
        1.0 / (crop.warmth.optimum_from - crop.warmth.lower),
        1.0 / (crop.warmth.upper - crop.warmth.optimum_to),
        1.0 / (place.orchard.width + place.orchard.alley),
        leaves,
    )


ALBEDO = 0.2  # of the ground around; as in agro.terrain.sunlight


@equation
def hour(hours, curve, morning, crop):
    """Return the sums after one more hour, by what its temperature does."""
    low = morning.extremes
    temperature = (
        curve.tmin * low.tmin
        + curve.tmax * low.tmax
        + curve.tmin_next * low.tmin_next
        + curve.last_sunset * low.last_sunset
    )
    w = crop.warmth
    cold = clip((temperature - w.lower) * morning.cold_slope, 0.0, 1.0)
    hot = clip((w.upper - temperature) * morning.heat_slope, 0.0, 1.0)
    return temperature, Hours(
        hours.warmth + minimum(cold, hot),
        hours.cold + cold,
        hours.heat + hot,
        hours.chill + chill_hour(temperature, crop.induction.chill_lower, crop.induction.chill_upper),
        hours.frost_fruit + frost_dose(temperature, morning.frost_fruit),
        hours.frost_leaf + frost_dose(temperature, morning.frost_leaf),
        hours.sunburn,
        hours.assimilation,
        hours.absorbed,
    )


@equation
def sunny_hour(hours, curve, sun, horizon, morning, place, crop):
    """Return the sums after one more hour with the sun in the sky; `horizon` is the sine of its height there."""
    temperature, hours = hour(hours, curve, morning, crop)
    terrain, orchard = place.terrain, place.orchard
    facing = sun.up * morning.facing_up + sun.east * terrain.east + sun.north * terrain.north
    beam = morning.beam * where(sun.up > horizon, maximum(facing, 0.0), 0.0)
    across = np.abs(sun.east * orchard.row_north - sun.north * orchard.row_east)
    shade = beam_cover(across, sun.up, orchard.width, orchard.height, orchard.alley)
    vpd = saturation_vapour_pressure(temperature) - morning.vapour
    leaves = canopy_assimilation(
        temperature, vpd, crop.calibration.co2, PAR * beam, PAR * morning.sky * sun.up, sun.up, shade,
        morning.canopy, crop.kinetics, crop.canopy,
    )  # fmt: skip
    on_fruit = where(sun.up > horizon, morning.beam, 0.0)
    return Hours(
        hours.warmth,
        hours.cold,
        hours.heat,
        hours.chill,
        hours.frost_fruit,
        hours.frost_leaf,
        hours.sunburn + sunburn_hour(temperature, on_fruit, morning.wind, crop.sunburn),
        hours.assimilation + leaves.assimilation,
        hours.absorbed + leaves.absorbed,
    )


@equation
def progress(buds, place, crop, day):
    """Return the bloom progress [1] of the two models together, put right by a bloom that was seen."""
    clock = crop.bloom_clock
    told = bloom_progress(buds.days, crop.bloom.requirement, buds.heat, clock.heat_requirement, clock.heat_weight)
    since = day - np.floor(place.orchard.bloom_seen)
    waiting, over = (since < 0.0) & (since > -EARLY), (since >= 0.0) & (since < EARLY)
    return where(over, maximum(told, 1.0), where(waiting, minimum(told, NET), told))


@equation
def running_mean(mean, value, days):
    """Return the exponential running mean of about `days` days: it lags as the plain mean of that many days does."""
    return where(np.isnan(mean), value, mean + 2.0 / (days + 1.0) * (value - mean))


@equation
def buds_on(buds, air, hours, potential, place, crop, today):
    """Return the buds one day on, and their progress before and after."""
    start = progress(buds, place, crop, today.number - 1.0)
    counting = where((buds.counting > 0.0) & (today.day_of_year < WINTER), 1.0, 0.0)
    clock = crop.bloom_clock
    days = where(
        today.day_of_year >= crop.bloom.start,
        counting * standard_days(air.tmean, crop.bloom.activation_energy, clock.standard_temperature),
        0.0,
    )
    warm = where(today.day_of_year >= clock.heat_start, counting * heat(air.tmean, clock.heat_base), 0.0)
    resting = where(start < crop.leaves.spring_progress, 1.0, 0.0)
    after = Buds(
        buds.days + days,
        buds.heat + warm,
        buds.counting,
        buds.season,
        buds.chill + resting * hours.chill,
        buds.stress + resting * drought_hours(potential, crop.induction.drought),
    )
    end = progress(after, place, crop, today.number)
    done = (after.days >= crop.bloom.requirement) & (after.heat >= clock.heat_requirement) & (end >= 1.0)
    counts = where(done, 0.0, buds.counting)
    return Buds(after.days, after.heat, counts, buds.season, after.chill, after.stress), start, end


@equation
def reference_evapotranspiration(weather, air, vapour, place, today):
    """Return the reference evapotranspiration [mm d-1] with the light of the slope; FAO-56 eq. 6, 38 to 40."""
    clouds = reference.cloud_factor(weather.radiation, place.terrain.clear * today.outside)
    lost = reference.net_longwave(air.tmin, air.tmax, vapour, clouds)
    received = weather.radiation * air.sun * place.terrain.area
    deficit = maximum(mean_saturation_vapour_pressure(air.tmin, air.tmax) - vapour, 0.0)
    net = (1.0 - GRASS_ALBEDO) * received - lost
    gamma = reference.psychrometric_constant(place.terrain.pressure)
    wind = maximum(weather.wind, CALM)
    return maximum(reference.penman_monteith((air.tmin + air.tmax) * 0.5, net, deficit, wind, gamma), 0.0)


@equation
def water_on(tree, weather, air, vapour, work, et0, place, crop, today):
    """Return the water of the day."""
    rh_min = 100.0 * vapour / saturation_vapour_pressure(air.tmax)
    correction = weather_term(weather.wind, rh_min, place.basal.height_factor)
    basal = basal_coefficient(today.day_of_year, place.basal, crop.water_stages, correction)
    asked = WaterDemand(basal, highest_coefficient(basal, correction), place.orchard.cover)
    return water_day(tree.water, et0, weather.rain, work.irrigation, asked, place.soil, place.ground, crop.water)


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
        where(np.isnan(tree.memory.source10), 1.0, tree.memory.source10), fruit.age, f.source_from, f.source_exponent
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
    source5 = where(np.isnan(tree.memory.source5), 1.0, tree.memory.source5)
    water = where(np.isnan(water3), 1.0, water3)
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
    l, s = crop.light, crop.sugar_limits
    light = where(np.isnan(memory.light), 1.0, clip(memory.light, l.lowest, l.highest))
    month = where(np.isnan(memory.light30), 1.0, memory.light30)
    w = crop.sugar_warmth
    pace = sugar_warmth(air.tmean, w.lower, w.optimum_from, w.optimum_to, w.hot, w.hot_share)
    water = where(np.isnan(memory.water45), 1.0, memory.water45)
    limit = crop.sugar.limit * fruit_limits.light_sugar(
        month, l.lowest, l.highest, l.exponent
    ) * fruit_limits.water_sugar(water, s.water, s.water_highest) * fruit_limits.load_sugar(
        growth.load, growth.diameter, crop.fruit.diameter_final, s.load, s.size_exponent
    ) - fruit_limits.rain_dilution(excess_rain, 0.0, s.rain)
    ageing = where(sugar >= crop.maturity.ratio_ageing * acid, crop.sugar.loss, 0.0)
    sweeter = sugar_after_day(sugar, limit, crop.sugar.rate, part * pace, light) - part * ageing
    loss = part * acid_loss(air.tmean, crop.acid.rate, crop.acid_warmth.reference, crop.acid_warmth.doubling)
    milder = acid_after_day(acid, loss, start, maximum(growth.diameter, start))
    c, green = crop.colour, crop.regreening
    redder = coloured(fruit.colour, memory.nights, c.night, c.rate)
    cool = (growth.age >= c.start) & (memory.nights < c.night)
    fades = (c.regreens > 0.0) & (lengthening > 0.0) & (memory.nights > green.night)
    colour = where(cool, redder, where(fades, regreened(fruit.colour, green.rate), fruit.colour))
    return where(ripe, 1.0, 0.0), where(ripe, sweeter, sugar), where(ripe, milder, acid), colour


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
    redder = 1.0 / (after.colour - before.colour)
    return FruitDates(
        passed(dates.bbch_67, day, before.age, after.age, s.bbch_67, older),
        passed(dates.bbch_69, day, before.age, after.age, s.bbch_69, older),
        passed(dates.bbch_71, day, before.age, after.age, s.bbch_71, older),
        passed(dates.bbch_72, day, before.age, after.age, s.bbch_72, older),
        passed(dates.bbch_73, day, before.age, after.age, s.bbch_73, older),
        passed(dates.bbch_74, day, before.diameter, after.diameter, s.bbch_74 * final, larger),
        passed(dates.bbch_79, day, before.diameter, after.diameter, s.bbch_79 * final, larger),
        passed(dates.bbch_81, day, before.colour, after.colour, s.bbch_81, redder),
        passed(dates.bbch_83, day, picking_before, picking_after, 1.0, 1.0 / (picking_after - picking_before)),
        passed(dates.bbch_85, day, full_before, full_after, 1.0, 1.0 / (full_after - full_before)),
        passed(dates.bbch_89, day, over_before, over_after, 1.0, 1.0 / (over_after - over_before)),
        passed(dates.ripe, day, ripe_before, ripe_after, 1.0, 1.0 / (ripe_after - ripe_before)),
        passed(dates.ratio_12, day, ratio_before, ratio_after, 12.0, 1.0 / (ratio_after - ratio_before)),
    )


class Leaving(NamedTuple):
    """Dry mass that leaves the tree on a day. [g m-2]"""

    leaf: float  # fallen, frozen and cut
    twig: float  # died and cut
    wood: float  # died and cut
    root: float  # died
    dropped: float  # fruit that fell, was thinned or cut
    picked: float  # fruit carried away


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
        where(picked > 0.999, 0.0, fruit.present),
        fruit.season,
        fruit.bloom,
        growth.age,
        growth.diameter,
        where(picked > 0.999, 0.0, ripening),
        sugar,
        acid,
        colour,
        growth.number * (1.0 - taken) * (1.0 - picked),
        left,
        1.0 - (1.0 - fruit.spoiled) * (1.0 - frozen),
    )
    return evening, dry - after_drop, after_drop - left


@equation
def due(fruit, asked, crop, today):
    """Return the share of a crop that is picked today: as people ask, and all of it when its season ends."""
    over = (today.day_of_year == crop.season.fruit_until) & (today.number - fruit.bloom > OLD)
    return fruit.present * where(over, 1.0, asked)


OLD = 180.0  # d; fruit older than this is the crop that a season's end takes


@equation
def emptied(shoots, anew):
    """Return a flush of which nothing is left where `anew` holds."""
    return flush.Flush(where(anew, 0.0, shoots.started), where(anew, 0.0, shoots.age), where(anew, 0.0, shoots.leaf))


@equation
def yield_of(fruit, crop):
    """Return the sound fresh fruit of one crop [t ha-1]."""
    return 0.01 * fruit.present * fruit.number * fruit_mass(fruit.diameter, crop.fruit.shape) * (1.0 - fruit.spoiled)


@equation
def worst(gap, day, worst_gap, worst_day):
    """Return the larger of two gaps and its day."""
    larger = np.abs(gap) > np.abs(worst_gap)
    return where(larger, gap, worst_gap), where(larger, day, worst_day)


@equation
def held_carbon(body, leaf, growing, hanging, content):
    """Return the carbohydrate [g CH2O m-2] that a tree's carbon would be."""
    dry = leaf + body.twig + body.wood + body.coarse_root + body.fine_root
    return body.reserve + content * (dry + growing.present * growing.dry + hanging.present * hanging.dry)


@equation
def pools_of(day):
    """Return the pools of a nutrient in the evening."""
    return nutrition.Pools(day.mineral, day.organic, day.plant)


@equation
def nutrient_gap(before, day, applied):
    """Return what is missing in a nutrient's balance, over all that there is."""
    start = before.mineral + before.organic + before.plant
    end = day.mineral + day.organic + day.plant
    brought = applied.fertiliser + applied.urea + applied.manure
    return (end - start - brought + day.leached + day.volatilised + day.exported) / maximum(start, 1.0)


@equation
def evening(tree, hours, air, weather, morning, work, place, crop, today):
    """Return the tree one day on, and what the day did.

    Parameters
    ----------
    tree : Tree
        On the evening before.
    hours : Hours
        Sums over the day.
    air : place.Air
    weather : place.Weather
    morning : Morning
    work : place.Work
    place : place.Place
    crop : Crop
    today : Today

    Returns
    -------
    Tree, Report
    """
    old, body = tree.memory, tree.body
    warmth = hours.warmth / 24.0
    memory3 = where(np.isnan(old.water3), 1.0, old.water3)

    # water
    et0 = reference_evapotranspiration(weather, air, morning.vapour, place, today)
    water = water_on(tree, weather, air, morning.vapour, work, et0, place, crop, today)
    available = total_available(place.soil)
    depletion = root_zone_depletion(water.water)
    deficit = maximum(saturation_vapour_pressure(air.tmax) - morning.vapour, 0.0)
    potential = stem_water_potential(water.stress, deficit, crop.water_potential)
    water3 = running_mean(old.water3, water.stress, 3.0)

    # buds, flushes
    buds, start, end = buds_on(tree.buds, air, hours, potential, place, crop, today)
    area = leaf_area(tree, crop)
    mean10 = running_mean(old.mean10, air.tmean, 10.0)
    rain10 = running_mean(old.rain10, weather.rain, 10.0)
    age = where(tree.growing.present > 0.0, tree.growing.age, -1.0)
    recent = flush.Recent(mean10, memory3, 10.0 * rain10, age)
    spring = flush.spring_starts(tree.spring.started, end, crop.leaves.spring_progress)
    summer = flush.flush_starts(tree.summer.started, recent, today.day_of_year, crop.summer_start)
    autumn = flush.flush_starts(tree.autumn.started, recent, today.day_of_year, crop.autumn_start)
    late = flush.late_flush(autumn, today.day_of_year, crop.leaves.late_after)
    anew = spring > 0.5  # this year's shoots begin: all leaves that hang are now last year's
    old_leaf = where(anew, flush.last_years_leaves(body.leaf, tree.spring, tree.summer, tree.autumn), body.leaf)
    first = flush.begun(flush.Flush(tree.spring.started, tree.spring.age, where(anew, 0.0, tree.spring.leaf)), spring)
    second = flush.begun(emptied(tree.summer, anew), summer)
    third = flush.begun(emptied(tree.autumn, anew), autumn)
    full, lv = crop.leaves.full_area * place.orchard.fullness, crop.leaves
    base = area - (first.leaf + second.leaf + third.leaf) / lv.mass_per_area
    grown1 = first.leaf / lv.mass_per_area
    grown2 = second.leaf / lv.mass_per_area
    room1 = flush.flush_potential(base, full, lv.turnover, crop.spring.share, lv.mass_per_area)
    room2 = flush.flush_potential(base + grown1, full, lv.turnover, crop.summer.share, lv.mass_per_area)
    room3 = flush.flush_potential(base + grown1 + grown2, full, lv.turnover, crop.autumn.share, lv.mass_per_area)
    wanted1 = memory3 * flush.leaf_demand(first, room1, warmth, crop.spring.duration)
    wanted2 = memory3 * flush.leaf_demand(second, room2, warmth, crop.summer.duration)
    wanted3 = memory3 * flush.leaf_demand(third, room3, warmth, crop.autumn.duration)
    shoots = (wanted1 + wanted2 + wanted3) / lv.share_of_shoot

    # fruit, as their own law wants it
    nitrogen, phosphorus, potassium = leaf_contents(tree, crop)
    p_limit = nutrition.growth_limit(
        phosphorus, crop.phosphorus_limit.deficient, crop.phosphorus_limit.sufficient, crop.phosphorus_limit.least
    )
    k_limit = nutrition.growth_limit(
        potassium, crop.potassium_limit.deficient, crop.potassium_limit.sufficient, crop.potassium_limit.least
    )
    fed = minimum(p_limit, k_limit)
    dose = heat_dose(air.tmax, tree.growing.age, crop.heat_drop) * tree.growing.present
    growing = fruit_growth(tree.growing, tree, warmth, water3, dose, fed, area, crop)
    hanging = hanging_growth(tree.hanging, tree, warmth, water3, area, crop)

    # carbon
    gain = crop.calibration.assimilation * CARBOHYDRATE * hours.assimilation
    young = where(tree.growing.diameter < crop.fruit_stages.bbch_74 * crop.fruit.diameter_final, 1.0, 0.0)
    fruit_dry = tree.growing.present * tree.growing.dry
    masses = respiration.Organs(leaf_mass(tree), body.twig, body.wood, body.coarse_root, body.fine_root, fruit_dry)
    night = 0.5 * (air.tmin + morning.extremes.last_sunset)
    rules, costs = crop.allocation, crop.growth_cost
    woody = body.twig + body.wood + body.coarse_root
    capacity = allocation.reserve_capacity(woody, rules.reserve_share)
    cal = crop.calibration
    poor = 1.0 - minimum(body.reserve / maximum(cal.thrift_from * capacity, 1e-6), 1.0)
    saved = (1.0 - cal.thrift * poor) * (1.0 - cal.thrift_drought * (1.0 - water.stress))
    upkeep = saved * respiration.total(
        respiration.maintenance(
            masses, crop.maintenance, respiration.q10_response(air.tmean, crop.maintenance.q10),
            today.dark * respiration.q10_response(night, crop.maintenance.q10_leaf), young,
        )
    )  # fmt: skip
    busy = ((end >= lv.spring_progress) & (buds.counting > 0.0)) | (
        (tree.growing.present > 0.0) & (tree.growing.age < crop.fruit_drop.middle_until)
    )
    freed = allocation.mobilised(where(busy, 1.0, 0.0), rules.mobilised_growing, rules.mobilised_resting)
    asked_fruit = growing.dry_asked + hanging.dry_asked
    share = allocation.allocate(
        allocation.DayCarbon(gain, upkeep, asked_fruit, shoots),
        allocation.Pools(body.reserve, capacity, leaf_mass(tree), freed),
        rules,
        costs,
    )
    supply = gain - upkeep + freed * body.reserve
    source_sink = allocation.source_sink(
        supply,
        costs.fruit * (growing.potential_asked + hanging.potential_asked) + costs.leaf * shoots,
        rules.sigma_highest,
    )
    to_growing = share.fruit * where(hanging.dry_asked > 0.0, growing.dry_asked / maximum(asked_fruit, 1e-9), 1.0)
    new_leaf = lv.share_of_shoot * share.shoot
    leaf_share = new_leaf / maximum(wanted1 + wanted2 + wanted3, 1e-9)

    # what frost, fall, knife and picking take
    doses = (old.frost_fruit + hours.frost_fruit, old.frost_leaf + hours.frost_leaf)
    frozen = newly_frozen(old.frost_fruit, doses[0], crop.frost.scale)
    frozen_leaf = newly_frozen(old.frost_leaf, doses[1], crop.frost.scale)
    consumed = 1.0 - minimum(share.leaf_consumed / maximum(leaf_mass(tree), 1e-6), 1.0)
    stays = (1.0 - frozen_leaf) * (1.0 - work.pruning)
    bloom_share = tree.growing.present * flush.flush_share(tree.growing.age, warmth, lv.bloom_fall_duration)
    rate = crop.turnover
    hold = clip(area / maximum(full, 0.1), rate.holding, 1.0)
    fallen = hold * flush.leaf_fall(old_leaf * consumed, 1.0, bloom_share, lv.fall_rate, lv.fall_at_bloom)
    kept_old = (old_leaf * consumed - fallen) * stays
    leaf1 = flush.Flush(
        first.started, first.age + warmth * first.started, (first.leaf * consumed + leaf_share * wanted1) * stays
    )
    leaf2 = flush.Flush(
        second.started, second.age + warmth * second.started, (second.leaf * consumed + leaf_share * wanted2) * stays
    )
    leaf3 = flush.Flush(
        third.started, third.age + warmth * third.started, (third.leaf * consumed + leaf_share * wanted3) * stays
    )
    leaf_end = kept_old + leaf1.leaf + leaf2.leaf + leaf3.leaf
    twigs = body.twig + share.shoot - new_leaf
    twigs_kept = twigs * (1.0 - rate.twig) * (1.0 - work.pruning)
    dead_wood, dead_coarse = body.wood * rate.wood, body.coarse_root * rate.wood
    dead = body.fine_root * crop.roots.fine_turnover
    oldest = where(tree.hanging.present > 0.0, 1.0, 0.0)
    pick_hanging = due(tree.hanging, work.picking, crop, today)
    pick_growing = due(tree.growing, work.picking * (1.0 - oldest), crop, today)
    taken = 1.0 - (1.0 - work.thinning) * (1.0 - work.pruning)
    season_rain = (today.day_of_year >= crop.sugar_limits.rain_first) & (
        today.day_of_year <= crop.sugar_limits.rain_last
    )
    excess = where(today.day_of_year == crop.sugar_limits.rain_first, 0.0, tree.bearing.rain)
    excess = excess + where(season_rain, weather.rain - weather.rain_usual, 0.0)
    memory = Memory(
        air.tmin + today.sunset * (air.tmax - air.tmin),
        running_mean(old.nights3, air.tmin, 3.0),
        running_mean(old.nights, air.tmin, 7.0),
        running_mean(old.nights30, air.tmin, 30.0),
        mean10,
        rain10,
        running_mean(old.light, air.light, 10.0),
        running_mean(old.light30, air.light, 30.0),
        water3,
        running_mean(old.water45, water.stress, 45.0),
        running_mean(old.source5, source_sink, 5.0),
        running_mean(old.source10, source_sink, 10.0),
        doses[0],
        doses[1],
    )
    ripe1 = ripened(tree.growing, growing, 1.0, air, memory, excess, today.lengthening, crop)
    ripe2 = ripened(tree.hanging, hanging, 1.0, air, memory, excess, today.lengthening, crop)
    new_growing, dropped1, picked1 = crop_on(tree.growing, growing, ripe1, to_growing, pick_growing, taken, frozen)
    new_hanging, dropped2, picked2 = crop_on(
        tree.hanging, hanging, ripe2, share.fruit - to_growing, pick_hanging, work.pruning, frozen
    )
    fresh = 0.01 * (
        pick_growing
        * growing.number
        * (1.0 - taken)
        * fruit_mass(growing.diameter, crop.fruit.shape)
        * tree.growing.present
        + pick_hanging
        * hanging.number
        * (1.0 - work.pruning)
        * fruit_mass(hanging.diameter, crop.fruit.shape)
        * tree.hanging.present
    )
    leaving = Leaving(
        leaf_mass(tree) * consumed + new_leaf - leaf_end,
        twigs - twigs_kept,
        dead_wood,
        dead + dead_coarse,
        dropped1 + dropped2,
        picked1 + picked2,
    )
    fine = crop.roots.fine_share * share.root
    new_body = Body(
        kept_old,
        twigs_kept,
        body.wood + share.wood - dead_wood,
        body.coarse_root + share.root - fine - dead_coarse,
        body.fine_root + fine - dead,
        share.reserve,
    )

    # nutrients
    turnover = nutrition.Turnover(
        organ_mass(tree),
        nutrition.Organs(
            KG_HA * new_leaf, KG_HA * (share.shoot - new_leaf), KG_HA * share.wood, KG_HA * share.root,
            KG_HA * share.fruit,
        ),
        nutrition.Organs(
            KG_HA * (leaving.leaf + share.leaf_consumed), KG_HA * leaving.twig, KG_HA * leaving.wood, KG_HA * leaving.root,
            KG_HA * leaving.dropped,
        ),
        nutrition.Organs(0.0 * dead, 0.0 * dead, 0.0 * dead, 0.0 * dead, KG_HA * leaving.picked),
    )  # fmt: skip
    soil = nutrition.Soil(
        mean10,
        1.0 - depletion / maximum(available, 1.0),
        water.percolation,
        maximum(place.rooting - depletion, 1.0),
        place.acidity,
    )
    none = 0.0 * dead
    nitrogen_in = nutrition.Applied(work.nitrogen, none, none)
    phosphorus_in = nutrition.Applied(work.phosphorus, none, none)
    potassium_in = nutrition.Applied(work.potassium, none, none)
    n = nutrition.nutrient_day(
        tree.nitrogen, turnover, nitrogen_in, soil, crop.nitrogen.content, crop.nitrogen.behaviour
    )
    p = nutrition.nutrient_day(
        tree.phosphorus, turnover, phosphorus_in, soil, crop.phosphorus.content, crop.phosphorus.behaviour
    )
    k = nutrition.nutrient_day(
        tree.potassium, turnover, potassium_in, soil, crop.potassium.content, crop.potassium.behaviour
    )

    # what this day leaves behind
    merged = spring > 0.5
    settled = (tree.growing.present > 0.0) & (tree.growing.age >= crop.fruit_drop.middle_until)
    bearing = Bearing(
        tree.bearing.resource,
        where(settled, growing.load, tree.bearing.load),
        tree.bearing.flowers,
        excess,
    )
    s = tree.sums
    sums = Sums(
        s.assimilation + gain,
        s.respiration + share.maintenance + share.growth_respiration,
        s.rain + weather.rain,
        s.irrigation + water.irrigation,
        s.transpiration + water.transpiration,
        s.evaporation + water.evaporation,
        s.runoff + water.runoff,
        s.percolation + water.percolation,
        s.nitrogen_uptake + n.uptake,
        s.nitrogen_leached + n.leached,
        s.picked + fresh,
    )
    spell = fruit_limits.after_day(
        tree.spell, growing.potential, growing.diameter - tree.growing.diameter, water3, crop.fruit_limits
    )
    held = costs.held
    before = held_carbon(body, leaf_mass(tree), tree.growing, tree.hanging, held)
    lost = held * (leaving.leaf + leaving.twig + leaving.wood + leaving.root + leaving.dropped + leaving.picked)
    kept = gain - share.maintenance - share.growth_respiration - lost
    carbon = (held_carbon(new_body, leaf_end, new_growing, new_hanging, held) - before - kept) / maximum(before, 1.0)
    entered = weather.rain + water.irrigation - water.runoff - water.evaporation - water.transpiration
    leak = depletion - root_zone_depletion(tree.water) + entered - water.percolation
    a = tree.audit
    water_gap = worst(leak, today.number, a.water, a.water_day)
    carbon_gap = worst(carbon, today.number, a.carbon, a.carbon_day)
    n_gap = worst(nutrient_gap(tree.nitrogen, n, nitrogen_in), today.number, a.nitrogen, a.nitrogen_day)
    p_gap = worst(nutrient_gap(tree.phosphorus, p, phosphorus_in), today.number, a.phosphorus, a.phosphorus_day)
    k_gap = worst(nutrient_gap(tree.potassium, k, potassium_in), today.number, a.potassium, a.potassium_day)
    audit = Audit(
        water_gap[0], water_gap[1], carbon_gap[0], carbon_gap[1], n_gap[0], n_gap[1], p_gap[0], p_gap[1],
        k_gap[0], k_gap[1],
    )  # fmt: skip
    after = Tree(
        buds, leaf1, leaf2, leaf3, new_growing, new_hanging, new_body, water.water, pools_of(n), pools_of(p),
        pools_of(k), bearing, spell, memory, audit, sums, tree.missing,
        bud_dates(
            tree.bud_dates, today.number, start, end, tree.buds, buds, crop.bud_stages, crop.bloom, crop.bloom_clock
        ),
        fruit_dates(tree.growing_dates, today.number, tree.growing, new_growing, crop),
        fruit_dates(tree.hanging_dates, today.number, tree.hanging, new_hanging, crop),
    )  # fmt: skip
    cap = crop.fruit_limits
    clear = weather.radiation * air.sun / maximum(place.terrain.clear * today.outside, 0.1)
    report = Report(
        minimum(end, 1.0),
        warmth,
        growing.diameter - tree.growing.diameter,
        growing.load,
        fruit_mass(growing.diameter, crop.fruit.shape),
        yield_of(new_growing, crop),
        yield_of(new_hanging, crop),
        leaf_end / lv.mass_per_area,
        gain,
        share.maintenance + share.growth_respiration,
        source_sink,
        water.stress,
        depletion,
        available,
        et0,
        water.evaporation + water.transpiration,
        water.demand,
        water.runoff,
        water.percolation,
        potential,
        deficit,
        nitrogen,
        phosphorus,
        potassium,
        n.demand,
        n.uptake,
        p.uptake,
        k.uptake,
        n.deficit,
        p.deficit,
        k.deficit,
        n.leached,
        hours.frost_fruit,
        hours.frost_leaf,
        hours.sunburn,
        dose,
        winter_drop_hazard(
            air.tmin,
            water.stress,
            mean10,
            where(new_growing.ripening > 0.0, 1.0, new_hanging.present),
            crop.winter_drop,
        ),
        late,
        LIGHT_HALF_UP * clear / (LIGHT_HALF + clear),
        hours.heat / 24.0,
        hours.cold / 24.0,
        fruit_limits.water_limit(water3, cap.water_full, cap.water_stop),
        minimum(
            nutrition.nitrogen_effect(
                nitrogen, crop.nitrogen_effect.none, crop.nitrogen_effect.full, crop.nitrogen_effect.least, 1.0
            ),
            1.0,
        ),
        p_limit,
        k_limit,
        fruit_limits.source_limit(source_sink, tree.growing.age, cap.source_from, cap.source_exponent),
    )
    return after, report


LIGHT_HALF = 0.3  # share of a clear day's light at which a canopy works at half its best; judgement, shown only
LIGHT_HALF_UP = 1.0 + LIGHT_HALF


@equation
def turned(tree):
    """Return the tree on the morning of 1 November: buds rest and count anew, the sums of the year begin."""
    missing = NEVER * tree.missing
    return Tree(
        Buds(0.0, 0.0, 1.0, tree.buds.season + 1.0, 0.0, 0.0),
        flush.Flush(0.0, tree.spring.age, tree.spring.leaf),
        flush.Flush(0.0, tree.summer.age, tree.summer.leaf),
        flush.Flush(0.0, tree.autumn.age, tree.autumn.leaf),
        tree.growing, tree.hanging, tree.body, tree.water, tree.nitrogen, tree.phosphorus, tree.potassium,
        tree.bearing, tree.spell,
        Memory(
            tree.memory.sunset, tree.memory.nights3, tree.memory.nights, tree.memory.nights30, tree.memory.mean10,
            tree.memory.rain10, tree.memory.light, tree.memory.light30, tree.memory.water3, tree.memory.water45,
            tree.memory.source5, tree.memory.source10, 0.0, 0.0,
        ),
        tree.audit,
        Sums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        tree.missing,
        BudDates(
            missing, missing, missing, missing, missing, missing, missing, missing,
            missing, missing, missing, missing, missing, missing, missing, missing,
        ),
        tree.growing_dates,
        tree.hanging_dates,
    )  # fmt: skip


@equation
def bloomed(tree, moment, warmth, place, crop, today):
    """Return the tree on the evening of full bloom: last year's crop hangs, a new one grows since `moment` [d]."""
    budget = crop.alternate_bearing
    ratio = crop.bearing.fruit_cost_ratio
    year = budget_year(tree.bearing.resource, budget.surplus, budget.threshold, ratio, 1.0)
    steady = steady_flower_cost(budget.surplus, ratio)
    reserve = reserve_factor(year.flower_cost, steady, budget.highest)
    induced = induced_share(tree.buds.chill, tree.buds.stress, crop.induction.hours)
    area = minimum(leaf_area(tree, crop) / crop.leaves.full_area, 1.0)
    number = area * flowers(
        crop.bearing.flowers_max, induced, tree.bearing.load, reserve, crop.induction.crop_suppression
    )
    age = (today.number + 1.0 - moment) * warmth
    diameter = grown_diameter(crop.fruit.diameter_bloom, crop.fruit.diameter_max, crop.fruit.growth, age)
    missing = NEVER * tree.missing
    young = Fruit(
        1.0, tree.buds.season, moment, age, diameter, 0.0, crop.sugar.first, crop.acid.first, 0.0, number, 0.0, 0.0
    )
    return Tree(
        tree.buds, tree.spring, tree.summer, tree.autumn, young, tree.growing, tree.body, tree.water, tree.nitrogen,
        tree.phosphorus, tree.potassium, Bearing(year.reserve, tree.bearing.load, number, tree.bearing.rain),
        DrySpell(0.0, 0.0, 0.0), tree.memory, tree.audit, tree.sums, tree.missing, tree.bud_dates,
        FruitDates(
            missing, missing, missing, missing, missing, missing, missing, missing, missing, missing, missing,
            missing, missing,
        ),
        tree.growing_dates,
    )  # fmt: skip
