"""Numbers, dates and places as people say them, in Chinese and English; a number comes with its spread and unit."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from agro import bbch
from agro.units import hectares, mu
from app.strings import text

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DIRECTIONS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
FLAT_BELOW = 2.0  # degrees; gentler ground has no side that matters


def known(value: Any) -> bool:
    """Return whether there is a value at all: not None, NaN or NaT."""
    return value is not None and not (pd.api.types.is_scalar(value) and pd.isna(value))


def number(value: Any, digits: int = 1) -> str:
    """Return the number with `digits` decimals and a true minus; an en dash for unknown."""
    if not known(value):
        return "–"
    rounded = f"{float(value):.{digits}f}"
    return rounded.replace("-", "\N{MINUS SIGN}") if float(rounded) else rounded.lstrip("-")


def area(value: Any, language: str) -> str:
    """Return the area of `value` [m2], mu first and hectares beside it.

    >>> area(2000.0, "en")
    '3.0 mu (0.20 ha)'
    """
    return text("words.area", language, mu=number(mu(value)), ha=number(hectares(value), 2)) if known(value) else "–"


def day(value: Any, language: str, *, year: bool = False) -> str:
    """Return a date without its clock.

    >>> day(date(2026, 4, 9), "zh")
    '4月9日'
    """
    if not known(value):
        return "–"
    d = pd.Timestamp(value).date()
    if language == "zh":
        return f"{f'{d.year}年' if year else ''}{d.month}月{d.day}日"
    return f"{d.day} {MONTHS[d.month - 1]}{f' {d.year}' if year else ''}"


def days_between(p10: Any, p90: Any, language: str) -> str:
    """Return "from P10 to P90" as two dates; open at the end where a tenth of the members never come to it."""
    low = day(p10, language)
    if known(p10) and not known(p90):
        return text("words.open", language, low=low)
    return text("words.between", language, low=low, high=day(p90, language))


def when(p10: Any, p50: Any, p90: Any, language: str) -> str:
    """Return the middle date with its spread, as far as the season brings it about.

    A P90 (or P50) that is missing beside a P10 means that a tenth (or half) of the members never come to it.

    >>> when(date(2026, 9, 19), date(2026, 10, 27), None, "en")
    '27 Oct (from 19 Sep at the earliest; in some cases not this season)'
    """
    if not known(p50):
        return text("words.mostly_not", language, low=day(p10, language)) if known(p10) else "–"
    if not known(p10):
        return day(p50, language)
    return text("words.within", language, middle=day(p50, language), span=days_between(p10, p90, language))


def day_spread(row: Mapping[str, Any], name: str, language: str) -> str:
    """Return the middle date of `name` with its spread; reads `name_p10`, `_p50`, `_p90`."""
    return when(row.get(f"{name}_p10"), row.get(f"{name}_p50"), row.get(f"{name}_p90"), language)


def spread(row: Mapping[str, Any], name: str, language: str, *, unit: str = "", digits: int = 1) -> str:
    """Return the middle value of `name` with its spread and unit."""
    low, middle, high = (row.get(f"{name}_{p}") for p in ("p10", "p50", "p90"))
    if not known(middle):
        return "–"
    said = f"{number(middle, digits)} {unit}".strip()
    if not (known(low) and known(high)):
        return said
    return text("words.spread", language, middle=said, low=number(low, digits), high=number(high, digits))


def stage(row: Mapping[str, Any], language: str) -> str:
    """Return the name of the growth stage: of the fruit when there is some, else of the buds."""
    code = stage_code(row)
    return "–" if code is None else bbch.name(code, language)


def stage_code(row: Mapping[str, Any]) -> int | None:
    """Return the BBCH code of the fruit when there is some (below 0 there is none), else of the buds."""
    for name in ("fruit_bbch", "bud_bbch"):
        code = row.get(name)
        if code is not None and known(code) and int(code) >= 0:
            return int(code)
    return None


def delay(value: Any, language: str) -> str:
    """Return how many days later or earlier than the valley floor."""
    if not known(value):
        return "–"
    days = round(float(value))
    if days == 0:
        return text("words.level", language)
    return text("words.later" if days > 0 else "words.earlier", language, days=abs(days))


def effect(value: Any, language: str) -> str:
    """Return by how much one cause alone moves the date."""
    return text("words.no_effect", language) if known(value) and abs(float(value)) < 0.5 else delay(value, language)


def aspect(degrees: Any, slope: Any, language: str) -> str:
    """Return the side that a slope faces, in words; flat ground faces none."""
    if not known(degrees) or (known(slope) and float(slope) < FLAT_BELOW):
        return text("aspect.flat", language)
    return text(f"aspect.{DIRECTIONS[round(float(degrees) / 45) % 8]}", language)


def unique_names(frame: pd.DataFrame) -> list[str]:
    """Return the names of plots, told apart by township or number where two are alike."""
    named = frame["name"].astype(str)
    for place in ("township", "farm_name"):
        twins = named.duplicated(keep=False)
        if place in frame and twins.any():
            said = named + " · " + frame[place].astype(str)
            named = named.where(~twins | frame[place].isna(), said)
    again = named.groupby(named).cumcount()
    return list(named.where(again == 0, named + " #" + (again + 1).astype(str)))


def evidence(state: Any, language: str) -> str:
    """Return what the calibration state of a model is called: none, percentile or calibrated."""
    known_state = str(state) if str(state) in ("none", "percentile", "calibrated") else "none"
    return text(f"evidence.{known_state}", language)


def finding(found: Any, language: str) -> str:
    """Return the sentence of a `Finding` with the place it speaks of."""
    if isinstance(found, Mapping):
        return str(found[language])
    sentence = found.zh if language == "zh" else found.en
    return f"{sentence} ({found.where})" if found.where and found.where not in sentence else sentence


def today_in(value: date | None, language: str) -> str:
    """Return a date with its year, or a dash."""
    return day(value, language, year=True)
