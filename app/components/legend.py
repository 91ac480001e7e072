"""What the colours of a map mean."""

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
