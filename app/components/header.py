"""The head of every page: where we are, what is only an example, and which language."""

from html import escape

import streamlit as st

from agro.farm import Viewer
from app import session, strings, words
from app.services.platform import Status

STYLE = """<style>
.block-container { padding-top: 3.2rem; padding-bottom: 4rem; max-width: 78rem }
@media (max-width: 640px) { .block-container { padding-left: 1rem; padding-right: 1rem } h1 { font-size: 1.7rem !important } }
.stButton button, .stFormSubmitButton button, .stLinkButton a, .stDownloadButton button { min-height: 2.9rem }
.stAppDeployButton, #MainMenu { display: none }
.citrus-head { display: flex; flex-wrap: wrap; gap: .3rem .8rem; align-items: center; color: #4c5a52; font-size: .98rem }
.citrus-head b { color: #22302a; font-size: 1.1rem }
.citrus-mark { background: #fff3d6; border: 1px solid #d9a531; color: #6b4a05; border-radius: 1rem; padding: .05rem .7rem; font-size: .9rem; white-space: nowrap }
.citrus-say { border-left: .4rem solid var(--tone); background: #fff; border-radius: .6rem; padding: .9rem 1.1rem; box-shadow: 0 1px 3px rgb(0 0 0 / .09) }
.citrus-say p { margin: 0; font-size: 1.16rem; line-height: 1.65 } .citrus-say h3 { margin: 0 0 .3rem; font-size: 1.25rem; padding: 0 }
.citrus-say small { color: #5b6860; display: block; margin-top: .4rem } .citrus-say .tone { color: var(--tone); font-weight: 600; font-size: .95rem }
.citrus-answer { font-size: 1.28rem; line-height: 1.75; background: #fff; border-radius: .7rem; padding: 1rem 1.2rem; border: 1px solid #e0dccd }
.citrus-answer ul { margin: 0; padding-left: 1.2rem } .citrus-answer li { margin: .15rem 0 }
.citrus-legend ul { list-style: none; margin: .4rem 0 0; padding: 0 } .citrus-legend li { display: flex; align-items: center; gap: .5rem; margin: .2rem 0 }
.citrus-swatch { width: 1.5rem; height: 1rem; border-radius: .2rem; border: 1px solid rgb(0 0 0 / .25); flex: none }
@media (max-width: 640px) { .citrus-legend ul { display: grid; grid-template-columns: 1fr 1fr } }
</style>"""


def show(viewer: Viewer, status: Status) -> None:
    """Show the region, the marks that must not be missed, and the switch of language."""
    t, language = session.t, session.language()
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        parts = [f"<b>{escape(status.region.name if status.region else t('header.no_region'))}</b>"]
        if status.synthetic:
            parts.append(f'<span class="citrus-mark">{escape(t("header.demo"))}</span>')
        if status.last_run:
            parts.append(f"<span>{escape(t('header.issued', day=words.today_in(status.last_run, language)))}</span>")
        st.html(f'<div class="citrus-head">{"".join(parts)}</div>', width="content")
        st.segmented_control(
            t("header.language"), list(strings.LANGUAGES), key="language", format_func=strings.LANGUAGES.get, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    with st.sidebar:
        st.caption(f"{viewer.name} · {t(f'role.{viewer.role.value}')}")
        st.link_button(t("header.lite"), f"/lite?lang={language}", width="stretch")
        st.link_button(t("header.sign_out"), "/auth/logout", width="stretch")
