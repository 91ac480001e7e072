"""Suspected trees and the plan against huanglongbing: each step from what was recorded, told to whom it may be told."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from agro import parameters
from agro.errors import AgroError
from agro.farm import Finding, Treatment, Viewer
from agro.store import rights
from app.services import protection, samples
from app.services.pests import plot_year
from app.services.pests.diary import SEEDLINGS
from app.services.platform import Platform
from pest_warning.advice import huanglongbing
from pest_warning.organism import Words

PSYLLID = "psyllid"
SEEN = ("invoice", "photo")
"""What stands behind a delivery of plants whose certificate was seen."""
RESULTS = {"confirmed": "positive", "refuted": "negative"}
FILE = Path(__file__).with_name("cases.toml")


@dataclass(frozen=True)
class Plan:
    """The three measures at one plot.

    Attributes
    ----------
    steps : tuple of huanglongbing.Step
        From what the viewer may know of. "overdue" says that nothing is recorded, not that nothing was done.
    shoots : tuple of plot_year.Shoots
        When the model sees shoots reach 1 cm, of flushes near today; empty where it cannot be computed.
    issued : date or None
        The day of that outlook.
    legal : Words
        What law says, which stands beside every plan.
    """

    steps: tuple[huanglongbing.Step, ...]
    shoots: tuple[plot_year.Shoots, ...]
    issued: date | None
    legal: Words


def table(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Return the suspected trees that `viewer` may know of, newest first, with the steps that he may tell next.

    Returns
    -------
    DataFrame
        Columns of `samples.on_map`, and `next`, a tuple of steps; places within the plot where `exact` is False.
    """
    told = samples.on_map(viewer, home).sort_values(["date", "created"], ascending=False).reset_index(drop=True)
    following = [samples.may_follow(viewer, row) if _may(viewer, row.farm) else () for row in told.itertuples()]
    return told.assign(next=pd.Series(following, index=told.index, dtype=object))


def organisms(viewer: Viewer, home: Platform) -> dict[str, Words]:
    """Return {key: name} of what trees are suspected of: huanglongbing first, then what is under quarantine."""
    told, hushed = protection.organisms(), protection.embargoed()
    keys = [samples.HUANGLONGBING, *(key for key in told if key in hushed and key != samples.HUANGLONGBING)]
    return {key: Words(*told[key]) for key in keys}


def seedlings(
    viewer: Viewer, home: Platform, *, plot: str, date: date, origin: str, evidence: str = "said", note: str = ""
) -> tuple[Treatment, list[Finding]]:
    """Return the noted delivery of plants, with what stands behind it: a certificate on a photo or an invoice."""
    return protection.add_treatment(
        viewer, home, plot=plot, date=date, kind="other", product=origin, evidence=evidence, note=note, source=SEEDLINGS
    )


def plants(viewer: Viewer, home: Platform, plot_id: str) -> pd.DataFrame:
    """Return the deliveries of plants to one plot, with the columns of `protection.treatments`."""
    if not rights.allowed(viewer, "protection.read"):
        return pd.DataFrame()
    told = protection.treatments(viewer, home, plot_id)
    return told[told["source"] == SEEDLINGS].reset_index(drop=True)


def plan(viewer: Viewer, home: Platform, plot_id: str) -> Plan:
    """Return the plan of one plot: clean plants, psyllids by flush, suspected trees; from what the viewer may know."""
    today = protection.today(home)
    year = _year(viewer, home, plot_id)
    done = protection.treatments(viewer, home, plot_id) if rights.allowed(viewer, "protection.read") else None
    shoots = _near(year.shoots, today) if year else ()
    steps = huanglongbing.plan(
        [_flush(one, done) for one in shoots],
        [_suspect(row, done) for row in _trees(viewer, home, plot_id).itertuples()],
        today,
        [_plants(row) for row in plants(viewer, home, plot_id).itertuples()],
        _winters(year, done, today),
    )
    return Plan(steps, shoots, year.issued if year else None, huanglongbing.legal_note())


