"""What the model does not know yet, as data for the pages."""

import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("limits.toml")


@cache
def limits() -> tuple[dict[str, str], ...]:
    """Return the known limits, each {"zh": sentence, "en": sentence}."""
    return tuple(tomllib.loads(TABLE.read_text(encoding="utf-8"))["limit"])


@cache
def calibration_state() -> str:
    """Return how far the model is calibrated: "none", "percentile" or "calibrated"."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["calibration"]
