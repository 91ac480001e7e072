"""Sentences as cards: the answer large, its tone in colour and in a word, its source small."""

import re
from html import escape
from typing import Any

import streamlit as st

from app import session

TONES = {"good": "#2c6e49", "watch": "#9a6a00", "act": "#b5481b", "info": "#33617e"}
MARKS = {"good": "✓", "watch": "◔", "act": "➜", "info": "•"}


def sentence(said: Any, number: int) -> None:
    """Show one sentence; a button beneath opens its plot."""
    tone = said.tone if said.tone in TONES else "info"
    head, _, body = re.split("(：|: )", said.text, maxsplit=1) if re.search("：|: ", said.text) else ("", "", said.text)
    st.html(
        f'<article class="citrus-say" style="--tone:{TONES[tone]}">'
        f'<span class="tone">{MARKS[tone]} {escape(session.t("tone." + tone))}</span>'
        f"<h3>{escape(head)}</h3><p>{escape(body)}</p><small>{escape(said.source)}</small></article>"
    )
    if said.plot_id and st.button(session.t("home.open_plot"), key=f"open_{number}", width="stretch"):
        session.select(said.plot_id)
        st.switch_page("views/plot.py")


def answer(lines: list[str]) -> None:
    """Show the answers of a page in large type, before any chart."""
    st.html('<div class="citrus-answer"><ul>' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul></div>")


def facts(pairs: list[tuple[str, str]]) -> None:
    """Show names and values side by side, as many to a row as fit."""
    cells = "".join(f"<div><span>{escape(name)}</span><b>{escape(value)}</b></div>" for name, value in pairs)
    st.html(f'<div class="citrus-facts">{cells}</div>')
