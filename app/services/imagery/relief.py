"""The terrain under pictures: the region's, computed once and kept, and in another CRS where a picture needs it."""

from functools import lru_cache

import numpy as np
import rasterio.warp
import xarray as xr
from pyproj import CRS
from rasterio.enums import Resampling

from agro.terrain import dem
from app.services import ground
from app.services.platform import Platform, has_raster


def of(home: Platform, crs: object) -> xr.Dataset | None:
    """Return the terrain of the region in `crs`; None without an elevation model.

    It stays on the cells of the elevation model: the library brings heights and horizons onto a scene's grid strip by
    strip, as a horizon of 32 directions on every cell of a scene would take more memory than the scene.
    """
    if not has_raster(home, "dem"):
        return None
    found = ground.terrain(home)
    target = CRS.from_user_input(crs)
    if CRS.from_user_input(found.rio.crs) == target:
        return found
    return _moved(_Terrain(found, home.store.raster_path("dem").stem), target.to_wkt())


class _Terrain:
    """A terrain as a key: two are the same when they were made of one file."""

    def __init__(self, found: xr.Dataset, name: str):
        self.found, self.name = found, name

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Terrain) and self.name == other.name


@lru_cache(maxsize=2)
def _moved(terrain: _Terrain, crs: str) -> xr.Dataset:
    """Return heights in another CRS and the terrain made of them anew: directions turn with the grid's north."""
    heights = terrain.found["elevation"].rio.write_crs(terrain.found.rio.crs)
    cell = float(np.mean(np.abs(heights.rio.resolution())))
    edges = rasterio.warp.transform_bounds(heights.rio.crs, crs, *heights.rio.bounds())
    columns, rows = (max(round((edges[k + 2] - edges[k]) / cell), 2) for k in (0, 1))
    transform = rasterio.transform.from_bounds(*edges, columns, rows)
    moved = heights.rio.reproject(
        crs, transform=transform, shape=(rows, columns), resampling=Resampling.bilinear, nodata=np.nan
    )
    return dem.terrain(moved.astype(np.float32))
