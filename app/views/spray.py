"""Spray today? When, and what comes before any spray, for one plot."""

import streamlit as st

from app import session
from app.components import ladder_cards, pickers, spray_hours

t = session.t
st.title(t("spray.title"))

chosen = pickers.plot(session.plots())
spray_hours.show(chosen)
st.header(t("ladder.title"))
ladder_cards.show(chosen)
