"""What stands under a product's name: the same picture, one processed anew, or another; and plots that it lacks."""

from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import shapely

from agro.errors import InputError
from agro.farm import Finding, Viewer
from agro.store import StoredScene, rights
from app.services.imagery import scenes
from app.services.imagery.extent import Bounds
from app.services.platform import Platform

APART = timedelta(days=1)
"""A producer that processes a picture anew does not change when it was taken by as much."""
LEAST = 0.9
"""Share of the ground that stands; a picture that shows less of it is another part of the pass."""


def require_same(known: StoredScene, time: datetime | None, reaches: Bounds | None, crs: str) -> None:
    """Return when a picture may stand for, or take the place of, one of its name.

    Parameters
    ----------
    time : datetime, optional
        When the picture was taken.
    reaches : tuple of float, optional
        The ground that it shows, in `crs`.

    Raises
    ------
    InputError
        When it was taken on another day or shows other ground: what stands would be lost.
    """
    if time is not None and abs(time - known.time) >= APART:
        raise InputError(
            f"{known.product}: a picture of this name stands as taken on {known.time:%Y-%m-%d}, this one was taken on "
            f"{time:%Y-%m-%d}; rename the file, or remove the wrong one first: citrus remove scene {known.id}",
            zh=f"{known.product}：已有同名影像，拍摄于 {known.time:%Y-%m-%d}，这一景拍摄于 {time:%Y-%m-%d}；"
            f"请给文件改名，或先删除错的那一景：citrus remove scene {known.id}",
        )
    if reaches is None:
        return
    ground = shapely.box(*scenes.in_region(known, crs))
    share = shapely.area(shapely.intersection(ground, shapely.box(*reaches))) / max(shapely.area(ground), 1e-9)
    if share < LEAST:
        raise InputError(
            f"{known.product}: a picture of this name stands, and this one shows only {100 * share:.0f} % of the "
            f"ground kept of it; rename the file, or remove the other first: citrus remove scene {known.id}",
            zh=f"{known.product}：已有同名影像，这一景只覆盖其保留范围的 {100 * share:.0f} %；"
            f"请给文件改名，或先删除原来的：citrus remove scene {known.id}",
        )


def lacking(known: StoredScene, plots: gpd.GeoDataFrame) -> np.ndarray:
    """Return which plots, in the region's CRS, a picture may show beyond what was read of it: they came later."""
    boxes = plots.bounds.to_numpy()
    about = known.about or {}
    asked = np.array(about.get("asked") or [scenes.in_region(known, plots.crs)], float)
    reaches = about.get("reaches")
    open_ = np.ones(len(plots), bool) if reaches is None else _overlap(boxes, np.array(reaches, float))
    for west, south, east, north in asked:
        if not open_.any():
            return open_
        inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
        open_ &= ~inside
    if open_.any() and len(asked) > 1:  # some lie across two pieces
        open_[open_] = ~shapely.covers(shapely.union_all(shapely.box(*asked.T)), shapely.box(*boxes[open_].T))
    return open_


def without_history(viewer: Viewer, home: Platform) -> list[Finding]:
    """Return a finding where plots of `viewer` came after satellite pictures that show them; nothing else."""
    scope = rights.scope(viewer, "scene.read")
    plots = None if scope.sums_only or scope.anonymous else home.store.plots(scope)
    if plots is None or not len(plots):
        return []
    plots = plots.to_crs(home.store.region().crs)
    late, count = np.zeros(len(plots), bool), 0
    for one in home.store.scenes("satellite"):
        if (one.about or {}).get("reaches") and (some := lacking(one, plots)).any():
            late, count = late | some, count + 1
    if not count:
        return []
    n = int(late.sum())
    return [
        Finding(
            "warning",
            f"{n} plots came after {count} pictures of which only the ground around older plots was kept: these say "
            "nothing of them until they are brought in again, from the same files or catalogue",
            f"{n} 个地块在 {count} 景影像之后才导入，这些影像当时只保留了旧地块周围，看不到新地块的历史；"
            "请把原来的影像文件（或在线目录）再导入一次",
        )
    ]


def _overlap(boxes: np.ndarray, one: np.ndarray) -> np.ndarray:
    return (boxes[:, 0] < one[2]) & (one[0] < boxes[:, 2]) & (boxes[:, 1] < one[3]) & (one[1] < boxes[:, 3])
