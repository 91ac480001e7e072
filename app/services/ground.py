"""The ground under the plots: terrain from the region's DEM, and what the models need to know of each place."""

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.terrain import dem as elevation_models
from agro.terrain import plots as plot_ground
from agro.terrain import site_weather, slope_light
from app.services.platform import Platform, has_raster

SOLSTICES = {"summer_beam": 172, "winter_beam": 355}  # day of year
FLAT = {"sky_view": 1.0, "summer_beam": 1.0, "winter_beam": 1.0}


def require_dem(home: Platform) -> xr.DataArray:
    """Return the region's elevation model.

    Raises
    ------
    MissingDataError
        When none was imported.
    """
    if not has_raster(home, "dem"):
        raise MissingDataError(
            "no elevation model yet: import one with `citrus import dem FILE.tif`",
            zh="还没有高程数据：请先用 `citrus import dem 文件.tif` 导入",
        )
    return home.store.raster("dem")


@lru_cache(maxsize=2)
def _terrain(home: Platform, version: str) -> xr.Dataset:
    return elevation_models.terrain(home.store.raster("dem").load())


def terrain(home: Platform) -> xr.Dataset:
    """Return slope, aspect, horizon, sky view and height above the valley of the region's DEM."""
    require_dem(home)
    return _terrain(home, str(home.store.raster_path("dem")))  # a stored raster never changes under its name


def of_plots(home: Platform, plots: gpd.GeoDataFrame) -> xr.Dataset:
    """Return the terrain of `plots`, dims (plot, direction); NaN outside the DEM."""
    ground = terrain(home)
    return plot_ground.plot_terrain(ground, plots.to_crs(home.store.region().crs))


def places(ground: xr.Dataset, latitude: float) -> pd.DataFrame:
    """Return one row a plot on the axes of the sites: elevation, sky_view, winter_beam, summer_beam, cold."""
    slope = ground["slope"].to_numpy().astype(float)
    aspect = np.nan_to_num(ground["aspect"].to_numpy().astype(float))
    beams = slope_light.beam_ratio(
        latitude,
        slope,
        aspect,
        ground["horizon"].transpose("direction", "plot").to_numpy(),
        np.array(list(SOLSTICES.values())),
    )
    table = pd.DataFrame(
        {
            "elevation": ground["elevation"].to_numpy().astype(float),
            "sky_view": ground["sky_view"].to_numpy().astype(float),
            "cold": site_weather.coldness(ground["height_above_valley"].to_numpy().astype(float)),
        },
        index=ground["plot"].to_index(),
    )
    for column, beam in zip(SOLSTICES, beams.T, strict=True):
        table[column] = np.clip(beam, 0.0, 2.4)
    return table


def valley_elevation(ground: xr.Dataset) -> float:
    """Return the elevation [m] of the region's valley floor: the lowest tenth of the floors below its plots."""
    return float(np.nanquantile(ground["valley_floor"].to_numpy(), 0.1))
