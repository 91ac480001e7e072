"""Elevation models: reading any GeoTIFF, bringing it onto square metres, and deriving the terrain from it."""

from pathlib import Path

import numpy as np
import rasterio
import rioxarray  # noqa: F401
import xarray as xr
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.enums import Resampling
from rasterio.errors import RasterioError, RasterioIOError

from agro.errors import InputError
from agro.terrain.derivatives import metres_per_degree, slope_aspect
from agro.terrain.hillshade import multidirectional_hillshade
from agro.terrain.horizon import DIRECTIONS, azimuths, horizon
from agro.terrain.sky_view import sky_view_map
from agro.terrain.valley import valley_floor
from agro.terrain.voids import smoothed, voids_filled

LOWEST, HIGHEST = -500.0, 9000.0  # m, of any dry land
VOID_MARKS = (-32768.0, -32767.0, -9999.0, float(np.finfo(np.float32).min))
"""What files put where no height is known, also where they do not declare it; no ground lies there."""

ATTRS = {
    "elevation": {"units": "m", "long_name": "ground elevation", "standard_name": "surface_altitude"},
    "slope": {"units": "degree", "long_name": "slope"},
    "aspect": {"units": "degree", "long_name": "downslope direction, clockwise from north; flat is missing"},
    "sky_view": {"units": "1", "long_name": "cosine-weighted sky view factor"},
    "valley_floor": {"units": "m", "long_name": "elevation of the valley floor downstream"},
    "height_above_valley": {"units": "m", "long_name": "height above the valley floor downstream"},
    "hillshade": {"units": "1", "long_name": "brightness under four suns, 0 to 255"},
    "horizon": {"units": "degree", "long_name": "angle of the terrain horizon"},
}


def read_dem(path, crs=None):
    """Return the elevation model in a raster file.

    Parameters
    ----------
    path : path-like
        GeoTIFF, or another raster that GDAL reads, with one band of heights in metres.
    crs : str or int, optional
        Where the file lies, for files that do not say; it does not overrule a file that does.

    Returns
    -------
    DataArray, dims (y, x), float32
        Heights, north up; NaN where unknown. attrs `whole_metres` is 1 for integer files. [m]

    Raises
    ------
    InputError
        When the file cannot be used: not a raster, empty, cut off, no CRS, several bands, no heights, absurd heights.
    """
    path = Path(path)
    if not path.is_file():
        raise _refused(path, "no such file", "找不到文件")
    if path.stat().st_size == 0:
        raise _refused(path, "the file is empty (0 bytes)", "文件为空（0 字节）")
    try:
        source = rasterio.open(path)
    except RasterioError as error:
        raise _refused(path, f"cannot be opened as a raster: {error}", "无法作为栅格（GeoTIFF）打开") from error
    with source:
        if source.count != 1:
            what = f"has {source.count} bands; an elevation model has one"
            raise _refused(path, what, f"有 {source.count} 个波段；高程模型只有一个波段")
        where = _crs_of(path, source, crs)
        transform = source.transform
        if transform.is_identity or transform.b or transform.d:
            what = "has no place on the ground (no geotransform)" if transform.is_identity else "is rotated"
            raise _refused(
                path, what + "; a north-up georeferenced raster is needed", "没有地理坐标或带旋转；需要上北的栅格"
            )
        try:
            raw = source.read(1)
        except (RasterioIOError, RasterioError, MemoryError) as error:
            what = f"its header promises {source.width} x {source.height} cells but the data cannot be read: {error}"
            zh = f"文件头声明 {source.width} x {source.height} 个像元，但数据读不出来，文件可能被截断"
            raise _refused(path, what, zh) from error
        z = raw.astype(np.float32) * np.float32(source.scales[0]) + np.float32(source.offsets[0])
        nodata = source.nodata
    unknown = np.isin(raw.astype(np.float64), VOID_MARKS) | ~np.isfinite(z)
    if nodata is not None:
        unknown |= raw == nodata
    z[unknown] = np.nan
    _check_heights(path, z)
    xs = transform.c + transform.a * (np.arange(z.shape[1]) + 0.5)
    ys = transform.f + transform.e * (np.arange(z.shape[0]) + 0.5)
    dem = xr.DataArray(z, dims=("y", "x"), coords={"y": ys, "x": xs}, name="elevation", attrs=dict(ATTRS["elevation"]))
    dem.attrs["whole_metres"] = int(np.issubdtype(raw.dtype, np.integer))
    return _north_up(dem).rio.write_crs(where)


def prepare(dem, crs, resolution=None, *, keep_voids=False):
    """Return the elevation model on square cells of a projected CRS.

    Parameters
    ----------
    dem : DataArray, dims (y, x)
        As `read_dem` gives it. [m]
    crs : str or int
        Projected CRS in metres, as "EPSG:32648".
    resolution : float, optional
        Size of a cell; by default near that of `dem`. [m]
    keep_voids : bool
        Leave larger voids missing instead of refusing the model.

    Returns
    -------
    DataArray, dims (y, x), float32
        Small voids filled, steps of whole-metre models smoothed, cubic in between; NaN outside `dem`.

    Raises
    ------
    InputError
        When `crs` is not in metres, or a void of five cells or more lies inside the model.
    """
    target = _metric(crs)
    dem = voids_filled(dem, keep_voids)
    if dem.attrs.get("whole_metres"):
        dem = dem.copy(data=smoothed(dem.values))
        dem.attrs["whole_metres"] = 0
    width, height = cell_size(dem)
    same = CRS.from_user_input(dem.rio.crs) == target
    square = same and abs(width - height) < 1e-6 * width
    if square and (resolution is None or abs(resolution - width) < 1e-6 * width):
        return dem
    if resolution is None:
        size = float(np.sqrt(width * height))
        resolution = round(size) if size >= 3 else round(size, 2)
    coarser = resolution > 1.5 * max(width, height)
    # GDAL widens its kernels by the ratio of the cells, which ripples a plane by 0.03 m; XSCALE 1 keeps it even
    kernel = (
        {"resampling": Resampling.average} if coarser else {"resampling": Resampling.cubic, "XSCALE": 1, "YSCALE": 1}
    )
    moved = dem.rio.write_nodata(np.nan).rio.reproject(target, resolution=resolution, **kernel)
    moved.attrs = {**dem.attrs}
    return moved.astype(np.float32).rename("elevation")


