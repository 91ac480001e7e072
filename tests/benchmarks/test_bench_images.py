"""Speed of pictures per CPU-second, each beside the program that others use, in one run and on the same numbers.

`uv run pytest tests/benchmarks/test_bench_images.py -o addopts=--import-mode=importlib -s`; loading of files is timed
in `test_bench_cog.py`.
"""

import resource
import warnings

import geopandas as gpd
import numpy as np
import pytest
import rioxarray  # noqa: F401
import shapely
import xarray as xr
from rasterio.transform import from_origin
from scipy.linalg import solveh_banded

from remote_sensing import index_kernel, whittaker
from remote_sensing.composite import median
from remote_sensing.zonal import CellWeights

ROWS = 3000


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rate(work, amount, rounds=5):
    """Return how much of `amount` a CPU-second does, median of the rounds after one unmeasured."""
    work()
    spent = []
    for _ in range(rounds):
        start = cpu_seconds()
        work()
        spent.append(cpu_seconds() - start)
    return amount / float(np.median(spent))


def told(benchmark, unit, **rates):
    """Keep and print rates."""
    benchmark.extra_info.update({f"{name} [{unit}/CPU-s]": value for name, value in rates.items()})
    print(f"\n  {unit} per CPU-second: " + "; ".join(f"{name} {value:,.0f}" for name, value in rates.items()))


def test_three_masked_indices(benchmark):
    """Ten dates of 1500 x 1500 px, uint16 and a class of each pixel; bar 100 M px, spyndex with dask 12-15 M."""
    spyndex, dask = pytest.importorskip("spyndex"), pytest.importorskip("dask")
    rng = np.random.default_rng(0)
    shape = (10, 1500, 1500)
    bands = rng.integers(200, 4000, (3, *shape), dtype=np.uint16)
    bands[0] //= 4  # blue as leaves have it: the denominator of EVI stays away from zero
    bits = np.where(rng.random(shape, dtype=np.float32) < 0.3, 2, 0).astype(np.uint8)
    keys, px = ["ndvi", "evi", "osavi"], bits.size
    flat, quality = bands.reshape(3, -1, shape[2]), bits.reshape(-1, shape[2])
    out = np.empty((3, *quality.shape), np.float32)

    def ours():
        return index_kernel.masked(flat, ("blue", "red", "nir"), keys, quality=quality, scale=1e-4, out=out)

    def theirs():
        named = zip(("B", "R", "N"), bands, strict=True)
        lazy = {key: xr.DataArray(one, dims=("time", "y", "x")).chunk({"time": 1}) for key, one in named}
        clear = xr.DataArray(bits, dims=("time", "y", "x")).chunk({"time": 1}) == 0
        lazy = {key: (one.astype("float32") / 10000).where(clear) for key, one in lazy.items()}
        constants = {"g": 2.5, "C1": 6.0, "C2": 7.5, "L": 1.0}
        with dask.config.set(scheduler="single-threaded"):
            return spyndex.computeIndex(["NDVI", "EVI", "OSAVI"], params={**lazy, **constants}).compute()

    found = rate(ours, px)
    peer = rate(theirs, px, rounds=3)
    told(benchmark, "px", ours=found, spyndex_dask=peer)
    benchmark.pedantic(ours, rounds=3)
    expected = theirs().to_numpy().reshape(out.shape)
    sure = np.isfinite(out)
    assert np.isnan(expected[:, quality > 0]).all()
    assert not sure[:, quality > 0].any()
    gap = np.abs(out - expected)[sure] / np.maximum(np.abs(expected[sure]), 1)
    assert gap.max() < 5e-6
    assert found > 100e6


def drawn_series(count, dates):
    rng = np.random.default_rng(0)
    wave = 0.55 + 0.2 * np.sin(2 * np.pi * np.arange(dates) / dates)
    y = (wave + rng.normal(0, 0.05, (count, dates))).astype(np.float32)
    return y, (rng.random((count, dates)) > 0.4).astype(np.float32)


def test_whittaker_of_73_dates(benchmark):
    """Weights and gaps; bar 1 M series, scipy's solveh_banded 53,000, whittaker-eilers 46,000."""
    y, w = drawn_series(20_000, 73)
    second = np.diff(np.eye(73), 2, axis=0)
    penalty = 10.0 * second.T @ second
    upper = np.zeros((3, 73))
    upper[2], upper[1, 1:], upper[0, 2:] = np.diag(penalty), np.diag(penalty, 1), np.diag(penalty, 2)
    wide, weight = y[:2000].astype(float), w[:2000].astype(float)

    def scipys():
        curves = []
        for one, share in zip(wide, weight, strict=True):
            bands = upper.copy()
            bands[2] += share
            curves.append(solveh_banded(bands, one * share))
        return curves

    by_date, by_date_weight = np.ascontiguousarray(y.T), np.ascontiguousarray(w.T)
    found = rate(lambda: whittaker.smooth(y, w, 10.0), len(y))
    stacked = rate(lambda: whittaker.smooth(by_date, by_date_weight, 10.0, axis=0), len(y))
    told(benchmark, "series", ours=found, ours_by_date=stacked, solveh_banded=rate(scipys, len(wide), rounds=3))
    benchmark.pedantic(lambda: whittaker.smooth(y, w, 10.0), rounds=3)
    assert np.abs(whittaker.smooth(y[:2000], w[:2000], 10.0) - np.array(scipys())).max() < 2e-6
    assert min(found, stacked) > 1e6


