"""A day's water: what the air asks for on the slope, and what roots and ground give."""

from typing import NamedTuple

from agro.numeric import equation, maximum
from agro.soil.crop_coefficient import basal_coefficient, highest_coefficient, weather_term
from agro.soil.water_balance import Crop as Demand
from agro.soil.water_balance import WaterDay, root_zone_depletion, total_available, water_day
from agro.weather import evapotranspiration as reference
from agro.weather.evapotranspiration import ALBEDO, CALM
from agro.weather.humidity import mean_saturation_vapour_pressure, saturation_vapour_pressure
from growth_model.damage import stem_water_potential


@equation
def reference_evapotranspiration(weather, air, vapour, work, place, today):
    """Return the reference evapotranspiration [mm d-1] with the light of the slope; FAO-56 eq. 6, 38 to 40."""
    clouds = reference.cloud_factor(weather.radiation, place.terrain.clear * today.outside)
    lost = reference.net_longwave(air.tmin, air.tmax, vapour, clouds)
    received = weather.radiation * air.sun * place.terrain.area * (1.0 - work.shade)
    deficit = maximum(mean_saturation_vapour_pressure(air.tmin, air.tmax) - vapour, 0.0)
    net = (1.0 - ALBEDO) * received - lost
    gamma = reference.psychrometric_constant(place.terrain.pressure)
    wind = maximum(weather.wind, CALM)
    return maximum(reference.penman_monteith((air.tmin + air.tmax) * 0.5, net, deficit, wind, gamma), 0.0)


@equation
def water_on(tree, weather, air, vapour, work, et0, place, crop, today):
    """Return the water of the day."""
    rh_min = 100.0 * vapour / saturation_vapour_pressure(air.tmax)
    correction = weather_term(weather.wind, rh_min, place.basal.height_factor)
    basal = basal_coefficient(today.day_of_year, place.basal, crop.water_stages, correction)
    asked = Demand(basal, highest_coefficient(basal, correction), place.orchard.cover)
    return water_day(tree.water, et0, weather.rain, work.irrigation, asked, place.soil, place.ground, crop.water)


class Drink(NamedTuple):
    """A tree's water on one day."""

    et0: float  # mm d-1
    day: WaterDay
    depletion: float  # mm, of the root zone this evening
    available: float  # mm that the root zone holds for trees
    deficit: float  # kPa, of the air at the day's maximum
    potential: float  # MPa, of the stem at noon


@equation
def drunk(tree, weather, air, vapour, work, place, crop, today):
    """Return the water of the day, and how thirsty it leaves the tree."""
    et0 = reference_evapotranspiration(weather, air, vapour, work, place, today)
    day = water_on(tree, weather, air, vapour, work, et0, place, crop, today)
    deficit = maximum(saturation_vapour_pressure(air.tmax) - vapour, 0.0)
    return Drink(
        et0,
        day,
        root_zone_depletion(day.water),
        total_available(place.soil),
        deficit,
        stem_water_potential(day.stress, deficit, crop.water_potential),
    )
