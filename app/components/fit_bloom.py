"""The full bloom that somebody saw: noted on the page, with both lines beside each other; and the county's check."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.components import fit_charts, fit_story


def show(plot_id: str, fit: Any) -> None:
    """Show both lines of this season, and the control that notes a bloom."""
    t = session.t
    st.header(t("fit.biofix"))
    st.markdown(t("fit.biofix_lead"))
    if session.may("observation.write"):
        until = session.today()
        left, right = st.columns([2, 1], vertical_alignment="bottom")
        day = left.date_input(t("fit.day"), _usual(fit, until), max_value=until, key="fit_bloom_day")
        if right.button(t("fit.save"), type="primary", width="stretch", key="fit_bloom_save"):
            noted = session.note_bloom(plot_id, day)
            if noted is not None:
                for finding in noted[1]:
                    st.warning(words.finding(finding, session.language()))
                st.session_state.fit_bloom_noted = not noted[1]
                if not noted[1]:
                    st.rerun()
        if st.session_state.pop("fit_bloom_noted", False):
            st.success(t("fit.saved"))
    else:
        st.caption(t("fit.not_you"))
    if fit is None or fit.seen is None:
        return
    st.markdown(f"**{t('fit.lines')}**")
    st.caption(t("fit.lines_mean"))
    st.altair_chart(fit_charts.lines(fit.lines), width="stretch", alt=t("fit.lines"))
    st.dataframe(fit_story.events(fit.biofix), hide_index=True, width="stretch")


def check(day: date | None, scores: pd.DataFrame) -> None:
    """Show how often the 80 % range held readings that no fit had seen, by kind."""
    t, language = session.t, session.language()
    if day is None or not len(scores):
        st.info(t("fit.no_check"), icon=":material/hourglass_empty:")
        return
    first = scores.iloc[0]
    if first["synthetic"]:
        st.html(f'<div class="citrus-head"><span class="citrus-mark">{t("fit.synthetic")}</span></div>')
    st.markdown(t("fit.check_lead", held=int(first["held_out"]), fitted=int(first["fitted"])))
    st.dataframe(fit_story.check(day, scores), hide_index=True, width="stretch")
    st.caption(t("fit.check_small", day=words.today_in(day, language)))


def _usual(fit: Any, until: date) -> date:
    """Return the day the control begins with: the seen one, the model's own, or today."""
    if fit is None:
        return until
    if fit.seen is not None:
        return fit.seen
    middle = fit.biofix["alone_p50"].iloc[0]
    return min(middle.date(), until) if words.known(middle) else until
