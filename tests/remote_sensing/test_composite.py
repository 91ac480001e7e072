"""The median of dates is bottleneck's and numpy's to the bit, whatever is missing."""

import numpy as np
import pytest

from remote_sensing.composite import LANES, median, network


@pytest.mark.filterwarnings("ignore:All-NaN slice")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("dates", [*range(1, 27), 40, 73, 128, 150])
def test_medians_are_numpys_to_the_bit(dates, kind):
    rng = np.random.default_rng(dates)
    stack = rng.random((dates, 2 * LANES + 45)).astype(kind)
    stack[:, :90] = np.round(stack[:, :90], 1)  # ties
    stack[:, 90:120] *= -1
    stack[rng.random(stack.shape) < np.linspace(0, 1, stack.shape[1])] = np.nan
    assert np.isnan(stack[:, -1]).all()
    np.testing.assert_array_equal(median(stack), np.nanmedian(stack, axis=0))


@pytest.mark.filterwarnings("ignore:All-NaN slice")
def test_medians_are_bottlenecks_to_the_bit_on_rasters():
    bottleneck = pytest.importorskip("bottleneck")
    stack = np.random.default_rng(0).random((24, 61, 47)).astype(np.float32)
    stack[np.random.default_rng(1).random(stack.shape) < 0.6] = np.nan
    found = median(stack, parallel=True)
    np.testing.assert_array_equal(found, bottleneck.nanmedian(stack, axis=0))
    np.testing.assert_array_equal(median(stack), found)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 11, 16])
def test_a_network_that_sorts_zeros_and_ones_into_the_middle_sorts_all(n):
    """The zero-one principle: all patterns of 0 and 1, both middle places, and each network far from a whole sort."""
    patterns = (np.arange(2**n)[:, None] >> np.arange(n) & 1).T.astype(float)
    rows = patterns.copy()
    for low, high, kind in network(n):
        small, large = np.minimum(rows[low], rows[high]), np.maximum(rows[low], rows[high])
        rows[low] = small if kind in (0, 1) else np.nan
        rows[high] = large if kind in (0, 2) else np.nan
    ordered = np.sort(patterns, axis=0)
    for place in {max(n // 2 - 1, 0), n // 2}:
        np.testing.assert_array_equal(rows[place], ordered[place])


def test_the_network_of_24_dates_leaves_out_what_the_middle_does_not_need():
    assert len(network(24)) < 24 * 23 / 2 * 0.4  # an odd-even transposition of 24 takes 276


def test_whole_numbers_and_a_given_place_for_the_result_do():
    stack = np.array([[5, 1], [2, 9], [3, 4], [8, 0]], np.int16)
    out = np.empty(2, np.float32)
    assert median(stack, out=out) is out
    assert out.tolist() == [4.0, 2.5]
    with pytest.raises(ValueError, match="at least one date"):
        median(np.empty((0, 4)))