def _may(viewer: Viewer, farm: str) -> bool:
    return rights.allowed(viewer, "sample.write", farm=farm) if farm else rights.allowed(viewer, "sample.write")


def _year(viewer: Viewer, home: Platform, plot_id: str) -> plot_year.PlotYear | None:
    try:
        return plot_year.of_plot(viewer, home, plot_id)
    except AgroError:
        return None


def _trees(viewer: Viewer, home: Platform, plot_id: str) -> pd.DataFrame:
    found = home.store.plot(plot_id, rights.scope(viewer, "plot.read"))
    told = samples.table(viewer, home, found.id, samples.HUANGLONGBING)
    return samples.record(viewer, home).set_index("id").loc[told["id"]].reset_index()


def _sprays(done: pd.DataFrame | None, first: date, last: date) -> tuple[date, ...]:
    """Return the days of sprays against the psyllid between two days; one that names no target is not counted."""
    if done is None:
        return ()
    sprays = done[done["kind"] == "spray"].itertuples()
    days = {pd.Timestamp(row.date).date() for row in sprays if PSYLLID in row.targets}
    return tuple(sorted(day for day in days if first <= day <= last))


def _near(shoots: tuple[plot_year.Shoots, ...], today: date) -> tuple[plot_year.Shoots, ...]:
    days = _days("flush")
    return tuple(one for one in shoots if today - days["behind"] <= one.p50 <= today + days["ahead"])


def _flush(one: plot_year.Shoots, done: pd.DataFrame | None) -> huanglongbing.Flush:
    days, rubbed = _days("flush"), None
    if done is not None:
        pulled = [pd.Timestamp(day).date() for day in done.loc[done["kind"] == "flush_removal", "date"]]
        rubbed = min((day for day in pulled if abs(day - one.p50) <= days["late"]), default=None)
    return huanglongbing.Flush(one.p50, _sprays(done, one.p50 - days["early"], one.p50 + days["late"]), rubbed)


def _winters(year: plot_year.PlotYear | None, done: pd.DataFrame | None, today: date) -> list[huanglongbing.Winter]:
    """Return the winters that follow a harvest the model knows; buds are taken to break when they did this year."""
    spring = next((one.p50 for one in year.shoots if one.name == "spring"), None) if year else None
    if year is None or spring is None:
        return []
    found, days = [], _days("winter")
    for picked in year.picked:
        buds = next(day for day in (spring + timedelta(days=365 * k) for k in range(-1, 4)) if day > picked)
        if buds + days["shown"] < today or picked > today + days["shown"]:
            continue
        late = _sprays(done, buds - days["half"], buds)
        early = _sprays(done, picked, buds - days["half"] - timedelta(days=1))
        found.append(huanglongbing.Winter(picked, buds, early[0] if early else None, late[0] if late else None))
    return found


def _plants(row) -> huanglongbing.Plants:
    day = pd.Timestamp(row.date).date()
    return huanglongbing.Plants(row.product, day, day if row.evidence in SEEN else None)


def _suspect(row, done: pd.DataFrame | None) -> huanglongbing.Sample:
    """Return the tree as the plan reads it; that it is written down is no report: who samples it has been told."""
    day = {name: _day(getattr(row, name)) for name in ("sampled", "answered", "removed", "replanted")}
    seen, answered, killed = pd.Timestamp(row.marked).date(), day["answered"], None
    if answered is not None and row.answer == "confirmed":
        killed = min(_sprays(done, answered, answered + _days("positive")["psyllid"]), default=None)
    return huanglongbing.Sample(
        tree=row.tree or row.name, seen=seen, marked=seen, reported=day["sampled"],
        sampled=day["sampled"], result=RESULTS.get(row.answer), result_on=day["answered"],
        psyllids_killed=killed, removed=day["removed"], replanted=day["replanted"],
    )  # fmt: skip


def _day(value) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def _days(section: str) -> dict[str, timedelta]:
    return {key: timedelta(days=float(one.value)) for key, one in parameters.section(FILE, section).items()}
