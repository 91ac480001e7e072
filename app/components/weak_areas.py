"""Areas of weak growth on a map and as cards: where, since when, how sure, what else is known, what to do."""

from html import escape
from typing import Any

import geopandas as gpd
import shapely
import streamlit as st

from app import session
from app.services.imagery import words

COLOURS = {1: "#e6a532", 2: "#d9691e", 3: "#b02a1a"}
"""By severity: watch, look, severe."""
PLOT = "#22302a"
MANY = 20
"""Plots from which on areas are marked by points as well."""


def shapes(plots: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None = None) -> dict[str, Any]:
    """Return outlines of plots and, above them, of weak areas as GeoJSON for `picture_map`."""
    language = session.language()
    features = [
        feature(shape, id=key, pick=f"plot:{key}", line=PLOT, weight=2, said=name)
        for key, name, shape in zip(plots["id"], plots["name"], plots.geometry, strict=True)
    ]
    for row in [] if areas is None else areas.to_dict("records"):
        colour = COLOURS[int(row["severity"])]
        kind = words.known("kind")[row["kind"]][language]
        said = session.t("condition.area_said", name=row["name"], kind=kind, mu=f"{row['area_mu']:.1f}")
        dash = "6 5" if row["kind"] == "within_persistent" else None
        features.append(
            feature(
                row["geometry"], id=row["id"], pick=f"area:{row['id']}", line=colour, fill=colour, dash=dash, said=said
            )
        )
        if len(plots) >= MANY:  # on a map of a county an area is smaller than a point
            middle = row["geometry"].representative_point()
            features.append(feature(middle, pick=f"area:{row['id']}", fill=colour, radius=7, said=said))
    return {"type": "FeatureCollection", "features": features}


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    """Return a shape as GeoJSON with what `picture_map` reads of it; corners to a tenth of a metre."""
    rounded = shapely.transform(shape, lambda corners: corners.round(6))
    kept = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "geometry": rounded.__geo_interface__, "properties": kept}


def card(told: dict[str, Any]) -> None:
    """Show one area in sentences: what, why it is thought so, hints that are none of them a diagnosis."""
    t, language = session.t, session.language()
    lists = ""
    for name in ("hints", "explained"):
        if told[name]:
            rows = "".join(f"<li>{escape(one[language])}</li>" for one in told[name])
            lists += f'<p><b>{escape(t(f"condition.{name}"))}</b></p><ul class="plain">{rows}</ul>'
    if not told["hints"]:
        lists += f"<p>{escape(t('condition.no_hints'))}</p>"
    st.html(
        f'<article class="citrus-say" style="--tone:{COLOURS.get(int(told.get("level", 2)), COLOURS[2])}">'
        f'<span class="tone">➜ {escape(told["severity"][language])}</span><h2>{escape(told["head"][language])}</h2>'
        f"<p>{escape(told['why'][language])}</p>{lists}<p><b>{escape(told['do'][language])}</b></p>"
        f"<small>{escape(told['sure'][language])}</small></article>"
    )
