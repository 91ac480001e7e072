"""Alerts: few, of pests by organism and farm, of weak growth by farm; why, what to do, until when and how sure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from agro import parameters
from agro.errors import MissingDataError
from agro.farm import Role, Viewer
from agro.store import rights
from agro.store.alerts import AlertMark
from app.services.imagery import alerts as weak_growth
from app.services.observations import today
from app.services.pests import outlooks, release, words
from app.services.pests.alert_card import CONDITION, Alert
from app.services.pests.alert_marks import REGION, holds
from app.services.pests.alert_words import number, said
from app.services.platform import Platform
from pest_warning import organism, outlook, timing
from pest_warning.advice import ladder
from pest_warning.organism import Organism, Words

HORIZON = 15
FIRST = (Role.STATION, Role.AGRONOMIST)
"""Who hears of quarantine organisms before all others."""
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Inbox:
    """The open alerts of one viewer, the most pressing first, and those that were marked.

    Attributes
    ----------
    shown : int
        How many of `alerts` are shown; the rest is counted.
    held : tuple of Words
        Quarantine organisms of which the station hears first.
    draft : bool
        Whether it is more than one's own plots that no station has issued yet.
    """

    issued: date | None
    today: date
    alerts: tuple[Alert, ...] = ()
    shown: int = 0
    marked: tuple[tuple[Alert, AlertMark], ...] = ()
    held: tuple[Words, ...] = ()
    draft: bool = False
    synthetic: bool = False

    @property
    def rest(self) -> int:
        """How many alerts are only counted."""
        return max(len(self.alerts) - self.shown, 0)


def of_viewer(viewer: Viewer, home: Platform, on: date | None = None) -> Inbox:
    """Return the alerts of the newest pest outlook for the plots that `viewer` may see; empty before the first run.

    Raises
    ------
    NotAllowedError
        For a role without alerts or without the pest outlook of single plots.
    """
    rights.require(viewer, "alert.mark")
    outlooks.single(viewer)
    now, region = today(home), home.store.region()
    marks = {key: mark for key, mark in home.store.alert_marks(viewer.account).items() if holds(mark, now)}
    private, draft = release.private(viewer), False
    held: tuple[Words, ...] = ()
    weak = weak_growth.cards(viewer, home, marks, _hidden_by, private=private)
    days = home.store.pest_dates()
    issued = max((day for day in days if on is None or day <= on), default=now)
    try:
        rows = outlooks.table(viewer, home, on, horizon=HORIZON)
    except MissingDataError:
        if not weak:
            return Inbox(None, now)
        made = weak
    else:
        draft = not private and not release.gate(viewer, home, issued).issued
        rows, held = _heard_first(viewer, home, rows[rows["level"] >= outlook.MEDIUM], issued)
        plots = home.store.plots(outlooks.single(viewer), ids=sorted(rows["plot"].unique()))
        about = plots.drop(columns="geometry").set_index("id")
        rows = rows.assign(**{name: rows["plot"].map(about[name]) for name in ("name", "farm", "farm_name")})
        made = [*(_by_farm(rows, marks) if private else _by_region(rows, marks)), *weak]
    rank = {key: place for place, key in enumerate(organism.keys())}
    first = viewer.role in FIRST
    made.sort(key=lambda one: (
        not (first and one[0].quarantine), -one[0].level, not one[0].quarantine, -len(one[0].plots),
        rank.get(one[0].organism, len(rank)), one[0].key,
    ))  # fmt: skip
    return Inbox(
        issued, now, tuple(alert for alert, mark in made if mark is None), number("budget", "shown"),
        tuple((alert, mark) for alert, mark in made if mark is not None), held, draft, bool(region.synthetic),
    )  # fmt: skip


def next_of_plots(viewer: Viewer, home: Platform, ids: tuple[str, ...]) -> dict[str, Words]:
    """Return {plot id: its most pressing open alert in one sentence}; plots without one are left out."""
    found: dict[str, Words] = {}
    for alert in of_viewer(viewer, home).alerts:
        line = weak_growth.line() if alert.organism == CONDITION else _line(alert)
        for plot, _ in alert.plots:
            if plot in ids:
                found.setdefault(plot, line)
    return found


def _line(alert: Alert) -> Words:
    """Return an organism's alert in one sentence."""
    one, sure = organism.load(alert.organism), "" if alert.calibrated else "_uncalibrated"
    told = reached(one, alert.level)
    return Words(*(
        said("words", f"line{sure}", to, organism=words.name(one, to), reached=told[to]) for to in LANGUAGES
    ))  # fmt: skip


