"""A scene made of its pieces: what the catalogue says of it, and what writes each of its parts."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import rasterio

from agro.store import StoredScene
from agro.store.scenes import PLOTS, QUALITY, Writer
from app.services.imagery import pieces, plot_table, scenes
from app.services.imagery.extent import Bounds
from app.services.imagery.piece import Piece, kind_of
from app.services.platform import Platform, region_or_none
from remote_sensing import cog
from remote_sensing.scene import Quality
from remote_sensing.sensor import Sensor


def scene_of(
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
    parts: dict[str, Writer] = {part: _writer(done, part, kind_of(camera)) for part in kinds}
    parts[PLOTS] = lambda path: plot_table.written(table, path)
    bounds, crs = _ground(done)
    seen = [piece.seen for piece in done]
    cloud = float(np.average([piece.cloud for piece in done], weights=seen)) if any(seen) else 0.0
    scene = StoredScene(
        camera.key, product, "satellite", first.time, crs, bounds, cloud, plot_table.shown(table), about,
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


def _plain(value: Any) -> bool:
    if isinstance(value, float):
        return np.isfinite(value)  # JSON knows no NaN
    if isinstance(value, (list, tuple)):
        return all(map(_plain, value))
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return value is None or isinstance(value, (str, int, bool))