def terrain(dem, *, directions=DIRECTIONS, parallel=False):
    """Return what the growth of trees needs to know of the ground.

    Parameters
    ----------
    dem : DataArray, dims (y, x)
        On a projected CRS in metres, as `prepare` gives it; cells need not be square. [m]
    directions : int
        Directions of the horizon.
    parallel : bool
        Use all cores; for the worker process and the command line only.

    Returns
    -------
    Dataset, dims (y, x) and (direction, y, x)
        elevation, valley_floor and height_above_valley [m], slope, aspect and horizon [degrees], sky_view [1],
        hillshade (uint8). The outermost cells have values too. The horizon is the terrain's own;
        `with_self_horizon` adds what a tilted cell hides from itself.
    """
    _metric(dem.rio.crs)
    dem = _north_up(dem)
    dx, dy = cell_size(dem)
    z = np.ascontiguousarray(dem.values, np.float32)
    slope, aspect = slope_aspect(z, dx, dy, edges=True, parallel=parallel)
    around = horizon(z, dx, dy, directions=directions, parallel=parallel)
    floor = valley_floor(z, dx, dy)
    layers = {
        "elevation": z,
        "slope": slope,
        "aspect": aspect,
        "sky_view": sky_view_map(around, slope, aspect, parallel=parallel),
        "valley_floor": floor,
        "height_above_valley": np.maximum(z - floor, 0),
        "hillshade": multidirectional_hillshade(z, dx, dy),
    }
    coords = {"y": dem.y.values, "x": dem.x.values, "direction": azimuths(directions)}
    made = xr.Dataset({name: (("y", "x"), values, ATTRS[name]) for name, values in layers.items()}, coords=coords)
    made["horizon"] = (("direction", "y", "x"), around, ATTRS["horizon"])
    made = made.rio.write_crs(dem.rio.crs)
    made.direction.attrs = {"units": "degree", "long_name": "direction, clockwise from north"}
    made.horizon.encoding = {"dtype": "int16", "scale_factor": 0.01, "_FillValue": -1}
    return made


def cell_size(dem):
    """Return width and height of the cells [m]; of degrees, those in the middle of the model."""
    dx, dy = (abs(float(dem[axis][-1] - dem[axis][0])) / max(dem.sizes[axis] - 1, 1) for axis in ("x", "y"))
    if CRS.from_user_input(dem.rio.crs).is_geographic:
        east, north = metres_per_degree(float(dem.y.mean()))
        return dx * east, dy * north
    return dx, dy


def _crs_of(path, source, given):
    """Return the file's CRS, else the given one."""
    if source.crs:
        return source.crs
    if given is None:
        what = "does not say in which coordinate system it lies (no CRS); give one, for example crs='EPSG:32648'"
        raise _refused(path, what, "没有坐标系（CRS）信息；请指定一个，例如 EPSG:32648")
    try:
        return rasterio.crs.CRS.from_user_input(given)
    except (CRSError, RasterioError, ValueError) as error:
        raise _refused(path, f"the given CRS {given!r} is not known", f"给定的坐标系 {given!r} 无法识别") from error


def _check_heights(path, z):
    if np.isnan(z).all():
        raise _refused(path, "holds no height: every cell is nodata", "没有任何高程值：所有像元都是无效值")
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    if low < LOWEST or high > HIGHEST:
        what = f"heights run from {low:g} to {high:g} m; ground lies between {LOWEST:g} and {HIGHEST:g} m"
        zh = f"高程为 {low:g} 到 {high:g} 米；地面应在 {LOWEST:g} 到 {HIGHEST:g} 米之间（单位或无效值是否有误？）"
        raise _refused(path, what + " (another unit, or an undeclared void mark?)", zh)


def _metric(crs):
    """Return the CRS, refused unless projected and in metres."""
    try:
        known = CRS.from_user_input(crs)
    except (CRSError, TypeError) as error:
        raise InputError(f"{crs!r} is no known CRS", zh=f"坐标系 {crs!r} 无法识别") from error
    if not known.is_projected or abs(known.axis_info[0].unit_conversion_factor - 1) > 1e-9:
        raise InputError(
            f"terrain needs a projected CRS in metres; got '{known.name}'",
            zh=f"地形计算需要以米为单位的投影坐标系；得到的是“{known.name}”",
        )
    return known


def _north_up(dem):
    """Return the model with rows from north to south and columns from west to east."""
    dem = dem.sortby("y", ascending=False) if dem.sizes["y"] > 1 and dem.y[0] < dem.y[-1] else dem
    return dem.sortby("x") if dem.sizes["x"] > 1 and dem.x[0] > dem.x[-1] else dem


def _refused(path, en, zh):
    return InputError(f"{path.name}: {en}", zh=f"{path.name}：{zh}")
