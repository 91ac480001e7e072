"""One plot: the answer first, then stages, the next 30 days, and what the slope does."""

import streamlit as st

from app import session, words
from app.components import cards, charts, forms, notices, pickers, plot_story

t, language = session.t, session.language()
st.title(t("plot.title"))

chosen = pickers.plot(session.plots())
outlook = session.plot_outlook(chosen, pickers.issued(session.dates()))

plot_story.badges(outlook)
cards.answer(plot_story.answers(outlook))
cards.facts(plot_story.facts(outlook))

st.header(t("plot.stages"))
st.altair_chart(charts.timeline(outlook.timeline, outlook.issued), width="stretch", alt=t("plot.stages"))
st.caption(t("words.bar_means") + (t("words.fading") if charts.open_ended(outlook.timeline) else ""))
st.markdown(plot_story.bloom_models(outlook))
with st.expander(t("plot.all_stages")):
    st.dataframe(plot_story.stage_table(outlook.timeline), hide_index=True, width="stretch")

st.header(t("plot.fans"))
st.caption(t("words.fan_means"))
columns = st.columns(2)
for number, variable in enumerate(plot_story.variables(outlook.fans)):
    with columns[number % 2]:
        st.markdown(f"**{t(f'variable.{variable}')}**")
        st.altair_chart(charts.fan(outlook.fans, variable), width="stretch", alt=t(f"variable.{variable}"))
if len(outlook.hanging):
    st.header(t("plot.hanging"))
    columns = st.columns(2)
    for number, variable in enumerate(plot_story.variables(outlook.hanging)):
        with columns[number % 2]:
            st.markdown(f"**{t(f'variable.{variable}')}**")
            st.altair_chart(charts.fan(outlook.hanging, variable), width="stretch", alt=t(f"variable.{variable}"))

st.header(t("slope.title"))
st.caption(t("slope.counted"))
for line in plot_story.slope(outlook):
    st.markdown(f"- {line}")
if words.known(outlook.delay.get("p50")):
    st.altair_chart(charts.reasons(outlook.delay), width="stretch", alt=t("slope.title"))

st.header(t("plot.known"))
with st.expander(t("plot.attributes"), expanded=bool(outlook.assumed)):
    forms.attributes(outlook.plot)
with st.expander(t("plot.sources")):
    notices.findings(outlook.sources, lambda found: words.finding(found, language))
with st.expander(t("plot.limits")):
    notices.findings(outlook.limits, lambda found: words.finding(found, language))
