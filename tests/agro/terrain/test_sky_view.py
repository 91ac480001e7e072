import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agro.terrain.derivatives import slope_aspect
from agro.terrain.horizon import azimuths, horizon
from agro.terrain.sky_view import interpolated, sky_view, sky_view_map

ALL_ROUND = azimuths(3600)
NORTH = np.where(np.cos(np.radians(ALL_ROUND)) > 0, 20.0, 0.0)


def test_a_published_horizon_leaves_the_cosine_weighted_share():
    published = [7.9, 17.5, 3.8, 7.8, 10.9, 20.1, 23.8, 13.7, 7.0, 7.4, 21.2, 16.2]
    assert sky_view(published, interpolate=False) == pytest.approx(0.9379, abs=1e-4)


@pytest.mark.parametrize(("height", "share"), [(10, 0.969846), (15, 0.933013), (20, 0.883022), (30, 0.75), (45, 0.5)])
def test_an_even_horizon_leaves_the_squared_cosine(height, share):
    assert sky_view(np.full(32, float(height))) == pytest.approx(share, abs=1e-6)


@pytest.mark.parametrize(("tilt", "share"), [(10, 0.992404), (20, 0.969846), (30, 0.933013), (45, 0.853553)])
def test_an_open_slope_sees_the_half_of_one_plus_cosine(tilt, share):
    assert sky_view(np.zeros(32), tilt, 137.0) == pytest.approx(share, abs=1e-6)
    raster = sky_view_map(np.zeros((32, 1, 1)), np.full((1, 1), tilt), np.full((1, 1), 137.0))
    assert raster[0, 0] == pytest.approx(share, abs=1e-6)


def test_a_north_slope_in_a_bowl():
    assert sky_view(np.full(32, 15.0), 20.0, 0.0) == pytest.approx(0.877657, abs=1e-4)


def test_the_bottom_of_a_valley_with_walls_of_thirty_degrees():
    across = np.degrees(np.arctan(np.tan(np.radians(30)) * np.abs(np.sin(np.radians(ALL_ROUND)))))
    assert sky_view(across) == pytest.approx(0.866025, abs=1e-4)


def test_a_wall_costs_a_south_slope_more_in_the_south():
    assert sky_view(NORTH, 30.0, 180.0) == pytest.approx(0.9266, abs=1e-3)
    assert sky_view(20 - NORTH, 30.0, 180.0) == pytest.approx(0.7754, abs=1e-3)


def test_the_foot_of_an_endless_wall_sees_half_the_sky():
    wall = np.where(np.sin(np.radians(ALL_ROUND)) > 0, 90.0, 0.0)
    assert sky_view(wall) == pytest.approx(0.5, abs=1e-3)
    assert sky_view(0 * wall) == pytest.approx(1.0, abs=1e-9)


def test_a_crater_takes_its_share_of_the_sky():
    y, x = np.mgrid[-160:161, -160:161] * 10.0
    around = horizon(np.where(np.hypot(x, y) >= 1500, 200.0, 0.0), 10, 10)[:, 160:161, 160:161]
    assert sky_view(around[:, 0, 0]) == pytest.approx(0.982533, abs=5e-4)
    assert sky_view_map(around, np.zeros((1, 1)), np.full((1, 1), np.nan))[0, 0] == pytest.approx(0.982533, abs=5e-4)


@pytest.mark.real_data
def test_the_horizon_of_albuquerque(real_data):
    profile = pd.read_csv(real_data / "dem" / "horizon_profile_pvgis.csv")
    share = sky_view(profile.horizon_elevation, directions=profile.horizon_azimuth)
    assert share == pytest.approx(0.978049, abs=1e-5)  # kept for regression
    # by hand: trapezes of cos(h)**2 over the 48 directions
    assert share == pytest.approx(np.mean(np.cos(np.radians(profile.horizon_elevation)) ** 2), abs=1e-3)


def test_a_horizon_is_linear_between_its_directions():
    around = np.array([0.0, 10.0, 20.0, 30.0])
    assert interpolated(around, azimuths(4), [0, 45, 90, 315, 360, 405]) == pytest.approx([0, 5, 10, 15, 0, 5])
    assert interpolated(around, np.array([10.0, 100, 190, 280]), [10, 55, 325, 0]) == pytest.approx([0, 5, 15, 10 / 3])


@pytest.mark.parametrize("parallel", [False, True])
def test_the_map_agrees_with_single_places(parallel):
    rng = np.random.default_rng(1)
    around, slope, aspect = rng.uniform(0, 60, (32, 5, 6)), rng.uniform(0, 70, (5, 6)), rng.uniform(0, 360, (5, 6))
    aspect[2, 3], around[:, 4, 4] = np.nan, np.nan
    slope[2, 3] = 0
    expected = sky_view(around, slope, aspect, interpolate=False)
    np.testing.assert_allclose(sky_view_map(around, slope, aspect, parallel=parallel), expected, atol=1e-6)


@settings(max_examples=30)
@given(arrays(np.float32, (8, 8), elements=st.floats(0, 3000, width=32)))
def test_nobody_sees_more_than_the_sky(z):
    slope, aspect = slope_aspect(z, 30, 30, edges=True)
    share = sky_view_map(horizon(z, 30, 30), slope, aspect)
    assert ((share >= 0) & (share <= 1)).all()


def test_flat_open_ground_sees_the_whole_sky():
    share = sky_view_map(np.zeros((32, 1, 1)), np.zeros((1, 1)), np.full((1, 1), np.nan))
    assert share[0, 0] == pytest.approx(1, abs=1e-6)
