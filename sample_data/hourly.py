"""Hourly weather of the three stations that keeps their daily extremes, means and sums. Synthetic."""

import numpy as np
import xarray as xr

from agro import variables
from sample_data import SEED, climate, weather

YEARS = 3
OFFSET = np.timedelta64(8, "h")  # Asia/Shanghai is ahead of UTC
CALM = 0.3  # m s-1: what an anemometer does not feel


def make_hourly(seed=SEED, years=YEARS):
    """Return the hourly weather of the three stations up to the end of the last observed day.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers.
    years : int
        How many years before `weather.LAST_DAY`.

    Returns
    -------
    dict of Dataset, dims (time,)
        {"valley", "middle", "high"}: temperature [degC], rh [%], wind and gust [m s-1], rain [mm], ghi [W m-2],
        pressure [hPa]; time is UTC, where the hour begins; attrs as in `weather.make_daily`.
    """
    daily = weather.make_daily(seed)
    first = weather.LAST_DAY - np.timedelta64(round(365.25 * years), "D") + 1
    result = {}
    for number, (key, days) in enumerate(daily.items()):
        random = np.random.default_rng([int(seed), 7, number])
        day = days.isel(time=days.time.values >= first)
        values = _hours(day, random)
        time = (day.time.values.astype("datetime64[h]")[:, None] + np.arange(24)).ravel() - OFFSET
        hourly = xr.Dataset(coords={"time": time.astype("datetime64[ns]")}, attrs=dict(day.attrs))
        for name, array in values.items():
            hourly[name] = variables.labelled(xr.DataArray(array.ravel(), dims="time"), name)
        result[key] = hourly
    return result


def _hours(day, random):
    """Return {variable: values, shape (day, 24)} by local hour."""
    time = day.time.values
    low, high, mean = (day[name].values[:, None] for name in ("tmin", "tmax", "tmean"))
    sunlight = _sunlight(time)
    temperature = _temperature(low, high, mean, climate.sun(time)[1], _noon(time))
    rain = _rain(day.rain.values, random)
    wind, gust = _wind(day, rain, random)
    cloud = np.exp(0.2 * random.standard_normal(sunlight.shape))
    beam = sunlight * np.where(sunlight > 0, cloud, 0) * np.where(rain > 0.5, 0.6, 1.0)
    wanted = day.radiation.values[:, None] / 0.0864
    ghi = np.zeros(beam.shape)
    for _ in range(4):  # what a clear sky cannot give in one hour comes in the others
        ghi = np.minimum(beam * wanted / beam.mean(axis=1, keepdims=True), 1080 * sunlight)
        beam = ghi
    return {
        "temperature": np.round(temperature, 1),
        "rh": np.round(_humidity(temperature, day.rh.values[:, None]), 1),
        "wind": wind,
        "gust": gust,
        "rain": rain,
        "ghi": np.round(ghi, 1),
        "pressure": np.round(_pressure(time, mean, day.attrs["elevation"]), 1),
    }


def _noon(time):
    """Return the local clock time of solar noon [h]; equation of time by Spencer (1971)."""
    turn = 2 * np.pi * (np.asarray(time, "datetime64[D]") - np.asarray(time, "datetime64[Y]")).astype(int) / 365
    minutes = 229.18 * (
        0.000075
        + 0.001868 * np.cos(turn)
        - 0.032077 * np.sin(turn)
        - 0.014615 * np.cos(2 * turn)
        - 0.040849 * np.sin(2 * turn)
    )
    return 12 + (120 - climate.LONGITUDE) / 15 - minutes / 60


def _sunlight(time):
    """Return the share of clear sunlight by hour, shape (day, 24), from the sun's height at the middle of the hour."""
    day = (np.asarray(time, "datetime64[D]") - np.asarray(time, "datetime64[Y]")).astype(int) + 1
    declination = 0.409 * np.sin(2 * np.pi * day / 365 - 1.39)[:, None]
    angle = np.radians(15) * (np.arange(24) + 0.5 - _noon(time)[:, None])
    phi = np.radians(climate.LATITUDE)
    height = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(angle)
    return np.maximum(height, 0) ** 1.15


