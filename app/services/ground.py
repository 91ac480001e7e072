"""The ground under the plots: terrain from the region's DEM, and what the models need to know of each place."""

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rioxarray
import xarray as xr

from agro.errors import MissingDataError
from agro.terrain import dem as elevation_models
from agro.terrain import plots as plot_ground
from agro.terrain import site_weather, slope_light
from app.services.files import written
from app.services.platform import Platform, has_raster

SOLSTICES = {"summer_beam": 172, "winter_beam": 355}  # day of year
NO_HORIZON = -32768  # of a cell outside the model, in the cache
FLAT = {"sky_view": 1.0, "summer_beam": 1.0, "winter_beam": 1.0, "slope": 0.0, "aspect": 0.0}


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
def _terrain(dem: Path, cache: Path) -> xr.Dataset:
    """Return the terrain of a stored DEM, which never changes under its name; kept in `cache`, safe to delete."""
    kept = cache / f"terrain-{dem.stem}.npz"
    if kept.exists():
        try:
            return _unpacked(kept)
        except (OSError, ValueError, KeyError):  # half written or of an older form: make it again
            kept.unlink(missing_ok=True)
    made = elevation_models.terrain(_raster(dem))
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob("terrain-*.npz"):
        old.unlink(missing_ok=True)
    written(kept, lambda beside: _packed(made, beside))
    return made


def _raster(dem: Path) -> xr.DataArray:
    opened = rioxarray.open_rasterio(dem, masked=True)
    assert isinstance(opened, xr.DataArray)  # noqa: S101  a DEM has one group of bands
    return opened.squeeze("band", drop=True).load()


def _packed(made: xr.Dataset, path: Path) -> None:
    arrays = {str(name): made[name].to_numpy() for name in made.data_vars if name != "horizon"}
    hundredths = np.round(made["horizon"].to_numpy() * 100)
    arrays["horizon"] = np.where(np.isfinite(hundredths), hundredths, NO_HORIZON).astype(np.int16)
    axes = {name: made[name].to_numpy() for name in ("x", "y", "direction")}
    with path.open("wb") as file:
        np.savez_compressed(file, crs=np.array(made.rio.crs.to_wkt()), **arrays, **axes)


def _unpacked(path: Path) -> xr.Dataset:
    with np.load(path, allow_pickle=False) as kept:
        coords = {name: kept[name] for name in ("y", "x", "direction")}
        names = [name for name in kept.files if name not in (*coords, "crs", "horizon")]
        found = xr.Dataset({name: (("y", "x"), kept[name]) for name in names}, coords)
        horizon = kept["horizon"]
        degrees = np.where(horizon == NO_HORIZON, np.nan, horizon.astype(np.float32) / 100)
        found["horizon"] = (("direction", "y", "x"), degrees.astype(np.float32))
        return found.rio.write_crs(str(kept["crs"]))


def terrain(home: Platform) -> xr.Dataset:
    """Return slope, aspect, horizon, sky view and height above the valley of the region's DEM."""
    require_dem(home)
    return _terrain(home.store.raster_path("dem"), home.home / "cache")


def of_plots(home: Platform, plots: gpd.GeoDataFrame) -> xr.Dataset:
    """Return the terrain of `plots`, dims (plot, direction); NaN outside the DEM."""
    ground = terrain(home)
    return plot_ground.plot_terrain(ground, plots.to_crs(home.store.region().crs))


def places(ground: xr.Dataset, latitude: float) -> pd.DataFrame:
    """Return one row a plot: elevation, sky_view, winter_beam, summer_beam, cold (the sites' axes), slope, aspect."""
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
            "slope": slope,
            "aspect": aspect,
        },
        index=ground["plot"].to_index(),
    )
    for column, beam in zip(SOLSTICES, beams.T, strict=True):
        table[column] = np.clip(beam, 0.0, 2.4)
    return table


def valley_elevation(ground: xr.Dataset) -> float:
    """Return the elevation [m] of the region's valley floor: the lowest tenth of the floors below its plots."""
    return float(np.nanquantile(ground["valley_floor"].to_numpy(), 0.1))
