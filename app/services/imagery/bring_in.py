"""Pictures in: read around the plots, masked, lit evenly, measured plot by plot, kept as files; twice is once."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import rasterio
import xarray as xr

from agro.errors import InputError, NotAllowedError
from agro.farm import Finding, Viewer
from agro.store import StoredScene, rights
from agro.store.scenes import PLOTS, QUALITY, Writer
from app.services.imagery import aligned, checksum, extent, pieces, plot_table, relief, scenes, standing
from app.services.imagery.extent import Bounds
from app.services.platform import Platform, region_or_none
from remote_sensing import cog, illumination, indices, masks, reading, sensor
from remote_sensing.reading import raster
from remote_sensing.scene import Quality, Scene
from remote_sensing.sensor import Sensor

CACHE = 128 * 1024**2  # bytes of blocks that GDAL may keep; left to itself a twentieth of the machine's memory
BRIGHTEST = 255
Progress = Callable[..., None]
Read = Callable[[Bounds, str], Scene]


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
            piece = _piece(home, camera, plots[some], bounds, placed.read, Path(folder) / str(k))
            if piece is not None:
                done.append(piece)
        if not done:
            raise InputError(
                f"{product}: the picture shows none of the plots", zh=f"{product}：影像没有覆盖任何地块，未导入"
            )
        progress(3, 4, "写入 writing")
        told_of = {
            "asked": [[round(edge, 1) for edge in box] for box, _ in parts],
            "reaches": reaches and list(reaches), "registration": placed.about,
        }  # fmt: skip
        scene, writers = _whole(home, camera, product, digest, done, plots, source, synthetic, told_of)
        if known is not None:
            standing.require_same(known, scene.time, None, plots.crs)
        stored, told = home.store.save_scene(scene, writers, again=late > 0, by=viewer)
    table = pd.concat([piece.table for piece in done])
    count = int(table["plot"].nunique())
    progress(4, 4, "完成 done")
    anew = known is not None and known.checksum != digest
    findings = (*_findings(stored, done, count, plots, anew, late), *placed.findings)
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


def _piece(
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
        cog.write(files[f"{cell:g}"], grid, _kind(camera), tags)
    cog.write(files[QUALITY], scene.quality, "classes", tags)
    bare = scene.with_(grids={}, quality=None)
    seen = int((scene.quality.to_numpy() & Quality.NODATA == 0).sum())
    return Piece(files, table, bare, scene.roles, seen, plot_table.cloud_share(scene), terrain is not None)


def _kind(camera: Sensor) -> str:
    """Return as what `cog` keeps the numbers of a camera: colours of 8 bits stay as they are."""
    return "rgb" if camera.scale == 1 else "reflectance"


def _as_stored(grid: xr.DataArray, camera: Sensor, product: str) -> xr.DataArray:
    """Return numbers as they come back from their file, so that what is told of plots is what files show.

    Raises
    ------
    InputError
        For colours beyond 8 bits.
    """
    if _kind(camera) == "rgb":
        if (highest := float(np.nanmax(grid.to_numpy(), initial=0.0))) > BRIGHTEST:
            raise InputError(
                f"{product}: a colour picture has numbers from 0 to {BRIGHTEST}, here they reach {highest:.0f}; "
                "write it with 8 bits a band, or name another sensor",
                zh=f"{product}：彩色影像的数值应在 0–{BRIGHTEST}，这里最大到 {highest:.0f}；"
                "请转成 8 位，或指定其他传感器",
            )
        return grid.copy(data=np.rint(grid.to_numpy()))
    return grid.copy(data=(np.rint(grid.to_numpy() / cog.SCALE) * cog.SCALE).astype(np.float32))


def _whole(
    home: Platform, camera: Sensor, product: str, digest: str, done: Sequence[Piece], plots: gpd.GeoDataFrame,
    source: str, synthetic: bool | None, told_of: dict[str, Any],
) -> tuple[StoredScene, dict[str, Writer]]:  # fmt: skip
    """Return the scene of all pieces as the catalogue keeps it, and what writes its parts."""
    first, region = done[0].scene, region_or_none(home)
    table = pd.concat([piece.table for piece in done], ignore_index=True).sort_values(["plot", "index"])
    invented = bool(first.about.get("synthetic") or (region and region.synthetic)) if synthetic is None else synthetic
    kinds = sorted({part for piece in done for part in piece.files})
    about = {
        **{key: value for key, value in first.about.items() if _plain(value)},
        **{name: getattr(first, name) for name in scenes.ANGLES},
        "roles": list(done[0].roles), "cells": sorted(float(one) for one in kinds if one != QUALITY),
        "outlines": plot_table.outlines_key(plots), "pieces": len(done), **told_of,
    }  # fmt: skip
    parts: dict[str, Writer] = {part: _writer(done, part, _kind(camera)) for part in kinds}
    parts[PLOTS] = lambda path: table_written(table, path)
    bounds, crs = _ground(done)
    seen = [piece.seen for piece in done]
    cloud = float(np.average([piece.cloud for piece in done], weights=seen)) if any(seen) else 0.0
    scene = StoredScene(
        camera.key, product, "satellite", first.time, crs, bounds, cloud, _valid(table), about,
        str(first.about.get("source") or source), invented, digest,
    )  # fmt: skip
    return scene, parts


def _writer(done: Sequence[Piece], part: str, kind: str) -> Writer:
    files = [piece.files[part] for piece in done if part in piece.files]
    kind, empty = ("classes", int(Quality.NODATA)) if part == QUALITY else (kind, 0 if kind == "rgb" else cog.NODATA)
    return lambda path: pieces.together(files, path, kind, empty)


def _ground(done: Sequence[Piece]) -> tuple[Bounds, str]:
    """Return the box of all pieces [degrees] and their CRS."""
    boxes = []
    for piece in done:
        with rasterio.open(piece.files[QUALITY]) as file:
            boxes.append(file.bounds)
            crs = file.crs
    west, south, east, north = (f(box[k] for box in boxes) for k, f in enumerate((min, min, max, max)))
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return to_degrees.transform_bounds(west, south, east, north), crs.to_string()


def retabulated(home: Platform, stored: StoredScene, plots: gpd.GeoDataFrame) -> bool:
    """Return whether the plot table of a scene had to be made again, as plots came, went or changed their outlines."""
    key = plot_table.outlines_key(plots)
    if (stored.about or {}).get("outlines") == key:
        return False
    scene = scenes.loaded(home, stored)
    terrain = relief.under(home, scene.grids[scene.finest])
    table = plot_table.of_scene(scene, plots, sensor.named(stored.sensor), terrain)
    home.store.save_scene_part(
        stored.id, PLOTS, lambda path: table_written(table, path), about={"outlines": key}, valid=_valid(table),
        by=rights.OPERATOR,
    )  # fmt: skip
    return True


def table_written(table: pd.DataFrame, path: Path) -> None:
    """Write an observation table in groups of rows that a filter on plots can skip."""
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd", row_group_size=20_000)


def _valid(table: pd.DataFrame) -> float | None:
    """Return the mean share of the plots that the scene shows."""
    seen = table[table["index"] == "ndvi"] if len(table) else table
    return None if seen.empty else float(np.nanmean(seen["valid_fraction"]))


def _plain(value: Any) -> bool:
    if isinstance(value, float):
        return np.isfinite(value)  # JSON knows no NaN
    if isinstance(value, (list, tuple)):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return value is None or isinstance(value, (str, int, bool))


def _findings(
    stored: StoredScene, done: Sequence[Piece], count: int, plots: gpd.GeoDataFrame, anew: bool, late: int
) -> list[Finding]:
    about = stored.about or {}
    day, n = f"{stored.time:%Y-%m-%d}", len(plots)
    lit = scenes.lit_bands(about)
    if not indices.possible(about["roles"], "satellite"):
        found = [
            Finding(
                "info",
                f"{stored.sensor} {day}: a picture only to be looked at: its bands tell nothing of how well trees grow",
                f"{stored.sensor} {day}：只能看图：这些波段算不出长势",
            )
        ]
    else:
        found = [
            Finding(
                "info",
                f"{stored.sensor} {day}: {count} of {n} plots seen, {100 * (stored.cloud or 0):.0f} % cloud",
                f"{stored.sensor} {day}：看清 {count}/{n} 个地块，云及云影 {100 * (stored.cloud or 0):.0f} %",
            )
        ]
    if about.get("correction"):
        found.append(
            Finding(
                "info",
                f"light on slopes was put right in: {', '.join(lit) or 'no band'}",
                f"已做地形光照订正的波段：{'、'.join(lit) or '无'}",
            )
        )
    if about.get("mask") == "rule":
        found.append(
            Finding(
                "warning",
                "the files carry no classes: clouds were told by rules whose accuracy is not known",
                "文件没有云分类层：用规则判云，准确度未知",
            )
        )
    if not all(piece.relief for piece in done) and any(piece.relief for piece in done):
        found.append(
            Finding(
                "warning",
                "the elevation model does not reach all plots: shadow and light of slopes are not told beyond it",
                "高程数据没有覆盖所有地块：范围之外没有做山影和坡面光照处理",
            )
        )
    if anew:
        found.append(Finding("info", "an earlier processing was replaced", "替换了同一景的旧处理版本"))
    if late:
        found.append(
            Finding(
                "info", f"read again for {late} plots that came after it", f"已重新读取，补上后来导入的 {late} 个地块"
            )
        )
    return found
