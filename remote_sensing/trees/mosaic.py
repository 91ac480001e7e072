"""Orthomosaics of a drone, read by windows: a picture of several gigabytes is never in memory as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.windows import Window
from shapely.geometry import box

from agro.errors import InputError
from remote_sensing.trees.settings import settings

CACHE = 128 * 1024 * 1024  # bytes of blocks that GDAL may keep


@dataclass(frozen=True)
class Picture:
    """A window of a mosaic: rgb (3, y, x) uint8, valid (y, x) bool, its upper left corner and cell in m."""

    rgb: np.ndarray
    valid: np.ndarray
    left: float
    top: float
    cell: float

    @property
    def transform(self):
        """The affine transform of its pixels."""
        return Affine(self.cell, 0, self.left, 0, -self.cell, self.top)


@dataclass(frozen=True)
class Mosaic:
    """An orthomosaic that can be worked on.

    Attributes
    ----------
    path : Path
    crs : rasterio.crs.CRS or None
        Projected, in metres; None for a picture without place whose pixel size was told.
    left, top : float
        Upper left corner. [m]
    width, height : int
        Pixels of the file.
    pixel : float
        Their side. [m]
    cell : float
        Side of the pixels it is read at. [m]
    alpha : int or None
        Band that says where there is a picture.
    left_out : tuple of int
        Bands that are neither colour nor alpha and are left out.
    grey : bool
        One band stands for all colours: only light and dark can be told apart.
    """

    path: Path
    crs: rasterio.crs.CRS | None
    left: float
    top: float
    width: int
    height: int
    pixel: float
    cell: float
    alpha: int | None
    left_out: tuple[int, ...] = ()
    grey: bool = False

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, bottom, right, top. [m]"""
        return self.left, self.top - self.height * self.pixel, self.left + self.width * self.pixel, self.top

    def window(self, bounds: tuple[float, float, float, float]) -> Picture:
        """Return the picture within `bounds`, moved outwards to whole cells; beyond the file it is not valid."""
        k = self.cell / self.pixel
        c0, c1 = np.floor((bounds[0] - self.left) / self.cell), np.ceil((bounds[2] - self.left) / self.cell)
        r0, r1 = np.floor((self.top - bounds[3]) / self.cell), np.ceil((self.top - bounds[1]) / self.cell)
        shape = (int(r1 - r0), int(c1 - c0))
        rgb, valid = np.zeros((3, *shape), np.uint8), np.zeros(shape, bool)
        held_r, held_c = (int(size / k + 1e-6) for size in (self.height, self.width))
        a0, a1, b0, b1 = max(r0, 0), min(r1, held_r), max(c0, 0), min(c1, held_c)
        if a1 > a0 and b1 > b0:
            inner = Window(b0 * k, a0 * k, (b1 - b0) * k, (a1 - a0) * k)
            part = np.s_[int(a0 - r0) : int(a1 - r0), int(b0 - c0) : int(b1 - c0)]
            rgb[(slice(None), *part)], valid[part] = self._read(inner, (int(a1 - a0), int(b1 - b0)))
        return Picture(rgb, valid, self.left + c0 * self.cell, self.top - r0 * self.cell, self.cell)

    def _read(self, window, shape):
        """Return colours and validity of a window of the file, averaged to `shape`."""
        try:
            with rasterio.Env(GDAL_CACHEMAX=CACHE), rasterio.open(self.path) as source:
                resampling = Resampling.average if self.cell > self.pixel * 1.01 else Resampling.nearest
                bands = [1, 1, 1] if self.grey else [1, 2, 3]
                rgb = source.read(bands, window=window, out_shape=(3, *shape), resampling=resampling)
                if self.alpha:
                    seen = source.read(self.alpha, window=window, out_shape=shape, resampling=resampling) > 127
                else:
                    seen = source.dataset_mask(window=window, out_shape=shape) > 0
        except RasterioError as error:
            raise InputError(
                f"{self.path.name}: a part cannot be read ({error}); the file may be cut off, copy it again",
                zh=f"{self.path.name}：图像的一部分无法读取（{error}）；文件可能不完整，请重新复制",
            ) from error
        return rgb, seen & (rgb.max(axis=0) > 0)

    def windows(self, bounds, overlap) -> Iterator[tuple[tuple[float, float, float, float], Picture]]:
        """Yield cores that tile `bounds` without overlap, each with the picture of it and `overlap` [m] around."""
        left, bottom, right, top = bounds
        core = settings().check.core
        across = max(1, int(np.ceil((right - left) / (1.25 * core))))
        down = max(1, int(np.ceil((top - bottom) / (1.25 * core))))
        xs, ys = np.linspace(left, right, across + 1), np.linspace(bottom, top, down + 1)
        for y0, y1 in pairwise(ys):
            for x0, x1 in pairwise(xs):
                wide = (x0 - overlap, y0 - overlap, x1 + overlap, y1 + overlap)
                low, high = np.maximum(wide, self.bounds), np.minimum(wide, self.bounds)
                yield (x0, y0, x1, y1), self.window((low[0], low[1], high[2], high[3]))


