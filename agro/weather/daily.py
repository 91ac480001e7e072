"""Local days from hours: extremes, means and sums, and what a gap does to them."""

import numpy as np
import pandas as pd
import xarray as xr

from agro import variables
from agro.weather.readers import series, times

ENOUGH = 20  # good hours that make a day; judgement: WMO-No. 1203 lets a mean stand with a few hours missing
NEARLY_ALL = 23  # good hours that make a sum; summer time begins with such a day, and forecasts end one hour early
DOUBTFUL = 4  # suspect hours that a day can bear; judgement
MJ_PER_WH = 0.0036
RECIPES = {
    "tmin": ("temperature", "min"),
    "tmax": ("temperature", "max"),
    "tmean": ("temperature", "mean"),
    "dewpoint": ("dewpoint", "mean"),
    "rh": ("rh", "mean"),
    "wind": ("wind", "mean"),
    "gust": ("gust", "max"),
    "rain": ("rain", "sum"),
    "radiation": ("ghi", "sum"),
    "sunshine": ("sunshine", "sum"),
    "pressure": ("pressure", "mean"),
}
REDUCERS = {"min": (np.fmin, np.inf), "max": (np.fmax, -np.inf), "sum": (np.add, 0.0), "mean": (np.add, 0.0)}


def daily_from_hourly(dataset: xr.Dataset, timezone: str = "Asia/Shanghai") -> xr.Dataset:
    """Return daily weather from hourly weather; days are 00-24 in `timezone`.

    Parameters
    ----------
    dataset : Dataset (..., time)
        Hours in naive UTC, stamped where they begin, with or without `NAME_flag`.
    timezone : str
        Name of the local time zone.

    Returns
    -------
    Dataset (..., time)
        tmin, tmax, tmean, dewpoint, rh, wind, gust, rain, radiation, sunshine, pressure as far as the hours allow.

    Notes
    -----
    Hours flagged missing or fail are not used. A day with fewer than `ENOUGH` good hours of a variable is NaN, flagged
    9. It is flagged 3, suspect, when more than `DOUBTFUL` of its hours are, when the hour of its extreme is, or when a
    sum lacks hours beyond `NEARLY_ALL`; 2 when hours were not evaluated; else 1.
    """
    local = (
        pd.DatetimeIndex(dataset.time.to_numpy())
        .tz_localize("UTC")
        .tz_convert(times.zone(timezone, "timezone"))
        .tz_localize(None)
    )
    days = local.normalize()
    starts = np.flatnonzero(np.r_[True, days[1:] != days[:-1]])
    full = pd.date_range(days[0], days[-1], freq="D", unit="ns")
    result = xr.Dataset(coords={"time": days[starts].to_numpy().astype("datetime64[ns]")})
    for name, (source, kind) in RECIPES.items():
        if source not in dataset:
            continue
        values = dataset[source].transpose(..., "time")
        flags = dataset[f"{source}_flag"].transpose(..., "time") if f"{source}_flag" in dataset else series.flag(values)
        day, day_flag = _reduced(values.to_numpy(), flags.to_numpy(), starts, kind)
        dims, coords = (
            values.dims,
            {key: values.coords[key] for key in values.dims if key != "time" and key in values.coords},
        )
        day = day * MJ_PER_WH if name == "radiation" else day
        result[name] = variables.labelled(xr.DataArray(day, dims=dims, coords=coords | {"time": result.time}), name)
        result[f"{name}_flag"] = (dims, day_flag)
    result = result.reindex(time=full.to_numpy().astype("datetime64[ns]"))
    for name in [str(name) for name in result.data_vars if str(name).endswith("_flag")]:
        result[name] = result[name].fillna(series.MISSING).astype("int8")
        result[name].attrs = dict(series.FLAG_ATTRS)
    result.attrs = dict(dataset.attrs) | {"timezone": timezone}
    return result


def _reduced(values: np.ndarray, flags: np.ndarray, starts: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the value and flag of each day, over hours that begin at `starts` of the last axis."""
    good = ~np.isnan(values) & (flags != series.FAIL) & (flags != series.MISSING)
    count = np.add.reduceat(good.astype(int), starts, axis=-1)
    reducer, neutral = REDUCERS[kind]
    day = reducer.reduceat(np.where(good, values, neutral), starts, axis=-1)
    if kind == "mean":
        day = day / np.maximum(count, 1)
    suspect = good & (flags == series.SUSPECT)
    doubt = np.add.reduceat(suspect.astype(int), starts, axis=-1) > DOUBTFUL
    if kind in ("min", "max"):
        extreme = np.repeat(day, np.diff(np.r_[starts, values.shape[-1]]), axis=-1)
        doubt |= np.logical_or.reduceat(suspect & (values == extreme), starts, axis=-1)
    if kind == "sum":
        doubt |= count < NEARLY_ALL
    unknown = np.logical_or.reduceat(good & (flags == series.NOT_EVALUATED), starts, axis=-1)
    flag = np.where(doubt, series.SUSPECT, np.where(unknown, series.NOT_EVALUATED, series.GOOD))
    enough = count >= ENOUGH
    return np.where(enough, day, np.nan), np.where(enough, flag, series.MISSING).astype("int8")
