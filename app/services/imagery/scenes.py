"""The scenes that are kept: which, how old, how much of the plots they show; and one as the library reads it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
import rasterio.warp
import xarray as xr
from pyproj import CRS

from agro.errors import ConflictError, InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Viewer
from agro.store import StoredScene, rights
from agro.store.scenes import MOSAIC, QUALITY
from app.services.imagery import clock
from app.services.imagery.extent import Bounds
from app.services.imagery.settings import number
from app.services.platform import Platform
from remote_sensing import cog, sensor
from remote_sensing.scene import Scene

Corners = tuple[float, float, float, float]
"""West, south, east, north. [degrees]"""
SHOWN = 5  # scenes that a refusal names
ANGLES = ("sun_zenith", "sun_azimuth", "view_zenith", "view_azimuth")
LISTED = (
    "id", "sensor", "sensor_zh", "sensor_en", "product", "kind", "time", "age", "cloud", "valid", "seen", "mask",
    "corrected", "synthetic", "source",
)  # fmt: skip


def listed(
    viewer: Viewer, home: Platform, kind: str | None = None, start: date | None = None, end: date | None = None
) -> pd.DataFrame:
    """Return the scenes that `viewer` may see, the newest first.

    Returns
    -------
    DataFrame
        `LISTED`: `age` in days, `cloud` and `valid` as shares of the whole scene, `seen` the share of the viewer's own
        plots that a satellite shows (NaN where that is not known), `mask` how clouds were told apart ("scl", "rule"
        ...), `corrected` the bands whose light on slopes was put right. Drone pictures only where they show the
        viewer's plots.
    """
    found = visible(viewer, home, kind, start, end)
    now, names = clock.day(home), sensor.catalogue()
    shares = home.store.shares_seen(rights.scope(viewer, "scene.read")) if kind != "drone" else {}
    rows = []
    for one in found:
        about, name = one.about or {}, names[one.sensor].name if one.sensor in names else {}
        rows.append(
            (
                one.id, one.sensor, name.get("zh", one.sensor), name.get("en", one.sensor), one.product, one.kind,
                one.time, max((now - one.time.date()).days, 0), one.cloud, one.valid,
                shares.get(one.id, np.nan), about.get("mask", ""), lit_bands(about), one.synthetic, one.source,
            )
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(LISTED))
    return table.assign(time=pd.to_datetime(table["time"], utc=True))


def lit_bands(about: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the bands whose light on slopes was put right."""
    bands = (about.get("correction") or {}).get("bands", {})
    return tuple(role for role, told in bands.items() if told.get("applied"))


def visible(
    viewer: Viewer, home: Platform, kind: str | None = None, start: date | None = None, end: date | None = None
) -> list[StoredScene]:
    """Return the stored scenes that `viewer` may see, the newest first."""
    scope = rights.scope(viewer, "scene.read")
    rights.require_rows(scope)
    found = home.store.scenes(kind, start, end)
    if scope.everything or not any(one.kind == "drone" for one in found):
        return found
    boxes = home.store.plots(scope).bounds.to_numpy()
    return [one for one in found if one.kind != "drone" or _touches(one.bounds, boxes)]


def one(viewer: Viewer, home: Platform, scene: str) -> StoredScene:
    """Return one scene that `viewer` may see.

    Raises
    ------
    NotFoundError
        When there is none; it reads alike for a drone picture of others.
    """
    for each in visible(viewer, home):
        if each.id == scene:
            return each
    raise NotFoundError(f"no scene '{scene}'", zh=f"没有影像“{scene}”")


def newest(viewer: Viewer, home: Platform, kind: str = "satellite") -> StoredScene:
    """Return the newest scene of a kind that the viewer may see.

    Raises
    ------
    MissingDataError
        When there is none.
    """
    found = visible(viewer, home, kind)
    if not found:
        raise MissingDataError(
            "no pictures yet: import one with `citrus import scene PATH`",
            zh="还没有影像：请先用 `citrus import scene 路径` 导入",
        )
    return found[0]


