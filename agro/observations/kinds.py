"""The kinds of observations: name, unit, range and error of each, from `kinds.toml`."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from agro import parameters
from agro.errors import InputError
from agro.farm import Finding, Observation

TABLE = Path(__file__).with_name("kinds.toml")
EVIDENCE = ("measured", "said")


@dataclass(frozen=True)
class Kind:
    """What `kinds.toml` says of one kind; ranges are (low, high) in `unit`, of dates ("MM-DD", "MM-DD")."""

    key: str
    zh: str
    en: str
    unit: str
    words: tuple[str, ...]
    possible: tuple[Any, Any]
    usual: tuple[Any, Any]
    dates: bool = False
    amount: bool = False
    counted: str | None = None  # "fruit" or "tree": what `n` is a number of
    season: str | None = None
    also: dict[str, float] = field(default_factory=dict)
    headings: dict[str, float] = field(default_factory=dict)
    unclear: tuple[str, ...] = ()
    base: float = 0.0  # unit
    said: float | None = None  # unit
    each: float = 0.0  # unit, between fruits or trees
    share: float = 0.0  # of the value

    @property
    def valued(self) -> bool:
        """Whether an observation of this kind must have a value."""
        return not self.dates

    def group(self, day: date) -> str:
        """Return what a second observation of a plot would have to agree with: the season's, or the day's."""
        if self.season is None:
            return day.isoformat()
        return str(day.year if f"{day:%m-%d}" >= self.season else day.year - 1)


@cache
def kinds() -> dict[str, Kind]:
    """Return {key: Kind} of everything in `kinds.toml`."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {key: _kind(key, entry) for key, entry in entries.items()}


def standard_deviation(value, n, base, each, share):
    """Return the standard deviation of the mean of `n` fruits or trees; in the unit of `base`.

    The error of the instrument (`base`, and `share` of the value) stays however many are measured; that between
    fruits (`each`) falls with their number.

    >>> float(round(standard_deviation(55.0, 20.0, 0.3, 5.0, 0.0), 3))
    1.158
    """
    return np.sqrt(base * base + share * value * share * value + each * each / n)


def assumed_error(kind: str, value: Any, n: Any = None, spread: Any = None, evidence: str = "measured") -> float:
    """Return the standard deviation of one observation, in the kind's unit (days for a kind of dates); NaN: unknown.

    One fruit or tree is assumed where `n` is not told.
    """
    about, known = kinds()[kind], lambda number: number is not None and not np.isnan(float(number))
    if about.amount and not known(value):
        return float("nan")
    base = about.said if evidence == "said" and about.said is not None else about.base
    each = float(spread) if known(spread) else about.each
    told, number = float(value) if known(value) else 0.0, float(n) if known(n) else 1.0
    return float(standard_deviation(told, number, base, each, about.share))


def checked(observation: Observation, today: date) -> list[Finding]:
    """Return what is odd about an observation that may be true.

    Raises
    ------
    InputError
        For an unknown kind, a missing, needless or impossible value, a date in the future.
    """
    about = kinds().get(observation.kind)
    if about is None:
        known = ", ".join(kinds())
        raise InputError(
            f"unknown kind '{observation.kind}'; known: {known}", zh=f"不认识的项目“{observation.kind}”；可用：{known}"
        )
    if observation.evidence not in EVIDENCE:
        raise InputError(
            f"evidence '{observation.evidence}'; measured or said is needed",
            zh=f"依据“{observation.evidence}”；需要 measured（实测）或 said（口述）",
        )
    if observation.date > today:
        raise InputError(
            f"the date {observation.date} is in the future; it is {today}",
            zh=f"日期 {observation.date} 在将来；今天是 {today}",
        )
    if observation.n is not None and observation.n < 1:
        raise InputError(f"the number is {observation.n}; 1 or more is needed", zh=f"数量为 {observation.n}；至少为 1")
    if observation.spread is not None and not 0 <= observation.spread < np.inf:
        raise InputError(
            f"the spread is {observation.spread}; 0 or more is needed", zh=f"标准差为 {observation.spread}；不能小于 0"
        )
    return _dated(about, observation) if about.dates and not about.amount else _measured(about, observation)


def _kind(key: str, entry: dict[str, Any]) -> Kind:
    error = {name: one.value for name, one in parameters.section(TABLE, f"{key}.error").items()}
    plain: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in entry.items() if name != "error"
    }
    return Kind(key, **plain, **error)


def _dated(about: Kind, observation: Observation) -> list[Finding]:
    if observation.value is not None:
        raise InputError(
            f"{about.en} is a date and has no value; got {observation.value:g}",
            zh=f"“{about.zh}”是日期，没有数值；现为 {observation.value:g}",
        )
    day = f"{observation.date:%m-%d}"
    if not _between(day, about.possible):
        low, high = about.possible
        raise InputError(
            f"{about.en} on {observation.date}; a day from {low} to {high} (month-day) is needed",
            zh=f"“{about.zh}”日期为 {observation.date}；应在 {low} 至 {high}（月-日）之间",
        )
    if _between(day, about.usual):
        return []
    return [
        Finding(
            "warning",
            f"{about.en} on {observation.date} is odd; usual is {about.usual[0]} to {about.usual[1]}",
            f"“{about.zh}”日期 {observation.date} 少见；一般在 {about.usual[0]} 至 {about.usual[1]}",
        )
    ]


def _measured(about: Kind, observation: Observation) -> list[Finding]:
    value, (low, high) = observation.value, about.possible
    if value is None and about.amount:
        return []
    if value is None or not low <= value <= high:  # NaN lies nowhere
        got = "none" if value is None else f"{value:g}"
        raise InputError(
            f"{about.en} is {got}; {low:g} to {high:g} {about.unit} is needed",
            zh=f"“{about.zh}”为 {'空' if value is None else got}；应在 {low:g} 至 {high:g} {about.unit} 之间",
        )
    if about.usual[0] <= value <= about.usual[1]:
        return []
    return [
        Finding(
            "warning",
            f"{about.en} {value:g} {about.unit} is odd; usual is {about.usual[0]:g} to {about.usual[1]:g}",
            f"“{about.zh}” {value:g} {about.unit} 少见；一般为 {about.usual[0]:g} 至 {about.usual[1]:g}",
        )
    ]


def _between(day: str, span: tuple[str, str]) -> bool:
    low, high = span
    return low <= day <= high if low <= high else day >= low or day <= high
