"""What the platform says of plots: layers for the map, one plot in full, and the answers in sentences."""

from datetime import date

import geopandas as gpd

from agro.farm import Viewer
from agro.store import rights
from app.services.outlooks.layers import LAYERS, Layer
from app.services.outlooks.plot import PlotOutlook, plot_outlook
from app.services.outlooks.regional import Regional, regional
from app.services.outlooks.sentences import Sentence, sentences
from app.services.platform import Platform
from growth_model import limits as known_limits

__all__ = [
    "LAYERS",
    "Layer",
    "PlotOutlook",
    "Regional",
    "Sentence",
    "county",
    "dates",
    "limits",
    "plot_outlook",
    "regional",
    "sentences",
]


def county(viewer: Viewer, home: Platform, on: date | None = None) -> gpd.GeoDataFrame:
    """Return the plots that `viewer` may see, with their outlook of `on` (the newest by default).

    Before the first run the outlook's columns are empty.
    """
    scope = rights.scope(viewer, "outlook.read")
    plots = home.store.plots(scope)
    summary = home.store.outlook_summary(scope, on).rename(columns={"date": "issued"})
    extra = [column for column in summary.columns if column == "plot" or column not in plots.columns]
    return plots.merge(summary[extra], left_on="id", right_on="plot", how="left").drop(columns="plot")


def limits() -> tuple[dict[str, str], ...]:
    """Return what the growth model is known not to know, each {"zh": sentence, "en": sentence}."""
    return known_limits()


def dates(viewer: Viewer, home: Platform) -> list[date]:
    """Return the days of issue that are kept, newest first."""
    rights.require(viewer, "outlook.read")
    return sorted({run.date for run in home.store.runs(1000) if run.state == "finished"}, reverse=True)
