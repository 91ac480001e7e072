"""Runs of any size: whoever computes a chunk, the orchard grows the same."""

import json
import subprocess
import sys
import textwrap

import dask.array as da
import numpy as np
import pytest

from growth_model import EVENTS, engine, load, perturbed, place_rows
from growth_model.block import WEATHER_SIZE
from growth_model.large import ADDRESS, REDUCED, Sites, run_large
from growth_model.place import Weather
from tests.peak_memory import PEAK

FIRST, DAYS, SITES, CELLS, MEMBERS = "2022-11-01", 330, 150, 3, 2


@pytest.fixture(scope="module")
def weather():
    rng = np.random.default_rng(1)
    wave = -np.cos(2 * np.pi * (np.arange(DAYS) - 75) / 365)
    shift = rng.normal(0, 2, (CELLS, 1, DAYS))
    usual = {"light": 1.0, "diffuse": 0.6, "anisotropy": 0.3, "stillness": 0.3, "wind": 1.5, "vapour": 1.2}
    days = {
        **usual, "tmin": 15 + 9.5 * wave + shift, "tmax": 23 + 11.5 * wave + shift, "tmean": 19 + 10.5 * wave + shift,
        "radiation": 12 + 6 * wave, "rain": rng.gamma(0.3, 10, (CELLS, 1, DAYS)), "rain_usual": 3.0,
    }  # fmt: skip
    out = np.empty((CELLS, 1, DAYS, WEATHER_SIZE), np.float32)
    for k, name in enumerate(Weather._fields):
        out[..., k] = days[name]
    return out


@pytest.fixture(scope="module")
def crops():
    return np.stack([perturbed(load(key), MEMBERS) for key in ("navel", "satsuma")]).astype(np.float32)


