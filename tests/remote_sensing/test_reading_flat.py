import json
from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

from agro.errors import InputError
from remote_sensing import cog, reading
from remote_sensing.reading import finishing, names
from tests.remote_sensing import making


def test_a_folder_with_an_item_tells_time_sun_and_baseline(flat):
    scene = reading.read(flat)
    assert (scene.sensor, scene.product) == ("sentinel2_l2a", "S2A_T48RXT_20250715T032541_L2A")
    assert scene.time == datetime(2025, 7, 15, 3, 25, 41, 24000, tzinfo=UTC)
    assert (scene.sun_zenith, scene.sun_azimuth) == (19.5, 99.25)
    assert (scene.about["baseline"], scene.about["cloud_cover"]) == ("05.11", 11.5)
    assert len(scene.roles) == 10
    assert float(scene.band("swir2").mean()) == pytest.approx(0.085, abs=2e-4)


@pytest.mark.parametrize(
    "name",
    ["{tile}_{time}_{band}_{cell}m.tif", "{band}.tif", "{alias}.tif", "{band}_{cell}m.tif", "S2_{time}-{band}.tiff"],
)
def test_names_of_several_archives_are_understood(tmp_path, name):
    folder = making.flat_folder(tmp_path / "2025-07-15", name=name)
    scene = reading.read(folder)
    assert scene.sensor == "sentinel2_l2a"
    assert len(scene.roles) == 10
    assert scene.time.date() == datetime(2025, 7, 15).date()
    assert scene.about["classes"] == "scl"
    assert "no metadata" in scene.about["offset_decision"]
    assert float(scene.band("nir").mean()) == pytest.approx(0.33, abs=2e-4)


def test_the_sun_is_computed_where_only_the_moment_is_known(tmp_path):
    """Checked with the mean sun in the metadata of the real tile T33XWJ, middle at 554880, 8845140 (UTM 33)."""
    longitude, latitude = Transformer.from_crs(32633, 4326, always_xy=True).transform(554_880, 8_845_140)
    zenith, azimuth = finishing.sun(datetime(2022, 4, 13, 15, 8, 7, tzinfo=UTC), longitude, latitude)
    assert (zenith, azimuth) == (pytest.approx(76.5286, abs=0.05), pytest.approx(246.5404, abs=0.3))
    exact = reading.read(making.flat_folder(tmp_path / "T48RXT_20250715T032541"))
    assert exact.about["sun"] == "computed"
    assert exact.sun_zenith < 40
    day_only = reading.read(making.flat_folder(tmp_path / "2025-07-15", name="{band}.tif"))
    assert day_only.sun_zenith is None


def test_a_day_without_an_hour_is_taken_for_half_past_ten_by_the_sun(tmp_path):
    scene = reading.read(making.flat_folder(tmp_path / "2025-07-15", name="{band}.tif"))
    assert scene.time.hour + scene.time.minute / 60 == pytest.approx(10.5 - 106.03 / 15, abs=0.05)


def test_the_last_band_word_of_a_name_counts():
    bands = {"red": type("B", (), {"names": ("B04", "red")}), "nir": type("B", (), {"names": ("B08", "nir")})}
    assert names.role_of("red_hills_B08_10m", bands) == "nir"
    assert names.role_of("T48RXT_AOT_10m", bands) is None


def test_of_two_sizes_of_a_band_the_sensors_own_is_read(tmp_path):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    making.raster(folder / "T48RXT_20250715T032541_B04_20m.tif", making.numbers("B04", 20), 20)
    assert reading.read(folder).cell("red") == 10


def test_our_own_rasters_hold_reflectance_already(tmp_path, flat):
    scene = reading.read(flat)
    folder = tmp_path / "T48RXT_20250715T032541"
    folder.mkdir()
    for role in scene.roles:
        cog.write(folder / f"{role}.tif", scene.band(role))
    again = reading.read(folder)
    assert "offset_decision" not in again.about
    np.testing.assert_allclose(again.band("red"), scene.band("red"), atol=5.1e-5)


def test_classes_that_a_file_of_several_bands_names_are_found(tmp_path):
    stack = np.stack(
        [making.numbers(band, 20) for band in ("B02", "B04", "B8A")] + [making.classes().astype(np.uint16)]
    )
    path = making.raster(tmp_path / "S2_20250715T032541.tif", stack, 20, names=["B02", "B04", "B8A", "SCL"])
    scene = reading.read(path.parent)
    assert scene.roles == ("blue", "red", "nir_narrow")
    assert (scene.quality.values > 0).sum() > 200


