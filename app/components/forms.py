"""Forms that more than one page shows."""

from datetime import date

import streamlit as st

from agro.farm import ASSUMED_DEFAULTS, Plot
from app import session


def attributes(plot: Plot) -> None:
    """Show the attributes of a plot to fill in; what was only assumed says so."""
    t = session.t
    cultivars = session.cultivars()
    with st.form(f"attributes_{plot.id}", border=True):
        guessed = [
            t(f"attribute.{name}") for name in ASSUMED_DEFAULTS if name in plot.assumed or getattr(plot, name) is None
        ]
        if guessed:
            st.caption(t("form.assumed", names=t("words.and").join(guessed)))
        keys = list(cultivars)
        cultivar = plot.cultivar or ASSUMED_DEFAULTS["cultivar"]
        left, right = st.columns(2)
        chosen = left.selectbox(
            t("attribute.cultivar"),
            keys,
            index=keys.index(cultivar) if cultivar in keys else 0,
            format_func=cultivars.get,
            key=f"cultivar_{plot.id}",
        )
        planted = right.number_input(
            t("attribute.planted"),
            1950,
            date.today().year + 1,
            plot.planted or ASSUMED_DEFAULTS["planted"],
            key=f"planted_{plot.id}",
        )
        rows, trees = plot.spacing or ASSUMED_DEFAULTS["spacing"]
        between = left.number_input(t("attribute.row_spacing"), 0.5, 15.0, float(rows), 0.5, key=f"rows_{plot.id}")
        within = right.number_input(t("attribute.tree_spacing"), 0.5, 15.0, float(trees), 0.5, key=f"trees_{plot.id}")
        depth = left.number_input(
            t("attribute.soil_depth"),
            0.1,
            3.0,
            float(plot.soil_depth or ASSUMED_DEFAULTS["soil_depth"]),
            0.1,
            key=f"depth_{plot.id}",
        )
        if st.form_submit_button(t("form.save"), type="primary", width="stretch"):
            saved = session.change_plot(
                plot.id, cultivar=chosen, planted=int(planted), spacing=(between, within), soil_depth=depth
            )
            if saved is not None:
                st.success(t("form.saved"))
