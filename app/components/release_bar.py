"""The release gate on a page: what stands above an unissued outlook, and who signs or issues it."""

from html import escape

import streamlit as st

from app import session, words
from app.answers import warnings
from app.services.pests.release import Gate


def banner(gate: Gate) -> None:
    """Show across the page that what it tells is a draft, or under which number it was issued.

    Nothing is shown above advice for own and shared plots, which is private.
    """
    t, language = session.t, session.language()
    if gate.private:
        return
    found = gate.release
    if gate.issued and found is not None:
        said = t("release.issued", number=found.number, day=words.today_in(found.at.date(), language))
        st.html(f'<div class="citrus-gate issued" role="status">✓ {escape(said)}</div>{STYLE}')
        return
    state = t(f"release.state_{gate.state}")
    st.html(
        f'<div class="citrus-gate" role="alert"><b>{escape(t("release.draft"))}</b> '
        f"<span>{escape(t('release.draft_means', state=state))}</span></div>{STYLE}"
    )


def deeds(gate: Gate) -> None:
    """Show the next steps that the visitor may take; nothing to who may take none."""
    t = session.t
    if not gate.may:
        return
    with st.expander(t("release.deeds"), expanded=not gate.issued):
        st.caption(t("release.law"))
        if "signed" in gate.may and st.button(t("release.sign"), key="release_sign", width="stretch"):
            _after(warnings.sign(gate.day))
        if "issued" in gate.may:
            with st.form("release_issue_form"):
                number = st.text_input(t("release.number"), key="release_number", placeholder=t("release.number_hint"))
                if st.form_submit_button(t("release.issue"), key="release_issue", type="primary", width="stretch"):
                    _after(warnings.issue(gate.day, number))
        if "withdrawn" in gate.may and st.button(t("release.withdraw"), key="release_withdraw", width="stretch"):
            _after(warnings.withdraw(gate.day))


def _after(done: object) -> None:
    if done is not None:
        st.rerun()


STYLE = """<style>
.citrus-gate { background: #f3e1dc; border: 2px dashed #b5481b; color: #7a2c0d; border-radius: .6rem;
  padding: .6rem 1rem; font-size: 1.05rem } .citrus-gate b { font-size: 1.2rem; margin-right: .5rem }
.citrus-gate.issued { background: #e6f1e9; border: 1px solid #2c6e49; color: #1d4a31 }
</style>"""
