"""Taking pictures, outlines and tables away: the file is made when it is asked for."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from app import session
from app.answers import images
from app.answers.pictures import Asked
from app.services.imagery import exports, tables

MOST = 500_000_000
"""Bytes that a page hands over: it holds them in memory, and a flight's full size may be gigabytes."""


@dataclass(frozen=True)
class Offer:
    """Something to take away: its name on the page, its kinds of file, and what writes one."""

    name: str
    kinds: tuple[str, ...]
    make: Callable[[Path, str], Path | None]


def layer(asked: Asked, name: str) -> Offer:
    """Return a layer of a scene: what lies behind it as GeoTIFF, a picture with its legend, one for a globe."""
    more = {
        "index": asked.index, "relative": asked.relative, "plot": asked.plot, "earlier": asked.earlier, "box": asked.box
    }  # fmt: skip
    return Offer(
        name, exports.FORMATS, lambda path, kind: images.layer_file(path, kind, asked.scene, asked.layer, **more)
    )


def outlines() -> Offer:
    """Return all outlines in one file: plots, weak areas, zones, crowns, gaps."""
    return Offer(session.t("picture_downloads.package"), tables.TOGETHER, images.outlines_file)


def show(offers: Mapping[str, Offer], key: str) -> None:
    """Show what can be taken away, its kinds of file, and the button; nothing for who may not."""
    t = session.t
    if not offers or not session.may("export.outlook"):
        return
    with st.expander(t("picture_downloads.title"), icon=":material/download:"):
        what = st.selectbox(
            t("download.what"), list(offers), format_func=lambda one: offers[one].name, key=f"{key}_what"
        )
        offer = offers[what]
        kind = st.radio(
            t("download.format"), offer.kinds, horizontal=True, key=f"{key}_kind_{what}",
            format_func=lambda one: t(f"picture_downloads.{one}"),
        )  # fmt: skip
        st.caption(t("picture_downloads.means"))
        if not st.button(t("download.make"), width="stretch", key=f"{key}_make"):
            return
        with st.spinner(t("picture_downloads.working")), tempfile.TemporaryDirectory(prefix="citrus-") as folder:
            made = offer.make(Path(folder) / f"citrus_{what}.{kind}", kind)
            if made is not None and made.stat().st_size > MOST:
                st.warning(t("picture_downloads.too_large", n=made.stat().st_size // 1_000_000))
            elif made is not None:
                st.download_button(
                    t("download.take"), made.read_bytes(), made.name, type="primary", width="stretch",
                    on_click="ignore", key=f"{key}_take",
                )  # fmt: skip
