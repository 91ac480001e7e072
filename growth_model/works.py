"""What people do in an orchard, as the engine reads it: one row of `place.Work` a day."""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np

from agro import parameters
from growth_model.orchard import FILE
from growth_model.place import Work

FIELDS = Work._fields
SHARES = ("thinning", "pruning", "shade", "picking")
"""Shares from 0 to 1; two on one day act one after the other. The rest adds up."""


def nothing(days: int) -> np.ndarray:
    """Return the rows of an orchard in which nobody does anything, shape (day, field)."""
    return np.zeros((days, len(FIELDS)))


def ordinary(first_day, days: int) -> np.ndarray:
    """Return the rows of an orchard that is fertilised as usual, shape (day, field); assumed where nobody has told."""
    table = parameters.section(FILE, "practice")
    out = nothing(days)
    calendar = np.datetime64(first_day, "D") + np.arange(days)
    day_of_year = (calendar - calendar.astype("M8[Y]").astype("M8[D]")).astype(int) + 1
    for when, share in zip(table["days"].value, table["shares"].value, strict=True):
        for name in ("nitrogen", "phosphorus", "potassium"):
            out[day_of_year == when, FIELDS.index(name)] += share * table[name].value
    return out


def with_deeds(rows: np.ndarray, first_day, deeds: Iterable[tuple[date, Mapping[str, float]]]) -> np.ndarray:
    """Return `rows` with more deeds: pairs of a day and {field: amount}; days outside are passed over.

    >>> rows = with_deeds(nothing(3), "2026-07-01", [(date(2026, 7, 2), {"irrigation": 25.0})])
    >>> float(rows[1, FIELDS.index("irrigation")])
    25.0

    Raises
    ------
    ValueError
        For a deed that the model does not know, or an amount that cannot be.
    """
    out = rows.copy()
    for day, amounts in deeds:
        row = int((np.datetime64(day, "D") - np.datetime64(first_day, "D")).astype(int))
        for name, amount in amounts.items():
            if name not in FIELDS:
                raise ValueError(f"no deed '{name}'; known: {', '.join(FIELDS)}")
            most = 1.0 if name in SHARES else 1000.0
            if not 0 <= amount <= most:
                raise ValueError(f"{name} must lie in 0 to {most:g}, got {amount}")
            if 0 <= row < len(out):
                column = FIELDS.index(name)
                old = out[row, column]
                out[row, column] = 1 - (1 - old) * (1 - amount) if name in SHARES else old + amount
    return out
