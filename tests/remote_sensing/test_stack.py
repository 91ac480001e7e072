"""Stacks larger than memory: tile by tile the same numbers as all at once, in memory that does not grow."""

import json
import subprocess
import sys
import textwrap

import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from rasterio.transform import from_origin

from agro.errors import InputError
from agro.workers import ADDRESS
from remote_sensing import index_kernel
from remote_sensing.scene import WEIGHTS
from remote_sensing.stack import Stack, composite, plot_table
from remote_sensing.zonal import CellWeights
from tests.peak_memory import PEAK

ROLES, KEYS, DATES, ROWS, COLUMNS = ("blue", "red", "nir"), ("ndvi", "evi2"), 5, 130, 170


@pytest.fixture(scope="module")
def stack():
    rng = np.random.default_rng(0)
    bands = rng.integers(200, 4000, (DATES, 3, ROWS, COLUMNS), dtype=np.int16)
    bands[:, :, :9] = -32768
    quality = rng.choice(np.array([0, 0, 0, 2, 4, 128], np.uint8), (DATES, ROWS, COLUMNS))
    quality[:, 20:24, 30:34] = 2
    time = pd.date_range("2024-03-01", periods=DATES, freq="5D")
    return Stack(
        xr.DataArray(bands, dims=("time", "band", "y", "x"), coords={"band": list(ROLES), "time": time}),
        xr.DataArray(quality, dims=("time", "y", "x")), scale=1e-4, nodata=-32768,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cover():
    rng = np.random.default_rng(1)
    places = shapely.points(rng.uniform(-20, 10 * COLUMNS, 40), rng.uniform(-20, 10 * ROWS, 40))
    return CellWeights.of(shapely.buffer(places, 45), from_origin(0, 10 * ROWS, 10, 10), (ROWS, COLUMNS))


@pytest.fixture(scope="module")
def whole(stack, cover):
    """What is to come out: every date computed whole."""
    tables, layers = [], []
    for date in range(DATES):
        bands, bits = stack.bands.values[date], stack.quality.values[date]
        how = {"quality": bits, "scale": 1e-4, "nodata": -32768}
        layers.append(index_kernel.masked(bands, ROLES, KEYS, **how))
        near = index_kernel.masked(bands, ROLES, KEYS, **how, refused=255 - 4 - 128)
        for key, layer in zip(KEYS, near, strict=True):
            told = cover.statistics(layer, WEIGHTS[bits])
            tables.append(told.assign(time=stack.bands["time"].values[date], plot=np.arange(len(cover)), index=key))
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning):
        return pd.concat(tables, ignore_index=True), np.nanmedian(np.stack(layers), axis=0)


def lazy(stack, chunk=64):
    bands, quality = (one.chunk({"time": 1, "y": chunk, "x": chunk}) for one in (stack.bands, stack.quality))
    return Stack(bands, quality, stack.scale, stack.offset, stack.nodata)


@pytest.mark.parametrize("client", [None, "threads"])
@pytest.mark.parametrize("tile", [64, 50, 1024])
def test_tiles_of_any_size_give_the_numbers_of_the_whole_raster(stack, cover, whole, client, tile):
    table = plot_table(lazy(stack), cover, KEYS, client=client, tile=tile)
    pd.testing.assert_frame_equal(table, whole[0][table.columns])
    np.testing.assert_array_equal(composite(lazy(stack), KEYS, client=client, tile=tile).to_numpy(), whole[1])


def test_two_workers_of_a_cluster_give_the_same_numbers(stack, cover, whole, monkeypatch):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        table = plot_table(lazy(stack), cover, KEYS, client=cluster.scheduler_address, tile=64)
        monkeypatch.setenv(ADDRESS, cluster.scheduler_address)
        layers = composite(lazy(stack), KEYS, tile=64)
    pd.testing.assert_frame_equal(table, whole[0][table.columns])
    np.testing.assert_array_equal(layers.to_numpy(), whole[1])


def test_a_composite_may_be_written_to_a_memory_map_and_progress_ends_with_the_last_tile(stack, whole, tmp_path):
    out = np.lib.format.open_memmap(tmp_path / "median.npy", "w+", dtype=np.float32, shape=(2, ROWS, COLUMNS))
    told = []
    composite(lazy(stack), KEYS, tile=64, out=out, progress=lambda *now: told.append(now))
    out.flush()
    np.testing.assert_array_equal(np.load(tmp_path / "median.npy"), whole[1])
    assert told[-1] == (9, 9)
    assert len(told) == 9


