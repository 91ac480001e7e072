"""What to do now: the most pressing first, what is only good to know folded."""

import streamlit as st

from app import session, words
from app.components import advice_cards, cards, notices, pickers

t, language = session.t, session.language()
st.title(t("advice.title"))

plots = session.plots()
if not len(plots):
    notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    st.stop()
names = dict(zip(plots["id"], words.unique_names(plots), strict=True))
left, right = st.columns(2)
with left:
    plot = pickers.one_or_all(names)
with right:
    day = pickers.issued(session.dates())
with st.spinner(t("advice.working")):
    told = session.advice(plot, day)

cards.answer(advice_cards.answers(told))
st.caption(t("advice.weather_first"))
labels = session.product_labels()
pressing = [rule for rule in told.rules if rule.first.kind in advice_cards.PRESSING]
watching = [rule for rule in told.rules if rule.first.kind == "watch"]
known = [rule for rule in told.rules if rule.first.kind == "info"]
for rule in pressing:
    advice_cards.show(rule, names, labels)
if watching:
    st.header(t("advice.watch"))
    for rule in watching:
        advice_cards.show(rule, names, labels)
if known:
    with st.expander(t("advice.good_to_know", n=len(known)), expanded=not pressing and not watching):
        for rule in known:
            advice_cards.show(rule, names, labels)
st.caption(t("advice.how"))
st.caption(t("words.uncalibrated"))
