"""When the stages of an organism come: sums of heat from a fixed day, or the calendar moved by the year."""

from dataclasses import dataclass

import numpy as np

from agro import parameters
from agro.errors import ParameterError
from agro.numeric import equation, maximum, where
from pest_warning.organism import Organism, Words

SUMS = ("active", "effective", "calendar")
NEEDED = {"key", "zh", "en", "sum", "amount", "lead", "lasts"}
OPTIONAL = {"start", "base", "spread", "altitude", "repeats"}


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
    return where(tmean >= base, tmean, 0.0 * tmean)  # a day that is not known stays so


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
    amount : array_like
        To be met with the shape (...). [degC d]

    Returns
    -------
    ndarray, shape (...)
        Number of the day, from 0, with its fraction; NaN where never reached or not known.
    """
    amount = np.asarray(amount, float)
    total = np.cumsum(heat, axis=-1)
    reached = total >= amount[..., None]
    first = np.argmax(reached, axis=-1)
    known = reached.any(axis=-1)
    total, heat = (np.broadcast_to(values, reached.shape) for values in (total, np.asarray(heat, float)))
    at = np.take_along_axis(total, first[..., None], axis=-1)[..., 0]
    step = np.take_along_axis(heat, first[..., None], axis=-1)[..., 0]
    fraction = 1.0 - (at - amount) / np.where(step > 0, step, 1.0)
    return np.where(known, first + np.clip(fraction, 0.0, 1.0), np.nan)


def heat_of(event: Event, tmean):
    """Return each day's heat in the sum of `event` [degC d]."""
    return active_heat(tmean, event.base) if event.sum == "active" else effective_heat(tmean, event.base)


def _event(organism: Organism, entry: dict) -> Event:
    if missing := sorted(NEEDED - set(entry)):
        raise _error(organism, entry, f"needs {', '.join(missing)}", f"缺少 {'、'.join(missing)}")
    if unknown := sorted(set(entry) - NEEDED - OPTIONAL):
        raise _error(organism, entry, f"does not know {', '.join(unknown)}", f"不认识 {'、'.join(unknown)}")
    if entry["sum"] not in SUMS:
        what = f"'{entry['sum']}'"
        raise _error(organism, entry, f"sum {what}; known: {', '.join(SUMS)}", f"sum {what}；可用：{'、'.join(SUMS)}")
    unit = "day of year" if entry["sum"] == "calendar" else "degC d"
    amount = _number(organism, entry, "amount", unit)
    return Event(
        key=entry["key"],
        name=Words(entry["zh"], entry["en"]),
        sum=entry["sum"],
        start=int(entry.get("start", 1)),
        amount=float(amount.value),
        low=amount.value if amount.low is None else amount.low,
        high=amount.value if amount.high is None else amount.high,
        base=_number(organism, entry, "base", "degC", 10.0).value,
        spread=_number(organism, entry, "spread", unit, 0.0).value,
        lead=_number(organism, entry, "lead", "d").value,
        lasts=_number(organism, entry, "lasts", "d").value,
        altitude=_number(organism, entry, "altitude", "d (100 m)-1", 0.0).value,
        repeats=bool(entry.get("repeats", False)),
        source=amount.source,
        evidence=amount.evidence,
    )


def _number(organism: Organism, entry: dict, key: str, unit: str, usual: float = 0.0) -> parameters.Parameter:
    """Return a number of an event, checked as `parameters.load` checks those of sections."""
    if key not in entry:
        return parameters.Parameter(usual, unit, "default", "judgement")
    found, keys = entry[key], {"value", "unit", "source", "evidence"}
    known = isinstance(found, dict) and keys <= set(found) <= parameters.KEYS
    if not known or not isinstance(found["value"], int | float):
        what = "needs a number with value, unit, source and evidence, and no more than low, high and valid_from"
        raise _error(
            organism, entry, f"{key} {what}; got {found!r}", f"{key} 需要 value、unit、source、evidence：{found!r}"
        )
    if found["unit"] != unit:
        raise _error(organism, entry, f"{key} needs unit '{unit}'; got '{found['unit']}'", f"{key} 的单位应为 {unit}")
    if not str(found["source"]).strip() or found["evidence"] not in parameters.EVIDENCE:
        raise _error(organism, entry, f"{key} has an empty source or unknown evidence", f"{key} 没有来源或依据不明")
    return parameters.Parameter(**found)


def _error(organism: Organism, entry: dict, what: str, zh: str) -> ParameterError:
    where = f"{organism.path.name} [event] {entry.get('key', '')}"
    return ParameterError(f"{where}: {what}", zh=f"病虫文件 {where}：{zh}")
