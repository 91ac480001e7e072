"""The stops of a walk: where, what to look at, and the tick with what was found."""

from typing import Any

import pandas as pd
import streamlit as st

from app import session
from app.answers import walking


def pick_farm(plots: pd.DataFrame, farms: dict[str, str]) -> str | None:
    """Return the farm to walk, at first the one with the most urgent place; None for all, which may lie hours apart."""
    t, urgent = session.t, walking.places(None)
    first = plots.set_index("id")["farm"].get(urgent["plot"].iloc[0]) if len(urgent) else None
    choices = [*farms, None]
    return st.selectbox(
        t("walking.farm"), choices, choices.index(first), lambda one: farms.get(one, t("walking.all")), key="walk_farm"
    )


def on_map(stops: list[dict[str, Any]], done: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the stops as `picture_map` takes them."""
    language = session.language()
    return [
        {
            "order": k,
            "longitude": stop["longitude"],
            "latitude": stop["latitude"],
            "said": f"{stop['plot_name']} {stop[language]}",
            "seen": stop["key"] in done,
        }
        for k, stop in enumerate(stops, start=1)
    ]


def listed(stops: list[dict[str, Any]]) -> None:
    """Show the stops in order: what to look at and how far it is."""
    t, language = session.t, session.language()
    for k, stop in enumerate(stops, start=1):
        st.markdown(f"**{k}. {stop['plot_name']} · {stop[language]}** — {stop[f'look_{language}']}")
        metres, minutes, climb = (round(stop[name]) for name in ("metres", "minutes", "climb"))
        if k > 1 or metres:  # without an entrance the walk begins at the first stop
            st.caption(t("walking.leg", metres=metres, minutes=minutes, climb=climb))


def ticked(walk: str, stops: list[dict[str, Any]], done: dict[str, Any]) -> None:
    """Show the stops of a kept walk, each with its note, or with the form for it."""
    t, language, findings = session.t, session.language(), walking.findings()
    for k, stop in enumerate(stops, start=1):
        note = done.get(stop["key"])
        mark = "✓" if note else "○"
        with st.expander(f"{mark} {k}. {stop['plot_name']} · {stop[language]}", expanded=note is None and k == 1):
            st.markdown(stop[f"look_{language}"])
            if note:
                st.success(t("walking.found", found=findings.get(note["found"], note["found"]), note=note["note"]))
            with st.form(f"tick_{walk}_{stop['key']}", border=False):
                found = st.selectbox(
                    t("walking.what"), list(findings), format_func=findings.get, key=f"found_{walk}_{stop['key']}"
                )
                text = st.text_input(t("walking.note"), max_chars=500, key=f"note_{walk}_{stop['key']}")
                saved = st.form_submit_button(t("walking.save"), type="primary", width="stretch")
            if saved and walking.tick(walk, stop, str(found), text) is not None:
                st.rerun()
