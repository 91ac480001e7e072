"""Runs: start today's calculation, watch it, and see which days are kept."""

import streamlit as st

from app import session, words
from app.components import notices, progress

t, language = session.t, session.language()
st.title(t("runs.title"))
st.markdown(t("runs.lead"))

status = session.status()
missing = [
    t(f"empty.{name}")
    for name, there in (("no_dem", status.has_dem), ("no_plots", status.plots), ("no_weather", status.stations))
    if not there
]
for sentence in missing:
    st.info(sentence, icon=":material/hourglass_empty:")
if missing:
    notices.next_step("views/data.py", t("empty.go_data"))

if not session.may("run.start"):
    st.info(t("runs.not_you"))
else:
    members = st.select_slider(t("runs.members"), [10, 20, 50, 100, 200], 50, key="run_members")
    started = st.button(t("runs.start"), type="primary", disabled=bool(missing), width="stretch", key="run_start")
    if started and session.start_run(members=members):
        st.toast(t("runs.started"))
progress.board()

if session.may("outlook.read"):
    st.header(t("runs.kept"))
    days = session.dates()
    if days:
        st.markdown("\n".join(f"- {words.today_in(day, language)}" for day in days[:30]))
    else:
        st.caption(t("empty.no_run"))
