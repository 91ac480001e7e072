import numpy as np
import pytest

from agro.errors import NotFoundError, ParameterError
from remote_sensing import reading, sensor
from remote_sensing.scene import Quality
from tests.remote_sensing import making

KEYS = sorted(sensor.catalogue())


def test_the_sensors_of_the_specification_are_there():
    assert {"sentinel2_l2a", "landsat_c2_l2", "planetscope_sr", "four_band", "rgb", "drone_rgb"} <= set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_each_band_of_a_sensor_has_a_name_of_its_own(key):
    names = [name.lower() for band in sensor.named(key).bands.values() for name in set(band.names)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("key", KEYS)
def test_bands_come_in_the_order_of_their_waves(key):
    bands = sensor.named(key).bands
    waves = [bands[role].wavelength for role in sensor.named(key).roles]
    assert waves == sorted(waves)


@pytest.mark.parametrize(
    ("key", "buffer"), [("sentinel2_l2a", 10), ("landsat_c2_l2", 30), ("planetscope_sr", 3), ("drone_rgb", 0.3)]
)
def test_plots_are_drawn_in_by_a_pixel(key, buffer):
    assert sensor.named(key).inward_buffer == buffer


def test_scene_classes_become_reasons_of_doubt():
    bits = sensor.named("sentinel2_l2a").mask.quality(np.arange(12, dtype=np.uint8)[None])[0]
    cloud, shadow, water, thin, nothing = (
        Quality.CLOUD,
        Quality.CLOUD_SHADOW,
        Quality.WATER,
        Quality.THIN_CLOUD,
        Quality.NODATA,
    )
    assert list(bits) == [nothing, water, 0, shadow, 0, 0, water, 0, cloud, cloud, thin, water]


def test_quality_bits_of_landsat_become_reasons_of_doubt():
    # 1 fill, 22280 cloud (bit 3), 23888 shadow (bit 4), 21824 clear: from the table of USGS, recalled
    bits = sensor.named("landsat_c2_l2").mask.quality(np.array([[1, 22280, 23888, 21824]], dtype=np.uint16))[0]
    assert bits[0] & Quality.NODATA
    assert bits[1] & Quality.CLOUD
    assert not bits[1] & Quality.CLOUD_SHADOW
    assert bits[2] & Quality.CLOUD_SHADOW
    assert bits[3] == 0


def test_bands_of_planets_mask_become_reasons_of_doubt():
    udm2 = np.zeros((8, 1, 4), np.uint8)
    udm2[0, 0, 0], udm2[2, 0, 1], udm2[4, 0, 2], udm2[5, 0, 3] = 1, 1, 1, 1
    bits = sensor.named("planetscope_sr").mask.quality(udm2)[0]
    assert list(bits) == [0, Quality.CLOUD_SHADOW, Quality.CLOUD, Quality.CLOUD]


NEW = """
name   = { zh = "新卫星", en = "New satellite" }
kind   = "satellite"
source = "its handbook"
[values]
scale         = { value = 0.001, unit = "1", source = "its handbook", evidence = "judgement" }
offset        = { value = -0.05, unit = "1", source = "its handbook", evidence = "judgement" }
nodata        = { value = 65535, unit = "DN", source = "its handbook", evidence = "judgement" }
inward_buffer = { value = 5, unit = "m", source = "a pixel", evidence = "judgement" }
[bands]
red = { names = ["PAN7"], wavelength = 660, cell = 5 }
nir = { names = ["PAN9"], wavelength = 860, cell = 5 }
[mask]
how = "rule"
[known_by]
names = ['NEWSAT_\\d{8}']
"""


def test_a_new_sensor_is_a_new_file_and_no_code(tmp_path):
    (tmp_path / "newsat.toml").write_text(NEW, encoding="utf-8")
    folder = tmp_path / "NEWSAT_20240102"
    making.raster(folder / "NEWSAT_20240102_PAN7.tif", np.full((40, 40), 100, np.uint16), 5)
    making.raster(folder / "NEWSAT_20240102_PAN9.tif", np.full((40, 40), 450, np.uint16), 5)
    scene = reading.read(folder, sensors=sensor.catalogue(tmp_path))
    assert scene.sensor == "newsat"
    assert float(scene.band("red").mean()) == pytest.approx(0.05)
    assert float(scene.band("nir").mean()) == pytest.approx(0.40)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (NEW.replace("[bands]\nred", "[bands]\nrot"), "no such role"),
        (NEW.replace('kind   = "satellite"', 'kind   = "kite"'), "satellite or drone"),
        (NEW.replace("inward_buffer =", "outward_buffer ="), "does not know outward_buffer"),
        (NEW.replace('unit = "m"', 'unit = "km"'), "needs a number in 'm'"),
        (
            NEW.replace('source = "its handbook"\n[values]', 'source = ""\n[values]'),
            "needs a name in zh and en, and a source",
        ),
    ],
)
def test_a_sensor_file_that_is_wrong_says_where(tmp_path, wrong, said):
    (tmp_path / "newsat.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ParameterError, match=said):
        sensor.load(tmp_path / "newsat.toml")


def test_an_unknown_sensor_is_named_with_the_known_ones():
    with pytest.raises(NotFoundError, match="sentinel2_l2a") as error:
        sensor.named("sentinel3")
    assert "没有传感器" in error.value.zh
