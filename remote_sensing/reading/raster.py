"""Files of pixels: opening, refusing broken ones, and reading a window of them, on their own grid or on another."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS, Transformer
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.transform import array_bounds
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from remote_sensing.reading.refusal import refused
from remote_sensing.reading.wholeness import refuse_cut_off

SIGNATURES = {
    b"II*\0": "GTiff",
    b"MM\0*": "GTiff",
    b"II+\0": "GTiff",
    b"MM\0+": "GTiff",
    b"\0\0\0\x0c": "JP2OpenJPEG",
    b"\xffO\xffQ": "JP2OpenJPEG",
}
"""Formats that are opened, by their first bytes; those that point to other files (VRT and the like) are not."""
MARGIN = 2  # cells read around what is asked for, for resampling


@dataclass(frozen=True)
class Header:
    """What the header of a raster file says."""

    path: str
    crs: Any  # pyproj's CRS, None where the file does not say
    transform: Affine
    width: int
    height: int
    count: int
    dtype: str
    nodata: float | None
    descriptions: tuple[str | None, ...]
    colours: tuple[str, ...]
    masked: bool
    scales: tuple[float, ...]
    offsets: tuple[float, ...]

    @property
    def cell(self) -> float:
        """Size of a cell in units of the CRS."""
        return float(np.sqrt(abs(self.transform.a * self.transform.e - self.transform.b * self.transform.d)))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in the file's CRS."""
        return array_bounds(self.height, self.width, self.transform)

    @property
    def north_up(self) -> bool:
        """True where rows run from the north in metres."""
        t = self.transform
        return not (t.b or t.d) and t.a > 0 > t.e and self.crs is not None and self.crs.is_projected


@contextmanager
def opened(path):
    """Open a raster file for reading.

    Raises
    ------
    InputError
        When there is no such file, it is empty, or it is no picture.
    """
    plain = not str(path).startswith(("/vsi", "http"))
    if plain and not Path(path).is_file():
        raise refused(path, "no such file", "找不到文件")
    if plain and Path(path).stat().st_size == 0:
        raise refused(path, "the file is empty (0 bytes)", "文件为空（0 字节）")
    if plain:
        with Path(path).open("rb") as file:
            driver = SIGNATURES.get(file.read(4))
    else:
        driver = "JP2OpenJPEG" if str(path).lower().endswith(".jp2") else "GTiff"
    if driver is None:
        raise refused(
            path,
            "is neither GeoTIFF nor JPEG 2000; a photo cannot be placed on a map: export the orthophoto as GeoTIFF",
            "不是 GeoTIFF 或 JPEG 2000 文件；普通照片没有位置，请在拼图软件里把正射图导出为 GeoTIFF",
        )
    try:
        source = rasterio.open(path, driver=driver)
    except RasterioError as error:
        raise refused(
            path,
            f"its header cannot be read, the file is broken or cut off, copy or download it again: {error}",
            "文件头读不出来，文件已损坏或被截断；请从原处再复制或下载一次",
        ) from error
    with source:
        yield source


def header(path) -> Header:
    """Return what the header of the file at `path` says."""
    with opened(path) as source:
        return Header(
            path=str(path),
            crs=CRS.from_user_input(source.crs) if source.crs else None,
            transform=source.transform,
            width=source.width,
            height=source.height,
            count=source.count,
            dtype=source.dtypes[0],
            nodata=source.nodata,
            descriptions=source.descriptions,
            colours=tuple(ColorInterp(colour).name for colour in source.colorinterp),
            masked=any(MaskFlags.per_dataset in flags for flags in source.mask_flag_enums),
            scales=source.scales,
            offsets=source.offsets,
        )


@dataclass(frozen=True)
class Place:
    """A grid to read onto: CRS, transform of its north-west corner, rows and columns."""

    crs: CRS
    transform: Affine
    height: int
    width: int

    @property
    def x(self) -> np.ndarray:
        """Centres of the columns."""
        return self.transform.c + self.transform.a * (np.arange(self.width) + 0.5)

    @property
    def y(self) -> np.ndarray:
        """Centres of the rows."""
        return self.transform.f + self.transform.e * (np.arange(self.height) + 0.5)


def own_place(head: Header, bounds) -> Place:
    """Return the part of a file's own grid that covers `bounds` (in its CRS), with a margin, within the file."""
    t = head.transform
    west, south, east, north = bounds
    left, right = (west - t.c) / t.a - MARGIN, (east - t.c) / t.a + MARGIN
    top, bottom = (north - t.f) / t.e - MARGIN, (south - t.f) / t.e + MARGIN
    slack = 1e-6  # an edge that is a rounding error away from a cell's edge is that edge
    c0, c1 = max(0, int(np.floor(left + slack))), min(head.width, int(np.ceil(right - slack)))
    r0, r1 = max(0, int(np.floor(top + slack))), min(head.height, int(np.ceil(bottom - slack)))
    if c1 <= c0 or r1 <= r0:
        raise refused(
            head.path,
            f"lies elsewhere: it covers {_told(head.bounds)}, asked for was {_told(bounds)} ({head.crs.name})",
            f"影像不在所需范围：影像范围 {_told(head.bounds)}，所需范围 {_told(bounds)}（{head.crs.name}）",
        )
    return Place(head.crs, t * Affine.translation(c0, r0), r1 - r0, c1 - c0)


