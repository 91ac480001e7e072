"""Reference evapotranspiration by Penman and Monteith, of a day (FAO-56) and of an hour (FAO-56 or ASCE)."""

import numpy as np
import xarray as xr

from agro import variables
from agro.numeric import equation, log, maximum, minimum
from agro.weather import humidity, radiation

ALBEDO = 0.23  # grass; FAO-56 eq. 38
CALM = 0.5
"""Least daily wind at 2 m that counts [m s-1]; FAO-56 chapter 3: buoyancy moves the air when the anemometer stands."""

HOURLY = {"fao56": (0.34, 0.34), "asce": (0.24, 0.96)}
"""Resistance of the grass by day and by night [s m-1]: ASCE's hours add up to its days, FAO-56's do not quite."""


@equation
def pressure_at(elevation):
    """Return the mean air pressure [kPa] at `elevation` [m]; FAO-56 eq. 7."""
    return 101.3 * ((293.0 - 0.0065 * elevation) / 293.0) ** 5.26


@equation
def psychrometric_constant(pressure):
    """Return the psychrometric constant [kPa K-1] at `pressure` [kPa]; FAO-56 eq. 8."""
    return 0.665e-3 * pressure


@equation
def wind_at_2m(wind, height):
    """Return the wind at 2 m over grass [m s-1] from `wind` [m s-1] at `height` [m]; FAO-56 eq. 47."""
    return wind * 4.87 / log(67.8 * height - 5.42)


@equation
def cloud_factor(radiation, clear_sky):
    """Return the share of a clear sky's loss of long waves that clouds allow [1], 0.05 to 1; part of FAO-56 eq. 39."""
    return 1.35 * minimum(maximum(radiation / maximum(clear_sky, 1e-6), 0.3), 1.0) - 0.35


@equation
def net_longwave(tmin, tmax, vapour_pressure, cloud_factor, sigma=4.903e-9):
    """Return the net loss of long waves.

    Parameters
    ----------
    tmin, tmax : array_like
        Extremes of the period; twice the mean for an hour. [degC]
    vapour_pressure : array_like
        [kPa]
    cloud_factor : array_like
        See `cloud_factor`. [1]
    sigma : float
        Stefan and Boltzmann's constant of the period: of a day, or that over 24 of an hour. [MJ K-4 m-2]

    Returns
    -------
    array_like
        [MJ m-2 per period]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 39.
    """
    hot, cold = (tmax + 273.16) * (tmax + 273.16), (tmin + 273.16) * (tmin + 273.16)
    emitted = sigma * (hot * hot + cold * cold) / 2.0
    return emitted * (0.34 - 0.14 * np.sqrt(vapour_pressure)) * cloud_factor


@equation
def penman_monteith(temperature, net_energy, deficit, wind, gamma, numerator=900.0, resistance=0.34):
    """Return the evapotranspiration of a reference crop.

    Parameters
    ----------
    temperature : array_like
        Mean of the period at 2 m. [degC]
    net_energy : array_like
        Net radiation less the heat that goes into the ground. [MJ m-2 per period]
    deficit : array_like
        Vapour pressure deficit. [kPa]
    wind : array_like
        At 2 m. [m s-1]
    gamma : array_like
        Psychrometric constant. [kPa K-1]
    numerator, resistance : array_like
        900 and 0.34 for a day, 37 and 0.34 for an hour (FAO-56); see `HOURLY` for ASCE's.

    Returns
    -------
    array_like
        [mm per period]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 6 and 53.
    .. [2] Walter et al. (2005). The ASCE standardized reference evapotranspiration equation, table 1.
    """
    delta = humidity.slope_of_saturation(temperature)
    energy = 0.408 * delta * net_energy
    drying = gamma * numerator / (temperature + 273.0) * wind * deficit
    return (energy + drying) / (delta + gamma * (1.0 + resistance * wind))


@equation
def daily_et0(tmin, tmax, vapour_pressure, wind, radiation, clear_sky, pressure):
    """Return the reference evapotranspiration of a day.

    Parameters
    ----------
    tmin, tmax : array_like
        [degC]
    vapour_pressure : array_like
        [kPa]
    wind : array_like
        At 2 m. [m s-1]
    radiation, clear_sky : array_like
        Solar radiation as it was and as it would be under a clear sky. [MJ m-2 d-1]
    pressure : array_like
        Of the air at the place. [kPa]

    Returns
    -------
    array_like
        Not below 0. [mm d-1]

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 6, 38 to 40; no heat into the ground over a day.
    """
    lost = net_longwave(tmin, tmax, vapour_pressure, cloud_factor(radiation, clear_sky))
    deficit = maximum(humidity.mean_saturation_vapour_pressure(tmin, tmax) - vapour_pressure, 0.0)
    net = (1.0 - ALBEDO) * radiation - lost
    return maximum(penman_monteith((tmin + tmax) / 2.0, net, deficit, wind, psychrometric_constant(pressure)), 0.0)


