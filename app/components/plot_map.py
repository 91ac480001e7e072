"""The map of plots: our own hillshade below, plots in the colours of a layer, a click selects."""

import json
import math

import geopandas as gpd
import pydeck as pdk
import shapely
import streamlit as st
from pydeck.bindings import json_tools

from app import session
from app.components.colours import Coloured, rgb

KEY = "plot_map"
LETTERS = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
DARK = [25, 32, 28, 255]
EDGE = [45, 50, 46, 220]
MANY = 2000
"""Above this many plots the map is sent lean: coarser outlines in their own colour, no points and no names."""
COARSE = 5 / 111_320  # degrees, 5 m


class Deck(pdk.Deck):
    """A deck that is written without blanks: pydeck's own indents make the message twice as long."""

    def to_json(self) -> str:
        """Return the deck as compact JSON."""
        return json.dumps(self, sort_keys=True, default=json_tools.default_serialize, separators=(",", ":"))


def show(
    frame: gpd.GeoDataFrame, layer: Coloured, townships: gpd.GeoDataFrame, selected: str | None, height: int = 520
) -> None:
    """Show the plots; a click on one makes it the plot that every page speaks of."""
    deck = Deck(
        layers(frame, layer, townships, selected),
        initial_view_state=view(frame, townships, height),
        map_provider="maplibre",
        map_style="/api/style.json",
        tooltip={"text": "{name}\n{said}"},  # text, never html: people name their plots as they like
    )
    st.pydeck_chart(
        deck, on_select=_picked, selection_mode="single-object", height=height, key=KEY, alt=session.t("map.alt")
    )


def layers(
    frame: gpd.GeoDataFrame, layer: Coloured, townships: gpd.GeoDataFrame, selected: str | None
) -> list[pdk.Layer]:
    """Return the layers from bottom to top; each has an id, without which a click says nothing."""
    many = len(frame) > MANY
    shapes = _shapes(frame, layer)
    points = _points(frame, layer)
    chosen = [shape for shape in shapes["features"] if shape["properties"]["id"] == selected]
    spots = [point for point in points if point["id"] == selected]
    edges = {"polygons-stroke": {"getColor": "@@=properties.fill"}} if many else {}
    letters = {
        "character_set": pdk.types.String("auto"),
        "font_family": pdk.types.String(LETTERS),
        "outline_width": 3,
        "outline_color": [255, 255, 255, 230],
        "font_settings": {"sdf": True},
        "pickable": False,
    }
    made = [
        pdk.Layer(
            "GeoJsonLayer",
            id="plots",
            data=shapes,
            pickable=True,
            stroked=True,
            auto_highlight=True,
            get_line_color=EDGE,
            line_width_min_pixels=3 if many else 1,
            **_filled("polygons-fill", edges),
        ),
        pdk.Layer(
            "GeoJsonLayer",
            id="points",
            data=_spots([] if many else points),
            pickable=True,
            stroked=True,
            auto_highlight=True,
            get_line_color=EDGE,
            get_point_radius=12,
            point_radius_min_pixels=5,
            point_radius_max_pixels=9,
            line_width_min_pixels=1,
            **_filled("points-circle"),
        ),
        pdk.Layer(
            "GeoJsonLayer",
            id="selected",
            data={"type": "FeatureCollection", "features": chosen},
            stroked=True,
            filled=False,
            get_line_color=DARK,
            line_width_min_pixels=3,
            pickable=False,
        ),
        pdk.Layer(
            "ScatterplotLayer",
            id="selected_point",
            data=spots,
            stroked=True,
            filled=False,
            get_position="place",
            get_radius=12,
            get_line_color=DARK,
            radius_min_pixels=10,
            line_width_min_pixels=3,
            pickable=False,
        ),
        # in metres: names appear as one comes near
        pdk.Layer(
            "TextLayer",
            id="names",
            data=[] if many else [{"name": point["name"], "place": point["place"]} for point in points],
            get_position="place",
            get_text="name",
            get_size=26,
            size_units=pdk.types.String("meters"),
            size_max_pixels=15,
            get_pixel_offset=[0, -16],
            **letters,
        ),
    ]
    if len(townships):
        centres = townships.geometry.representative_point()
        names = [{"name": name, "place": [p.x, p.y]} for name, p in zip(townships["name"], centres, strict=True)]
        outlines = outlined(townships[["name", "geometry"]])
        made.insert(
            0,
            pdk.Layer(
                "GeoJsonLayer",
                id="townships",
                data=outlines,
                stroked=True,
                filled=False,
                get_line_color=[60, 66, 62, 200],
                line_width_min_pixels=1.5,
                pickable=False,
            ),
        )
        made.append(
            pdk.Layer(
                "TextLayer",
                id="township_names",
                data=names,
                get_position="place",
                get_text="name",
                get_size=15,
                **letters,
            )
        )
    return made


def view(frame: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, height: int) -> pdk.ViewState:
    """Return the view that holds all plots; it must not change from one click to the next, or the map would jump."""
    west, south, east, north = (frame if len(frame) else townships).total_bounds
    across = max(east - west, 0.004) * 1.15
    along = max(north - south, 0.004) * 1.15 / math.cos(math.radians((south + north) / 2))
    width = 360 if session.narrow() else 600  # px, about what the page leaves for the map
    zoom = math.log2(min(360 * width / 512 / across, 360 * height / 512 / along))
    return pdk.ViewState(
        longitude=(west + east) / 2, latitude=(south + north) / 2, zoom=min(zoom, 15.5), max_zoom=18, min_zoom=5
    )


def outlined(frame: gpd.GeoDataFrame) -> dict:
    """Return `frame` as GeoJSON with six decimals (0.1 m); above MANY rows the outlines are simplified to 5 m."""
    shapes = frame.geometry.to_numpy()
    if len(frame) > MANY:
        shapes = shapely.simplify(shapes, COARSE)
    shapes = shapely.transform(shapes, lambda corners: corners.round(6))
    rows = frame.drop(columns=["geometry"]).to_dict("records")
    features = [
        {"type": "Feature", "geometry": shape.__geo_interface__, "properties": row}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _shapes(frame: gpd.GeoDataFrame, layer: Coloured) -> dict:
    return outlined(frame[["id", "name", "geometry"]].assign(fill=_fills(layer), said=layer.texts))


def _points(frame: gpd.GeoDataFrame, layer: Coloured) -> list[dict]:
    centres = shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy())).round(6).tolist()
    rows = zip(frame["id"], frame["name"], centres, _fills(layer), layer.texts, strict=True)
    return [dict(zip(("id", "name", "place", "fill", "said"), row, strict=True)) for row in rows]


def _fills(layer: Coloured) -> list[list[int]]:
    return [[*rgb(colour), 225] for colour in layer.colours]


def _spots(points: list[dict]) -> dict:
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": point["place"]}, "properties": point}
        for point in points
    ]
    return {"type": "FeatureCollection", "features": features}


def _filled(part: str, more: dict | None = None) -> dict:
    """Return the fill of one part of a layer.

    Given to the layer itself, Streamlit would pale all plots but the clicked one, and the legend would be wrong.
    """
    return {"_subLayerProps": {part: {"getFillColor": "@@=properties.fill"}, **(more or {})}}


def _picked() -> None:
    objects = st.session_state[KEY]["selection"]["objects"]
    for picked in (*objects.get("plots", []), *objects.get("points", [])):
        session.select(picked["properties"]["id"])