def opened(path, diameter=None, pixel=None) -> Mosaic:
    """Return the mosaic in a GeoTIFF.

    Parameters
    ----------
    path : path-like
        RGB, or RGB and alpha, 8 bits a band.
    diameter : float, optional
        Crown diameter; wide crowns may be seen on coarser pixels. [m]
    pixel : float, optional
        Side of a pixel of a picture without place: it is then counted in, though what is found has no place. One grey
        band is enough there. [m]

    Raises
    ------
    InputError
        Not a picture; no colour; not 8 bits; no CRS or one in degrees or feet; turned or oblong pixels; too coarse.
    """
    path = Path(path)
    try:
        with rasterio.open(path) as source:
            return _checked(path, source, diameter, pixel)
    except RasterioError as error:
        raise InputError(
            f"{path.name}: not a picture that can be read ({error})", zh=f"{path.name}：不是可读取的图像（{error}）"
        ) from error


def _checked(path, source, diameter, pixel):
    rule = settings().check
    placeless = source.crs is None
    if placeless and pixel is None:
        raise _refused(
            path, "no coordinate system is given, so nothing has a place or a size; export it again as a georeferenced "
            "GeoTIFF (WebODM: orthophoto.tif)",
            "没有坐标系，无法确定位置和大小；请重新导出带地理参考的 GeoTIFF（WebODM：orthophoto.tif）",
        )  # fmt: skip
    if not placeless and (not source.crs.is_projected or abs(source.crs.linear_units_factor[1] - 1) > 1e-6):
        raise _refused(
            path, f"coordinates are not in metres ({source.crs.to_string()}); project it, for example to EPSG:32648",
            f"坐标单位不是米（{source.crs.to_string()}）；请投影，例如 EPSG:32648",
        )  # fmt: skip
    grey = source.count == 1 and placeless
    if source.count < 3 and not grey:
        raise _refused(
            path, f"{source.count} band(s); red, green and blue are needed to tell plants from soil",
            f"只有 {source.count} 个波段；区分植物和土壤需要红、绿、蓝三个波段",
        )  # fmt: skip
    if any(kind != "uint8" for kind in source.dtypes[:3]):
        raise _refused(
            path, f"numbers are {source.dtypes[0]}; 8 bits a band (0-255) are needed, as cameras and WebODM give them",
            f"数据类型为 {source.dtypes[0]}；需要每波段 8 位（0-255），即相机和 WebODM 的输出",
        )  # fmt: skip
    t = Affine(pixel, 0, 0, 0, -pixel, 0) if placeless else source.transform
    if abs(t.b) > 1e-9 or abs(t.d) > 1e-9 or t.a <= 0 or abs(t.a + t.e) > 0.01 * t.a:
        raise _refused(
            path, "pixels are turned or not square; warp it north up", "像元旋转或非正方形；请重采样为正北向上"
        )
    large = diameter is not None and diameter >= rule.small
    coarsest = rule.coarsest_large if large else rule.coarsest
    if t.a > coarsest:
        raise _refused(
            path, f"pixels of {100 * t.a:.0f} cm; at most {100 * coarsest:.0f} cm show single trees"
            + ("" if large else f" below {rule.small:.0f} m crown diameter"),
            f"像元 {100 * t.a:.0f} 厘米；识别单株树木最多 {100 * coarsest:.0f} 厘米"
            + ("" if large else f"（树冠小于 {rule.small:.0f} 米时）"),
        )  # fmt: skip
    alpha = next((i for i, kind in enumerate(source.colorinterp, 1) if kind == ColorInterp.alpha and i > 3), None)
    if alpha is None and source.count == 4 and source.dtypes[3] == "uint8" and _two_valued(source):
        alpha = 4
    others = tuple(i for i in range(4, source.count + 1) if i != alpha)
    cell = max(t.a, rule.cell) if t.a > 0.98 * rule.cell else rule.cell
    return Mosaic(path, source.crs, t.c, t.f, source.width, source.height, t.a, cell, alpha, others, grey)


def _two_valued(source):
    """Return whether band 4 looks like a mask: nearly all 0 or 255 in a thumbnail."""
    shape = tuple(min(size, 256) for size in source.shape)
    band = source.read(4, out_shape=shape, resampling=Resampling.nearest)
    return bool(np.isin(band, (0, 255)).mean() > 0.98)


def _refused(path, english, chinese):
    return InputError(f"{path.name}: {english}", zh=f"{path.name}：{chinese}")


def outline(mosaic):
    """Return the rectangle of a mosaic as a geometry in its CRS."""
    return box(*mosaic.bounds)
