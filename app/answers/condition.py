"""How orchards stand, plot by plot and tree by tree, as their pages ask for it."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from agro.errors import AgroError
from app import session
from app.answers import images, pictures
from app.services.imagery import choice, curves, drawing, flown_trees, township_sums
from app.services.imagery.flown_trees import FlownTrees
from app.services.imagery.settings import number
from app.services.imagery.township_sums import Sums
from remote_sensing.condition.zones import Zones

session.SERVICES |= {"imagery_flown_trees": flown_trees, "imagery_township_sums": township_sums}


def sizes(plots: gpd.GeoDataFrame) -> tuple[int, int]:
    """Return how many plots satellites cannot see at all, and of how many more they see no inside."""
    tiny = plots["area"] < curves.SMALLEST
    return int(tiny.sum()), int((~tiny & (plots["area"] < number("monitor", "within"))).sum())


def any_picture() -> bool:
    """Return whether there is a satellite scene at all."""
    return len(pictures.listed("satellite")) > 0


def newest() -> pd.Series:
    """Return the newest satellite scene that shows enough of the viewer's plots; needs `any_picture`."""
    return choice.newest(pictures.listed("satellite"))


def old_after() -> int:
    """Return after how many days without a usable picture a flight is advised."""
    return int(number("monitor", "flight"))


def told(area: dict[str, Any]) -> dict[str, Any]:
    """Return a row of `images.weak` in sentences, with its level for its colour."""
    return {**images.area(area["id"]), "level": int(area["severity"])}


def zone_shapes(zones: Zones) -> gpd.GeoDataFrame:
    """Return zones as outlines on the map."""
    return gpd.GeoDataFrame(zones.table).to_crs(4326)


def flight(plot: str, product: str | None = None) -> FlownTrees | None:
    """Return the trees of one plot on one flight; None, after saying why, where there are none."""
    asked = (plot, product)
    try:
        return session.kept("imagery_flown_trees.of_flight", session.viewer(), drawing.stamp(session.home()), asked)
    except AgroError as error:
        st.info(error.message(session.language()), icon=":material/hourglass_empty:")
        return None


def tree(plot: str, number: int) -> pd.DataFrame:
    """Return the readings of one tree by flight."""
    return pictures.ask("imagery_flown_trees.history", plot, number)


def trees_file(path: Path, plot: str) -> Path | None:
    """Return the CSV of all readings of a plot's trees, or None after its refusal was shown."""
    try:
        return flown_trees.table(session.viewer(), session.home(), path, plot)
    except AgroError as error:
        st.error(error.message(session.language()))
        return None


def sums() -> Sums:
    """Return how much stands weak in each township that may be told."""
    return pictures.ask("imagery_township_sums.of_region")
