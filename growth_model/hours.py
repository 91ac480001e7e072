"""A day's hours: what they need to know of a tree, and what each of them adds."""

import numpy as np

from agro.numeric import equation, maximum, minimum, where
from agro.weather.humidity import saturation_vapour_pressure
from growth_model import flush, nutrition
from growth_model.body import leaf_area, leaf_contents
from growth_model.canopy import beam_cover, canopy_assimilation, canopy_day
from growth_model.damage import frost_dose, frost_threshold, sunburn_hour
from growth_model.induction import chill_hour
from growth_model.memory import remembered
from growth_model.physiological_time import room_above_cold, room_below_heat
from growth_model.records import Curve, Hours, Morning

PAR = 0.5 * 4.57  # umol J-1, photosynthetic part of sunlight
ALBEDO = 0.2  # of the ground around; as in agro.terrain.sunlight


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
    nights = remembered(tree.memory.nights30, air.tmin)
    up = terrain.up_summer + (terrain.up_winter - terrain.up_summer) * today.winter
    strength = weather.radiation * today.strength * (1.0 - work.shade)
    beam = strength * (1.0 - weather.diffuse + weather.diffuse * weather.anisotropy)
    sky = weather.diffuse * (1.0 - weather.anisotropy) * terrain.sky_view + ALBEDO * (1.0 - terrain.sky_view)
    nitrogen, _, _ = leaf_contents(tree, crop)
    effect, cold = crop.nitrogen_effect, crop.calibration
    fed = nutrition.nitrogen_effect(nitrogen, effect.none, effect.full, effect.least, effect.most)
    nights3 = remembered(tree.memory.nights3, air.tmin)
    chilled = maximum(1.0 - cold.cold_night * maximum(cold.cold_night_from - nights3, 0.0), cold.cold_night_least)
    aged = flush.canopy_efficiency(tree.spring, tree.summer, tree.autumn, tree.body.leaf, crop.leaves)
    leaves = canopy_day(
        maximum(leaf_area(tree, crop), 0.05), place.orchard.cover_sky, aged * fed * chilled,
        maximum(remembered(tree.memory.water3, 1.0), 0.02),
        terrain.pressure, crop.kinetics, crop.leaf, crop.canopy,
    )  # fmt: skip
    last_sunset = remembered(tree.memory.sunset, air.tmin + today.sunset * (air.tmax - air.tmin))
    return Morning(
        Curve(air.tmin, air.tmax, remembered(tmin_next, air.tmin), last_sunset),
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
    cold = room_above_cold(temperature, w.lower, morning.cold_slope)
    hot = room_below_heat(temperature, w.upper, morning.heat_slope)
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
