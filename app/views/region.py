"""The region in sums: what officials may know, how complete it is, and the table to take away."""

import streamlit as st

from app import session, words
from app.components import cards, notices, pickers, region_table

t, language = session.t, session.language()
st.title(t("region.title"))

days = session.dates() if session.may("outlook.read") else []
told = session.regional(pickers.issued(days))
status = session.status()
if not told.with_outlook:
    empty = "empty.no_run" if told.plots else "empty.no_plots"
    notices.nothing_yet(t(empty), "views/runs.py", t("empty.go_runs"))
    st.stop()
name = status.region.name if status.region else t("header.no_region")
st.markdown(t("region.lead", day=words.today_in(told.issued, language), name=name))
if not len(told.table):
    st.info(t("region.none"), icon=":material/visibility_off:")
    st.stop()

cards.figures(region_table.figures(told))
st.caption(t("region.not_registered"))
st.caption(t("words.uncalibrated"))

st.header(t("region.table"))
region_table.show(told)
if told.hidden:
    st.markdown(t("region.hidden", n=told.hidden))
st.caption(t("region.spread_means"))
if session.may("export.region"):
    st.download_button(
        t("region.take"),
        region_table.csv(told, synthetic=status.synthetic),
        f"citrus_region_{told.issued}.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="region_take",
    )
