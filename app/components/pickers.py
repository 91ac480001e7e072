"""Choices that pages share: which plot, which layer, which day of issue."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words
from app.components import notices


def plot(frame: pd.DataFrame) -> str:
    """Return the id of the chosen plot; the page ends with the next step when there is none to choose."""
    if not len(frame):
        notices.nothing_yet(session.t("empty.no_plots"), "views/new_plot.py", session.t("empty.go_new_plot"))
        st.stop()
    rows = frame.sort_values("name").set_index("id")
    ids = list(rows.index)
    if session.selected() not in ids:
        session.select(ids[0])
    st.session_state.picked_plot = session.selected()
    named = dict(zip(ids, words.unique_names(rows), strict=True))
    st.selectbox(
        session.t("pick.plot"),
        ids,
        key="picked_plot",
        format_func=lambda id: named.get(id, str(id)),
        on_change=lambda: session.select(st.session_state.picked_plot),
    )
    return str(session.selected())


def one_or_all(named: dict[str, str]) -> str | None:
    """Return the id of the chosen plot, None for all."""
    t = session.t
    return st.selectbox(
        t("pick.plot"),
        [None, *sorted(named, key=lambda plot: named[plot])],
        key="picked_one_or_all",
        format_func=lambda plot: t("pick.all", n=len(named)) if plot is None else named.get(plot, plot),
    )


def layer(choices: Sequence[Any]) -> Any:
    """Return the chosen layer of the map."""
    named = {one.key: layer_name(one) for one in choices}
    key = st.selectbox(session.t("pick.layer"), list(named), key="picked_layer", format_func=lambda one: named[one])
    return next(one for one in choices if one.key == key)


def layer_name(one: Any) -> str:
    """Return what a layer is called."""
    name = one.zh if session.language() == "zh" else one.en
    return name[:1].upper() + name[1:]


def issued(choices: Sequence[date]) -> date | None:
    """Return the chosen day of issue; None, the newest, where there is nothing to choose."""
    if len(choices) < 2:
        return None
    language = session.language()
    return st.selectbox(
        session.t("pick.issued"), choices, key="picked_issue", format_func=lambda day: words.today_in(day, language)
    )
