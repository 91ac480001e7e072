"""The slope: how late and mainly why, the sun hour by hour, and a map of the ground around the plot."""

import streamlit as st

from app import session, words
from app.components import cards, charts, notices, pickers, plot_story, slope_window, slope_words, sun_chart

t, language = session.t, session.language()
st.title(t("slope.page"))

chosen = pickers.plot(session.plots())
on = pickers.issued(session.dates())
if not session.status().has_dem:
    notices.nothing_yet(t("empty.no_dem"), "views/data.py", t("empty.go_data"))
    st.stop()
outlook, story = session.plot_outlook(chosen, on), session.slope_story(chosen, on)

plot_story.badges(outlook)
cards.answer(slope_words.answers(outlook))
st.caption(t("slope.counted"))

st.header(t("slope.title"))
if words.known(outlook.delay.get("p50")):
    st.altair_chart(charts.reasons(outlook.delay), width="stretch", alt=t("slope.title"))
st.markdown("\n".join(f"- {line}" for line in plot_story.slope(outlook)))

st.header(t("slope.sun_title"))
st.altair_chart(sun_chart.show(story), width="stretch", alt=t("slope.sun_title"))
st.caption(t("slope.sun_how"))
st.markdown("\n".join(f"- {line}" for line in slope_words.sun_lines(story)))

st.header(t("slope.map_title"))
slope_window.show(chosen, on)
