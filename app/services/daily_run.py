"""One day's run, top to bottom: weather and ground to places, places to sites, sites to models, models to the store."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from agro.errors import AgroError
from agro.farm import Finding, Viewer
from agro.store import rights
from agro.terrain.sites import stand_ins
from app.services import growth_run, summaries
from app.services.imagery import monitor
from app.services.pests import run as pest_run
from app.services.platform import Platform
from app.services.preparation import prepare

CARRIED = ["slope", "aspect"]
GROUPS = ["cell", "cultivar", "age", "spacing", "depth", "fitted"]


@dataclass
class RunReport:
    """What a run did."""

    run: str
    date: date
    counts: dict[str, Any]
    seconds: float
    findings: list[Finding] = field(default_factory=list)


def run(
    viewer: Viewer,
    home: Platform,
    on: date | None = None,
    members: int = 50,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> RunReport:
    """Compute and store the outlook of every plot for one day; a second run of that day replaces the first.

    Parameters
    ----------
    on : date, optional
        The last observed day by default, never the clock.

    Raises
    ------
    MissingDataError
        Naming the part whose data are not there yet.
    """
    rights.require(viewer, "run.start")
    began = time.monotonic()
    progress(0, 1, "气象与地形 weather and terrain")
    inputs = prepare(home, on, members)
    sites = stand_ins(inputs.places, GROUPS, carried=CARRIED)
    grown = growth_run.grow(
        inputs.observed, inputs.future, sites.table, inputs.latitude, inputs.crop_rows, progress, inputs.horizons
    )
    summary = summaries.of_plots(inputs.plots, sites, grown, inputs.on)
    said, lean = summaries.of_sites(grown, sites.table), summaries.weights(inputs.plots, sites)
    pests = pest_run.warn(home, inputs, progress=progress)
    counts = {"plots": len(inputs.plots), "sites": len(sites.table), "members": members, "outside_dem": inputs.outside}
    counts["organisms"] = int(pests.table["organism"].nunique())
    stored = home.store.start_run(inputs.on, members=members, by=viewer)
    with home.store:
        home.store.save_outlook(stored, inputs.on, said, lean, summary, by=viewer)
        home.store.save_pests(stored, inputs.on, pest_run.stated(home, inputs.on, pests.table), by=viewer)
        home.store.finish_run(stored, counts=counts, warnings=[vars(one) for one in inputs.findings], by=viewer)
    seen = _pictures(viewer, home, inputs.on, progress)
    counts = counts | {"scenes": seen.counts["scenes"], "weak_areas": seen.counts.get("areas", 0)}
    findings = [*inputs.findings, *seen.findings]
    return RunReport(stored, inputs.on, counts, round(time.monotonic() - began, 1), findings)


def _pictures(viewer: Viewer, home: Platform, on: date, progress: Callable[..., None]) -> monitor.Monitored:
    """Return what pictures show; the run of the models stands whatever becomes of it, and the report says so."""
    try:
        return monitor.run(viewer, home, on, progress=progress)
    except AgroError as error:
        return monitor.Monitored(on, {"scenes": 0}, [monitor.failed(error)])
