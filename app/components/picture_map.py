"""A map of pictures: one, or two parted by a divider or laid over one another, with outlines, places and a route."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from app import session

HERE = Path(__file__).parent
Bounds = tuple[float, float, float, float]
NOTHING: dict[str, Any] = {"type": "FeatureCollection", "features": []}


@dataclass(frozen=True)
class Overlay:
    """A picture on the map; `bounds` are west, south, east, north [degrees], `tiles` whether `url` has {z}/{x}/{y}."""

    url: str
    bounds: Bounds
    label: str
    tiles: bool = False


@cache
def _component() -> Any:
    read = {kind: HERE.joinpath(f"picture_map.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    return st.components.v2.component("citrus_picture_map", **read)


def show(
    bounds: Bounds,
    left: Overlay | None = None,
    right: Overlay | None = None,
    *,
    mode: Literal["swipe", "fade"] = "swipe",
    shapes: dict | None = None,
    route: list[tuple[float, float]] | None = None,
    stops: list[dict] | None = None,
    chosen: str | None = None,
    key: str = "picture_map",
) -> str | None:
    """Show the map and return the `pick` of what was clicked last.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north of the view. [degrees]
    left, right : Overlay, optional
        With both, a slider parts them ("swipe") or lets the right one grow denser ("fade").
    shapes : dict, optional
        GeoJSON; properties line, fill, opacity, weight, dash (areas), fill, radius (points), said (tooltip), id, pick.
    route : list of (longitude, latitude), optional
    stops : list of dict, optional
        order, longitude, latitude, said, seen, pick.
    chosen : str, optional
        `id` of the shape that is drawn strongest.
    """
    ground = ["/api/tiles/hillshade/{z}/{x}/{y}.png"]
    if session.has_orthophoto():
        ground.append("/api/tiles/orthophoto/{z}/{x}/{y}.png")
    if outside := os.environ.get("CITRUS_TILE_URL"):
        ground.append(outside)
    result = _component()(
        key=key,
        data={
            "bounds": _corners(bounds),
            "ground": ground,
            "attribution": os.environ.get("CITRUS_TILE_ATTRIBUTION", ""),
            "left": _sent(left),
            "right": _sent(right),
            "mode": mode,
            "shapes": shapes or NOTHING,
            "route": None if route is None else [[y, x] for x, y in route],
            "stops": stops or [],
            "chosen": chosen,
            "words": {name: session.t(f"picture_map.{name}") for name in ("label", "slider")},
        },
        default={"picked": None},
        on_picked_change=lambda: None,
    )
    picked = result.get("picked") if isinstance(result, dict) else getattr(result, "picked", None)
    return picked if isinstance(picked, str) else None


def _sent(overlay: Overlay | None) -> dict[str, Any] | None:
    if overlay is None:
        return None
    return {
        "url": overlay.url,
        "bounds": _corners(overlay.bounds),
        "label": overlay.label,
        "tiles": overlay.tiles,
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    west, south, east, north = bounds
    return [[south, west], [north, east]]
