"""The outlook of infection organisms: inoculum, susceptible tissue, infection and what sprays leave, day by day.

The hazard of a day is a product: what is there to infect with, how much tissue is susceptible, what hours allowed, how
much the cultivar takes, what sprays let through. Its sum over a window is the index; beside the same window of other
years stands its percentile. Products add up in logarithms, and so do the drivers.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agro import parameters
from pest_warning import densities, inoculum, outlook, protection, scouting
from pest_warning.draws import DRAWS, drawn
from pest_warning.host import Host, cultivar_factor, shoot_share, susceptibility
from pest_warning.infection_response import Penetration
from pest_warning.inoculum import Absent, DeadWood
from pest_warning.organism import HORIZONS, Organism, load
from pest_warning.setting import Setting
from pest_warning.site_days import SiteDays

TINY = 1e-9
MINER = "leafminer"


@dataclass(frozen=True)
class Factors:
    """What makes the hazard of each day, each of shape (plot, member, day)."""

    conducive: np.ndarray
    wet_hours: np.ndarray
    tissue: np.ndarray
    source: np.ndarray
    open: np.ndarray  # share that sprays let through

    @property
    def hazard(self) -> np.ndarray:
        """Infection of each day [1]."""
        return self.conducive * self.tissue * self.source * self.open

    def window(self, first: int, last: int) -> "Factors":
        """Return the days from `first` to before `last`."""
        return Factors(*(getattr(self, name)[..., first:last] for name in self.__dataclass_fields__))


def outlooks(organism: Organism, setting: Setting) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return the outlook of all plots, and the course of the days.

    Returns
    -------
    DataFrame
        `outlook.COLUMNS`, one row a plot and horizon.
    dict
        "past" (plot, day) and "future" (plot, 3, day): the hazard of each day, ahead with its spread over members;
        "usual" (plot, day), its mean over other years.
    """
    row = setting.asked.table.of(organism.key)[0]
    past, future, usual = (factors_of(organism, setting, part, row) for part in ("past", "future", "usual"))
    ahead = setting.now + 1
    tables = []
    for horizon in HORIZONS:
        coming, other = future.window(0, horizon), usual.window(ahead, ahead + horizon)
        tables.append(_rows(organism, setting, horizon, coming, other))
    course = {
        "past": past.hazard[:, 0],
        "future": outlook.quantiles(future.hazard, axis=1).transpose(1, 0, 2),
        "usual": outlook.mean(usual.hazard, axis=1),
    }
    return pd.concat(tables, ignore_index=True), course


def _rows(organism: Organism, setting: Setting, horizon: int, coming: Factors, other: Factors) -> pd.DataFrame:
    sums, others = outlook.sums(coming.hazard), outlook.sums(other.hazard)
    low, middle, high = outlook.quantiles(sums)
    place = [outlook.percentile(value, others) for value in (low, middle, high)]
    nothing = (middle == 0) & (np.nan_to_num(others).max(axis=1, initial=0.0) == 0)
    place = [np.where(nothing, np.nan, one) for one in place]  # among nothings nothing has no place
    unknown = outlook.too_much_missing(coming.conducive).any(axis=1)
    in_season = (coming.tissue.max(axis=(1, 2)) > 0.02) | unknown
    spread = _spreads(organism, setting, horizon, coming, middle)
    columns = {
        "plot": setting.plots, "organism": organism.key, "horizon": horizon, "index": middle, "unit": "1",
        "level": outlook.level_by_percentile(organism, middle, place[1], in_season, unknown),
        "percentile_low": place[0], "percentile": place[1], "percentile_high": place[2],
        "weather_low": low, "weather_high": high, **spread, "usual": outlook.mean(others),
        "share": (sums >= outlook_gate()).mean(axis=1),
        **_share_range(sums, middle, spread),
    }  # fmt: skip
    return pd.DataFrame(columns | outlook.driver_columns(drivers(coming, other)))


def _share_range(sums: np.ndarray, middle: np.ndarray, spread: dict) -> dict[str, np.ndarray]:
    """Return the share of cases when the numbers, or what is there to infect with, lie at the ends of their ranges."""
    base = np.maximum(middle, TINY)
    ends = {
        "share_low": np.minimum(spread["parameters_low"], spread["state_low"]),
        "share_high": np.maximum(spread["parameters_high"], spread["state_high"]),
    }
    return {name: (sums * (end / base)[:, None] >= outlook_gate()).mean(axis=1) for name, end in ends.items()}


