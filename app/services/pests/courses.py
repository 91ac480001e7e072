"""The days of one plot: what was computed from observed weather, what may come, and what is usual."""

import threading
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from agro import parameters
from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import rights
from agro.terrain.sites import stand_ins
from app.services import platform, preparation, protection
from app.services.pests import air as hours_of
from app.services.pests import outlooks, records, run, trees, words
from app.services.platform import Platform
from pest_warning import organism, outlook, timing, warning
from pest_warning.organism import Organism
from pest_warning.setting import Setting

BACK = 60  # days before today that a timeline shows
BUSY = threading.Lock()  # two visitors who ask at once wait for one computation


@dataclass(frozen=True)
class PlotCourses:
    """The days of one plot.

    Attributes
    ----------
    days : DataFrame
        organism, time, past, p10, p50, p90, usual, threshold: past days are computed from observed weather and have
        `past`; days ahead have the three quantiles over the members. In the unit of the organism's index. Beyond the
        tenth day an infection organism's are means of weeks.
    events : DataFrame
        organism, event, p10, p50, p90: dates of the organisms that are foreseen by dates.
    marks : DataFrame
        time, kind ("spray" or "count"), organism ("" where a spray works on whatever its group does), said.
    soonest : dict
        {organism: first day, within the first ten, on which an infection is as likely as not}, else absent.
    own_hours : int
        Days of the past whose hours were measured, not laid out from daily values.
    """

    plot: str
    issued: date
    days: pd.DataFrame
    events: pd.DataFrame
    marks: pd.DataFrame
    soonest: dict[str, date]
    own_hours: int


@dataclass(frozen=True)
class Kept:
    """What is heavy about one plot, kept until the next run: its weather and trees, with nobody's records."""

    setting: Setting
    inputs: preparation.Inputs
    grown: trees.Trees
    air: hours_of.Air
    sites: pd.DataFrame


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotCourses:
    """Return the days of one plot around the run of `on`, the newest by default; a moment's computing.

    Raises
    ------
    NotFoundError, MissingDataError
        As `outlooks.of_plot`.
    """
    found = home.store.plot(plot_id, outlooks.single(viewer))
    kept, setting = setting_of(home, found.id, on)
    _, courses = warning.outlooks(setting)
    issued = kept.inputs.on
    days = [_days(one, courses[one.key], setting) for one in organism.catalogue() if one.engine != "timing"]
    events = [_events(one, courses[one.key], setting) for one in organism.catalogue() if one.engine == "timing"]
    soonest = {one.key: day for one in organism.catalogue() if (day := _soonest(one, courses[one.key], issued))}
    return PlotCourses(
        found.id, issued, pd.concat(days, ignore_index=True), pd.concat(events, ignore_index=True),
        _marks(viewer, home, found.id, setting.first_day, issued), soonest, kept.air.own_hours,
    )  # fmt: skip


def setting_of(home: Platform, plot_id: str, on: date | None) -> tuple[Kept, Setting]:
    """Return the plot's weather and trees as kept, and its setting with all that is written down now."""
    newest = home.store.latest_run(on)
    if newest is None:
        raise MissingDataError("no pest outlook was computed yet", zh="还没有算过病虫预报")
    with BUSY:
        kept = _kept(str(home.home), platform.stamp(home), plot_id, newest.date, max(newest.members, 2))
    written = records.of_plots(home, kept.inputs.plots, kept.setting.first_day, kept.inputs.on)
    setting = replace(
        kept.setting, sprays=written.sprays, counts=written.counts, pressure=written.pressure,
        recorded=written.recorded,
    )  # fmt: skip
    return kept, setting


@lru_cache(maxsize=6)
def _kept(folder: str, stamp: str, plot_id: str, on: date, members: int) -> Kept:
    home = platform.open_platform(Path(folder))
    inputs = preparation.prepare(home, on, members, [plot_id])
    organisms, first_day = organism.catalogue(), run.calendar(on)
    sites = stand_ins(inputs.plots_themselves, run.GROUPS, carried=["slope", "aspect"])
    grown = trees.of_sites(inputs, sites, first_day, outlook.AHEAD, parallel=False)
    air = hours_of.of_cells(home, inputs, first_day, outlook.AHEAD)
    written = records.of_plots(home, inputs.plots, first_day, on)
    every = np.arange(len(sites.table))
    setting = run.setting_of(
        inputs, sites, grown, air, written, run.heaviest(sites, 1), every, organisms, first_day, False
    )  # fmt: skip
    return Kept(setting, inputs, grown, air, sites.table)


