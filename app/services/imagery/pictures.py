"""Rasters as pictures for a map: a PNG with bounds in degrees, and what its colours mean."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyproj
import rasterio.warp
import shapely
import xarray as xr
from matplotlib import colormaps
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import geometry_mask
from rasterio.io import MemoryFile
from rasterio.transform import array_bounds

from app.services.imagery.settings import whole

MAP, GLOBE = "EPSG:3857", "EPSG:4326"
"""A web map stretches a picture evenly on Mercator's projection, KML evenly in degrees."""
RAMP, CHANGE = "viridis", "PuOr"
STOPS = 9


@dataclass(frozen=True)
class Legend:
    """What a picture shows, as its legend says it.

    Attributes
    ----------
    title : dict of {"zh", "en"}
    taken : tuple of datetime
        When the picture was taken; of a change the earlier one first.
    age : int
        Days from the newest picture to today.
    valid : float
        Share of the ground shown that could be seen. [1]
    low, high : float or None
        Ends of the colours; None where colours are classes or the camera's own.
    absolute : bool
        Whether the range is that of the index, the same on every date; False: 5 to 95 % of what is shown.
    better : str
        "high", "low" or "".
    stops : tuple of (value, "#rrggbb")
    classes : tuple of ("#rrggbb", {"zh", "en"})
    """

    title: dict[str, str]
    sensor: dict[str, str]
    taken: tuple[datetime, ...]
    age: int
    valid: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    absolute: bool = True
    better: str = ""
    stops: tuple[tuple[float, str], ...] = ()
    classes: tuple[tuple[str, dict[str, str]], ...] = ()
    synthetic: bool = False
    notes: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture to lay on a map.

    Attributes
    ----------
    png : bytes
        Red, green, blue, alpha; at most 2,048 pixels a side.
    bounds : tuple of float
        West, south, east, north. [degrees]
    crs : str
        In which the picture is even: `MAP` for maps on the web, `GLOBE` for KML.
    """

    png: bytes
    bounds: tuple[float, float, float, float]
    crs: str
    legend: Legend
    about: Mapping[str, Any] = field(default_factory=dict)


def coloured(values: np.ndarray, low: float, high: float, ramp: str = RAMP) -> np.ndarray:
    """Return (4, y, x) bytes of values (y, x) between the ends of a ramp; what is not known is clear."""
    span = high - low if high > low else 1.0
    rgba = colormaps[ramp](np.clip((values - low) / span, 0.0, 1.0), bytes=True)
    rgba[~np.isfinite(values)] = 0
    return np.moveaxis(rgba, -1, 0)


def stops(low: float, high: float, ramp: str = RAMP) -> tuple[tuple[float, str], ...]:
    """Return some values between the ends and their colours, for a legend."""
    places = np.linspace(0.0, 1.0, STOPS)
    return tuple(
        (float(low + place * (high - low)), "#" + "".join(f"{round(255 * c):02x}" for c in colormaps[ramp](place)[:3]))
        for place in places
    )


def fitted(array: xr.DataArray, crs: str, bounds: tuple[float, float, float, float] | None = None) -> tuple[Any, ...]:
    """Return transform, rows and columns of a grid in `crs` that shows an array, its longest side not above the most.

    Parameters
    ----------
    bounds : tuple of float, optional
        West, south, east, north of the part to show, in the array's CRS.
    """
    most = whole("picture", "side")
    left, bottom, right, top = bounds or array.rio.bounds()
    dx, dy = (abs(float(step)) for step in array.rio.resolution())
    columns, rows = max(round((right - left) / dx), 1), max(round((top - bottom) / dy), 1)
    transform, width, height = rasterio.warp.calculate_default_transform(
        array.rio.crs, crs, columns, rows, left, bottom, right, top
    )
    shrink = max(width / most, height / most, 1.0)
    if shrink > 1.0:
        width, height = max(int(width / shrink), 1), max(int(height / shrink), 1)
        edges = rasterio.warp.transform_bounds(array.rio.crs, crs, left, bottom, right, top)
        transform = rasterio.transform.from_bounds(*edges, width, height)
    return transform, height, width


def laid(array: xr.DataArray, crs: str, grid: tuple[Any, ...], nearest: bool = False) -> np.ndarray:
    """Return an array (band, y, x) or (y, x) on such a grid; NaN outside. Shrunk by averages, else to the nearest cell.

    A cell that is stretched stays a square of one colour: nothing is invented between measurements.
    """
    transform, rows, columns = grid
    dx = abs(float(array.rio.resolution()[0]))
    west, south, east, north = array_bounds(rows, columns, transform)
    edges = rasterio.warp.transform_bounds(crs, array.rio.crs, west, south, east, north)
    shrinks = (edges[2] - edges[0]) / columns > 1.5 * dx
    made = np.full((*array.shape[:-2], rows, columns), np.nan, np.float32)
    rasterio.warp.reproject(
        np.ascontiguousarray(array.to_numpy(), np.float32),
        made,
        src_transform=array.rio.transform(),
        src_crs=array.rio.crs,
        dst_transform=transform,
        dst_crs=crs,
        src_nodata=np.nan,
        dst_nodata=np.nan,
        resampling=Resampling.average if shrinks and not nearest else Resampling.nearest,
    )
    return made


def within(rgba: np.ndarray, shape: shapely.Geometry | None, shape_crs: Any, crs: str, grid: tuple[Any, ...]) -> None:
    """Make clear what lies outside a shape; None hides nothing."""
    if shape is None:
        return
    to = pyproj.Transformer.from_crs(shape_crs, crs, always_xy=True).transform
    moved = shapely.transform(shape, lambda xy: np.column_stack(to(xy[:, 0], xy[:, 1])))
    if moved.is_empty:
        rgba[3] = 0
        return
    outside = geometry_mask([moved], rgba.shape[1:], grid[0], all_touched=True)
    rgba[3][outside] = 0


def png(rgba: np.ndarray) -> bytes:
    """Return (4, y, x) bytes as a PNG."""
    size = {"width": rgba.shape[2], "height": rgba.shape[1], "count": 4, "dtype": "uint8"}
    with MemoryFile() as memory, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # its place is told beside it
        with memory.open(driver="PNG", zlevel=6, **size) as file:
            file.write(rgba)
        return memory.read()


def bands(made: bytes) -> np.ndarray:
    """Return the (4, y, x) bytes of a PNG."""
    with MemoryFile(made) as memory, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with memory.open() as file:
            return file.read()


def degrees(crs: str, grid: tuple[Any, ...]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a grid. [degrees]"""
    transform, rows, columns = grid
    edges = array_bounds(rows, columns, transform)
    found = rasterio.warp.transform_bounds(crs, GLOBE, *edges)
    return tuple(map(float, found))  # type: ignore[return-value]
