"""Wetness of a leaf as a small reservoir: rain fills it, dew adds to it, sun and dry air empty it."""

from typing import Annotated, NamedTuple

import numpy as np
import xarray as xr

from agro.errors import InputError
from agro.numeric import FAST, clip, equation, kernel, maximum, minimum, power
from agro.weather import evapotranspiration, humidity, radiation

LATENT_HEAT = 2.45e6  # J kg-1, FAO-56
HEAT_OF_AIR = 1210.0  # J m-3 K-1, density times specific heat
GAMMA = 0.066  # kPa K-1, psychrometric constant near 98 kPa; FAO-56 eq. 8
SIGMA = 5.67e-8  # W m-2 K-4


class Leaf(NamedTuple):
    """What a leaf takes up, gives off and holds."""

    size: Annotated[float, "m"]
    conductance: Annotated[float, "m s-0.5"]
    calm: Annotated[float, "m s-1"]
    absorptivity: Annotated[float, "1"]
    emissivity: Annotated[float, "1"]
    capacity: Annotated[float, "mm"]
    wet: Annotated[float, "mm"]


@equation
def boundary_resistance(wind, leaf):
    """Return the resistance of the air on a leaf [s m-1] in `wind` [m s-1]; flat plate, Jones (1992)."""
    return 1.0 / (leaf.conductance * np.sqrt(maximum(wind, leaf.calm) / leaf.size))


@equation
def net_radiation(temperature, vapour_pressure, ghi, clouds, leaf):
    """Return the net radiation of a leaf at the top of the canopy.

    Parameters
    ----------
    temperature : array_like
        Of the air. [degC]
    vapour_pressure : array_like
        [kPa]
    ghi : array_like
        Global radiation. [W m-2]
    clouds : array_like
        Share of a clear sky's loss of long waves that clouds allow, see `clouds`. [1]
    leaf : Leaf

    Returns
    -------
    array_like
        [W m-2]

    References
    ----------
    .. [1] Brutsaert (1975). On a derivable formula for long-wave radiation from clear skies. Water Resources Research
       11(5):742-744.
    """
    kelvin = temperature + 273.15
    sky = 1.24 * power(maximum(10.0 * vapour_pressure / kelvin, 1e-6), 1.0 / 7.0)
    lost = leaf.emissivity * SIGMA * kelvin * kelvin * kelvin * kelvin * (1.0 - minimum(sky, 1.0)) * clouds
    return leaf.absorptivity * ghi - lost


@equation
def water_lost(temperature, rh, wind, ghi, clouds, leaf):
    """Return the water that a wet leaf loses in an hour [mm]; negative when dew falls.

    Arguments as in `wet_by_balance`; Penman's equation with the leaf's own resistance.
    """
    slope = humidity.slope_of_saturation(temperature)
    vapour = humidity.vapour_pressure(temperature, rh)
    net = net_radiation(temperature, vapour, ghi, clouds, leaf)
    drying = HEAT_OF_AIR * humidity.vapour_pressure_deficit(temperature, rh) / boundary_resistance(wind, leaf)
    return (slope * net + drying) / (slope + GAMMA) / LATENT_HEAT * 3600.0


def wet_by_balance(temperature, rh, wind, ghi, clouds, rain, leaf: Leaf) -> np.ndarray:
    """Return which hours a leaf is wet by its balance of energy and water.

    Parameters
    ----------
    temperature, rh, wind, ghi, rain : array_like, shape (..., time)
        Hourly, the wind at the leaf. [degC], [%], [m s-1], [W m-2], [mm]
    clouds : array_like, shape (..., time)
        See `clouds`. [1]
    leaf : Leaf

    Returns
    -------
    ndarray, shape (..., time)
        1 wet, 0 dry, NaN unknown. [1]

    Notes
    -----
    How wet the leaf was before the first hour, or in a gap, is unknown: an empty and a full leaf are followed, and an
    hour is known as soon as both agree. An own formulation for reference: in valleys its forecast wind and radiation
    are worse than the humidity that simpler rules ask for.
    """
    lost = np.asarray(water_lost(temperature, rh, wind, ghi, clouds, leaf), float)
    lost, rain = (np.ascontiguousarray(values, float) for values in np.broadcast_arrays(lost, rain))
    wet = np.empty_like(lost)
    hours = lost.shape[-1]
    _reservoir(lost.reshape(-1, hours), rain.reshape(-1, hours), leaf.capacity, leaf.wet, wet.reshape(-1, hours))
    return wet


def clouds(weather: xr.Dataset) -> xr.DataArray:
    """Return the share of a clear sky's loss of long waves that clouds allow, 0.05 to 1; FAO-56 eq. 39. [1]

    Parameters
    ----------
    weather : Dataset (..., time)
        `ghi` [W m-2], hours in UTC; attrs `latitude`, `longitude` [degrees], `elevation` [m].

    Raises
    ------
    InputError
        When the place or the radiation is missing.

    Notes
    -----
    By night, and while the sun stands lower than 17 degrees, that of the last hour before; before the first such hour,
    that of the first. A missing hour of sun is as the hour before it.
    """
    if missing := [name for name in ("latitude", "longitude", "elevation") if name not in weather.attrs]:
        raise InputError(
            f"clouds need the place of the station; {', '.join(missing)} is missing",
            zh=f"云量的计算需要站点位置；缺少 {'、'.join(missing)}",
        )
    if "ghi" not in weather:
        raise InputError("clouds need hourly ghi", zh="云量的计算需要逐时总辐射（ghi）")
    place = weather.attrs
    middle = weather["time"] + np.timedelta64(30, "m")
    day = middle.dt.dayofyear
    sun = radiation.solar_hour(middle.dt.hour + middle.dt.minute / 60, place["longitude"], day)
    outside = radiation.extraterrestrial_hour(place["latitude"], day, sun)
    share = evapotranspiration.cloud_factor(weather["ghi"] * 0.0036, radiation.clear_sky(outside, place["elevation"]))
    high = outside > 0.3 * 4.92  # MJ m-2 h-1, the solar constant by the sine of the height
    share = share.where(high).transpose(..., "time")
    return share.copy(data=_carried(share.to_numpy()))


def _carried(values: np.ndarray) -> np.ndarray:
    """Return `values` (..., time) with gaps as the last value before, those at the start as the first value after."""
    known = np.isfinite(values)
    first = np.where(known.any(axis=-1, keepdims=True), known.argmax(axis=-1, keepdims=True), 0)
    last = np.maximum.accumulate(np.where(known, np.arange(values.shape[-1]), first), axis=-1)
    return np.take_along_axis(values, last, axis=-1)


@kernel(fastmath=FAST)
def _reservoir(lost, rain, capacity, enough, wet):
    for row in range(lost.shape[0]):
        least, most = 0.0, capacity
        for hour in range(lost.shape[1]):
            change, fallen = lost[row, hour], rain[row, hour]
            if np.isnan(change) or np.isnan(fallen):
                least, most = 0.0, capacity
                wet[row, hour] = np.nan
                continue
            least = clip(minimum(least + fallen, capacity) - change, 0.0, capacity)
            most = clip(minimum(most + fallen, capacity) - change, 0.0, capacity)
            wet[row, hour] = 1.0 if least > enough else (0.0 if most <= enough else np.nan)
