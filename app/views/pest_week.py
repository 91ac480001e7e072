"""The coming five weeks of one's own plots, to print, and what a month and a season can say."""

import streamlit as st

from app import session, words
from app.answers import warnings
from app.components import cards, notices, release_bar, risk_weeks, risk_words

t, language = session.t, session.language()
st.title(t("week.title"))

days = warnings.dates()
if not days:
    notices.nothing_yet(t("risk.none"), "views/runs.py", t("empty.go_runs"))
    st.stop()
with st.spinner(t("week.working")):
    found = warnings.coming_weeks()
gate = warnings.gate(found.issued)
release_bar.banner(gate)

cards.answer(risk_weeks.answers(found))
by = risk_weeks.pick_group(found)
st.html(risk_weeks.table(found, by))
st.caption(t("week.means"))
if quiet := risk_weeks.out_of_season(found):
    st.caption(t("week.quiet", names=t("words.and").join(quiet)))

st.header(t("week.beyond"))
told = risk_weeks.beyond(found)
if len(told):
    risk_words.table(told)
else:
    st.info(t("week.nothing"))
notes = [t("week.beyond_means"), t("words.uncalibrated"), t("risk.as_of", day=words.today_in(found.issued, language))]
if session.status().synthetic:
    notes.insert(0, t("header.demo"))
if not gate.private and not gate.issued:
    notes.insert(0, t("release.draft"))
for note in notes:
    st.caption(note)
st.download_button(
    t("week.print"), risk_weeks.page(found, by, t("week.title"), notes), f"citrus_weeks_{found.issued}.html",
    "text/html", icon=":material/print:", on_click="ignore", key="week_print",
)  # fmt: skip
