"""The diary of a plot's protection: written down in a few taps, read with what is left of each spray.

What is not in the diary was not written down; it may well have been done.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from agro import parameters
from agro.errors import AgroError, InputError
from agro.farm import Finding, Treatment, Viewer
from agro.protection import deeds, mode_of_action
from agro.store import rights
from app.services import farms, protection
from app.services.pests import plot_year, records
from app.services.platform import Platform
from pest_warning import organism
from pest_warning import protection as residues
from pest_warning.advice import groups, respray

FILE = Path(__file__).with_name("diary.toml")
SEEDLINGS = "seedlings"
"""The source of records that tell where young trees come from; they are no deed of protection."""
MIXED = " + "
"""What stands between the names of a tank mixture; names of classes hold commas."""
YEAR = timedelta(days=400)


@dataclass(frozen=True)
class What:
    """One thing that can have been done: a class of products, or a deed without any."""

    key: str
    zh: str
    en: str
    kind: str
    groups: tuple[str, ...] = ()
    product: str = ""
    hint_zh: str = ""
    hint_en: str = ""


@dataclass(frozen=True)
class Entry:
    """One record as it is told; `left` is a word of diary.toml, "unknown", or None where nothing is to be left."""

    treatment: pd.Series
    left: str | None = None
    due: respray.Respray | None = None


@dataclass(frozen=True)
class PlotDiary:
    """The records of one plot since a day, newest first; `until` is the day up to which rain is known."""

    since: date
    until: date | None
    entries: tuple[Entry, ...]


@cache
def whats() -> dict[str, What]:
    """Return {key: what can be done}: product classes as groups.toml has them, then deeds without a product."""
    found = {one.key: _product(one) for one in groups.catalogue() if not one.forbidden}
    plain = (one for key, one in deeds().items() if key not in ("spray", "bait"))
    return found | {one.key: What(one.key, one.zh, one.en, one.key) for one in plain}


def _product(one: groups.Group) -> What:
    codes: tuple[str, ...] = ()
    product = ""
    try:
        codes = (mode_of_action(one.key),)
    except InputError:  # oil and baits have no code of a committee
        product = "" if one.key == "bait" else one.name.zh
    kind = "bait" if one.key == "bait" else "spray"
    return What(one.key, one.name.zh, one.name.en, kind, codes, product, one.actives.zh, one.actives.en)


def organisms() -> dict[str, tuple[str, str]]:
    """Return {key: (Chinese, English)} of what can be acted against; huanglongbing is not: no product helps."""
    return {one.key: (one.name.zh, one.name.en) for one in organism.catalogue()}


def suggested(viewer: Viewer, home: Platform, month: int) -> tuple[str, ...]:
    """Return the keys of what the viewer's own diaries hold most, then of what the organisms' files name this month."""
    used: Counter[str] = Counter()
    if rights.allowed(viewer, "protection.read"):
        table = protection.treatments(viewer, home, start=protection.today(home) - YEAR)
        for row in table[(table["by"] == viewer.account) & (table["source"] != SEEDLINGS)].itertuples():
            used.update(keys_of(row.kind, tuple(row.groups), row.product))
    seasonal: Counter[str] = Counter()
    for one in organism.catalogue():
        for control in one.controls:
            if control.months is None or _within(month, control.months):
                seasonal.update(group for group in control.groups if group in whats())
    order = [key for key, _ in used.most_common(6)] + [key for key, _ in seasonal.most_common()]
    return tuple(dict.fromkeys(order))


def keys_of(kind: str, codes: tuple[str, ...], product: str) -> tuple[str, ...]:
    """Return the keys of `whats` that a record tells: its classes, the class its product is called by, or its kind."""
    told = product.split(MIXED)
    found = tuple(code for code in codes if code in whats())
    found += tuple(one.key for one in whats().values() if one.product and one.product in told)
    if kind == "bait":
        found = found or ("bait",)
    return found or ((kind,) if kind in whats() else ())


def targets(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the organisms in whose file one of these classes stands; all of them for none."""
    found = records.targets_of(tuple(keys)) if keys else ()
    return found or tuple(organisms())


