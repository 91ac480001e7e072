"""Today: the answers in sentences, the charts below."""

import streamlit as st

from app import session
from app.components import cards, charts, notices, read_aloud

FIRST = 12

t = session.t
st.title(t("home.title"))

said = session.sentences()
if not said:
    empty = session.status().plots == 0
    if empty:
        notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
    else:
        notices.nothing_yet(t("empty.no_run"), "views/runs.py", t("empty.go_runs"))
    st.stop()

shown = said if len(said) <= FIRST or st.session_state.get("home_all") else said[:FIRST]
read_aloud.button([one.text for one in shown])
columns = st.columns(2 if len(shown) > 1 else 1)
for number, one in enumerate(shown):
    with columns[number % len(columns)]:
        cards.sentence(one, number)
if len(said) > FIRST:
    st.toggle(t("home.all", n=len(said)), key="home_all")

county = session.county()
mine = county[county["id"].isin([one.plot_id for one in shown])]
if "ripe_p50" in mine and mine["ripe_p50"].notna().any():
    st.subheader(t("home.ripening"))
    st.altair_chart(charts.ripening(mine), width="stretch", alt=t("home.ripening"))
    st.caption(t("words.bar_means"))
st.caption(t("home.source"))