def other_place(bounds, crs, cell) -> Place:
    """Return the grid in `crs` that covers `bounds` (in `crs`), edges at whole multiples of `cell`."""
    west, south, east, north = bounds
    c0, c1 = np.floor(west / cell + 1e-6), np.ceil(east / cell - 1e-6)
    r0, r1 = np.floor(south / cell + 1e-6), np.ceil(north / cell - 1e-6)
    return Place(CRS.from_user_input(crs), Affine(cell, 0, c0 * cell, 0, -cell, r1 * cell), int(r1 - r0), int(c1 - c0))


def moved_bounds(bounds, from_crs, to_crs):
    """Return the bounds of a rectangle in another CRS, its sides bent and sampled."""
    if CRS.from_user_input(from_crs) == CRS.from_user_input(to_crs):
        return tuple(float(value) for value in bounds)
    move = Transformer.from_crs(from_crs, to_crs, always_xy=True)
    west, south, east, north = bounds
    return move.transform_bounds(west, south, east, north, densify_pts=21)


def pixels(layer, place: Place, *, own: bool, nodata=None, nearest=False, crs=None) -> np.ndarray:
    """Return the numbers of a layer on a grid, (y, x), or (band, y, x) for all bands; only needed blocks are read.

    Parameters
    ----------
    layer : Layer
    place : Place
    own : bool
        True where `place` lies on the file's own grid, so that nothing is resampled.
    nodata : float, optional
        What fills cells outside the file when resampling, and does not mix into its neighbours.
    nearest : bool
        For classes; otherwise numbers are interpolated.
    crs : CRS, optional
        Where a file lies that does not say.

    Raises
    ------
    InputError
        When blocks are cut off or broken.
    """
    bands = layer.band if layer.band is not None else None
    with opened(layer.path) as source:
        try:
            if own:
                t = source.transform
                window = Window(
                    round((place.transform.c - t.c) / t.a),
                    round((place.transform.f - t.f) / t.e),
                    place.width,
                    place.height,
                )
                refuse_cut_off(source, layer.path, window)
                return source.read(bands, window=window)
            fill = nodata if nodata is not None else source.nodata
            how = Resampling.nearest if nearest else Resampling.bilinear
            grid = {"transform": place.transform, "height": place.height, "width": place.width}
            if source.crs is None and crs is not None:
                grid["src_crs"] = crs.to_wkt()
            with WarpedVRT(
                source, crs=place.crs.to_wkt(), resampling=how, src_nodata=fill, nodata=fill, **grid
            ) as warped:
                refuse_cut_off(source, layer.path)
                return warped.read(bands)
        except (RasterioError, MemoryError) as error:
            raise refused(
                layer.path,
                f"its header promises {source.width} x {source.height} pixels, but they cannot be read; "
                f"the file is cut off or broken, copy or download it again: {error}",
                f"文件头声明 {source.width} x {source.height} 像元，但读不出来，文件被截断或已损坏；请再复制或下载一次",
            ) from error


def _told(bounds):
    return ", ".join(f"{value:.6g}" if abs(value) < 1000 else f"{value:.0f}" for value in bounds)


def coarse_place(head: Header, longest: int) -> Place:
    """Return the grid of a whole file at most `longest` cells long."""
    step = max(1.0, max(head.width, head.height) / longest)
    width, height = max(1, round(head.width / step)), max(1, round(head.height / step))
    scaled = head.transform * Affine.scale(head.width / width, head.height / height)
    return Place(head.crs, scaled, height, width)


def coarse(layer, longest: int) -> np.ndarray:
    """Return the numbers of a whole layer on `coarse_place`, by the nearest, from overviews if there are some."""
    place = coarse_place(header(layer.path), longest)
    with opened(layer.path) as source:
        try:
            return source.read(layer.band or 1, out_shape=(place.height, place.width))
        except RasterioError as error:
            raise refused(
                layer.path, f"cannot be read, it is cut off or broken: {error}", "文件被截断或已损坏"
            ) from error


def shown(layer, place: Place) -> np.ndarray:
    """Return the mask of a file on its own grid, 0 where it shows nothing."""
    with opened(layer.path) as source:
        t = source.transform
        column, row = round((place.transform.c - t.c) / t.a), round((place.transform.f - t.f) / t.e)
        return source.dataset_mask(window=Window(column, row, place.width, place.height))
