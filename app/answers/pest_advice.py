"""What can be done about pests: spray hours, ladders, alerts, and what is known of an organism."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from agro.errors import AgroError
from app import session
from app.services import platform
from app.services.pests import advice, alert_marks, alert_message, alerts, organism_page, spraying
from pest_warning.advice import equipment
from pest_warning.organism import Words

session.SERVICES["pest_advice"] = advice
session.SERVICES["pest_alerts"] = alerts
session.SERVICES["organism_page"] = organism_page
session.SERVICES["spraying"] = spraying


def ladders(plot_id: str) -> advice.PlotAdvice:
    """Return what can be done about the organisms of one plot."""
    return session.ask("pest_advice.of_plot", plot_id)


def hours(plot_id: str, sprayer: str, product: str) -> tuple[spraying.Spraying | None, str]:
    """Return the spray hours of one plot, or why there are none: what else a page says must not end with them."""
    return _or_why("spraying.of_plot", plot_id, sprayer, product)


def hours_of(plot_ids: tuple[str, ...]) -> dict[str, spraying.Spraying]:
    """Return {plot id: spray hours} of some plots; empty where there are none, as they only add to a page."""
    return _quietly("spraying.of_plots", plot_ids) or {}


def next_of(plot_ids: tuple[str, ...]) -> dict[str, Words]:
    """Return {plot id: its most pressing alert}; empty where there is none."""
    return _quietly("pest_alerts.next_of_plots", plot_ids) or {}


def answer(found: spraying.Spraying) -> spraying.Answer:
    """Return whether one can spray now, as the clock stands."""
    return spraying.answer(found, now())


def now() -> datetime:
    """Return the moment it is, with its time zone."""
    return session.home().store.clock()


def sprayers() -> dict[str, str]:
    """Return {key: name} of sprayers."""
    return {key: said(one) for key, one in spraying.sprayers().items()}


def least_hours() -> int:
    """Return how long a window is at least. [h]"""
    return int(equipment.window().least)


def inbox() -> alerts.Inbox:
    """Return the viewer's alerts."""
    return session.ask("pest_alerts.of_viewer")


def mark(keys: Sequence[str], state: str, until: date | None = None, note: str = "") -> int | None:
    """Return on how many plots the mark was set, or None after its refusal was shown."""
    return session.attempt(alert_marks.mark, keys, state, until, note)


def restore(keys: Sequence[str]) -> int | None:
    """Return on how many plots the mark was lifted, or None after its refusal was shown."""
    return session.attempt(alert_marks.restore, keys)


def message(found: alerts.Inbox) -> str | None:
    """Return the alerts as a text for a chat group; None where nothing is open."""
    return alert_message.message(found, session.language())


def organisms() -> dict[str, str]:
    """Return {key: name} of all organisms."""
    return {key: said(name) for key, name, _ in session.ask("organism_page.names")}


def organism(key: str) -> organism_page.OrganismPage:
    """Return what is known of one organism."""
    return session.ask("organism_page.page", key)


def sheet(key: str) -> organism_page.Sheet:
    """Return how an organism is looked for in the field."""
    return session.ask("organism_page.sheet", key)


def where(key: str) -> tuple[organism_page.Standing | None, str]:
    """Return where an organism stands, or why that is not told: a refusal must not end the page."""
    return _or_why("organism_page.where", key)


def said(one: Words) -> str:
    """Return a sentence in the visitor's language."""
    return getattr(one, session.language())


def _quietly(service: str, *arguments: Any) -> Any:
    """Return what a service answers, None where it cannot: what only adds to a page must not end it."""
    return _or_why(service, *arguments)[0] if session.may("pest.read") else None


def _or_why(service: str, *arguments: Any) -> tuple[Any, str]:
    try:
        return session.kept(service, session.viewer(), platform.stamp(session.home()), arguments), ""
    except AgroError as error:
        return None, error.message(session.language())
