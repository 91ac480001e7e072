"""The weather of cells as slopes need it: what the day's clouds mean for their light and their nights."""

import numpy as np
import xarray as xr

from agro.terrain import microclimate, slope_light
from agro.weather import hourly, humidity, radiation

BREEZE = 1.5  # m s-1 where the wind was not measured; the usual wind of the valleys, judgement
POOL_DEPTH = 100.0  # m above the valley floor, where `cold` is 0; as in microclimate.toml


def coldness(height_above_valley):
    """Return how deep a place lies in the cold pool [1]: 1 on the valley floor, 0 from `POOL_DEPTH` above it."""
    return 1.0 - np.clip(np.asarray(height_above_valley) / POOL_DEPTH, 0.0, 1.0)


def sunlit(cells: xr.Dataset, normal: xr.Dataset, latitude: float) -> xr.Dataset:
    """Return the cells' weather with what the day's clouds mean for slopes.

    Parameters
    ----------
    cells : Dataset (cell, [member,] time)
        tmin, tmax, tmean [degC], radiation [MJ m-2], wind [m s-1]; the coordinate elevation (cell) [m].
    normal : Dataset (cell, time)
        The usual radiation [MJ m-2] of each day of a leap year, and if known the usual rain [mm].

    Returns
    -------
    Dataset
        With `light` (radiation over its normal), `diffuse` and `anisotropy` [1] (see `slope_light`), `stillness` [1],
        `vapour` [kPa] and `rain_usual` [mm]. A day without radiation has the light and clouds of a usual day, one
        without rain the usual rain, one without wind a breeze; one without humidity is moist by its minimum.
    """
    day = cells["time"].dt.dayofyear
    usual = _of_day(normal["radiation"], day).clip(min=0.5)
    rain = cells["rain"] if "rain" in cells else xr.full_like(cells["tmax"], np.nan)
    rain_usual = _of_day(normal["rain"], day).clip(min=0.0) if "rain" in normal else 0 * usual
    outside = xr.DataArray(
        radiation.extraterrestrial(latitude, day.to_numpy()), dims="time", coords={"time": cells["time"]}
    )
    sunset = xr.DataArray(
        hourly.day_length(latitude, day.to_numpy()) * 7.5, dims="time", coords={"time": cells["time"]}
    )
    radiated = cells["radiation"].fillna(usual)
    clearness = (radiated / outside).clip(0.0, 0.85)
    diffuse = slope_light.diffuse_share(clearness, sunset)
    vapour = humidity.vapour_pressure(cells["tmean"], cells["rh"]).fillna(
        humidity.saturation_vapour_pressure(cells["tmin"])
    )
    emissivity = microclimate.sky_emissivity(vapour, cells["tmin"], microclimate.cloud_cover(clearness))
    wind = cells["wind"].fillna(BREEZE)
    still = microclimate.stillness(wind, emissivity)
    added = {
        "radiation": radiated,
        "wind": wind,
        "vapour": vapour,
        "rain": rain.fillna(rain_usual),
        "rain_usual": rain_usual.broadcast_like(radiated),
        "light": radiated / usual,
        "diffuse": diffuse,
        "anisotropy": slope_light.anisotropy(clearness, diffuse),
        "stillness": still,
    }
    dims = cells["tmax"].dims
    return cells.assign({name: values.transpose(*dims).astype(np.float32) for name, values in added.items()})


def _of_day(normal: xr.DataArray, day: xr.DataArray) -> xr.DataArray:
    """Return the usual value of each day."""
    return normal.assign_coords(time=normal["time"].dt.dayofyear).rename(time="day").sel(day=day).drop_vars("day")
