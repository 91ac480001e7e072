"""The words of plant protection: keys with a Chinese and an English name, and what tables call them."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from agro.errors import InputError

HERE = Path(__file__).parent
LONGEST = 40  # letters of a cell that a message repeats
LIST = re.compile(r"\s*(?:[、,;，；/+&|\n]|\band\b|和)\s*")


@dataclass(frozen=True)
class Choice:
    """One of a few things that can be told."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...] = ()


C = TypeVar("C", bound=Choice)


def choices(name: str, cls: type[C], section: str | None = None) -> dict[str, C]:
    """Return {key: choice} of the tables in `name`.toml (in its `section`) that hold one."""
    document: Any = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    entries = document[section] if section else document
    plain: dict[str, dict[str, Any]] = {
        key: {field: tuple(value) if isinstance(value, list) else value for field, value in entry.items()}
        for key, entry in entries.items()
    }
    return {key: cls(key, **entry) for key, entry in plain.items()}


def chosen(known: Mapping[str, C], text: str, en: str, zh: str) -> C:
    """Return the choice that people call `text`; `en` and `zh` say what is chosen.

    Raises
    ------
    InputError
        For another word; the message lists what is known.
    """
    wanted = folded(text)
    for one in known.values():
        if wanted in map(folded, (one.key, one.zh, one.en, *one.words)):
            return one
    raise unknown(known, text, en, zh)


def require(known: Mapping[str, C], key: str, en: str, zh: str) -> C:
    """Return the choice of that key.

    Raises
    ------
    InputError
        For an unknown key.
    """
    if key not in known:
        raise unknown(known, key, en, zh)
    return known[key]


def unknown(known: Mapping[str, Choice], text: str, en: str, zh: str) -> InputError:
    """Return the refusal of a word that is no choice."""
    said = text[:LONGEST]
    return InputError(
        f"unknown {en} '{said}'; known: {', '.join(known)}",
        zh=f"不认识的{zh}“{said}”；可用：{'、'.join(one.zh for one in known.values())}",
    )


def not_ahead(day: date, today: date) -> None:
    """Return when `day` has come.

    Raises
    ------
    InputError
        For a date in the future.
    """
    if day > today:
        raise InputError(f"the date {day} is in the future; it is {today}", zh=f"日期 {day} 在将来；今天是 {today}")


def split(text: str) -> tuple[str, ...]:
    """Return the words of a cell that lists several, each once."""
    return tuple(dict.fromkeys(part for part in LIST.split(text.strip()) if part))


def folded(text: str) -> str:
    """Return `text` without case, width, spaces and brackets."""
    return re.sub(r"[\s_\-()\[\]【】{}:,、·]", "", unicodedata.normalize("NFKC", text).lower())


def folded_all(texts: Iterable[str]) -> set[str]:
    """Return all of `texts`, folded."""
    return {folded(text) for text in texts}
