"""Sentences as cards: the answer large, its tone in colour and in a word, its source small."""

import re
from html import escape
from typing import Any

import streamlit as st

from app import session

TONES = {"good": "#2c6e49", "watch": "#9a6a00", "act": "#b5481b", "info": "#33617e"}
ANSWERS = ("可采（口感", "已可采", "比河谷平地", "ripe for picking", "than the valley floor")
"""Words by which a clause is known that says when: it stands above sizes and stages."""
MARKS = {"good": "✓", "watch": "◔", "act": "➜", "info": "•"}


def clauses(text: str) -> tuple[str, list[str]]:
    """Return the head of a sentence and its clauses, those that answer "when" first.

    >>> clauses("North (navel): fruit set; fruit 20 mm; ripe for picking about 2 Dec.")
    ('North (navel)', ['ripe for picking about 2 Dec', 'fruit set', 'fruit 20 mm'])
    """
    head, _, body = re.split("(：|: )", text, maxsplit=1) if re.search("：|: ", text) else ("", "", text)
    # an open end belongs to the clause before it
    parts = [part.strip() for part in re.split("；|; (?!in some cases)", body.rstrip("。."))]
    return head, sorted(parts, key=lambda part: not any(word in part for word in ANSWERS))


def sentence(said: Any, number: int) -> Any:
    """Show one sentence; a button beneath opens its plot. Returns a free place between, for what takes longer."""
    tone = said.tone if said.tone in TONES else "info"
    head, parts = clauses(said.text)
    lines = "".join(f"<li>{escape(part)}</li>" for part in parts)
    st.html(
        f'<article class="citrus-say" style="--tone:{TONES[tone]}">'
        f'<span class="tone">{MARKS[tone]} {escape(session.t("tone." + tone))}</span>'
        f"<h2>{escape(head)}</h2><ul>{lines}</ul><small>{escape(said.source)}</small></article>"
    )
    free = st.empty()
    if said.plot_id and st.button(session.t("home.open_plot"), key=f"open_{number}", width="stretch"):
        session.select(said.plot_id)
        st.switch_page("views/plot.py")
    return free


def answer(lines: list[str]) -> None:
    """Show the answers of a page in large type, before any chart."""
    st.html('<div class="citrus-answer"><ul>' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul></div>")


def figures(entries: list[tuple[str, str, str]]) -> None:
    """Show a few large figures, each with its name above and how complete it is below."""
    cells = "".join(
        f"<div><span>{escape(name)}</span><b>{escape(value)}</b><small>{escape(note)}</small></div>"
        for name, value, note in entries
    )
    st.html(f'<div class="citrus-facts citrus-figures">{cells}</div>')


def facts(pairs: list[tuple[str, str]]) -> None:
    """Show names and values side by side, as many to a row as fit."""
    cells = "".join(f"<div><span>{escape(name)}</span><b>{escape(value)}</b></div>" for name, value in pairs)
    st.html(f'<div class="citrus-facts">{cells}</div>')
