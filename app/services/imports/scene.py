"""A satellite scene in."""

from datetime import datetime
from pathlib import Path
from typing import Any

from agro.farm import Finding, Preview, Viewer
from app.services.imagery import bring_in
from app.services.imports.report import Report
from app.services.platform import Platform
from remote_sensing import reading


def preview(viewer: Viewer, home: Platform, path: Path, **answers: Any) -> Preview:
    """Return which sensor, product and day a file or folder is, and what is missing in it."""
    bring_in.require(viewer)
    found = reading.recognise(path)
    known = home.store.scene_of(found.sensor, found.product) if found.sensor else None
    told = [
        Finding(
            "info",
            f"{found.sensor or 'unknown sensor'}: {found.product}, {found.time or 'no time'}",
            f"{found.sensor or '未知传感器'}：{found.product}，{found.time or '没有时间'}",
        )
    ]
    if known is not None:
        told.append(Finding("info", "this product is there already", "这一景已经导入过"))
    missing = tuple(found.missing)
    if missing:
        told.append(Finding("warning", f"missing: {', '.join(missing)}", f"缺少：{'、'.join(missing)}"))
    questions = [name for name, lacks in (("sensor", not found.sensor), ("time", found.time is None)) if lacks]
    return Preview("scene", path.name, None, told, questions)


def commit(
    viewer: Viewer, home: Platform, path: Path, *, sensor: str | None = None, time: datetime | None = None,
    offset: float | None = None, relative: bool = False, progress: bring_in.Progress = lambda *told: None,
) -> Report:  # fmt: skip
    """Store the scene; one that stands already changes nothing."""
    brought = bring_in.satellite(
        viewer, home, path, sensor_key=sensor, time=time, offset=offset, relative=relative, progress=progress
    )
    counts = {"scene": brought.scene.id, "told": brought.told, "plots": brought.plots}
    return Report("scene", counts, list(brought.findings))
