"""What the colours of a map mean."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from app.components.colours import Coloured


def show(title: str, coloured: Coloured) -> None:
    """Show the legend under its title, largest class first where there is an order."""
    rows = "".join(
        f'<li><span class="citrus-swatch" style="background:{colour}"></span>{escape(text)}</li>'
        for colour, text in coloured.legend
    )
    st.html(f'<div class="citrus-legend"><strong>{escape(title)}</strong><ul>{rows}</ul></div>')


def rows(entries: Sequence[tuple[str, str]]) -> str:
    """Return marks (HTML of the functions below) and what they mean, as many to a row as fit."""
    body = "".join(f"<li>{mark}{escape(said)}</li>" for mark, said in entries)
    return f'<div class="citrus-legend citrus-key"><ul>{body}</ul></div>'


def dot(colour: str) -> str:
    """Return a filled point."""
    return f'<span class="citrus-dot" style="background:{escape(colour)}"></span>'


def ring(colour: str) -> str:
    """Return a hollow point."""
    return f'<span class="citrus-dot" style="border:2px solid {escape(colour)}"></span>'


def stroke(colour: str, style: str = "solid", width: int = 3, opacity: float = 1.0) -> str:
    """Return a piece of a line; `style` as CSS names it."""
    look = f"border-top:{width}px {style} {escape(colour)};opacity:{opacity}"
    return f'<span class="citrus-stroke" style="{look}"></span>'


def patch(colour: str) -> str:
    """Return a piece of an area."""
    return f'<span class="citrus-swatch" style="background:{escape(colour)}"></span>'


def glyph(sign: str) -> str:
    """Return a sign as it stands in a chart."""
    return f'<span aria-hidden="true">{escape(sign)}</span>'
