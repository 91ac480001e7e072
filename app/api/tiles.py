"""XYZ tiles of the region's own rasters: a shaded relief tinted by elevation, and an orthophoto where there is one."""

import io
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio.enums import Resampling
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

EDGE = math.pi * 6378137.0  # m, half the width of the web Mercator square
SIZE = 256  # px
TINTS = np.array([[222, 232, 214], [236, 234, 212], [232, 222, 202], [222, 212, 202], [240, 238, 236]], float)
"""From valley green over straw to stone: pale, so that coloured plots stand out on it."""
LAYERS = {"hillshade": "dem", "orthophoto": "orthophoto"}
"""{name in the address: kind of raster in the store}."""


def empty() -> bytes:
    """Return a tile that shows nothing."""
    return _png(np.zeros((SIZE, SIZE, 4), "u1"))


def tile(path: Path, layer: str, z: int, x: int, y: int) -> bytes:
    """Return the PNG of one tile of the raster at `path`.

    Parameters
    ----------
    path : Path
        A GeoTIFF in any CRS.
    layer : {"hillshade", "orthophoto"}
        How it is drawn.
    z, x, y : int
        Zoom, column from the west, row from the north, in web Mercator.
    """
    return _tile(str(path), path.stat().st_mtime_ns, layer, z, x, y)


@lru_cache(maxsize=1024)
def _tile(path: str, changed: int, layer: str, z: int, x: int, y: int) -> bytes:
    step = 2 * EDGE / 2**z
    left, top = -EDGE + x * step, EDGE - y * step
    west, south, east, north = extent(path, changed)
    if left > east or left + step < west or top < south or top - step > north:
        return empty()
    pixel = step / SIZE
    window = from_bounds(left - pixel, top - step - pixel, left + step + pixel, top + pixel, SIZE + 2, SIZE + 2)
    finer = pixel * math.cos(2 * math.atan(math.exp((top - step / 2) / 6378137.0)) - math.pi / 2)  # m on the ground
    with rasterio.open(path) as source:
        smooth = Resampling.cubic_spline if layer == "hillshade" else Resampling.bilinear
        grid = {"crs": "EPSG:3857", "transform": window, "width": SIZE + 2, "height": SIZE + 2, "resampling": smooth}
        if layer == "hillshade":
            with WarpedVRT(source, **grid, nodata=np.nan, dtype="float32") as warped:
                return _png(relief(warped.read(1), finer, *span(path, changed))[1:-1, 1:-1])
        with WarpedVRT(source, **grid, add_alpha=True) as warped:
            bands = [1, 2, 3] if source.count >= 3 else [1, 1, 1]
            return _png(np.dstack([*warped.read(bands), warped.dataset_mask()])[1:-1, 1:-1].astype("u1"))


def relief(elevation: np.ndarray, pixel: float, low: float, high: float) -> np.ndarray:
    """Return the tinted shaded relief, RGBA uint8, shape of `elevation` + (4,).

    Parameters
    ----------
    elevation : ndarray, shape (y, x)
        Rows from north to south; NaN where unknown. [m]
    pixel : float
        Width of a pixel on the ground. [m]
    low, high : float
        Elevations of the first and the last tint. [m]
    """
    known = np.isfinite(elevation)
    if not known.any():
        return np.zeros((*elevation.shape, 4), "u1")
    z = np.where(known, elevation, np.nanmean(elevation))
    south, east = np.gradient(z, pixel)
    steep = np.sqrt(1 + south**2 + east**2)
    # light from north-west carries the relief, weaker lights from west and north open its shadows
    lights = [(315, 45, 0.6), (270, 55, 0.2), (360, 55, 0.2)]
    shade = np.zeros_like(z)
    for azimuth, altitude, weight in lights:
        a, h = np.deg2rad(azimuth), np.deg2rad(altitude)
        lit = (np.sin(h) + np.cos(h) * (south * np.cos(a) - east * np.sin(a))) / steep
        shade += weight * np.clip(lit, 0, 1)
    place = np.clip((z - low) / max(high - low, 1.0), 0, 1) * (len(TINTS) - 1)
    tint = np.dstack([np.interp(place, np.arange(len(TINTS)), TINTS[:, band]) for band in range(3)])
    colour = np.clip(tint * (0.42 + 0.75 * shade[..., None]), 0, 255)
    inner = known.copy()  # the light on the last pixels before the unknown would be that of a made-up cliff
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(known, step, axis)
    return np.dstack([colour, inner * 255]).astype("u1")


@lru_cache(maxsize=16)
def extent(path: str, changed: int) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the raster in web Mercator [m]."""
    with rasterio.open(path) as source:
        return transform_bounds(source.crs, "EPSG:3857", *source.bounds)


@lru_cache(maxsize=16)
def span(path: str, changed: int) -> tuple[float, float]:
    """Return the elevations [m] between which the tints run: the 1st and 99th percentile of a coarse look."""
    with rasterio.open(path) as source:
        shape = (min(source.height, 400), min(source.width, 400))
        coarse = source.read(1, out_shape=shape, masked=True).astype(float).filled(np.nan)
    return tuple(np.nanpercentile(coarse, [1, 99])) if np.isfinite(coarse).any() else (0.0, 1.0)


def bounds(path: Path) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the raster in degrees."""
    with rasterio.open(path) as source:
        return transform_bounds(source.crs, "EPSG:4326", *source.bounds)


def _png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
