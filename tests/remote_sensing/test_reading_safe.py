import shutil
import zipfile

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import reading
from remote_sensing.reading import safe_xml
from remote_sensing.scene import Quality
from tests.remote_sensing import making


@pytest.fixture
def own(safe, tmp_path):
    """A copy of the product to break."""
    return shutil.copytree(safe, tmp_path / safe.name)


def zipped(folder, path):
    with zipfile.ZipFile(path, "w") as target:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                target.write(file, f"{folder.name}/{file.relative_to(folder)}")
    return path


def test_the_sun_of_the_real_tile_is_read_to_the_last_digit():  # T2.5
    told = safe_xml.told(making.tile_xml().encode(), "MTD_TL.xml")
    assert told.sun_zenith == pytest.approx(76.5286190227361, abs=1e-9)
    assert told.sun_azimuth == pytest.approx(246.540424743604, abs=1e-9)


def test_viewing_angles_are_averaged_as_directions():
    assert safe_xml.mean_direction([(10, 350), (10, 10)]) == pytest.approx((9.8514, 0.0), abs=1e-3)
    told = safe_xml.told(making.tile_xml().encode(), "MTD_TL.xml")
    assert told.view_zenith == pytest.approx(11.70, abs=0.02)
    assert told.view_azimuth == pytest.approx(4.48, abs=0.05)


def test_a_product_is_recognised_without_reading_it(safe):
    found = reading.recognise(safe)
    assert (found.sensor, found.product, found.missing) == ("sentinel2_l2a", making.PRODUCT, ())
    assert found.time.isoformat() == "2022-04-13T15:07:59.024000+00:00"
    assert (found.about["orbit"], found.about["baseline"]) == (25, "04.00")


def test_bands_come_on_their_own_grids_as_reflectance(safe):
    scene = reading.read(safe)
    assert scene.grids[10]["band"].values.tolist() == ["blue", "green", "red", "nir"]
    assert scene.grids[20]["band"].values.tolist() == ["re1", "re2", "re3", "nir_narrow", "swir1", "swir2"]
    for name, role in {"B04": "red", "B08": "nir", "B11": "swir1"}.items():
        assert float(scene.band(role).mean()) == pytest.approx(making.REFLECTANCE[name], abs=2e-4)
    assert scene.band("red").rio.crs.to_epsg() == 32633
    assert (scene.sun_zenith, scene.about["classes"]) == (76.5286190227361, "scl")
    assert "borne out" in scene.about["offset_decision"]


def test_classes_lie_over_their_places(safe):
    quality = reading.read(safe).quality
    assert quality.shape == (120, 120)
    assert quality.values[0, 0] == quality.values[19, 19] == Quality.CLOUD
    assert quality.values[20, 0] == Quality.CLOUD_SHADOW
    assert quality.values[80, 80] == quality.values[87, 87] == Quality.WATER
    assert quality.values[60, 60] == 0
    assert quality.values[0, -1] == Quality.NODATA


def test_a_window_holds_the_same_numbers_as_the_whole(safe):
    whole = reading.read(safe)
    west, south, east, north = 600_400, 3_299_300, 600_700, 3_299_600
    part = reading.read(safe, bounds=(west, south, east, north), crs=32633)
    assert part.grids[10].shape == (4, 34, 34)
    assert float(part.grids[10].x[0]) == west - 20 + 5
    for cell in (10, 20):
        same = whole.grids[cell].sel(x=part.grids[cell].x, y=part.grids[cell].y)
        np.testing.assert_array_equal(part.grids[cell], same)
    np.testing.assert_array_equal(part.quality, whole.quality.sel(x=part.quality.x, y=part.quality.y))


def test_a_zip_is_read_where_it_lies(safe, tmp_path):
    scene = reading.read(zipped(safe, tmp_path / f"{making.PRODUCT}.zip"))
    np.testing.assert_array_equal(scene.grids[20], reading.read(safe).grids[20])
    assert scene.product == making.PRODUCT


def test_a_zip_that_broke_off_is_refused(safe, tmp_path):
    path = making.cut(zipped(safe, tmp_path / "broken.zip"))
    with pytest.raises(InputError, match=r"broken.zip: is no whole zip") as error:
        reading.recognise(path)
    assert "不完整" in error.value.zh


def test_a_picture_that_broke_off_is_named(own):
    (path,) = own.rglob("*_B08_10m.jp2")
    making.cut(path, 0.7)
    with pytest.raises(InputError, match=r"T33XWJ_20220413T150759_B08_10m.jp2: .*cut off") as error:
        reading.read(own)
    assert "截断" in error.value.zh


def test_an_empty_picture_is_named(own):
    (path,) = own.rglob("*_B11_20m.jp2")
    path.write_bytes(b"")
    with pytest.raises(InputError, match=r"B11_20m.jp2: the file is empty"):
        reading.read(own)


def test_missing_bands_are_told_and_the_others_read(own):
    for path in own.rglob("*_B8A_*.jp2"):
        path.unlink()
    assert reading.recognise(own).missing == ("nir_narrow",)
    assert "nir_narrow" not in reading.read(own).roles


def test_a_product_without_its_metadata_is_refused(own):
    (own / "MTD_MSIL2A.xml").unlink()
    with pytest.raises(InputError, match=r"holds no MTD_MSIL2A.xml"):
        reading.recognise(own)


def test_top_of_atmosphere_products_are_refused(own):
    (own / "MTD_MSIL2A.xml").unlink()
    (own / "MTD_MSIL1C.xml").write_text(making.product_xml(level="1C"))
    with pytest.raises(InputError, match="Level-1C"):
        reading.recognise(own)


def test_metadata_that_broke_off_and_metadata_with_entities_are_refused(own):
    text = making.product_xml()
    (own / "MTD_MSIL2A.xml").write_text(text[: len(text) // 2])
    with pytest.raises(InputError, match="not whole XML"):
        reading.recognise(own)
    (own / "MTD_MSIL2A.xml").write_text('<!DOCTYPE x [<!ENTITY a "b">]>' + text.split("\n", 1)[1])
    with pytest.raises(InputError, match="entities"):
        reading.recognise(own)


def test_a_product_whose_numbers_deny_its_metadata_is_refused_until_someone_decides(tmp_path):
    folder = making.safe_folder(tmp_path, offset=-1000, added=0)
    with pytest.raises(InputError, match=r"MTD_MSIL2A.xml says \[-1000.0\], but the numbers"):
        reading.read(folder)
    assert float(reading.read(folder, offset=0).band("nir").mean()) == pytest.approx(0.33, abs=2e-4)
