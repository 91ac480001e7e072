"""Speed of the terrain on 2000 by 2000 cells of 10 m, in cells per CPU-second, beside how right it is."""

import resource
import shutil
import subprocess

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401
import shapely
import xarray as xr
from rasterio.transform import from_origin

from agro.terrain import horizon, plot_terrain, sky_view_map, slope_aspect, valley_floor
from agro.terrain.horizon import azimuths
from tests.agro.terrain.marching import finely_marched_horizon, marched_horizon, mountains

N, CELL = 2000, 10.0


@pytest.fixture(scope="module")
def dem():
    return mountains(N)


def cpu_seconds(who=resource.RUSAGE_SELF):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def measured(benchmark, work, units, rounds, name):
    """Run `work` under the benchmark and record units per CPU-second, median of the rounds; its result comes back."""
    seconds = []

    def timed():
        start = cpu_seconds()
        result = work()
        seconds.append(cpu_seconds() - start)
        return result

    result = benchmark.pedantic(timed, rounds=rounds, warmup_rounds=1)
    benchmark.extra_info[name] = rate = units / np.median(seconds[1:]) / 1e6
    print(f"\n{name}: {rate:.1f}")
    return result


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("edges", [False, True])
def test_slope_and_aspect(benchmark, dem, parallel, edges):
    def work():
        return slope_aspect(dem, CELL, CELL, edges=edges, parallel=parallel)

    measured(benchmark, work, N * N, 9, "M px per CPU-s (bar 200)")


@pytest.mark.parametrize("parallel", [False, True])
def test_horizon_in_32_directions(benchmark, dem, parallel):
    small = dem[:64, :64]
    horizon(small, CELL, CELL, parallel=parallel)  # compiled outside the rounds
    memory = np.zeros((32, N, N), np.float32)  # 0.5 GB whose first touch, on a virtual machine, costs a second or two
    around = measured(
        benchmark,
        lambda: horizon(dem, CELL, CELL, parallel=parallel, out=memory),
        N * N * 32,
        3,
        "M px-directions per CPU-s (bar 20)",
    )
    rng = np.random.default_rng(0)
    places = [(rng.integers(32), rng.integers(N), rng.integers(N)) for _ in range(20_000)]
    ours = np.array([around[place] for place in places])
    for way, marched in (("", marched_horizon), (" (quarter-cell steps)", finely_marched_horizon)):
        some = places if not way else places[:4000]
        truth = np.array([marched(dem, y, x, azimuths()[d], CELL, CELL) for d, y, x in some])
        error = np.abs(ours[: len(some)] - truth)
        found = {
            f"median error{way} (bar 0.05)": np.median(error),
            f"p99 error{way} (bar 0.5)": np.percentile(error, 99),
        }
        found[f"largest error{way}"] = error.max()
        benchmark.extra_info.update({key: float(value) for key, value in found.items()})
        print(f"  mean horizon {truth.mean():.2f};", "; ".join(f"{key} {value:.4f}" for key, value in found.items()))
        if not way:
            assert np.median(error) <= 0.05
            assert np.percentile(error, 99) <= 0.5


def test_sky_view(benchmark, dem):
    around = horizon(dem, CELL, CELL)
    slope, aspect = slope_aspect(dem, CELL, CELL, edges=True)
    measured(benchmark, lambda: sky_view_map(around, slope, aspect), N * N * 32, 3, "M px-directions per CPU-s")


def test_valley_floor(benchmark, dem):
    measured(benchmark, lambda: valley_floor(dem, CELL, CELL), N * N, 2, "M px per CPU-s")


@pytest.mark.parametrize("layer", ["slope", "aspect"])
def test_gdaldem_beside_it(benchmark, dem, tmp_path, layer):
    if not shutil.which("gdaldem"):
        pytest.skip("gdaldem is not installed (Debian: gdal-bin)")
    shape = {"count": 1, "height": N, "width": N, "dtype": "float32", "crs": "EPSG:32648"}
    with rasterio.open(tmp_path / "dem.tif", "w", transform=from_origin(6e5, 33e5, CELL, CELL), **shape) as target:
        target.write(dem, 1)
    command = ["gdaldem", layer, tmp_path / "dem.tif", tmp_path / "out.tif", "-q"]
    start = cpu_seconds(resource.RUSAGE_CHILDREN)
    benchmark.pedantic(lambda: subprocess.run(command, check=True), rounds=3)
    rate = 3 * N * N / (cpu_seconds(resource.RUSAGE_CHILDREN) - start) / 1e6
    benchmark.extra_info["M px per CPU-s"] = rate
    print(f"\ngdaldem {layer}, M px per CPU-s: {rate:.1f}")


def test_terrain_of_200_000_plots(benchmark, dem):
    slope, aspect = slope_aspect(dem, CELL, CELL, edges=True)
    layers = {"elevation": dem, "slope": slope, "aspect": aspect, "sky_view": slope, "valley_floor": dem}
    data = {name: (("y", "x"), values) for name, values in layers.items()}
    data["horizon"] = (("direction", "y", "x"), np.broadcast_to(slope, (32, N, N)))
    coords = {"y": 33e5 - CELL * np.arange(N), "x": 6e5 + CELL * np.arange(N), "direction": azimuths()}
    ground = xr.Dataset(data, coords=coords).rio.write_crs("EPSG:32648")
    rng = np.random.default_rng(1)
    x, y = rng.uniform(6e5, 6e5 + N * CELL, 200_000), rng.uniform(33e5 - N * CELL, 33e5, 200_000)
    circles = shapely.buffer(shapely.points(x, y), rng.uniform(5, 40, 200_000), quad_segs=4)
    plots = gpd.GeoDataFrame(geometry=circles, crs="EPSG:32648")
    measured(benchmark, lambda: plot_terrain(ground, plots), 200_000e3, 1, "thousand plots per CPU-s")
