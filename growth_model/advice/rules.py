"""The rules of advice, read from a file and checked: when, what, why, until when, source, in two languages."""

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from agro.errors import ParameterError
from agro.parameters import EVIDENCE, document
from growth_model.advice.conditions import Clause, Window, Wrong, by_group, clause, crop_value, groups, window

TABLE = Path(__file__).with_name("rules.toml")
FIELDS = Path(__file__).with_name("fields.toml")
KINDS = ("act", "prepare", "watch", "info")
URGENCIES = ("today", "days", "weeks", "season")
ORGANS = ("tree", "bud", "flower", "fruit", "shoot", "leaf", "root")
STAGES = ("rest", "bud_break", "bud", "bloom", "set", "expansion", "ripening", "harvest", "any")
LANGUAGES = ("zh", "en")
NEEDED = ("stage", "organ", "kind", "urgency", "until", "lead", "what", "why", "source", "evidence")
OPTIONAL = ("all", "any", "none", "groups", "not_groups", "deadline", "show", "needs_label")
ALWAYS_SHOWN = ("cases", "members", "since", "until")
DAY_TAKES = ("day_of_min", "day_of_max")


@dataclass(frozen=True)
class Until:
    """When an advice ends: after `days`, when `when` holds, or (neither given) when its rule holds no more."""

    days: int | None = None
    when: Clause | None = None


@dataclass(frozen=True)
class Shown:
    """A value that a sentence names: of the state, of the day of an extreme, of the group's file, or by group."""

    window: Window | None = None
    digits: int = 0
    scale: float = 1.0
    day_of: str | None = None
    crop: str | None = None
    by_group: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Rule:
    """One piece of advice and when it is given."""

    key: str
    stage: str
    organ: str
    kind: str
    urgency: str
    when: Clause
    until: Until
    groups: tuple[str, ...]
    lead: Mapping[str, str]
    what: Mapping[str, str]
    why: Mapping[str, str]
    source: str
    evidence: str
    show: Mapping[str, Shown]
    deadline: str | None = None
    needs_label: bool = False

    @property
    def share(self) -> float:
        """Share of the cases in which the rule must hold: the smallest that a condition names, else half."""
        return min((leaf.share for leaf in self.when.conditions() if leaf.share is not None), default=0.5)


@cache
def fields() -> dict[str, dict[str, Any]]:
    """Return {field: {"unit", "meaning", "derived"}}: what the rules may read."""
    return tomllib.loads(FIELDS.read_text(encoding="utf-8"))


@cache
def rules(path: Path = TABLE) -> tuple[Rule, ...]:
    """Return the checked rules of a file.

    Raises
    ------
    ParameterError
        For an unknown or missing key, field, operator, group or placeholder, or a sentence that lacks a language.
    """
    return tuple(_rule(path, key, entry) for key, entry in document(path).get("rule", {}).items())


@cache
def on_tree_limits(path: Path = TABLE) -> dict[str, tuple[int, int]]:
    """Return {group: (month, day)} of the published latest dates on the tree."""
    limits = {}
    for group, entry in document(path).get("on_tree", {}).items():
        try:
            _word(group, groups())
            _word(entry.get("evidence"), EVIDENCE)
            day = datetime.strptime(f"2001-{entry['date']}", "%Y-%m-%d")
        except (Wrong, KeyError, ValueError) as error:
            raise ParameterError(
                f"{path} [on_tree] {group}: {error}", zh=f"{path} [on_tree] {group}：{getattr(error, 'zh', error)}"
            ) from error
        limits[group] = (day.month, day.day)
    return limits


@cache
def label(path: Path = TABLE) -> dict[str, str]:
    """Return where the current national labels are looked up: {"url", "zh", "en"}."""
    return {key: document(path)["label"][key] for key in ("url", *LANGUAGES)}


