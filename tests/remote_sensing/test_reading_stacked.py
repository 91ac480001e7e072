import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.transform import from_origin
from rasterio.windows import Window

from agro.errors import InputError
from remote_sensing import cog, reading
from remote_sensing.scene import Quality
from tests.peak_memory import PEAK
from tests.remote_sensing import making

WHEN = datetime(2024, 5, 6, 4, tzinfo=UTC)
COLOURS = [ColorInterp.red, ColorInterp.green, ColorInterp.blue]


def coloured(path, values, cell, colours=COLOURS, **profile):
    """Write a picture whose bands say what colour they are."""
    making.raster(path, values, cell, photometric="RGB", **profile)
    with rasterio.open(path, "r+") as target:
        target.colorinterp = colours
    return path


@pytest.fixture(scope="session")
def mosaic(tmp_path_factory):
    """A drone mosaic of 3 cells a decimetre with alpha, 200 by 300 pixels, its west edge not seen."""
    values = np.stack([np.full((200, 300), value, np.uint8) for value in (90, 120, 60, 255)])
    values[3, :, :30] = 0
    path = tmp_path_factory.mktemp("drone") / "odm_orthophoto.tif"
    return coloured(path, values, 0.03, [*COLOURS, ColorInterp.alpha], tiled=True, blockxsize=64, blockysize=64)


def test_a_mosaic_of_centimetres_is_a_drones(mosaic):
    found = reading.recognise(mosaic)
    assert (found.sensor, found.missing, found.camera.kind) == ("drone_rgb", (), "drone")
    with pytest.raises(InputError, match="give time"):
        reading.read(mosaic)


def test_a_mosaic_keeps_its_numbers_and_loses_what_was_not_seen(mosaic):
    scene = reading.read(mosaic, time=WHEN)
    assert scene.roles == ("blue", "green", "red")
    assert [float(scene.band(role)[100, 200]) for role in ("red", "green", "blue")] == [90, 120, 60]
    assert np.isnan(scene.band("red").values[:, :30]).all()
    assert (scene.quality.values[:, :30] == Quality.NODATA).all()
    assert (scene.quality.values[:, 30:] == 0).all()
    assert scene.product == "odm_orthophoto_20240506T040000"
    assert scene.about["relative"]
    assert scene.finest == 0.03


def test_two_flights_of_one_file_name_are_two_pictures(mosaic):
    later = datetime(2024, 8, 1, tzinfo=UTC)
    assert reading.recognise(mosaic, time=WHEN).product == "odm_orthophoto_20240506T040000"
    assert reading.recognise(mosaic, time=later).product == "odm_orthophoto_20240801T000000"


def test_a_mosaic_without_alpha_shows_its_mask(tmp_path):
    path = tmp_path / "flight.tif"
    making.raster(path, np.full((3, 50, 50), 80, np.uint8), 0.05)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as target:
        target.write_mask(np.repeat(np.array([0, 255], np.uint8), [10 * 50, 40 * 50]).reshape(50, 50))
    scene = reading.read(path, time=WHEN)
    assert np.isnan(scene.band("green").values[:10]).all()
    assert (scene.band("green").values[10:] == 80).all()


def test_a_satellites_colour_picture_is_not_a_drones(tmp_path):
    path = coloured(tmp_path / "JL1_20240301.tif", np.full((3, 40, 40), 100, np.uint8), 0.75)
    scene = reading.read(path)
    assert (scene.sensor, scene.about["relative"]) == ("rgb", True)
    assert f"{scene.time:%Y-%m-%d}" == "2024-03-01"


def test_four_bands_of_reflectance_come_in_the_order_of_their_waves(tmp_path):
    values = np.stack([np.full((40, 40), value, np.uint16) for value in (400, 700, 500, 3300)])
    scene = reading.read(making.raster(tmp_path / "GF2_PMS1_E106.5_N29.6_20230512_L1A.tif", values, 4))
    assert scene.sensor == "four_band"
    assert [round(float(scene.band(r).mean()), 4) for r in ("blue", "green", "red", "nir")] == [0.04, 0.07, 0.05, 0.33]
    assert (f"{scene.time:%Y%m%d}", scene.quality, scene.about["relative"]) == ("20230512", None, True)


