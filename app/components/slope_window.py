"""The map of the ground around a plot: asked for, shown, taken away."""

import tempfile
from datetime import date
from pathlib import Path

import streamlit as st

from app import session
from app.components import legend, pickers, slope_picture, slope_words

SIDES = (600, 1000, 1500)  # m


def show(plot_id: str, on: date | None) -> None:
    """Show what to map and how large; the map when it was asked for, and its file."""
    t = session.t
    left, right = st.columns(2)
    with left:
        choices = {one.key: one for one in session.layers() if one.key in slope_picture.BANDS}
        named = {key: pickers.layer_name(one) for key, one in choices.items()}
        key = st.selectbox(t("pick.layer"), list(named), key="slope_layer", format_func=lambda one: named[one])
    with right:
        side = st.selectbox(
            t("slope.side"), SIDES, index=1, key="slope_side", format_func=lambda n: t("slope.metres", n=n)
        )
    asked = (plot_id, on, side)
    if st.session_state.get("slope_asked") != asked:
        st.caption(t("slope.map_lead"))
        if not st.button(t("slope.map_make"), type="primary", width="stretch", key="slope_make"):
            return
        st.session_state.slope_asked = asked
        st.rerun()
    with st.spinner(t("slope.map_wait")):
        found = session.slope_map(plot_id, on, float(side))
        drawn, meaning = slope_picture.picture(found, choices[key])
    wide, narrow = st.columns([3, 1])
    with wide:
        st.image(drawn, width="stretch")
        st.caption(slope_words.map_said(found))
    with narrow:
        legend.show(named[key], meaning)
        if session.may("export.outlook"):
            _take(plot_id, on, side)
    st.caption(t("words.uncalibrated"))


def _take(plot_id: str, on: date | None, side: int) -> None:
    with tempfile.TemporaryDirectory(prefix="citrus-download-") as folder:
        name = f"citrus_slope_{side}m.tif"
        made = session.export("slope_map", Path(folder) / name, "tif", plot_id=plot_id, on=on, side=float(side))
        if made is not None:
            st.download_button(
                session.t("slope.take"), made.read_bytes(), name, "image/tiff", width="stretch", on_click="ignore"
            )
