"""`citrus doctor`: what is there, what is missing, what to do next."""

import importlib.metadata
import platform as machine
import shutil
from pathlib import Path

from agro.store.rights import OPERATOR
from app.cli.console import Home, Json, outcome, people
from app.services.platform import default_home, existing_platform

PACKAGES = ("numpy", "numba", "xarray", "rasterio", "geopandas", "pvlib", "scikit-learn", "streamlit", "sqlalchemy")


def doctor(home: Home = None, json: Json = False) -> None:
    """检查平台 · Check the platform and say what is missing."""
    with outcome("doctor", home, json) as done:
        from app.services import platform as platforms

        folder = Path(home or default_home()).expanduser()
        done.outputs["python"] = machine.python_version()
        done.outputs["packages"] = {name: importlib.metadata.version(name) for name in PACKAGES}
        near = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
        done.outputs["free_gb"] = round(shutil.disk_usage(near).free / 1e9, 1)
        status = platforms.status(OPERATOR, existing_platform(folder))
        done.counts = {"plots": status.plots, "stations": status.stations}
        done.date = str(status.last_run) if status.last_run else None
        for missing, (zh, en) in _advice(status).items():
            done.warnings.append(f"{zh} / {en}")
            done.outputs.setdefault("missing", []).append(missing)
        people.print(f"  Python {done.outputs['python']}, {done.outputs['free_gb']} GB free, {folder}")


def _advice(status) -> dict[str, tuple[str, str]]:
    """Return what is missing and the next step for each."""
    steps = {
        "dem": (
            not status.has_dem,
            "没有高程：citrus import dem 文件.tif",
            "no elevation model: citrus import dem FILE.tif",
        ),
        "plots": (not status.plots, "没有地块：citrus import plots 文件", "no plots: citrus import plots FILE"),
        "weather": (
            not status.stations,
            "没有气象：citrus import weather 文件",
            "no weather: citrus import weather FILE",
        ),
        "run": (status.last_run is None, "还没有算过：citrus run", "nothing computed yet: citrus run"),
    }
    return {key: (zh, en) for key, (is_missing, zh, en) in steps.items() if is_missing}
