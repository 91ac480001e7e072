"""The growth stages of citrus on the BBCH scale, in Chinese and English."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("bbch.toml")


@cache
def stages(organ: str) -> dict[int, dict[str, str]]:
    """Return {code: {"zh": name, "en": name}} of `organ`: "bud" (00 to 65) or "fruit" (65 to 89)."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))[organ]
    return {int(code): names for code, names in entries.items()}


def name(code: int, language: str = "zh") -> str:
    """Return the name of stage `code`, or of the last one before it.

    >>> name(65, "en")
    'full bloom, 50 %'
    """
    known = stages("bud") | stages("fruit")
    return known[max(stage for stage in known if stage <= code)][language]
