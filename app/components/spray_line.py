"""One line a plot for the first page: spray today or not, the next window, the next danger."""

from html import escape

from app.answers import pest_advice
from app.components import spray_hours
from app.components.cards import MARKS, TONES


def lines(plot_ids: tuple[str, ...]) -> dict[str, str]:
    """Return {plot id: the line as HTML}; plots without hours and without a danger are left out."""
    hours, dangers = pest_advice.hours_of(plot_ids), pest_advice.next_of(plot_ids)
    told = {}
    for plot in plot_ids:
        parts = [pest_advice.said(dangers[plot])] if plot in dangers else []
        tone = "watch" if parts else "info"
        if plot in hours:
            parts.insert(0, spray_hours.line(pest_advice.answer(hours[plot])))
        if parts:
            told[plot] = (
                f'<div class="citrus-line" style="--tone:{TONES[tone]}"><b>{MARKS[tone]}</b> '
                f"{'<br>'.join(map(escape, parts))}</div>"
            )
    return told
