"""What one day does to a tree: the processes in the order of the manual, and the only place where a state changes.

`hours.py` knows the day's hours, `seasons.py` what 1 November and full bloom do. All is written for one tree; the
engine lays it over blocks of places.
"""

from agro.numeric import equation, maximum, minimum, where
from growth_model import fruit_limits
from growth_model.audit import audited
from growth_model.body import leaf_area, leaf_mass, yield_of
from growth_model.carbon import carbon_on
from growth_model.crop_year import (
    autumn_rain,
    crop_on,
    due,
    fruit_dates,
    fruit_growth,
    hanging_growth,
    picked_fresh,
    ripened,
)
from growth_model.damage import heat_dose, newly_frozen, winter_drop_hazard
from growth_model.feeding import Leaving, contents, fed, pools_of
from growth_model.fruit import fruit_mass
from growth_model.memory import running_mean
from growth_model.phenology import buds_on
from growth_model.records import Report
from growth_model.shoots import leaves_on, leaves_wanted, shoots_on
from growth_model.stages import bud_dates
from growth_model.state import Bearing, Body, Memory, Sums, Tree
from growth_model.water_use import drunk

LIGHT_HALF = 0.3  # share of a clear day's light at which a canopy works at half its best; judgement, shown only
LIGHT_HALF_UP = 1.0 + LIGHT_HALF


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
    mean10, rain10 = running_mean(old.mean10, air.tmean, 10.0), running_mean(old.rain10, weather.rain, 10.0)
    frost_fruit, frost_leaf = old.frost_fruit + hours.frost_fruit, old.frost_leaf + hours.frost_leaf
    excess = autumn_rain(tree.bearing.rain, weather, crop, today)

    # what the day asks for
    drink = drunk(tree, weather, air, morning.vapour, work, place, crop, today)
    water3 = running_mean(old.water3, drink.day.stress, 3.0)
    buds, start, end = buds_on(tree.buds, air, hours, drink.potential, place, crop, today)
    shoots = shoots_on(tree, warmth, mean10, rain10, start, end, place, crop, today)
    leaf = contents(tree, crop)
    hot = heat_dose(air.tmax, tree.growing.age, crop.heat_drop) * tree.growing.present
    area = leaf_area(tree, crop)
    limits = minimum(leaf.phosphorus_limit, leaf.potassium_limit)
    growing = fruit_growth(tree.growing, tree, warmth, water3, hot, limits, area, crop)
    hanging = hanging_growth(tree.hanging, tree, warmth, water3, area, crop)

    # what carbon gives
    setting = (tree.growing.present > 0.0) & (tree.growing.age < crop.fruit_drop.middle_until)
    busy = where(((end >= crop.leaves.spring_progress) & (buds.counting > 0.0)) | setting, 1.0, 0.0)
    carbon = carbon_on(
        tree, hours, air, morning.extremes.last_sunset, drink.day.stress, growing, hanging, leaves_wanted(shoots), busy,
        crop, today,
    )  # fmt: skip
    shared = carbon.shared

    # what is left tonight, after frost, fall, knife and picking
    consumed = 1.0 - minimum(shared.leaf_consumed / maximum(leaf_mass(tree), 1e-6), 1.0)
    stays = (1.0 - newly_frozen(old.frost_leaf, frost_leaf, crop.frost.scale)) * (1.0 - work.pruning)
    leaves = leaves_on(shoots, tree, warmth, carbon.new_leaf, consumed, stays, place, crop)
    leaf_end = leaves.old + leaves.spring.leaf + leaves.summer.leaf + leaves.autumn.leaf
    twigs = body.twig + shared.shoot - carbon.new_leaf
    twigs_kept = twigs * (1.0 - crop.turnover.twig) * (1.0 - work.pruning)
    dead_wood, dead_coarse = body.wood * crop.turnover.wood, body.coarse_root * crop.turnover.wood
    dead_fine, fine = body.fine_root * crop.roots.fine_turnover, crop.roots.fine_share * shared.root
    new_body = Body(
        leaves.old,
        twigs_kept,
        body.wood + shared.wood - dead_wood,
        body.coarse_root + shared.root - fine - dead_coarse,
        body.fine_root + fine - dead_fine,
        shared.reserve,
    )
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
        running_mean(old.water45, drink.day.stress, 45.0),
        running_mean(old.source5, carbon.source_sink, 5.0),
        running_mean(old.source10, carbon.source_sink, 10.0),
        frost_fruit,
        frost_leaf,
    )
    frozen = newly_frozen(old.frost_fruit, frost_fruit, crop.frost.scale)
    taken = 1.0 - (1.0 - work.thinning) * (1.0 - work.pruning)
    pick_hanging = due(tree.hanging, work.picking, crop, today)
    pick_growing = due(tree.growing, where(tree.hanging.present > 0.0, 0.0, work.picking), crop, today)
    ripe1 = ripened(tree.growing, growing, 1.0, air, memory, excess, today.lengthening, crop)
    ripe2 = ripened(tree.hanging, hanging, 1.0, air, memory, excess, today.lengthening, crop)
    new_growing, dropped1, picked1 = crop_on(
        tree.growing, growing, ripe1, carbon.to_growing, pick_growing, taken, frozen
    )
    new_hanging, dropped2, picked2 = crop_on(
        tree.hanging, hanging, ripe2, carbon.to_hanging, pick_hanging, work.pruning, frozen
    )
    leaving = Leaving(
        leaf_mass(tree) * consumed + carbon.new_leaf - leaf_end,
        twigs - twigs_kept,
        dead_wood,
        dead_fine + dead_coarse,
        dropped1 + dropped2,
        picked1 + picked2,
    )
    food = fed(tree, carbon, leaving, drink, mean10, work, place, crop)

    # the books
    fresh = picked_fresh(tree.growing, growing, pick_growing, taken, crop)
    fresh = fresh + picked_fresh(tree.hanging, hanging, pick_hanging, work.pruning, crop)
    settled = (tree.growing.present > 0.0) & (tree.growing.age >= crop.fruit_drop.middle_until)
    load = where(settled, growing.load, tree.bearing.load)
    grew = growing.diameter - tree.growing.diameter
    after = Tree(
        buds, leaves.spring, leaves.summer, leaves.autumn, new_growing, new_hanging, new_body, drink.day.water,
        pools_of(food.nitrogen), pools_of(food.phosphorus), pools_of(food.potassium),
        Bearing(tree.bearing.resource, load, tree.bearing.flowers, excess),
        fruit_limits.after_day(tree.spell, growing.potential, grew, water3, crop.fruit_limits),
        memory,
        audited(
            tree, new_body, leaf_end, new_growing, new_hanging, carbon, leaving, drink, food, weather, crop, today
        ),
        summed(tree.sums, carbon, drink, food, fresh, weather),
        tree.missing,
        bud_dates(
            tree.bud_dates, today.number, start, end, tree.buds, buds, crop.bud_stages, crop.bloom, crop.bloom_clock
        ),
        fruit_dates(tree.growing_dates, today.number, tree.growing, new_growing, crop),
        fruit_dates(tree.hanging_dates, today.number, tree.hanging, new_hanging, crop),
    )  # fmt: skip
    clear = weather.radiation * air.sun / maximum(place.terrain.clear * today.outside, 0.1)
    hangs = where(new_growing.ripening > 0.0, 1.0, new_hanging.present)
    cap, day = crop.fruit_limits, drink.day
    report = Report(
        minimum(end, 1.0), warmth, grew, growing.load, fruit_mass(growing.diameter, crop.fruit.shape),
        yield_of(new_growing, crop), yield_of(new_hanging, crop), leaf_end / crop.leaves.mass_per_area,
        carbon.gain, shared.maintenance + shared.growth_respiration, carbon.source_sink,
        day.stress, drink.depletion, drink.available, drink.et0, day.evaporation + day.transpiration, day.demand,
        day.runoff, day.percolation, drink.potential, drink.deficit,
        leaf.nitrogen, leaf.phosphorus, leaf.potassium, food.nitrogen.demand, food.nitrogen.uptake,
        food.phosphorus.uptake, food.potassium.uptake, food.nitrogen.deficit, food.phosphorus.deficit,
        food.potassium.deficit, food.nitrogen.leached,
        hours.frost_fruit, hours.frost_leaf, hours.sunburn, hot,
        winter_drop_hazard(air.tmin, day.stress, mean10, hangs, crop.winter_drop), shoots.late,
        LIGHT_HALF_UP * clear / (LIGHT_HALF + clear), hours.heat / 24.0, hours.cold / 24.0,
        fruit_limits.water_limit(water3, cap.water_full, cap.water_stop), leaf.nitrogen_limit, leaf.phosphorus_limit,
        leaf.potassium_limit,
        fruit_limits.source_limit(carbon.source_sink, tree.growing.age, cap.source_from, cap.source_exponent),
    )  # fmt: skip
    return after, report


@equation
def summed(sums, carbon, drink, food, fresh, weather):
    """Return the sums of the year with this day's; `fresh` is what was picked [t ha-1]."""
    day, shared = drink.day, carbon.shared
    return Sums(
        sums.assimilation + carbon.gain,
        sums.respiration + shared.maintenance + shared.growth_respiration,
        sums.rain + weather.rain,
        sums.irrigation + day.irrigation,
        sums.transpiration + day.transpiration,
        sums.evaporation + day.evaporation,
        sums.runoff + day.runoff,
        sums.percolation + day.percolation,
        sums.nitrogen_uptake + food.nitrogen.uptake,
        sums.nitrogen_leached + food.nitrogen.leached,
        sums.picked + fresh,
    )
