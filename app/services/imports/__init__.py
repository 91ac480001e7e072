"""Files in: what was understood is shown first, then stored whole or not at all."""

from pathlib import Path
from typing import Any

from agro.errors import InputError
from agro.farm import Preview, Viewer
from agro.observations import template_csv as observation_template
from agro.protection import template as protection_template
from agro.store import rights
from agro.weather.readers.written import template_csv
from app.services.imagery.checksum import bounded
from app.services.imports import (
    boundaries,
    counts,
    elevation,
    forecasts,
    mosaic,
    observations,
    orthophoto,
    plots,
    samples,
    scene,
    stations,
    treatments,
)
from app.services.imports.report import Report, blaming
from app.services.platform import Platform

KINDS: dict[str, tuple[Any, str]] = {
    "plots": (plots, "plot.import"),
    "boundaries": (boundaries, "boundary.import"),
    "dem": (elevation, "dem.import"),
    "weather": (stations, "weather.import"),
    "forecast": (forecasts, "weather.import"),
    "orthophoto": (orthophoto, "dem.import"),
    "observations": (observations, "observation.write"),
    "sprays": (treatments, treatments.ACTION),
    "counts": (counts, counts.ACTION),
    "traps": (counts.traps, counts.ACTION),
    "samples": (samples, samples.ACTION),
    "scene": (scene, "scene.import"),
    "mosaic": (mosaic, "scene.import"),
}
PICTURES = ("scene", "mosaic")
"""Kinds that come as folders too, and larger: `app.services.imagery` bounds them."""
BIGGEST = 500 * 1024**2  # bytes
RESOLUTIONS = ("daily", "hourly")
TEMPLATES = ("weather", "observations", *protection_template.KINDS)

__all__ = [
    "KINDS",
    "RESOLUTIONS",
    "Report",
    "commit",
    "observation_template",
    "preview",
    "template",
    "weather_template",
]


def preview(viewer: Viewer, home: Platform, kind: str, path: Path, **answers: Any) -> Preview:
    """Return what was understood of the file; nothing is stored.

    Raises
    ------
    InputError
        When the file cannot be used at all.
    """
    importer, action = KINDS[kind]
    rights.require(viewer, action)
    path = _usable(path, kind)
    with blaming(path):
        return importer.preview(viewer, home, path, **answers)


def commit(viewer: Viewer, home: Platform, kind: str, path: Path, **answers: Any) -> Report:
    """Store the file and return what became of it; on any error nothing has changed."""
    importer, action = KINDS[kind]
    rights.require(viewer, action)
    path = _usable(path, kind)
    with blaming(path):
        return importer.commit(viewer, home, path, **answers)


def template(kind: str, resolution: str = "daily") -> str:
    """Return the CSV that weather, observations or records of plant protection can be written into."""
    if kind not in TEMPLATES:
        raise InputError(
            f"no template of '{kind}'; there are {', '.join(TEMPLATES)}",
            zh=f"没有“{kind}”的模板；可用：{'、'.join(TEMPLATES)}",
        )
    if kind in protection_template.KINDS:
        return protection_template.template_csv(kind)
    return observation_template() if kind == "observations" else weather_template(resolution)


def weather_template(resolution: str) -> str:
    """Return the CSV that a station's daily or hourly weather can be written into."""
    if resolution not in RESOLUTIONS:
        raise InputError(
            f"unknown resolution '{resolution}'; known: {', '.join(RESOLUTIONS)}",
            zh=f"不认识的时间分辨率“{resolution}”；可用：{'、'.join(RESOLUTIONS)}",
        )
    return template_csv(resolution)


def _usable(path: Path, kind: str) -> Path:
    path = Path(path)
    if kind in PICTURES and path.exists():
        bounded(path)
        return path
    if path.is_dir():
        raise InputError(f"{path}: is a folder; a file is needed", zh=f"{path}：这是文件夹，需要一个文件")
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
