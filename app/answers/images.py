"""What pictures say of the trees, as pages ask for it: weak areas, season curves, single trees; and pictures in."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from agro.errors import AgroError
from agro.farm import Preview
from agro.store import rights
from app import session
from app.answers.pictures import ask
from app.services import jobs
from app.services.imagery import areas, curves, drawing, exports, flights, monitor, queue, tables, waiting, zones
from app.services.imagery.curves import Curve
from app.services.imagery.settings import whole
from remote_sensing import sensor
from remote_sensing.condition.zones import Zones

session.SERVICES |= {
    "imagery_areas": areas, "imagery_curves": curves, "imagery_flights": flights, "imagery_monitor": monitor,
    "imagery_zones": zones,
}  # fmt: skip


def weak(plot: str | None = None) -> gpd.GeoDataFrame:
    """Return the open weak areas that the viewer may see, the most severe first."""
    return ask("imagery_areas.table", plot)


def area(identity: str) -> dict[str, Any]:
    """Return one area in sentences, with its hints and what was found there."""
    return ask("imagery_areas.told", identity)


def sums() -> pd.DataFrame:
    """Return how much stands weak in each township that may be told."""
    return ask("imagery_areas.sums")


def false_alarms() -> dict[str, Any]:
    """Return the platform's own rate of false alarms, from visits."""
    return ask("imagery_areas.measured")


def state() -> dict[str, Any] | None:
    """Return when the plots were last judged; None before."""
    return ask("imagery_monitor.state")


def curve(plot: str, index: str = "ndvi", years: int = 2) -> tuple[Curve | None, str]:
    """Return the season curve of a plot, or why there is none: what else a page says must not end with it."""
    return _or_why("imagery_curves.of_plot", plot, index, None, years)


def plot_zones(plot: str) -> tuple[Zones | None, str]:
    """Return the zones of a plot, or why there are none."""
    return _or_why("imagery_zones.of_plot", plot)


def trees(plot: str) -> tuple[pd.DataFrame | None, str]:
    """Return every reading of every tree of a plot, or why there are none."""
    return _or_why("imagery_flights.of_plot", plot)


def flown() -> pd.DataFrame:
    """Return what each flight says of each plot as a whole."""
    return ask("imagery_flights.quality")


def sent(upload: str) -> Path | None:
    """Return the file of an upload of which all has come, or None after its refusal was shown."""
    try:
        return waiting.complete(session.viewer(), session.home(), upload)
    except AgroError as error:
        st.error(error.message(session.language()))
        return None


def largest() -> int:
    """Return how much may be sent of one picture. [GB]"""
    return whole("reading", "bytes") // 10**9


def bring_in(what: str, path: Path, sensor: str | None = None, time: datetime | None = None) -> str | None:
    """Return the id of the job that reads an upload ("scene" or "mosaic"), or None after its refusal was shown."""
    told = {name: value for name, value in (("sensor", sensor), ("time", time)) if value is not None}
    return session.attempt(jobs.submit, "pictures", what=what, path=path, **told)


def look_at(what: str, path: Path) -> Preview | None:
    """Return what a picture is before it is read, or None after its refusal was shown; a zip is unpacked beside it."""
    try:
        return session.preview(what, queue.unpacked(path))
    except AgroError as error:
        st.error(error.message(session.language()))
        return None


def importable() -> tuple[str, ...]:
    """Return the kinds of pictures that the viewer may bring in: who has some plots only, flights over these."""
    if not session.may("scene.import"):
        return ()
    return ("scene", "mosaic") if rights.reach(session.viewer().role, "scene.import") == "open" else ("mosaic",)


def satellites() -> dict[str, str]:
    """Return {key: name} of the sensors that a scene can come from."""
    known = sensor.catalogue().values()
    return {one.key: one.name[session.language()] for one in known if one.kind == "satellite"}


def judge(on: date | None = None) -> str | None:
    """Return the id of the job that judges the plots anew, or None after its refusal was shown."""
    return session.attempt(jobs.submit, "monitor", **({} if on is None else {"on": on}))


def layer_file(path: Path, kind: str, scene: str, what: str, **asked: Any) -> Path | None:
    """Return the file of a layer, or None after its refusal was shown."""
    return _written(exports.layer, path, kind, scene, what, **asked)


def weak_file(path: Path, kind: str) -> Path | None:
    """Return the file of the weak areas, or None after its refusal was shown."""
    return _written(tables.weak, path, kind)


def series_file(path: Path, plot: str, index: str = "ndvi") -> Path | None:
    """Return the CSV of one plot's series, or None after its refusal was shown."""
    return _written(tables.series, path, plot, index)


def outlines_file(path: Path, kind: str) -> Path | None:
    """Return all outlines as one file, or None after its refusal was shown."""
    return _written(tables.everything, path, kind)


def _or_why(service: str, *arguments: Any) -> tuple[Any, str]:
    try:
        return session.kept(service, session.viewer(), drawing.stamp(session.home()), arguments), ""
    except AgroError as error:
        return None, error.message(session.language())


def _written(write: Any, *arguments: Any, **asked: Any) -> Path | None:
    try:
        return write(session.viewer(), session.home(), *arguments, **asked)
    except AgroError as error:
        st.error(error.message(session.language()))
        return None
