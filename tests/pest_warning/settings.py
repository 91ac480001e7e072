"""Hand-made settings of a few plots in made weather: what engines are tried on, without a store.

Two sites 300 m apart in height, in one cell each; a smooth year of Chongqing with noise; flushes on 10 March, 25 June
and 15 August, bloom on 10 April, petal fall on 25 April, colour break on 20 October, harvest on 1 December.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.weather.humidity import saturation_vapour_pressure
from pest_warning import organism
from pest_warning.host import Host
from pest_warning.outlook import AHEAD
from pest_warning.setting import Setting
from pest_warning.site_days import SiteDays, asked, site_days

RISE = np.array([0.0, 300.0])
WARMTH = np.sin(np.clip((np.arange(24) - 6) / 9, 0, None) * np.pi / 2).clip(0, 1)
FLUSHES, CROP = (69, 176, 227), {"bloom": 99, "petal_fall": 114, "colour": 292, "picked": 334}
COUNT = ("plot", "organism", "day", "method", "n", "infested", "total", "days")


def hours(first: date, days: int, members: int, seed: int, wet: float = 0.1, warmer: float = 0.0) -> xr.Dataset:
    """Return two cells' hours with their tmin and tmax: rain in spells of some hours, moist nights."""
    rng = np.random.default_rng(seed)
    doy = np.array([(first + timedelta(days=k)).timetuple().tm_yday for k in range(days)])
    mean = (18.4 + warmer - 10.4 * np.cos(2 * np.pi * (doy - 20) / 365))[:, None] + rng.normal(
        0, 2, (2, members, days, 1)
    )
    rain = np.where(rng.random((2, members, days, 4)) < wet, rng.exponential(2.0, (2, members, days, 4)), 0.0)
    rain = np.repeat(rain, 6, axis=-1)
    moist = rng.uniform(0.65, 0.95, (2, members, days, 1))
    dims = ("cell", "member", "day", "hour")
    whole = np.zeros((2, members, days, 24), np.float32)
    table = {
        "warmth": whole + WARMTH, "vapour": whole + moist * saturation_vapour_pressure(mean - 1.0), "rain": rain,
        "wind": whole + rng.exponential(1.0, whole.shape), "gust": whole + rng.exponential(3.0, whole.shape),
    }  # fmt: skip
    found = xr.Dataset({name: (dims, values.astype(np.float32)) for name, values in table.items()})
    return found.assign(tmin=(dims[:3], mean[..., 0] - 4.0), tmax=(dims[:3], mean[..., 0] + 5.0))


def days_of(table: xr.Dataset, wants) -> SiteDays:
    """Return the days of the two sites in their cells."""
    lower = 0.006 * RISE
    tmin, tmax = (table[name].transpose("day", "member", "cell").to_numpy() - lower for name in ("tmin", "tmax"))
    return site_days(table.drop_vars(["tmin", "tmax"]), np.arange(2), tmin, tmax, RISE, wants)


def host(members: int, late: float = 0.0) -> Host:
    """Return the trees of two sites, the upper one a week later; members differ by a day each."""
    off = np.array([0.0, 7.0])[:, None, None] + np.arange(members)[:, None] + late
    flush = off + np.array([*FLUSHES, *(365 + k for k in FLUSHES)])
    return Host(flush, **{name: off + np.array([day, day + 365.0]) for name, day in CROP.items()})


def setting(
    keys: tuple[str, ...] | None = None, on: date = date(2025, 6, 15), members: int = 3, years: int = 4, draws: int = 4,
    seed: int = 0, organisms=None, change=lambda part, table: table, **changes,
) -> Setting:  # fmt: skip
    """Return three plots, two at the lower site; `change` sees the hours of each part before they are used."""
    some = organisms or [organism.load(key) for key in keys or organism.keys()]
    first = date(on.year - (on.month < 3), 1, 1)
    now = (on - first).days
    wants, drawn = asked(list(some)), asked(list(some), draws)
    past = change("past", hours(first, now + 1, 1, seed))
    future = change("future", hours(on + timedelta(days=1), AHEAD, members, seed + 1))
    usual = change("usual", hours(first, now + 1 + AHEAD, years, seed + 2))
    few = np.linspace(0, members - 1, min(2, members)).astype(int)
    made = Setting(
        first_day=first, now=now, plots=np.array(["a", "b", "c"]), site=np.array([0, 0, 1]),
        cultivar=np.array(["navel", "satsuma", "navel"]), elevation=np.array([300.0, 350.0, 600.0]),
        host=host(members), usual_host=host(1), past=days_of(past, wants), future=days_of(future, wants),
        usual=days_of(usual, wants), asked=wants, drawn=drawn, future_drawn=days_of(future.isel(member=few), drawn),
    )  # fmt: skip
    return replace(made, **changes)


def counted(*rows: tuple) -> pd.DataFrame:
    """Return counts of (plot, organism, day, method, n, infested, total)."""
    table = pd.DataFrame([(*row, np.nan) for row in rows], columns=list(COUNT))
    return table.astype({"infested": float, "total": float})


def alone(keys: str, **others) -> Setting:
    """Return a setting for one organism."""
    return setting((keys,), **others)