def writable(viewer: Viewer, home: Platform) -> gpd.GeoDataFrame:
    """Return the plots for which `viewer` may note what was done."""
    rights.require(viewer, "protection.write")
    found = farms.plots(viewer, home)
    may = [rights.allowed(viewer, "protection.write", farm=farm) for farm in found["farm"]]
    return found[np.array(may, bool)].reset_index(drop=True)


def write(
    viewer: Viewer,
    home: Platform,
    *,
    plots: Sequence[str],
    whats: Sequence[str],
    targets: Sequence[str] = (),
    date: date,
    product: str = "",
    dose: str = "",
    equipment: str = "",
    share: float = 1.0,
    evidence: str = "said",
    note: str = "",
) -> tuple[list[Treatment], list[Finding]]:
    """Return what was noted at each plot and what is odd about it; classes of products are one tank, deeds stand apart.

    Raises
    ------
    InputError
        Without a plot or a deed, and for what cannot be.
    NotFoundError, NotAllowedError
        For a plot that the viewer may not note for; nothing was noted then.
    """
    if not plots:
        raise InputError("no plot is chosen", zh="还没有选地块")
    done = made_of(whats, product)
    _may_note_all(viewer, home, plots)
    noted, findings = [], []
    for plot in plots:
        for kind, codes, name in done:
            acts = kind in ("spray", "bait")
            one, found = protection.add_treatment(
                viewer, home, plot=plot, date=date, kind=kind, product=name, groups=codes, targets=targets,
                dose=dose if acts else "", equipment=equipment if acts else "", share=share, evidence=evidence,
                note=note, source="diary",
            )  # fmt: skip
            noted.append(one)
            findings += [each for each in found if each not in findings]
    return noted, findings


def made_of(keys: Sequence[str], product: str = "") -> list[tuple[str, tuple[str, ...], str]]:
    """Return (kind, codes, product) of the treatments that `keys` of `whats` make.

    Raises
    ------
    InputError
        For none, or an unknown one.
    """
    unknown = [key for key in keys if key not in whats()]
    if unknown or not (keys or product.strip()):
        raise InputError(
            f"what was done? got {', '.join(unknown) or 'nothing'}",
            zh=f"还没有选做了什么{'：' * bool(unknown)}{'、'.join(unknown)}",
        )
    chosen = [whats()[key] for key in keys]
    found = []
    for kind in dict.fromkeys(one.kind for one in chosen):
        some = [one for one in chosen if one.kind == kind]
        named = [product.strip()] if kind in ("spray", "bait") else []
        name = MIXED.join(part for part in dict.fromkeys([*named, *(one.product for one in some)]) if part)
        found.append((kind, tuple(code for one in some for code in one.groups), name))
    return found or [("spray", (), product.strip())]


def last(viewer: Viewer, home: Platform, plots: tuple[str, ...]) -> Treatment | None:
    """Return what the viewer noted last, else what is the newest at these plots; None where there is nothing."""
    if not rights.allowed(viewer, "protection.read"):
        return None
    table = protection.treatments(viewer, home, start=protection.today(home) - YEAR)
    table = table[table["source"] != SEEDLINGS]
    mine = table[table["by"] == viewer.account]
    picked = mine if len(mine) else table[table["plot"].isin(plots)]
    if not len(picked):
        return None
    newest = picked.sort_values(["created", "id"]).iloc[-1]
    return home.store.treatment(newest["id"], rights.scope(viewer, "protection.read"))


