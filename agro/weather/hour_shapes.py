"""Daily weather laid out in hours by the method of fragments: each day goes as a like day of the station's archive did.

Hours give the day's totals, means and extremes back. Without an archive the day follows plain curves.
"""

from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
import xarray as xr

from agro import parameters, variables
from agro.numeric import FAST, clip, equation, kernel, minimum
from agro.weather import hourly
from agro.weather.hour_archive import FILE, Archive, Choice, Shapes
from agro.weather.humidity import saturation_vapour_pressure

__all__ = ["Archive", "plain_shapes", "settings", "shapes", "solar_noon"]

DAILY = ("tmin", "tmax", "rh", "rain", "wind")
HOURS = {
    "warmth": ("1", "place of the hour between the day's minimum and maximum"),
    "vapour": ("kPa", "vapour pressure"),
    "rain": ("mm", "rain"),
    "wind": ("m s-1", "wind speed"),
    "gust": ("m s-1", "gust"),
}


class Gust(NamedTuple):
    """Gusts over wind."""

    factor: Annotated[float, "1"]
    least_scale: Annotated[float, "1"]
    most_scale: Annotated[float, "1"]


class Plain(NamedTuple):
    """A day without an archive."""

    rain_hours: Annotated[float, "h"]
    rain_growth: Annotated[float, "h mm-0.5"]
    rain_middle: Annotated[float, "h"]
    least_rain: Annotated[float, "mm"]
    breeze: Annotated[float, "1"]
    breeze_from: Annotated[float, "h"]
    breeze_to: Annotated[float, "h"]


class Settings(NamedTuple):
    """All of `hour_shapes.toml`."""

    choice: Choice
    gust: Gust
    plain: Plain


@cache
def settings() -> Settings:
    """Return what `hour_shapes.toml` says."""
    kinds = {"choice": Choice, "gust": Gust, "plain": Plain}
    return Settings(**{name: parameters.load(FILE, name, kind) for name, kind in kinds.items()})


def shapes(
    daily: xr.Dataset, archive: Archive | None, latitude: float, seed: int = 0, *, noon: float = 12.0
) -> xr.Dataset:
    """Return daily weather in hours.

    Parameters
    ----------
    daily : Dataset, dims (..., time)
        `tmin`, `tmax`, `rh`, `rain`, `wind` of local days, units of `variables.toml`; e.g. (cell, member, time).
    archive : Archive or None
        Of the station whose hours these days take; cut with `Archive.until` when the past is forecast.
    latitude : float
        North positive. [degrees]
    seed : int
        The same seed gives a day the same hours, whatever else is asked for with it.
    noon : float
        Clock time of solar noon, for days without an archive; see `solar_noon`. [h]

    Returns
    -------
    Dataset, dims (..., day, hour), float32
        `warmth`: 0 at the day's minimum, 1 at its maximum, so that a place with extremes of its own gets
        `tmin + warmth * (tmax - tmin)`; `vapour` [kPa], with which the humidity at those hours, at most 100 %, has the
        day's mean; `rain` [mm], `wind` and `gust` [m s-1]. `hour` is the local hour's beginning. What the day lacks is
        NaN.

    Raises
    ------
    InputError
        When `daily` lacks one of the five.

    Notes
    -----
    A day of the archive's own takes its own hours. Others take those of a day drawn from the `neighbours` nearest in
    rain (its logarithm), range of temperature, humidity and wind, each over its standard deviation, among those within
    `season` days of the year and of the same class of rain; where there is none, of the next class, then of the whole
    year. Dry and rainy days are never exchanged. The draw hangs on the seed, the date, the rain and the wind alone:
    cells with the rain of one station keep the same hours.

    Hours jump at midnight: days are not joined.
    """
    weather = variables.checked(daily, list(DAILY))
    arrays = xr.broadcast(*(weather[name] for name in DAILY))
    template = arrays[0].transpose(..., "time")
    values = np.stack([array.transpose(*template.dims).to_numpy() for array in arrays]).astype(float)
    days = template["time"].to_numpy().astype("datetime64[D]")
    rows = values.reshape(len(DAILY), -1, len(days))
    rules, known = settings(), archive or Archive(days[:0], np.empty((0, 4)), Shapes(*np.empty((5, 0, 24))))
    chosen = known.like(rows, days, int(seed), rules.choice)
    plain = plain_shapes(days, latitude, noon)
    out = tuple(np.empty((*rows.shape[1:], 24), np.float32) for _ in HOURS)
    _lay_out(rows, chosen, tuple(known.shapes), known.features[:, 3].copy(), tuple(plain), rules.gust, rules.plain, out)
    dims = (*template.dims[:-1], "day", "hour")
    coords = {name: template.coords[name] for name in template.dims[:-1] if name in template.coords}
    result = xr.Dataset(coords=coords | {"day": template["time"].to_numpy(), "hour": np.arange(24)})
    for (name, (unit, label)), array in zip(HOURS.items(), out, strict=True):
        result[name] = (dims, array.reshape(*template.shape, 24), {"units": unit, "long_name": label})
    return result


