"""Files in: what was understood is shown first, then stored whole or not at all."""

from pathlib import Path
from typing import Any

from agro.errors import InputError
from agro.farm import Preview, Viewer
from agro.store import rights
from agro.weather.readers.written import template_csv as weather_template
from app.services.imports import elevation, outlines, stations
from app.services.imports.report import Report
from app.services.platform import Platform

KINDS = {
    "plots": (outlines.preview_plots, outlines.commit_plots, "plot.import"),
    "boundaries": (outlines.preview_boundaries, outlines.commit_boundaries, "boundary.import"),
    "dem": (elevation.preview, elevation.commit, "dem.import"),
    "weather": (stations.preview_weather, stations.commit_weather, "weather.import"),
    "forecast": (stations.preview_forecast, stations.commit_forecast, "weather.import"),
}
BIGGEST = 500 * 1024**2  # bytes

__all__ = ["KINDS", "Report", "commit", "preview", "weather_template"]


def preview(viewer: Viewer, home: Platform, kind: str, path: Path, **answers: Any) -> Preview:
    """Return what was understood of the file; nothing is stored.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    look, _, action = KINDS[kind]
    rights.require(viewer, action)
    return look(home, _usable(path), **answers)


def commit(viewer: Viewer, home: Platform, kind: str, path: Path, **answers: Any) -> Report:
    """Store the file and return what became of it; on any error nothing has changed."""
    _, store, action = KINDS[kind]
    rights.require(viewer, action)
    return store(viewer, home, _usable(path), **answers)


def _usable(path: Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file", zh=f"{path}：没有这个文件")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path.name}: the file is empty", zh=f"{path.name}：文件是空的")
    if size > BIGGEST:
        raise InputError(
            f"{path.name}: {size / 1e6:.0f} MB is more than {BIGGEST / 1e6:.0f} MB",
            zh=f"{path.name}：文件 {size / 1e6:.0f} MB，超过上限 {BIGGEST / 1e6:.0f} MB",
        )
    return path
