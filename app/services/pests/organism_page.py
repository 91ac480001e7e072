"""What the platform knows of one organism: its file in words, every number with its source, how good warnings were."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from agro import parameters
from agro.farm import Viewer
from agro.protection import methods
from agro.store import rights
from app.services.observations import today
from app.services.pests import outlooks, release, standing, townships
from app.services.platform import Platform
from pest_warning import organism, outlook
from pest_warning.advice import groups
from pest_warning.advice import ladder as ladders
from pest_warning.organism import HORIZONS, Control, Organism, Words
from pest_warning.skill import in_force

NUMBERS = ("section", "name", "value", "unit", "low", "high", "evidence", "source")
"""Columns of `numbers`."""
LEVELS = (outlook.HIGH, outlook.MEDIUM, outlook.LOW, outlook.NOTHING, outlook.CANNOT)


@dataclass(frozen=True)
class Rung:
    """One measure of the organism's file, the mildest first; `groups` are modes of action with their names."""

    control: Control
    groups: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class Skill:
    """How good warnings of one horizon were here; `said` is None where nothing was scored yet."""

    horizon: int
    product: str
    state: str | None
    said: Words | None
    calibrated: bool
    pairs: int
    years: tuple[int, ...]


@dataclass(frozen=True)
class OrganismPage:
    """All that is told of one organism to anybody who is signed in."""

    organism: Organism
    law: dict[str, Any] | None
    rungs: tuple[Rung, ...]
    numbers: pd.DataFrame
    skill: tuple[Skill, ...]


@dataclass(frozen=True)
class Standing:
    """Where an organism stands among the plots that the viewer may see.

    Attributes
    ----------
    kind : str
        "own" or "region": `table` counts plots by level, of a region by township; "sums": as `townships.townships`.
    draft : bool
        Whether it is more than one's own plots that no station has issued.
    """

    kind: str
    issued: date
    table: pd.DataFrame
    draft: bool
    hidden: int = 0


@dataclass(frozen=True)
class Sheet:
    """What a sheet for the field asks: how many units, what is measured, and the bound of an outbreak."""

    method: Words
    n: int
    measure: str
    threshold: float


def names(viewer: Viewer, home: Platform) -> list[tuple[str, Words, bool]]:
    """Return (key, name, whether it is under quarantine) of all organisms, those that are best known first."""
    return [(one.key, one.name, one.quarantine) for one in organism.catalogue()]


def page(viewer: Viewer, home: Platform, key: str) -> OrganismPage:
    """Return what is known of one organism.

    Raises
    ------
    NotFoundError
        When no file describes it.
    """
    one = organism.load(key)
    order = sorted(one.controls, key=lambda control: ladders.ORDER.index(control.type))
    rungs = tuple(
        Rung(control, tuple((groups.group(name).key, groups.group(name).name) for name in control.groups))
        for control in order
    )
    return OrganismPage(one, ladders.quarantine(one), rungs, numbers(one), _skill(home, one))


def numbers(one: Organism) -> pd.DataFrame:
    """Return every number of an organism's file, a row each with the columns `NUMBERS`."""
    rows = [
        (section, name, entry["value"], entry["unit"], entry.get("low"), entry.get("high"), entry["evidence"],
         entry["source"])
        for section, name, entry in _entries(parameters.document(one.path), ())
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=list(NUMBERS))
    return found.assign(value=found["value"].map(_plain), low=found["low"].map(_plain), high=found["high"].map(_plain))


def _plain(value: Any) -> str:
    """Return a value of any kind as text: tables hold numbers, dates and lists in one column."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _entries(table: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if isinstance(table, list):
        for k, entry in enumerate(table):
            named = entry.get("key", str(k + 1)) if isinstance(entry, dict) else str(k + 1)
            yield from _entries(entry, (*path, named))
    elif isinstance(table, dict) and {"value", "unit", "source", "evidence"} <= set(table):
        yield ".".join(path[:-1]), path[-1], table
    elif isinstance(table, dict):
        for name, entry in table.items():
            yield from _entries(entry, (*path, name))


def _skill(home: Platform, one: Organism) -> tuple[Skill, ...]:
    told, known, day = standing.verdicts(home), standing.calibrations(home), today(home)
    found = []
    for horizon in HORIZONS:
        verdict = told.get(f"{one.key}:{horizon}")
        calibration = in_force(known.get(f"{one.key}:{horizon}", []), day)
        found.append(
            Skill(
                horizon, one.products[horizon], verdict["state"] if verdict else None,
                Words(verdict["zh"], verdict["en"]) if verdict else None, calibration is not None,
                calibration.pairs if calibration else 0, calibration.years if calibration else (),
            )
        )  # fmt: skip
    return tuple(found)


def where(viewer: Viewer, home: Platform, key: str, on: date | None = None) -> Standing | None:
    """Return where an organism stands within 15 days, as far as the viewer may know; None for who may know nothing.

    Raises
    ------
    NotAllowedError
        For a fly between September and December, but to the station and for own plots.
    MissingDataError
        Before the first pest outlook.
    """
    horizon, private = min(HORIZONS), release.private(viewer)
    if not private and rights.reach(viewer.role, "pest.read") != "region":
        if not rights.allowed(viewer, "pest.sum"):
            return None
        told = townships.townships(viewer, home, key, horizon, on)
        issued = release.gate(viewer, home, told.issued).issued
        return Standing("sums", told.issued, told.table, not issued, told.hidden)
    outlooks.refuse_hushed(viewer, home, key, on)
    rows = outlooks.table(viewer, home, on, key, horizon)
    if not len(rows):
        return None
    day = rows["issued"].iloc[0].date()
    plots = home.store.plots(rights.scope(viewer, "pest.read")).set_index("id")
    there = "" if private else rows["plot"].map(plots["township"]).fillna("–")
    table = rows.assign(township=there).groupby(["township", "level"]).size().unstack(fill_value=0)
    table = table.reindex(columns=list(LEVELS), fill_value=0).sort_values(list(LEVELS), ascending=False)
    draft = not private and not release.gate(viewer, home, day).issued
    return Standing("own" if private else "region", day, table, draft)


def sheet(viewer: Viewer, home: Platform, key: str) -> Sheet:
    """Return how an organism is looked for in the field."""
    check = organism.load(key).check
    about = methods()[check.method]
    return Sheet(Words(about.zh, about.en), check.n, check.measure, check.threshold)
