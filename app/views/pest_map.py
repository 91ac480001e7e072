"""The risk map: one organism at one horizon, plots by level; sums for officials; the gate that a bulletin passes."""

import streamlit as st

from app import session, words
from app.answers import warnings
from app.components import cards, legend, notices, pickers, plot_map, release_bar, risk_map, risk_words

t, language = session.t, session.language()
st.title(t("risk.title"))

days = warnings.dates()
if not days:
    notices.nothing_yet(t("risk.none"), "views/runs.py", t("empty.go_runs"))
    st.stop()
left, middle, right = st.columns(3)
with right:
    on = pickers.issued(days) or days[0]
with left:
    one = risk_words.pick_organism(warnings.organisms(on))
with middle:
    horizon = risk_words.pick_horizon(warnings.HORIZONS)
gate = warnings.gate(on)
release_bar.banner(gate)

if session.may("pest.read"):
    county = warnings.county(one.key, horizon, on)
    if not len(county):
        notices.nothing_yet(t("empty.no_plots"), "views/new_plot.py", t("empty.go_new_plot"))
        st.stop()
    name = risk_words.name(one)
    shown = risk_map.coloured(county)
    cards.answer([risk_map.counted(county, name, horizon)])
    wide, narrow = st.columns([3, 1])
    with narrow:
        chosen = pickers.plot(county)
        row = county.set_index("id").loc[chosen].to_dict()
        st.markdown(risk_words.of_place(row, one))
        st.page_link("views/pest_plot.py", label=t("map.open_plot", name=row["name"]), icon=":material/bug_report:")
        legend.show(t("risk.legend", organism=name, days=horizon), shown)
    with wide:
        plot_map.show(county, shown, session.boundaries("township"), chosen)
        st.caption(t("map.how_many" if len(county) > plot_map.MANY else "map.how"))
if session.may("pest.sum") and (not session.may("pest.read") or st.toggle(t("risk.townships"), key="risk_sums")):
    st.header(t("risk.townships"))
    risk_map.townships(warnings.sums(one.key, horizon, on))
release_bar.deeds(gate)
st.caption(t("risk.hushed") if risk_words.hushed(warnings.organisms(on)) else t("risk.own"))
st.caption(t("words.uncalibrated"))
st.caption(t("risk.as_of", day=words.today_in(on, language)))
