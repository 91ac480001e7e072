"""Every sentence of the pages, in Chinese and English, from one catalogue."""

import tomllib
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).with_name("strings.toml")
LANGUAGES = {"zh": "中文", "en": "English"}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return {key: {"zh": sentence, "en": sentence}}; a key is `table.name` of `strings.toml`."""
    tables = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {f"{table}.{name}": entry for table, entries in tables.items() for name, entry in entries.items()}


def text(key: str, language: str, **values: object) -> str:
    """Return the sentence `key` in `language` with `values` filled in.

    >>> text("nav.home", "en")
    'Today'
    """
    sentence = catalogue()[key][language]
    return sentence.format(**values) if values else sentence
