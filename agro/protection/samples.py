"""Suspected trees: the order in which things become of them, and the tables they come in."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from agro.errors import InputError
from agro.farm import Sample, Step
from agro.observations.reading import day
from agro.protection import reading
from agro.protection.reading import Table
from agro.protection.words import HERE, Choice, choices, chosen, folded, folded_all, not_ahead, require

STATES = ("suspected", "sampled", "confirmed", "refuted", "removed", "replanted")
RELEASED = "released"
"""The step that lifts the embargo; it leaves the state as it is."""
NEEDED = ("plot", "date")


@dataclass(frozen=True)
class State(Choice):
    """How far a sample has come; `next` is what may follow."""

    next: tuple[str, ...] = ()
    laboratory: bool = False


@dataclass(frozen=True)
class SampleRow:
    """One step of one tree as the file has it; its plot and organism are still names."""

    line: int
    plot: str
    farm: str
    organism: str
    date: date
    tree: str = ""
    longitude: float | None = None
    latitude: float | None = None
    state: str = "suspected"
    seedlings: str = ""
    note: str = ""


@cache
def states() -> dict[str, State]:
    """Return {key: state}, in the order of `STATES`."""
    return choices("samples", State, "state")


@cache
def organisms() -> dict[str, Choice]:
    """Return {key: organism} of those that are known by their samples alone."""
    return choices("samples", Choice, "organism")


@cache
def quarantine() -> tuple[str, ...]:
    """Return the names of organisms whose samples come under embargo, whatever else says so."""
    return tuple(tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))["quarantine"])


def named(text: str) -> str | None:
    """Return the key of the organism known by its samples alone that people call `text`; None for other words."""
    wanted = folded(text)
    for one in organisms().values():
        if wanted in folded_all((one.key, one.zh, one.en, *one.words)):
            return one.key
    return None


def state_of(steps: Sequence[Step]) -> str:
    """Return how far the steps have come; a release leaves it as it is."""
    return next((step.state for step in reversed(steps) if step.state != RELEASED), "suspected")


def following(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the steps that may come next, the release among them."""
    told = {step.state for step in steps}
    answered = any(state.laboratory and key in told for key, state in states().items())
    after = states()[state_of(steps)].next
    return (*after, RELEASED) if answered and RELEASED not in told else after


def require_next(steps: Sequence[Step], step: Step, seedlings: str = "") -> None:
    """Return when `step` may follow `steps`.

    Raises
    ------
    InputError
        For an unknown state, one that is not next, a day before the last step, a replanting without its source.
    """
    if step.state != RELEASED:
        require(states(), step.state, "state", "状态")
    may = following(steps) if steps else ("suspected",)
    if step.state not in may:
        known = {RELEASED: ("released", "解除保密")} | {key: (one.en, one.zh) for key, one in states().items()}
        here = state_of(steps)
        en = " or ".join(known[key][0] for key in may) or "nothing more"
        zh = "或".join(known[key][1] for key in may) or "不再有后续"
        before, before_zh = f"the tree is {known[here][0]}", f"该株现为“{known[here][1]}”"
        if not steps:
            before, before_zh = "the tree is new", "该株尚无记录"
        raise InputError(
            f"{before}; next is {en}, not {known[step.state][0]}",
            zh=f"{before_zh}；下一步应为“{zh}”，不能是“{known[step.state][1]}”",
        )
    if steps and step.date < steps[-1].date:
        raise InputError(
            f"the step of {step.date} lies before the last one of {steps[-1].date}",
            zh=f"该步日期 {step.date} 早于上一步 {steps[-1].date}",
        )
    if step.state == "replanted" and not seedlings.strip():
        raise InputError("where do the seedlings come from? needed for a replanting", zh="补种须写明苗木来源")


def checked(sample: Sample, today: date) -> None:
    """Return when a sample may be; its steps are looked at by `require_next`.

    Raises
    ------
    InputError
        For half a place or one that is not on earth, a date in the future.
    """
    not_ahead(sample.date, today)
    longitude, latitude = sample.longitude, sample.latitude
    if (longitude is None) != (latitude is None):
        raise InputError("longitude and latitude are both needed, or none", zh="经度和纬度要么都写，要么都不写")
    if longitude is None or latitude is None:
        return
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise InputError(
            f"longitude {longitude:g}, latitude {latitude:g}: no place on earth",
            zh=f"经度 {longitude:g}、纬度 {latitude:g} 不是地球上的位置",
        )


def read(path: Path) -> Table[SampleRow]:
    """Return the steps of trees in a CSV, one row each; without a state a row is a suspicion.

    Raises
    ------
    InputError
        When the file is no table, or lacks the columns; a bad row is a finding "refused" and is left out.
    """
    return reading.read(reading.opened(path), reading.headings("every", "samples"), NEEDED, _row)


def _row(line: int, cells: dict[str, str]) -> SampleRow:
    state = chosen(states(), cells["state"], "state", "状态").key if cells["state"] else "suspected"
    if state != "suspected" and not cells["tree"]:
        raise InputError("which tree? its number or mark is needed", zh="没有写株号；后续步骤需要株号")
    return SampleRow(
        line, cells["plot"], cells["farm"], cells["organism"] or "huanglongbing", day(cells["date"]), cells["tree"],
        reading.number(cells["longitude"], "the longitude", "经度"),
        reading.number(cells["latitude"], "the latitude", "纬度"), state, cells["seedlings"], cells["note"],
    )  # fmt: skip