def test_bands_outside_bounds_stay_on_the_disk(flat):
    found = reading.recognise(flat)
    touched = making.cut_behind(found.layers["red"].path, flat.parent / "cut_red.tif", row=40)
    whole = reading.read(flat)
    assert touched.stat().st_size < 0.6 * (flat / "T48RXT_20250715T032541_B04_10m.tif").stat().st_size
    layers = {**found.layers, "red": reading.found.Layer(str(touched))}
    north = (making.WEST, making.NORTH - 300, making.WEST + 1200, making.NORTH)
    with pytest.raises(InputError, match="cut off"):
        reading.read(found.with_(layers=layers))
    with pytest.raises(InputError, match="cut off"):  # also where the part asked for is whole: the file is not
        reading.read(found.with_(layers=layers), bounds=north, crs=making.UTM)
    part = reading.read(found, bounds=north, crs=making.UTM)
    np.testing.assert_array_equal(part.grids[10], whole.grids[10][:, :32])


def test_bounds_may_be_degrees_and_the_result_another_zone(flat):
    whole = reading.read(flat)
    west, south, east, north = whole.grids[10].rio.transform_bounds("EPSG:4326")
    inner = (west + 0.004, south + 0.004, east - 0.004, north - 0.004)
    part = reading.read(flat, bounds=inner, crs=4326)
    assert part.grids[10].sizes["x"] < whole.grids[10].sizes["x"]
    moved = reading.read(flat, bounds=inner, crs=4326, into=32649)
    assert moved.grids[10].rio.crs.to_epsg() == 32649
    assert (moved.grids[10].x.values[0] - 5) % 10 == 0
    assert float(moved.band("nir").mean()) == pytest.approx(0.33, abs=1e-3)
    assert moved.quality.shape == moved.grids[10].shape[1:]


def test_a_part_of_greenhouses_does_not_overrule_the_scene(tmp_path):
    """A few bright fields look like an offset; the whole scene shows that there is none."""
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541", offset=0)
    for band, cell in (("B04", 10), ("B12", 20)):
        numbers = making.numbers(band, cell, offset=0)
        numbers[: 300 // cell, 300 // cell : 600 // cell] = 2500
        making.raster(folder / f"T48RXT_20250715T032541_{band}_{cell}m.tif", numbers, cell)
    bright = (making.WEST + 330, making.NORTH - 280, making.WEST + 570, making.NORTH - 20)
    scene = reading.read(folder, bounds=bright, crs=making.UTM)
    assert scene.about["offset"] == 0
    assert float(scene.band("red").median()) == pytest.approx(0.25)


def test_bounds_elsewhere_are_refused_with_both_places(flat):
    with pytest.raises(InputError, match="lies elsewhere: it covers 600000") as error:
        reading.read(flat, bounds=(0, 0, 100, 100), crs=making.UTM)
    assert "不在所需范围" in error.value.zh


def test_files_in_degrees_come_in_as_metres(tmp_path):
    for band in ("B04", "B08"):
        making.raster(tmp_path / "2025-07-15" / f"{band}.tif", np.full((60, 60), 1500, np.uint16), 0.0001, crs=4326,
                      origin=(106.0, 29.6))  # fmt: skip
    scene = reading.read(tmp_path / "2025-07-15", offset=0, sensor="sentinel2_l2a")
    assert scene.band("red").rio.crs.to_epsg() == 32648
    assert scene.finest == 10
    assert float(np.nanmedian(scene.band("red"))) == pytest.approx(0.15)


def test_a_folder_of_two_days_is_refused_and_read_one_by_one(tmp_path):
    making.flat_folder(tmp_path)
    making.flat_folder(tmp_path, name="T48RXT_20250720T032541_{band}_{cell}m.tif")
    with pytest.raises(InputError, match="several days or tiles"):
        reading.recognise(tmp_path)
    found = reading.recognise_all(tmp_path)
    assert [f"{one.time:%m%d}" for one in found] == ["0715", "0720"]
    assert all(len(one.layers) == 10 for one in found)
    assert len({one.product for one in found}) == 2
    assert reading.read(found[1]).time.day == 20


def test_a_folder_of_scenes_gives_them_all_by_time(tmp_path, flat, safe):
    making.flat_folder(tmp_path / "b", name="T48RXT_20250720T032541_{band}_{cell}m.tif")
    making.flat_folder(tmp_path / "a", name="T48RXT_20250820T032541_{band}_{cell}m.tif")
    assert [f"{one.time:%m%d}" for one in reading.recognise_all(tmp_path)] == ["0720", "0820"]
    assert len(reading.recognise_all(safe)) == 1
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="holds no pictures"):
        reading.recognise_all(tmp_path / "none")