def _rule(path: Path, key: str, entry: Mapping[str, Any]) -> Rule:
    at = "rule"
    try:
        _keys(entry)
        for at, known in (("stage", STAGES), ("organ", ORGANS), ("kind", KINDS), ("urgency", URGENCIES)):
            _word(entry[at], known)
        at = "evidence"
        _word(entry["evidence"], EVIDENCE)
        at = "source"
        if not str(entry["source"]).strip():
            raise Wrong("is empty", "为空")
        at = "groups"
        chosen = _groups(entry)
        at = "when"
        when = clause({name: entry[name] for name in ("all", "any", "none") if name in entry}, fields())
        at = "until"
        until = _until(entry["until"])
        at = "show"
        show = {name: _shown(shown) for name, shown in entry.get("show", {}).items()}
        at = "deadline"
        if deadline := entry.get("deadline"):
            _clock(deadline)
        for at in ("lead", "what", "why"):
            _sentence(entry[at], show)
    except Wrong as wrong:
        raise ParameterError(
            f"{path} [rule.{key}] {at}: {wrong}", zh=f"{path} [rule.{key}] {at}：{wrong.zh}"
        ) from wrong
    plain = {name: entry[name] for name in NEEDED if name != "until"}
    label = bool(entry.get("needs_label", False))
    return Rule(key, **plain, when=when, until=until, groups=chosen, show=show, deadline=deadline, needs_label=label)


def _keys(entry: Mapping[str, Any]) -> None:
    if missing := [name for name in NEEDED if name not in entry]:
        raise Wrong(f"needs {', '.join(missing)}", f"缺少 {'、'.join(missing)}")
    if unknown := sorted(set(entry) - {*NEEDED, *OPTIONAL}):
        raise Wrong(f"does not know {', '.join(unknown)}", f"不认识 {'、'.join(unknown)}")


def _word(value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise Wrong(f"unknown word {value!r}; known: {', '.join(known)}", f"未知词 {value!r}；可用：{'、'.join(known)}")


def _groups(entry: Mapping[str, Any]) -> tuple[str, ...]:
    for group in (*entry.get("groups", ()), *entry.get("not_groups", ())):
        _word(group, groups())
    left_out = set(entry.get("not_groups", ()))
    return tuple(group for group in entry.get("groups", groups()) if group not in left_out)


def _until(entry: Mapping[str, Any]) -> Until:
    if entry == {"cleared": True}:
        return Until()
    if set(entry) == {"days"} and isinstance(entry["days"], int) and entry["days"] > 0:
        return Until(days=entry["days"])
    if set(entry) <= {"all", "any", "none"}:
        return Until(when=clause(entry, fields()))
    raise Wrong(
        f"is a number of days, all/any/none, or cleared = true; got {entry!r}",
        f"须是天数、all/any/none 或 cleared = true；得到 {entry!r}",
    )


def _shown(entry: Mapping[str, Any]) -> Shown:
    if set(entry) == {"crop"}:
        for group in groups():
            crop_value(entry["crop"], group)
        return Shown(crop=entry["crop"], digits=1)
    if set(entry) == {"by_group"}:
        by_group(entry["by_group"])
        return Shown(by_group=entry["by_group"])
    if unknown := sorted(set(entry) - {"field", "over_days", "past_days", "take", "digits", "scale"}):
        raise Wrong(f"does not know {', '.join(unknown)}", f"不认识 {'、'.join(unknown)}")
    day_of = entry["take"] if entry.get("take") in DAY_TAKES else None
    plain = {**entry, "take": day_of.removeprefix("day_of_")} if day_of else entry
    return Shown(window(plain, fields()), int(entry.get("digits", 0)), float(entry.get("scale", 1.0)), day_of)


def _clock(text: str) -> None:
    try:
        datetime.strptime(text, "%H:%M")
    except (TypeError, ValueError) as error:
        raise Wrong(f"a time of day is HH:MM; got {text!r}", f"时刻的写法是 HH:MM；得到 {text!r}") from error


def _sentence(entry: Mapping[str, str], show: Mapping[str, Shown]) -> None:
    if set(entry) != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in entry.values()):
        raise Wrong(
            f"needs a sentence in zh and en; got {sorted(entry)}", f"需要中文和英文各一句；得到 {sorted(entry)}"
        )
    known = {*ALWAYS_SHOWN, *show, *(f"{name}_{end}" for name in show for end in ("low", "high"))}
    used = {name for text in entry.values() for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if unknown := sorted(used - known):
        raise Wrong(f"unknown placeholder {', '.join(unknown)}", f"未知占位符 {'、'.join(unknown)}")
    if not re.search(r"[一-鿿]", entry["zh"]):
        raise Wrong("the zh sentence has no Chinese", "zh 一句不是中文")
