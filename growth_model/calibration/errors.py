"""What a reading is worth, what it tells, and which numbers cannot be told from others yet."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from agro import parameters
from agro.errors import NotFoundError
from agro.numeric import equation

TABLE = Path(__file__).with_name("observations.toml")
NO_READINGS = ("category", "fixed", "hierarchy", "acceptance")


@dataclass(frozen=True)
class Kind:
    """One kind of reading; errors in its `unit`, NaN where the kind has none of that sort."""

    name: str
    unit: str
    systematic: float
    one_fruit: float
    blurred: float
    relative: float  # 1
    informs: tuple[str, ...]
    states: tuple[str, ...]
    dated: bool


@dataclass(frozen=True)
class Rule:
    """When a parameter stays as the prior has it; one of the three conditions is given."""

    parameter: str
    size_share: float | None = None  # 1, of the final diameter
    day_of_year: float | None = None  # counted from 1 January of the year of bloom
    kind: str | None = None
    readings: float | None = None  # days with a reading of `kind`


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds of reading by name.

    >>> kinds()["acid"].informs
    ('acid.first', 'acid.rate')
    """
    return {name: _kind(name) for name in parameters.document(TABLE) if name not in NO_READINGS}


def kind(name: str) -> Kind:
    """Return the kind of reading called `name`.

    Raises
    ------
    NotFoundError
        When there is none; the message lists the kinds.
    """
    if name not in kinds():
        known = ", ".join(kinds())
        raise NotFoundError(f"no kind of reading '{name}'; known: {known}", zh=f"没有观测种类“{name}”；已有：{known}")
    return kinds()[name]


def observation_sd(name: str, n=1, value=np.nan, sharp=True):
    """Return the standard deviation to assume for readings, in the unit of the kind (of `value` for yield).

    Parameters
    ----------
    name : str
        Of the kind.
    n : array_like
        Number of fruit in the sample. [1]
    value : array_like
        What was read; needed where the error is a share of it.
    sharp : array_like of bool
        Whether it was watched closely: for bloom, whether 10 % or 50 % of open flowers were seen.

    Examples
    --------
    >>> round(float(observation_sd("fruit_diameter", n=20)), 3)
    1.158
    >>> float(observation_sd("bloom_date", sharp=False))
    6.0
    """
    k = kind(name)
    if np.isfinite(k.relative):
        return k.relative * np.abs(value)
    base = k.systematic if np.isnan(k.blurred) else np.where(sharp, k.systematic, k.blurred)
    return sample_sd(base, 0.0 if np.isnan(k.one_fruit) else k.one_fruit, np.maximum(n, 1.0))


@equation
def sample_sd(systematic, one_fruit, n):
    """Return the standard deviation of the mean of `n` fruit whose errors are shared in part, in the unit given."""
    return np.sqrt(systematic * systematic + one_fruit * one_fruit / n)


def taper(names, readings) -> np.ndarray:
    """Return which parameters each of the `readings` (names of kinds) may move, shape (parameter, datum).

    >>> taper(("fruit.growth", "acid.rate"), ("fruit_diameter", "acid"))
    array([[1., 0.],
           [0., 1.]])
    """
    return np.array([[float(name in kind(reading).informs) for reading in readings] for name in names])


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rules that hold parameters fixed."""
    found = (parameters.section(TABLE, f"fixed.{name}") for name in parameters.document(TABLE)["fixed"])
    return tuple(Rule(**{key: entry.value for key, entry in section.items()}) for section in found)


def fixed_now(day: date, crop_year: int, size_share: float, readings: dict[str, int]) -> tuple[str, ...]:
    """Return the names of the parameters that the data of a crop cannot move yet.

    Parameters
    ----------
    day : date
        Of the last reading.
    crop_year : int
        Year in which the crop bloomed; late oranges are read in the next.
    size_share : float
        Last diameter over the final one that is expected. [1]
    readings : dict
        Days with a reading, by kind.

    Examples
    --------
    >>> fixed_now(date(2025, 8, 1), 2025, 0.7, {"acid": 1})
    ('sugar.rate', 'acid.rate')
    """
    day_of_year = (day - date(crop_year, 1, 1)).days + 1
    return tuple(
        rule.parameter
        for rule in rules()
        if (rule.size_share is not None and not size_share >= rule.size_share)
        or (rule.day_of_year is not None and day_of_year < rule.day_of_year)
        or (rule.readings is not None and readings.get(rule.kind or "", 0) < rule.readings)
    )


@cache
def category() -> tuple[float, float]:
    """Return the share of notes that name the right class, and how much rarer each class farther off is [1]."""
    found = parameters.section(TABLE, "category")
    return float(found["right"].value), float(found["falloff"].value)


@cache
def numbers(section: str) -> dict[str, float]:
    """Return the numbers of one section of `observations.toml`, such as "hierarchy" or "acceptance"."""
    return {key: float(entry.value) for key, entry in parameters.section(TABLE, section).items()}


def _kind(name: str) -> Kind:
    found = parameters.section(TABLE, name)
    sds = {
        key: float(found[key].value) if key in found else np.nan
        for key in ("systematic", "one_fruit", "blurred", "relative")
    }
    unit = next(entry.unit for key, entry in found.items() if key in sds)
    return Kind(
        name,
        unit,
        **sds,
        informs=tuple(found["informs"].value),
        states=tuple(found["states"].value),
        dated=bool(found["dated"].value),
    )
