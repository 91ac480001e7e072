"""Sprays, other treatments and counts of pests: noted and asked for."""

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from agro.errors import InputError, NotFoundError
from agro.farm import Count, Finding, Plot, Treatment, Viewer
from agro.protection import counts as counting
from agro.protection import samples as sampling
from agro.protection import treatments as treating
from agro.store import Scope, rights
from agro.store.ids import uuid7
from agro.store.samples import CONFIDANTS
from app.services.observations import today
from app.services.platform import Platform, region_or_none
from pest_warning import organism

__all__ = [
    "add_count",
    "add_treatment",
    "confusions",
    "contradiction",
    "counts",
    "embargoed",
    "organism_key",
    "organisms",
    "remove_count",
    "remove_treatment",
    "secret",
    "today",
    "treatments",
]


def organisms() -> dict[str, tuple[str, str]]:
    """Return {key: (Chinese, English)} of all organisms that a record can name."""
    told = {one.key: (one.name.zh, one.name.en) for one in organism.catalogue()}
    return {key: (one.zh, one.en) for key, one in sampling.organisms().items()} | told


def organism_key(text: str) -> str:
    """Return the key of the organism that people call `text`.

    Raises
    ------
    InputError
        For an unknown name; the message lists what is known.
    """
    found = organism.named(text) or sampling.named(text)
    if found is not None:
        return found
    known = organisms()
    raise InputError(
        f"unknown organism '{text[:40]}'; known: {', '.join(en for _, en in known.values())}",
        zh=f"不认识的病虫“{text[:40]}”；可用：{'、'.join(zh for zh, _ in known.values())}",
    )


def embargoed() -> frozenset[str]:
    """Return the keys of the organisms whose samples are nobody's business before the station released them."""
    return secret() | {one.key for one in organism.catalogue() if one.quarantine}


def secret() -> frozenset[str]:
    """Return those of which a mere count tells as much as a sample: huanglongbing, its psyllid, canker.

    The citrus fly is not among them: whoever hangs traps in an orchard counts it every week.
    """
    named = {organism.named(word) or sampling.named(word) for word in sampling.quarantine()}
    return frozenset(key for key in named if key is not None)


def confusions(texts: Iterable[str]) -> list[Finding]:
    """Return a warning for each name that people commonly use for another organism."""
    told = {text: organism.confused(text) for text in texts}
    return [
        Finding("warning", f"'{text}': {both[1]}", f"“{text}”：{both[0]}", text) for text, both in told.items() if both
    ]


def add_treatment(
    viewer: Viewer,
    home: Platform,
    *,
    plot: str,
    date: date,
    kind: str = "spray",
    product: str = "",
    groups: Sequence[str] = (),
    targets: Sequence[str] = (),
    dose: str = "",
    equipment: str = "",
    share: float = 1.0,
    evidence: str = "said",
    note: str = "",
    source: str = "page",
) -> tuple[Treatment, list[Finding]]:
    """Return the noted treatment and what is odd about it.

    `plot` is an id, a name or "farm/name"; `targets` are keys or names of organisms, `groups` codes such as FRAC M01.

    Raises
    ------
    InputError, NotFoundError, NotAllowedError
        For what cannot be, a plot that is unknown, or one that the viewer may not note for.
    """
    found = _plot_to_note(viewer, home, plot)
    made = Treatment(
        uuid7(), found.id, date, kind, product.strip(),
        tuple(dict.fromkeys(treating.mode_of_action(one) for one in groups)),
        tuple(dict.fromkeys(organism_key(one) for one in targets)), dose.strip(), equipment, share, viewer.account,
        evidence, source, note.strip(), _invented(home),
    )  # fmt: skip
    findings = treating.checked(made, today(home)) + confusions(targets)
    told = home.store.add_treatments([made], by=viewer)
    if not told.new:
        findings.append(Finding("info", "this was noted already", "这条记录已经有了"))
    return (told.new or told.twins)[0], findings


def add_count(
    viewer: Viewer,
    home: Platform,
    *,
    plot: str,
    organism: str,
    date: date,
    method: str,
    n: int,
    infested: int | None = None,
    total: int | None = None,
    days: float | None = None,
    treated: bool | None = None,
    stage: str = "",
    evidence: str = "measured",
    note: str = "",
    source: str = "page",
) -> tuple[Count, list[Finding]]:
    """Return the noted count and what is odd about it; `organism` is a key or a name.

    Raises
    ------
    InputError, NotFoundError, NotAllowedError
        For numbers that cannot be, a plot that is unknown, or one that the viewer may not note for.
    """
    found = _plot_to_note(viewer, home, plot)
    made = Count(
        uuid7(), found.id, organism_key(organism), date, method, n, infested, total, days, treated, stage.strip(),
        viewer.account, evidence, source, note.strip(), _invented(home),
    )  # fmt: skip
    findings = counting.checked(made, today(home)) + confusions([organism])
    told = home.store.add_counts([made], by=viewer)
    findings += [contradiction(group, found.name) for group in known_conflicts(viewer, told.conflicts)]
    if not told.new:
        findings.append(Finding("info", "this was noted already", "这条记录已经有了"))
    return (told.new or told.twins)[0], findings


