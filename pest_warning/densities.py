"""The outlook of populations: mites and insects of young shoots, moved by what was counted, held by what was sprayed.

Three kinds of doubt run side by side and stay apart: the weather of the members, draws of the organism's numbers, and
draws of the density that nobody knows exactly. Draw 0 has the middle of the last two.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from agro import parameters
from pest_warning import flush_feeder, host, outlook, population, protection, scouting
from pest_warning.draws import drawn
from pest_warning.flush_feeder import FlushFeeder, FlushThreshold
from pest_warning.mite import Mite, MiteThreshold
from pest_warning.organism import HORIZONS, Organism
from pest_warning.population import Course, Weather
from pest_warning.rates import Points, Root
from pest_warning.setting import Setting
from pest_warning.site_days import SiteDays

PARAMETER_DRAWS, STATE_DRAWS = 10, 10
FEW = 5  # members and years on which drivers are found
TINY = 1e-6
LATE_APRIL = 110.0
"""Day of petal fall where no member of a tree blooms."""


@dataclass(frozen=True)
class Family:
    """A kind of population: its numbers, its kernel and what it is compared with."""

    organism: Organism
    forms: list[Any]
    row_of: np.ndarray  # form of each draw
    parallel: bool = False

    @classmethod
    def of(cls, organism: Organism, parallel: bool = False) -> "Family":
        """Return the family of an organism with its draws."""
        kind = Mite if organism.model["family"] == "mite" else FlushFeeder
        forms = drawn(organism, "population", kind, PARAMETER_DRAWS)
        middle = forms[0]
        forms = [form._replace(start=middle.start) for form in forms]  # what nobody knows of the start is state
        if kind is Mite:
            forms = [
                form._replace(young=form.young * f, old=form.old * f)
                for form, f in zip(forms, _rate_factors(organism), strict=True)
            ]
        return cls(organism, forms, np.r_[np.arange(PARAMETER_DRAWS + 1), np.zeros(STATE_DRAWS, int)], parallel)

    @property
    def mites(self) -> bool:
        """Whether these are mites."""
        return isinstance(self.forms[0], Mite)

    def weather(self, days: SiteDays, trees, first: int, row: int, before=None) -> Weather:
        """Return the days as the kernel reads them; `trees` is the host, `first` the calendar's day they begin at."""
        middle = self.forms[0]
        members, length = days.rain.shape[1], first + days.days
        if self.mites:
            shoots = host.young_share(trees, length)
            rain = days.rain_of_ten(before)
        else:
            shoots = host.tender(trees, length, middle.tender_from, middle.tender_until)
            rain = np.nan_to_num(days.rain)
        if shoots.shape[1] != members:
            shoots = np.median(shoots, axis=1, keepdims=True)
        shoots = np.broadcast_to(shoots[..., first:], (shoots.shape[0], members, days.days)).transpose(2, 1, 0)
        return Weather(days.rates[:, row], days.tmean, days.tmax, rain, shoots)

    def run(self, site, weather: Weather, kill, start, row_of=None, ends: bool = False) -> Course:
        """Return the course of the plots, with its last evenings where these are wanted."""
        row_of = self.row_of if row_of is None else row_of
        if self.mites:
            return population.mites(site, weather, kill, start, self.forms, row_of, self.parallel, ends)
        substages = [flush_feeder.substages(form.cv) for form in self.forms]
        return population.feeders(site, weather, kill, start, self.forms, substages, row_of, self.parallel, ends)

    def starts(self, plots: int) -> np.ndarray:
        """Return the first evening of the plots, shape (plot, draw, 1, state)."""
        low, high = _start_range(self.organism)
        middle = self.forms[0].start
        levels = (np.arange(STATE_DRAWS) + 0.5) / STATE_DRAWS
        size = np.r_[np.full(PARAMETER_DRAWS + 1, middle), low * (high / low) ** levels]
        begin = np.zeros((len(size), population.MITE_STATE if self.mites else population.FEEDER_STATE))
        if self.mites:
            begin[:, 0], begin[:, 1], begin[:, 2] = size, self.forms[0].predators, size
        else:
            begin[:, population.ADULTS] = begin[:, population.OTHERS + population.ADULTS] = size
        return np.broadcast_to(begin[None, :, None], (plots, *begin.shape[:1], 1, begin.shape[1])).copy()

    def threshold(self, setting: Setting) -> np.ndarray:
        """Return the number at which something is done, shape (site, day)."""
        sites = setting.host.flush.shape[0]
        if not self.mites:
            share = self.organism.parameters("threshold", FlushThreshold).share
            return np.full((sites, setting.whole), share)
        bound = self.organism.parameters("threshold", MiteThreshold)
        day = np.arange(setting.whole)
        doy = np.array([(setting.first_day + timedelta(days=int(k))).timetuple().tm_yday for k in day])
        fall = outlook.quantiles(setting.host.petal_fall, (0.5,), axis=1)[0]  # site, crop
        this_year = np.where((fall >= 0) & (fall < 366), fall, np.nan)
        last = np.fmin.reduce(this_year, axis=1)
        last = np.where(np.isnan(last), LATE_APRIL, last)
        after = (day[None] >= last[:, None]) & (day[None] < 366)
        autumn = (doy >= bound.autumn_from) & (day < 366)
        return np.where(autumn[None], bound.autumn, np.where(after, bound.after_bloom, bound.before_bloom))