def test_whittaker_by_day_and_robust(benchmark):
    """A year of days from 73 dates, and the same with three rounds of bisquare weights; the peer has no such rounds."""
    eilers = pytest.importorskip("whittaker_eilers")
    y, w = drawn_series(5_000, 73)
    x = np.arange(73) * 5
    day, share = np.zeros((300, 361)), np.zeros((300, 361))
    day[:, x], share[:, x] = y[:300], w[:300]
    lists = [(one.tolist(), weight.tolist()) for one, weight in zip(day, share, strict=True)]

    def theirs():
        peer = eilers.WhittakerSmoother(lmbda=1e4, order=2, data_length=361)
        curves = []
        for one, weight in lists:
            peer.update_weights(weight)
            curves.append(peer.smooth(one))
        return curves

    told(
        benchmark, "series", daily=rate(lambda: whittaker.smooth(y, w, x=x), len(y)),
        robust=rate(lambda: whittaker.smooth_robust(y, w, x=x), len(y)),
        robust_by_date=rate(lambda: whittaker.smooth_robust(y, w, 10.0), len(y)),
        whittaker_eilers_daily=rate(theirs, len(lists), rounds=3),
    )  # fmt: skip
    benchmark.pedantic(lambda: whittaker.smooth_robust(y, w, x=x), rounds=3)
    assert np.abs(whittaker.smooth(y[:300], w[:300], x=x) - np.array(theirs())).max() < 2e-6


def stars(count, side):
    rng = np.random.default_rng(0)
    along = round(count**0.5)
    room = side / along
    x, y = (np.arange(count) % along + 0.5) * room, side - (np.arange(count) // along + 0.5) * room
    turn, reach = np.linspace(0, 2 * np.pi, 21)[:-1], rng.uniform(0.25, 0.48, (count, 20)) * room
    return shapely.polygons(
        np.stack([x[:, None] + reach * np.cos(turn), y[:, None] + reach * np.sin(turn)], axis=-1)
    )  # fmt: skip


def test_zonal_means_of_ten_thousand_polygons(benchmark):
    """Exact weights over 9 M px; bar 300,000 polygons for each date after the first, xvec with exactextract 7,500."""
    xvec = pytest.importorskip("xvec")
    assert xvec
    rng = np.random.default_rng(1)
    layer = rng.random((ROWS, ROWS), dtype=np.float32)
    side = 10.0 * ROWS
    plots = gpd.GeoSeries(stars(10_000, side), crs=32648)
    at = {"y": side - 10 * (np.arange(ROWS) + 0.5), "x": 10 * (np.arange(ROWS) + 0.5)}
    raster = xr.DataArray(layer, dims=("y", "x"), coords=at).rio.write_crs(32648)

    def theirs():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return raster.xvec.zonal_stats(plots, "x", "y", stats="mean", method="exactextract")

    def weighed():
        return CellWeights.of(plots, from_origin(0, side, 10, 10), layer.shape)

    cover = weighed()
    found = rate(lambda: cover.means(layer), len(plots))
    told(
        benchmark, "polygons", further_date=found, first_date=rate(weighed, len(plots), rounds=2),
        all_statistics=rate(lambda: cover.statistics(layer), len(plots), rounds=3),
        xvec_exactextract=rate(theirs, len(plots), rounds=1),
    )  # fmt: skip
    benchmark.pedantic(lambda: cover.means(layer), rounds=3)
    expected = theirs().to_numpy().ravel()
    assert np.abs(cover.means(layer) - expected).max() < 1e-6
    assert found > 300_000


def test_median_of_24_dates(benchmark):
    """A third missing; bar 15 M px, bottleneck 3.5 M."""
    bottleneck = pytest.importorskip("bottleneck")
    rng = np.random.default_rng(0)
    stack = rng.random((24, 1000, 1000), dtype=np.float32)
    stack[rng.random(stack.shape, dtype=np.float32) < 0.35] = np.nan
    out = np.empty(stack.shape[1:], np.float32)
    found = rate(lambda: median(stack, out=out), out.size)
    peer = rate(lambda: bottleneck.nanmedian(stack, axis=0), out.size, rounds=3)
    told(benchmark, "px", ours=found, bottleneck=peer)
    benchmark.pedantic(lambda: median(stack, out=out), rounds=3)
    np.testing.assert_array_equal(median(stack), bottleneck.nanmedian(stack, axis=0))
    assert found > 15e6
