"""The measures of each season as a table: flush, summer level, dip, minimum, with their intervals."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words

SHOWN = ("summer_level", "mean", "spring_rise", "october_dip", "minimum", "harvest_step")


def show(measures: pd.DataFrame, label: str) -> None:
    """Show the measures, the newest season first; a sentence where no season is covered well enough."""
    t = session.t
    table = measures[measures["measure"].isin(SHOWN)]
    if not len(table):
        st.info(t("curve.no_measures"))
        return
    place = {name: k for k, name in enumerate(SHOWN)}
    rows = table.assign(_place=table["measure"].map(place)).sort_values(["year", "_place"], ascending=[False, True])
    head = "".join(f'<th scope="col">{escape(t(f"curve.head_{name}"))}</th>' for name in ("what", "value", "when"))
    body = "".join(_line(row) for row in rows.to_dict("records"))
    st.html(
        f'<div class="citrus-table" tabindex="0" role="region" aria-label="{escape(t("curve.measures"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    st.caption(t("curve.measures_mean", index=label))


def _line(row: dict[str, Any]) -> str:
    t = session.t
    digits = 3 if row["measure"] in ("spring_rise", "october_dip", "harvest_step") else 2
    value, low, high = (words.number(row[name], digits) for name in ("value", "low", "high"))
    span = t("words.between", low=low, high=high) if words.known(row["low"]) and words.known(row["high"]) else ""
    weak = "" if row["counts"] else t("curve.in_noise")
    measure = row["measure"]
    name = f"{int(row['year'])} {t(f'curve.measure_{measure}')}"
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}<small>{escape(span)}</small></td>'
        f"<td>{escape(when(row))}<small>{escape(weak)}</small></td></tr>"
    )


def when(row: dict[str, Any]) -> str:
    """Return the date of a turning point no finer than it is known; a dash for levels."""
    language = session.language()
    if not words.known(row["date"]):
        return "–"
    if row["precision"] == "month":
        return session.t(
            "curve.about_month", low=words.day(row["early"], language), high=words.day(row["late"], language)
        )
    return words.day(row["date"], language)
