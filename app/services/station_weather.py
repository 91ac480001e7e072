"""The daily weather that models may read: good values of all stations, gaps left as gaps."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from agro.errors import MissingDataError
from agro.weather import radiation
from agro.weather.daily import daily_from_hourly
from app.services.platform import Platform

NEEDED = ("tmin", "tmax", "tmean", "radiation", "rain", "wind", "rh")
FAILED = 4


def stations(home: Platform, crs: str) -> pd.DataFrame:
    """Return the stations: name, longitude, latitude, elevation and x, y [m] in `crs`; the index is the id."""
    found = home.store.stations()
    if not found:
        raise MissingDataError(
            "no weather yet: import a station's file with `citrus import weather FILE`",
            zh="还没有气象数据：请先用 `citrus import weather 文件` 导入",
        )
    table = pd.DataFrame([vars(station) for station in found]).set_index("id")
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    table["x"], table["y"] = to_grid.transform(table["longitude"].to_numpy(), table["latitude"].to_numpy())
    return table


def history(home: Platform, table: pd.DataFrame) -> xr.Dataset:
    """Return the daily weather of all stations, dims (station, time), on whole calendar days."""
    region = home.store.region()
    found = {}
    for station, row in table.iterrows():
        daily = _daily(home, str(station), region.timezone)
        if daily is not None:
            found[str(station)] = usable(daily, row["latitude"], row["elevation"])
    if not found:
        raise MissingDataError("the stations have no weather yet", zh="气象站还没有数据")
    first = min(one["time"].to_index()[0] for one in found.values())
    last = max(one["time"].to_index()[-1] for one in found.values())
    days = pd.date_range(first, last)
    return xr.concat(
        [one.reindex(time=days) for one in found.values()],
        dim=pd.Index(list(found), name="station"),
        coords="minimal",
        compat="override",
    )


def forecast(home: Platform, table: pd.DataFrame, on: date) -> xr.Dataset | None:
    """Return the newest forecast at the stations, dims (station, member, time); None without one.

    It may have been issued on the morning after `on`, the last observed day; what came later that day is not known yet.
    """
    zone = ZoneInfo(home.store.region().timezone)
    morning = datetime.combine(on + timedelta(days=1), time(12), zone)
    found = {}
    for station, row in table.iterrows():
        one = home.store.forecast_weather(str(station), on + timedelta(days=1), until=morning)
        if one is not None:
            found[str(station)] = usable(one, row["latitude"], row["elevation"])
    if not found:
        return None
    return xr.concat(
        list(found.values()),
        dim=pd.Index(list(found), name="station"),
        join="outer",
        coords="minimal",
        compat="override",
    )


def usable(weather: xr.Dataset, latitude: float, elevation: float) -> xr.Dataset:
    """Return the needed variables without failed values; radiation from sunshine, the mean from the extremes."""
    out = xr.Dataset(coords={key: weather[key] for key in weather.dims if key in weather.coords})
    for name in (*NEEDED, "sunshine"):
        if name in weather:
            values = weather[name]
            flag = weather.get(f"{name}_flag")
            out[name] = values if flag is None else values.where(flag != FAILED)
    day = weather["time"].dt.dayofyear
    if "sunshine" in out:
        outside = radiation.extraterrestrial(latitude, day)
        guessed = radiation.radiation_from_sunshine(
            out["sunshine"], radiation.possible_sunshine(latitude, day), outside
        )
        out["radiation"] = out["radiation"].fillna(guessed) if "radiation" in out else guessed
    if {"tmin", "tmax"} <= set(out):
        middle = (out["tmin"] + out["tmax"]) / 2
        out["tmean"] = out["tmean"].fillna(middle) if "tmean" in out else middle
    for name in NEEDED:
        if name not in out:
            out[name] = xr.full_like(weather["time"], np.nan, dtype=float)
    return out[list(NEEDED)].drop_vars([c for c in out.coords if c not in ("time", "member")], errors="ignore")


def _daily(home: Platform, station: str, timezone: str) -> xr.Dataset | None:
    """Return the station's daily weather; days that only the hourly series has come from it."""
    daily, hourly = _stored(home, station, "daily"), _stored(home, station, "hourly")
    if hourly is None or (
        daily is not None and daily["time"].to_index()[-1] >= hourly["time"].to_index()[-1].normalize()
    ):
        return daily
    summed = daily_from_hourly(hourly, timezone)
    return summed if daily is None else daily.combine_first(summed)


def _stored(home: Platform, station: str, resolution: str) -> xr.Dataset | None:
    try:
        return home.store.weather(station, resolution)
    except MissingDataError:
        return None
