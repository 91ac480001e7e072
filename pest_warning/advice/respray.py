"""When a protectant is due again: by rain, by days, or by what is left of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.errors import NotFoundError
from pest_warning import protection
from pest_warning.organism import Words

FILE = Path(__file__).with_name("cover.toml")
DAY = timedelta(1)


class Cover(NamedTuple):
    """How long a class of protectants lasts."""

    rain_soon: Annotated[float, "mm"]
    rain_due: Annotated[float, "mm"]
    days: Annotated[float, "d"]
    least: Annotated[float, "1"]


@dataclass(frozen=True)
class Respray:
    """Whether cover is still there on one day.

    `state` is "covered", "soon" (rain has reached the lower bound) or "due"; `due` is the day on which it is due at the
    latest: rain beyond the forecast may bring it forward. `rain` [mm] fell since the spray; of `missing` days it is not
    known.
    """

    state: str
    due: date
    because: Words
    rain: float
    missing: int


@cache
def cover(product: str) -> Cover:
    """Return the bounds of a product class, or of a mode of action such as "FRAC M03".

    Raises
    ------
    NotFoundError
        For a class without cover: what is systemic or kills on contact is not renewed by rain.
    """
    return parameters.load(FILE, f"{_entry(product)['key']}.bounds", Cover)


def _entry(product: str) -> dict:
    table = parameters.document(FILE)
    for key, one in table.items():
        if product == key or product in one["groups"]:
            return {"key": key, **one}
    known = ", ".join(table)
    raise NotFoundError(f"no protectant '{product}'; known: {known}", zh=f"没有保护剂“{product}”；可用：{known}")


def respray_due(product: str, sprayed: date, rain, on: date, new_tissue=None) -> Respray:
    """Return whether and when a protectant is due again.

    Parameters
    ----------
    product : str
        Class of `cover.toml` or mode of action.
    sprayed : date
        Day of the last spray.
    rain : array_like, shape (day,)
        Daily sums from the day after the spray on, observed and then forecast. [mm]
    on : date
        Today, not before the spray.
    new_tissue : array_like, shape (day,), optional
        Share of the susceptible tissue that grew since the spray; with it the protection left is looked at too. [1]

    Returns
    -------
    Respray
        Due on the first day on which rain since the spray reaches the upper bound, the days are over, or what
        is left of it (`pest_warning.protection`) is below its bound.

    Raises
    ------
    NotFoundError
        For a class without cover.
    ValueError
        When today lies before the spray, or shapes differ.
    """
    if on < sprayed:
        raise ValueError(f"today, {on}, lies before the spray of {sprayed}")
    bounds, rain = cover(product), np.asarray(rain, dtype=float)
    total = np.cumsum(np.nan_to_num(rain))
    low = np.zeros(rain.shape, dtype=bool) if new_tissue is None else _left(product, total, new_tissue) < bounds.least
    by_rain, by_rest = _first(total >= bounds.rain_due, sprayed), _first(low, sprayed)
    by_days = sprayed + DAY * int(bounds.days)
    due = min(day for day in (by_rain, by_rest, by_days) if day is not None)
    past = (on - sprayed).days
    fallen = float(total[min(past, len(total)) - 1]) if past and len(total) else 0.0
    state = "due" if due <= on else "soon" if fallen >= bounds.rain_soon else "covered"
    missing = int(np.isnan(rain[:past]).sum()) + max(past - len(rain), 0)
    return Respray(state, due, _because(due, by_rain, by_rest, bounds), fallen, missing)


def _left(product, total, new_tissue):
    """Return the protection left on each day [1]."""
    grown = np.asarray(new_tissue, dtype=float)
    if grown.shape != total.shape:
        raise ValueError(f"rain has shape {total.shape}, new tissue {grown.shape}")
    made = protection.residue(_entry(product)["groups"])
    age = np.arange(1.0, len(total) + 1.0)
    return protection.residual(made.efficacy, age, total, grown, made.days, made.rain)


def _first(hit, sprayed):
    """Return the day of the first hit; the first value is the day after the spray."""
    return sprayed + DAY * (int(np.argmax(hit)) + 1) if hit.any() else None


def _because(due, by_rain, by_rest, bounds):
    if due == by_rain:
        mm = bounds.rain_due
        return Words(f"{due} 药后累计雨量达 {mm:.0f} 毫米", f"rain since the spray reaches {mm:.0f} mm on {due}")
    if due == by_rest:
        return Words(
            f"{due} 残留保护低于 {bounds.least:.0%}", f"protection left falls below {bounds.least:.0%} on {due}"
        )
    return Words(f"{due} 药后满 {bounds.days:.0f} 天", f"{bounds.days:.0f} days are over on {due}")
