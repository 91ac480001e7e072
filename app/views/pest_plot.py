"""One plot's pests and diseases: the answer first, then each organism's days, reasons, doubts and records."""

import streamlit as st

from app import session, words
from app.answers import warnings
from app.components import cards, notices, pickers, read_aloud, release_bar, risk_count, risk_timeline, risk_words
from pest_warning.organism import load

t, language = session.t, session.language()
st.title(t("risk.plot_title"))

days = warnings.dates()
if not days:
    notices.nothing_yet(t("risk.none"), "views/runs.py", t("empty.go_runs"))
    st.stop()
left, right = st.columns(2)
with left:
    chosen = pickers.plot(session.plots())
with right:
    on = pickers.issued(days) or days[0]
found = warnings.plot(chosen, on)
release_bar.banner(warnings.gate(on))
spot = st.empty()
with spot.container():  # what the run has said stands at once; the day of an infection comes with the days
    cards.answer(risk_words.answers(found))
with st.spinner(t("risk.working")):
    course = warnings.days(chosen, on)
answers = risk_words.answers(found, course)
with spot.container():
    cards.answer(answers)
read_aloud.button(answers)
horizon = risk_words.pick_horizon()
risk_words.by_level(found, horizon)

first = found.next["organism"] if found.next else found.table["organism"].iloc[0]
one = risk_words.pick_organism([load(key) for key in dict.fromkeys(found.table["organism"])], first)
here = found.table[(found.table["organism"] == one.key) & (found.table["horizon"] == horizon)].iloc[0].to_dict()
risk_words.now(here, one)
st.page_link("views/spray.py", label=t("spray.title"), icon=":material/water_drop:")

st.header(t("risk.timeline"))
risk_timeline.show(course, one, horizon)

st.header(t("risk.why"))
risk_words.drivers(here, one)

st.header(t("risk.changes"))
risk_words.changes(warnings.what_changes(chosen, one.key, on, horizon), one)
with st.expander(t("risk.if_count")):
    risk_count.show(chosen, one, on, horizon)

st.header(t("risk.doubts"))
risk_words.spreads(here, one)
risk_words.standing(found, course, here, one)
st.caption(t("words.uncalibrated"))
st.caption(t("risk.as_of", day=words.today_in(found.issued, language)))
