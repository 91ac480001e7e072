"""The map of suspected trees: only those that the viewer may know of, by how far they have come."""

from typing import Any

import geopandas as gpd
import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st

from app import session, words
from app.answers import records
from app.components import legend, plot_map
from app.components.colours import Coloured, rgb

COLOURS = {
    "suspected": "#d98e04",
    "sampled": "#2a6fb0",
    "confirmed": "#b3261e",
    "refuted": "#5f8f6b",
    "removed": "#3b3f3c",
    "replanted": "#7ab648",
}
HEIGHT = 420
NEAR = 0.002  # degrees around a tree that the map holds


def show(trees: pd.DataFrame, plots: gpd.GeoDataFrame) -> None:
    """Show the trees on the outlines of the viewer's plots; a tree without a place of its own lies within its plot."""
    t, names = session.t, records.state_names()
    st.pydeck_chart(
        plot_map.Deck(
            layers=layers(trees, plots), initial_view_state=plot_map.view(_around(trees, plots), plots, HEIGHT),
            map_provider="maplibre", map_style="/api/style.json", tooltip={"text": "{name}\n{said}"},
        ),
        height=HEIGHT, key="case_map",
    )  # fmt: skip
    told = [state for state in COLOURS if state in set(trees["state"])]
    legend.show(t("cases.legend"), Coloured([], [], [(COLOURS[state], names[state]) for state in told]))
    st.caption(t("cases.map_means"))


def layers(trees: pd.DataFrame, plots: gpd.GeoDataFrame) -> list[pdk.Layer]:
    """Return the outlines below and the trees above; every row is one that the viewer was told."""
    outlines = plot_map.outlined(plots[["name", "geometry"]].assign(said=""))
    return [
        pdk.Layer(
            "GeoJsonLayer", id="case_plots", data=outlines, stroked=True, filled=True,
            get_fill_color=[235, 238, 228, 90], get_line_color=plot_map.EDGE, line_width_min_pixels=1, pickable=False,
        ),
        pdk.Layer(
            "ScatterplotLayer", id="case_trees", data=[_spot(row) for row in trees.itertuples()], get_position="place",
            get_fill_color="fill", get_line_color=plot_map.DARK, stroked=True, get_radius=4, radius_min_pixels=7,
            radius_max_pixels=14, line_width_min_pixels=1, pickable=True,
        ),
    ]  # fmt: skip


def _spot(row: Any) -> dict[str, Any]:
    t, language = session.t, session.language()
    state = records.state_names().get(row.state, row.state)
    said = [records.organisms().get(row.organism, row.organism), state, words.day(row.since, language)]
    if not row.exact:
        said.append(t("cases.about_here"))
    return {
        "name": f"{row.name} {row.tree}".strip(), "said": " · ".join(said), "fill": [*rgb(COLOURS[row.state]), 235],
        "place": [round(row.longitude, 6), round(row.latitude, 6)],
    }  # fmt: skip


def _around(trees: pd.DataFrame, plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what the map is to hold: the trees where there are some, else the plots."""
    places = trees.dropna(subset=["longitude", "latitude"])
    if not len(places):
        return plots
    x, y = places["longitude"].to_numpy(), places["latitude"].to_numpy()
    return gpd.GeoDataFrame(geometry=shapely.box(x - NEAR, y - NEAR, x + NEAR, y + NEAR), crs="EPSG:4326")
