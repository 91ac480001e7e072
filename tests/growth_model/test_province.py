"""All citrus of a province; the long runs: `pytest tests/growth_model/test_province.py -m province -n 0 -s`."""

import resource
import time

import numpy as np
import pandas as pd
import pytest

from agro.terrain.sites import through_sites
from tests.benchmarks import province

GIB = 2**30


def peak():
    """Return the most memory that this process has had [B]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def spent(work):
    """Return what `work` gives, and its seconds by the clock and of all cores."""
    clock, cores = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - clock, time.process_time() - cores


def test_sites_that_are_found_chunk_by_chunk_are_those_of_all_pixels_at_once():
    table = pd.concat([province.pixels(0, 300), province.pixels(300, 500)], ignore_index=True)
    whole = through_sites(table, ["cell", "crop"], province.STEPS, carried=("slope",)).table
    order = ["cell", "crop", *province.STEPS]
    found = province.sites_of(500, step=300).sort_values(order, ignore_index=True)
    expected = whole.sort_values(order, ignore_index=True)
    np.testing.assert_allclose(found[[*order, "slope"]], expected[[*order, "slope"]])


def test_a_small_province_blooms_through_sites_as_its_pixels_do():
    assert (province.error_of_sites(300).loc[95] < [0.5, 1.5, 1.5]).all()


@pytest.mark.province
def test_a_season_of_every_pixel_of_the_province(tmp_path):
    province.grown(province.part, count=1_000)  # compiled before the clock starts
    kept, clock, cores = spent(
        lambda: province.grown(province.part, count=province.PIXELS, out=tmp_path / "season.npy")
    )
    print(
        f"\n{len(kept)} pixels x {province.DAYS} days: {clock / 60:.1f} min, {cores:.0f} CPU s, {peak() / GIB:.2f} GiB"
    )
    # a few in a million lie too high and cold to bloom within the year
    assert float(np.isfinite(kept.sel(value="65")).mean()) > 0.9999
    assert clock < 15 * 60
    assert peak() < 2 * GIB


@pytest.mark.province
def test_twenty_members_of_the_province_through_sites(tmp_path):
    table, finding, _ = spent(lambda: province.sites_of(province.PIXELS))
    sites = province.rows(table, alone=False)
    _, clock, cores = spent(lambda: province.grown(sites, 20, out=tmp_path / "sites.npy", reduce=province.DATES))
    error = province.error_of_sites()
    print(f"\n{len(table)} sites x 20 members: {clock / 60:.1f} min, {cores:.0f} CPU s, found in {finding:.0f} s")
    print(f"days between pixels themselves and through sites, median and 95th percentile:\n{error.round(2)}")
    assert clock < 10 * 60
    assert (error.loc[95] < 1).all()