def test_plots_weighed_on_another_grid_are_refused(stack, cover):
    other = Stack(stack.bands[..., 1:], stack.quality[..., 1:])
    with pytest.raises(InputError, match="weighed on"):
        plot_table(other, cover, KEYS)
    with pytest.raises(InputError, match="stack needs bands"):
        Stack(stack.bands.transpose("band", "time", "y", "x"))


COUNTY = """
    import json
    import dask.array as da
    import numpy as np
    import pandas as pd
    import shapely
    import xarray as xr
    from rasterio.transform import from_origin
    from remote_sensing.stack import Stack, composite, plot_table
    from remote_sensing.zonal import CellWeights

    def made(block_info=None):
        '''Return a block of reflectance that nobody stored.'''
        place = block_info[None]["array-location"]
        shape = block_info[None]["chunk-shape"]
        rng = np.random.default_rng([start for start, _ in place])
        return rng.integers(200, 4000, shape, dtype=np.int16)

    def clouds(block_info=None):
        place = block_info[None]["array-location"]
        shape = block_info[None]["chunk-shape"]
        rng = np.random.default_rng([7, *(start for start, _ in place)])
        return np.where(rng.random(shape, dtype=np.float32) < 0.4, 2, 0).astype(np.uint8)

    def county(dates, bands, side, tile):
        cut = [(tile,) * (side // tile) + ((side % tile,) if side % tile else ())] * 2
        roles = ["blue", "green", "red", "nir", "swir1", "swir2"][-bands:]
        blank = np.empty((0,) * 4, np.int16)
        pixels = da.map_blocks(made, chunks=((1,) * dates, (bands,), *cut), dtype=blank.dtype, meta=blank)
        blank = np.empty((0,) * 3, np.uint8)
        bits = da.map_blocks(clouds, chunks=((1,) * dates, *cut), dtype=blank.dtype, meta=blank)
        time = pd.date_range("2024-01-01", periods=dates, freq="12D")
        return Stack(
            xr.DataArray(pixels, dims=("time", "band", "y", "x"), coords={"band": roles, "time": time}),
            xr.DataArray(bits, dims=("time", "y", "x")), scale=1e-4,
        )

    def plots(side, count):
        rng = np.random.default_rng(1)
        places = shapely.points(rng.uniform(0, 10 * side, (count, 2)))
        return CellWeights.of(shapely.buffer(places, 30), from_origin(0, 10 * side, 10, 10), (side, side))

    def run(dates, bands, side, tile, count):
        stack = county(dates, bands, side, tile)
        table = plot_table(stack, plots(side, count), ["ndvi"], tile=tile)
        layer = composite(stack, ["ndvi"], tile=tile)
        return table, layer
"""


def peaks(script: str, timeout: int) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", PEAK + textwrap.dedent(COUNTY) + textwrap.dedent(script)],
        capture_output=True, text=True, check=True, timeout=timeout,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_memory_does_not_grow_with_the_county():
    """Nine times the pixels (36 MB more of one date's bands, 435 MB of the stack) cost only what their result takes."""
    found = peaks(
        """
        run(6, 6, 512, 256, 50)
        few = peak()
        table, layer = run(12, 6, 1536, 256, 450)
        print(json.dumps({"few": few, "many": peak(), "rows": len(table), "known": float(layer.notnull().mean())}))
        """,
        timeout=300,
    )
    assert found["rows"] == 12 * 450
    assert found["known"] > 0.999  # 0.4 ** 12 of the pixels were never seen
    assert found["many"] - found["few"] < 60  # MB; the stack has 340 MB, its result 9 MB, twelve dates of a tile 3 MB


@pytest.mark.province
def test_a_county_of_thirty_dates_runs_in_two_gigabytes():
    found = peaks(
        """
        import time
        begun = time.process_time()
        table, layer = run(30, 6, 5000, 1024, 20_000)
        print(json.dumps({
            "peak": peak(), "rows": len(table), "cpu": time.process_time() - begun,
            "valid": float(table["valid_fraction"].mean()), "known": float(layer.notnull().mean()),
        }))
        """,
        timeout=3600,
    )
    print(found)
    assert found["rows"] == 30 * 20_000
    assert found["valid"] == pytest.approx(0.6, abs=0.01)
    assert found["known"] > 0.999
    assert found["peak"] < 2000  # MB; the stack has 9,000 MB of bands and 750 MB of quality
