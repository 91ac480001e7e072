"""The head of every page: where we are, what is only an example, and which language."""

from html import escape
from pathlib import Path

import streamlit as st

from agro.farm import Viewer
from app import session, strings, words
from app.services.platform import Status

STYLE = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")


def show(viewer: Viewer, status: Status) -> None:
    """Show the region, the marks that must not be missed, and the switch of language."""
    t, language = session.t, session.language()
    said = f':root {{ --citrus-choose: "{t("import.file")}"; --citrus-limit: "{t("import.limit")}" }}'
    st.html(f"<style>{STYLE}{said}</style>")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        parts = [f"<b>{escape(status.region.name if status.region else t('header.no_region'))}</b>"]
        if status.synthetic:
            parts.append(f'<span class="citrus-mark">{escape(t("header.demo"))}</span>')
        if status.last_run and session.drafts():
            parts.append(f'<span class="citrus-mark draft">{escape(t("header.draft"))}</span>')
        if status.last_run:
            parts.append(f"<span>{escape(t('header.issued', day=words.today_in(status.last_run, language)))}</span>")
        st.html(f'<div class="citrus-head">{"".join(parts)}</div>', width="content")
        st.segmented_control(
            t("header.language"),
            list(strings.LANGUAGES),
            key="language",
            format_func=strings.LANGUAGES.get,
            required=True,
            label_visibility="collapsed",
        )
    with st.sidebar:
        st.caption(f"{session.display()} · {t(f'role.{viewer.role.value}')}")
        st.link_button(t("header.lite"), f"/lite?lang={language}", width="stretch")
        st.link_button(t("header.sign_out"), "/auth/logout", width="stretch")