def remove(viewer: Viewer, home: Platform, scene: str) -> StoredScene:
    """Forget a scene and what it said of plots; return what it was.

    Parameters
    ----------
    scene : str
        Its id, or the name of its product.

    Raises
    ------
    NotAllowedError
        For who brings in own drone pictures only.
    NotFoundError
        When there is none.
    ConflictError
        When products of two sensors have that name.
    """
    rights.require(viewer, "scene.import")
    if rights.reach(viewer.role, "scene.import") != "open":
        raise NotAllowedError("pictures are removed by the station or the administrator", zh="影像由植保站或管理员删除")
    every = visible(viewer, home)
    found = [each for each in every if scene in (each.id, each.product)]
    if not found:
        some = ", ".join(f"{each.product} ({each.id})" for each in every[:SHOWN])
        raise NotFoundError(
            f"no scene '{scene}'; the newest are: {some or 'none'}", zh=f"没有影像“{scene}”；最近的有：{some or '无'}"
        )
    if len(found) > 1:
        some = ", ".join(f"{each.sensor} ({each.id})" for each in found)
        raise ConflictError(f"several scenes '{scene}': {some}; name one", zh=f"有多景“{scene}”：{some}；请写明编号")
    home.store.remove_scene(found[0].id, by=viewer)
    return found[0]


def loaded(
    home: Platform, stored: StoredScene, bounds: Bounds | None = None, roles: Iterable[str] | None = None
) -> Scene:
    """Return a stored satellite scene, or a part of it, as the library reads it.

    Parameters
    ----------
    bounds : tuple of float, optional
        West, south, east, north in the scene's CRS. [m]
    roles : iterable of str, optional
        Only these bands.
    """
    wanted = None if roles is None else set(roles)
    about: dict[str, Any] = dict(stored.about or {})
    grids, quality = {}, None
    for part, path in home.store.scene_parts(stored.id).items():
        if part == QUALITY:
            quality = cog.read(path, bounds=bounds)
        elif part.replace(".", "", 1).isdigit():
            bands = None if wanted is None else [role for role in _bands(path) if role in wanted]
            if bands is None or bands:
                grids[float(part)] = cog.read(path, bounds=bounds, bands=bands)
    if quality is not None and "band" in quality.dims:
        quality = quality.squeeze("band", drop=True)
    quality = None if quality is None else quality.astype(np.uint8)
    angles = {name: about.get(name) for name in ANGLES}
    return Scene(stored.sensor, stored.product, stored.time, grids, quality, **angles, about=about)


def in_metres(stored: StoredScene, box: Corners | None) -> Bounds | None:
    """Return the corners in the scene's CRS [m]; None for the whole scene."""
    if box is None:
        return None
    return tuple(map(float, rasterio.warp.transform_bounds("EPSG:4326", stored.crs, *box)))  # type: ignore[return-value]


def in_region(stored: StoredScene, crs: object) -> Bounds:
    """Return the box of what was kept of a scene, in the region's CRS. [m]"""
    return tuple(map(float, rasterio.warp.transform_bounds("EPSG:4326", crs, *stored.bounds)))  # type: ignore[return-value]


def mosaic_path(home: Platform, stored: StoredScene) -> Path:
    """Return the file of a drone picture."""
    return home.store.scene_part(stored.id, MOSAIC)


def before(home: Platform, stored_by: str, moment: datetime, like: xr.DataArray) -> Iterator[Scene]:
    """Yield the earlier scenes of a sensor on the grid of `like`, newest first: what the temporal cloud test wants."""
    first, bounds = moment - timedelta(days=number("reference", "days")), like.rio.bounds()
    for each in home.store.scenes("satellite", first.date(), moment.date(), sensor=stored_by):
        hidden = each.cloud is not None and each.cloud >= number("usable", "cloud")
        if each.time >= moment or hidden or CRS.from_user_input(each.crs) != CRS.from_user_input(like.rio.crs):
            continue
        try:
            found = loaded(home, each, tuple(map(float, bounds)))  # type: ignore[arg-type]
        except InputError:  # it lies elsewhere
            continue
        fine = found.grids.get(min(found.grids))
        if fine is not None and fine.shape[1:] == like.shape[-2:] and np.allclose(fine["x"], like["x"], atol=0.01):
            yield found


def _bands(path: Path) -> tuple[str, ...]:
    with rasterio.open(path) as file:
        return tuple(file.descriptions)


def _touches(box: tuple[float, float, float, float], boxes: np.ndarray) -> bool:
    west, south, east, north = box
    return bool(((boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)).any())
