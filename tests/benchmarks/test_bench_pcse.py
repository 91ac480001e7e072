"""Plot-days of one core's second: PCSE's WOFOST season and, beside it in the same run, ours."""

import os
import statistics
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agro.weather import humidity, radiation
from tests.benchmarks import our_season, pcse_season
from tests.real import stations

YEAR = "2013"
ROUNDS = 5
DATA = Path(os.environ.get("CITRUS_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
SLOW = {"TSUM1": 1e5, "TSUM2": 1e5}
"""A crop that never ripens, so that every day has one, as with trees."""


@pytest.fixture(scope="module")
def weather():
    """A year of Changting in Fujian where the real inputs lie, else of a made climate like it."""
    return _changting() if DATA.is_dir() else _made()


@pytest.fixture(scope="module")
def pcse_speeds(weather):
    """Plot-days of a CPU second of PCSE, by whether the crop ripens in June or stands all year; medians."""
    return {name: _pcse_speed(weather, changes) for name, changes in (("ripening", None), ("all year", SLOW))}


def test_plot_days_of_pcse(weather, pcse_speeds, record_property):
    for name, speed in pcse_speeds.items():
        record_property(name, speed)
        print(f"\nPCSE WOFOST 7.2 water-limited, crop {name}: {speed:.0f} plot-days per CPU second")
    season = pcse_season.season(weather, crop_changes=SLOW)
    assert season.plot_days == season.crop_days == len(weather)


def test_our_season_beside_that_of_pcse(weather, pcse_speeds, record_property):
    speed = our_season.our_plot_days_per_cpu_second(weather)
    for name, peer in pcse_speeds.items():
        record_property(f"times PCSE, crop {name}", speed / peer)
        print(f"\nours: {speed:.3g} plot-days per CPU second, {speed / peer:.3g} times PCSE with a crop {name}")
        assert speed > 2000 * peer


def test_a_site_takes_less_than_a_kilobyte(weather):
    each, row = our_season.apart("memory", weather)
    print(f"\nours: {each:.0f} B a site in chunks, beyond inputs and outputs; one tree's state is {row} B")
    assert max(each, row) < 1000


def _pcse_speed(weather, crop_changes):
    seasons = [pcse_season.season(weather, crop_changes=crop_changes) for _ in range(ROUNDS + 1)]
    return statistics.median(season.plot_days / season.cpu_seconds for season in seasons[1:])


def _changting():
    table = stations.youwuzhen(DATA)
    year = table.loc[YEAR]
    outside = radiation.extraterrestrial(table.attrs["latitude"], year.index.day_of_year.to_numpy())
    possible = radiation.possible_sunshine(table.attrs["latitude"], year.index.day_of_year.to_numpy())
    return _with_site(
        year[["tmin", "tmax", "wind", "rain"]].assign(
            radiation=radiation.radiation_from_sunshine(
                year["sunshine"].to_numpy(), possible, outside, *radiation.sunshine_parameters()
            ),
            vapour_pressure=humidity.vapour_pressure_from_mean(year["tmin"], year["tmax"], year["rh"]),
        ),
        table.attrs,
    )


def _made():
    days = pd.date_range(date(2013, 1, 1), periods=365)
    rng = np.random.default_rng(1)
    warmth = 19 - 10 * np.cos(2 * np.pi * (days.day_of_year.to_numpy() - 20) / 365)
    tmin = warmth - 4 + rng.normal(0, 1.5, 365)
    made = {
        "tmin": tmin,
        "tmax": tmin + rng.uniform(4, 13, 365),
        "wind": rng.uniform(0.5, 3, 365),
        "rain": rng.gamma(0.3, 14, 365),
        "radiation": np.clip(0.6 * warmth + rng.normal(0, 4, 365), 1, 28),
        "vapour_pressure": 0.95 * humidity.saturation_vapour_pressure(tmin),
    }
    return _with_site(pd.DataFrame(made, index=days), {"latitude": 25.75, "longitude": 116.33, "elevation": 265.0})


def _with_site(weather, site):
    weather.attrs = {name: site[name] for name in ("latitude", "longitude", "elevation")}
    return weather
