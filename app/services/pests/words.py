"""Pest outlooks in plain words, in Chinese and English: levels, dates, drivers, what a month or a season can say.

The patterns stand in `words.toml`. A model that is not calibrated shows no probability here, only its index, a band of
percentiles and a level.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agro import parameters
from pest_warning import organism, outlook, timing
from pest_warning.organism import Organism

TABLE = Path(__file__).with_name("words.toml")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SMALL = 0.05
"""A driver's logarithm below which it counts as usual: 5 % more or less."""
RATIOS = ("hour_fitness", "source", "pressure")
PERCENT = 100.0


@cache
def patterns() -> dict[str, Any]:
    """Return the whole table of patterns."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def said(key: str, language: str, **values: object) -> str:
    """Return the pattern `key` ("table.name") in `language`, filled in.

    >>> said("level.4", "en")
    'high'
    """
    table, name = key.split(".", 1)
    return patterns()[table][name][language].format(**values)


def bounds(name: str) -> list[float]:
    """Return numbers of the section `bounds`."""
    return list(parameters.section(TABLE, "bounds")[name].value)


def level(code: Any, language: str) -> str:
    """Return the word of a level, 0 to 4."""
    return said(f"level.{int(code)}", language)


def day(value: Any, language: str, issued: Any = None) -> str:
    """Return a day, with its year where that is not the year of `issued`; a dash where it is not known."""
    if not known(value):
        return "–"
    d = pd.Timestamp(value)
    other = issued is not None and pd.Timestamp(issued).year != d.year
    if language == "zh":
        return f"{f'{d.year}年' if other else ''}{d.month}月{d.day}日"
    return f"{d.day} {MONTHS[d.month - 1]}{f' {d.year}' if other else ''}"


def number(value: Any, digits: int = 1) -> str:
    """Return a number with a true minus; a dash where it is not known."""
    if value is None or not np.isfinite(float(value)):
        return "–"
    rounded = f"{float(value):.{digits}f}"
    return rounded.replace("-", "\N{MINUS SIGN}") if float(rounded) else rounded.lstrip("-")


def family(one: Organism) -> str:
    """Return of which kind an organism's index is: infection, arrival, mite, lens, feeder or timing."""
    if one.engine == "population" and one.model["family"] == "mite":
        return "lens" if one.check.method == "lens" else "mite"
    if one.engine == "population":
        return "arrival" if one.model["family"] == "arrival" else "feeder"
    return one.engine


@cache
def _events(key: str) -> dict[str, dict[str, str]]:
    return {event.key: {"zh": event.name.zh, "en": event.name.en} for event in timing.events(organism.load(key))}


def event(one: Organism, key: Any, language: str) -> str:
    """Return what an event of the outlook is called; infection where the row names none."""
    if not isinstance(key, str) or not key:
        return said("event.infection", language)
    names = _events(one.key)
    return names[key][language] if key in names else said(f"event.{key}", language)


def when(row: Mapping[str, Any], one: Organism, language: str, soonest: date | None = None) -> str:
    """Return when the danger of a row comes.

    Parameters
    ----------
    row : mapping
        Columns of `outlook.COLUMNS`, with `issued`.
    soonest : date, optional
        First day on which an infection can be named; given for the first ten days only.
    """
    horizon, code, issued = int(row["horizon"]), int(row["level"]), row["issued"]
    if code == outlook.NOTHING:
        return said("when.off", language)
    if one.engine == "infection":
        if soonest is not None:
            return said("when.infection", language, middle=day(soonest, language))
        return said("when.within" if code >= outlook.MEDIUM else "when.little", language, days=horizon)
    what = event(one, row.get("event"), language)
    low, middle, high = (row.get(f"date_{quantile}") for quantile in ("p10", "p50", "p90"))
    told = {"event": what, "days": str(horizon)}
    told |= {name: day(value, language, issued) for name, value in (("low", low), ("middle", middle), ("high", high))}
    return said(f"when.{_pattern(row, one, low, middle, high)}", language, **told)


