"""Organism-site-hours of one core's second: a pandas script a plot and, in the same run, the compiled hours."""

import statistics
import time

import numpy as np
import pandas as pd
import pytest

from agro import parameters
from agro.weather.humidity import relative_humidity
from pest_warning import models, organism
from pest_warning.hourly import Hours, through_hours
from pest_warning.rates import GRID
from tests.benchmarks import pest_season_pandas

SITES, HOURS, AIRS = 10_000, 8_760, 20
LEAST = {np.float32: 300e6, np.float64: 100e6}
INFECTING = list(organism.of_engine("infection"))
NO_RATES = np.zeros((0, len(GRID)))


@pytest.fixture(scope="module")
def weather():
    """A year's hours of twenty airs, and the daily extremes of ten thousand sites."""
    rng = np.random.default_rng(0)
    hour, day = np.arange(HOURS)[:, None], np.arange(365)[:, None]
    wave = np.sin(day / 365 * 2 * np.pi - 1.5)
    hours = Hours(
        np.broadcast_to(np.clip(np.sin((hour % 24 - 8) / 24 * 2 * np.pi) * 0.5 + 0.5, 0, 1), (HOURS, AIRS)),
        (1.5 + np.sin(hour / HOURS * 2 * np.pi - 1.5)) * rng.uniform(0.9, 1.1, (HOURS, AIRS)),
        np.where(rng.random((HOURS, AIRS)) < 0.08, rng.exponential(1.0, (HOURS, AIRS)), 0.0),
        np.ones((HOURS, AIRS)), rng.exponential(3.0, (HOURS, AIRS)),
    )  # fmt: skip
    blown = models.driven(organism.load("canker"), hours.driven)  # gusts until here
    gusts, hours = hours.driven, hours._replace(driven=blown)
    tmin = 12.0 + 10.0 * wave + rng.normal(0, 1, (365, SITES))
    return hours, gusts, tmin, rng.integers(0, AIRS, SITES)


def ours(weather, kind, sites=SITES, table=None):
    hours, _, tmin, air = weather
    table = table or models.table(INFECTING)
    some = tmin[:, :sites].astype(kind)
    made = Hours(*(part.astype(kind) for part in hours))
    begun = time.process_time()
    days = through_hours(air[:sites], made, some, some + 8, table.rows, table.responses, NO_RATES)
    return days, sites * HOURS * len(table.rows) / (time.process_time() - begun)


def peer(weather, site=0):
    """Return each disease's days at one site by the script, and its organism-site-hours of a CPU second."""
    hours, gusts, tmin, air = weather
    index = pd.date_range("2025-01-01", periods=HOURS, freq="h")
    low = np.repeat(tmin[:, site], 24)
    temperature = low + hours.warmth[:, air[site]] * 8.0
    table = pd.DataFrame({
        "temperature": temperature, "rh": relative_humidity(temperature, hours.vapour[:, air[site]]),
        "rain": hours.rain[:, air[site]], "gust": gusts[:, air[site]],
    }, index=index)  # fmt: skip
    found, spent = {}, 0.0
    for one in INFECTING:
        numbers = {
            name: entry.value for part in ("infection", "dispersal")
            for name, entry in parameters.section(one.path, part).items()
        }  # fmt: skip
        season = {"penetration": pest_season_pandas.canker_season}.get(
            one.model["response"], pest_season_pandas.fungus_season
        )
        begun = time.process_time()
        found[one.key] = season(table, numbers).to_numpy()
        spent += time.process_time() - begun
    return found, HOURS * len(INFECTING) / spent


@pytest.mark.parametrize("kind", [np.float32, np.float64], ids=["float32", "float64"])
def test_organism_site_hours_of_a_cpu_second(weather, kind, record_property):
    ours(weather, kind, sites=32)  # compiled before the clock starts
    speed = statistics.median(ours(weather, kind)[1] for _ in range(3))
    record_property("million organism-site-hours per CPU second", speed / 1e6)
    print(
        f"\n{len(INFECTING)} organisms, {SITES} sites, {HOURS} hours, {kind.__name__}: {speed / 1e6:.0f} M a CPU second"
    )
    assert speed > LEAST[kind]


def test_the_script_tells_the_same_and_takes_longer(weather, record_property):
    expected, slow = peer(weather)
    days, _ = ours(weather, np.float64, sites=1)
    for place, one in enumerate(INFECTING):
        found = days.conducive[:, place, 0]
        assert found.sum() == pytest.approx(expected[one.key].sum(), rel=0.02), one.key
        assert np.corrcoef(found, expected[one.key])[0, 1] > 0.98
    ours(weather, np.float32, sites=32)
    fast = ours(weather, np.float32)[1]
    record_property("times pandas", fast / slow)
    print(f"\npandas, a plot and disease at a time: {slow:.3g} a CPU second; ours {fast / slow:.4g} times that")
    assert fast > 500 * slow


def test_twenty_draws_of_the_numbers_keep_the_pace(weather, record_property):
    table = models.table(INFECTING, draws=20)
    ours(weather, np.float32, sites=32, table=table)
    speed = ours(weather, np.float32, sites=1_000, table=table)[1]
    record_property("million organism-site-hours per CPU second, 20 draws", speed / 1e6)
    print(f"\nwith 20 draws of the numbers each: {speed / 1e6:.0f} M organism-site-hours per CPU second")
    assert speed > LEAST[np.float32]
