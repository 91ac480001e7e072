"""How good the models are today, what they do not know, and where the data come from."""

import streamlit as st

from app import session, words
from app.components import notices

t, language = session.t, session.language()
st.title(t("about.title"))
st.markdown(t("about.lead"))

status = session.status()
st.header(t("about.state"))
st.warning(t("about.uncalibrated"))
st.markdown(t("about.how_sure"))

st.header(t("about.data"))
lines = [
    t("about.region", name=status.region.name if status.region else t("header.no_region")),
    t("about.observed", day=words.today_in(status.last_observed, language)),
    t("about.run", day=words.today_in(status.last_run, language)),
    t("about.counts", plots=status.plots, stations=status.stations),
]
if status.synthetic:
    lines.append(t("about.synthetic"))
st.markdown("\n".join(f"- {line}" for line in lines))
notices.findings(status.warnings, lambda found: words.finding(found, language))

st.header(t("about.limits"))
notices.findings(session.limits(), lambda found: words.finding(found, language))
st.header(t("about.privacy"))
st.markdown(t("about.privacy_said"))
