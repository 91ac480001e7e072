import shutil
import subprocess

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agro.terrain.derivatives import metres_per_degree, slope_aspect

HILL = np.array(
    [
        [100, 102, 105, 110, 118],
        [101, 104, 109, 116, 125],
        [103, 108, 115, 123, 133],
        [106, 113, 121, 131, 142],
        [110, 118, 128, 139, 151],
    ]
)
heights = arrays(np.float64, (6, 7), elements=st.integers(0, 2000).map(float))
EITHER = pytest.mark.parametrize("parallel", [False, True])


@EITHER
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_a_hill_has_the_slope_and_aspect_of_gdaldem(dtype, parallel):
    slope, aspect = slope_aspect(HILL.astype(dtype), 10, 10, parallel=parallel)
    assert np.diag(slope)[1:-1] == pytest.approx([27.3618, 43.8448, 52.4851], abs=1e-4)
    assert np.diag(aspect)[1:-1] == pytest.approx([307.1467, 308.6598, 307.1998], abs=1e-4)


def test_cells_that_are_not_square_turn_the_aspect():
    slope, aspect = slope_aspect(HILL.astype(np.float32), 10, 5)
    assert np.diag(slope)[1:-1] == pytest.approx([36.8278, 54.7525, 62.0666], abs=1e-4)
    assert np.diag(aspect)[1:-1] == pytest.approx([326.5752, 327.9946, 326.6259], abs=1e-4)  # gdaldem errs here


def test_a_plane_rising_east_and_south_on_flat_cells_faces_northwest():
    y, x = np.mgrid[:5, :6]
    slope, aspect = slope_aspect((x * 10.0 + y * 1.0).astype(np.float32), 10, 1)
    assert aspect[1:-1, 1:-1] == pytest.approx(315, abs=1e-3)  # where xarray-spatial 0.5.3 says 275.71
    assert slope[1:-1, 1:-1] == pytest.approx(54.7356, abs=1e-3)


@pytest.mark.parametrize("facing", [90.0, 225.0])
def test_a_plane_on_a_grid_of_degrees_has_its_true_slope(facing):
    second = 1 / 3600
    latitude = 29.5 - (np.arange(9) - 4) * second
    east, north = metres_per_degree(latitude)
    dx, dy = east * second, north * second
    x = (np.arange(9) - 4)[None, :] * dx[:, None]
    y = -np.concatenate([[0], np.cumsum((dy[1:] + dy[:-1]) / 2)])[:, None]
    downhill = x * np.sin(np.radians(facing)) + y * np.cos(np.radians(facing))
    slope, aspect = slope_aspect(500 - np.tan(np.radians(30)) * downhill, dx, dy)
    assert (dx[4], dy[4]) == pytest.approx((26.935, 30.790), abs=1e-3)  # one arc-second at 29.5 N
    assert slope[1:-1, 1:-1] == pytest.approx(30.0, abs=0.01)
    assert aspect[1:-1, 1:-1] == pytest.approx(facing, abs=0.01)


def test_steep_noise_has_the_slope_and_aspect_of_qgis():
    raster = np.array(
        [
            [np.nan] * 6,
            [704.237, 242.24084, 429.3324, 779.8816, 193.29506, 984.6926],
            [226.56795, 815.7483, 290.6041, 76.49687, 820.89716, 32.27882],
            [344.8238, 256.34998, 806.8326, 602.0442, 721.1633, 496.95636],
            [185.43515, 834.10425, 387.0871, 716.0262, 49.61273, 752.95483],
            [302.4271, 151.49211, 442.32797, 358.4702, 659.8187, 447.1241],
            [148.04834, 819.2133, 468.97913, 977.11694, 597.69666, 999.14185],
            [268.1575, 625.96466, 840.26483, 448.28333, 859.2699, 528.04095],
        ],
        np.float32,
    )
    slope, aspect = slope_aspect(raster, 1, 1)
    assert slope[3:7, 1:5] == pytest.approx(
        np.array(
            [
                [89.61588, 89.47127, 89.24196, 88.385376],
                [89.61132, 89.59183, 89.56854, 88.90889],
                [89.42886, 89.25054, 89.60963, 89.71719],
                [89.75693, 89.67336, 89.502174, 89.24611],
            ]
        ),
        rel=1e-5,
    )
    assert aspect[3, 1:5] == pytest.approx([274.42487, 11.035832, 357.9641, 129.98279], rel=1e-5)
    assert np.isnan(slope[1]).all()  # beside the unknown row