def daily(weather, latitude, elevation, *, wind_height=2.0):
    """Return the reference evapotranspiration of each day.

    Parameters
    ----------
    weather : Dataset, dims (..., time)
        `tmin`, `tmax`, `wind`, and `radiation` or `sunshine` (else the range of temperature serves); `dewpoint` or
        `rh` (else the dew point is taken to be `tmin`); `pressure` where measured. Units of `variables.toml`.
    latitude, elevation : float or DataArray
        [degrees], [m]
    wind_height : float
        Of the anemometer. [m]

    Returns
    -------
    DataArray, dims (..., time)
        `et0`; NaN where an input is. [mm d-1]
    """
    helpful = [name for name in ("radiation", "sunshine", "dewpoint", "rh", "pressure") if name in weather]
    weather = variables.checked(weather, ["tmin", "tmax", "wind", *helpful])
    outside = radiation.extraterrestrial(latitude, weather["time"].dt.dayofyear)
    pressure = weather["pressure"] / 10 if "pressure" in weather else pressure_at(elevation)
    et0 = daily_et0(
        weather["tmin"],
        weather["tmax"],
        _vapour_pressure(weather),
        np.maximum(wind_at_2m(weather["wind"], wind_height), CALM),
        _radiation(weather, latitude, outside),
        radiation.clear_sky(outside, elevation),
        pressure,
    )
    return variables.labelled(et0.transpose(*weather["tmin"].dims), "et0")


def hourly(weather, latitude, longitude, elevation, *, wind_height=2.0, method="asce"):
    """Return the reference evapotranspiration of each hour.

    Parameters
    ----------
    weather : Dataset, dims (..., time)
        `temperature`, `wind`, `ghi`, and `dewpoint` or `rh`; `pressure` where measured. `time` is the beginning of
        each hour, UTC. Units of `variables.toml`.
    latitude, longitude, elevation : float
        [degrees], [degrees, east positive], [m]
    wind_height : float
        Of the anemometer. [m]
    method : {"asce", "fao56"}
        ASCE's hours add up to the day; FAO-56's resistance by night and day is one number.

    Returns
    -------
    DataArray, dims (..., time)
        `et0`; slightly negative in nights with dew. [mm h-1]

    Notes
    -----
    The clouds of the night are those of the last hour in which the sun stood higher than 0.3 rad (ASCE 2005, p. 34).

    References
    ----------
    .. [1] Allen et al. (1998). FAO-56, eq. 53. Walter et al. (2005). ASCE standardized equation.
    """
    if method not in HOURLY:
        raise ValueError(f"method is one of {', '.join(HOURLY)}; got {method!r}")
    helpful = [name for name in ("dewpoint", "pressure") if name in weather]
    weather = variables.checked(
        weather, ["temperature", "wind", "ghi", *helpful, *(() if "dewpoint" in weather else ("rh",))]
    )
    middle = weather["time"] + np.timedelta64(30, "m")
    day = middle.dt.dayofyear
    sun = radiation.solar_hour(middle.dt.hour + middle.dt.minute / 60, longitude, day)
    outside = radiation.extraterrestrial_hour(latitude, day, sun)
    temperature = weather["temperature"]
    vapour = _hourly_vapour_pressure(weather)
    clouds = cloud_factor(weather["ghi"] * 0.0036, radiation.clear_sky(outside, elevation))
    clouds = _kept_overnight(clouds, _sun_height(latitude, day, sun) > 0.3)
    lost = net_longwave(temperature, temperature, vapour, clouds, 4.903e-9 / 24)
    net = (1 - ALBEDO) * weather["ghi"] * 0.0036 - lost
    by_day, by_night = HOURLY[method]
    gamma = psychrometric_constant(weather["pressure"] / 10 if "pressure" in weather else pressure_at(elevation))
    et0 = penman_monteith(
        temperature,
        net * xr.where(net > 0, 0.9, 0.5),  # less the heat into the ground, eq. 45 and 46
        np.maximum(humidity.saturation_vapour_pressure(temperature) - vapour, 0.0),
        wind_at_2m(weather["wind"], wind_height),
        gamma,
        37.0,
        xr.where(net > 0, by_day, by_night),
    )
    return variables.labelled(et0.transpose(*temperature.dims), "et0")


def _vapour_pressure(weather):
    if "dewpoint" in weather:
        return humidity.saturation_vapour_pressure(weather["dewpoint"])
    if "rh" in weather:
        return humidity.vapour_pressure_from_mean(weather["tmin"], weather["tmax"], weather["rh"])
    return humidity.saturation_vapour_pressure(weather["tmin"])  # eq. 48


def _hourly_vapour_pressure(weather):
    if "dewpoint" in weather:
        return humidity.saturation_vapour_pressure(weather["dewpoint"])
    return humidity.vapour_pressure(weather["temperature"], weather["rh"])


def _radiation(weather, latitude, outside):
    if "radiation" in weather:
        return weather["radiation"]
    if "sunshine" in weather:
        possible = radiation.possible_sunshine(latitude, weather["time"].dt.dayofyear)
        return radiation.radiation_from_sunshine(
            weather["sunshine"], possible, outside, *radiation.sunshine_parameters()
        )
    return radiation.radiation_from_range(weather["tmin"], weather["tmax"], outside)


def _sun_height(latitude, day, solar_hour):
    """Return the height of the sun [rad]; ASCE eq. 62."""
    phi, delta = np.radians(latitude), radiation.fao_declination(day)
    turn = np.cos(phi) * np.cos(delta) * np.cos(np.pi / 12 * (solar_hour - 12))
    return np.arcsin(np.sin(phi) * np.sin(delta) + turn)


def _kept_overnight(factor, high):
    """Return `factor` (..., time), where the sun is low that of the last hour with a high sun before."""
    known = np.flatnonzero(high.to_numpy())
    if not len(known):
        return factor
    last = np.maximum.accumulate(np.where(high, np.arange(high.size), known[0]))
    return factor.copy(data=factor.isel(time=last).to_numpy())
