"""The outlook of organisms foreseen by dates: heat sums, the calendar moved by the year, what traps have shown."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from agro.errors import MissingDataError
from pest_warning import outlook, timing
from pest_warning.organism import HORIZONS, Organism
from pest_warning.setting import Setting
from pest_warning.site_days import SiteDays
from pest_warning.timing import Event

DRAWS = 20
ROUNDS = 8
"""Generations looked for."""
HEIGHT = 300.0
"""Elevation for which calendar days and the altitude coefficients are told. [m]"""
BASE = 10.0
"""Above this the heat that moves calendars counts. [degC]"""
FARTHEST = 15.0
"""Most days by which an early or late spring moves a calendar; judgement."""
SEEN = 40.0
"""Days around its median within which a first find counts as this year's event."""


@dataclass(frozen=True)
class Dated:
    """One event in one year: days of the calendar, of shape (plot, member, draw) and (plot, year)."""

    event: Event
    year: int  # 0 the calendar's first, 1 the next
    days: np.ndarray  # NaN: not within the calendar
    usual: np.ndarray
    round: int = 1  # which of its generations

    @property
    def key(self) -> str:
        """What it is called among all: the year, the event and, from the second generation on, which."""
        return f"{self.year}:{self.event.key}" + (f":{self.round}" if self.round > 1 else "")

    @property
    def cases(self) -> np.ndarray:
        """Days of all members and draws, shape (plot, case)."""
        return self.days.reshape(len(self.days), -1)


def outlooks(organism: Organism, setting: Setting) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the outlook of all plots, and the dates of each event as (plot, 3), as `infection.outlooks` does."""
    found = dated(organism, setting)
    tables = [_rows(organism, setting, horizon, found) for horizon in HORIZONS]
    course = {one.key: outlook.quantiles(one.cases).T for one in found}
    return pd.concat(tables, ignore_index=True), course


def dated(organism: Organism, setting: Setting) -> list[Dated]:
    """Return all events of the calendar's years in their order of the year, moved by what was seen."""
    entries = timing.events(organism)
    if not entries:
        raise MissingDataError(f"{organism.key} names no event", zh=f"{organism.name.zh} 没有写明任何事件")
    made = [one for event in entries for one in _of_event(event, setting)]
    return _moved(organism, setting, made)


def _of_event(event: Event, setting: Setting) -> list[Dated]:
    shift = (event.altitude * (setting.elevation - HEIGHT) / 100.0)[:, None]
    draws = np.linspace(event.low, event.high, DRAWS) if event.high > event.low else np.array([event.amount])
    length = (date(setting.first_day.year + 1, 1, 1) - setting.first_day).days
    if event.sum == "calendar":
        days, usual = (draws - 1 + shift)[:, None], event.amount - 1 + shift
        moved = _earliness(setting)[setting.site][:, None, None]
        return [Dated(event, 0, days + moved, usual), Dated(event, 1, days + length, usual + length)]
    members = setting.future.tmean.shape[1]
    tmean = np.concatenate([np.repeat(setting.past.tmean, members, axis=1), setting.future.tmean]).transpose(2, 1, 0)
    tmean, years = _filled(tmean), _filled(setting.usual.tmean.transpose(2, 1, 0))
    out = []
    for year, begins in ((0, event.start - 1), (1, event.start - 1 + length)):
        if begins >= tmean.shape[-1]:
            continue
        heat, other = timing.heat_of(event, tmean[..., begins:]), timing.heat_of(event, years[..., begins:])
        for k in range(1, (ROUNDS if event.repeats else 1) + 1):
            days = timing.day_reached(heat[:, :, None], k * draws) + begins
            usual = timing.day_reached(other, k * event.amount) + begins
            out.append(Dated(event, year, days[setting.site] + shift[..., None], usual[setting.site] + shift, k))
    return out


def _filled(tmean: np.ndarray) -> np.ndarray:
    """Return means with unknown days filled along a line between their neighbours, unless too many are unknown."""
    filled = tmean.copy()
    some = np.isnan(tmean).any(axis=-1) & ~outlook.too_much_missing(tmean)
    for place in map(tuple, np.argwhere(some)):
        known = np.flatnonzero(np.isfinite(tmean[place]))
        filled[place] = np.interp(np.arange(tmean.shape[-1]), known, tmean[place][known])
    return filled


def _gaps(days: SiteDays) -> np.ndarray:
    """Return of which sites too many days are unknown, in any member."""
    return np.any(outlook.too_much_missing(days.tmean.transpose(2, 1, 0)), axis=1)


def _earliness(setting: Setting) -> np.ndarray:
    """Return by how many days this year's calendar is moved at each site: positive is late. [d]"""
    mine, usual = _heat_of_sites(setting)
    pace = outlook.mean(np.maximum(setting.past.tmean[-30:] - BASE, 0.0), axis=(0, 1))
    return np.nan_to_num(np.clip((usual - mine) / np.maximum(pace, 1.0), -FARTHEST, FARTHEST))


