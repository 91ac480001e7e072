"""Layers as Cloud-Optimized GeoTIFFs on their own grid: an index, a change, the camera's colours, what was hidden."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from agro.errors import InputError
from agro.farm import Viewer
from agro.store import StoredScene, rights
from app.services.files import written
from app.services.imagery import drawing, layers, mosaics, scenes, values
from app.services.imagery.scenes import Corners
from app.services.platform import Platform
from remote_sensing import cog, indices


def write(
    viewer: Viewer, home: Platform, path: Path, scene: str, what: str = "index", *, index: str = "ndvi",
    plot: str | None = None, earlier: str | None = None, box: Corners | None = None,
) -> Path:  # fmt: skip
    """Write what lies behind a layer, in the size in which it is kept, and return the file.

    An index and a change are numbers with their step; colours are bytes, a satellite's stretched as on the screen;
    what was hidden is bits. Others' ground is nothing, but in satellites' colours and bits.

    Raises
    ------
    InputError
        For an unknown layer, or a change without the scene before.
    """
    rights.require(viewer, "export.outlook")
    stored = scenes.one(viewer, home, scene)
    if what == "index":
        return _index(viewer, home, path, stored, index, plot, box)
    if what == "change":
        first, stored = values.pair(viewer, home, drawing.required(earlier), scene)
        made = values.changes_of(viewer, home, first, stored, index, plot, box)
        tags = _of_index(stored, index) | {"earlier": first.time.isoformat(), "index": f"{index} change"}
        return written(Path(path), lambda beside: cog.write(beside, made, "index", tags, _step(index)))
    box = values.box_of(viewer, home, plot, box)
    if what == "true_colour":
        return _colours(viewer, home, path, stored, box)
    if what == "quality":
        hidden = layers.reasons(home, stored, box)
        classes = "; ".join(f"{int(bit)} {name['en']} {name['zh']}" for bit, _, name in layers.CLASSES)
        tags = _told(stored) | {"classes": f"0 clear; 1 no data; {classes}; a cell holds the sum of its reasons"}
        return written(Path(path), lambda beside: cog.write(beside, hidden, "classes", tags))
    raise InputError(f"no layer '{what}'; there are {', '.join(drawing.LAYERS)}", zh=f"没有图层“{what}”")


def _index(
    viewer: Viewer, home: Platform, path: Path, stored: StoredScene, index: str, plot: str | None, box: Corners | None
) -> Path:
    tags, step = _of_index(stored, index), _step(index)
    if stored.kind != "drone":
        made = values.values_of(viewer, home, stored, index, plot, box)
        return written(Path(path), lambda beside: cog.write(beside, made, "index", tags, step))
    box = values.box_of(viewer, home, plot, box)
    grid = mosaics.grid(home, stored, box, (index,))
    own = values.own_ground(viewer, home, grid.crs)

    def parts() -> Iterator[tuple[int, int, np.ndarray]]:
        for row, column, bands in mosaics.blocks(home, stored, box):
            layer = values.without(values.of_colours(stored, bands, index), own)
            yield row, column, layer.to_numpy()[None]

    return written(Path(path), lambda beside: cog.assembled(beside, grid, parts(), "index", tags, step))


def _colours(viewer: Viewer, home: Platform, path: Path, stored: StoredScene, box: Corners | None) -> Path:
    tags = _told(stored)
    if stored.kind != "drone":
        bands, stretch = layers.colours(home, stored, box)
        made = bands.copy(data=stretch.of(bands.to_numpy()))
        tags |= {"black": f"{stretch.low:.4f}", "white": f"{stretch.high:.4f}", "gamma": str(stretch.gamma)}
        return written(Path(path), lambda beside: cog.write(beside, made, "rgb", tags))
    grid = mosaics.grid(home, stored, box, ("red", "green", "blue"))
    own = values.own_ground(viewer, home, grid.crs)

    def parts() -> Iterator[tuple[int, int, np.ndarray]]:
        for row, column, bands in mosaics.blocks(home, stored, box):
            yield row, column, values.without(bands, own).to_numpy()

    return written(Path(path), lambda beside: cog.assembled(beside, grid, parts(), "rgb", tags))


def _told(stored: StoredScene) -> dict[str, Any]:
    """Return what a file says of the scene that it comes from."""
    return {
        "sensor": stored.sensor, "datetime": stored.time.isoformat(), "product": stored.product,
        "synthetic": str(stored.synthetic), "source": stored.source,
        "processing": f"mask {(stored.about or {}).get('mask', '?')}, light put right in "
        + (", ".join(scenes.lit_bands(stored.about or {})) or "no band"),
    }  # fmt: skip


def _of_index(stored: StoredScene, index: str) -> dict[str, Any]:
    about = indices.named(index)
    return _told(stored) | {"index": index, "unit": about.unit, "better": about.better}


def _step(index: str) -> float | None:
    """Return the step in which an index is stored; None where it stays a float."""
    file = indices.named(index).file
    return float(file["scale"]) if file["type"] == "int16" else None
