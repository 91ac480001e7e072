"""The weather of sites: a cell's weather, moved by each site's height, sun and cold air."""

import numpy as np
import pandas as pd
import xarray as xr
from numba import prange

from agro.numeric import kernel
from agro.terrain import microclimate, slope_light
from agro.weather import hourly, humidity, radiation

BREEZE = 1.5  # m s-1 where the wind was not measured; the usual wind of the valleys, judgement
LEAF_AREA = 3.0  # m2 m-2, of an orchard in full bearing; judgement, until the canopy is modelled

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
        The usual radiation of each day of a leap year. [MJ m-2]

    Returns
    -------
    Dataset
        With `light` (radiation over its normal), `diffuse` and `anisotropy` [1] (see `slope_light`), `stillness` [1].
        A day without radiation has the light and clouds of a usual day.
    """
    day = cells["time"].dt.dayofyear
    usual = normal["radiation"].assign_coords(time=normal["time"].dt.dayofyear).rename(time="day").sel(day=day)
    usual = usual.clip(min=0.5).drop_vars("day")
    outside = xr.DataArray(
        radiation.extraterrestrial(latitude, day.to_numpy()), dims="time", coords={"time": cells["time"]}
    )
    sunset = xr.DataArray(
        hourly.day_length(latitude, day.to_numpy()) * 7.5, dims="time", coords={"time": cells["time"]}
    )
    radiated = cells["radiation"].fillna(usual)
    clearness = (radiated / outside).clip(0.0, 0.85)
    diffuse = slope_light.diffuse_share(clearness, sunset)
    emissivity = microclimate.sky_emissivity(
        humidity.vapour_pressure(cells["tmean"], cells["rh"]).fillna(
            humidity.saturation_vapour_pressure(cells["tmin"])
        ),
        cells["tmin"],
        microclimate.cloud_cover(clearness),
    )
    still = microclimate.stillness(cells["wind"].fillna(BREEZE), emissivity)
    added = {
        "light": radiated / usual,
        "diffuse": diffuse,
        "anisotropy": slope_light.anisotropy(clearness, diffuse),
        "stillness": still,
    }
    dims = cells["tmax"].dims
    return cells.assign({name: values.transpose(*dims).astype(np.float32) for name, values in added.items()})


def drivers(cells: xr.Dataset, sites: pd.DataFrame) -> np.ndarray:
    """Return what the growth model reads: tmin, tmax, tmean [degC] and light [1] of each site.

    Parameters
    ----------
    cells : Dataset (cell, member, time)
        From `sunlit`.
    sites : DataFrame
        Columns cell, elevation [m], sky_view, winter_beam, summer_beam, cold [1].

    Returns
    -------
    ndarray, shape (site, member, day, 4), float32
        `light` is the slope's, over the usual light of flat open ground on that day.
    """
    day = cells["time"].dt.dayofyear.to_numpy()
    month = cells["time"].dt.month.to_numpy()
    rates = np.column_stack(microclimate.lapse_rates(month)).astype(np.float32)
    fields = ("tmin", "tmax", "tmean", "light", "diffuse", "anisotropy", "stillness")
    weather = np.stack([cells[name].to_numpy() for name in fields], axis=-1).astype(np.float32)
    place = sites[["elevation", "sky_view", "winter_beam", "summer_beam", "cold"]].to_numpy(np.float32)
    out = np.empty((len(sites), *weather.shape[1:3], 4), np.float32)
    cell = sites["cell"].to_numpy(np.int64)
    _move(weather, cell, place, cells["elevation"].to_numpy().astype(np.float32), rates, winter_share(day), out)
    return out


def winter_share(day_of_year) -> np.ndarray:
    """Return how far the sun stands towards its winter end [1]: 1 at the winter solstice, 0 in summer.

    The beam's ratio of a day lies between the two solstices' by this share of the declination.
    """
    declination = hourly.declination(np.asarray(day_of_year))
    end = np.radians(23.45)
    return np.clip((end - declination) / (2 * end), 0.0, 1.0).astype(np.float32)


@kernel(parallel=True)
def _move(weather, cell, place, cell_elevation, rates, winter, out):
    for s in prange(out.shape[0]):
        c = cell[s]
        rise = place[s, 0] - cell_elevation[c]
        sky = place[s, 1]
        spared = microclimate.reduced_sky_cooling(sky)
        for m in range(out.shape[1]):
            for d in range(out.shape[2]):
                now = weather[c, m, d]
                beam = place[s, 3] + (place[s, 2] - place[s, 3]) * winter[d]
                light = slope_light.light_ratio(beam, sky, now[4], now[5])
                warmer = microclimate.warming_by_sun(light, LEAF_AREA) - rates[d, 0] * rise
                colder = microclimate.cold_pool((1 - place[s, 4]) * POOL_DEPTH, now[6]) + spared - rates[d, 1] * rise
                out[s, m, d, 0] = now[0] + colder
                out[s, m, d, 1] = now[1] + warmer
                out[s, m, d, 2] = now[2] + (warmer + colder) / 2
                out[s, m, d, 3] = now[3] * light