@pytest.fixture(scope="module")
def sites():
    rng = np.random.default_rng(2)
    places = place_rows(
        elevation=rng.uniform(200, 900, SITES), rise=rng.uniform(-200, 200, SITES), slope=rng.uniform(0, 35, SITES),
        aspect=rng.uniform(0, 360, SITES), sky_view=rng.uniform(0.8, 1, SITES),
    ).astype(np.float32)  # fmt: skip
    return Sites(
        places, latitude=rng.uniform(29.9, 30.3, SITES), cell=rng.integers(0, CELLS, SITES),
        crop=rng.integers(0, 2, SITES), horizons=rng.uniform(0, 15, (SITES, 32)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def expected(weather, sites, crops):
    """What the engine itself says, all sites in one batch."""
    season = engine.run(
        weather, sites.places, crops[sites.crop], FIRST, sites.latitude, cell=sites.cell, horizons=sites.horizons,
        window=(DAYS - 1, DAYS), shown=("diameter", "yield"),
    )  # fmt: skip
    rows = {name: season.dates[:, :, 0, EVENTS.index(name)] for name in ("65", "ripe", "ratio_12")}
    rows |= {name: season[name][..., -1] for name in ("diameter", "yield")}
    for name in ("sums.assimilation", "sums.rain", "sums.irrigation"):
        rows[name] = season.end.trees[..., engine.STATE.index(name)]
    return np.stack([rows[name] for name in REDUCED], axis=-1)


@pytest.mark.parametrize("client", [None, "synchronous", "threads"])
@pytest.mark.parametrize("chunk", [None, 64, 37])
def test_chunks_of_any_size_give_the_numbers_of_one_batch(weather, sites, crops, expected, client, chunk):
    found = run_large(weather, sites, crops, FIRST, client=client, chunk=chunk)
    assert found.dims == ("site", "member", "value")
    np.testing.assert_array_equal(found.to_numpy(), expected)
    assert np.isfinite(found.sel(value="65")).all()
    assert (found.sel(value="diameter") > 20).all()


def test_two_workers_of_a_cluster_give_the_same_numbers_to_the_bit(weather, sites, crops, expected, monkeypatch):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        by_address = run_large(weather, sites, crops, FIRST, chunk=40, client=cluster.scheduler_address)
        with distributed.Client(cluster) as client:
            by_client = run_large(weather, sites, crops, FIRST, chunk=64, client=client)
        monkeypatch.setenv(ADDRESS, cluster.scheduler_address)
        by_environment = run_large(weather, sites.part(0, 1), crops, FIRST)
    np.testing.assert_array_equal(by_address.to_numpy(), expected)
    np.testing.assert_array_equal(by_client.to_numpy(), expected)
    np.testing.assert_array_equal(by_environment.to_numpy(), expected[:1])


def test_sites_may_lie_on_disk_in_dask_or_come_from_a_function(weather, sites, crops, expected, tmp_path):
    np.save(tmp_path / "places.npy", sites.places)
    np.save(tmp_path / "weather.npy", weather)
    on_disk = np.load(tmp_path / "places.npy", mmap_mode="r")
    days = np.load(tmp_path / "weather.npy", mmap_mode="r")
    lazy = da.from_array(sites.horizons, chunks=(50, 32))
    stored = Sites(on_disk, sites.latitude, sites.cell, sites.crop, horizons=lazy)
    found = run_large(days, stored, crops, FIRST, chunk=64, out=tmp_path / "result.npy")
    np.testing.assert_array_equal(found.to_numpy(), expected)
    np.testing.assert_array_equal(np.load(tmp_path / "result.npy"), expected)
    made = run_large(weather, sites.part, crops, FIRST, count=SITES, chunk=64)
    np.testing.assert_array_equal(made.to_numpy(), expected)


def test_all_cores_of_one_process_give_the_same_orchard(weather, sites, crops, expected):
    found = run_large(weather, sites, crops, FIRST, parallel=True)
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=1e-4)


def test_one_plot_and_a_window_of_terrain_run_by_the_same_call(weather, sites, crops, expected):
    plot = run_large(weather, sites.part(7, 8), crops, FIRST)
    np.testing.assert_array_equal(plot.to_numpy()[0], expected[7])
    window = run_large(weather, sites.part(0, 120), crops, FIRST, reduce=["65"])
    np.testing.assert_array_equal(window.to_numpy().reshape(10, 12, MEMBERS), expected[:120, :, 0].reshape(10, 12, -1))


def test_progress_ends_with_the_last_site(weather, sites, crops):
    told = []
    run_large(
        weather, sites, crops[:, :1], FIRST, days=30, reduce=["sums.rain"], chunk=20, progress=lambda *p: told.append(p)
    )
    assert told[-1] == (SITES, SITES)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_what_cannot_be_run_is_refused_in_words(weather, sites, crops):
    with pytest.raises(ValueError, match="nothing called 'sweetness'"):
        run_large(weather, sites, crops, FIRST, reduce=["sweetness"])
    with pytest.raises(ValueError, match="need their count"):
        run_large(weather, sites.part, crops, FIRST)


def test_memory_does_not_grow_with_the_number_of_sites():
    """Sixty thousand more sites cost less than 1 kB each; in one batch they take some 4 kB."""
    script = """
        import json, sys
        import numpy as np
        from growth_model import load, place_rows
        from growth_model.large import Sites, run_large

        days = np.full((1, 1, 20, 12), 0.5, np.float32)
        days[..., :3] = 8, 16, 12
        crops = load("navel").row[None, None].astype(np.float32)

        def part(start, stop):
            return Sites(place_rows(elevation=np.linspace(200, 900, stop - start)), np.full(stop - start, 30.5))

        def highest(count):
            run_large(days, part, crops, "2022-11-01", count=count, reduce=["sums.rain"], chunk=8192)
            return 1024 * peak()

        print(json.dumps([highest(40_000), highest(100_000)]))
    """
    done = subprocess.run(
        [sys.executable, "-c", PEAK + textwrap.dedent(script)], capture_output=True, text=True, check=True, timeout=300
    )
    few, many = json.loads(done.stdout.splitlines()[-1])
    assert (many - few) * 1024 / 60_000 < 1000
