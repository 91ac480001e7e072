"""One pest or disease: who it is, how to look, what to do, how sure the model is, where it stands."""

import streamlit as st

from app import session
from app.answers import pest_advice
from app.components import cards, organism_story

t = session.t
st.title(t("organism.title"))

known = pest_advice.organisms()
key = st.selectbox(t("organism.pick"), list(known), key="organism_pick", format_func=known.get)
page = pest_advice.organism(key)
one = page.organism

cards.answer(organism_story.answers(page))
organism_story.names(page)
st.header(t("organism.look_alikes"))
st.markdown(pest_advice.said(one.look_alikes))
st.header(t("organism.biology"))
st.markdown(pest_advice.said(one.biology))
st.header(t("organism.scouting"))
st.markdown(pest_advice.said(one.scouting))
organism_story.sheets(page)
st.header(t("organism.thresholds"))
st.markdown(pest_advice.said(one.thresholds))
st.header(t("organism.control"))
organism_story.control(page)
st.header(t("organism.where"))
organism_story.standing(key)
st.header(t("organism.model"))
organism_story.model(page)
st.header(t("organism.weak"))
st.markdown(pest_advice.said(one.weak))
st.header(t("organism.skill"))
organism_story.skill(page)
