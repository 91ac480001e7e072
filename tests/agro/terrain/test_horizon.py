import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agro.terrain.horizon import azimuths, horizon, self_horizon, with_self_horizon
from tests.agro.terrain.marching import finely_marched_horizon, marched_horizon, mountains

heights = arrays(np.float32, (9, 9), elements=st.integers(0, 60).map(lambda h: h * 10.0))


def test_flat_ground_has_no_horizon():
    assert (horizon(np.full((20, 30), 415.3), 10, 10) == 0).all()


def test_a_ring_of_mountains_stands_at_its_height_all_round():
    y, x = np.mgrid[-200:201, -200:201] * 10.0
    crater = np.where(np.hypot(x, y) >= 1500, 200.0, 0.0)
    around = horizon(crater, 10, 10)[:, 200, 200]
    assert around == pytest.approx(7.5946, abs=0.08)


def test_a_far_wall_sinks_with_the_curvature_of_the_earth():
    line = np.zeros((3, 502))
    line[:, 501] = 1000.0
    cell = 5000.04 / 501
    with_, without = (horizon(line, cell, cell, curvature=c)[8, 1, 0] for c in (True, False))
    assert np.radians(with_) == pytest.approx(0.197017, abs=1e-6)  # GRASS r.horizon
    assert np.radians(without) == pytest.approx(0.197394, abs=1e-6)


@pytest.mark.parametrize(
    ("profile", "index"),
    [
        ([100, 80, 75, 85, 70, 50, 64, 65, 85, 90], [0, 3, 3, 9, 9, 6, 8, 8, 9, 9]),
        ([100, 80, 75, 85, 70, 80, 64, 65, 70, 90], [0, 3, 3, 9, 5, 9, 9, 9, 9, 9]),
        ([0, 5, 7, 20, 18, 30, 30, 35, 20, 21], [3, 3, 3, 5, 5, 7, 7, 7, 9, 9]),
    ],
)
def test_profiles_see_the_points_that_topocalc_sees(profile, index):
    z = np.array(profile, float)
    place = np.arange(10)
    away = np.maximum(np.array(index) - place, 1) * 30
    expected = np.degrees(np.arctan((z[index] - z) / away))
    assert horizon(np.tile(z, (3, 1)), 30, 30)[8, 1] == pytest.approx(expected, abs=1e-4)


def test_the_foot_of_a_wall_sees_half_the_sky():
    z = np.zeros((41, 41))
    z[:, 21:] = 1e6
    around = horizon(z, 10, 10)[:, 20, 20]
    east = np.sin(np.radians(azimuths())) > 1e-6
    assert around[east] == pytest.approx(90, abs=0.1)
    assert (around[~east] == 0).all()


@pytest.mark.parametrize(("dx", "dy", "directions"), [(10, 10, 32), (10, 25, 32), (30, 10, 12)])
@pytest.mark.parametrize("parallel", [False, True])
def test_mountains_have_the_horizon_of_marching_rays(dx, dy, directions, parallel):
    z = mountains(300)[:250]
    ours = horizon(z, dx, dy, directions=directions, parallel=parallel)
    rng = np.random.default_rng(5)
    places = [(rng.integers(directions), rng.integers(250), rng.integers(300)) for _ in range(3000)]
    truth = np.array([marched_horizon(z, y, x, azimuths(directions)[d], dx, dy) for d, y, x in places])
    error = np.abs(truth - [ours[place] for place in places])
    assert np.median(error) < 0.01
    assert np.percentile(error, 99) < 0.3
    assert error.max() < 3


def test_the_surface_between_the_cells_hides_little_more():
    z = mountains(300)
    ours = horizon(z, 10, 10)
    rng = np.random.default_rng(6)
    places = [(rng.integers(32), rng.integers(300), rng.integers(300)) for _ in range(2000)]
    truth = np.array([finely_marched_horizon(z, y, x, azimuths()[d], 10, 10) for d, y, x in places])
    error = np.abs(truth - [ours[place] for place in places])
    assert np.median(error) < 0.05
    assert np.percentile(error, 99) < 1.5


def test_unknown_ground_hides_nothing():
    z = np.zeros((21, 41))
    z[:, 30:] = 100.0
    z[:, 25] = np.nan
    around = horizon(z, 10, 10)
    assert around[8, 10, 20] == pytest.approx(45, abs=1e-4)  # 100 m high, 100 m away
    assert around[24, 10, 20] == 0
    assert np.isnan(around[:, :, 25]).all()
    assert np.isfinite(np.delete(around, 25, axis=2)).all()


def test_a_tall_crown_looks_over_a_low_wall():
    z = np.zeros((3, 60))
    z[:, 50:] = 3.0
    assert horizon(z, 1, 1, observer=2.0)[8, 1, 40] == pytest.approx(np.degrees(np.arctan(1 / 10)), abs=1e-4)


def test_a_slope_hides_its_own_sky_uphill():
    raised = with_self_horizon(np.full(32, 5.0), 20.0, 180.0)
    assert raised[0] == pytest.approx(20)
    assert raised[16] == 5
    assert self_horizon(90.0, 20.0, 180.0) == pytest.approx(0, abs=1e-9)
    assert (with_self_horizon(np.zeros(32), 0.0, np.nan) == 0).all()


@settings(max_examples=30)
@given(heights)
def test_lifting_a_whole_mountain_changes_no_horizon(z):
    np.testing.assert_allclose(horizon(z + 500, 30, 30), horizon(z, 30, 30), atol=1e-3)


@settings(max_examples=30)
@given(heights)
def test_turning_a_mountain_turns_its_horizon(z):
    around = horizon(z, 30, 30)
    turned = np.rot90(horizon(np.rot90(z, -1), 30, 30), axes=(1, 2))
    off = np.abs(np.roll(turned, -8, axis=0) - around)
    assert np.percentile(off, 95) < 1e-3  # which column of an equal pair of summits is nominated may differ


@settings(max_examples=30)
@given(heights)
def test_doubling_a_mountain_raises_every_horizon(z):
    assert (horizon(2 * z, 30, 30) >= horizon(z, 30, 30) - 1e-3).all()


@settings(max_examples=30)
@given(heights)
def test_no_horizon_is_above_what_marching_finds(z):
    around = horizon(z, 30, 20)
    for d, y, x in [(0, 8, 4), (3, 7, 2), (5, 6, 1), (11, 1, 1), (20, 2, 7), (27, 7, 7)]:
        assert around[d, y, x] <= marched_horizon(z, y, x, azimuths()[d], 30, 20) + 1e-3


def test_a_single_row_of_cells_is_a_profile():
    z = np.zeros((1, 40))
    z[0, 30] = 100.0
    assert horizon(z, 10, 10)[8, 0, 10] == pytest.approx(np.degrees(np.arctan(0.5)), abs=1e-4)
    assert horizon(z.T, 10, 10)[16, 10, 0] == pytest.approx(np.degrees(np.arctan(0.5)), abs=1e-4)