def outlook_gate() -> float:
    """Return the index from which a case counts as one that brings infection [1]."""
    return parameters.load(outlook.FILE, "gate", outlook.Gate).high


def drivers(now: Factors, usual: Factors) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return what makes the index differ from the usual one, as logarithms that add up.

    Parameters
    ----------
    now, usual : Factors
        Of one window.

    Returns
    -------
    dict
        {factor: (log, now, usual)}, each of shape (plot,). The five logs add up to the logarithm of the mean index
        over the usual one (both at least `TINY`).
    """
    mine, others = _means(now), _means(usual)
    return {key: (np.log(mine[key] / others[key]), mine[key], others[key]) for key in mine}


def _means(factors: Factors) -> dict[str, np.ndarray]:
    """Return five factors whose product is the mean index over members, at least `TINY`.

    Each is the mean with it over the mean without it, so that it weights the days that the ones before it left.
    """
    parts = {
        "wet_hours": factors.wet_hours,
        "hour_fitness": factors.conducive,
        "tissue": factors.conducive * factors.tissue,
        "source": factors.conducive * factors.tissue * factors.source,
        "protection": factors.hazard,
    }
    found, before = {}, 1.0
    for key, values in parts.items():
        with_it = np.maximum(outlook.mean(outlook.sums(values)), TINY)
        found[key], before = with_it / before, with_it
    return found


def factors_of(organism: Organism, setting: Setting, part: str, row: int) -> Factors:
    """Return the factors of one part of the calendar at the plots."""
    days: SiteDays = getattr(setting, part)
    host: Host = setting.usual_host if part == "usual" else setting.host
    first = setting.now + 1 if part == "future" else 0
    members = days.rain.shape[1]
    site = setting.site
    tissue = susceptibility(organism, host, setting.whole)
    if part == "past":
        tissue = np.median(tissue, axis=1, keepdims=True)
    tissue = np.broadcast_to(tissue[..., first : first + days.days], (tissue.shape[0], members, days.days))
    factor = np.array([cultivar_factor(organism, kind) for kind in setting.cultivar])
    source = _source(organism, setting, part)
    hurt = _hurt_by_mines(organism, setting, part, source)
    conducive = days.conducive[:, row].transpose(2, 1, 0)
    if organism.model["response"] == "penetration":
        conducive = np.where(_too_cold(organism, setting, part), 0.0, conducive)
    return Factors(
        conducive[site],
        days.wet_hours.transpose(2, 1, 0)[site],
        tissue[site] * factor[:, None, None] * hurt,
        source,
        np.ones((len(site), members, days.days)) if part == "usual" else 1.0 - _held_off(organism, setting, part),
    )


def _hurt_by_mines(organism: Organism, setting: Setting, part: str, source: np.ndarray) -> np.ndarray:
    """Return how much more mined shoots take up, shape (plot, 1, day) or 1: lesions are several times as many on mines.

    Only where there is anything to infect with; it counts for the part of the tissue that sits on shoots.
    """
    if not organism.has("mines") or not np.any(source > 0) or MINER not in setting.asked.rate_names:
        return np.ones((1, 1, 1))
    times = float(parameters.section(organism.path, "mines")["lesions"].value)
    course = densities.outlooks(load(MINER), setting)[1]
    days: SiteDays = getattr(setting, part)
    mined = {"past": course["past"], "future": course["future"][:, 1], "usual": course["usual"]}[part]
    more = 1.0 + (times - 1.0) * np.nan_to_num(mined[:, : days.days]) * shoot_share(organism)
    return np.where(source.max(axis=(1, 2), initial=0.0)[:, None] > 0, more, 1.0)[:, None]


def _too_cold(organism: Organism, setting: Setting, part: str) -> np.ndarray:
    """Return whether the mean of five days has not reached what the season begins at, shape (site, member, day)."""
    onset = organism.parameters("infection", Penetration).onset
    tmean = getattr(setting, part).tmean
    if part == "future":
        tmean = np.concatenate([np.repeat(setting.past.tmean[-4:], tmean.shape[1], axis=1), tmean])
    before = np.array([outlook.mean(tmean[max(k - 4, 0) : k + 1], axis=0) for k in range(len(tmean))])
    return (before < onset)[-getattr(setting, part).days :].transpose(2, 1, 0)


def _source(organism: Organism, setting: Setting, part: str) -> np.ndarray:
    """Return the inoculum at the plots, shape (plot, member, day): by heat, and by what was seen there or nearby."""
    days: SiteDays = getattr(setting, part)
    if part == "future":  # what ripens goes on from what has ripened
        members = days.rain.shape[1]
        tmean = np.concatenate([np.repeat(setting.past.tmean, members, axis=1), days.tmean])
        wet = np.concatenate([np.repeat(setting.past.wet_hours, members, axis=1), days.wet_hours])
        found = _ripe(organism, tmean, wet)[..., setting.now + 1 :]
    else:
        found = _ripe(organism, days.tmean, days.wet_hours)
    found = found[setting.site]
    if isinstance(inoculum.form_of(organism), Absent):
        return found + level_of(organism, setting)[:, None, None]
    if part == "usual":
        return found
    seen = scouting.source_factor(setting.counts_of(organism.key), len(setting.site), setting.now)
    return np.minimum(found * seen, 1.5)


def level_of(organism: Organism, setting: Setting) -> np.ndarray:
    """Return the inoculum of an organism that is absent unless found, shape (plot,): of the plot and its neighbours."""
    pressure = setting.pressure.get(organism.key)
    return np.zeros(len(setting.plots)) if pressure is None else pressure * inoculum.form_of(organism).level


def _ripe(organism, tmean, wet):
    return inoculum.daily(organism, tmean.transpose(2, 1, 0), wet.transpose(2, 1, 0) >= 6.0, 0)


def _held_off(organism: Organism, setting: Setting, part: str) -> np.ndarray:
    """Return the share of the attack that sprays hold off, shape (plot, member, day)."""
    days: SiteDays = getattr(setting, part)
    first = setting.now + 1 if part == "future" else 0
    members = days.rain.shape[1]
    held = np.zeros((len(setting.site), members, days.days))
    for plot in setting.sprays:
        sprays = setting.sprays_against(plot, organism.key)
        if not sprays:
            continue
        site = setting.site[plot]
        rain = setting.past.rain[:, :, site].T
        flush = setting.host.flush[site]
        if part == "future":
            rain = np.concatenate([np.repeat(rain, members, axis=0), days.rain[:, :, site].T], axis=1)
        else:
            flush = outlook.quantiles(flush, (0.5,), axis=0)
        whole = protection.protected(sprays, rain, flush, rain.shape[1], shoot_share(organism))
        held[plot] = whole[:, first : first + days.days]
    return held


def _spreads(organism: Organism, setting: Setting, horizon: int, coming: Factors, middle: np.ndarray) -> dict:
    """Return the 80 % ranges of the index over draws of the numbers and over what is there to infect with."""
    rows = setting.drawn.table.of(organism.key)
    members, few = coming.tissue.shape[1], setting.future_drawn.rain.shape[1]
    some = np.linspace(0, members - 1, few).astype(int)  # the members whose days were drawn, see `Setting`
    rest = (coming.tissue * coming.source * coming.open)[:, some]
    days = setting.future_drawn.conducive[:horizon, rows].transpose(1, 3, 2, 0)  # draw, site, member, day
    totals = np.stack([outlook.mean(outlook.sums(days[k][setting.site] * rest)) for k in range(len(rows))])
    base = np.maximum(totals[:1], TINY)
    low, high = np.quantile(np.nan_to_num(totals[1:] / base, nan=1.0), (0.1, 0.9), axis=0)
    form = drawn(organism, "inoculum", type(inoculum.form_of(organism)), DRAWS)
    size = np.array([_size(one) for one in form])
    state = np.quantile(size[1:] / max(size[0], TINY), (0.1, 0.9)) if size[0] > 0 else np.ones(2)
    return {
        "parameters_low": middle * np.minimum(low, 1.0), "parameters_high": middle * np.maximum(high, 1.0),
        "state_low": middle * min(state[0], 1.0), "state_high": middle * max(state[1], 1.0),
    }  # fmt: skip


def _size(form) -> float:
    if isinstance(form, DeadWood):
        return form.wood / 3.0
    return getattr(form, "level", getattr(form, "conidia", 1.0))
