"""When the stages of an organism come: sums of heat from a fixed day, or the calendar moved by the year."""

from dataclasses import dataclass

import numpy as np

from agro import parameters
from agro.errors import ParameterError
from agro.numeric import equation, maximum, where
from pest_warning.organism import Organism, Words

SUMS = ("active", "effective", "calendar")


@dataclass(frozen=True)
class Event:
    """One stage of an organism's year; `amount` is a sum of heat [degC d] or, by the calendar, a day of the year.

    From `lead` days before the event until `lasts` days after it something is to be done. `spread` is the standard
    deviation among individuals in the unit of the amount; `low` and `high` bound the amount itself.
    """

    key: str
    name: Words
    sum: str
    start: int  # day of year from which heat counts
    amount: float
    low: float
    high: float
    base: float  # degC
    spread: float
    lead: float  # d
    lasts: float  # d
    altitude: float  # d per 100 m, beyond what the temperature of the place tells
    repeats: bool  # again after each further amount: generations
    source: str
    evidence: str


def events(organism: Organism) -> tuple[Event, ...]:
    """Return the events of an organism's year in their order.

    Raises
    ------
    ParameterError
        For an entry that lacks something.
    """
    table = parameters.document(organism.path).get("event", [])
    return tuple(_event(organism, entry) for entry in table)


@equation
def active_heat(tmean, base):
    """Return a day's active sum [degC d]: the whole mean where it reaches `base`, else 0."""
    return where(tmean >= base, tmean, 0.0)


@equation
def effective_heat(tmean, base):
    """Return a day's effective sum [degC d]: what the mean exceeds `base` by."""
    return maximum(tmean - base, 0.0)


def day_reached(heat, amount):
    """Return when a sum of heat reaches an amount.

    Parameters
    ----------
    heat : ndarray, shape (..., day)
        Of each day; NaN where unknown, which makes every later day unknown. [degC d]
    amount : array_like, shape (...) or scalar
        [degC d]

    Returns
    -------
    ndarray, shape (...)
        Number of the day, from 0, with its fraction; NaN where never reached or not known.
    """
    total = np.cumsum(heat, axis=-1)
    amount = np.broadcast_to(np.asarray(amount, float), total.shape[:-1])[..., None]
    reached = total >= amount
    first = np.argmax(reached, axis=-1)
    known = reached.any(axis=-1)
    at = np.take_along_axis(total, first[..., None], axis=-1)[..., 0]
    step = np.take_along_axis(np.asarray(heat, float), first[..., None], axis=-1)[..., 0]
    fraction = 1.0 - (at - amount[..., 0]) / np.where(step > 0, step, 1.0)
    return np.where(known, first + np.clip(fraction, 0.0, 1.0), np.nan)


def heat_of(event: Event, tmean):
    """Return each day's heat in the sum of `event` [degC d]."""
    return active_heat(tmean, event.base) if event.sum == "active" else effective_heat(tmean, event.base)


def _event(organism: Organism, entry: dict) -> Event:
    try:
        amount = parameters.Parameter(**entry["amount"])
        event = Event(
            key=entry["key"],
            name=Words(entry["zh"], entry["en"]),
            sum=entry["sum"],
            start=int(entry.get("start", 1)),
            amount=float(amount.value),
            low=float(amount.low if amount.low is not None else amount.value),
            high=float(amount.high if amount.high is not None else amount.value),
            base=float(entry.get("base", {}).get("value", 10.0)),
            spread=float(entry.get("spread", {}).get("value", 0.0)),
            lead=float(entry["lead"]["value"]),
            lasts=float(entry["lasts"]["value"]),
            altitude=float(entry.get("altitude", {}).get("value", 0.0)),
            repeats=bool(entry.get("repeats", False)),
            source=amount.source,
            evidence=amount.evidence,
        )
    except (KeyError, TypeError) as error:
        what = f"{organism.path.name} [event]: lacks or does not know {error}"
        raise ParameterError(what, zh=f"病虫文件 {organism.path.name} [event]：缺少或不认识 {error}") from error
    if event.sum not in SUMS or amount.unit != ("degC d" if event.sum != "calendar" else "day of year"):
        what = f"{organism.path.name} [event] {event.key}: sum '{event.sum}' with unit '{amount.unit}'"
        raise ParameterError(f"{what}; known: {', '.join(SUMS)}", zh=f"{what}；可用：{'、'.join(SUMS)}")
    return event