def test_bands_of_different_places_are_refused(tmp_path):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    making.raster(folder / "T48RXT_20250715T032541_B12_20m.tif", making.numbers("B12", 20), 20, origin=(0, 0))
    with pytest.raises(InputError, match="different places"):
        reading.read(folder)


def test_bands_that_lie_between_each_others_cells_are_refused(tmp_path):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    shifted = (making.WEST + 4, making.NORTH)
    making.raster(folder / "T48RXT_20250715T032541_B03_10m.tif", making.numbers("B03", 10), 10, origin=shifted)
    with pytest.raises(InputError, match="do not lie on those of the other bands"):
        reading.read(folder)


@pytest.mark.parametrize(
    ("write", "said", "zh"),
    [
        (lambda path: path.write_bytes(b""), "B08_10m.tif: the file is empty", "文件为空"),
        (
            lambda path: path.write_text("<html>404</html>"),
            "B08_10m.tif: is neither GeoTIFF nor JPEG 2000",
            "不是 GeoTIFF",
        ),
        (lambda path: making.cut(path), "B08_10m.tif: .*(cut off|broken)", "截断"),
        (lambda path: making.cut(path, 0.995), "B08_10m.tif: .*cut off", "截断"),
        (lambda path: path.write_bytes(path.read_bytes()[:60]), "B08_10m.tif: its header cannot be read", "已损坏"),
    ],
)
def test_a_broken_band_is_named_with_its_defect(tmp_path, write, said, zh):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    write(folder / "T48RXT_20250715T032541_B08_10m.tif")
    with pytest.raises(InputError, match=said) as error:
        reading.read(folder)
    assert zh in error.value.zh


def test_bytes_that_were_overwritten_in_a_band_are_noticed(tmp_path):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    path = folder / "T48RXT_20250715T032541_B08_10m.tif"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = np.random.default_rng(0).bytes(400)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"B08_10m.tif: .*broken"):
        reading.read(folder)


def test_a_list_that_points_elsewhere_is_not_followed(tmp_path, flat):
    """A VRT among uploads could read any file of the server."""
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541")
    path = folder / "T48RXT_20250715T032541_B08_10m.tif"
    source = flat / path.name
    path.unlink()
    path.write_text(f'<VRTDataset rasterXSize="120" rasterYSize="120"><VRTRasterBand dataType="UInt16" band="1">'
                    f'<SimpleSource><SourceFilename>{source}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>'
                    f"</VRTRasterBand></VRTDataset>")  # fmt: skip
    with rasterio.open(path) as opened:  # GDAL left alone would
        assert opened.read(1).mean() > 1000
    with pytest.raises(InputError, match="neither GeoTIFF"):
        reading.read(folder)


def test_a_folder_without_a_date_asks_for_it(tmp_path):
    folder = making.flat_folder(tmp_path / "scene", name="{band}.tif")
    assert reading.recognise(folder).time is None
    with pytest.raises(InputError, match="give time"):
        reading.read(folder)
    when = datetime(2024, 1, 2, 3, tzinfo=UTC)
    assert reading.read(folder, time=when).time == when


def test_a_folder_of_other_things_says_so(tmp_path):
    making.raster(tmp_path / "elevation.tif", np.ones((20, 20), np.float32), 10)
    with pytest.raises(InputError, match="name no band of a known sensor"):
        reading.recognise(tmp_path)
    with pytest.raises(InputError, match="no such file or folder"):
        reading.recognise(tmp_path / "nowhere")


def test_metadata_that_is_no_json_is_named(tmp_path):
    folder = making.flat_folder(tmp_path / "T48RXT_20250715T032541", item=making.stac_item())
    (folder / "metadata.json").write_text(json.dumps(making.stac_item())[:100])
    with pytest.raises(InputError, match=r"metadata.json: is not JSON"):
        reading.recognise(folder)
