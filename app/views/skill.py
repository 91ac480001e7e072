"""How good the warnings were: the answer first, then every score with its interval, its money and its limits."""

import streamlit as st

from app import session
from app.answers import skill
from app.components import cards, skill_charts, skill_story

t = session.t
st.title(t("skill.title"))

told, names = skill.told(), skill.names()
chosen = skill_story.pick(told, names)
if chosen is None:
    skill_story.nothing(told, skill.may_score())
else:
    skill_story.badges(told, chosen)
    cards.answer(skill_story.answers(told, chosen, names))
    skill_charts.outcomes(skill_story.row(told, chosen))
    st.header(t("skill.verdict"))
    skill_story.verdict(told, chosen)
    st.header(t("skill.reliability"))
    skill_charts.reliability(told, chosen)
    st.header(t("skill.weather"))
    st.caption(t("skill.weather_mean"))
    st.dataframe(skill_story.by_weather(told, chosen), hide_index=True, width="stretch")
    st.header(t("skill.money"))
    spray, loss = skill_story.prices()
    skill_charts.money(skill.worth(*chosen, spray, loss))
    st.header(t("skill.table"))
    st.caption(t("skill.table_mean"))
    st.dataframe(skill_story.table(told, names, skill.units()), hide_index=True, width="stretch")
    st.caption(t("skill.scores_mean"))
    skill_story.when(skill.scored_on(told), skill.may_score())

st.header(t("skill.reference"))
skill_charts.gauge(told.gauge, session.language())
st.header(t("skill.unscored"))
skill_story.unscored(told, names, skill.looks())
