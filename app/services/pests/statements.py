"""What a month and a season can honestly say of an organism: no dated infection, no single grade, no bare number."""

from collections.abc import Mapping
from typing import Any

from app.services.pests import words
from pest_warning import outlook
from pest_warning.organism import Organism

MONTH, SEASON = 30, 90
BANDED = ("window", "trend", "level", "events")


def statement(row: Mapping[str, Any], one: Organism, language: str) -> str:
    """Return what is said of one organism at the horizon of a row.

    Parameters
    ----------
    row : mapping
        Columns of `outlook.COLUMNS` with `issued`, of horizon 30 or 90.

    Returns
    -------
    str
        By what the organism's file says can be said so far ahead. Infections get no day; at three months a grade is
        a band unless the organism is calibrated.
    """
    product = one.products.get(int(row["horizon"]), "nothing")
    if product == "nothing":
        return words.said("statement.nothing", language)
    if row["level"] == outlook.CANNOT:
        return words.said("statement.cannot", language)
    if row["level"] == outlook.NOTHING:
        return words.said("statement.season_off", language)
    if row.get("calibration") == "calibrated" and words.known(row.get("p")):
        return words.said("statement.calibrated", language, **words.probability(row))
    if product in BANDED or product == "season":
        return _against_other_years(product, row, one, language)
    return words.said("statement.dates", language, when=words.when(row, one, language))


def _against_other_years(product: str, row: Mapping[str, Any], one: Organism, language: str) -> str:
    low, high = row.get("percentile_low"), row.get("percentile_high")
    band = words.grades(low, high)
    if band is None and row["index"] == 0:
        return words.said("statement.zero", language)
    if band is None:
        return words.said("statement.unclear", language)
    if product == "season":
        first, last = band
        told = words.said(
            "grade.band", language, low=first, high=last, low_word=words.said(f"grade.{first}", language),
            high_word=words.said(f"grade.{last}", language),
        )  # fmt: skip
        return words.said("statement.season", language, grades=told)
    values = {
        "low": words.number(low, 0), "high": words.number(high, 0), "word": words.tendency(low, high, language),
    }  # fmt: skip
    if one.engine == "infection":
        return words.said("statement.window", language, **values)
    return words.said("statement.trend", language, when=words.when(row, one, language), **values)