def _pattern(row: Mapping[str, Any], one: Organism, low: Any, middle: Any, high: Any) -> str:
    """Return which sentence tells a date with this spread."""
    if not known(middle):
        if known(low):
            return "perhaps"
        return "perhaps_within" if row["level"] >= outlook.MEDIUM else "none"
    passed = (pd.Timestamp(middle) - pd.Timestamp(row["issued"])).days
    if one.engine == "population" and passed <= 1:
        return "reached"
    if passed <= 0:
        return "running"
    if not known(high):
        return "open"
    return "sure" if low == high else "dated"


def danger(row: Mapping[str, Any] | None, language: str, soonest: date | None = None) -> str:
    """Return the answer in one sentence: which organism comes next, when, and what to do; None: nothing does."""
    if row is None or not known(row.get("organism")):
        return said("next.quiet", language)
    if row["level"] == outlook.CANNOT:
        return said("next.unknown", language)
    one = organism.load(row["organism"])
    return said(
        "next.danger", language, organism=name(one, language), level=level(row["level"], language),
        when=when(row, one, language, soonest), action=action(one, int(row["level"]), language),
    )  # fmt: skip


def name(one: Organism, language: str) -> str:
    """Return what an organism is called."""
    return getattr(one.name, language)


def action(one: Organism, code: int, language: str) -> str:
    """Return what to do now at a level; "" where the level says nothing."""
    if code not in one.levels:
        return ""
    text = getattr(one.levels[code], f"action_{language}").rstrip("。.")
    return text[:1].upper() + text[1:]


def explanation(one: Organism, code: int, language: str) -> str:
    """Return what a level means for this organism."""
    if code not in one.levels:
        return said(f"meaning.{code}", language)
    return getattr(one.levels[code], language)


def drivers(row: Mapping[str, Any], one: Organism, language: str) -> list[str]:
    """Return the row's largest drivers in words, each with the way in which it moves the index.

    What differs from the usual by less than 5 %, or by nothing that the rounded numbers show, is left out.
    """
    told = []
    for k in range(outlook.DRIVERS):
        key, log, now, usual = (row[f"driver{k + 1}_{part}"] for part in ("key", "log", "now", "usual"))
        if not isinstance(key, str) or key in ("", "none") or not known(log) or abs(float(log)) < SMALL:
            continue
        text = driver(key, now, usual, one, row["issued"], language)
        if text == driver(key, usual, usual, one, row["issued"], language):
            continue
        effect = _effect(key, float(log), language)
        told.append(f"{text}（{effect}）" if language == "zh" else f"{text} ({effect})")
    return told or [said("driver.none", language)]


def driver(key: str, now: Any, usual: Any, one: Organism, issued: Any, language: str) -> str:
    """Return one driver with its value and the usual one."""
    kind = family(one)
    if key == "protection":
        held = PERCENT * (1.0 - now) if kind == "infection" else PERCENT * -np.expm1(-now)
        pattern = "protection" if kind == "infection" else "protection_population"
        return said(f"driver.{pattern}", language, held=number(held, _digits(pattern)))
    pattern = key
    if kind in ("mite", "lens") and key in ("rain", "start"):
        pattern = f"{key}_mite"
    if key == "tissue" and set(parameters.section(one.path, "host")) == {"shoots"}:
        pattern = "tissue_shoots"
    about = patterns()["driver"][pattern]
    scale, digits = about.get("scale", 1.0), about["digits"]
    if key in RATIOS:
        return said(f"driver.{pattern}", language, **_ratio(now, usual, digits))
    values = {"now": number(now * scale, digits), "usual": number(usual * scale, digits)}
    if "{flush}" in about["zh"]:
        values["flush"] = flush(issued, language)
    return said(f"driver.{pattern}", language, **values)


def _ratio(now: Any, usual: Any, digits: int) -> dict[str, str]:
    ratio = float(now) / float(usual) if float(usual) > 0 else np.inf
    values = {"now": number(now, digits), "usual": number(usual, digits)}
    return {**values, "ratio": number(ratio, digits) if ratio < 100 else ">100"}


