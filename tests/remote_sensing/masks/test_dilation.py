import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from remote_sensing import masks
from remote_sensing.masks.settings import settings
from remote_sensing.scene import Quality


def away(mask, dx, dy):
    """Return the distance to the nearest marked cell, by scipy's exact transform [m]."""
    return ndimage.distance_transform_edt(~mask, sampling=(dy, dx))


@given(st.integers(1, 25), st.integers(1, 25), st.floats(0, 1), st.integers(0, 9), st.sampled_from([(10, 10), (10, 7)]))
def test_cells_within_a_distance_are_those_of_scipys_distance_transform(rows, columns, share, seed, cell):
    mask = np.random.default_rng(seed).random((rows, columns)) < share**3
    for distance in (0.0, 9.9, 10.0, 35.0, 120.0):
        expected = away(mask, *cell) <= distance + 1e-6 if mask.any() else np.zeros(mask.shape, bool)
        np.testing.assert_array_equal(masks.within(mask, distance, *cell), expected)


def test_one_cell_grows_into_a_disc():
    mask = np.zeros((41, 41), bool)
    mask[20, 20] = True
    disc = masks.within(mask, 150.0, 10.0, 10.0)
    assert disc.sum() == 709  # lattice points within 15 of the origin, Gauss's circle problem
    assert disc[20, 35]
    assert not disc[20, 36]


def test_an_empty_picture_stays_empty():
    assert masks.within(np.zeros((0, 5), bool), 50.0, 10.0, 10.0).shape == (0, 5)


def test_clouds_grow_by_a_hundred_metres_shadows_by_sixty_and_a_ring_lies_around_both():
    bits = np.zeros((101, 201), np.uint8)
    bits[50, 50], bits[50, 150] = Quality.CLOUD, Quality.CLOUD_SHADOW
    wide = masks.widened(bits, 10.0, 10.0, settings().dilation)
    for column, bit, reach, ring in ((50, Quality.CLOUD, 10, 30), (150, Quality.CLOUD_SHADOW, 6, 26)):
        mark = np.zeros(bits.shape, bool)
        mark[50, column] = True
        metres = away(mark, 10.0, 10.0)
        np.testing.assert_array_equal((wide & bit) > 0, metres <= reach * 10)
        around = (metres > reach * 10) & (metres <= ring * 10)
        assert ((wide[around] & Quality.NEAR_CLOUD) > 0).all()
        assert not ((wide[metres <= reach * 10]) & Quality.NEAR_CLOUD).any()
    assert bits[50, 51] == 0  # what was given stays


@pytest.mark.parametrize("bit", [Quality.THIN_CLOUD, Quality.WATER, Quality.TERRAIN_SHADOW, Quality.NODATA])
def test_nothing_else_grows(bit):
    bits = np.zeros((30, 30), np.uint8)
    bits[15, 15] = bit
    np.testing.assert_array_equal(masks.widened(bits, 10.0, 10.0, settings().dilation), bits)
