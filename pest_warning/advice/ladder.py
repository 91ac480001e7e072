"""The ladder of options: report where law asks for it, wait and look again, then mild before strong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from pathlib import Path

from agro import parameters
from agro.errors import InputError
from pest_warning.advice import bees, groups, rotation
from pest_warning.advice.blocklist import blocked
from pest_warning.organism import Control, Organism, Words

FILE = Path(__file__).with_name("ladder.toml")
LEVELS = ("low", "medium", "high")
ORDER = ("report", "eradicate", "wait", "scout", "cultural", "biological", "chemical")
OPEN, LIMITED, NOT_NOW, NEVER = "open", "limited", "not now", "never"
STATES = (OPEN, LIMITED, NOT_NOW, NEVER)


@dataclass(frozen=True)
class State:
    """What is known of an organism on a plot on one day; what is None is not known.

    `sprays` are all of the plot, done and planned. `intervals` {group: days} come from the user's own label table;
    none is shipped. `reported` says whether a find of a quarantine organism has been reported.
    """

    level: str
    on: date
    generation_days: float
    bbch: float | None = None
    sprays: tuple[rotation.Spray, ...] = ()
    harvest: date | None = None
    intervals: Mapping[str, int] = field(default_factory=dict)
    reported: bool = False


@dataclass(frozen=True)
class Check:
    """One thing looked at before a measure: "passed", "limited", "failed" or "unknown", and why."""

    name: str
    state: str
    words: Words


@dataclass(frozen=True)
class GroupChecks:
    """A mode of action and all that was looked at."""

    group: groups.Group
    state: str
    checks: tuple[Check, ...]
    warnings: tuple[Words, ...]


@dataclass(frozen=True)
class Option:
    """One rung. `state` is "open", "limited", "not now" or "never"; `groups` only where it is chemical."""

    kind: str
    words: Words
    state: str
    source: str
    evidence: str
    checks: tuple[Check, ...] = ()
    groups: tuple[GroupChecks, ...] = ()
    due: date | None = None


@dataclass(frozen=True)
class Ladder:
    """Options in the order in which they are to be thought of, and texts that the block list kept back."""

    options: tuple[Option, ...]
    withheld: tuple[str, ...]


def ladder(organism: Organism, state: State) -> Ladder:
    """Return what can be done about an organism, mild before strong.

    Parameters
    ----------
    organism : Organism
        With the measures of its file.
    state : State
        Of one plot on one day.

    Returns
    -------
    Ladder
        Waiting with a date is always among the options, except with quarantine organisms: there the report and the
        eradication come first, then a date to look again, and no spray is open before the report is made. A measure is
        offered from its own level on, in its months, at its stages; where the stage is not known it is offered and the
        check says so.

    Raises
    ------
    InputError
        For an unknown level.
    """
    if state.level not in LEVELS:
        raise InputError(
            f"level is {', '.join(LEVELS)}; got {state.level!r}", zh=f"等级应为低、中、高，现为 {state.level!r}"
        )
    law = quarantine(organism)
    options = [*_by_law(law), _look(state)] if law else [_wait(state)]
    options += [
        _option(control, organism, state, law is not None) for control in organism.controls if _fits(control, state)
    ]
    named = [(option, blocked(f"{option.words.zh} {option.words.en}")) for option in options]
    kept = [option for option, active in named if active is None]
    kept.sort(key=lambda option: (ORDER.index(option.kind), STATES.index(option.state)))
    return Ladder(tuple(kept), tuple(active for _, active in named if active is not None))


def quarantine(organism: Organism) -> dict | None:
    """Return what `ladder.toml` says of a quarantine organism; None of any other."""
    table = parameters.document(FILE)["quarantine"]
    for entry in table.values():
        if organism.key in entry["keys"] or (entry["eppo"] and entry["eppo"] == organism.eppo):
            return entry
    return table["other"] if organism.quarantine else None


def rescout_on(state: State) -> date:
    """Return the day on which to look again: sooner at a higher level, and before half a generation has passed."""
    days = parameters.section(FILE, "rescout")
    half = ceil(days["generation_share"].value * state.generation_days)
    return state.on + timedelta(max(1, min(int(days[state.level].value), half)))


def _by_law(entry):
    return [
        Option(kind, Words(entry[kind]["zh"], entry[kind]["en"]), OPEN, entry["source"], entry["evidence"])
        for kind in ("report", "eradicate")
    ]


def _wait(state):
    return _dated("wait", state.level, state)


def _look(state):
    return _dated("scout", "after_report", state)


def _dated(kind, sentence, state):
    due, words = rescout_on(state), parameters.document(FILE)["wait"][sentence]
    said = Words(*(words[language].format(date=due.isoformat()) for language in ("zh", "en")))
    return Option(kind, said, OPEN, "ladder.toml [rescout]", "judgement", due=due)


def _fits(control: Control, state: State) -> bool:
    if LEVELS.index(control.when) > LEVELS.index(state.level):
        return False
    if control.months and not _in_months(state.on.month, *control.months):
        return False
    return control.stage is None or state.bbch is None or control.stage[0] <= state.bbch <= control.stage[1]


def _in_months(month, first, last):
    return first <= month <= last if first <= last else month >= first or month <= last


def _option(control, organism, state, law):
    checks = []
    if control.stage is not None and state.bbch is None:
        a, b = control.stage
        words = Words(f"仅适用于 BBCH {a}–{b}，请先看物候期", f"only at BBCH {a} to {b}: look at the trees first")
        checks.append(Check("stage", "unknown", words))
    if control.type != "chemical":
        words = Words(control.zh, control.en)
        due = rescout_on(state) if control.type == "scout" else None
        return Option(control.type, words, OPEN, control.source, control.evidence, tuple(checks), due=due)
    if law:
        checks.append(_reported(state))
    found = sorted((_group(name, organism, state) for name in control.groups), key=_mildest)
    worst = NOT_NOW if any(check.state == "failed" for check in checks) else OPEN
    best = min((one.state for one in found), key=STATES.index, default=OPEN)
    option = max(worst, best, key=STATES.index)
    words = Words(control.zh, control.en)
    return Option("chemical", words, option, control.source, control.evidence, tuple(checks), tuple(found))


def _reported(state):
    if state.reported:
        words = Words("已上报；用药听从检疫机构安排", "reported; sprays follow the plant quarantine")
        return Check("quarantine", "passed", words)
    return Check(
        "quarantine", "failed", Words("先上报，再按检疫机构安排用药", "report first; sprays follow its orders")
    )


def _mildest(one: GroupChecks):
    return STATES.index(one.state), one.group.broad, len(one.warnings), one.group.key


def _group(name, organism, state):
    group = groups.group(name)
    verdict = _best_verdict(group, organism, state)
    turn = {"allowed": "passed", "not now": "failed", "never": "failed"}[verdict.state]
    checks = (
        Check("rotation", turn, _until(verdict)),
        Check("bees", *bees.check(name, state.bbch)),
        _interval(group, state),
    )
    failed = [check for check in checks if check.state == "failed"]
    limited = any(check.state == "limited" for check in checks)
    now = NOT_NOW if failed else LIMITED if limited else OPEN
    return GroupChecks(group, NEVER if verdict.state == "never" else now, checks, verdict.warnings)


def _best_verdict(group, organism, state):
    """Return the verdict of rotation; a group that must not stand alone is judged with a protectant beside it."""
    partners = ("FRAC M03",) if group.never_alone else ()
    verdict = rotation.allowed(group.key, organism.key, state.sprays, state.on, state.generation_days, partners)
    if not group.never_alone or verdict.state != "allowed":
        return verdict
    words = Words(
        "只可与其他作用机理混用（如代森锰锌类）", "only mixed with another mode of action, such as mancozeb's"
    )
    return rotation.Verdict("allowed", words, None, verdict.warnings)


def _until(verdict):
    if verdict.until is None:
        return verdict.why
    return Words(f"{verdict.why.zh}；{verdict.until} 起可再用", f"{verdict.why.en}; again from {verdict.until}")


def _interval(group, state):
    days = state.intervals.get(group.key)
    if days is None:
        unknown = (
            "安全间隔期以您的标签表为准，此处未知",
            "harvest interval: read it from your label table; not known here",
        )
        return Check("harvest", "unknown", Words(*unknown))
    earliest = state.on + timedelta(days)
    words = Words(f"间隔 {days} 天，最早 {earliest} 可采", f"{days} days: harvest from {earliest} on")
    if state.harvest is None:
        return Check("harvest", "unknown", words)
    return Check("harvest", "passed" if earliest <= state.harvest else "failed", words)