def _moved(organism: Organism, setting: Setting, made: list[Dated]) -> list[Dated]:
    """Return the events with this year's moved to the first find of a plot: a biofix moves what follows."""
    counts = setting.counts_of(organism.key)
    if not len(counts) or not made:
        return made
    caught = counts[(counts["total"].fillna(0) > 0) | (counts["infested"].fillna(0) > 0)]
    caught = caught[(caught["day"] >= 0) & (caught["day"] < 366)]
    firsts = caught.groupby("plot")["day"].min()
    move = np.zeros(len(setting.site))
    middle = outlook.quantiles(made[0].cases, (0.5,))[0]
    for plot, day in firsts.items():
        if abs(day - middle[plot]) <= SEEN:
            move[plot] = day - middle[plot]
    this_year = move[:, None, None]
    return [replace(one, days=one.days + this_year) if one.year == 0 else one for one in made]


def _rows(organism: Organism, setting: Setting, horizon: int, found: list[Dated]) -> pd.DataFrame:
    n = len(setting.site)
    first = setting.now + 1.0
    best = np.full(n, -1)
    level, share = np.full(n, outlook.NOTHING), np.zeros(n)
    bounds = np.zeros((2, n))
    low_share = outlook.gate_of_share()
    for k, one in enumerate(found):
        begins, ends = one.days - one.event.lead, one.days + one.event.lasts
        meets = (begins < first + horizon) & (ends >= first)  # False where not known
        part, soon = meets.mean(axis=(1, 2)), (meets & (begins < first + min(HORIZONS))).mean(axis=(1, 2))
        this = np.where(soon >= low_share.high, outlook.HIGH, np.where(part >= low_share.medium, outlook.MEDIUM, 0))
        ahead = outlook.quantiles(one.cases, (0.5,))[0] + one.event.lasts >= first
        this = np.where((this == 0) & ahead, outlook.LOW, this)
        better = this > level
        bounds = np.where(better, np.quantile(meets.mean(axis=1), (0.1, 0.9), axis=1), bounds)
        level, share, best = np.where(better, this, level), np.where(better, part, share), np.where(better, k, best)
    spread = np.full((3, n), np.nan)
    usual = np.full(n, np.nan)
    place, names = np.full(n, np.nan), np.full(n, "", dtype=object)
    by_weather, by_draw = np.full((2, n), np.nan), np.full((2, n), np.nan)
    for k, one in enumerate(found):
        rows = best == k
        if not rows.any():
            continue
        spread[:, rows] = outlook.quantiles(one.cases[rows])
        names[rows] = one.event.key
        usual[rows] = outlook.quantiles(one.usual[rows], (0.5,))[0]
        if one.event.sum != "calendar":  # a calendar is the same every year: there is nothing to stand among
            place[rows] = outlook.percentile(spread[1, rows], one.usual[rows])
        by_weather[:, rows] = outlook.quantiles(outlook.mean(one.days[rows], axis=2), (0.1, 0.9))
        by_draw[:, rows] = outlook.quantiles(outlook.mean(one.days[rows], axis=1), (0.1, 0.9))
    unknown = _gaps(setting.past) | _gaps(setting.future)
    level = np.where(unknown[setting.site], outlook.CANNOT, level)
    lead = spread[1] - setting.now
    warm, normal = _heat_to_date(setting)
    log = np.log(np.maximum(warm, 1.0) / np.maximum(normal, 1.0))
    return pd.DataFrame({
        "plot": setting.plots, "organism": organism.key, "horizon": horizon, "level": level, "index": lead,
        "unit": "d", "percentile": place, "share": share,
        "share_low": bounds[0], "share_high": bounds[1], "event": names, "usual": usual - setting.now,
        "weather_low": by_weather[0] - setting.now, "weather_high": by_weather[1] - setting.now,
        "parameters_low": by_draw[0] - setting.now, "parameters_high": by_draw[1] - setting.now,
        **{f"date_p{q}": _dates(setting, row) for q, row in zip((10, 50, 90), spread, strict=True)},
        "lead_days": lead,
    } | outlook.driver_columns({"heat": (log, warm, normal)}))  # fmt: skip


def _heat_to_date(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    """Return the heat above 10 degC since 1 January at each plot, and the usual one. [degC d]"""
    mine, usual = _heat_of_sites(setting)
    return mine[setting.site], usual[setting.site]


def _heat_of_sites(setting: Setting) -> tuple[np.ndarray, np.ndarray]:
    mine = outlook.sums(np.maximum(setting.past.tmean[:, 0] - BASE, 0.0).T)
    years = outlook.sums(np.maximum(setting.usual.tmean[: setting.now + 1] - BASE, 0.0).transpose(2, 1, 0))
    usual = outlook.mean(years)
    return mine, np.where(np.isnan(usual), mine, usual)


def _dates(setting: Setting, days: np.ndarray) -> list[date | None]:
    return [setting.first_day + timedelta(days=int(np.floor(d))) if np.isfinite(d) else None for d in days]
