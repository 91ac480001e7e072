import json

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import reading
from remote_sensing.reading import landsat
from remote_sensing.scene import Quality
from tests.remote_sensing import making

PRODUCT = "LC08_L2SP_127040_20190114_20200830_02_T1"
LEVEL_2 = {"LANDSAT_PRODUCT_ID": PRODUCT, "PROCESSING_LEVEL": "L2SP"}
IMAGE = {"SPACECRAFT_ID": "LANDSAT_8", "WRS_PATH": "127", "WRS_ROW": "40", "DATE_ACQUIRED": "2019-01-14",
         "SCENE_CENTER_TIME": "14:34:30.4390740Z", "CLOUD_COVER": "75.65", "SUN_AZIMUTH": "107.50935585",
         "SUN_ELEVATION": "59.49769288"}  # fmt: skip
SCALES = {
    f"REFLECTANCE_{what}_BAND_{n}": value
    for n in range(1, 8)
    for what, value in (("MULT", "2.75e-05"), ("ADD", "-0.2"))
}
LEVEL_1 = {"PROCESSING_LEVEL": "L1TP", "REFLECTANCE_MULT_BAND_2": "2.0000E-05", "REFLECTANCE_ADD_BAND_2": "-0.100000"}
GROUPS = {"PRODUCT_CONTENTS": LEVEL_2, "IMAGE_ATTRIBUTES": IMAGE, "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS": SCALES,
          "LEVEL1_PROCESSING_RECORD": LEVEL_1, "LEVEL1_RADIOMETRIC_RESCALING": LEVEL_1}  # fmt: skip
"""Groups, names and values of the MTL of a real product (LC08_L2SP_001070_20190114), shortened."""


def as_text(groups):
    lines = ["GROUP = LANDSAT_METADATA_FILE"]
    for name, entries in groups.items():
        lines += [f"  GROUP = {name}"]
        lines += [
            f'    {key} = "{value}"' if value[0].isalpha() else f"    {key} = {value}" for key, value in entries.items()
        ]
        lines += [f"  END_GROUP = {name}"]
    return "\n".join([*lines, "END_GROUP = LANDSAT_METADATA_FILE", "END", ""])


@pytest.fixture
def folder(tmp_path):
    """A Landsat product of 40 by 40 pixels: reflectance 0.05 + 0.05 by band, a cloud, its shadow, fill in a corner."""
    folder = tmp_path / PRODUCT
    for band in range(1, 8):
        values = np.full((40, 40), round((0.05 * band + 0.2) / 2.75e-5), np.uint16)
        values[-2:, -2:] = 0
        making.raster(folder / f"{PRODUCT}_SR_B{band}.TIF", values, 30, origin=(600_015, 3_300_015))
    qa = np.full((40, 40), 21824, np.uint16)
    qa[:5, :5], qa[5:10, :5], qa[-2:, -2:] = 22280, 23888, 1
    making.raster(folder / f"{PRODUCT}_QA_PIXEL.TIF", qa, 30, origin=(600_015, 3_300_015))
    making.raster(folder / f"{PRODUCT}_ST_B10.TIF", qa, 30, origin=(600_015, 3_300_015))
    return folder


@pytest.mark.parametrize("kind", ["txt", "json"])
def test_time_sun_and_scaling_come_from_the_mtl(folder, kind):
    text = as_text(GROUPS) if kind == "txt" else json.dumps({"LANDSAT_METADATA_FILE": GROUPS})
    (folder / f"{PRODUCT}_MTL.{kind}").write_text(text)
    scene = reading.read(folder)
    assert (scene.sensor, scene.product) == ("landsat_c2_l2", PRODUCT)
    assert scene.time.isoformat() == "2019-01-14T14:34:30.439074+00:00"
    assert scene.sun_zenith == pytest.approx(30.50230712)
    assert scene.sun_azimuth == pytest.approx(107.50935585)
    assert (scene.about["orbit"], scene.about["cloud_cover"]) == ("127/40", 75.65)
    for band, role in landsat.ROLES.items():
        assert float(scene.band(role)[0, 0]) == pytest.approx(0.05 * int(band), abs=2e-5)
    assert np.isnan(scene.band("red").values[-1, -1])


def test_its_quality_band_is_translated(folder):
    quality = reading.read(folder).quality.values
    assert quality[0, 0] & Quality.CLOUD
    assert quality[6, 0] & Quality.CLOUD_SHADOW
    assert quality[20, 20] == 0
    assert quality[-1, -1] & Quality.NODATA


def test_without_mtl_the_name_tells_the_day(folder):
    found = reading.recognise(folder)
    assert f"{found.time:%Y-%m-%d}" == "2019-01-14"
    assert found.about["day_only"]


def test_a_product_of_level_1_is_refused(folder):
    (folder / f"{PRODUCT}_MTL.txt").write_text(as_text({"PRODUCT_CONTENTS": {"PROCESSING_LEVEL": "L1TP"}}))
    with pytest.raises(InputError, match="is of level L1TP") as error:
        reading.recognise(folder)
    assert "地表反射率" in error.value.zh


def test_a_quality_band_that_broke_off_is_named(folder):
    making.cut(folder / f"{PRODUCT}_QA_PIXEL.TIF", 0.9)
    with pytest.raises(InputError, match=r"QA_PIXEL\.TIF"):
        reading.read(folder)
