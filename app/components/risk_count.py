"""A count as a trial: what the index would be if somebody found so many today; nothing is noted."""

from datetime import date

import streamlit as st

from app import session
from app.answers import warnings
from app.components import risk_words
from pest_warning.organism import Organism


def show(plot_id: str, one: Organism, on: date, horizon: int) -> None:
    """Show the form, and once it is sent the index then and now."""
    t = session.t
    place = f"{plot_id}_{one.key}"
    with st.form(f"pest_count_{place}"):
        st.caption(t("risk.count_means"))
        left, right = st.columns(2)
        n = left.number_input(t("risk.count_n"), 1, 10_000, one.check.n, key=f"pest_n_{place}")
        share = one.check.measure == "share"
        found = right.number_input(
            t("risk.count_infested" if share else "risk.count_total"), 0, 100_000, 0, key=f"pest_found_{place}"
        )
        sent = st.form_submit_button(t("risk.count_try"), key=f"pest_try_{place}", width="stretch")
    if sent:
        infested, total = (int(found), None) if share else (None, int(found))
        changed = warnings.if_counted(plot_id, one.key, int(n), infested, total, on, horizon)
        risk_words.changes([changed], one)
        st.caption(t("risk.count_note"))
