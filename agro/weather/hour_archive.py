"""The whole days of a station's hours, and which of them another day is like (method of fragments)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from agro import variables
from agro.numeric import FAST, equation, kernel
from agro.weather.humidity import saturation_vapour_pressure
from agro.weather.readers import series, times

FILE = Path(__file__).with_name("hour_shapes.toml")
NEEDED = ("temperature", "rh", "rain", "wind")


class Choice(NamedTuple):
    """Which days of an archive are like a day."""

    season: Annotated[float, "d"]
    neighbours: Annotated[int, "1"]
    rain_classes: Annotated[list, "mm"]


class Shapes(NamedTuple):
    """The hours of days, each of shape (day, hour): `wind` and `vapour` have mean 1, `rain` sum 1 or 0 when dry.

    `excess` is what gusts have above the wind [m s-1]; NaN where no gusts were measured.
    """

    warmth: np.ndarray
    vapour: np.ndarray
    rain: np.ndarray
    wind: np.ndarray
    excess: np.ndarray


@dataclass(frozen=True)
class Archive:
    """Whole days of one station.

    Attributes
    ----------
    days : ndarray of datetime64[D], shape (day,)
        Local days.
    features : ndarray, shape (day, 4)
        Rain [mm], range of temperature [K], mean humidity [%], mean wind [m s-1].
    shapes : Shapes
    """

    days: np.ndarray
    features: np.ndarray
    shapes: Shapes

    @classmethod
    def from_hourly(cls, weather: xr.Dataset, timezone: str = "Asia/Shanghai") -> "Archive":
        """Return the archive of a station's hours.

        Parameters
        ----------
        weather : Dataset (time,)
            `temperature`, `rh`, `rain`, `wind` and, where measured, `gust` in the units of `variables.toml`, with or
            without `NAME_flag`; naive UTC, hours stamped where they begin.
        timezone : str
            Local days run 00-24 here.

        Raises
        ------
        InputError
            When a variable is missing, its unit unknown, or the time zone. ValueError for more than one station.

        Notes
        -----
        Only days enter of which 24 hours of the four are known and good, and which had any range of temperature: a
        thermometer that stands still tells no shape. A day without gusts is kept.
        """
        names = [*NEEDED, *(["gust"] if "gust" in weather else [])]
        values = variables.checked(weather, names)
        if any(values[name].dims != ("time",) for name in names):
            raise ValueError(f"an archive is of one station, dims (time,); got {dict(weather.sizes)}")
        local = pd.DatetimeIndex(weather["time"].to_numpy()).tz_localize("UTC")
        local = local.tz_convert(times.zone(timezone, "timezone")).tz_localize(None)
        whole = pd.date_range(local.min().normalize(), local.max().normalize() + pd.Timedelta(hours=23), freq="h")
        table = {}
        for name in names:
            good = values[name].to_numpy().astype(float)
            if f"{name}_flag" in weather:
                good = np.where(np.isin(weather[f"{name}_flag"], (series.FAIL, series.MISSING)), np.nan, good)
            column = pd.Series(good, index=local)
            table[name] = column[~column.index.duplicated()].reindex(whole).to_numpy().reshape(-1, 24)
        known = np.all([np.isfinite(table[name]).all(axis=1) for name in NEEDED], axis=0)
        known &= np.ptp(table["temperature"], axis=1) > 0
        table = {name: array[known] for name, array in table.items()}
        days = whole[::24][known].to_numpy().astype("datetime64[D]")
        return cls(days, _features(table), _shapes(table))

    def until(self, on: date) -> "Archive":
        """Return the days up to and including `on`: a hindcast does not see what came after."""
        kept = self.days <= np.datetime64(on, "D")
        return Archive(self.days[kept], self.features[kept], Shapes(*(array[kept] for array in self.shapes)))

    def like(self, rows: np.ndarray, days: np.ndarray, seed: int, choice: Choice) -> np.ndarray:
        """Return the place in the archive of the day that each day follows; -1 where there is none.

        Parameters
        ----------
        rows : ndarray of float64, shape (5, row, time)
            tmin, tmax [degC], rh [%], rain [mm], wind [m s-1] of each day.
        days : ndarray of datetime64[D], shape (time,)
        seed : int
        choice : Choice

        Returns
        -------
        ndarray of int32, shape (row, time)
        """
        chosen = np.full(rows.shape[1:], -1, np.int32)
        if not len(self.days):
            return chosen
        bounds = np.asarray(choice.rain_classes, float)
        scaled = self.features.copy()
        scaled[:, 0] = np.log1p(scaled[:, 0])
        scale = np.maximum(scaled.std(axis=0), 1e-9)
        order = {day: place for place, day in enumerate(self.days)}
        own = np.array([order.get(day, -1) for day in days], np.int64)
        of_year = [(some - some.astype("datetime64[Y]")).astype(float) for some in (days, self.days)]
        apart = np.abs(of_year[0][:, None] - of_year[1])
        season = np.minimum(apart, 365.25 - apart) <= choice.season
        classes = np.searchsorted(bounds, self.features[:, 0] + 1e-6, side="right")
        _choose(
            rows, days.astype(np.int64), own, season, scaled / scale, scale, classes, bounds,
            np.uint64(seed % 2**63), int(choice.neighbours), chosen,
        )  # fmt: skip
        return chosen


def _features(table: dict[str, np.ndarray]) -> np.ndarray:
    spread = np.ptp(table["temperature"], axis=1)
    rain, rh, wind = table["rain"].sum(axis=1), table["rh"].mean(axis=1), table["wind"].mean(axis=1)
    return np.stack([rain, spread, rh, wind], axis=1)


def _shapes(table: dict[str, np.ndarray]) -> Shapes:
    """Return the shapes of whole days; a day without any wind has it even, a dry day has no rain."""
    temperature, rain, wind = table["temperature"], table["rain"], table["wind"]
    low, high = temperature.min(axis=1, keepdims=True), temperature.max(axis=1, keepdims=True)
    vapour = saturation_vapour_pressure(temperature) * np.clip(table["rh"], 1.0, 100.0)
    fallen, mean = rain.sum(axis=1, keepdims=True), wind.mean(axis=1, keepdims=True)
    return Shapes(
        warmth=(temperature - low) / (high - low),
        vapour=vapour / vapour.mean(axis=1, keepdims=True),
        rain=np.where(fallen > 0, rain / np.where(fallen > 0, fallen, 1.0), 0.0),
        wind=np.where(mean > 0, wind / np.where(mean > 0, mean, 1.0), 1.0),
        excess=np.maximum(table["gust"] - wind, 0.0) if "gust" in table else np.full_like(wind, np.nan),
    )


@equation
def _mixed(x):
    """Return `x` (uint64) stirred; the finaliser of splitmix64 (Steele et al. 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@equation
def _thousandths(value):
    """Return an even number that tells `value`, the same from float32 and float64; 1 where missing."""
    return np.int64(1) if np.isnan(value) else np.int64(np.floor(abs(value) * 1000.0 + 0.5)) * np.int64(2)


@equation
def _drawn(seed, day, rain, wind):
    """Return a uint64 that looks random but is always the same for these."""
    drawn = seed
    for value in (day, rain, wind):
        drawn = _mixed(drawn + np.uint64(0x9E3779B97F4A7C15) + np.uint64(_thousandths(value)))
    return drawn


@kernel(fastmath=FAST)
def _choose(rows, days, own, season, scaled, scale, classes, bounds, seed, neighbours, chosen):
    wanted, near, at = np.empty(4), np.empty(neighbours), np.empty(neighbours, np.int64)
    for time in range(days.size):
        for row in range(rows.shape[1]):
            if own[time] >= 0:
                chosen[row, time] = own[time]
                continue
            rain, wind = rows[3, row, time], rows[4, row, time]
            wanted[0] = np.log1p(rain) / scale[0]
            wanted[1] = (rows[1, row, time] - rows[0, row, time]) / scale[1]
            wanted[2], wanted[3] = rows[2, row, time] / scale[2], wind / scale[3]
            unknown = np.isnan(rain)
            kind = 0 if unknown else np.searchsorted(bounds, rain + 1e-6, side="right")
            level, found = 1000, 0
            for day in range(classes.size):
                if not unknown and (kind == 0) != (classes[day] == 0):
                    continue
                step = (0 if unknown else abs(kind - classes[day])) + (0 if season[time, day] else 100)
                if step > level:
                    continue
                if step < level:
                    level, found = step, 0
                distance = 0.0
                for one in range(4):
                    away = wanted[one] - scaled[day, one]
                    distance += 0.0 if np.isnan(away) else away * away
                if found == neighbours and distance >= near[found - 1]:
                    continue
                found = min(found + 1, neighbours)
                place = found - 1
                while place > 0 and near[place - 1] > distance:
                    near[place], at[place] = near[place - 1], at[place - 1]
                    place -= 1
                near[place], at[place] = distance, day
            if found > 0:
                drawn = _drawn(seed, float(days[time]), rain, wind)
                chosen[row, time] = at[np.int64(drawn % np.uint64(found))]