def _days(one: Organism, course: dict[str, np.ndarray], setting: Setting) -> pd.DataFrame:
    past, (low, middle, high) = course["past"][0], course["future"][0]
    first = max(setting.now + 1 - BACK, 0)
    days = np.arange(first, setting.now + 1 + outlook.AHEAD)
    gone = days <= setting.now
    ahead = days - setting.now - 1
    if one.engine == "infection":  # no day can be named so far ahead
        low, middle, high = (_by_week(row) for row in (low, middle, high))
    table = {
        "organism": one.key, "time": [setting.first_day + timedelta(days=int(k)) for k in days],
        "past": np.where(gone, past[np.minimum(days, setting.now)], np.nan),
        **{
            name: np.where(gone, np.nan, row[np.maximum(ahead, 0)])
            for name, row in (("p10", low), ("p50", middle), ("p90", high))
        },
        "usual": course["usual"][0][days],
        "threshold": course["threshold"][0][days] if "threshold" in course else np.nan,
    }  # fmt: skip
    return pd.DataFrame(table)


def _by_week(row: np.ndarray) -> np.ndarray:
    """Return the days ahead with those beyond the last that can be named as means of their weeks."""
    named = int(words.bounds("dated")[0])
    week = (np.arange(len(row)) - named) // 7
    late = row[named:]
    means = np.array([late[week[named:] == k].mean() for k in range(week[-1] + 1)])
    return np.concatenate([row[:named], means[week[named:]]])


def _events(one: Organism, course: dict[str, np.ndarray], setting: Setting) -> pd.DataFrame:
    """Return the dates of an organism's events within the calendar; generations of one year are one row each."""
    names = {event.key: event.name for event in timing.events(one)}
    rows = []
    for key, quantiles in course.items():
        _, event, *later = key.split(":")  # the year, the event and, of generations, which
        dated = [
            setting.first_day + timedelta(days=round(float(day))) if np.isfinite(day) else None for day in quantiles[0]
        ]
        if dated[1] is not None:
            which = f" {later[0]}" if later else ""
            rows.append((one.key, event, names[event].zh + which, names[event].en + which, *dated))
    return pd.DataFrame(rows, columns=["organism", "event", "zh", "en", "p10", "p50", "p90"])


def _soonest(one: Organism, course: dict[str, np.ndarray], issued: date) -> date | None:
    """Return the first of the next ten days on which half of the cases, or else a tenth, bring some infection."""
    if one.engine != "infection":
        return None
    gate = parameters.load(outlook.FILE, "gate", outlook.Gate).medium
    most = int(words.bounds("dated")[0])
    for row in (course["future"][0, 1], course["future"][0, 2]):
        days = np.flatnonzero(np.nan_to_num(row[:most]) >= gate)
        if len(days):
            return issued + timedelta(days=int(days[0]) + 1)
    return None


def _marks(viewer: Viewer, home: Platform, plot_id: str, first_day: date, issued: date) -> pd.DataFrame:
    """Return the sprays and counts of the season as far as the viewer may read them."""
    rows: list[tuple[Any, str, str, str]] = []
    if not rights.allowed(viewer, "protection.read"):
        return pd.DataFrame(rows, columns=["time", "kind", "organism", "said"])
    for one in protection.treatments(viewer, home, plot_id, first_day, issued).itertuples():
        what = "、".join(part for part in (one.product, *one.groups) if part) or one.kind
        rows += [(one.date, "spray", target, what) for target in (one.targets or records.targets_of(tuple(one.groups)))]
        if not one.targets and not records.targets_of(tuple(one.groups)):
            rows.append((one.date, "spray", "", what))
    for one in protection.counts(viewer, home, plot_id, None, first_day, issued).itertuples():
        seen = one.total if pd.notna(one.total) else one.infested
        rows.append((one.date, "count", one.organism, f"{'–' if pd.isna(seen) else int(seen)} / {int(one.n)}"))
    return pd.DataFrame(rows, columns=["time", "kind", "organism", "said"])
