"""The trees of one plot on one flight: which are new, which are gone since the flight before; and as a table."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agro.errors import MissingDataError, NotFoundError
from agro.farm import Plot, Viewer
from agro.store import StoredScene, rights
from agro.store.scenes import GAPS
from agro.vectors.writing import FORMULA
from app.services.files import written
from app.services.imagery import flights, scenes
from app.services.imagery.scenes import Corners
from app.services.platform import Platform

BESIDE = 8.0
"""Of the ground around a plot that its picture shows. [m]"""
NEW, AGAIN, FIRST = "new", "again", "first"
WRITTEN = (
    "plot", "tree", "day", "state", "class", "area_m2", "d1_m", "d2_m", "height_m", "gli", "ngrdi", "yellow",
    "z_colour", "z_size", "unsure", "longitude", "latitude", "product", "synthetic",
)  # fmt: skip


@dataclass(frozen=True)
class FlownTrees:
    """One plot on one flight.

    Attributes
    ----------
    line : dict
        What the flight says of the plot as a whole: the columns of `Survey.plots`.
    trees : DataFrame
        tree (number), longitude, latitude, area_m2, d1_m, d2_m, z_colour, z_size, class, spot and other readings;
        state: "new" (no earlier flight saw it), "again", "first" (there was no earlier flight).
    gaps : DataFrame
        gap, n_missing, longitude, latitude.
    lost : DataFrame
        tree, longitude, latitude of trees that the flight before saw and this one does not.
    box : tuple of float
        West, south, east, north of the plot and some metres beside. [degrees]
    """

    plot: Plot
    scene: StoredScene
    line: dict[str, Any]
    trees: pd.DataFrame
    gaps: pd.DataFrame
    lost: pd.DataFrame
    before: datetime | None
    box: Corners


def of_flight(viewer: Viewer, home: Platform, plot_id: str, product: str | None = None) -> FlownTrees:
    """Return the trees of one plot on one flight, by default its newest.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot or flight.
    MissingDataError
        When no drone has flown over it.
    """
    scope = rights.scope(viewer, "tree.read")
    found = home.store.plot(plot_id, scope)
    lines = flights.quality(viewer, home)
    lines = lines[lines["plot"] == found.id] if len(lines) else lines
    shown = {one.product: one for one in scenes.visible(viewer, home, "drone")}
    if not len(lines) or not shown:
        raise MissingDataError(f"no drone has flown over '{found.name}' yet", zh=f"“{found.name}”还没有无人机影像")
    lines = lines[lines["flight"].isin(list(shown))].sort_values("time", ascending=False)
    wanted = lines if product is None else lines[lines["flight"] == product]
    if not len(wanted):
        raise NotFoundError(f"no flight '{product}' over '{found.name}'", zh=f"“{found.name}”没有航次“{product}”")
    line = wanted.iloc[0].to_dict()
    scene = shown[line["flight"]]
    earlier = [shown[name] for name in lines.loc[lines["time"] < line["time"], "flight"]]
    trees = home.store.tree_readings(scope, scene.id, plots=[found.id])
    gaps = home.store.tree_readings(scope, scene.id, plots=[found.id], part=GAPS)
    past = [home.store.tree_readings(scope, one.id, plots=[found.id]) for one in earlier]
    known = {int(number) for table in past if len(table) for number in table["tree"]}
    if len(trees):
        states = [AGAIN if number in known else NEW for number in trees["tree"]] if earlier else FIRST
        trees = trees.drop(columns="crown", errors="ignore").assign(state=states).sort_values("tree")
    lost = pd.DataFrame(columns=["tree", "longitude", "latitude"])
    if past and len(past[0]):
        gone = ~past[0]["tree"].isin(trees["tree"] if len(trees) else [])
        lost = past[0].loc[gone, list(lost.columns)].reset_index(drop=True)
    return FlownTrees(
        found, scene, line, trees.reset_index(drop=True), gaps, lost, earlier[0].time if earlier else None, _box(found)
    )


def table(viewer: Viewer, home: Platform, path: Path, plot_id: str) -> Path:
    """Write every reading of every tree of one plot as CSV for spreadsheets and return the file."""
    rights.require(viewer, "export.outlook")
    made = flights.of_plot(viewer, home, plot_id)
    name = home.store.plot(plot_id, rights.scope(viewer, "tree.read")).name
    first = made["product"] == made.sort_values("day")["product"].iloc[0]
    met = made["tree"].duplicated()  # sorted by tree and day
    state = np.where(met, AGAIN, np.where(first, FIRST, NEW))
    plain = f"'{name}" if FORMULA.match(name) else name
    flat = made.assign(plot=plain, state=state, day=made["day"].dt.strftime("%Y-%m-%d"))
    flat = flat[[column for column in WRITTEN if column in flat]]
    return written(Path(path), lambda beside: flat.to_csv(beside, index=False, encoding="utf-8-sig"))


def history(viewer: Viewer, home: Platform, plot_id: str, tree: int) -> pd.DataFrame:
    """Return the readings of one tree by flight; empty for a number that no flight knows."""
    try:
        every = flights.of_plot(viewer, home, plot_id)
    except MissingDataError:
        return pd.DataFrame()
    return every[every["tree"] == tree].sort_values("day").reset_index(drop=True)


def _box(plot: Plot) -> Corners:
    west, south, east, north = plot.geometry.bounds
    up = BESIDE / 111_000.0
    aside = up / max(float(np.cos(np.radians((south + north) / 2))), 0.1)
    return west - aside, south - up, east + aside, north + up
