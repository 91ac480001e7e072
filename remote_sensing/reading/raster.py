"""Files of pixels: opening, refusing broken ones, and reading a window of them, on their own grid or on another."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS, Transformer
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.transform import array_bounds
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from agro.errors import InputError

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
    crs: CRS | None
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


def refused(path, what, zh):
    """Return the error that names a file and what is wrong with it."""
    name = str(path).rsplit("/", 1)[-1]
    return InputError(f"{name}: {what}", zh=f"{name}：{zh}")


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
        raise refused(path, "is neither GeoTIFF nor JPEG 2000", "不是 GeoTIFF 或 JPEG 2000 文件")
    try:
        source = rasterio.open(path, driver=driver)
    except RasterioError as error:
        raise refused(
            path,
            f"its header cannot be read, the file is broken or cut off: {error}",
            "文件头读不出来，文件已损坏或被截断",
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
    return move.transform_bounds(*bounds, densify_pts=21)


def pixels(layer, place: Place, *, own: bool, nodata=None, nearest=False) -> np.ndarray:
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
            with WarpedVRT(
                source, crs=place.crs.to_wkt(), resampling=how, src_nodata=fill, nodata=fill, **grid
            ) as warped:
                return warped.read(bands)
        except (RasterioError, MemoryError) as error:
            raise refused(
                layer.path,
                f"its header promises {source.width} x {source.height} pixels, but they cannot be read; "
                f"the file is cut off or broken: {error}",
                f"文件头声明 {source.width} x {source.height} 像元，但读不出来，文件被截断或已损坏",
            ) from error


def refuse_cut_off(source, path, window=None):
    """Raise InputError when blocks of a GeoTIFF, or the boxes of a JPEG 2000, end behind the end of the file."""
    if str(path).startswith(("/vsi", "http")):
        return
    size = Path(path).stat().st_size
    end = _last_byte_jp2(path, size) if source.driver == "JP2OpenJPEG" else _last_byte_tiff(source, window)
    if end > size:
        raise refused(
            path,
            f"is cut off: {source.width} x {source.height} pixels need {end:,} bytes, the file has {size:,}",
            f"文件被截断：{source.width} x {source.height} 像元至少需要 {end:,} 字节，文件只有 {size:,} 字节",
        )


def _last_byte_tiff(source, window):
    rows, columns = source.block_shapes[0]
    down, across = -(-source.height // rows), -(-source.width // columns)
    bands = (1, source.count)
    blocks = {(across - 1, down - 1), (0, 0)}  # the last block stands last in most files, in a COG the first one may
    if window is not None:
        xs = range(int(window.col_off) // columns, int(window.col_off + window.width - 1) // columns + 1)
        ys = range(int(window.row_off) // rows, int(window.row_off + window.height - 1) // rows + 1)
        if len(xs) * len(ys) <= 4096:
            blocks |= {(x, y) for x in xs for y in ys}
    end = 0
    for x, y in blocks:
        for band in bands:
            offset = source.get_tag_item(f"BLOCK_OFFSET_{x}_{y}", "TIFF", bidx=band)
            length = source.get_tag_item(f"BLOCK_SIZE_{x}_{y}", "TIFF", bidx=band)
            if offset and length:
                end = max(end, int(offset) + int(length))
    return end


def _last_byte_jp2(path, size):
    """Return where the boxes of a JPEG 2000 file say that it ends."""
    with Path(path).open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if at == 0 and head[4:8] != b"jP  ":
                return 0  # a bare code stream has no boxes
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length == 0:
                return size
            at += max(length, 8)
        return at


def _told(bounds):
    return ", ".join(f"{value:.6g}" if abs(value) < 1000 else f"{value:.0f}" for value in bounds)


def shown(layer, place: Place) -> np.ndarray:
    """Return the mask of a file on its own grid, 0 where it shows nothing."""
    with opened(layer.path) as source:
        t = source.transform
        column, row = round((place.transform.c - t.c) / t.a), round((place.transform.f - t.f) / t.e)
        return source.dataset_mask(window=Window(column, row, place.width, place.height))
