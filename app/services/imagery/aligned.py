"""Pictures that lie aside: laid on the Sentinel-2 scene nearest in time, as one shift, noted with the scene."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr
from pyproj import CRS
from rasterio.enums import Resampling

from agro.errors import InputError
from agro.farm import Finding
from agro.store import StoredScene
from app.services.imagery import scenes
from app.services.imagery.extent import Bounds
from app.services.platform import Platform
from remote_sensing import coregistration
from remote_sensing.coregistration import Shift
from remote_sensing.scene import LOST, Scene
from remote_sensing.sensor import Sensor

REFERENCE = "sentinel2_l2a"
ROLES = ("nir", "red")
"""Bands that are compared, the one that haze changes least first."""
CLEAR = 0.2  # share under cloud that a scene to lie on may have
TRIES = 3  # pieces of the picture, and scenes, that are looked at before it is given up
Read = Callable[[Bounds, str], Scene]


@dataclass(frozen=True)
class Aligned:
    """How a picture is read so that it lies right.

    Attributes
    ----------
    dx, dy : float
        What is added to its coordinates: whole cells, so that nothing is resampled. [m]
    about : dict or None
        What is noted with the scene; None where its producer lays it on Sentinel-2's reference itself.
    findings : tuple of Finding
    """

    read: Read
    dx: float = 0.0
    dy: float = 0.0
    about: dict[str, Any] | None = None
    findings: tuple[Finding, ...] = ()

    def moved(self, box: Bounds | None) -> Bounds | None:
        """Return where ground lies that the files have at `box`."""
        return None if box is None else (box[0] + self.dx, box[1] + self.dy, box[2] + self.dx, box[3] + self.dy)


def aligned(home: Platform, camera: Sensor, read: Read, parts: Sequence[Bounds], time: datetime | None) -> Aligned:
    """Return how a picture is read so that it lies on Sentinel-2; as it is, where that cannot be told.

    Parameters
    ----------
    parts : sequence of tuple of float
        The ground that will be read, in the region's CRS; the largest are looked at.
    time : datetime, optional
        When it was taken: the clear scene nearest in time is lain on.

    Notes
    -----
    The shift is rounded to whole cells, or dates of one sensor would no longer lie on one lattice: half a cell of it
    remains at most, which the inward buffer of the sensor covers.
    """
    if camera.registered:
        return Aligned(read)
    crs, why = home.store.region().crs, None
    largest = sorted(parts, key=lambda box: (box[0] - box[2]) * (box[3] - box[1]))[:TRIES]
    for bounds in largest:
        scene = read(bounds, crs)
        for stored in _references(home, time or scene.time, bounds, crs):
            try:
                found = _shift(home, scene, stored)
            except InputError as error:
                why = why or error
                continue
            if found is not None:
                return _moved(read, scene, stored, found)
    return Aligned(read, about={"applied": False, "why": str(why or "no reference")}, findings=(_untold(why),))


def _references(home: Platform, time: datetime, bounds: Bounds, crs: str) -> Iterator[StoredScene]:
    """Yield the clear scenes that may be lain on here, the nearest in time first."""
    clear = [one for one in home.store.scenes("satellite", sensor=REFERENCE) if (one.cloud or 0.0) < CLEAR]
    clear = [one for one in clear if CRS.from_user_input(one.crs) == CRS.from_user_input(crs)]
    count = 0
    for one in sorted(clear, key=lambda each: abs(each.time - time)):
        kept = scenes.in_region(one, crs)
        if kept[0] < bounds[2] and bounds[0] < kept[2] and kept[1] < bounds[3] and bounds[1] < kept[3]:
            count += 1
            yield one
        if count == TRIES:
            return


def _shift(home: Platform, scene: Scene, stored: StoredScene) -> Shift | None:
    """Return how far a scene lies beside a stored one; None where they have no band in common."""
    role = next((one for one in ROLES if one in scene.roles and one in (stored.about or {}).get("roles", ())), None)
    if role is None:
        return None
    moving = _shown(scene, role)
    west, south, east, north = map(float, moving.rio.bounds())
    reference = _shown(scenes.loaded(home, stored, (west, south, east, north), [role]), role)
    how = Resampling.average if scene.cell(role) < abs(reference.rio.resolution()[0]) else Resampling.bilinear
    here = moving.rio.write_nodata(np.nan).rio.reproject_match(reference, resampling=how)
    return coregistration.shift(reference.to_numpy(), here.to_numpy(), abs(float(reference.rio.resolution()[0])))


def _shown(scene: Scene, role: str) -> xr.DataArray:
    """Return one band, NaN where the quality says that the ground is not seen."""
    layer = scene.band(role)
    if scene.quality is None or scene.quality.shape != layer.shape:
        return layer
    return layer.where((scene.quality.to_numpy() & np.uint8(LOST)) == 0)


def _moved(read: Read, scene: Scene, stored: StoredScene, found: Shift) -> Aligned:
    cell = max(scene.grids)
    dx, dy = (float(np.rint(one / cell) * cell) for one in (found.dx, found.dy))

    def moved(bounds: Bounds, crs: str) -> Scene:
        west, south, east, north = bounds
        seen = read((west - dx, south - dy, east - dx, north - dy), crs)
        quality = None if seen.quality is None else _put(seen.quality, dx, dy)
        return seen.with_(grids={size: _put(grid, dx, dy) for size, grid in seen.grids.items()}, quality=quality)

    about = {
        "applied": True, "dx": dx, "dy": dy, "found_dx": found.dx, "found_dy": found.dy, "spread": found.spread,
        "tiles": found.tiles, "reference": stored.product,
    }  # fmt: skip
    day = f"{stored.time:%Y-%m-%d}"
    if not (dx or dy):
        en, zh = f"lies on Sentinel-2 of {day} to within a cell", f"与 {day} 的哨兵二号位置一致（相差不到一个像元）"
    else:
        en = f"moved by {dx:g} m east and {dy:g} m north, to lie on Sentinel-2 of {day}"
        zh = f"已向东移 {dx:g} 米、向北移 {dy:g} 米，与 {day} 的哨兵二号对齐"
    return Aligned(moved if dx or dy else read, dx, dy, about, (Finding("info", en, zh),))


def _put(grid: xr.DataArray, dx: float, dy: float) -> xr.DataArray:
    """Return a grid at another place; the transform that rioxarray may have kept is of the old one."""
    put = grid.assign_coords(x=grid["x"] + dx, y=grid["y"] + dy)
    return put.rio.write_transform(put.rio.transform(recalc=True))


def _untold(why: InputError | None) -> Finding:
    """Return what is said of a picture that lies as its files say."""
    if why is None:
        return Finding(
            "warning",
            "no clear Sentinel-2 scene to lay it on: outlines of plots may lie aside in it by some metres; bring one "
            "in first, then remove this scene and import it again",
            "没有可作参照的晴空哨兵二号影像：这一景的位置可能偏几米到几十米；请先导入哨兵二号，再删除并重新导入这一景",
        )
    return Finding(
        "warning",
        f"could not be laid on Sentinel-2, it lies as its files say: {why}",
        f"没能与哨兵二号对齐，按文件原有位置导入：{why.zh}",
    )
