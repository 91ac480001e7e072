"""Pictures of orchards, as pages ask for them."""

from dataclasses import astuple, dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from agro.errors import AgroError
from agro.farm import Finding
from app import session
from app.components import notices
from app.components.picture_map import Overlay
from app.services.imagery import drawing, layers, scenes, standing
from app.services.imagery.pictures import Picture

session.SERVICES |= {
    "imagery_scenes": scenes, "imagery_layers": layers, "imagery_drawing": drawing, "imagery_standing": standing,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which layer of which scene; the parts of `app.services.imagery.drawing.drawn`."""

    scene: str
    layer: str
    index: str = "ndvi"
    relative: bool = False
    plot: str | None = None
    earlier: str | None = None
    box: tuple[float, float, float, float] | None = None


def ask(service: str, *arguments: Any) -> Any:
    """Return what a service answers, kept until the next run or scene; the page ends where it cannot."""
    try:
        return session.kept(service, session.viewer(), drawing.stamp(session.home()), arguments)
    except AgroError as error:
        notices.cannot(error, session.language(), session.t)
        st.stop()


def listed(kind: str | None = None) -> pd.DataFrame:
    """Return the scenes that the viewer may see, the newest first."""
    return ask("imagery_scenes.listed", kind)


def without_history() -> list[Finding]:
    """Return what is to be said of plots that came after pictures of them."""
    return ask("imagery_standing.without_history")


def indices(scene: str) -> dict[str, str]:
    """Return {key: name} of the indices that a scene has the bands for."""
    at = 1 if session.language() == "zh" else 2
    return {one[0]: one[at] for one in ask("imagery_layers.indices_of", scene)}


def drawn(asked: Asked) -> Picture | None:
    """Return a picture; None, after saying why, where it cannot be drawn."""
    try:
        return session.kept("imagery_drawing.drawn", session.viewer(), drawing.stamp(session.home()), astuple(asked))
    except AgroError as error:
        st.warning(error.message(session.language()), icon=":material/cloud:")
        return None


def overlay(asked: Asked, picture: Picture, label: str) -> Overlay:
    """Return a picture as the map takes it: by its address, so that the browser keeps it."""
    more = {"index": asked.index, "relative": int(asked.relative), "plot": asked.plot or ""}
    if asked.earlier:
        more["earlier"] = asked.earlier
    if asked.box:
        more["box"] = ",".join(f"{edge:.6f}" for edge in asked.box)
    return Overlay(f"/api/pictures/{asked.scene}/{asked.layer}.png?{urlencode(more)}", picture.bounds, label)
