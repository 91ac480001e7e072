"""The sample county: made, imported as a user would import it, computed, and peopled with invented people."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from agro.errors import ConflictError
from agro.farm import Role, Viewer
from agro.store import rights
from agro.store.rights import OPERATOR
from app.services import (
    accounts,
    daily_run,
    fit_county,
    imports,
    regions,
    sample_hindcast,
    sample_images,
    sample_observations,
    sample_protection,
)
from app.services.daily_run import RunReport
from app.services.platform import Platform, open_platform, region_or_none
from sample_data import SEED, names, terrain
from sample_data.make import make as make_files

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PEOPLE = {
    "grower": (Role.GROWER, "示例果农01（合成）"),
    "agronomist": (Role.AGRONOMIST, "示例农技员（合成）"),
    "station": (Role.STATION, "示例县植保站（合成）"),
    "supplier": (Role.SUPPLIER, "示例农资店（合成）"),
    "official": (Role.OFFICIAL, "示例县农业科（合成）"),
    "admin": (Role.ADMIN, "示例管理员（合成）"),
}


PARTS: tuple[tuple[str, str, dict], ...] = (
    ("dem", "dem", {}),
    ("boundaries", "county", {"level": "county"}),
    ("boundaries", "townships", {"level": "township"}),
    ("plots", "plots", {}),
    ("weather", "daily", {}),
    ("weather", "hourly", {}),
    ("forecast", "forecast", {}),
)
"""(kind of import, what the sample county calls the file, answers to the import's questions), in order."""


def make(
    folder: Path, members: int = 50, fresh: bool = False, progress: Callable[..., None] = lambda *a: None
) -> RunReport:
    """Make the sample county in `folder` when it is not there yet, and compute its outlook.

    Raises
    ------
    ConflictError
        When the folder holds a platform of somebody's own: it is never touched.
    """
    folder = Path(folder).expanduser().resolve()
    home = open_platform(folder)
    region = region_or_none(home)
    if region is not None and not region.synthetic:
        raise ConflictError(
            f"{folder} holds '{region.name}', which is not the sample county; give another --home",
            zh=f"{folder} 里是“{region.name}”，不是合成示例；请另给一个 --home",
        )
    if fresh or not (folder / "sample" / "complete.json").exists():
        _import(home, folder / "sample", progress)
    return daily_run.run(OPERATOR, home, members=members, progress=progress)


def links(folder: Path, host: str) -> dict[str, str]:
    """Return a one-time sign-in token for each demo role; none when others could reach the server."""
    if host not in LOOPBACK:
        return {}
    home = open_platform(folder)
    return {name: accounts.one_time_link(OPERATOR, home, name, minutes=720) for name in PEOPLE}


def _import(home: Platform, files: Path, progress: Callable[..., None]) -> None:
    """Write the sample files and bring them in through the same door as a user's own."""
    steps = len(PARTS)
    progress(0, steps, "生成合成示例县 making the synthetic county")
    shutil.rmtree(files, ignore_errors=True)
    made = make_files(files)
    if region_or_none(home) is None:
        regions.create(OPERATOR, home, name=names.COUNTY, crs=terrain.CRS, synthetic=True)
    for step, (kind, part, answers) in enumerate(PARTS):
        for path in [made[part]] if isinstance(made[part], Path) else made[part]:
            progress(step, steps, f"导入 importing {path.name}")
            imports.commit(OPERATOR, home, kind, path, **answers)
    progress(steps, steps, "生成合成观测并校准 synthetic observations, and the fit to them")
    imports.commit(OPERATOR, home, "observations", sample_observations.make(home, files))
    fit_county.run(OPERATOR, home)
    _people(home)
    progress(steps, steps, "生成合成防治与调查记录 synthetic sprays, counts, traps and samples")
    station = home.store.account("station")
    viewer = Viewer(station.id, station.name, station.role)
    sample_protection.bring_in(home, sample_protection.make(home, files), viewer)
    sample_images.bring_in(home, files, viewer, progress)
    sample_hindcast.make(home, progress)
    (files / "complete.json").write_text(json.dumps({"seed": SEED, "synthetic": True}), encoding="utf-8")


def _people(home: Platform) -> None:
    """Invent one person a role; the grower owns the first farm."""
    known = {row["name"] for row in accounts.listed(OPERATOR, home)}
    for name, (role, display) in PEOPLE.items():
        if name not in known:
            accounts.add(OPERATOR, home, name, role, None, display)
    first = home.store.farms(rights.EVERYTHING)[0]
    accounts.own(OPERATOR, home, "grower", first.name)
