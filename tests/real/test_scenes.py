"""A real Sentinel-2 scene: two files whose equal shapes are not equal places, no date, no baseline, no classes."""

from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio
from scipy.ndimage import fourier_shift

from agro.errors import InputError
from remote_sensing import cog, coregistration, reading

pytestmark = pytest.mark.real_data
WHEN = datetime(2021, 2, 3, 14, 30, tzinfo=UTC)  # not given by the source; a summer morning there


@pytest.fixture(scope="module")
def folder(real_data):
    found = real_data / "imagery" / "sentinel2_6band"
    if not found.is_dir():
        pytest.skip(f"no scene at {found}")
    return found


@pytest.fixture(scope="module")
def scene(folder):
    return reading.read(folder, time=WHEN, offset=0)


def test_the_scene_is_recognised_by_its_bands_and_cells(folder):
    found = reading.recognise(folder)
    assert (found.sensor, found.time) == ("sentinel2_l2a", None)
    assert found.missing == ("re1", "re2", "re3", "nir_narrow")
    with pytest.raises(InputError, match="nothing tells when it was taken"):
        reading.read(folder)


def test_dry_steppe_is_bright_enough_to_be_asked_about(folder):
    """Its numbers look as if 1000 were still in (1 % of red below 992), and red of 659 says that it is not."""
    with rasterio.open(folder / "s2_10m.tif") as fine, rasterio.open(folder / "s2_20m.tif") as coarse:
        red, swir2 = np.percentile(fine.read(3), 1), np.percentile(coarse.read(2), 1)
        assert fine.read(3).min() == 659
    with pytest.raises(InputError, match=f"red is below {red:.0f}, 1 % of swir2 is below {swir2:.0f}.*offset=0"):
        reading.read(folder, time=WHEN)


def test_its_numbers_come_as_reflectance(scene, folder):
    with rasterio.open(folder / "s2_10m.tif") as file:
        numbers = file.read()
    for number, role in enumerate(("blue", "green", "red", "nir")):
        np.testing.assert_allclose(scene.band(role), numbers[number] * 1e-4, atol=1e-7)


def test_equal_shapes_are_not_taken_for_equal_places(scene):
    """The file of 20 m covers 6 by 4 km, that of 10 m 3 by 2 km from the same corner."""
    fine, coarse = scene.grids[10], scene.grids[20]
    assert fine.shape == (4, 200, 300)
    assert coarse.shape == (2, 102, 152)  # 100 by 150 and two cells around, not the file's 200 by 300
    assert float(fine.x[0]) - 5 == float(coarse.x[0]) - 10 == 600_000
    assert float(fine.y[0]) + 5 == float(coarse.y[0]) + 10 == 4_700_020


def test_red_and_swir_agree_where_they_are_laid_over_each_other_by_place(scene):
    red = scene.band("red").coarsen(x=2, y=2).mean().values
    swir = scene.band("swir1").values[:100, :150]
    wrong = np.kron(scene.band("swir1").values[:100, :150], np.ones((2, 2)))[:100, :150]  # by row and column
    right, left = np.corrcoef(red.ravel(), swir.ravel())[0, 1], np.corrcoef(red.ravel(), wrong.ravel())[0, 1]
    assert right > 0.5
    assert right > left + 0.3


def test_a_window_of_it_is_a_part_of_it(scene, folder):
    inner = (600_500, 4_698_500, 601_500, 4_699_500)
    part = reading.read(folder, bounds=inner, crs=32719, time=WHEN, offset=0)
    assert part.grids[10].shape == (4, 104, 104)
    for cell in (10, 20):
        same = scene.grids[cell].sel(x=part.grids[cell].x, y=part.grids[cell].y)
        np.testing.assert_array_equal(part.grids[cell], same)


@pytest.mark.parametrize(("rows", "columns"), [(0.3, -0.7), (1.4, 2.6), (-3.2, 0.5)])
def test_a_known_shift_of_it_is_found(scene, rows, columns):
    nir = scene.band("nir").values
    late = np.real(np.fft.ifft2(fourier_shift(np.fft.fft2(nir), (rows, columns))))
    found = coregistration.shift(nir, late, 10.0)
    assert found.dx == pytest.approx(-10 * columns, abs=1.5)
    assert found.dy == pytest.approx(10 * rows, abs=1.5)
    assert found.spread <= 2


def test_it_survives_the_disk(scene, tmp_path):
    cog.write(tmp_path / "10.tif", scene.grids[10])
    np.testing.assert_allclose(cog.read(tmp_path / "10.tif"), scene.grids[10], atol=1e-6)


def test_it_survives_as_a_folder_of_our_own(scene, tmp_path):
    for cell, grid in scene.grids.items():
        cog.write(tmp_path / f"S2_{cell:g}m.tif", grid)
    again = reading.read(tmp_path, time=WHEN)
    np.testing.assert_allclose(again.band("swir2"), scene.band("swir2"), atol=1e-6)


def test_real_tiles_of_four_bands_and_eight_bits_name_their_bands(real_data):
    """Red first here, blue first with GF: the colours that a file of 8 bits declares decide."""
    tiles = sorted((real_data / "imagery" / "urban_trees_rgbn" / "images").glob("*.tif"))
    if not tiles:
        pytest.skip("no tiles")
    with rasterio.open(tiles[0]) as file:
        numbers = file.read()
    scene = reading.read(tiles[0], sensor="four_band", time=WHEN, relative=True)
    np.testing.assert_allclose(scene.band("red"), np.where(numbers[0], numbers[0] * 1e-4, np.nan), atol=1e-7)


def test_a_mosaic_without_a_place_is_refused_and_says_so(real_data):
    path = real_data / "imagery" / "plantation_grey_orthomosaic.tif"
    if not path.is_file():
        pytest.skip("no mosaic")
    with pytest.raises(InputError, match="no place on the ground") as error:
        reading.recognise(path)
    assert "没有地理参考" in error.value.zh
