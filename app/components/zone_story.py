"""Zones of a large plot that keep apart over the years: a sentence, a small map, a table; one zone is said plainly."""

from typing import Any

import streamlit as st

from app import session, words
from app.answers import condition, images
from app.components import picture_map, weak_areas
from remote_sensing.condition.zones import Zones

COLOURS = ("#a6611a", "#dfc27d", "#80cdc1", "#018571", "#003c30")
"""From the weakest zone to the strongest."""


def show(plot: str, outline: Any) -> None:
    """Show the zones of one plot, or why it has none."""
    t = session.t
    with st.spinner(t("condition.zones_working")):
        found, why = images.plot_zones(plot)
    if found is None:
        st.info(why)
        return
    st.markdown(said(found))
    if len(found.table) < 2:
        return
    shapes = condition.zone_shapes(found)
    features = [
        weak_areas.feature(
            row["geometry"], line="#ffffff", weight=1, opacity=0.75, said=one(row),
            fill=colour(int(row["zone"]), len(shapes)),
        )
        for row in shapes.to_dict("records")
    ]  # fmt: skip
    picture_map.show(
        tuple(outline.bounds), shapes={"type": "FeatureCollection", "features": features}, key="condition_zones"
    )
    st.markdown("\n".join(f"- {one(row)}" for row in shapes.sort_values("zone").to_dict("records")))
    st.caption(t("condition.zones_mean"))


def colour(zone: int, n: int) -> str:
    """Return the colour of one of `n` zones, the ends of the scale for the weakest and the strongest."""
    return COLOURS[round((zone - 1) * (len(COLOURS) - 1) / max(n - 1, 1))]


def said(found: Zones) -> str:
    """Return how many zones there are, how far they explain the plot, and whether they come back each year."""
    t = session.t
    if len(found.table) < 2:
        reason = t(f"condition.zone_{found.reason}") if found.reason else ""
        return t("condition.one_zone", reason=reason)
    stable = "" if found.stable is None else t("condition.zones_stable" if found.stable else "condition.zones_unstable")
    return t("condition.zones_found", n=len(found.table), share=f"{100 * found.variance_share:.0f}") + stable


def one(row: dict[str, Any]) -> str:
    """Return one zone in words."""
    t = session.t
    which = t("condition.zone_weakest") if int(row["zone"]) == 1 else ""
    return t(
        "condition.zone", zone=int(row["zone"]), which=which, mu=words.number(row["area_mu"]),
        share=f"{100 * row['share_of_plot']:.0f}",
    )  # fmt: skip