def _temperature(low, high, mean, length, noon):
    """Return temperatures that meet each day's minimum, maximum and mean; the shape of the day after Linvill (1990)."""
    length, hour = length[:, None], np.arange(24) + 0.5 - noon[:, None]
    rise, sets, night = -length / 2, length / 2, 24 - length
    before = np.r_[low[:1], low[:-1]], np.r_[high[:1], high[:-1]]
    after = np.r_[low[1:], low[-1:]]
    share = np.sin(np.pi * length / (length + 4))
    by_sun = low + (high - low) * np.sin(np.pi * np.clip(hour - rise, 0, length) / (length + 4))
    dusk, dusk_before = low + (high - low) * share, before[0] + (before[1] - before[0]) * share
    evening = dusk - (dusk - after) * np.log1p(np.maximum(hour - sets, 0)) / np.log1p(night)
    morning = dusk_before - (dusk_before - low) * np.log1p(np.clip(hour + 24 - sets, 0, night)) / np.log1p(night)
    curve = np.clip(np.where(hour < rise, morning, np.where(hour > sets, evening, by_sun)), low, high)
    curve -= curve.min(axis=1, keepdims=True)
    curve /= curve.max(axis=1, keepdims=True)
    wanted, power = ((mean - low) / (high - low)), np.ones(mean.shape)
    for _ in range(25):
        found = (curve**power).mean(axis=1, keepdims=True)
        power = np.clip(power * np.log(wanted) / np.log(found), 0.3, 3.0)
    return low + (high - low) * curve**power


def _humidity(temperature, mean):
    """Return relative humidity whose daily mean is `mean` while the air's moisture stays the same all day [%]."""
    saturated = 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))
    moisture = mean / 100 * saturated.mean(axis=1, keepdims=True)
    for _ in range(30):
        found = np.minimum(100 * moisture / saturated, 99.5)
        moisture = moisture * (mean / found.mean(axis=1, keepdims=True)) ** 1.3
    return np.minimum(100 * moisture / saturated, 99.5)


def _rain(total, random):
    """Return hourly rain that adds up to each day's total [mm], mostly in one stretch and more often by night."""
    count = len(total)
    hours = np.clip(np.round(2 + 2.6 * np.sqrt(total) * np.exp(0.4 * random.standard_normal(count))), 1, 20)
    middle = (random.normal(2.5, 5.5, count) % 24)[:, None]
    away = np.abs(np.arange(24) - middle)
    away = np.minimum(away, 24 - away)
    share = random.gamma(0.7, size=(count, 24)) * (away <= np.maximum(hours[:, None] / 2, 0.5))
    share = share / np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    gathered = np.round(np.cumsum(share, axis=1) * total[:, None], 1)
    gathered[:, -1] = total  # rounding leaves nothing over
    return np.round(np.diff(gathered, axis=1, prepend=0.0), 1)


def _wind(day, rain, random):
    """Return hourly wind with calms whose mean is the day's, and gusts: strong ones in summer thunderstorms [m s-1]."""
    shape = rain.shape
    breeze = 1 + 0.45 * np.sin(np.pi * (np.arange(24) - 8.5) / 13) * (np.abs(np.arange(24) - 15) < 7)
    wind = day.wind.values[:, None] * breeze * random.gamma(1.5, 1 / 1.5, shape)
    for _ in range(4):
        wind = np.where(wind < CALM, 0.0, wind)
        wind = wind * day.wind.values[:, None] / np.maximum(wind.mean(axis=1, keepdims=True), 0.05)
    wind = np.round(np.minimum(wind, 4.5 * np.maximum(day.wind.values[:, None], 1)), 1)
    gust = wind * (1.45 + 0.22 * np.abs(random.standard_normal(shape))) + 0.3
    summer = np.isin(climate.month(day.time.values), [3, 4, 5, 6, 7])[:, None]
    storm = summer & (rain > 2) & (random.random(shape) < 0.16)
    gust = np.where(storm, np.maximum(gust, random.uniform(6, 16, shape)), gust)
    return wind, np.round(gust, 1)


def _pressure(time, mean, elevation):
    """Return station pressure: the standard atmosphere, high in winter, low in heat, two tides a day [hPa]."""
    standard = 1013.25 * (1 - 2.25577e-5 * elevation) ** 5.2559
    turn = (
        2 * np.pi * (np.asarray(time, "datetime64[D]") - np.asarray(time, "datetime64[Y]")).astype(int)[:, None] / 365
    )
    warm = mean - climate.by_day(climate.TMEAN, time)[:, None]
    tide = 1.1 * np.cos(2 * np.pi * (np.arange(24) - 9.5) / 12)
    return standard + 9 * np.cos(turn - 0.1) - 0.6 * warm + tide
