"""Many places in bounded memory; each run is a process of its own, whose peak is asked for.

Run by name: pytest -m province tests/pest_warning/test_scale.py. One run alone:
python -m tests.pest_warning.test_scale hours|plots
"""

import json
import resource
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.weather.humidity import saturation_vapour_pressure
from pest_warning import organism, warning
from pest_warning.host import Host
from pest_warning.outlook import AHEAD
from pest_warning.setting import Setting, Spray
from pest_warning.site_days import asked, site_days
from tests.pest_warning import settings

pytestmark = pytest.mark.province
ROOT = Path(__file__).parents[2]
SITES, PLOTS, AT_ONCE, CELLS = 3_200, 200_000, 64, 10
MEMBERS, YEARS, DRAWS, FEW, NOW = 50, 25, 10, 4, 165
CULTIVARS = ("navel", "satsuma", "ponkan", "tarocco")
DIARIES = 0.02  # share of the plots of which sprays and counts are known


def air(days: int, members: int, seed: int, first: int = 0) -> xr.Dataset:
    """Return made hours of the cells, with their tmin and tmax."""
    rng = np.random.default_rng(seed)
    shape = (CELLS, members, days)
    mean = 18.4 - 10.4 * np.cos(2 * np.pi * (np.arange(first, first + days) - 20) / 365) + rng.normal(0, 2, shape)
    rain = np.repeat(np.where(rng.random((*shape, 4)) < 0.1, rng.exponential(2.0, (*shape, 4)), 0.0), 6, axis=-1)
    vapour = rng.uniform(0.65, 0.95, shape) * saturation_vapour_pressure(mean - 1.0)
    whole = np.ones((*shape, 24), np.float32)
    dims = ("cell", "member", "day", "hour")
    table = {
        "warmth": whole * settings.WARMTH.astype(np.float32), "vapour": whole * vapour[..., None].astype(np.float32),
        "rain": rain.astype(np.float32), "wind": whole, "gust": rng.exponential(3.0, whole.shape).astype(np.float32),
    }  # fmt: skip
    found = xr.Dataset({name: (dims, values) for name, values in table.items()})
    return found.assign(tmin=(dims[:3], mean - 4.0), tmax=(dims[:3], mean + 5.0))


def days_at(table: xr.Dataset, cell: np.ndarray, rise: np.ndarray, wants):
    lower = 0.006 * rise
    tmin, tmax = (
        table[name].transpose("day", "member", "cell").to_numpy()[..., cell] - lower for name in ("tmin", "tmax")
    )
    return site_days(table.drop_vars(["tmin", "tmax"]), cell, tmin, tmax, rise, wants, parallel=True)


def host_of(sites: int, members: int) -> Host:
    off = np.linspace(0, 20, sites)[:, None, None] + np.linspace(0, 5, members)[:, None]
    flush = off + np.array([*settings.FLUSHES, *(365 + k for k in settings.FLUSHES)])
    return Host(flush, **{name: off + np.array([day, day + 365.0]) for name, day in settings.CROP.items()})


def chunks():
    """Yield the settings of all plots, some sites at a time."""
    catalogue = list(organism.catalogue())
    wants, drawn = asked(catalogue), asked(catalogue, DRAWS)
    past, future, usual = air(NOW + 1, 1, 1), air(AHEAD, MEMBERS, 2, NOW + 1), air(NOW + 1 + AHEAD, YEARS, 3)
    few = np.linspace(0, MEMBERS - 1, FEW).astype(int)
    each = PLOTS * AT_ONCE // SITES
    for start in range(0, SITES, AT_ONCE):
        rng = np.random.default_rng([5, start])
        cell, rise = rng.integers(0, CELLS, AT_ONCE), rng.uniform(0, 500, AT_ONCE)
        site = rng.integers(0, AT_ONCE, each)
        diary = np.flatnonzero(rng.random(each) < DIARIES)
        sprays = {
            int(plot): [Spray(int(rng.integers(60, NOW)), ("FRAC M01",), organism.keys()[:6])] for plot in diary[::2]
        }
        counts = settings.counted(*(
            (int(plot), "red_mite", int(rng.integers(60, NOW)), "leaf", 50, np.nan, 60.0) for plot in diary[1::2]
        ))  # fmt: skip
        yield Setting(
            first_day=date(2025, 1, 1), now=NOW, plots=np.char.add("p", (start * each + np.arange(each)).astype(str)),
            site=site, cultivar=rng.choice(CULTIVARS, each), elevation=300.0 + rise[site] + rng.uniform(-25, 25, each),
            host=host_of(AT_ONCE, MEMBERS), usual_host=host_of(AT_ONCE, 1),
            past=days_at(past, cell, rise, wants), future=days_at(future, cell, rise, wants),
            usual=days_at(usual, cell, rise, wants), asked=wants, drawn=drawn,
            future_drawn=days_at(future.isel(member=few), cell, rise, drawn), sprays=sprays, counts=counts,
            recorded=np.isin(np.arange(each), diary), parallel=True,
        )  # fmt: skip


def plots_through_sites() -> dict:
    rows, plots, levels = 0, 0, pd.Series(dtype=int)
    for setting in chunks():
        table, _ = warning.outlooks(setting)
        rows, plots = rows + len(table), plots + table["plot"].nunique()
        levels = levels.add(table["level"].value_counts(), fill_value=0)
    return {"rows": rows, "plots": plots, "levels": {int(level): int(count) for level, count in levels.items()}}


def year_of_hours(sites: int = 10_000) -> dict:
    """Take sites through the hours of a year for all organisms, a chunk at a time, keeping daily sums."""
    wants = asked(list(organism.catalogue()))
    table, hours, total = air(365, 1, 4), 0, 0.0
    for start in range(0, sites, 1_000):
        rng = np.random.default_rng([6, start])
        count = min(1_000, sites - start)
        days = days_at(table, rng.integers(0, CELLS, count), rng.uniform(0, 500, count), wants)
        total += float(days.conducive.sum())
        hours += days.conducive.size * 24
    return {"organism_site_hours": hours, "conducive": total}


def apart(what: str) -> dict:
    """Return what a process of its own reports, with its seconds and its peak memory [MB]."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.pest_warning.test_scale", what], cwd=ROOT, check=True, capture_output=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_a_year_of_hours_of_ten_thousand_sites_takes_bounded_memory(record_property):
    found = apart("hours")
    record_property("hours", found)
    print(f"\n10,000 sites x 8,760 hours: {found}")
    assert found["organism_site_hours"] == 10_000 * 8_760 * len(list(organism.of_engine("infection")))
    assert found["conducive"] > 0
    assert found["peak_mb"] < 1_000


def test_two_hundred_thousand_plots_with_fifty_members_take_less_than_four_gigabytes(record_property):
    found = apart("plots")
    record_property("plots", found)
    print(f"\n200,000 plots through {SITES} sites, {MEMBERS} members, {AHEAD} days: {found}")
    assert found["plots"] == PLOTS
    assert found["rows"] == PLOTS * len(organism.keys()) * len(organism.HORIZONS)
    assert "1" not in found["levels"]  # nothing is missing
    assert found["peak_mb"] < 4_000


if __name__ == "__main__":
    begun, cpu = time.perf_counter(), time.process_time()
    result = {"hours": year_of_hours, "plots": plots_through_sites}[sys.argv[1]]()
    spent = {"seconds": round(time.perf_counter() - begun), "cpu_seconds": round(time.process_time() - cpu)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result | spent | {"peak_mb": round(peak)}))
