"""A drone's orthomosaic in."""

from datetime import datetime
from pathlib import Path
from typing import Any

from agro.farm import Finding, Preview, Viewer
from app.services.imagery import clock, flights
from app.services.imagery.bring_in import Progress
from app.services.imports.report import Report
from app.services.platform import Platform


def preview(viewer: Viewer, home: Platform, path: Path, **answers: Any) -> Preview:
    """Return which day a mosaic is of, its pixels and the viewer's plots that it shows."""
    found = flights.understood(viewer, home, path)
    when = f"{clock.of(home, found.time)}" if found.time else "?"
    names = "、".join(found.plots["name"])
    told = [
        Finding(
            "info",
            f"drone picture of {when}, pixels of {100 * found.pixel:.1f} cm, over {len(found.plots)} plots: {names}",
            f"无人机影像 {when}，像元 {100 * found.pixel:.1f} 厘米，覆盖 {len(found.plots)} 个地块：{names}",
        )
    ]
    return Preview("mosaic", path.name, None, told, [] if found.time else ["time"])


def commit(
    viewer: Viewer, home: Platform, path: Path, *, time: datetime | None = None,
    progress: Progress = lambda done, total, note="": None, **answers: Any,
) -> Report:  # fmt: skip
    """Store the mosaic, count its trees and give each its number; one that stands already changes nothing."""
    brought, counts = flights.bring_in_mosaic(viewer, home, path, time=time, progress=progress)
    return Report("mosaic", {"scene": brought.scene.id, "told": brought.told, **counts}, list(brought.findings))