def again(
    viewer: Viewer, home: Platform, *, like: str, plots: Sequence[str], date: date
) -> tuple[list[Treatment], list[Finding]]:
    """Return the deed of the treatment `like` (an id) noted for another day or other plots, on what is said alone."""
    before = home.store.treatment(like, rights.scope(viewer, "protection.read"))
    _may_note_all(viewer, home, plots)
    noted, findings = [], []
    for plot in plots:
        one, found = protection.add_treatment(
            viewer, home, plot=plot, date=date, kind=before.kind, product=before.product, groups=before.groups,
            targets=before.targets, dose=before.dose, equipment=before.equipment, share=before.share, source="diary",
        )  # fmt: skip
        noted.append(one)
        findings += [each for each in found if each not in findings]
    return noted, findings


def of_plot(viewer: Viewer, home: Platform, plot_id: str) -> PlotDiary:
    """Return the season's records of one plot, and of the winter before, with what is left of each spray."""
    today = protection.today(home)
    month, day = groups.season_start()
    since = min(date(today.year, month, day), today - timedelta(days=plot_year.WINTER))
    table = protection.treatments(viewer, home, plot_id, since)
    table = table[table["source"] != SEEDLINGS].sort_values(["date", "created"], ascending=False)
    year = _year(viewer, home, plot_id) if table["kind"].isin(["spray", "bait"]).any() else None
    entries = tuple(_entry(row, year) for _, row in table.iterrows())
    return PlotDiary(since, year.issued if year else None, entries)


def left(treatment: pd.Series, year: plot_year.PlotYear) -> float | None:
    """Return the share of the attack that a spray still holds off on the day of issue [1]; None where none can."""
    if treatment["kind"] not in ("spray", "bait"):
        return None
    day = (pd.Timestamp(treatment["date"]).date() - year.first_day).days
    now = (year.issued - year.first_day).days
    if not 0 <= day <= now:
        return None
    keys = keys_of(treatment["kind"], tuple(treatment["groups"]), treatment["product"])
    spray = (day, tuple(_residue_key(key) for key in keys), float(treatment["share"]))
    return float(np.median(residues.protected([spray], year.rain, year.starts, now + 1)[:, now]))


def word(share: float) -> str:
    """Return in which word the share left is told: much, half, little or none."""
    bounds = parameters.section(FILE, "left")
    return next((key for key in ("much", "half", "little") if share >= float(bounds[key].value)), "none")


def _may_note_all(viewer: Viewer, home: Platform, plots: Sequence[str]) -> None:
    rights.require(viewer, "protection.write")
    for plot in plots:
        rights.require(viewer, "protection.write", farm=home.store.plot(plot, rights.scope(viewer, "plot.read")).farm)


def _year(viewer: Viewer, home: Platform, plot_id: str) -> plot_year.PlotYear | None:
    """Return the plot's year; None where it cannot be computed: the diary is read all the same."""
    try:
        return plot_year.of_plot(viewer, home, plot_id)
    except AgroError:
        return None


def _entry(row: pd.Series, year: plot_year.PlotYear | None) -> Entry:
    if row["kind"] not in ("spray", "bait") or row["again"]:
        return Entry(row)
    share = left(row, year) if year else None
    if share is None or year is None:
        return Entry(row, "unknown")
    return Entry(row, word(share), _due(row, year))


def _due(row: pd.Series, year: plot_year.PlotYear) -> respray.Respray | None:
    """Return when a protectant is due again, of a mixture the first; None for what is not renewed by rain."""
    sprayed = pd.Timestamp(row["date"]).date()
    fell = np.median(year.rain[:, (sprayed - year.first_day).days + 1 :], axis=0)
    found = []
    for key in keys_of(row["kind"], tuple(row["groups"]), row["product"]):
        try:
            found.append(respray.respray_due(key, sprayed, fell, year.issued))
        except AgroError:  # no protectant
            continue
    return min(found, key=lambda one: one.due, default=None)


def _residue_key(key: str) -> str:
    return "sulphur" if key == "FRAC M02" else key


def _within(month: int, months: tuple[int, int]) -> bool:
    first, last = months
    return first <= month <= last if first <= last else month >= first or month <= last
