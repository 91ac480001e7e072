"""The order of picking: which plot comes first, until when, and which part of the farm ripens when."""

import streamlit as st

from app import session, words
from app.components import cards, harvest_story, notices, pickers

STEP = 20  # rows at a time

t, language = session.t, session.language()
st.title(t("harvest.title"))

plots = session.plots()
if not len(plots):
    notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    st.stop()
names = dict(zip(plots["id"], words.unique_names(plots), strict=True))
day = pickers.issued(session.dates())
with st.spinner(t("advice.working")):
    told = session.harvest_plan(day)
if not len(told.order):
    notices.nothing_yet(t("harvest.none"), "views/runs.py", t("empty.go_runs"))
    st.stop()

cards.answer(harvest_story.answers(told, names))
st.caption(t("harvest.means"))

st.header(t("harvest.order"))
shown = told.order.head(st.session_state.setdefault("harvest_shown", STEP))
harvest_story.table(shown, names)
if rest := len(told.order) - len(shown):
    more = t("home.more", n=min(rest, STEP), all=len(told.order))
    if st.button(more, key="harvest_more", width="stretch", icon=":material/expand_more:"):
        st.session_state.harvest_shown += STEP
        st.rerun()
st.download_button(
    t("harvest.take"),
    harvest_story.csv(told, names, synthetic=session.status().synthetic),
    f"citrus_harvest_{told.issued}.csv",
    "text/csv",
    icon=":material/download:",
    on_click="ignore",
    key="harvest_take",
)
if shown["opens"].notna().any():
    st.header(t("harvest.windows"))
    st.altair_chart(harvest_story.chart(shown, names, told.issued), width="stretch", alt=t("harvest.windows"))

st.header(t("harvest.parts"))
by = st.radio(
    t("harvest.by"),
    list(told.parts),
    format_func=lambda part: t(f"harvest.by_{part}"),
    horizontal=True,
    key="harvest_by",
)
harvest_story.parts(told.parts[by], by)
bigger = session.bigger_first()
st.markdown(f"**{bigger[language]}**")
st.caption(t("harvest.bigger_said"))
st.caption(t("words.uncalibrated"))
