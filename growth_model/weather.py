"""Weather as the engine reads it: from labelled days to rows of `place.Weather`."""

import numpy as np
import pandas as pd
import xarray as xr

from agro.terrain.site_weather import sunlit
from agro.weather import radiation
from growth_model.place import Weather

FIELDS = Weather._fields


def rows(cells: xr.Dataset) -> np.ndarray:
    """Return the days of cells as the engine reads them, shape (cell, member, day, field), float32.

    Parameters
    ----------
    cells : Dataset (cell, [member,] time)
        From `agro.terrain.site_weather.sunlit`.
    """
    if "member" not in cells.dims:
        cells = cells.expand_dims(member=1, axis=1)
    whole = xr.broadcast(*(cells[name] for name in FIELDS))
    return np.stack([one.transpose("cell", "member", "time").to_numpy() for one in whole], axis=-1).astype(np.float32)


def completed(weather: xr.Dataset, latitude: float, normal: xr.Dataset | None = None) -> xr.Dataset:
    """Return the weather of cells with all that the engine needs; what was not measured is taken as usual.

    Parameters
    ----------
    weather : Dataset (cell, [member,] time)
        tmin, tmax [degC]; if known tmean [degC], radiation [MJ m-2], light (over the usual) [1], rh [%],
        wind [m s-1], rain [mm].
    latitude : float
        Degrees north.
    normal : Dataset (cell, time), optional
        The usual radiation and rain of each day of a leap year; by default the mean course of `weather` itself, in
        half months.

    Returns
    -------
    Dataset
        As from `agro.terrain.site_weather.sunlit`.

    Notes
    -----
    Without radiation it is estimated from the day's range of temperature (FAO-56 eq. 50).
    """
    weather = weather.copy()
    if "tmean" not in weather:
        weather["tmean"] = (weather["tmin"] + weather["tmax"]) / 2
    if "radiation" not in weather:
        outside = radiation.extraterrestrial(latitude, weather["time"].dt.dayofyear.to_numpy())
        spread = (weather["tmax"] - weather["tmin"]).clip(min=0.0)
        weather["radiation"] = radiation.radiation_from_range(0 * spread, spread, xr.DataArray(outside, dims="time"))
    for name in ("rh", "wind", "rain"):
        if name not in weather:
            weather[name] = xr.full_like(weather["tmax"], np.nan)
    lit = sunlit(weather, _course(weather) if normal is None else normal, latitude)
    if "light" in weather:
        lit["light"] = weather["light"].fillna(1.0).broadcast_like(lit["light"]).astype(np.float32)
    return lit


def _course(weather: xr.Dataset) -> xr.Dataset:
    """Return the mean radiation and rain of each day of a leap year, smooth over half a month."""
    leap = pd.date_range("2024-01-01", "2024-12-31")
    half = (leap.month - 1) * 2 + (leap.day > 15)
    time = weather["time"].to_index()
    own = xr.DataArray((time.month - 1) * 2 + (time.day > 15), {"time": time}, dims="time", name="half")
    found = {}
    for name in ("radiation", "rain"):
        values = weather[name].mean("member") if "member" in weather[name].dims else weather[name]
        means = values.groupby(own).mean()
        means = means.reindex(half=np.arange(24)).interpolate_na("half", fill_value="extrapolate").fillna(0.0)
        found[name] = means.sel(half=xr.DataArray(half, dims="time")).drop_vars("half").assign_coords(time=leap)
    return xr.Dataset(found).transpose("cell", "time")
