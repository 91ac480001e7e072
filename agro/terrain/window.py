"""A window of an elevation model on fine cells, with the terrain that surrounds it still casting its shadows."""

import numpy as np
import xarray as xr
from pyproj import CRS
from rasterio.warp import transform_bounds

from agro.errors import MissingDataError
from agro.terrain import dem as elevation_models

RESOLUTION = 10.0
"""Cells of a map of slopes. [m]"""

MARGIN = 3_000.0
"""How far around the window terrain is looked at for horizons. [m]"""


def terrain_window(dem, bounds, crs, *, resolution=RESOLUTION, margin=MARGIN, floors=None, parallel=False):
    """Return the terrain of a window of any elevation model.

    Parameters
    ----------
    dem : DataArray, dims (y, x)
        As `read_dem` gives it or as it is stored, in any CRS. [m]
    bounds : tuple of float
        Left, bottom, right, top of the window in `crs`. [m]
    crs : str
        Projected CRS of the window, in metres.
    resolution : float
        Size of its cells. [m]
    margin : float
        Ground around the window that counts for horizons, as far as the model reaches. [m]
    floors : DataArray, dims (y, x), optional
        Valley floor downstream in `crs`, from a model that holds whole valleys; by default that of the window and its
        margin, which may miss where a long valley ends. [m]
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    Dataset, dims (y, x) and (direction, y, x)
        As `agro.terrain.dem.terrain`; attrs `source_resolution` [m] and `resampling`, "none", "cubic" between coarser
        cells or "average" of finer ones. Cubic cells are no new heights: a bank narrower than a cell of the source is
        not there.

    Raises
    ------
    MissingDataError
        When the window lies outside the model.
    """
    left, bottom, right, top = bounds
    wide = left - margin, bottom - margin, right + margin, top + margin
    part = _clipped(dem, transform_bounds(crs, dem.rio.crs, *wide))
    source = max(elevation_models.cell_size(part))
    square = elevation_models.prepare(part, crs, resolution, keep_voids=True)
    inside = ((square.x >= left) & (square.x < right)).values, ((square.y >= bottom) & (square.y < top)).values
    if not (inside[0].any() and inside[1].any()) or np.isnan(square.values[np.ix_(inside[1], inside[0])]).all():
        raise _outside()
    made = elevation_models.terrain(square, parallel=parallel)
    made = made.isel(x=np.flatnonzero(inside[0]), y=np.flatnonzero(inside[1])).load()
    if floors is not None:
        floor = floors.sel(x=made.x, y=made.y, method="nearest").to_numpy()
        made["valley_floor"] = made["valley_floor"].copy(data=floor)
        made["height_above_valley"] = made["height_above_valley"].copy(
            data=np.maximum(made["elevation"].to_numpy() - floor, 0.0)
        )
    same = CRS.from_user_input(dem.rio.crs) == CRS.from_user_input(crs) and abs(source - resolution) < 1e-6 * source
    how = "none" if same else "average" if resolution > 1.5 * source else "cubic"
    return made.assign_attrs(source_resolution=round(float(source), 2), resampling=how)


def _clipped(dem, bounds) -> xr.DataArray:
    """Return the cells of `dem` inside `bounds` of its own CRS, and two more for the cubic between them."""
    left, bottom, right, top = bounds
    steps = [abs(float(dem[axis][-1] - dem[axis][0])) / max(dem.sizes[axis] - 1, 1) for axis in ("x", "y")]
    x = np.flatnonzero((dem.x.values > left - 2 * steps[0]) & (dem.x.values < right + 2 * steps[0]))
    y = np.flatnonzero((dem.y.values > bottom - 2 * steps[1]) & (dem.y.values < top + 2 * steps[1]))
    if len(x) < 4 or len(y) < 4:
        raise _outside()
    return dem.isel(x=slice(x[0], x[-1] + 1), y=slice(y[0], y[-1] + 1)).load()


def _outside() -> MissingDataError:
    return MissingDataError("the window lies outside the elevation model", zh="所选范围在高程数据之外")