@pytest.mark.real_data
@pytest.mark.parametrize(("layer", "tolerance"), [("slope", 1e-4), ("aspect", 0.01)])
def test_real_hills_have_the_slope_and_aspect_of_gdaldem(layer, tolerance, real_data, tmp_path):
    if not shutil.which("gdaldem"):
        pytest.skip("gdaldem is not installed (Debian: gdal-bin)")
    dem = real_data / "dem" / "youwuzhen_dem30m.tif"
    subprocess.run(["gdaldem", layer, dem, tmp_path / "out.tif", "-q"], check=True)
    with rasterio.open(tmp_path / "out.tif") as theirs, rasterio.open(dem) as source:
        expected = theirs.read(1, masked=True).filled(np.nan)
        slope, aspect = slope_aspect(source.read(1), *source.res)
    ours = slope if layer == "slope" else np.where(np.isnan(aspect), expected, aspect)
    assert np.isnan(ours).sum() == np.isnan(expected).sum() == 2 * (98 + 127) - 4
    steep = np.ones_like(slope, bool) if layer == "slope" else slope > 0.5
    difference = np.abs((ours - expected + 180) % 360 - 180)[steep]
    assert np.nanmax(difference) < tolerance
    if layer == "aspect":  # gdaldem sums heights in float32; against float64 we are closer
        with rasterio.open(dem) as source:
            exact = slope_aspect(source.read(1).astype(np.float64), *source.res)[1]
        assert np.nanmax(np.abs(exact - aspect)[steep]) < 2e-4


def test_edges_can_be_continued_along_the_ground():
    y, x = np.mgrid[:5, :6]
    plane = (3.0 * x - 4.0 * y).astype(np.float32)
    bare, _ = slope_aspect(plane, 10, 10)
    slope, aspect = slope_aspect(plane, 10, 10, edges=True)
    assert np.isnan(bare[0]).all()
    assert np.isnan(bare[:, -1]).all()
    assert slope == pytest.approx(np.degrees(np.arctan(0.5)), abs=1e-4)
    assert aspect == pytest.approx(np.degrees(np.arctan2(-3, -4)) % 360, abs=1e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_flat_ground_has_no_aspect(dtype):
    slope, aspect = slope_aspect(np.full((4, 4), 812.5, dtype), 30, 30, edges=True)
    assert slope.dtype == dtype
    assert (slope == 0).all()
    assert np.isnan(aspect).all()


@given(heights, st.sampled_from([-300.0, 1000.0]))
def test_lifting_a_whole_mountain_changes_no_slope(z, lift):
    for before, after in zip(slope_aspect(z, 10, 12), slope_aspect(z + lift, 10, 12), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-9)


@given(heights)
def test_turning_a_mountain_turns_its_aspect(z):
    slope, aspect = slope_aspect(z, 10, 10)
    turned_slope, turned = slope_aspect(np.rot90(z, -1), 10, 10)  # clockwise
    np.testing.assert_allclose(np.rot90(turned_slope), slope, atol=1e-9)
    difference = np.rot90(turned) - aspect - 90
    np.testing.assert_allclose(
        np.abs(np.sin(np.radians(difference / 2)))[1:-1, 1:-1][~np.isnan(aspect[1:-1, 1:-1])], 0, atol=1e-9
    )
