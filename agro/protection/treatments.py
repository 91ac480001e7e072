"""What was done for the trees' health: kinds, ways of working, and the tables it comes in."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from agro.errors import InputError
from agro.farm import Finding, Treatment
from agro.observations.reading import day
from agro.protection import reading
from agro.protection.reading import Table
from agro.protection.words import LONGEST, Choice, choices, chosen, not_ahead, require, split

NEEDED = ("plot", "date")
# the committees' own codes: fungicides M01, P07, U06, BM02, 3; insecticides and acaricides 6, 10A, UNM; herbicides 9
GROUP = re.compile(r"(FRAC|IRAC|HRAC)?[\s:_-]*(?:(BM|[MPU])0?(\d{1,2})|(UN[A-Z]?|NC)|0?(\d{1,2})([A-F]?))")


@dataclass(frozen=True)
class Deed(Choice):
    """A kind of treatment; one with `product` should name what was used."""

    product: bool = False


@dataclass(frozen=True)
class TreatmentRow:
    """One treatment as the file has it; its plot and targets are still names."""

    line: int
    plot: str
    farm: str
    date: date
    kind: str
    product: str = ""
    groups: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    dose: str = ""
    equipment: str = ""
    share: float = 1.0
    evidence: str = "said"
    note: str = ""


@cache
def deeds() -> dict[str, Deed]:
    """Return {key: kind} of all that can be done."""
    return choices("treatments", Deed, "kind")


@cache
def equipment() -> dict[str, Choice]:
    """Return {key: what it is done with}."""
    return choices("treatments", Choice, "equipment")


@cache
def evidence() -> dict[str, Choice]:
    """Return {key: what stands behind a record}, the strongest first."""
    return choices("treatments", Choice, "evidence")


def mode_of_action(text: str) -> str:
    """Return the code of a way of working as its committee writes it.

    >>> mode_of_action("frac m1"), mode_of_action("IRAC-10a")
    ('FRAC M01', 'IRAC 10A')

    Raises
    ------
    InputError
        For no code; a bare number is none: FRAC 6 is not IRAC 6.
    """
    found = GROUP.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    scheme, letters, lettered, unknown, digits, sub = found.groups(default="") if found else ("",) * 6
    scheme = scheme or ("FRAC" if letters else "")
    fits = {
        "FRAC": bool(letters or unknown == "NC" or (digits and not sub)),
        "IRAC": bool(digits or (unknown and unknown != "NC")),
        "HRAC": bool(digits and not sub),
    }
    if not fits.get(scheme):
        raise InputError(
            f"'{text[:LONGEST]}' is no mode of action; write for example FRAC M01 or IRAC 6",
            zh=f"“{text[:LONGEST]}”不是作用机理编号；请写如 FRAC M01 或 IRAC 6",
        )
    return f"{scheme} {letters}{int(lettered):02d}" if letters else f"{scheme} {unknown or f'{int(digits)}{sub}'}"


def checked(treatment: Treatment, today: date) -> list[Finding]:
    """Return what is odd about a treatment that may be true.

    Raises
    ------
    InputError
        For an unknown kind, equipment, evidence or mode of action, an impossible part, a date in the future.
    """
    about = require(deeds(), treatment.kind, "kind of treatment", "措施类型")
    require(evidence(), treatment.evidence, "evidence", "依据")
    if treatment.equipment:
        require(equipment(), treatment.equipment, "equipment", "器械")
    not_ahead(treatment.date, today)
    if not 0 < treatment.share <= 1:
        raise InputError(
            f"the part of the plot is {treatment.share:g}; above 0 and up to 1 is needed",
            zh=f"面积比例为 {treatment.share:g}；应大于 0、不超过 1",
        )
    for group in treatment.groups:
        if mode_of_action(group) != group:
            raise InputError(
                f"'{group}' is written {mode_of_action(group)}", zh=f"作用机理“{group}”应写作 {mode_of_action(group)}"
            )
    if about.product and not treatment.product and not treatment.groups:
        return [
            Finding(
                "warning",
                f"{about.en} without a product: neither harvest interval nor resistance can be reckoned",
                f"“{about.zh}”没有写药剂：无法核算安全间隔期和抗药性轮换",
            )
        ]
    return []


def read(path: Path) -> Table[TreatmentRow]:
    """Return the treatments in a CSV, one row each; a row without a kind that names a product is a spray.

    Raises
    ------
    InputError
        When the file is no table, or lacks the columns; a bad row is a finding "refused" and is left out.
    """
    return reading.read(reading.opened(path), reading.headings("every", "treatments"), NEEDED, _row)


def _row(line: int, cells: dict[str, str]) -> TreatmentRow:
    if not cells["kind"] and not cells["product"]:
        raise InputError("neither kind nor product is named", zh="没有写类型，也没有写药剂")
    kind, tool, told = cells["kind"] or "spray", cells["equipment"], cells["evidence"] or "said"
    return TreatmentRow(
        line, cells["plot"], cells["farm"], day(cells["date"]),
        chosen(deeds(), kind, "kind of treatment", "措施类型").key, cells["product"],
        tuple(dict.fromkeys(mode_of_action(part) for part in split(cells["groups"]))), split(cells["targets"]),
        cells["dose"], chosen(equipment(), tool, "equipment", "器械").key if tool else "",
        reading.share(cells["share"]), chosen(evidence(), told, "evidence", "依据").key, cells["note"],
    )  # fmt: skip