def _digits(pattern: str) -> int:
    return int(patterns()["driver"][pattern]["digits"])


def _effect(key: str, log: float, language: str) -> str:
    if key == "heat":
        return said("effect.earlier" if log > 0 else "effect.later", language)
    return said("effect.up" if log > 0 else "effect.down", language)


def flush(issued: Any, language: str) -> str:
    """Return which flush a day belongs to."""
    month = pd.Timestamp(issued).month
    began = [one for one in patterns()["flush"].values() if one["from_month"] <= month]
    return (began[-1] if began else patterns()["flush"]["autumn"])[language]


def index(row: Mapping[str, Any], one: Organism, language: str) -> list[str]:
    """Return the index in its unit beside the usual one, its band of percentiles, and how many cases pass.

    A probability stands here only where the row is calibrated.
    """
    if row["level"] == outlook.NOTHING:
        return [said("index.off", language)]
    told = [_index(row, one, language)]
    if known(row.get("percentile_low")) and known(row.get("percentile_high")):
        low, high = number(row["percentile_low"], 0), number(row["percentile_high"], 0)
        told.append(said("index.top" if float(row["percentile_low"]) >= PERCENT else "index.percentile", language,
                         low=low, high=high))  # fmt: skip
    if row.get("calibration") == "calibrated" and known(row.get("p")):
        told.append(said("index.p", language, **probability(row)))
    elif one.engine == "population" and family(one) != "arrival":
        told.append(said("index.share", language, share=number(PERCENT * row["share"], 0)))
    if row.get("demoted"):
        told.append(said("index.demoted", language))
    return told


def _index(row: Mapping[str, Any], one: Organism, language: str) -> str:
    kind = family(one)
    about = patterns()["index"][kind]
    if kind == "timing":
        moved = round(row["index"] - row["usual"]) if known(row["usual"]) and known(row["index"]) else 0
        key = "earlier" if moved < 0 else "later" if moved > 0 else "same"
        return said(
            "index.timing", language, event=event(one, row.get("event"), language),
            middle=day(row.get("date_p50"), language, row["issued"]),
            moved=said(f"index.{key}", language, days=abs(moved)),
        )  # fmt: skip
    scale = about.get("scale", 1.0)
    index, usual = (number(row[column] * scale, about["digits"]) for column in ("index", "usual"))
    return said(f"index.{kind}", language, index=index, usual=usual)


def probability(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the calibrated probability and its interval, in per cent."""
    return {key: number(PERCENT * row[column], 0) for key, column in (("p", "p"), ("low", "p_lo"), ("high", "p_hi"))}


def grades(low: Any, high: Any) -> tuple[int, int] | None:
    """Return the official grades that a band of percentiles reaches; never one alone, None where it is not known.

    >>> grades(30.0, 75.0), grades(96.0, 100.0), grades(0.0, 0.0)
    ((2, 4), (4, 5), (1, 2))
    """
    if not (known(low) and known(high)):
        return None
    steps = bounds("grades")
    first, last = (int(np.searchsorted(steps, float(value), side="right")) + 1 for value in (low, high))
    if first == last:
        centre = (first - 0.5) * PERCENT / (len(steps) + 1)
        down = first > len(steps) or (first > 1 and (float(low) + float(high)) / 2.0 < centre)
        first, last = (first - 1, last) if down else (first, last + 1)
    return first, last


def tendency(low: Any, high: Any, language: str) -> str:
    """Return whether a band of percentiles lies below, near or above what is usual, or whether that is open."""
    below, above = bounds("tendency")
    if high < below or (low < below and high <= above):
        return said("tendency.low", language)
    if low > above or (high > above and low >= below):
        return said("tendency.high", language)
    return said("tendency.wide" if low < below else "tendency.usual", language)


def known(value: Any) -> bool:
    """Return whether there is a value at all."""
    return value is not None and not pd.isna(value)
