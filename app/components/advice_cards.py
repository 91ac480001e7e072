"""Advice as cards: what to do large, then why, until when, in how many cases and on what evidence."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from app import session, words
from app.components.cards import MARKS, TONES

TONE_OF = {"act": "act", "prepare": "watch", "watch": "watch", "info": "info"}
PRESSING = ("act", "prepare")


def answers(told: Any) -> list[str]:
    """Return what stands first: what is most pressing and how much there is, or that nothing presses."""
    t, language = session.t, session.language()
    pressing = [rule for rule in told.rules if rule.first.kind in PRESSING]
    lines = []
    if pressing:
        first = pressing[0]
        lines.append(t("advice.first", what=first.first.what[language].rstrip("。."), n=len(first.plots)))
        if len(pressing) > 1:
            lines.append(t("advice.also", n=len(pressing) - 1))
    else:
        lines.append(t("advice.nothing_presses", day=words.day(told.issued, language)))
    if told.looked_at < told.plots:
        lines.append(t("advice.not_all", n=told.looked_at, all=told.plots))
    return lines


def show(rule: Any, names: dict[str, str], labels: dict[str, str]) -> None:
    """Show one rule with the plots where it holds; a plot is chosen and opened beneath."""
    t = session.t
    chosen = 0
    spot = st.container()
    if len(rule.plots) > 1:
        chosen = st.selectbox(
            t("advice.at", n=len(rule.plots)),
            range(len(rule.plots)),
            key=f"advice_at_{rule.key}_{rule.plots[0][0]}",  # another day, another list
            format_func=lambda k: names.get(rule.plots[k][0], rule.plots[k][1]),
        )
    plot, name, one = rule.plots[chosen or 0]
    with spot:
        st.html(card(one, names.get(plot, name), len(rule.plots)))
    if one.needs_label:
        st.link_button(t("advice.label"), labels["url"], help=labels[session.language()], width="stretch")
    if st.button(t("map.open_plot", name=names.get(plot, name)), key=f"advice_open_{rule.key}", width="stretch"):
        session.select(plot)
        st.switch_page("views/plot.py")


def card(one: Any, name: str, plots: int) -> str:
    """Return an advice for one plot as HTML; the reference is folded, as most who read on look for the date."""
    t, language = session.t, session.language()
    tone = TONE_OF[one.kind]
    until = t("advice.until", day=words.day(one.until, language)) if one.until else t("advice.until_open")
    where = t("advice.where", name=name, n=plots) if plots > 1 else name
    facts = [
        (t("advice.lead"), one.lead[language]),
        (t("advice.valid"), t("advice.since", day=words.day(one.since, language)) + until),
        (t("advice.cases"), one.chance(language)),
    ]
    if one.deadline:
        facts.insert(0, (t("advice.deadline"), t("advice.by_clock", clock=one.deadline)))
    cells = "".join(f"<div><span>{escape(title)}</span><b>{escape(said)}</b></div>" for title, said in facts)
    head = f"{MARKS[tone]} {t(f'advice.kind_{one.kind}')} · {t(f'advice.urgency_{one.urgency}')}"
    return (
        f'<article class="citrus-say citrus-advice" style="--tone:{TONES[tone]}">'
        f'<span class="tone">{escape(head)}</span><h2>{escape(one.what[language])}</h2>'
        f"<p>{escape(one.why[language])}</p>"
        f'<div class="citrus-facts">{cells}</div><small>{escape(where)}</small>'
        f"<details><summary>{escape(t('advice.evidence', kind=t(f'advice.evidence_{one.evidence}')))}</summary>"
        f'<small lang="en">{escape(one.source)}</small></details></article>'
    )


def line(said: Sequence[Any]) -> str | None:
    """Return the most urgent advice of a plot in one line of HTML; None when there is no more than information."""
    t, language = session.t, session.language()
    first = next((one for one in said if one.kind != "info"), None)
    if first is None:
        return None
    tone = TONE_OF[first.kind]
    clock = f"{t('advice.by_clock', clock=first.deadline)} · " if first.deadline else ""
    return (
        f'<div class="citrus-line" style="--tone:{TONES[tone]}"><b>{MARKS[tone]} {escape(t("advice.now"))}</b> '
        f"{escape(clock)}{escape(first.what[language])} <small>{escape(first.chance(language))}</small></div>"
    )
