"""Rasters on the disk: cloud-optimised GeoTIFFs of 16-bit numbers with their scale, and what made them.

Reflectance and indices are int16 with a scale, -32768 for nothing; classes and quality are uint8; pictures are uint8
with a mask. `AREA_OR_POINT=Area`. What made a raster stands in tags `citrus_index`, `citrus_sensor`, `citrus_datetime`,
`citrus_processing`: a colon in a tag's name would be read as the end of the name.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
import rasterio.shutil
import rioxarray  # noqa: F401
import xarray as xr
from affine import Affine
from numba.extending import register_jitable
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.transform import from_origin
from rasterio.windows import Window

from agro.errors import InputError
from agro.numeric import kernel
from remote_sensing.reading import raster

NODATA = -32768
LIMIT = 32767
BLOCK = 512
SCALE = 1e-4
KINDS = ("reflectance", "index", "classes", "rgb")
PREFIX = "citrus_"


class Grid(NamedTuple):
    """Where the cells of a raster lie, and what its bands are."""

    crs: Any
    transform: Affine
    height: int
    width: int
    bands: tuple[str, ...]


def write(path, array, kind="reflectance", tags=None, scale=SCALE):
    """Write a raster as a COG.

    Parameters
    ----------
    path : path-like
        Whole file name; it is overwritten.
    array : DataArray, dims (band, y, x) or (y, x)
        Square-celled, rows from the north, with a CRS (rioxarray). Names of bands are kept as descriptions.
    kind : str
        "reflectance" or "index": int16 x `scale`, NaN for nothing. "classes": uint8 as it is. "rgb": 0 to 255, NaN or
        a missing pixel for nothing.
    tags : dict of str, optional
        What made it.
    scale : float or None
        Step of the numbers; None keeps float32 (for values that no step fits, as S2REP).

    Raises
    ------
    ValueError
        For an unknown kind, or an array without CRS or even cells.

    Notes
    -----
    A value beyond 32767 steps becomes the largest that fits, and is counted in the tag `clipped`.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind '{kind}'; known: {', '.join(KINDS)}")
    if array.rio.crs is None:
        raise ValueError("the raster has no CRS")
    layers = array.expand_dims("band") if array.ndim == 2 else array
    values, mask, clipped = _packed(layers.values, kind, scale)
    profile = {
        "driver": "COG",
        "width": values.shape[2],
        "height": values.shape[1],
        "count": values.shape[0] + (mask is not None),
        "dtype": values.dtype,
        "crs": array.rio.crs,
        "transform": _transform(array),
        "compress": "deflate",
        "level": 6,
        "predictor": "yes",
        "blocksize": BLOCK,
        "overview_resampling": "nearest" if kind == "classes" else "average",
        "nodata": NODATA if values.dtype == np.int16 else np.nan if values.dtype == np.float32 else None,
        "bigtiff": "if_safer",
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, list(range(1, values.shape[0] + 1)))
        if mask is not None:
            target.write(mask, profile["count"])
            target.colorinterp = [*_colours(layers, values.shape[0]), ColorInterp.alpha]
        if values.dtype == np.int16:
            target.scales = (scale,) * values.shape[0]
            target.offsets = (0.0,) * values.shape[0]
        if "band" in layers.coords:
            for number, name in enumerate(layers["band"].values, 1):
                target.set_band_description(number, str(name))
        target.update_tags(AREA_OR_POINT="Area", **_tags(kind, tags, clipped))


