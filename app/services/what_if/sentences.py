"""What would come of some deeds, in sentences."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from agro.units import MU_PER_HECTARE
from app.services.what_if.deeds import Deed, table
from app.services.what_if.season import Effect, WhatIf

CUBIC = 10.0 / MU_PER_HECTARE  # m3 of water a mm and mu
MOSTLY_LOST = 0.5  # of the water; above it the soil was moist already


def sentences(found: WhatIf, language: str) -> list[str]:
    """Return the answer in `language` ("zh" or "en"), what changes most telling first; never what it would earn."""
    effects = table()["effect"]
    changed = [effects[name] | {"effect": one} for name, one in found.effects.items() if notable(one)]
    same = [effects[name][language] for name, one in found.effects.items() if one.cases and not notable(one)]
    deeds = ("，" if language == "zh" else "; ").join(told(deed, language) for deed in found.deeds)
    said = [_say("head" if changed else "nothing", language, deeds=deeds, day=_day(found.harvest, language))]
    said += [_change(info, language) for info in changed]
    if changed and same:
        said.append(_say("same", language, names=("、" if language == "zh" else ", ").join(same)))
    said += _water(found, language)
    if notable(found.effects["large"]) or notable(found.effects["small"]):
        low, high = (f"{bound:.0f}" for bound in found.bounds)
        said.append(_say("sizes", language, small=low, large=high))
    kinds = {deed.kind for deed in found.deeds}
    said += [_say(kind, language) for kind in ("shade", "prune") if kind in kinds]
    return [*said, _say("unsure", language)]


def notable(effect: Effect) -> bool:
    """Return whether the middle difference is worth a sentence."""
    return bool(abs(effect.difference[1]) >= table()["effect"][effect.name]["least"])


def told(deed: Deed, language: str) -> str:
    """Return a deed in a few words.

    >>> told(Deed("thin", date(2026, 7, 1), None, {"share": 30.0}), "en")
    'Thin the fruit on 1 Jul 2026 (30 %)'
    """
    info = table()["deed"][deed.kind]
    first = _day(deed.first, language)
    last = _day(deed.last or deed.first, language)
    zh = language == "zh"
    when = (
        (f"{first}至{last}" if zh else f"from {first} to {last}")
        if info["period"]
        else (first if zh else f"on {first}")
    )
    return f"{when}{info['zh']}（{_amounts(deed, 'zh')}）" if zh else f"{info['en']} {when} ({_amounts(deed, 'en')})"


def _amounts(deed: Deed, language: str) -> str:
    zh = language == "zh"
    if deed.kind == "irrigate":
        depth, every = deed.amount("depth"), deed.amount("every")
        always = deed.amount("short") >= 1.0
        if zh:
            waits = "" if always else "看一次、缺水才"
            return f"每 {every:g} 天{waits}灌 {depth:g} 毫米，即每亩 {CUBIC * depth:.0f} 方"
        waits = "" if always else " where soil is short of water"
        return f"{depth:g} mm, {CUBIC * depth:.0f} m3 per mu, every {every:g} days{waits}"
    if deed.kind == "fertilise":
        names = {"nitrogen": "N", "phosphorus": "P₂O₅", "potassium": "K₂O"}
        given = [f"{names[name]} {deed.amount(name):g}" for name in names if deed.amount(name) > 0]
        return ("、" if zh else ", ").join(given or ["0"]) + (" 公斤/亩" if zh else " kg per mu")
    return f"{deed.amount('share'):g} %"


def _change(info: Mapping[str, Any], language: str) -> str:
    """Return what changes in one quantity, with its spread and how often it grows (or shrinks)."""
    effect: Effect = info["effect"]
    grows = effect.difference[1] > 0
    word = info["more" if grows else "less"][language]
    beside = info.get("beside")
    extra = ""
    if beside:
        signed = _signed(effect.difference[1] * beside["factor"], beside["digits"])
        extra = _say("beside", language, signed=signed, unit=beside[language])
    low, middle, high = (_signed(value * info["factor"], info["digits"]) for value in effect.difference)
    said = _say(
        "effect", language, name=info[language], signed=(" " if language == "zh" else "") + middle,
        unit=info["unit"][language], low=low, high=high, beside=extra, more=word,
        n=effect.more if grows else effect.less, cases=effect.cases,
    )  # fmt: skip
    return (said[0].upper() + said[1:]).replace("  ", " ").replace(" （", "（")


def _water(found: WhatIf, language: str) -> list[str]:
    """Return what the watering took."""
    if not any(deed.kind == "irrigate" for deed in found.deeds):
        return []
    dry = int((found.water <= 0).sum())
    if dry > found.members / 2:
        return [_say("moist", language, n=dry, cases=found.members)]
    low, middle, high = np.quantile(found.water, [0.1, 0.5, 0.9])
    times = f"{np.median(found.times):.0f}"
    said = [
        _say(
            "watered", language, times=times, mm=f"{middle:.0f}", cubic=f"{CUBIC * middle:.0f}", low=f"{low:.0f}",
            high=f"{high:.0f}",
        )
    ]  # fmt: skip
    return [*said, _say("wet", language)] if np.median(found.lost) > MOSTLY_LOST else said


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign, a true minus.

    >>> _signed(-2.04, 1), _signed(0.001, 1), _signed(3.0, 0)
    ('\N{MINUS SIGN}2.0', '0.0', '+3')
    """
    said = f"{abs(value):.{digits}f}"
    return said if float(said) == 0 else ("+" if value > 0 else "\N{MINUS SIGN}") + said


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%b} {day.year}"


def _say(key: str, language: str, **values: object) -> str:
    return str(table()["say"][key][language]).format(**values)
