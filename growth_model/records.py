"""What stands in a block for one day only: the calendar, the sun, sums over the hours, and what the day did."""

from typing import NamedTuple

from growth_model.canopy import CanopyDay


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
