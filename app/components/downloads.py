"""Taking results away as files."""

import tempfile
from pathlib import Path

import streamlit as st

from app import session

OFFERED = {"plots": ("gpkg", "geojson", "csv"), "outlook": ("csv", "gpkg", "json"), "map": ("png", "geojson")}


def show() -> None:
    """Show what can be taken away; the file is made when it is asked for."""
    t = session.t
    what = st.radio(
        t("download.what"),
        [name for name in OFFERED if session.may(f"export.{name}")],
        format_func=lambda k: t(f"download.{k}"),
        key="download_what",
    )
    if what is None:
        st.info(t("download.nothing"))
        return
    kind = st.radio(
        t("download.format"),
        OFFERED[what],
        horizontal=True,
        format_func=lambda k: t(f"format.{k}"),
        key=f"download_{what}",
    )
    more = {}
    if what == "map":
        names = {one.key: one.zh if session.language() == "zh" else one.en for one in session.layers()}
        more["layer"] = st.selectbox(t("pick.layer"), list(names), format_func=names.get, key="download_layer")
    if st.button(t("download.make"), width="stretch", key="download_make"):
        with tempfile.TemporaryDirectory(prefix="citrus-download-") as folder:
            made = session.export(what, Path(folder) / f"citrus_{what}.{kind}", kind, **more)
            if made is not None:
                st.download_button(
                    t("download.take"), made.read_bytes(), made.name, type="primary", width="stretch", on_click="ignore"
                )