def assembled(path, grid, parts, kind="index", tags=None, scale=SCALE):
    """Write a COG from its parts, one after the other: as `write` does, but it is never in memory as a whole.

    Parameters
    ----------
    grid : Grid
    parts : iterable of (int, int, ndarray of shape (band, y, x))
        First row, first column, and the values there, of whole blocks of `BLOCK` but at the edges; what no part shows
        is nothing.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind '{kind}'; known: {', '.join(KINDS)}")
    beside = Path(path).with_name(f"{Path(path).stem}.parts.tif")
    dtype = "uint8" if kind in ("classes", "rgb") else "float32" if scale is None else "int16"
    profile = {
        "driver": "GTiff", "width": grid.width, "height": grid.height, "count": len(grid.bands) + (kind == "rgb"),
        "dtype": dtype, "crs": grid.crs, "transform": grid.transform, "tiled": True, "blockxsize": BLOCK,
        "blockysize": BLOCK, "compress": "deflate", "zlevel": 1, "bigtiff": "if_safer", "sparse_ok": True,
        "nodata": {"int16": NODATA, "float32": np.nan}.get(dtype),
    }  # fmt: skip
    clipped = 0
    try:
        with rasterio.open(beside, "w", **profile) as target:
            if kind == "rgb":
                target.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
            for row, column, part in parts:
                values, mask, lost = _packed(part, kind, scale)
                values = values if mask is None else np.concatenate([values, mask[None]])
                target.write(values, window=Window(column, row, values.shape[2], values.shape[1]))
                clipped += lost
            if dtype == "int16":
                target.scales, target.offsets = (scale,) * len(grid.bands), (0.0,) * len(grid.bands)
            for number, name in enumerate(grid.bands, 1):
                target.set_band_description(number, str(name))
            target.update_tags(AREA_OR_POINT="Area", **_tags(kind, tags, clipped))
        converted(beside, path, kind)
    finally:
        beside.unlink(missing_ok=True)


def read(path, bounds=None, bands=None):
    """Return a raster as numbers with their scale applied.

    Parameters
    ----------
    path : path-like
    bounds : (west, south, east, north), optional
        In the file's CRS; only blocks that they touch are read.
    bands : sequence of str or int, optional
        Names, or numbers from 1.

    Returns
    -------
    DataArray, dims (band, y, x)
        float32, NaN for nothing; uint8 for classes. `attrs` hold the tags.

    Raises
    ------
    InputError
        When the file is missing, broken or cut off, lies elsewhere, or lacks a band.
    """
    with raster.opened(path) as source:
        window = _window(source, path, bounds)
        names = [text or str(number) for number, text in zip(source.indexes, source.descriptions, strict=True)]
        tags = {key.removeprefix(PREFIX): text for key, text in source.tags().items() if key.startswith(PREFIX)}
        alpha = [i for i, c in zip(source.indexes, source.colorinterp, strict=True) if c == ColorInterp.alpha]
        numbers = _numbers(path, names, bands, [i for i in source.indexes if i not in alpha])
        try:
            raster.refuse_cut_off(source, path, window)
            values = _values(source, numbers, window, tags.get("kind"))
            if alpha or MaskFlags.per_dataset in source.mask_flag_enums[0]:
                values[:, source.dataset_mask(window=window) == 0] = np.nan
        except rasterio.errors.RasterioError as error:
            raise raster.refused(path, f"cannot be read whole: {error}", "文件读不完整，可能已损坏") from error
        t, crs = source.window_transform(window), source.crs
    x = t.c + t.a * (np.arange(values.shape[2]) + 0.5)
    y = t.f + t.e * (np.arange(values.shape[1]) + 0.5)
    coords = {"band": [names[number - 1] for number in numbers], "y": y, "x": x}
    found = xr.DataArray(values, dims=("band", "y", "x"), coords=coords, attrs=dict(tags))
    return found.rio.write_crs(crs, inplace=True) if crs else found  # or rioxarray copies the numbers


def converted(source, target, kind="rgb"):
    """Copy a GeoTIFF of any size as a COG, block by block, in bounded memory; for mosaics of gigabytes."""
    with raster.opened(source) as held:
        raster.refuse_cut_off(held, source)
        options = {
            "driver": "COG",
            "compress": "deflate",
            "predictor": "yes",
            "blocksize": BLOCK,
            "bigtiff": "if_safer",
            "overview_resampling": "nearest" if kind == "classes" else "average",
            "sparse_ok": True,
        }
        try:
            rasterio.shutil.copy(held, target, **options)
        except rasterio.errors.RasterioError as error:
            Path(target).unlink(missing_ok=True)
            raise raster.refused(source, f"cannot be read whole: {error}", "文件读不完整，可能已损坏") from error


def _tags(kind, tags, clipped):
    said = {**(tags or {}), **({"clipped": clipped} if clipped else {}), "kind": kind}
    return {PREFIX + key: str(value) for key, value in said.items() if value is not None}


def _packed(values, kind, scale):
    """Return (numbers, mask or None, count of clipped values)."""
    if kind == "classes":
        return values.astype(np.uint8), None, 0
    if kind == "rgb":
        missing = np.isnan(values).any(axis=0) if values.dtype.kind == "f" else np.zeros(values.shape[1:], bool)
        whole = np.where(missing, 0, np.clip(np.nan_to_num(values), 0, 255)).round().astype(np.uint8)
        return whole, np.where(missing, np.uint8(0), np.uint8(255)), 0
    if scale is None:
        return values.astype(np.float32), None, 0
    steps = np.rint(values.astype(np.float64) / scale)
    clipped = int((np.abs(steps) > LIMIT).sum())
    steps = np.where(np.isnan(steps), NODATA, np.clip(steps, -LIMIT, LIMIT))
    return steps.astype(np.int16), None, clipped


def _values(source, numbers, window, kind):
    """Return numbers of a file as values."""
    scale, offset, nodata = source.scales[0], source.offsets[0], source.nodata
    if source.dtypes[0] == "int16" and nodata is not None:
        return _by_strips(source, numbers, window)
    raw = source.read(numbers, window=window)
    if raw.dtype == np.uint8 and kind == "classes":
        return raw
    values = raw.astype(np.float32)
    if scale != 1 or offset:
        values = values * np.float32(scale) + np.float32(offset)
    if nodata is not None and not np.isnan(nodata):
        values[raw == nodata] = np.nan
    return values


def _by_strips(source, numbers, window):
    """Return 16-bit numbers as values, a row of blocks at a time: new memory costs as much as unpacking."""
    height, width = int(window.height), int(window.width)
    values = np.empty((len(numbers), height, width), np.float32)
    rows = source.block_shapes[0][0]
    buffer = np.empty((len(numbers), rows, width), np.int16)
    scale, offset, nodata = np.float32(source.scales[0]), np.float32(source.offsets[0]), np.int16(source.nodata)
    first = int(window.row_off)
    start = first
    while start < first + height:
        end = min((start // rows + 1) * rows, first + height)
        raw = buffer[:, : end - start]
        source.read(numbers, window=Window(window.col_off, start, width, end - start), out=raw)
        _scaled(raw, scale, offset, nodata, values[:, start - first : end - first])
        start = end
    return values


@register_jitable(error_model="numpy")
def _one(number, scale, offset, nodata):
    return np.float32(np.nan) if number == nodata else np.float32(number) * scale + offset


@kernel(fastmath=False)
def _scaled(raw, scale, offset, nodata, out):
    """Fill `out` with raw x scale + offset, NaN for `nodata`, in one pass; all (band, y, x)."""
    for b in range(raw.shape[0]):
        for y in range(raw.shape[1]):
            for x in range(raw.shape[2]):
                out[b, y, x] = _one(raw[b, y, x], scale, offset, nodata)


def _transform(array):
    x, y = array["x"].values, array["y"].values
    width = (x[-1] - x[0]) / (x.size - 1) if x.size > 1 else array.rio.resolution()[0]
    height = (y[0] - y[-1]) / (y.size - 1) if y.size > 1 else abs(array.rio.resolution()[1])
    if width <= 0 or height <= 0:
        raise ValueError("columns must run east and rows from the north")
    return from_origin(x[0] - width / 2, y[0] + height / 2, width, height)


def _colours(layers, count):
    names = [str(name) for name in layers["band"].values] if "band" in layers.coords else []
    known = {"red": ColorInterp.red, "green": ColorInterp.green, "blue": ColorInterp.blue}
    fallback = [ColorInterp.red, ColorInterp.green, ColorInterp.blue] if count == 3 else [ColorInterp.gray] * count
    return [known.get(name, fallback[i]) for i, name in enumerate(names)] or fallback


def _numbers(path, names, bands, held):
    if bands is None:
        return held
    numbers = []
    for band in bands:
        if isinstance(band, int) and band in held:
            numbers.append(band)
        elif band in names:
            numbers.append(names.index(band) + 1)
        else:
            raise raster.refused(
                path, f"has no band {band}; it has {', '.join(names)}", f"没有波段 {band}；现有：{', '.join(names)}"
            )
    return numbers


def _window(source, path, bounds):
    if bounds is None:
        return Window(0, 0, source.width, source.height)
    t = source.transform
    west, south, east, north = bounds
    c0, c1 = int(np.floor((west - t.c) / t.a + 1e-6)), int(np.ceil((east - t.c) / t.a - 1e-6))
    r0, r1 = int(np.floor((north - t.f) / t.e + 1e-6)), int(np.ceil((south - t.f) / t.e - 1e-6))
    c0, c1, r0, r1 = max(c0, 0), min(c1, source.width), max(r0, 0), min(r1, source.height)
    if c1 <= c0 or r1 <= r0:
        raise InputError(f"{Path(path).name}: lies elsewhere than asked for", zh=f"{Path(path).name}：影像不在所需范围")
    return Window(c0, r0, c1 - c0, r1 - r0)