def test_raw_counts_are_refused_until_called_relative(tmp_path):
    values = np.random.default_rng(0).integers(150, 1000, (4, 40, 40)).astype(np.uint16)
    path = making.raster(tmp_path / "GF1_WFV1_20230512.tif", values, 16)
    with pytest.raises(InputError, match="look like raw counts") as error:
        reading.read(path)
    assert "原始计数值" in error.value.zh
    scene = reading.read(path, relative=True)
    assert scene.about["relative"]
    assert float(scene.band("nir")[0, 0]) == pytest.approx(values[3, 0, 0] * 1e-4)


def test_floats_are_reflectance_already(tmp_path):
    values = np.stack([np.full((40, 40), value, np.float32) for value in (0.04, 0.07, 0.05, 0.33)])
    scene = reading.read(making.raster(tmp_path / "gf_20230512.tif", values, 4))
    assert float(scene.band("nir").mean()) == pytest.approx(0.33)


PLANET = {"type": "Feature", "id": "20230710_031520_12_2460", "geometry": None, "properties": {
    "acquired": "2023-07-10T03:15:20.123Z", "item_type": "PSScene", "sun_azimuth": 98.1, "sun_elevation": 66.2,
    "view_angle": 3.1, "satellite_azimuth": 101.0, "cloud_cover": 0.1}}  # fmt: skip


@pytest.mark.parametrize(("count", "nir"), [(4, 4), (8, 8)])
def test_planetscope_comes_with_its_mask_and_metadata(tmp_path, count, nir):
    stem = "20230710_031520_12_2460_3B"
    values = np.stack([np.full((40, 40), 100 * band, np.uint16) for band in range(1, count + 1)])
    path = making.raster(tmp_path / f"{stem}_AnalyticMS_SR{'_8b' if count == 8 else ''}.tif", values, 3)
    udm2 = np.zeros((8, 40, 40), np.uint8)
    udm2[0], udm2[5, :4], udm2[2, 4:8], udm2[3, 8:12] = 1, 1, 1, 1
    making.raster(tmp_path / f"{stem}_udm2.tif", udm2, 3)
    (tmp_path / "20230710_031520_12_2460_metadata.json").write_text(json.dumps(PLANET))
    for scene in (reading.read(path), reading.read(tmp_path)):
        assert scene.sensor == "planetscope_sr"
        assert float(scene.band("nir").mean()) == pytest.approx(0.01 * nir)
        assert f"{scene.time:%H:%M:%S}" == "03:15:20"
        assert (scene.sun_zenith, scene.view_zenith) == (pytest.approx(23.8), 3.1)
        quality = scene.quality.values[:, 0]
        assert [quality[row] for row in (0, 4, 8, 20)] == [Quality.CLOUD, Quality.CLOUD_SHADOW, Quality.THIN_CLOUD, 0]


def test_bands_that_are_named_need_no_order(tmp_path):
    values = np.stack([np.full((40, 40), value, np.uint16) for value in (3300, 500)])
    path = making.raster(tmp_path / "20230512.tif", values, 10, names=["nir", "red"])
    scene = reading.read(path, sensor="sentinel2_l2a", offset=0)
    assert float(scene.band("nir").mean()) == pytest.approx(0.33)


def test_pictures_that_fit_no_sensor_say_what_they_hold(tmp_path):
    path = making.raster(tmp_path / "grey.tif", np.ones((1, 30, 30), np.uint8), 0.05)
    with pytest.raises(InputError, match="1 band of uint8") as error:
        reading.recognise(path)
    assert "1 个波段" in error.value.zh


