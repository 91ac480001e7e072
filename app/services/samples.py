"""Suspected trees: marked, sampled, answered, removed, replanted; seen by few until the station lifts the embargo."""

from datetime import date

import pandas as pd
import shapely

from agro.errors import InputError
from agro.farm import Finding, Plot, Sample, Step, Viewer
from agro.protection import RELEASED
from agro.protection.samples import checked, following
from agro.protection.words import not_ahead
from agro.store import rights
from agro.store.ids import uuid7
from app.services.observations import today
from app.services.platform import Platform, region_or_none
from app.services.protection import confusions, embargoed, organism_key

HUANGLONGBING = "huanglongbing"
NEAR = 0.003  # degrees, some 300 m: farther from its plot a place was mistyped, or shifted as maps of phones are
RECORD = (
    "id", "farm_name", "name", "township", "organism", "tree", "marked", "sampled", "answer", "answered", "removed",
    "replanted", "seedlings", "released", "embargo",
)  # fmt: skip
"""The columns of `record`, a row a tree."""


def suspect(
    viewer: Viewer,
    home: Platform,
    *,
    plot: str,
    date: date,
    organism: str = HUANGLONGBING,
    tree: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    note: str = "",
) -> tuple[Sample, list[Finding]]:
    """Return the marked tree and what to mind; `plot` is an id, a name or "farm/name", `organism` a key or a name.

    Raises
    ------
    InputError, NotFoundError, NotAllowedError
        For what cannot be, a plot that is unknown, or one that the viewer may not report for.
    """
    found = _plot_to_report(viewer, home, plot)
    made = suspicion(viewer, home, found.id, organism, date, tree, longitude, latitude, note)
    checked(made, today(home))
    findings = confusions([organism]) + beside(found, made)
    stored = home.store.add_sample(made, by=viewer)
    if stored.id != made.id:
        findings.append(Finding("info", "this was noted already", "这条记录已经有了"))
    if stored.embargo:
        findings.append(
            Finding(
                "info",
                "tell the plant protection station today; until it releases the find nobody else sees it",
                "请当天报告植保站；在其解除保密之前，其他人看不到这条记录",
            )
        )
    return stored, findings


def step(
    viewer: Viewer, home: Platform, sample_id: str, state: str, *, date: date, note: str = "", seedlings: str = ""
) -> Sample:
    """Return the sample after what became of it; a replanting tells where its seedlings come from.

    Raises
    ------
    InputError
        For a day in the future, or a step that is not next.
    NotFoundError, NotAllowedError
        For a sample that there is not, or that the viewer may not know of or not change.
    """
    if state == RELEASED:
        raise InputError("a release is no step of the tree; use `release`", zh="解除保密请使用“解除保密”操作")
    rights.require(viewer, "sample.write")
    not_ahead(date, today(home))
    scope = rights.scope(viewer, "sample.read")
    before = home.store.sample(sample_id, scope, viewer)
    if before.plot:
        rights.require(viewer, "sample.write", farm=home.store.plot(before.plot, scope).farm)
    made = Step(state, date, viewer.account, note.strip())
    return home.store.add_step(sample_id, made, scope, viewer, seedlings=seedlings)


def release(viewer: Viewer, home: Platform, sample_id: str, *, date: date, note: str = "") -> Sample:
    """Return the sample after the station lifted its embargo, which needs a laboratory's answer."""
    rights.require(viewer, "sample.release")
    not_ahead(date, today(home))
    made = Step(RELEASED, date, viewer.account, note.strip())
    return home.store.add_step(sample_id, made, rights.scope(viewer, "sample.read"), viewer)


def may_follow(viewer: Viewer, sample: Sample) -> tuple[str, ...]:
    """Return the steps that `viewer` may tell next of a sample, the release among them."""
    may = {RELEASED: "sample.release", "confirmed": "sample.confirm", "refuted": "sample.confirm"}
    return tuple(one for one in following(sample.steps) if rights.allowed(viewer, may.get(one, "sample.write")))


def sample(viewer: Viewer, home: Platform, sample_id: str) -> Sample:
    """Return one sample; one that the viewer may not know of is as unknown as one that is not stored."""
    return home.store.sample(sample_id, rights.scope(viewer, "sample.read"), viewer)


def table(viewer: Viewer, home: Platform, plot: str | None = None, organism: str | None = None) -> pd.DataFrame:
    """Return the samples that `viewer` may know of, with the columns of `agro.store.SAMPLE_COLUMNS`."""
    scope = rights.scope(viewer, "sample.read")
    picked = None if plot is None else [home.store.plot(plot, scope).id]
    key = None if organism is None else organism_key(organism)
    return home.store.samples(scope, viewer, picked, key)


def on_map(viewer: Viewer, home: Platform, organism: str | None = None) -> pd.DataFrame:
    """Return `table` with a place for every row; `exact` is False where it is a point within the plot."""
    told = table(viewer, home, organism=organism)
    exact = told["longitude"].notna()
    plots = home.store.plots(rights.scope(viewer, "sample.read"), ids=told["plot"].unique())
    points = shapely.point_on_surface(plots.geometry.values)
    for name, ordinate in (("longitude", shapely.get_x), ("latitude", shapely.get_y)):
        somewhere = told["plot"].map(dict(zip(plots["id"], ordinate(points), strict=True)))
        told[name] = told[name].where(exact, somewhere.astype("float64"))
    return told.assign(exact=exact)


def record(viewer: Viewer, home: Platform, organism: str = HUANGLONGBING) -> pd.DataFrame:
    """Return what became of each suspected tree, a row a tree with the day of every step (`RECORD`)."""
    told = table(viewer, home, organism=organism)
    days = [{one.state: pd.Timestamp(one.date) for one in steps} for steps in told["steps"]]
    answers = [next((state for state in ("confirmed", "refuted") if state in day), "") for day in days]
    more = {
        "marked": [day.get("suspected") for day in days],
        **{state: [day.get(state) for day in days] for state in ("sampled", "removed", "replanted")},
        "answered": [day.get(answer) for day, answer in zip(days, answers, strict=True)],
    }
    dates = {name: pd.to_datetime(pd.Series(column, index=told.index)) for name, column in more.items()}
    return told.assign(answer=answers, **dates)[list(RECORD)]


def suspicion(
    viewer: Viewer,
    home: Platform,
    plot_id: str,
    organism: str,
    date: date,
    tree: str,
    longitude: float | None,
    latitude: float | None,
    note: str,
) -> Sample:
    """Return a sample that is not stored yet; organisms that may be under quarantine bring their embargo."""
    key, region = organism_key(organism), region_or_none(home)
    return Sample(
        uuid7(), plot_id, key, date, longitude, latitude, embargo=key in embargoed(), tree=tree.strip(),
        by=viewer.account, note=note.strip(), synthetic=bool(region and region.synthetic),
    )  # fmt: skip


def beside(plot: Plot, sample: Sample) -> list[Finding]:
    """Return the warning of a tree that does not stand in its plot."""
    if sample.longitude is None or sample.latitude is None:
        return []
    if plot.geometry.distance(shapely.Point(sample.longitude, sample.latitude)) <= NEAR:
        return []
    return [
        Finding(
            "warning",
            f"the tree lies far from plot '{plot.name}'; is the place right?",
            f"该株位置离地块“{plot.name}”较远；请核对经纬度",
        )
    ]


def _plot_to_report(viewer: Viewer, home: Platform, plot: str) -> Plot:
    rights.require(viewer, "sample.write")
    found = home.store.plot(plot, rights.scope(viewer, "plot.read"))
    rights.require(viewer, "sample.write", farm=found.farm)
    return found
