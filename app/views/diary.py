"""The protection diary: write down what was done in three taps, see what is written down and what is left of it."""

import streamlit as st

from app import session, words
from app.answers import records
from app.components import cards, diary_forms, pickers

t = session.t
st.title(t("diary.title"))

plots = session.plots()
chosen = pickers.plot(plots)
name = str(plots.set_index("id").at[chosen, "name"])
with st.spinner(t("diary.working")):
    diary = records.of_plot(chosen)
if diary is None:
    st.caption(t("diary.write_only"))
else:
    cards.answer(diary_forms.answers(name, diary))

writable = records.writable()
st.header(t("diary.write"))
if len(writable):
    diary_forms.form(writable, chosen)
else:
    st.caption(t("diary.read_only"))

if diary is not None:
    st.header(t("diary.season", name=name, since=words.day(diary.since, session.language(), year=True)))
    diary_forms.entries(diary)
    st.caption(t("diary.not_recorded"))