def reached(one: Organism, level: int) -> dict[str, str]:
    """Return what a level means for the headline, in both languages."""
    return {to: said("words", f"reached_{one.engine}_{level}", to) for to in LANGUAGES}


def _heard_first(
    viewer: Viewer, home: Platform, rows: pd.DataFrame, issued: date
) -> tuple[pd.DataFrame, tuple[Words, ...]]:
    """Return the rows that the viewer hears of now, and the quarantine organisms of which others hear first."""
    law = [key for key in rows["organism"].unique() if ladder.quarantine(organism.load(key)) is not None]
    if not release.private(viewer) or not law or _given_time(home, issued):
        return rows, ()
    seen = _seen_by_station(home)
    before = home.store.pests(outlooks.single(viewer), issued - timedelta(1), horizon=HORIZON)
    told = set() if before is None else {
        (row.plot, row.organism) for row in before[before["level"] >= outlook.MEDIUM].itertuples()
    }  # fmt: skip
    waits = [
        row.organism in law and row.organism not in seen and (row.plot, row.organism) not in told
        for row in rows.itertuples()
    ]
    held = sorted(rows["organism"][waits].unique())
    return rows[[not one for one in waits]], tuple(organism.load(key).name for key in held)


def _given_time(home: Platform, issued: date) -> bool:
    run = home.store.latest_run(issued)
    finished = None if run is None else run.finished
    if finished is None:
        return False
    return home.store.clock() >= _aware(finished, home) + timedelta(hours=number("quarantine", "head_start"))


def _aware(moment: datetime, home: Platform) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=home.store.clock().tzinfo)


def _seen_by_station(home: Platform) -> set[str]:
    """Return the organisms whose alert somebody of the station or an agronomist has acknowledged and that holds."""
    now, found = today(home), set()
    for account in home.store.accounts():
        if account.role in FIRST:
            for key, one in home.store.alert_marks(account.id).items():
                if key.startswith(f"{REGION}|") and one.state == "acknowledged" and holds(one, now):
                    found.add(key.split("|")[1])
    return found


def _hidden_by(stem: str, level: int, marks: dict[str, AlertMark]) -> AlertMark | None:
    """Return the mark that hides an alert: one of the same level or a higher one."""
    return next((marks[f"{stem}|{one}"] for one in range(level, outlook.HIGH + 1) if f"{stem}|{one}" in marks), None)


def _by_farm(rows: pd.DataFrame, marks: dict[str, AlertMark]) -> list[tuple[Alert, AlertMark | None]]:
    """Return an alert for each farm and organism; of what is open, and of what is marked, the highest level each."""
    hidden = [_hidden_by(f"{row.plot}|{row.organism}", int(row.level), marks) for row in rows.itertuples()]
    rows = rows.assign(mark=pd.Series(hidden, index=rows.index, dtype=object))
    several = rows["farm"].nunique() > 1
    made = []
    for (farm, key), group in rows.groupby(["farm", "organism"], sort=False):
        for marked in (False, True):
            some = group[group["mark"].notna() == marked]
            if not len(some):
                continue
            some = _worst_first(some[some["level"] == some["level"].max()])
            level = int(some["level"].iloc[0])
            one = organism.load(str(key))
            keys = tuple(f"{plot}|{key}|{level}" for plot in some["plot"])
            values = {"n": len(some), "farm": some["farm_name"].iloc[0]}
            head = _head(one, level, "head_farm" if several else "head", values)
            alert = _alert(f"{farm}|{key}|{level}", keys, one, some, head, tuple(some["name"]))
            made.append((alert, some["mark"].iloc[0] if marked else None))
    return made


