"""Numbers and sentences of alerts, from `alerts.toml`."""

from functools import cache
from pathlib import Path

from agro import parameters

FILE = Path(__file__).with_name("alerts.toml")


@cache
def number(section: str, name: str) -> int:
    """Return one number of `alerts.toml`."""
    return int(parameters.section(FILE, section)[name].value)


def said(section: str, name: str, language: str, **values: object) -> str:
    """Return a sentence of `alerts.toml`."""
    return parameters.document(FILE)[section][name][language].format(**values)
