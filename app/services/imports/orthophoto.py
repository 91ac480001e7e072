"""A picture of one's own from above, to find a terrace by."""

from pathlib import Path

import numpy as np
import rasterio
import rioxarray
import xarray as xr
from rasterio.errors import RasterioError

from agro.errors import InputError
from agro.farm import Finding, Preview, Viewer
from app.services.imports.report import Report
from app.services.platform import Platform

COLOURS = 3
MOST_PIXELS = 120_000_000  # of three bytes; larger pictures are cut or thinned before they come here


def preview(viewer: Viewer, home: Platform, path: Path, *, crs: str | None = None) -> Preview:
    """Return the size and the ground cell of the picture."""
    return Preview("orthophoto", path.name, None, [_described(_read(path, crs))])


def commit(viewer: Viewer, home: Platform, path: Path, *, crs: str | None = None) -> Report:
    """Store the picture; it lies over the relief on the maps."""
    picture = _read(path, crs)
    home.store.save_raster("orthophoto", picture.load(), source=path.name, by=viewer)
    counts = {"rows": picture.sizes["y"], "columns": picture.sizes["x"]}
    return Report("orthophoto", counts, [_described(picture)])


def _read(path: Path, crs: str | None) -> xr.DataArray:
    """Return red, green and blue as bytes; what is no georeferenced colour picture is refused."""
    try:
        with rasterio.open(path) as file:
            bands, kind, known, pixels = file.count, file.dtypes[0], file.crs or crs, file.width * file.height
        opened = rioxarray.open_rasterio(path)
    except (RasterioError, OSError, ValueError) as error:
        raise _refused(path, f"is no picture that can be read: {error}", f"无法读取的图片：{error}") from error
    if bands < COLOURS or kind != "uint8":
        raise _refused(
            path,
            f"has {bands} bands of {kind}; an orthophoto needs red, green and blue as bytes",
            f"有 {bands} 个 {kind} 波段；正射影像需要红、绿、蓝三个字节波段",
        )
    if not known:
        raise _refused(path, "names no CRS; give --crs", "没有坐标系；请用 --crs 给出")
    if pixels > MOST_PIXELS:
        raise _refused(
            path,
            f"has {pixels / 1e6:.0f} million pixels; at most {MOST_PIXELS / 1e6:.0f} million",
            f"有 {pixels / 1e6:.0f} 百万像素；最多 {MOST_PIXELS / 1e6:.0f} 百万",
        )
    assert isinstance(opened, xr.DataArray)  # noqa: S101  one group of bands
    picture = opened.isel(band=slice(0, COLOURS)).assign_coords(band=np.arange(1, COLOURS + 1))
    return picture.rio.write_crs(known)


def _described(picture: xr.DataArray) -> Finding:
    rows, columns = picture.sizes["y"], picture.sizes["x"]
    cell, crs = abs(picture.rio.resolution()[0]), picture.rio.crs.to_string()
    return Finding(
        "info",
        f"orthophoto: {columns} x {rows} pixels of {cell:.3g}, {crs}",
        f"正射影像：{columns} × {rows} 像素，像元 {cell:.3g}，{crs}",
    )


def _refused(path: Path, en: str, zh: str) -> InputError:
    return InputError(f"{path.name} {en}", zh=f"{path.name} {zh}")
