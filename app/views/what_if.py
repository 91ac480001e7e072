"""What if: choose a plot and what to do; the season runs again, and the differences stand first."""

import streamlit as st

from app import session
from app.components import cards, deed_forms, paired_fans, pickers
from app.services import what_if

t, language = session.t, session.language()
st.title(t("what_if.title"))
st.caption(t("what_if.lead"))

chosen = pickers.plot(session.plots())
on = pickers.issued(session.dates())
proposed, first = session.suggested_deeds(chosen, on)

kinds = deed_forms.kinds(first)
if not kinds:
    st.info(t("what_if.choose_one"))
    st.stop()
filled = deed_forms.deeds(kinds, proposed, chosen)
if filled is not None:
    st.session_state.what_if = (chosen, on, filled)
asked = st.session_state.get("what_if")
if asked is None or asked[:2] != (chosen, on):
    st.stop()

found = session.what_if(chosen, asked[2], on)
cards.answer(what_if.sentences(found, language))

st.header(t("what_if.fans"))
st.caption(t("what_if.fans_mean"))
columns = st.columns(2)
for number, variable in enumerate(paired_fans.variables(found)):
    with columns[number % 2]:
        st.markdown(f"**{t(f'what_if.{variable}')}**")
        st.altair_chart(paired_fans.chart(found, variable), width="stretch", alt=t(f"what_if.{variable}"))
