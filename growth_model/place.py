"""What a tree stands in: the ground, the orchard, its soil; and what reaches it on one day: weather and work."""

from typing import NamedTuple

from agro.numeric import equation
from agro.soil.crop_coefficient import Basal
from agro.soil.water_balance import Ground, Soil
from agro.terrain import microclimate, slope_light
from agro.terrain.site_weather import POOL_DEPTH


class Weather(NamedTuple):
    """A weather cell's day, at the cell's height on flat open ground."""

    tmin: float  # degC
    tmax: float  # degC
    tmean: float  # degC
    radiation: float  # MJ m-2 d-1
    light: float  # radiation over the usual of the season
    diffuse: float  # share of the radiation that comes from the sky
    anisotropy: float  # share of the sky's light that comes from around the sun
    stillness: float  # how surely the night is calm and clear, 0 to 1
    vapour: float  # kPa
    wind: float  # m s-1 at 2 m
    rain: float  # mm d-1
    rain_usual: float  # mm d-1


class Work(NamedTuple):
    """What people do on one day; shares from 0 to 1."""

    irrigation: float  # mm that reach the ground
    nitrogen: float  # kg ha-1
    phosphorus: float  # kg ha-1 of P
    potassium: float  # kg ha-1 of K
    thinning: float  # share of the young fruit taken off
    pruning: float  # share of leaves and twigs cut
    shade: float  # share of the light that a net takes
    picking: float  # share of the oldest crop harvested


class Terrain(NamedTuple):
    """The place on the mountain."""

    rise: float  # m above the height for which the cell's weather holds
    cold: float  # 1 on the valley floor, 0 above its cold pool
    sky_view: float  # cosine-weighted share of the sky
    summer_beam: float  # beam on the slope over that on flat open ground, at the summer solstice
    winter_beam: float  # the same at the winter solstice
    east: float  # how the slope faces the sun, per horizontal area
    north: float
    up_summer: float  # 1, or the beam of a place that stands for several
    up_winter: float
    area: float  # m2 of slope a horizontal m2
    pressure: float  # kPa
    clear: float  # share of the sun above the air that a clear sky lets through


class Orchard(NamedTuple):
    """The rows of trees."""

    row_east: float  # sine and cosine of the azimuth of the rows
    row_north: float
    width: float  # m, of the hedgerow
    height: float  # m
    alley: float  # m
    cover_sky: float  # intercepted share of the sky's light, of an opaque hedgerow
    cover: float  # share of the ground under the crowns
    fullness: float  # share of the full leaf area that the trees can carry; less while young
    bloom_seen: float  # d, the day of full bloom that somebody saw; NaN where nobody did


class Place(NamedTuple):
    """All that stays the same for a tree."""

    terrain: Terrain
    orchard: Orchard
    basal: Basal
    soil: Soil
    ground: Ground
    rooting: float  # mm, water that the root zone holds at field capacity
    acidity: float  # pH


class Air(NamedTuple):
    """A day's air at the place itself."""

    tmin: float  # degC
    tmax: float  # degC
    tmean: float  # degC
    light: float  # radiation on the slope over the usual on flat open ground
    sun: float  # radiation on the slope over that on flat open ground


@equation
def air_at(weather, terrain, lapse_day, lapse_night, winter, leaf_area):
    """Return the air of a place from its cell's weather.

    Parameters
    ----------
    weather : Weather
    terrain : Terrain
    lapse_day, lapse_night : float
        Cooling of tmax and tmin with height. [K m-1]
    winter : float
        How far the sun stands towards its winter end, 0 to 1; the beam lies between its solstices by this share.
    leaf_area : float
        Leaves keep the sun from the ground. [m2 m-2]

    Returns
    -------
    Air
    """
    beam = terrain.summer_beam + (terrain.winter_beam - terrain.summer_beam) * winter
    ratio = slope_light.light_ratio(beam, terrain.sky_view, weather.diffuse, weather.anisotropy)
    height = (1.0 - terrain.cold) * POOL_DEPTH
    warmer = microclimate.warming_by_sun(ratio, leaf_area) - lapse_day * terrain.rise
    spared = microclimate.cold_pool(height, weather.stillness) + microclimate.reduced_sky_cooling(terrain.sky_view)
    colder = spared - lapse_night * terrain.rise
    return Air(
        weather.tmin + colder,
        weather.tmax + warmer,
        weather.tmean + (warmer + colder) * 0.5,
        weather.light * ratio,
        ratio,
    )
