"""Choosing what to try: which deeds, when and how much."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from app import session
from app.services.what_if import Deed, table

FOLDED = ("every", "short", "phosphorus", "potassium")
"""Amounts with a sensible default that few change."""


def kinds(first: Sequence[str]) -> list[str]:
    """Return the chosen kinds of deeds."""
    language, info = session.language(), table()["deed"]
    return st.pills(
        session.t("what_if.choose"),
        list(info),
        default=list(first),
        selection_mode="multi",
        key="what_if_kinds",
        format_func=lambda kind: info[kind][language],
    )


def deeds(chosen: Sequence[str], proposed: Sequence[Deed], plot_id: str) -> list[Deed] | None:
    """Return the deeds as filled in; None until the button is pressed."""
    by_kind = {deed.kind: deed for deed in proposed}
    with st.form(f"what_if_{plot_id}"):
        filled = [_deed(by_kind[kind], plot_id) for kind in table()["deed"] if kind in chosen]
        pressed = st.form_submit_button(session.t("what_if.run"), type="primary", width="stretch")
    return filled if pressed else None


def _deed(proposed: Deed, plot_id: str) -> Deed:
    """Return one deed as filled in."""
    language, kind = session.language(), proposed.kind
    info = table()["deed"][kind]
    st.markdown(f"**{info[language]}**")
    first, last = _days(proposed, info, plot_id)
    plain = [name for name in info["amount"] if name not in FOLDED]
    folded = [name for name in info["amount"] if name in FOLDED]
    amounts = {name: _amount(kind, name, info["amount"][name], plot_id) for name in plain}
    if folded:
        with st.expander(session.t("what_if.more")):
            amounts |= {name: _amount(kind, name, info["amount"][name], plot_id) for name in folded}
    return Deed(kind, first, last, amounts)


def _days(proposed: Deed, info: dict[str, Any], plot_id: str) -> tuple[date, date | None]:
    """Return the chosen days."""
    t, kind = session.t, proposed.kind
    if not info["period"]:
        return st.date_input(t("what_if.on"), proposed.first, key=f"{kind}_first_{plot_id}"), None
    left, right = st.columns(2)
    first = left.date_input(t("what_if.first"), proposed.first, key=f"{kind}_first_{plot_id}")
    return first, right.date_input(t("what_if.last"), proposed.last, key=f"{kind}_last_{plot_id}")


def _amount(kind: str, name: str, bound: dict[str, Any], plot_id: str) -> float:
    """Return one amount; what is out of bounds is refused by the service, in words."""
    return float(
        st.number_input(
            bound[session.language()],
            value=float(bound["value"]),
            step=float(bound["step"]),
            format="%g",
            key=f"{kind}_{name}_{plot_id}",
        )
    )
