"""A map to draw on: tap the corners of a plot, or set one pin; our own few lines on plain Leaflet."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import streamlit as st

from app import session
from app.components import plot_map

HERE = Path(__file__).parent
WORDS = (
    "draw",
    "pin",
    "here",
    "undo",
    "clear",
    "tap_corners",
    "tap_pin",
    "drawn",
    "pinned",
    "locating",
    "no_place",
    "label",
)


@dataclass(frozen=True)
class Drawn:
    """What was drawn: a ring of corners, or one pin; (longitude, latitude) in degrees."""

    ring: list[tuple[float, float]] | None = None
    pin: tuple[float, float] | None = None


@cache
def _component() -> Any:
    read = {kind: HERE.joinpath(f"draw_map.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    return st.components.v2.component("citrus_draw_map", **read)


def show(plots: gpd.GeoDataFrame, townships: gpd.GeoDataFrame, *, has_orthophoto: bool = False) -> Drawn:
    """Show the map and return what is drawn on it; the map stays as it is while the rest of the page changes."""
    seen = plots if len(plots) else townships
    west, south, east, north = seen.total_bounds if len(seen) else (105.0, 28.0, 111.0, 32.0)
    tiles = ["/api/tiles/hillshade/{z}/{x}/{y}.png"]
    if has_orthophoto:
        tiles.append("/api/tiles/orthophoto/{z}/{x}/{y}.png")
    if outside := os.environ.get("CITRUS_TILE_URL"):
        tiles.append(outside)
    result = _component()(
        key="draw_map",
        data={
            "bounds": [[south, west], [north, east]],
            "tiles": tiles,
            "attribution": os.environ.get("CITRUS_TILE_ATTRIBUTION", ""),
            "plots": plot_map.outlined(plots[["geometry"]]),
            "revision": len(plots),
            "words": {name: session.t(f"draw.{name}") for name in WORDS},
        },
        default={"shape": None},
        on_shape_change=lambda: None,
    )
    shape = result.get("shape") if isinstance(result, dict) else getattr(result, "shape", None)
    return understood(shape)


def understood(shape: Any) -> Drawn:
    """Return what the browser sent as corners or a pin; anything else is nothing."""
    if not isinstance(shape, dict):
        return Drawn()
    try:
        if shape.get("kind") == "ring" and len(shape["ring"]) >= 3:
            return Drawn(ring=[_place(*corner) for corner in shape["ring"]])
        if shape.get("kind") == "pin":
            return Drawn(pin=_place(shape["longitude"], shape["latitude"]))
    except (KeyError, TypeError, ValueError):
        pass
    return Drawn()


def _place(longitude: Any, latitude: Any) -> tuple[float, float]:
    place = float(longitude), float(latitude)
    if not (-180 <= place[0] <= 180 and -90 <= place[1] <= 90):
        raise ValueError(f"no such place: {place}")
    return place
