"""The grower's first screen: what holds for each plot today, as sentences."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pandas as pd

from agro import bbch
from agro.farm import ASSUMED_DEFAULTS, Viewer
from app.services.platform import Platform
from growth_model import cultivar as crops

TABLE = Path(__file__).with_name("sentences.toml")
LATE = 4.0  # d; a smaller delay is within what the model can tell


@dataclass(frozen=True)
class Sentence:
    """One answer; `tone` is good, watch, act or info; `source` says where it comes from."""

    text: str
    tone: str
    plot_id: str | None
    source: str


def sentences(viewer: Viewer, home: Platform, language: str = "zh", on: date | None = None) -> list[Sentence]:
    """Return what to know today, the plots that ripen first at the top; empty before the first run."""
    from app.services.outlooks import county

    table = county(viewer, home, on)
    if table["issued"].isna().all():
        return []
    table = table.dropna(subset="issued").sort_values("ripe_p50", na_position="last")
    return [about(row, language) for row in table.itertuples()]


def about(row, language: str) -> Sentence:
    """Return what is said of one plot, a row of `outlooks.county`."""
    crop = crops.load(row.cultivar if isinstance(row.cultivar, str) else ASSUMED_DEFAULTS["cultivar"])
    on_tree = pd.notna(row.fruit_bbch) and row.fruit_bbch >= 65
    code = int(row.fruit_bbch) if on_tree else int(row.bud_bbch)
    parts = [said("stage", language, name=row.name, cultivar=crop.name(language), stage=bbch.name(code, language))]
    if row.issued.month < 5 and pd.notna(row.bloom_p50) and row.bloom_p50 > row.issued:
        parts.append(said("bloom", language, first=_day(row.bloom_p10, language), last=_day(row.bloom_p90, language)))
    if pd.notna(row.diameter_p50):
        parts.append(said("diameter", language, now=_fan(row, "diameter", 0), later=_fan(row, "diameter30", 0)))
    if pd.notna(row.tss_p50):
        parts.append(said("sugar", language, now=_fan(row, "tss", 1), later=_fan(row, "tss30", 1)))
    tone = "info"
    if pd.notna(row.ripe_p10):
        ripe = pd.notna(row.ripe_p50) and row.ripe_p50 <= row.issued
        tone = "act" if ripe else "good" if pd.notna(row.ripe_p50) else "watch"
        parts.append(said("ripe_now", language) if ripe else _ripe(row, language))
        first, last = (_day(date(2025, 1, 1) + timedelta(days=day % 365 - 1), language) for day in crop.harvest)
        parts.append(said("usual_harvest", language, first=first, last=last))
    if pd.notna(row.delay_p50) and abs(row.delay_p50) >= LATE:
        parts.append(_delay(row, language))
    joined = "；".join(parts) + "。" if language == "zh" else "; ".join(parts) + "."
    return Sentence(joined, tone, row.id, said("source", language, issued=f"{row.issued:%Y-%m-%d}"))


def said(key: str, language: str, **values) -> str:
    """Return the sentence `key` in `language` with its values."""
    return _patterns()[key][language].format(**values)


@cache
def _patterns() -> dict[str, dict[str, str]]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def _fan(row, name: str, digits: int) -> str:
    """Return the median with its range, "62 (58–66)"."""
    low, middle, high = (getattr(row, f"{name}_{level}") for level in ("p10", "p50", "p90"))
    return f"{middle:.{digits}f}（{low:.{digits}f}–{high:.{digits}f}）"


def _ripe(row, language: str) -> str:
    """Return when the fruit may be picked; open at the end where some members never come to it."""
    if pd.isna(row.ripe_p50):
        return said("ripe_mostly_not", language, first=_day(row.ripe_p10, language))
    known = {"middle": _day(row.ripe_p50, language), "first": _day(row.ripe_p10, language)}
    if pd.isna(row.ripe_p90):
        return said("ripe_open", language, **known)
    return said("ripe_later", language, **known, last=_day(row.ripe_p90, language))


def _delay(row, language: str) -> str:
    sign = 1 if row.delay_p50 > 0 else -1
    low, high = sorted((sign * row.delay_p10, sign * row.delay_p90))
    numbers = {"days": f"{abs(row.delay_p50):.0f}", "low": f"{low:.0f}", "high": f"{high:.0f}"}
    return said("later" if sign > 0 else "earlier", language, **numbers)


def _day(day: date, language: str) -> str:
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b}"
