"""Indices and plot numbers of a real Sentinel-2 scene against plain numpy on the numbers of its files."""

from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from rasterio.features import rasterize

from remote_sensing import indices, reading
from remote_sensing.scene import Quality
from remote_sensing.zonal import CellWeights, outlines

pytestmark = pytest.mark.real_data
WHEN = datetime(2021, 2, 3, 14, 30, tzinfo=UTC)  # not given by the source


@pytest.fixture(scope="module")
def folder(real_data):
    found = real_data / "imagery" / "sentinel2_6band"
    if not found.is_dir():
        pytest.skip(f"no scene at {found}")
    return found


@pytest.fixture(scope="module")
def scene(folder):
    return reading.read(folder, time=WHEN, offset=0)


@pytest.fixture(scope="module")
def bands(folder):
    """The file of 10 m as reflectance, float64."""
    with rasterio.open(folder / "s2_10m.tif") as file:
        return dict(zip(("blue", "green", "red", "nir"), file.read().astype(float) / 10_000, strict=True))


PLAIN = {
    "ndvi": lambda b: (b["nir"] - b["red"]) / (b["nir"] + b["red"]),
    "gndvi": lambda b: (b["nir"] - b["green"]) / (b["nir"] + b["green"]),
    "evi": lambda b: 2.5 * (b["nir"] - b["red"]) / (b["nir"] + 6 * b["red"] - 7.5 * b["blue"] + 1),
    "evi2": lambda b: 2.5 * (b["nir"] - b["red"]) / (b["nir"] + 2.4 * b["red"] + 1),
    "osavi": lambda b: (b["nir"] - b["red"]) / (b["nir"] + b["red"] + 0.16),
    "msavi2": lambda b: b["nir"] + 0.5 - 0.5 * np.sqrt((2 * b["nir"] + 1) ** 2 - 8 * (b["nir"] - b["red"])),
    "nirv": lambda b: b["nir"] * (b["nir"] - b["red"]) / (b["nir"] + b["red"]),
}


def test_indices_of_four_bands_are_those_of_plain_numpy_at_every_pixel(scene, bands):
    assert indices.possible(("blue", "green", "red", "nir"), "satellite") == tuple(
        key for key in indices.catalogue() if key in PLAIN
    )
    found = indices.compute(scene, PLAIN)
    for key, formula in PLAIN.items():
        assert found[key].shape == (200, 300)
        np.testing.assert_allclose(found[key].values, formula(bands), atol=2e-6, err_msg=key)
    assert 0.05 < float(found["ndvi"].median()) < 0.35  # dry steppe


def test_a_masked_part_of_it_has_no_value(scene):
    quality = scene.grids[10].isel(band=0, drop=True).astype("uint8") * np.uint8(0)
    quality[50:60, 70:90] = int(Quality.CLOUD)
    found = indices.compute(scene.with_(quality=quality), ["ndvi"])["ndvi"].values
    assert np.isnan(found[50:60, 70:90]).all()
    assert np.isnan(found).sum() == 200


@pytest.fixture(scope="module")
def plots(scene):
    rng = np.random.default_rng(3)
    west, south, east, north = scene.grids[10].rio.bounds()
    centres = np.stack([rng.uniform(west, east, 300), rng.uniform(south, north, 300)], axis=-1)
    turn, reach = np.linspace(0, 2 * np.pi, 9)[:-1], rng.uniform(8, 60, (300, 8))
    ring = np.stack([centres[:, :1] + reach * np.cos(turn), centres[:, 1:] + reach * np.sin(turn)], axis=-1)
    return gpd.GeoDataFrame(geometry=shapely.polygons(ring), crs=scene.grids[10].rio.crs)


def test_plot_means_are_sums_over_a_grid_eight_times_finer(scene, plots):
    """An exact sum needs no library: cells cut into 64 and counted by their middles come within their own error."""
    layer = indices.compute(scene, ["ndvi"])["ndvi"]
    cover = CellWeights.of(plots.geometry, layer.rio.transform(), layer.shape)
    found = cover.means(layer.values)
    fine = layer.rio.transform() * rasterio.Affine.scale(1 / 8)
    values = np.kron(layer.values.astype(float), np.ones((8, 8)))
    inside = plots.area.to_numpy() > 4_000
    inside &= plots.within(shapely.box(*layer.rio.bounds())).to_numpy()
    assert inside.sum() > 50
    for k in np.flatnonzero(inside)[:50]:
        mask = rasterize([plots.geometry[k]], values.shape, transform=fine).astype(bool)
        assert found[k] == pytest.approx(values[mask].mean(), abs=3e-4)
        assert mask.sum() / 64 == pytest.approx(plots.area[k] / 100, rel=0.02)


def test_plot_numbers_are_those_of_exactextract_on_the_file_itself(scene, plots, folder):
    """The near infrared in the file's own numbers; no quantiles, for whole numbers have ties."""
    told = exact_extract(str(folder / "s2_10m.tif"), plots, ["mean", "stdev", "count"], output="pandas")
    band = scene.band("nir")
    cover = CellWeights.of(plots.geometry, band.rio.transform(), band.shape)
    found = cover.statistics(band.values)
    np.testing.assert_allclose(found["mean"], told["band_4_mean"] / 10_000, atol=1e-6)
    np.testing.assert_allclose(found["sd"], told["band_4_stdev"] / 10_000, atol=1e-6)
    np.testing.assert_allclose(found["n_valid"], told["band_4_count"], atol=1e-4)


def test_small_plots_of_it_keep_their_whole_area_and_say_so(plots):
    counted, small = outlines(plots, 10.0, 10.0)
    assert 20 < small.sum() < 280
    np.testing.assert_allclose(counted.area[small], plots.area[small])
    assert (counted.area[~small] < plots.area[~small]).all()
    assert (counted.area[~small] >= 400).all()
