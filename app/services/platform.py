"""One platform in one folder: its store, and how it stands."""

import os
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from agro.errors import MissingDataError, NotFoundError
from agro.farm import Finding, Region, Viewer
from agro.store import EVERYTHING, Store


@dataclass(frozen=True)
class Platform:
    """The folder of one platform and its store."""

    home: Path
    store: Store


@dataclass(frozen=True)
class Status:
    """How the platform stands: what is there, what is missing."""

    region: Region | None
    synthetic: bool
    last_observed: date | None
    last_run: date | None
    plots: int
    stations: int
    has_dem: bool
    warnings: list[Finding] = field(default_factory=list)


@lru_cache(maxsize=8)
def _opened(home: Path, url: str | None) -> Platform:
    store = Store(home, url)
    store.migrate()
    return Platform(home, store)


def open_platform(home: Path) -> Platform:
    """Return the platform in the folder `home`; its store is made or migrated when needed."""
    return _opened(Path(home).expanduser().resolve(), os.environ.get("CITRUS_DATABASE_URL") or None)


def existing_platform(home: Path) -> Platform:
    """Return the platform in `home`.

    Raises
    ------
    NotFoundError
        When there is none yet.
    """
    home = Path(home).expanduser().resolve()
    if not os.environ.get("CITRUS_DATABASE_URL") and not (home / "citrus.db").exists():
        raise NotFoundError(
            f"no platform in {home}; make one with `citrus init --home {home}` or `citrus demo --home {home}`",
            zh=f"{home} 中还没有平台；请先运行 `citrus init --home {home}` 或 `citrus demo --home {home}`",
        )
    return open_platform(home)


def region_or_none(home: Platform) -> Region | None:
    """Return the region, or None before one was named."""
    try:
        return home.store.region()
    except MissingDataError:
        return None


def status(viewer: Viewer, home: Platform) -> Status:
    """Return how the platform stands, as far as any signed-in person may know."""
    store, region = home.store, region_or_none(home)
    spans = store.weather_span()
    daily = spans[spans["resolution"] == "daily"] if len(spans) else spans
    run = store.latest_run()
    return Status(
        region=region,
        synthetic=bool(region and region.synthetic),
        last_observed=max(daily["end"]).date() if len(daily) else None,
        last_run=run.date if run else None,
        plots=len(store.plots(EVERYTHING)),
        stations=len(store.stations()),
        has_dem=has_raster(home, "dem"),
    )


def stamp(home: Platform) -> str:
    """Return what changes with every finished run: whoever keeps an answer puts it into the key."""
    run = home.store.latest_run()
    return f"{run.id} {run.finished}" if run else ""


def has_raster(home: Platform, kind: str) -> bool:
    """Return whether a raster of this kind is stored."""
    return any(raster["kind"] == kind for raster in home.store.rasters())
