"""Why growth is low: the answer first, then what held it back day by day, and the curves behind it."""

import streamlit as st

from app import session
from app.components import cards, limit_strip, notices, pickers
from app.services import limiting

# drawn when asked for: a chart in a closed expander is drawn without width
BEHIND = {
    "water": ("water_stress", "root_depletion"),
    "leaves": ("leaf_n", "leaf_p", "leaf_k"),
    "carbon": ("source_sink",),
}
t, language = session.t, session.language()
st.title(t("why.title"))

chosen = pickers.plot(session.plots())
found = session.limiting_factors(chosen, pickers.issued(session.dates()))

cards.answer(limiting.sentences(found, language))
st.caption(t("words.uncalibrated"))

st.header(t("why.strip"))
st.altair_chart(limit_strip.chart(found), width="stretch", alt=t("why.strip"))
st.caption(t("why.strip_means"))

behind = st.pills(
    t("why.behind"), list(BEHIND), key="why_behind", format_func=lambda name: t(f"why.{name}"), width="stretch"
)
if behind:
    st.caption(t(f"why.{behind}_means"))
for variable in BEHIND.get(behind, ()):
    st.markdown(f"**{t(f'why.{variable}')}**")
    st.altair_chart(limit_strip.curve(found, variable), width="stretch", alt=t(f"why.{variable}"))

notices.next_step("views/what_if.py", t("why.go_what_if"))
