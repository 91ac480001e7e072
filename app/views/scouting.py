"""Scouting: how to look, a count noted in the field, and what it says against the threshold at once."""

import streamlit as st

from app import session
from app.answers import records
from app.components import cards, count_forms, pickers

t = session.t
st.title(t("scouting.title"))

plots = session.plots()
chosen = pickers.plot(plots)
name = str(plots.set_index("id").at[chosen, "name"])
protocols = records.protocols()
with st.spinner(t("diary.working")):
    counts = records.counts(chosen, count_forms.since(session.today()))
cards.answer(count_forms.answers(name, counts, protocols))

one = count_forms.organism(protocols)
count_forms.protocol(one)
st.header(t("scouting.write"))
if chosen in set(records.writable()["id"]):
    count_forms.form(chosen, one)
else:
    st.caption(t("diary.read_only"))

if counts is not None and len(counts):
    st.header(t("scouting.counts", name=name))
    count_forms.table(counts)
st.caption(t("scouting.not_looked"))
