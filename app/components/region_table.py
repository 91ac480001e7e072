"""Sums of the region as figures, as a table for people, and as a file for a spreadsheet."""

from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from app import session, words

DATES = ("bloom", "ripe")
NUMBERS = {"diameter": 0, "tss": 1, "delay": 0}
LEVELS = ("p10", "p50", "p90")


def figures(told: Any) -> list[tuple[str, str, str]]:
    """Return the five figures that stand first: name, value, and how complete it is."""
    t, whole = session.t, told.table.iloc[0]
    share = words.number(100 * whole["complete"], 0)
    counted = t("region.counted", share=share, there=round(whole["complete"] * whole["plots"]), n=int(whole["plots"]))
    registered = t("region.registered", n=int(whole["plots"]))
    area = t("region.area_said", mu=words.number(whole["area_mu"], 0))
    middle, width = number_range(whole, "delay")
    return [
        (t("region.area"), area, t("region.hectares", ha=words.number(whole["area_ha"])) + " · " + registered),
        (t("region.growers"), str(int(whole["growers"])), registered),
        (t("region.plots"), str(int(whole["plots"])), registered),
        (t("region.complete"), f"{share} %", counted),
        (t("region.median_delay"), f"{middle} {t('unit.d')}", f"{width} · {counted}" if width else counted),
    ]


def show(told: Any) -> None:
    """Show the region and its townships, each number with its range below; wide tables scroll in their own frame."""
    t = session.t
    names = ("township", "growers", "plots", "area", "complete", *DATES, *NUMBERS)
    head = "".join(f'<th scope="col">{escape(t(f"region.{name}"))}</th>' for name in names)
    body = "".join(_line(row, whole=not place) for place, row in enumerate(told.table.to_dict("records")))
    st.html(
        f'<div class="citrus-table" tabindex="0" role="region" aria-label="{escape(t("region.table"))}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _line(row: dict[str, Any], *, whole: bool) -> str:
    t = session.t
    cells = [
        (str(row["growers"]), ""),
        (str(row["plots"]), ""),
        (
            t("region.area_said", mu=words.number(row["area_mu"])),
            t("region.hectares", ha=words.number(row["area_ha"], 2)),
        ),
        (f"{words.number(100 * row['complete'], 0)} %", ""),
        *(day_range(row, name) for name in DATES),
        *(number_range(row, name) for name in NUMBERS),
    ]
    said = "".join(f"<td>{escape(main)}<small>{escape(below)}</small></td>" for main, below in cells)
    return f'<tr{" class=whole" if whole else ""}><th scope="row">{escape(str(row["township"]))}</th>{said}</tr>'


def number_range(row: Any, name: str) -> tuple[str, str]:
    """Return the middle value and, for the line below, its range."""
    low, middle, high = (row[f"{name}_{level}"] for level in LEVELS)
    digits = NUMBERS[name]
    if not (words.known(low) and words.known(high)):
        return words.number(middle, digits), ""
    span = session.t("words.between", low=words.number(low, digits), high=words.number(high, digits))
    return words.number(middle, digits), span


def day_range(row: Any, name: str) -> tuple[str, str]:
    """Return the mean day and its range; a day is missing where any plot of the sum does not come to it."""
    t, language = session.t, session.language()
    low, middle, high = (row[f"{name}_{level}"] for level in LEVELS)
    said = {key: words.day(day, language) for key, day in (("low", low), ("middle", middle), ("high", high))}
    if not row["complete"]:
        return "–", ""
    if not words.known(middle):
        return t("region.mostly_not"), t("region.from", low=said["low"]) if words.known(low) else ""
    if not words.known(high):
        return said["middle"], t("region.open", low=said["low"])
    return said["middle"], t("words.between", low=said["low"], high=said["high"])


def csv(told: Any, *, synthetic: bool) -> bytes:
    """Return the table with readable headings, a byte order mark for spreadsheets, and its marks in every row."""
    t = session.t
    table = told.table
    named = {t(f"region.{name}"): table[name] for name in ("township", "growers", "plots", "area_mu", "area_ha")}
    named[f"{t('region.complete')} (%)"] = (100 * table["complete"]).round(1)
    for name in (*DATES, *NUMBERS):
        for level in LEVELS:
            column = table[f"{name}_{level}"]
            named[f"{t(f'region.{name}')} {level.upper()}"] = column if name in DATES else column.round(2)
    named[t("region.issued")] = told.issued
    named[t("region.issue_state")] = t("header.draft")
    named[t("region.synthetic")] = t("header.demo") if synthetic else ""
    flat = pd.DataFrame(named)
    first = flat.columns[0]
    flat[first] = [f"'{name}" if str(name).startswith(("=", "+", "-", "@")) else name for name in flat[first]]
    return flat.to_csv(index=False).encode("utf-8-sig")