def test_pictures_without_a_place_or_a_coordinate_system_are_refused(tmp_path):
    values = np.full((3, 30, 30), 7, np.uint8)
    nowhere = making.raster(tmp_path / "a.tif", values, 0.05, crs=None)
    with pytest.raises(InputError, match="no place on the ground"):
        reading.read(nowhere, sensor="drone_rgb", time=WHEN)
    unnamed = tmp_path / "orthophoto.tif"
    with rasterio.open(unnamed, "w", driver="GTiff", count=3, height=30, width=30, dtype="uint8",
                       transform=from_origin(6e5, 33e5, 0.05, 0.05)) as target:  # fmt: skip
        target.write(values)
    with pytest.raises(InputError, match="does not say its coordinate system"):
        reading.read(unnamed, time=WHEN)
    assert reading.read(unnamed, time=WHEN, crs=making.UTM).band("red").rio.crs.to_epsg() == making.UTM


SIDE, CELL = 60_000, 0.03

WINDOWED = f"""
{PEAK}
import sys
from datetime import UTC, datetime
from remote_sensing import reading
before = peak()
east, north = 600_000 + {CELL} * 30_000, 3_300_000 - {CELL} * 30_000
when = datetime(2024, 5, 6, tzinfo=UTC)
scene = reading.read(sys.argv[1], bounds=(east, north - 60, east + 60, north), crs=32648, time=when)
after = peak()
print(scene.grids[scene.finest].shape, float(scene.band("green").mean()), after - before)
"""


@pytest.fixture(scope="session")
def huge(tmp_path_factory):
    """A mosaic of 60,000 by 60,000 pixels (14 GB unpacked) of which a window is drawn; the rest is not stored."""
    path = tmp_path_factory.mktemp("huge") / "odm_orthophoto.tif"
    shape = {"count": 4, "height": SIDE, "width": SIDE, "dtype": "uint8", "crs": making.UTM}
    stored = {"tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate", "sparse_ok": True}
    place = {"transform": from_origin(making.WEST, making.NORTH, CELL, CELL), "photometric": "RGB", "alpha": "yes"}
    with rasterio.open(path, "w", driver="GTiff", bigtiff="yes", **shape, **stored, **place) as target:
        window = Window(29_696, 29_696, 2560, 2560)
        target.write(np.full((3, 2560, 2560), 120, np.uint8), [1, 2, 3], window=window)
        target.write(np.full((2560, 2560), 255, np.uint8), 4, window=window)
    assert path.stat().st_size < 5e6
    return path


def test_a_window_of_a_mosaic_of_gigabytes_takes_little_memory(huge):
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", WINDOWED, huge], cwd=root, capture_output=True, text=True, check=True)
    shape, mean, megabytes = done.stdout.rsplit(")", 1)[0] + ")", *done.stdout.rsplit(")", 1)[1].split()
    assert shape == "(3, 2004, 2004)"  # 60 m and two pixels around
    assert float(mean) == 120
    assert float(megabytes) < 400  # 48 MB of result, tens for GDAL; the whole would be 43,000


def test_a_mosaic_of_gigabytes_is_not_read_at_once(huge):
    with pytest.raises(InputError, match=r"would take 43.2 GB at once.*read it by bounds") as error:
        reading.read(huge, time=WHEN)
    assert "按范围分块" in error.value.zh


def test_a_mosaic_becomes_a_cog_block_by_block(mosaic, tmp_path):
    cog.converted(mosaic, tmp_path / "mosaic.tif")
    with rasterio.open(tmp_path / "mosaic.tif") as copied, rasterio.open(mosaic) as source:
        assert copied.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        np.testing.assert_array_equal(copied.read(), source.read())
    broken = making.cut(Path(tmp_path / "mosaic.tif"))
    with pytest.raises(InputError, match="cut off"):
        cog.converted(broken, tmp_path / "again.tif")
    assert not (tmp_path / "again.tif").exists()
