"""The inbox: what pests need now, few and grouped; seen, put off, or wrong."""

import streamlit as st

from app import session
from app.answers import pest_advice
from app.components import cards, inbox_cards

t = session.t
st.title(t("inbox.title"))

box = pest_advice.inbox()
cards.answer(inbox_cards.answers(box))
inbox_cards.notes(box)
for number, alert in enumerate(box.alerts[: box.shown]):
    inbox_cards.show(alert, number)
if box.rest:
    with st.expander(t("inbox.rest", n=box.rest)):
        for number, alert in enumerate(box.alerts[box.shown :], box.shown):
            inbox_cards.show(alert, number)
inbox_cards.marked(box)
inbox_cards.text(box)
st.caption(t("inbox.how"))
