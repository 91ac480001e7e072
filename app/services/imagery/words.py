"""The sentences of `words.toml` in two languages."""

from datetime import date
from pathlib import Path
from typing import Any

from agro import parameters

FILE = Path(__file__).with_name("words.toml")
LANGUAGES = ("zh", "en")


def said(section: str, key: str, language: str, **values: Any) -> str:
    """Return one sentence of the file, filled in."""
    return str(parameters.document(FILE)[section][key][language]).format(**values)


def both(section: str, key: str, **values: Any) -> dict[str, str]:
    """Return one sentence in both languages; a value may be {"zh", "en"} itself."""
    return {
        to: said(section, key, to, **{k: v[to] if isinstance(v, dict) else v for k, v in values.items()})
        for to in LANGUAGES
    }


def known(section: str) -> dict[str, dict[str, str]]:
    """Return {key: {"zh", "en"}} of a section."""
    return {key: dict(entry) for key, entry in parameters.document(FILE)[section].items()}


def day(when: date, language: str) -> str:
    """Return a day as people write it."""
    return f"{when.month}月{when.day}日" if language == "zh" else f"{when.day} {when:%b}"


def day_both(when: date) -> dict[str, str]:
    """Return a day in both languages."""
    return {to: day(when, to) for to in LANGUAGES}
