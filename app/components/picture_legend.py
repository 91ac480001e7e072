"""What the colours of a picture mean: a ramp with its ends and direction, or classes; date, sensor, age, share seen."""

from html import escape

import streamlit as st

from app import session, words
from app.services.imagery.pictures import Legend


def show(legend: Legend) -> None:
    """Show the legend of one picture."""
    t, language = session.t, session.language()
    taken = " → ".join(words.day(moment, language, year=True) for moment in legend.taken)
    lines = [
        f"{legend.sensor[language]} · {taken}",
        t("pictures.age", days=legend.age) + " · " + t("pictures.seen", share=f"{100 * legend.valid:.0f}"),
        *(note[language] for note in legend.notes),
    ]
    small = "".join(f"<small>{escape(line)}</small><br>" for line in lines)
    unit = f" [{legend.unit}]" if legend.unit not in ("", "1") else ""
    head = f"<strong>{escape(legend.title[language])}{escape(unit)}</strong>"
    st.html(f'<div class="citrus-legend">{head}{_ramp(legend)}{_classes(legend)}{small}</div>')


def _ramp(legend: Legend) -> str:
    if not legend.stops or legend.low is None or legend.high is None:
        return ""
    t = session.t
    colours = ", ".join(colour for _, colour in legend.stops)
    low, high = (
        f"{value:+.2f}" if legend.low < 0 < legend.high else f"{value:.2f}" for value in (legend.low, legend.high)
    )
    worse, better = {"high": ("worse", "better"), "low": ("better", "worse")}.get(legend.better, ("", ""))
    ends = [
        f"{value} {t(f'pictures.{word}') if word else ''}".strip() for value, word in ((low, worse), (high, better))
    ]
    return (
        f'<div class="citrus-ramp" style="background:linear-gradient(90deg, {escape(colours)})"></div>'
        f'<div class="citrus-ramp-ends"><span>{escape(ends[0])}</span><span>{escape(ends[1])}</span></div>'
    )


def _classes(legend: Legend) -> str:
    if not legend.classes:
        return ""
    language = session.language()
    rows = "".join(
        f'<li><span class="citrus-swatch" style="background:{escape(colour)}"></span>{escape(name[language])}</li>'
        for colour, name in legend.classes
    )
    return f"<ul>{rows}</ul>"
