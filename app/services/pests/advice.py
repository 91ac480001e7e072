"""What can be done about the organisms of one plot: the ladder with its own sprays, stage and harvest."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from agro import parameters
from agro.errors import MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Plot, Viewer
from agro.store import rights
from app.services.pests import outlooks, records, spray_sites
from app.services.platform import Platform
from pest_warning import development, organism, outlook
from pest_warning.advice import groups, rotation
from pest_warning.advice import ladder as ladders
from pest_warning.development import Development
from pest_warning.organism import Organism, Words

FILE = Path(__file__).with_name("advice.toml")
HORIZON = 15
DIARIES = ("some", "none", "hidden")
CANNOT = Words("缺天气数据，现在算不出", "weather is missing: cannot be computed now")


@dataclass(frozen=True)
class OrganismLadder:
    """One organism of a plot: how high it stands within 15 days, and what can be done.

    `generation` [d] is what rotation counts with; `calibrated` says whether the level rests on local observations.
    """

    key: str
    name: Words
    quarantine: bool
    level: int
    meaning: Words
    calibrated: bool
    demoted: bool
    generation: float
    ladder: ladders.Ladder


@dataclass(frozen=True)
class PlotAdvice:
    """The ladders of one plot, the highest level first, among equals quarantine organisms.

    Attributes
    ----------
    stage : float
        BBCH; NaN where unknown.
    harvest : date or None
        The earliest likely day of picking.
    diary : str
        Of `DIARIES`: "some" sprays are recorded for the season, "none" are, or "hidden" from this viewer. Where none
        is recorded nothing is known: rotation then has nothing to check.
    unnamed : int
        Sprays of which nobody wrote down a mode of action that is known; rotation cannot count them.
    """

    plot: str
    name: str
    issued: date
    stage: float
    harvest: date | None
    diary: str
    unnamed: int
    ladders: tuple[OrganismLadder, ...]


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotAdvice:
    """Return the ladder of each organism that stands at medium or high within 15 days on one plot.

    Quarantine organisms are told at whatever level when they are in season, or a sample of them is known here.

    Raises
    ------
    NotFoundError
        For a plot that the viewer may not see.
    MissingDataError
        Before the first pest outlook.
    """
    scope = outlooks.single(viewer)
    plot = home.store.plot(plot_id, scope)
    table = home.store.pests(scope, on, [plot.id], horizon=HORIZON)
    if table is None or not len(table):
        raise MissingDataError("no pest outlook of this plot yet", zh="这块地还没有病虫预报")
    issued = table["issued"].iloc[0].date()
    stage, harvest = _trees(home, plot, issued)
    sprays, diary, unnamed = _sprays(viewer, home, plot, issued)
    suspected, warmth = _suspected(viewer, home, plot), _warmth(home, plot, issued)
    found = []
    for row in table.to_dict("records"):
        one, level = organism.load(row["organism"]), int(row["level"])
        here = one.key in suspected
        if level < outlook.MEDIUM and not (one.quarantine and (level >= outlook.LOW or here)):
            continue
        days = generation_days(one, warmth)
        state = ladders.State(
            _word(level), issued, days, stage if np.isfinite(stage) else None, sprays, harvest, reported=here
        )
        found.append(
            OrganismLadder(
                one.key, one.name, one.quarantine, level, meaning(one, level), row["calibration"] == "calibrated",
                bool(row["demoted"]), days, ladders.ladder(one, state),
            )
        )  # fmt: skip
    rank = {key: place for place, key in enumerate(organism.keys())}
    found.sort(key=lambda one: (-one.level, not one.quarantine, rank[one.key]))
    return PlotAdvice(plot.id, plot.name, issued, stage, harvest, diary, unnamed, tuple(found))


def meaning(one: Organism, level: int) -> Words:
    """Return what a level of an organism means; below low it is as at low: nothing to be done."""
    if level == outlook.CANNOT:
        return CANNOT
    said = one.levels[max(level, outlook.LOW)]
    return Words(said.zh, said.en)


def generation_days(one: Organism, warmth: float) -> float:
    """Return how long a generation takes in the coming days, as rotation counts it.

    Parameters
    ----------
    one : Organism
    warmth : float
        Mean temperature; NaN where unknown. [degC]

    Returns
    -------
    float
        From the organism's own sum of a generation, else the middle of what its sources tell of the development from
        egg to adult, which is less than a generation; else from `advice.toml`, whose bounds hold for all. [d]
    """
    usual = {key: float(entry.value) for key, entry in parameters.section(FILE, "generation").items()}
    if one.has("generation"):
        known = [one.parameters("generation", Development)]
    else:
        known = list(development.ensemble(one).values()) if one.has(development.SECTION) else []
    if not known or np.isnan(warmth):
        return usual[one.kind]
    middle = float(np.median([development.days(warmth, each.lower, each.sum) for each in known]))
    return min(max(middle, usual["least"]), usual["most"])


def _word(level: int) -> str:
    return {outlook.MEDIUM: "medium", outlook.HIGH: "high"}.get(level, "low")


def _trees(home: Platform, plot: Plot, issued: date) -> tuple[float, date | None]:
    """Return the stage (BBCH) and the earliest likely day of picking; NaN and None before a growth outlook."""
    table = home.store.outlook_summary(rights.Scope(farms=frozenset({plot.farm})), issued)
    mine = table[table["plot"] == plot.id]
    if not len(mine):
        return float("nan"), None
    row = mine.iloc[0]
    bud, fruit = (float("nan") if pd.isna(row[name]) else float(row[name]) for name in ("bud_bbch", "fruit_bbch"))
    ripe = row["ripe_p10"]
    # fruit that is ripe already may be picked any day
    harvest = None if pd.isna(ripe) else max(ripe.date(), issued)
    return float(spray_sites.stage(bud, fruit)), harvest


def _sprays(viewer: Viewer, home: Platform, plot: Plot, issued: date) -> tuple[tuple[rotation.Spray, ...], str, int]:
    """Return what was sprayed, whether anything is recorded, and how many sprays name no known mode of action."""
    try:
        scope = rights.scope(viewer, "protection.read")
        home.store.plot(plot.id, scope)
    except (NotFoundError, NotAllowedError):
        return (), "hidden", 0
    table = home.store.treatments(scope, [plot.id])
    table = table[table["kind"].isin(["spray", "bait"]) & ~table["again"]]
    recent = pd.Timestamp(issued) - pd.Timedelta(days=records.SEASON)
    found, unnamed = [], 0
    for row in table[table["date"] >= recent].itertuples():
        named = tuple(row.groups) or (("bait",) if row.kind == "bait" else ())
        known = tuple(group for group in named if _known(group))
        unnamed += len(known) < len(named) or not named
        targets = tuple(row.targets) or records.targets_of(named)
        found.append(rotation.Spray(row.date.date(), known, targets))
    return tuple(found), "some" if found else "none", unnamed


def _known(group: str) -> bool:
    try:
        groups.group(group)
    except NotFoundError:
        return False
    return True


def _suspected(viewer: Viewer, home: Platform, plot: Plot) -> frozenset[str]:
    """Return the organisms of which the viewer knows a sample on this plot that was not refuted."""
    if not rights.allowed(viewer, "sample.read"):
        return frozenset()
    table = home.store.samples(rights.scope(viewer, "sample.read"), viewer, [plot.id])
    return frozenset(table[table["state"] != "refuted"]["organism"])


def _warmth(home: Platform, plot: Plot, issued: date) -> float:
    try:
        site = spray_sites.at_sites(home, [plot.id], issued).get(plot.id)
    except MissingDataError:
        return float("nan")
    return float("nan") if site is None else site.warmth