def solar_noon(longitude: float, offset: float = 8.0) -> float:
    """Return the clock time of solar noon [h] at `longitude` [degrees], clocks `offset` [h] ahead of UTC; yearly mean.

    Examples
    --------
    >>> solar_noon(108.0)
    12.8
    """
    return 12.0 + offset - longitude / 15.0


def plain_shapes(days: np.ndarray, latitude: float, noon: float) -> Shapes:
    """Return the hours of `days` (datetime64[D]) without an archive; their rain follows its amount and is left 0.

    The temperature is Linvill's of a day among equals, vapour is even, the wind rises in the afternoon.
    """
    plain, clock, shape = settings().plain, np.arange(24) + 0.5, (len(days), 24)
    day_of_year = (days - days.astype("datetime64[Y]")).astype(int) + 1
    warmth = np.empty(shape)
    for k, day in enumerate(day_of_year):
        warmth[k] = hourly.hourly_temperature([0.0], [1.0], latitude, [day], (clock - noon + 12) % 24)[0]
    warmth -= warmth.min(axis=-1, keepdims=True)
    breeze = np.clip((clock - plain.breeze_from) / (plain.breeze_to - plain.breeze_from), 0, 1)
    wind = 1 + plain.breeze * np.sin(np.pi * breeze)
    return Shapes(
        warmth=warmth / warmth.max(axis=-1, keepdims=True),
        vapour=np.ones(shape),
        rain=np.zeros(shape),
        wind=np.tile(wind / wind.mean(), (len(days), 1)),
        excess=np.full(shape, np.nan),
    )


@equation
def _moisture(dry, rh):
    """Return the factor by which `dry` [%, by hour] has the mean `rh` [%] when no hour may exceed 100.

    Newton's steps; the sum is concave in the factor, so that they come from below and end.
    """
    factor = rh * 24.0 / dry.sum()
    for _ in range(24):
        total, slope = 0.0, 0.0
        for hour in range(24):
            open_ended = factor * dry[hour] < 100.0
            total += factor * dry[hour] if open_ended else 100.0
            slope += dry[hour] if open_ended else 0.0
        if slope <= 0.0 or rh * 24.0 - total <= 1e-9:
            break
        factor += (rh * 24.0 - total) / slope
    return factor


@equation
def _night_rain(rain, plain, hours):
    """Lay `rain` [mm] into `hours` in one even stretch around its usual middle, longer the more there is."""
    length = np.floor(plain.rain_hours + plain.rain_growth * np.sqrt(rain) + 0.5)
    length = clip(minimum(length, np.floor(rain / plain.least_rain + 1e-6)), 1.0, 24.0)
    first = clip(np.floor(plain.rain_middle - length / 2.0 + 0.5), 0.0, 24.0 - length)
    for hour in range(24):
        hours[hour] = rain / length if first <= hour < first + length else 0.0


@kernel(fastmath=FAST)
def _lay_out(rows, chosen, known, known_wind, plain, gusts, layout, out):
    warmths, vapours, rains, winds, all_gusts = out
    dry, saturated = np.empty(24), np.empty(24)
    for row in range(rows.shape[1]):
        for time in range(rows.shape[2]):
            tmin, tmax, rh = rows[0, row, time], rows[1, row, time], rows[2, row, time]
            rain, wind = rows[3, row, time], rows[4, row, time]
            of_own = chosen[row, time] < 0
            shape, day = plain if of_own else known, time if of_own else np.int64(chosen[row, time])
            warmth, vapour, fall, blow, excess = shape
            missing = (tmin + tmax) * 0.0
            for hour in range(24):
                warmths[row, time, hour] = warmth[day, hour] + missing
                saturated[hour] = saturation_vapour_pressure(tmin + warmth[day, hour] * (tmax - tmin))
                dry[hour] = 100.0 * vapour[day, hour] / saturated[hour]
            factor = np.nan
            if not np.isnan(missing + rh):
                factor = _moisture(dry, minimum(rh, 100.0))
            for hour in range(24):
                vapours[row, time, hour] = minimum(factor * vapour[day, hour], saturated[hour])
            if rain > 0.0 and fall[day].sum() <= 0.0:
                _night_rain(rain, layout, rains[row, time])
            else:
                for hour in range(24):
                    rains[row, time, hour] = rain * fall[day, hour]
            scale = 1.0
            if not of_own:
                scale = clip(wind / known_wind[day], gusts.least_scale, gusts.most_scale)
            for hour in range(24):
                speed = wind * blow[day, hour]
                above = excess[day, hour]
                winds[row, time, hour] = speed
                all_gusts[row, time, hour] = gusts.factor * speed if np.isnan(above) else speed + scale * above
