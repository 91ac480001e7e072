"""Peaks of a heat map, and the heat of a mask."""

import numpy as np
import pytest

from remote_sensing.trees import crowns


def hills(*places, size=100, wide=6.0):
    y, x = np.mgrid[:size, :size]
    return sum(high * np.exp(-((y - row) ** 2 + (x - col) ** 2) / (2 * wide**2)) for row, col, high in places)


def test_a_peak_is_found_between_pixels():
    found = crowns.find(hills((30.3, 40.7, 1.0), (70.0, 60.0, 0.8)), 0.1, 2.0, 3.0)
    np.testing.assert_allclose(found[:, :2], [[30.3, 40.7], [70.0, 60.0]], atol=0.05)
    assert found[0, 2] > found[1, 2]


def test_of_two_near_peaks_the_stronger_stays():
    near = hills((50, 40, 1.0), (50, 56, 0.9), wide=3.0)
    assert len(crowns.find(near, 0.1, 1.0, 2.0)) == 2
    np.testing.assert_allclose(crowns.find(near, 0.1, 1.0, 3.0)[:, :2], [[50, 40]], atol=0.1)


def test_what_is_unknown_has_no_peak():
    heat = hills((30, 40, 1.0), (70, 60, 0.8))
    heat[20:45, 30:50] = np.nan
    np.testing.assert_allclose(crowns.find(heat, 0.1, 2.0, 3.0)[:, :2], [[70, 60]], atol=0.1)


def test_a_peak_without_plants_round_it_is_none():
    mask = np.zeros((100, 100), bool)
    mask[60:80, 50:70] = True
    found = crowns.find(hills((30, 40, 1.0), (70, 60, 0.8)), 0.1, 2.0, 3.0, mask)
    np.testing.assert_allclose(found[:, :2], [[70, 60]], atol=0.1)


def test_an_empty_map_gives_no_peak():
    assert crowns.find(np.zeros((20, 20)), 0.1, 2.0).shape == (0, 3)


@pytest.mark.parametrize("diameter", [1.5, 3.0, 5.0])
def test_a_lone_disc_answers_two_over_e(diameter):
    """-sigma^2 LoG at the middle of a disc of radius sqrt(2) sigma is (r^2 / sigma^2) exp(-r^2 / 2 sigma^2) = 2/e."""
    y, x = np.mgrid[:400, :400] * 0.05
    heat, _, _ = crowns.heat(np.hypot(x - 10, y - 10) <= diameter / 2, 0.05, diameter)
    assert heat.max() == pytest.approx(2 / np.e, rel=0.03)


def test_the_spacing_of_a_lattice_is_its_shorter_step():
    x, y = np.meshgrid(np.arange(6) * 3.5, np.arange(5) * 4.0)
    assert crowns.typical_spacing(np.column_stack([x.ravel(), y.ravel()])) == pytest.approx(3.5)
