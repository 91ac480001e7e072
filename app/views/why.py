"""Why growth is low: the answer first, then what held it back day by day, and the curves behind it."""

import streamlit as st

from app import session, words
from app.components import cards, limit_strip, notices, pickers
from app.services import limiting

t, language = session.t, session.language()
st.title(t("why.title"))

chosen = pickers.plot(session.plots())
found = session.limiting_factors(chosen, pickers.issued(session.dates()))

cards.answer(limiting.sentences(found, language))
st.caption(t("words.uncalibrated") + t("plot.issued", day=words.today_in(found.issued, language)))

st.header(t("why.strip"))
st.altair_chart(limit_strip.chart(found), width="stretch", alt=t("why.strip"))
st.caption(t("why.strip_means"))

with st.expander(t("why.water")):
    for variable in ("water_stress", "root_depletion"):
        st.markdown(f"**{t(f'why.{variable}')}**")
        st.altair_chart(limit_strip.curve(found, variable), width="stretch", alt=t(f"why.{variable}"))
with st.expander(t("why.leaves")):
    st.caption(t("why.leaves_mean"))
    for variable in ("leaf_n", "leaf_p", "leaf_k"):
        st.markdown(f"**{t(f'why.{variable}')}**")
        st.altair_chart(limit_strip.curve(found, variable), width="stretch", alt=t(f"why.{variable}"))
with st.expander(t("why.carbon")):
    st.caption(t("why.carbon_means"))
    st.altair_chart(limit_strip.curve(found, "source_sink"), width="stretch", alt=t("why.source_sink"))

notices.next_step("views/what_if.py", t("why.go_what_if"))
