"""The plan against huanglongbing in an area free of it: clean plants, psyllids by flush, suspected trees out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from agro import parameters
from agro.errors import InputError
from pest_warning.organism import Words

FILE = Path(__file__).with_name("huanglongbing.toml")
RESULTS = (None, "negative", "positive")
STATES = ("overdue", "open", "later", "done")


@dataclass(frozen=True)
class Plants:
    """One delivery of plants, scions or stocks; `certified` is the day its certificate was seen."""

    name: str
    arrives: date
    certified: date | None = None


@dataclass(frozen=True)
class Flush:
    """One flush: the day its shoots reach 1 cm, observed or forecast, the sprays on it and when stray shoots went."""

    starts: date
    sprayed: tuple[date, ...] = ()
    rubbed_off: date | None = None


@dataclass(frozen=True)
class Winter:
    """One winter's clean-up: end of harvest, bud break that follows, and the two sprays when done."""

    harvested: date
    bud_break: date
    after_harvest: date | None = None
    before_buds: date | None = None


@dataclass(frozen=True)
class Sample:
    """One suspected tree and the days on which something was done; `result` is None while the laboratory has it."""

    tree: str
    seen: date
    marked: date | None = None
    reported: date | None = None
    sampled: date | None = None
    result: str | None = None
    result_on: date | None = None
    psyllids_killed: date | None = None
    removed: date | None = None
    replanted: date | None = None


@dataclass(frozen=True)
class Step:
    """One thing to do: `due` is the last good day, `starts` the first; `confidential` steps leave no open page."""

    measure: int  # 1 plants, 2 psyllids, 3 suspected trees
    key: str
    subject: str
    starts: date
    due: date
    state: str  # "done", "overdue", "open" from `starts` on, "later" before
    words: Words
    confidential: bool
    done: date | None = None


def plan(
    flushes: Iterable[Flush],
    samples: Iterable[Sample],
    on: date,
    plants: Iterable[Plants] = (),
    winters: Iterable[Winter] = (),
) -> tuple[Step, ...]:
    """Return the steps of the three measures.

    Parameters
    ----------
    flushes : iterable of Flush
        From the phenology or the eye.
    samples : iterable of Sample
        Suspected trees. A tree is dug out only after a positive result of the laboratory.
    on : date
        Today.
    plants : iterable of Plants
        Deliveries; their certificate is due on arrival.
    winters : iterable of Winter
        Each with two clean-up sprays.

    Returns
    -------
    tuple of Step
        Overdue first, then open, later and done; within these by due date, and suspected trees before the rest.

    Raises
    ------
    InputError
        For a result that is none, or one without its day.

    Notes
    -----
    Days stand in `huanglongbing.toml`; `legal_note` belongs beside every plan.
    """
    steps = [step for one in plants for step in _plant_steps(one)]
    steps += [step for one in flushes for step in _flush_steps(one)]
    steps += [step for one in winters for step in _winter_steps(one)]
    steps += [step for one in samples for step in _sample_steps(one)]
    made = [_step(on, *step) for step in steps]
    return tuple(sorted(made, key=lambda one: (STATES.index(one.state), one.due, -one.measure)))


def legal_note() -> Words:
    """Return what law says: report within the time, only authorities publish, no product helps."""
    entry = parameters.document(FILE)["legal"]
    return Words(entry["zh"], entry["en"])


def flush_name(starts: date) -> str | None:
    """Return spring, summer, autumn or late_autumn; None for shoots of winter."""
    day = f"{starts:%m-%d}"
    table = parameters.document(FILE)["flush"]
    return next((key for key, one in table.items() if one["months"][0] <= day <= one["months"][1]), None)


def _plant_steps(one):
    yield 1, "certificate", Words(one.name, one.name), one.arrives, one.arrives, one.certified


def _flush_steps(one):
    """Shoots of winter belong to no flush and get no step."""
    key = flush_name(one.starts)
    if key is None:
        return
    entry, days = parameters.document(FILE)["flush"][key], _days("psyllid")
    name = Words(f"{one.starts.year} 年{entry['zh']}", f"{entry['en']} of {one.starts.year}")
    if not entry["sprayed"]:
        yield 2, "late_shoots", name, one.starts, one.starts + days["repeat_least"], one.rubbed_off
        return
    if "stray_until" in entry:
        until = date.fromisoformat(f"{one.starts.year}-{entry['stray_until']}")
        yield 2, "stray", name, min(until, one.starts) - days["repeat_most"], min(until, one.starts), one.rubbed_off
    done = sorted(one.sprayed)
    first = done[0] if done else None
    last_good = one.starts + days["grace"]
    yield 2, "first_spray", name, one.starts, last_good, first
    from_day = first or last_good
    second = done[1] if len(done) > 1 else None
    yield 2, "second_spray", name, from_day + days["repeat_least"], from_day + days["repeat_most"], second


def _winter_steps(one):
    name, month = Words("", ""), timedelta(30)
    yield 2, "winter_after_harvest", name, one.harvested, min(one.harvested + month, one.bud_break), one.after_harvest
    yield 2, "winter_before_buds", name, one.bud_break - month / 2, one.bud_break, one.before_buds


def _sample_steps(one):
    """What comes next is asked for only when the step before it has been done: nothing is felled on suspicion."""
    if one.result not in RESULTS or (one.result is not None and one.result_on is None):
        raise InputError(
            f"tree {one.tree}: result is negative or positive, with its day; got {one.result!r}, {one.result_on}",
            zh=f"树 {one.tree}：结果应为阴性或阳性并附日期，现为 {one.result!r}、{one.result_on}",
        )
    name, days = Words(one.tree, one.tree), _days("suspect")
    yield 3, "mark", name, one.seen, one.seen + days["mark"], one.marked
    yield 3, "report", name, one.seen, one.seen + days["report"], one.reported
    yield 3, "sample", name, one.seen, one.seen + days["sample"], one.sampled
    if one.sampled is not None or one.result is not None:
        sampled = one.sampled or one.seen
        yield 3, "result", name, sampled, sampled + days["result"], one.result_on
    if one.result == "negative":
        yield 3, "look_again", name, one.result_on, one.result_on + days["look_again"], None
    if one.result == "positive":
        yield 3, "psyllid", name, one.result_on, one.result_on + days["psyllid"], one.psyllids_killed
        yield 3, "remove", name, one.result_on, one.result_on + days["remove"], one.removed
        if one.removed is not None:
            earliest = one.removed + days["replant"]
            yield 3, "replant", name, earliest, earliest + timedelta(365), one.replanted


def _days(section):
    return {key: timedelta(float(one.value)) for key, one in parameters.section(FILE, section).items()}


def _step(on, measure, key, subject, starts, due, done):
    sentence = parameters.document(FILE)["step"][key]
    state = "overdue" if due < on else "open" if starts <= on else "later"
    words = Words(sentence["zh"].format(name=subject.zh), sentence["en"].format(name=subject.en))
    return Step(
        measure=measure,
        key=key,
        subject=subject.en,
        starts=starts,
        due=due,
        state="done" if done is not None and done <= on else state,
        words=words,
        confidential=measure == 3,
        done=done,
    )
