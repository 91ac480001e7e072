"""`citrus doctor`: what is there, what is missing, what to do next."""

from __future__ import annotations

import importlib.metadata
import platform as machine
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import opening
from app.cli.console import Home, Json, outcome, say
from app.services.homes import default_home

if TYPE_CHECKING:
    from app.services.platform import Status

PACKAGES = ("numpy", "numba", "xarray", "rasterio", "geopandas", "pvlib", "scikit-learn", "streamlit", "sqlalchemy")


def doctor(home: Home = None, json: Json = False) -> None:
    """检查平台，说出还缺什么 · Check the platform and say what is missing."""
    with outcome("doctor", home, json) as done:
        from app.services import platform as platforms

        folder = Path(home or default_home()).expanduser().resolve()
        near = next(parent for parent in (folder, *folder.parents) if parent.exists())
        done.outputs["python"] = machine.python_version()
        done.outputs["packages"] = {name: importlib.metadata.version(name) for name in PACKAGES}
        done.outputs["free_gb"] = round(shutil.disk_usage(near).free / 1e9, 1)
        say(f"  Python {done.outputs['python']}, {done.outputs['free_gb']} GB free, {folder}")
        status = platforms.status(opening.operator(), opening.existing(folder))
        done.counts = {"plots": status.plots, "stations": status.stations}
        done.date = str(status.last_run) if status.last_run else None
        missing = _missing(status)
        done.outputs["missing"] = list(missing)
        done.warnings += missing.values()


def _missing(status: Status) -> dict[str, str]:
    """Return what is missing, each with the next step."""
    steps = {
        "dem": (not status.has_dem, "没有高程 no elevation model: citrus import dem FILE.tif"),
        "plots": (not status.plots, "没有地块 no plots: citrus import plots FILE"),
        "weather": (not status.stations, "没有气象 no weather: citrus import weather FILE"),
        "run": (status.last_run is None, "还没有算过 nothing computed yet: citrus run"),
    }
    return {part: step for part, (is_missing, step) in steps.items() if is_missing}
