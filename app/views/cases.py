"""Suspected trees and the plan against huanglongbing: what is next, who may know of what, and where it is."""

import streamlit as st

from app import session
from app.answers import records
from app.components import cards, case_map, case_steps, pickers

t = session.t
st.title(t("cases.title"))

plots = session.plots()
chosen = pickers.plot(plots)
trees = records.trees()
case_steps.receipt()
cards.answer(case_steps.answers(trees))
st.caption(t("cases.who_sees"))

planned, listed, mapped, reported = st.tabs(
    [t("cases.tab_plan"), t("cases.tab_trees"), t("cases.tab_map"), t("cases.tab_report")]
)
with planned:
    with st.spinner(t("diary.working")):
        plan = records.plan(chosen)
    case_steps.plan(plan)
    if chosen in set(records.writable()["id"]):
        with st.expander(t("cases.plants")):
            case_steps.plants(chosen, records.plants(chosen))
with listed:
    if len(trees):
        case_steps.trees(trees)
    else:
        st.info(t("cases.none"), icon=":material/hourglass_empty:")
with mapped:
    case_map.show(trees, plots)
with reported:
    reportable = records.reportable()
    if len(reportable):
        case_steps.suspect(reportable, chosen)
    else:
        st.caption(t("diary.read_only"))