def outlooks(organism: Organism, setting: Setting) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the outlook of all plots and the course of the days, as `infection.outlooks` does."""
    family, row = Family.of(organism, setting.parallel), setting.asked.rate_names.index(organism.key)
    site, now = setting.site, setting.now
    usual = usual_of(family, setting, row)
    past = past_of(family, setting, row)
    ahead = family.weather(setting.future, setting.host, now + 1, row, setting.past.rain)
    kill = kill_of(family, setting, "future")
    future = family.run(site, ahead, kill, past.end)
    bound = family.threshold(setting)[site][:, now + 1 :]
    found = drivers(family, setting, row, ahead, kill, past, usual)
    gap = outlook.too_much_missing(past.numbers[:, 0, 0])
    tables = [
        _rows(family, setting, horizon, future.numbers[..., :horizon], usual.numbers, bound[:, :horizon], gap).assign(
            **outlook.driver_columns(found[horizon])
        )
        for horizon in HORIZONS
    ]
    course = {
        "past": past.numbers[:, 0, 0],
        "future": outlook.quantiles(future.numbers[:, 0], axis=1).transpose(1, 0, 2),
        "usual": outlook.mean(usual.numbers[:, 0], axis=1)[site],
        "threshold": family.threshold(setting)[site],
    }
    return pd.concat(tables, ignore_index=True), course


def _peak(numbers) -> np.ndarray:
    """Return the largest known number on the last axis; NaN where too few days are known."""
    return np.where(outlook.too_much_missing(numbers), np.nan, np.fmax.reduce(numbers, axis=-1))


def _rows(family: Family, setting: Setting, horizon: int, numbers, usual, bound, gap) -> pd.DataFrame:
    peak = _peak(numbers)  # plot, draw, member
    first = setting.now + 1
    others = _peak(usual[:, 0, :, first : first + horizon])[setting.site]
    low, middle, high = outlook.quantiles(peak[:, 0])
    place = [outlook.percentile(value, others) for value in (low, middle, high)]
    over = numbers > bound[:, None, None]
    passed = over.any(axis=-1).mean(axis=2)  # of the members, for each draw
    share, by_case = passed.mean(axis=1), np.quantile(passed, (0.1, 0.9), axis=1)
    unknown = outlook.too_much_missing(numbers[:, 0]).any(axis=1) | gap
    by_draw = outlook.quantiles(peak, (0.5,), axis=2)[0]
    by_form = outlook.quantiles(by_draw[:, : PARAMETER_DRAWS + 1], (0.1, 0.9), axis=1)
    by_state = outlook.quantiles(by_draw[:, PARAMETER_DRAWS + 1 :], (0.1, 0.9), axis=1)
    when = np.where(over[:, 0].any(axis=-1), over[:, 0].argmax(axis=-1) + 1.0, np.inf)
    days = np.quantile(when, (0.1, 0.5, 0.9), axis=1, method="nearest")
    days = np.where(np.isfinite(days), days, np.nan)
    leads = [_date(setting, column) for column in days]
    in_season = True if family.mites else _tender_within(family, setting, horizon)
    return pd.DataFrame({
        "plot": setting.plots, "organism": family.organism.key, "horizon": horizon, "index": middle,
        "unit": "leaf-1" if family.mites else "share",
        "level": outlook.level_by_share(share, unknown, in_season),
        "percentile_low": place[0], "percentile": place[1], "percentile_high": place[2], "share": share,
        "share_low": by_case[0], "share_high": by_case[1],
        "weather_low": low, "weather_high": high, "parameters_low": by_form[0], "parameters_high": by_form[1],
        "state_low": by_state[0], "state_high": by_state[1], "usual": outlook.mean(others), "event": "threshold",
        "date_p10": leads[0], "date_p50": leads[1], "date_p90": leads[2], "lead_days": days[1],
    })  # fmt: skip


def _tender_within(family: Family, setting: Setting, horizon: int) -> np.ndarray:
    form = family.forms[0]
    shoots = host.tender(setting.host, setting.whole, form.tender_from, form.tender_until)
    first = setting.now + 1
    return (shoots[..., first : first + horizon].max(axis=-1) > 0.05).mean(axis=1)[setting.site] > 0.1


def _date(setting: Setting, days) -> list:
    today = setting.first_day + timedelta(days=setting.now)
    return [today + timedelta(days=int(d)) if np.isfinite(d) else None for d in days]


def usual_of(family: Family, setting: Setting, row: int) -> Course:
    """Return other years from their 1 January on, unsprayed and unseen, at the sites."""
    sites = np.arange(setting.host.flush.shape[0])
    weather = family.weather(setting.usual, setting.usual_host, 0, row)
    years = setting.usual.rain.shape[1]
    return family.run(
        sites, weather, np.zeros((len(sites), 1, setting.usual.days)), family.starts(len(sites))[:, :1], [0]
    ) if years else Course(np.zeros((len(sites), 1, 0, setting.usual.days)), np.zeros(0))  # fmt: skip


def past_of(family: Family, setting: Setting, row: int) -> Course:
    """Return the observed season up to today, corrected wherever somebody counted."""
    weather = family.weather(setting.past, setting.host, 0, row)
    kill, state = kill_of(family, setting, "past"), family.starts(len(setting.site))
    counts = _usable(family, setting)
    stops = sorted({int(day) for day in counts["day"]}) if len(counts) else []
    stops = [day for day in stops if 0 <= day <= setting.now]
    parts, first = [], 0
    for stop in sorted({*stops, setting.now}):
        if stop + 1 > first:
            some = Weather(*(part[first : stop + 1] for part in weather))
            course = family.run(setting.site, some, kill[..., first : stop + 1], state, ends=True)
            parts.append(course.numbers)
            state, first = course.end, stop + 1
        if stop in stops:
            for one in counts[counts["day"] == stop].itertuples():
                _corrected(family, state, one)
                parts[-1][one.plot, 0, 0, -1] = _level(family, state[one.plot, 0, 0])
    return Course(np.concatenate(parts, axis=-1), state)


def _usable(family: Family, setting: Setting) -> pd.DataFrame:
    counts = setting.counts_of(family.organism.key)
    if not len(counts):
        return counts
    return counts[(counts["method"] != "trap") & (counts["n"] > 0)]


def _level(family: Family, state: np.ndarray) -> float:
    return float(state[2] if family.mites else 1.0 - np.exp(-state[population.LAID]))


def _corrected(family: Family, state: np.ndarray, count) -> None:
    """Move all draws of a plot to what a count says; state draws take its quantiles."""
    now = state[count.plot, :, 0]
    levels = (np.arange(STATE_DRAWS) + 0.5) / STATE_DRAWS
    if family.mites:
        mean = max(float(now[0, 2]), 1e-3)
        if pd.notna(count.total):
            density, weight = scouting.posterior(mean, int(count.n), float(count.total))
        else:
            density, weight = scouting.posterior_of_presence(mean, int(count.n), int(count.infested))
        found = np.r_[
            np.full(PARAMETER_DRAWS + 1, (density * weight).sum()), scouting.quantile(density, weight, levels)
        ]
        factor = found / np.maximum(now[:, 2], 1e-4)
        now[:, 0] = np.minimum(np.maximum(now[:, 0] * factor, found), family.forms[0].capacity)
        now[:, 2] = np.minimum(found, family.forms[0].capacity)
        return
    if pd.isna(count.infested):
        return
    share = scouting.share_quantiles(int(count.n), int(count.infested), np.r_[0.5, levels])
    found = np.r_[np.full(PARAMETER_DRAWS + 1, share[0]), share[1:]]
    laid = -np.log1p(-np.minimum(found, 0.99))
    before = np.maximum(now[:, population.LAID], 1e-3)
    factor = np.clip(laid / before, 0.1, 10.0)[:, None]
    own, others = population.ADULTS + 1, population.OTHERS
    now[:, :own] *= factor
    now[:, others : others + own] *= factor
    now[:, population.LAID] = laid
    now[:, others + population.LAID] = np.maximum(now[:, others + population.LAID], laid)


def kill_of(family: Family, setting: Setting, part: str) -> np.ndarray:
    """Return the loss rate by sprays, shape (plot, member or 1, day)."""
    days: SiteDays = getattr(setting, part)
    members = days.rain.shape[1]
    sprayed = [plot for plot in setting.sprays if setting.sprays_against(plot, family.organism.key)]
    if not sprayed:
        return np.zeros((len(setting.site), 1, days.days))
    out = np.zeros((len(setting.site), members, days.days))
    first = setting.now + 1 if part == "future" else 0
    for plot in sprayed:
        site = setting.site[plot]
        rain, flush = setting.past.rain[:, :, site].T, setting.host.flush[site]
        if part == "future":
            rain = np.concatenate([np.repeat(rain, members, axis=0), days.rain[:, :, site].T], axis=1)
        else:
            flush = outlook.quantiles(flush, (0.5,), axis=0)
        sprays = setting.sprays_against(plot, family.organism.key)
        out[plot] = protection.kill(sprays, rain, flush, rain.shape[1])[:, first : first + days.days]
    return out


def drivers(family, setting, row, ahead: Weather, kill, past: Course, usual: Course) -> dict[int, dict]:
    """Return what makes the peak differ from the usual one: one thing after another is set to what is usual.

    Returns
    -------
    dict
        {horizon: {factor: (log, now, usual)}}, each of shape (plot,). The five logs add up to the logarithm of the
        mean peak over that of the usual years (both at least `TINY`), on `FEW` members and years that lie evenly.
    """
    names = ("protection", "warmth", "rain", "shoots", "start")
    members, years = ahead.rate.shape[1], usual.numbers.shape[2]
    first, site, few = setting.now + 1, setting.site, min(FEW, members, years)
    if few == 0:
        unknown = np.full(len(site), np.nan)
        return {horizon: dict.fromkeys(names, (unknown, unknown, unknown)) for horizon in HORIZONS}
    some, of_years = (np.linspace(0, count - 1, few).astype(int) for count in (members, years))
    other = family.weather(setting.usual, setting.usual_host, 0, row)
    other = Weather(*(part[first:, of_years] for part in other))
    now = Weather(*(part[:, some] for part in ahead))
    start, killed = past.end[:, :1], kill if kill.shape[1] == 1 else kill[:, some]
    calm = np.zeros((len(site), 1, ahead.rate.shape[0]))
    warm = now._replace(rate=other.rate, tmean=other.tmean, tmax=other.tmax)
    dry = warm._replace(rain=other.rain)
    leaf = dry._replace(shoots=other.shoots)
    steps = ((now, killed), (now, calm), (warm, calm), (dry, calm), (leaf, calm))
    courses = [family.run(site, weather, loss, start, [0]).numbers[:, 0] for weather, loss in steps]
    courses.append(usual.numbers[:, 0][:, of_years, first:][site])

    def reached(name):
        return tuple(outlook.mean(getattr(part, name), axis=(0, 1))[site] for part in (now, other))

    values = {
        "protection": (kill.mean(axis=(1, 2)), np.zeros(len(site))),
        "warmth": reached("tmean"), "rain": reached("rain"), "shoots": reached("shoots"),
        "start": (past.numbers[:, 0, 0, -1], outlook.mean(usual.numbers[:, 0, :, setting.now])[site]),
    }  # fmt: skip
    found = {}
    for horizon in HORIZONS:
        size = [np.log(np.maximum(outlook.mean(_peak(one[..., :horizon])), TINY)) for one in courses]
        found[horizon] = {name: (size[k] - size[k + 1], *values[name]) for k, name in enumerate(names)}
    return found


def _rate_factors(organism: Organism) -> list[float]:
    """Return how much faster or slower each draw of the rate is than its middle, the middle first."""
    if organism.model["rate"] == "table":
        organism.parameters("rate", Points)
        return [1.0] * (PARAMETER_DRAWS + 1)
    forms = drawn(organism, "rate", Root, PARAMETER_DRAWS)
    return [form.scale / forms[0].scale for form in forms]


def _start_range(organism: Organism) -> tuple[float, float]:
    found = parameters.section(organism.path, "population")["start"]
    low = found.low if found.low is not None else found.value / 3.0
    high = found.high if found.high is not None else found.value * 3.0
    return max(low, 1e-4), max(high, 2e-4)
