"""Speed of loading a COG: six bands of 2,048 by 2,048 pixels as reflectance, beside bare rasterio and odc-stac."""

import json
import resource

import numpy as np
import pystac
import pytest
import rasterio
import rioxarray  # noqa: F401
import xarray as xr
from odc.stac import load
from scipy.ndimage import gaussian_filter
from shapely.geometry import box, mapping

from remote_sensing import cog, reading
from tests.remote_sensing import making

N, ROUNDS = 2048, 9
BANDS = ("blue", "green", "red", "nir", "swir1", "swir2")


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A scene of fields with noise, written by us; and the same numbers as Sentinel-2 files, one a band."""
    rng = np.random.default_rng(0)
    fields = gaussian_filter(rng.standard_normal((N // 4, N // 4)), 3).repeat(4, 0).repeat(4, 1)
    values = np.empty((6, N, N), np.float32)
    for band, mean in enumerate((0.05, 0.08, 0.06, 0.30, 0.2, 0.1)):
        values[band] = mean * (1 + 0.2 * fields / fields.std()) + 0.004 * rng.standard_normal((N, N))
    y, x = making.NORTH - 10 * (np.arange(N) + 0.5), making.WEST + 10 * (np.arange(N) + 0.5)
    scene = xr.DataArray(values, dims=("band", "y", "x"), coords={"band": list(BANDS), "y": y, "x": x})
    folder = tmp_path_factory.mktemp("cog")
    cog.write(folder / "scene.tif", scene.rio.write_crs(making.UTM))
    assets = {}
    for name, band in zip(BANDS[:4], values, strict=False):
        numbers = np.clip(band * 10_000 + 1000, 1, 65_535).astype(np.uint16)
        making.raster(folder / f"{name}.tif", numbers, 10, driver="COG", blocksize=512, predictor="yes")
        assets[name] = {"href": f"./{name}.tif", "type": "image/tiff"}
    item = {**making.stac_item(), "assets": assets, "bbox": [106, 29.4, 106.5, 29.9], "collection": "sentinel-2-l2a"}
    item["properties"] |= {"proj:epsg": making.UTM, "proj:transform": [10, 0, making.WEST, 0, -10, making.NORTH]}
    item["properties"] |= {"proj:shape": [N, N], "earthsearch:boa_offset_applied": False}
    item["geometry"] = mapping(box(*item["bbox"]))
    (folder / "item.json").write_text(json.dumps(item))
    return folder


def bare(path):
    with rasterio.open(path) as source:
        return source.read()


def bare_alike(path):
    """Do with rasterio alone what ours does: numbers as float32 reflectance, NaN for nothing."""
    with rasterio.open(path) as source:
        return (source.read(masked=True).astype(np.float32) * np.float32(source.scales[0])).filled(np.nan)


def beside_each_other(ways):
    """Return CPU-seconds of each way, the median of rounds in turn, so that the machine's moods meet all alike."""
    spent = {name: [] for name in ways}
    for round_ in range(ROUNDS + 1):
        for name, work in ways.items():
            start = cpu_seconds()
            work()
            if round_:
                spent[name].append(cpu_seconds() - start)
    return {name: float(np.median(seconds)) for name, seconds in spent.items()}


def test_a_cog_of_ours(benchmark, stored):
    path = stored / "scene.tif"
    ways = {
        "rasterio": lambda: bare(path),
        "ours": lambda: cog.read(path),
        "rasterio to float32": lambda: bare_alike(path),
    }
    np.testing.assert_array_equal(cog.read(path).values, bare_alike(path))
    spent = benchmark.pedantic(beside_each_other, args=(ways,), rounds=1)
    ratio = spent["ours"] / spent["rasterio"]
    benchmark.extra_info.update(spent, ratio=ratio)
    told = ", ".join(f"{name} {seconds:.3f}" for name, seconds in spent.items())
    print(f"\n{6 * N * N / 1e6:.0f} M px, CPU-s: {told}; ours / rasterio {ratio:.2f} (bar 1.3)")
    assert ratio <= 1.3


def test_a_scene_of_four_bands(benchmark, stored):
    found = reading.recognise(stored / "item.json")
    items = [pystac.Item.from_file(str(stored / "item.json"))]
    kind = {"*": {"assets": {"*": {"data_type": "uint16", "nodata": 0}}}}

    def by_odc():
        numbers = load(items, bands=list(BANDS[:4]), crs=f"EPSG:{making.UTM}", resolution=10, stac_cfg=kind)
        return [numbers[name].where(numbers[name] != 0) * np.float32(1e-4) - np.float32(0.1) for name in BANDS[:4]]

    ways = {
        "rasterio": lambda: [bare(stored / f"{name}.tif") for name in BANDS[:4]],
        "ours": lambda: reading.read(found),
        "odc-stac": by_odc,
    }
    spent = benchmark.pedantic(beside_each_other, args=(ways,), rounds=1)
    benchmark.extra_info.update(spent)
    told = ", ".join(f"{name} {seconds:.2f}" for name, seconds in spent.items())
    print(f"\nfour bands with offset settled, CPU-s: {told}; ours / rasterio {spent['ours'] / spent['rasterio']:.2f}")
