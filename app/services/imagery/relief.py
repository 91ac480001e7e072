"""The terrain under pictures: the region's elevations and slopes in the CRS of a picture."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import rasterio.warp
import rioxarray
import xarray as xr
from pyproj import CRS
from rasterio.enums import Resampling

from agro.terrain.dem import cell_size
from agro.terrain.derivatives import slope_aspect
from app.services.platform import Platform, has_raster
from remote_sensing.illumination.ground import overlap


def of(home: Platform, crs: object) -> xr.Dataset | None:
    """Return elevation [m], slope and aspect [degrees] of the region, dims (y, x), in `crs`; None without a model.

    They stay on the cells of the elevation model: the library brings them onto a scene's grid strip by strip. Horizons
    are left away: it climbs the one towards the sun itself, and those of 32 directions take more memory than a scene.
    """
    if not has_raster(home, "dem"):
        return None
    return _terrain(home.store.raster_path("dem"), CRS.from_user_input(crs).to_wkt())


def under(home: Platform, grid: xr.DataArray) -> xr.Dataset | None:
    """Return the terrain under a part of a picture, as `of` does; None too where the model lies elsewhere."""
    terrain = of(home, grid.rio.crs)
    return terrain if terrain is not None and overlap(terrain, grid) else None


@lru_cache(maxsize=2)
def _terrain(path: Path, crs: str) -> xr.Dataset:
    opened = rioxarray.open_rasterio(path, masked=True)
    assert isinstance(opened, xr.DataArray)  # noqa: S101  a DEM has one group of bands
    model = opened.squeeze("band", drop=True).load()
    if CRS.from_user_input(model.rio.crs) != CRS.from_wkt(crs):
        model = _moved(model, crs)
    z = np.ascontiguousarray(model.to_numpy(), np.float32)
    slope, aspect = slope_aspect(z, *cell_size(model), edges=True)
    layers = {"elevation": z, "slope": slope, "aspect": aspect}
    coords = {"y": model["y"].to_numpy(), "x": model["x"].to_numpy()}
    return xr.Dataset({name: (("y", "x"), values) for name, values in layers.items()}, coords).rio.write_crs(crs)


def _moved(model: xr.DataArray, crs: str) -> xr.DataArray:
    """Return heights in another CRS, on cells as large as before."""
    cell = float(np.mean(np.abs(model.rio.resolution())))
    edges = rasterio.warp.transform_bounds(model.rio.crs, crs, *model.rio.bounds())
    columns, rows = (max(round((edges[k + 2] - edges[k]) / cell), 2) for k in (0, 1))
    transform = rasterio.transform.from_bounds(*edges, columns, rows)
    return model.rio.reproject(
        crs, transform=transform, shape=(rows, columns), resampling=Resampling.bilinear, nodata=np.nan
    )