def treatments(
    viewer: Viewer, home: Platform, plot: str | None = None, start: date | None = None, end: date | None = None
) -> pd.DataFrame:
    """Return the treatments that `viewer` may see, with the columns of `agro.store.TREATMENT_COLUMNS`."""
    scope = rights.scope(viewer, "protection.read")
    return home.store.treatments(scope, _picked(home, plot, scope), start, end)


def counts(
    viewer: Viewer,
    home: Platform,
    plot: str | None = None,
    organism: str | None = None,
    start: date | None = None,
    end: date | None = None,
) -> pd.DataFrame:
    """Return the counts that `viewer` may see, with the columns of `agro.store.COUNT_COLUMNS`.

    Finds of huanglongbing, its psyllid and canker are told as samples are: to who counted, agronomists, the station.
    """
    scope = rights.scope(viewer, "protection.read")
    key = organism_key(organism) if organism is not None else None
    frame = home.store.counts(scope, _picked(home, plot, scope), key, start, end)
    if viewer.role in CONFIDANTS:
        return frame
    hushed = frame["organism"].isin(secret())
    found = (frame["infested"].fillna(0) > 0) | (frame["total"].fillna(0) > 0)
    frame["conflict"] &= ~hushed  # would tell that somebody else found something
    return frame[~(hushed & found & (frame["by"] != viewer.account))].reset_index(drop=True)


def remove_treatment(viewer: Viewer, home: Platform, treatment_id: str) -> None:
    """Delete a treatment that was a mistake, of a plot that the viewer may note for."""
    found = home.store.treatment(treatment_id, rights.scope(viewer, "protection.write"))
    home.store.remove_treatment(found.id, by=viewer)


def remove_count(viewer: Viewer, home: Platform, count_id: str) -> None:
    """Delete a count that was a mistake, of a plot that the viewer may note for.

    Raises
    ------
    NotFoundError
        When there is none that the viewer may know of.
    """
    found = home.store.count(count_id, rights.scope(viewer, "protection.write"))
    if not _known_to(viewer, found):
        raise NotFoundError(f"no count '{count_id}'", zh=f"没有调查记录“{count_id}”")
    home.store.remove_count(found.id, by=viewer)


def known_conflicts(viewer: Viewer, conflicts: Sequence[tuple[Count, ...]]) -> list[tuple[Count, ...]]:
    """Return the contradictions as far as `viewer` may know of both sides."""
    seen = [tuple(one for one in group if _known_to(viewer, one)) for group in conflicts]
    return [group for group in seen if len(group) > 1]


def contradiction(group: Sequence[Count], plot: str) -> Finding:
    """Return the warning of counts that say different things of one plot, organism and day."""
    one = group[0]
    zh, en = organisms().get(one.organism, (one.organism, one.organism))
    told = [_numbers(count) for count in group]
    return Finding(
        "warning",
        f"{plot}: {en} on {one.date} is told differently: {'; '.join(told)}; all are kept and flagged",
        f"{plot}：{one.date} 的“{zh}”调查说法不一：{'；'.join(told)}；都已保留并标记",
        plot,
    )


def _known_to(viewer: Viewer, count: Count) -> bool:
    found = bool(count.infested or count.total)
    return viewer.role in CONFIDANTS or count.by == viewer.account or not found or count.organism not in secret()


def _numbers(count: Count) -> str:
    infested = "" if count.infested is None else f"{count.infested}/{count.n}"
    total = "" if count.total is None else f"{count.total} ({count.n})"
    return ", ".join(part for part in (infested, total) if part)


def _plot_to_note(viewer: Viewer, home: Platform, plot: str) -> Plot:
    rights.require(viewer, "protection.write")
    found = home.store.plot(plot, rights.scope(viewer, "plot.read"))
    rights.require(viewer, "protection.write", farm=found.farm)
    return found


def _picked(home: Platform, plot: str | None, scope: Scope) -> list[str] | None:
    if plot is None:
        return None
    return [plot if scope.anonymous else home.store.plot(plot, scope).id]


def _invented(home: Platform) -> bool:
    region = region_or_none(home)
    return bool(region and region.synthetic)
