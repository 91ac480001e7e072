"""Pictures in: read around the plots, masked, lit evenly, measured plot by plot, kept as files; twice is once."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio

from agro.errors import InputError, NotAllowedError
from agro.farm import Finding, Viewer
from agro.store import StoredScene, rights
from app.services.imagery import aligned, assembled, checksum, extent, piece, scene_findings, standing
from app.services.imagery.extent import Bounds
from app.services.imagery.piece import Read
from app.services.platform import Platform
from remote_sensing import reading
from remote_sensing.reading import raster
from remote_sensing.scene import Scene
from remote_sensing.sensor import Sensor

CACHE = 128 * 1024**2  # bytes of blocks that GDAL may keep; left to itself a twentieth of the machine's memory
Progress = Callable[..., None]


@dataclass(frozen=True)
class Brought:
    """What became of one picture.

    Attributes
    ----------
    told : str
        "added", "same" (it stood already, nothing was written) or "replaced" (processed anew by its producer, or read
        again as plots came after it).
    plots : int
        Plots of which it says something.
    """

    scene: StoredScene
    told: str
    plots: int = 0
    findings: tuple[Finding, ...] = ()


def require(viewer: Viewer) -> None:
    """Return when `viewer` may bring in satellite pictures, which show everybody's plots.

    Raises
    ------
    NotAllowedError
        For who may only bring in drone pictures of own plots.
    """
    rights.require(viewer, "scene.import")
    if rights.reach(viewer.role, "scene.import") != "open":
        raise NotAllowedError(
            "satellite pictures are brought in by the station, an agronomist or the administrator; "
            "drone mosaics of your own plots you may",
            zh="卫星影像由植保站、农技员或管理员导入；您可以导入自家果园的无人机影像",
        )


def satellite(
    viewer: Viewer,
    home: Platform,
    path: Path,
    *,
    sensor_key: str | None = None,
    time: datetime | None = None,
    offset: float | None = None,
    relative: bool = False,
    synthetic: bool | None = None,
    progress: Progress = lambda done, total, note="": None,
) -> Brought:
    """Return what became of one satellite scene: a SAFE folder or zip, a folder of files, one file, a STAC item.

    Parameters
    ----------
    sensor_key : str, optional
        Key of a sensor where the files do not tell it.
    time : datetime, optional
        When it was taken, where the files do not tell it; it then tells two pictures of one name apart.
    offset : float, optional
        Overrules the offset of Sentinel-2's processing baseline.
    relative : bool
        The numbers are no reflectance: only differences within a date are used.
    synthetic : bool, optional
        Whether it is invented; by default as its files or the region say.

    Raises
    ------
    InputError
        For files that are missing, cut off or not known; nothing was stored.
    """
    require(viewer)
    path = Path(path)
    progress(0, 4, "核对文件 checking the files")
    digest = checksum.of(path)
    found = reading.recognise(path, sensor_key, time=time)
    if found.camera.kind == "drone":
        raise InputError(
            f"{path.name}: this is a drone's picture; import it as a mosaic",
            zh=f"{path.name}：这是无人机影像，请按正射影像导入",
        )

    def read(bounds: Bounds, crs: str) -> Scene:
        return reading.read(
            found, bounds=bounds, crs=crs, time=time, offset=offset, relative=relative, into=home.store.region().crs
        )

    reaches, cell = footprint(found, home.store.region().crs)
    return keep(
        viewer, home, found.camera, found.product, digest, read, reaches, time=found.time, cell=cell,
        source=path.name, synthetic=synthetic, progress=progress,
    )  # fmt: skip


def keep(
    viewer: Viewer, home: Platform, camera: Sensor, product: str, digest: str, read: Read, reaches: Bounds | None, *,
    source: str, time: datetime | None = None, cell: float | None = None, synthetic: bool | None = None,
    progress: Progress = lambda done, total, note="": None,
) -> Brought:  # fmt: skip
    """Return what became of a scene that `read` gives by bounds; see `satellite`.

    Parameters
    ----------
    reaches : tuple of float or None
        The ground that the picture shows, in the region's CRS; None where that is not known before reading.
    time : datetime, optional
        When it was taken, where that is known before reading.
    cell : float, optional
        Of its finest band, where its files tell; else as its sensor's file says. [m]

    Raises
    ------
    InputError
        When another picture stands under its name, or it shows no plot; nothing was stored.
    """
    require(viewer)
    known, plots = home.store.scene_of(camera.key, product), extent.plots(home)
    late = 0
    if known is not None:
        standing.require_same(known, time, reaches, plots.crs)
        late = int(standing.lacking(known, plots).sum())
        if known.checksum == digest and not late:
            there = Finding("info", f"{product} is there already", f"{product} 已经有了，没有改动")
            return Brought(known, "same", findings=(there,))
    finest = cell or min((band.cell for band in camera.bands.values()), default=10.0)
    parts, done = _shown_parts(plots, finest, reaches), []
    waiting = tempfile.TemporaryDirectory(dir=home.store.folder("cache"), prefix="scene-")
    with waiting as folder, rasterio.Env(GDAL_CACHEMAX=CACHE):
        placed = aligned.aligned(home, camera, read, [bounds for bounds, _ in parts], time)
        reaches = placed.moved(reaches)
        parts = _shown_parts(plots, finest, reaches)
        for k, (bounds, some) in enumerate(parts):
            progress(1 + 2 * k // len(parts), 4, f"读取与订正 {k + 1}/{len(parts)} reading and correcting")
            one = piece.treated(home, camera, plots[some], bounds, placed.read, Path(folder) / str(k))
            if one is not None:
                done.append(one)
        if not done:
            raise InputError(
                f"{product}: the picture shows none of the plots", zh=f"{product}：影像没有覆盖任何地块，未导入"
            )
        progress(3, 4, "写入 writing")
        told_of = {
            "asked": [[round(edge, 1) for edge in box] for box, _ in parts],
            "reaches": reaches and list(reaches), "registration": placed.about,
        }  # fmt: skip
        scene, writers = assembled.scene_of(home, camera, product, digest, done, plots, source, synthetic, told_of)
        if known is not None:
            standing.require_same(known, scene.time, None, plots.crs)
        stored, told = home.store.save_scene(scene, writers, again=late > 0, by=viewer)
    table = pd.concat([one.table for one in done])
    count = int(table["plot"].nunique())
    progress(4, 4, "完成 done")
    anew = known is not None and known.checksum != digest
    findings = (*scene_findings.of_scene(stored, done, count, plots, anew, late), *placed.findings)
    return Brought(stored, told, count, findings)


def _shown_parts(plots: gpd.GeoDataFrame, cell: float, reaches: Bounds | None) -> list[tuple[Bounds, np.ndarray]]:
    """Return the pieces of ground around the plots that a picture shows."""
    return [one for one in extent.pieces(plots, cell) if reaches is None or _overlap(one[0], reaches)]


def footprint(found: reading.Found, crs: str) -> tuple[Bounds | None, float | None]:
    """Return the ground that a picture on the disk shows, in `crs`, and its finest cell [m]; None where not told."""
    heads = {layer.path: raster.header(layer.path) for layer in found.layers.values()}
    placed = [one for one in heads.values() if one.crs is not None and not one.transform.is_identity]
    if not placed:
        return None, None
    boxes = [tuple(map(float, raster.moved_bounds(one.bounds, one.crs, crs))) for one in placed]
    cells = [
        float(np.sqrt((east - west) * (north - south) / (one.width * one.height)))
        for one, (west, south, east, north) in zip(placed, boxes, strict=True)
    ]
    return boxes[0], min(cells)  # type: ignore[return-value]


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
