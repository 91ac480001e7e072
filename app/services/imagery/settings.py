"""The numbers of `imagery.toml`."""

from functools import cache
from pathlib import Path

from agro import parameters

FILE = Path(__file__).with_name("imagery.toml")


@cache
def number(section: str, name: str) -> float:
    """Return one number of the file."""
    return float(parameters.section(FILE, section)[name].value)


def whole(section: str, name: str) -> int:
    """Return one whole number of the file."""
    return int(number(section, name))