def _by_region(rows: pd.DataFrame, marks: dict[str, AlertMark]) -> list[tuple[Alert, AlertMark | None]]:
    made = []
    for key, group in rows.groupby("organism", sort=False):
        some = _worst_first(group[group["level"] == group["level"].max()])
        level, one = int(some["level"].iloc[0]), organism.load(str(key))
        stem = f"{REGION}|{key}"
        head = _head(one, level, "head_region", {"n": len(some), "farms": some["farm"].nunique()})
        names = tuple(dict.fromkeys(some["farm_name"]))
        alert = _alert(f"{stem}|{level}", (f"{stem}|{level}",), one, some, head, names)
        made.append((alert, _hidden_by(stem, level, marks)))
    return made


def _worst_first(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values(["index", "name"], ascending=[False, True], kind="stable")


def _head(one: Organism, level: int, pattern: str, values: dict[str, Any]) -> Words:
    told = reached(one, level)
    return Words(*(
        said("words", pattern, to, organism=words.name(one, to), reached=told[to], **values) for to in LANGUAGES
    ))  # fmt: skip


def _alert(
    key: str, keys: tuple[str, ...], one: Organism, rows: pd.DataFrame, head: Words, names: tuple[str, ...]
) -> Alert:
    row = rows.iloc[0].to_dict()
    level = int(row["level"])
    law = ladder.quarantine(one)
    do = [Words(*(words.action(one, level, to) for to in LANGUAGES))]
    if law is not None:
        do.insert(0, Words(*(said("words", "report", to) for to in LANGUAGES)))
    joined = Words("；".join(each.zh for each in do), "; ".join(each.en for each in do))
    return Alert(
        key, keys, one.key, law is not None, level, level == outlook.HIGH and not rows["demoted"].astype(bool).all(),
        bool((rows["calibration"] == "calibrated").all()),
        tuple(zip(rows["plot"], rows["name"], strict=True)), names, head,
        Words(*(_why(one, row, to) for to in LANGUAGES)), joined, _until(one, row),
        Words(*(_sure(one, rows, to) for to in LANGUAGES)),
    )  # fmt: skip


def _why(one: Organism, row: dict[str, Any], language: str) -> str:
    """Return the driver that raises the index most; of what is dated, the date."""
    if one.engine == "timing":
        return words.when(row, one, language)
    best, most = None, words.SMALL
    for k in range(1, outlook.DRIVERS + 1):
        log = float(row[f"driver{k}_log"])
        if log > most and row[f"driver{k}_key"] not in ("", "none", "protection"):
            best, most = k, log
    if best is None:
        return said("words", "usual", language)
    key, now, usual = (row[f"driver{best}_{part}"] for part in ("key", "now", "usual"))
    return words.driver(key, now, usual, one, row["issued"], language)


def _until(one: Organism, row: dict[str, Any]) -> date:
    """Return until when an alert holds: the end of the event, or the day by which to look again."""
    issued = pd.Timestamp(row["issued"]).date()
    if one.engine == "timing" and words.known(row.get("date_p90")):
        event = next((each for each in timing.events(one) if each.key == row.get("event")), None)
        if event is not None:
            return max(pd.Timestamp(row["date_p90"]).date() + timedelta(int(event.lasts)), issued)
    level = "high" if row["level"] == outlook.HIGH else "medium"
    return issued + timedelta(int(parameters.section(ladder.FILE, "rescout")[level].value))


def _sure(one: Organism, rows: pd.DataFrame, language: str) -> str:
    row = rows.iloc[0].to_dict()
    told = words.index(row, one, language)
    if row["calibration"] != "calibrated":
        told.append(said("words", "uncalibrated", language))
    looked = rows["scouted"].astype(float)
    if looked.isna().all():
        told.append(said("words", "unscouted", language))
    else:
        told.append(said("words", "scouted", language, days=int(looked.min())))
    if not rows["recorded"].astype(bool).any():
        told.append(said("words", "unwritten", language))
    return ("；" if language == "zh" else "; ").join(told)
