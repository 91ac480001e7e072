"""One part of the ground that a scene shows: read, masked, lit evenly, measured plot by plot, its pixels put aside."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import InputError
from agro.store.scenes import QUALITY
from app.services.imagery import plot_table, relief, scenes
from app.services.imagery.extent import Bounds
from app.services.platform import Platform
from remote_sensing import cog, illumination, masks
from remote_sensing.scene import Quality, Scene
from remote_sensing.sensor import Sensor

BRIGHTEST = 255
Read = Callable[[Bounds, str], Scene]


@dataclass(frozen=True)
class Piece:
    """One part of the ground after all was done to it; its pixels wait in `files`, by part of the scene.

    Attributes
    ----------
    scene : Scene
        Without pixels.
    seen : int
        Pixels that show something.
    cloud : float
        Share of them under cloud or its shadow. [1]
    relief : bool
        Whether the elevation model reaches here.
    """

    files: dict[str, Path]
    table: pd.DataFrame
    scene: Scene
    roles: tuple[str, ...]
    seen: int
    cloud: float
    relief: bool


def treated(
    home: Platform, camera: Sensor, plots: gpd.GeoDataFrame, bounds: Bounds, read: Read, folder: Path
) -> Piece | None:
    """Return one part of the ground from its pixels to its numbers; None where the picture does not reach it."""
    crs = home.store.region().crs
    scene = read(bounds, crs)
    if not any(np.isfinite(grid).any() for grid in scene.grids.values()):
        return None
    fine = scene.grids[scene.finest]
    terrain = relief.under(home, fine)
    before = () if scene.about.get("relative") else scenes.before(home, scene.sensor, scene.time, fine)
    reference = masks.reference(before, scene.time)
    scene = masks.quality(scene, camera, terrain, reference)
    if terrain is not None and not scene.about.get("terrain_corrected"):
        scene, _ = illumination.corrected(scene, terrain)
    scene = scene.with_(grids={cell: _as_stored(grid, camera, scene.product) for cell, grid in scene.grids.items()})
    assert scene.quality is not None  # noqa: S101  `masks.quality` gives one
    table = plot_table.of_scene(scene, plots, camera, terrain)
    folder.mkdir()
    tags = {
        "sensor": camera.key, "product": scene.product, "datetime": scene.time.isoformat(),
        "synthetic": str(bool(scene.about.get("synthetic") or home.store.region().synthetic)),
    }  # fmt: skip
    files = {f"{cell:g}": folder / f"{cell:g}.tif" for cell in scene.grids} | {QUALITY: folder / "quality.tif"}
    for cell, grid in scene.grids.items():
        cog.write(files[f"{cell:g}"], grid, kind_of(camera), tags)
    cog.write(files[QUALITY], scene.quality, "classes", tags)
    bare = scene.with_(grids={}, quality=None)
    seen = int((scene.quality.to_numpy() & Quality.NODATA == 0).sum())
    return Piece(files, table, bare, scene.roles, seen, plot_table.cloud_share(scene), terrain is not None)


def kind_of(camera: Sensor) -> str:
    """Return as what `cog` keeps the numbers of a camera: colours of 8 bits stay as they are."""
    return "rgb" if camera.scale == 1 else "reflectance"


def _as_stored(grid: xr.DataArray, camera: Sensor, product: str) -> xr.DataArray:
    """Return numbers as they come back from their file, so that what is told of plots is what files show.

    Raises
    ------
    InputError
        For colours beyond 8 bits.
    """
    if kind_of(camera) == "rgb":
        if (highest := float(np.nanmax(grid.to_numpy(), initial=0.0))) > BRIGHTEST:
            raise InputError(
                f"{product}: a colour picture has numbers from 0 to {BRIGHTEST}, here they reach {highest:.0f}; "
                "write it with 8 bits a band, or name another sensor",
                zh=f"{product}：彩色影像的数值应在 0–{BRIGHTEST}，这里最大到 {highest:.0f}；"
                "请转成 8 位，或指定其他传感器",
            )
        return grid.copy(data=np.rint(grid.to_numpy()))
    return grid.copy(data=(np.rint(grid.to_numpy() / cog.SCALE) * cog.SCALE).astype(np.float32))
