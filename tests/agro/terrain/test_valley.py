import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from agro.terrain.valley import filled, height_above_valley, upstream_area, valley_floor

heights = arrays(np.float64, (8, 9), elements=st.integers(0, 500).map(float))


def v_valley(columns=41, rows=120):
    """A valley 10 m cells wide that falls south by 1 m a row, with walls of 50 %."""
    y, x = np.mgrid[:rows, :columns]
    return 500.0 - y + 5.0 * np.abs(x - columns // 2)


def test_a_plane_hands_its_water_straight_down():
    plane = 500.0 - np.mgrid[:30, :11][0]
    assert upstream_area(plane, 10, 10)[:, 5] == pytest.approx(100.0 * np.arange(1, 31))


def test_water_is_neither_made_nor_lost():
    rng = np.random.default_rng(2)
    z = rng.uniform(100, 300, (40, 50))
    area = upstream_area(z, 10, 20)
    ground = filled(z)
    outlets = [
        (y, x)
        for y in range(40)
        for x in range(50)
        if ground[y, x] <= ground[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2].min()
    ]
    assert sum(area[at] for at in outlets) == pytest.approx(40 * 50 * 200)


def test_the_wall_of_a_valley_is_measured_from_the_stream_below_it():
    z = v_valley()
    above = height_above_valley(z, 10, 10, channel_area=20_000)
    assert (above[20:, 20] == 0).all()  # the stream: from row 20 it drains more than two hectares
    # straight down the wall (50 %) is steeper than down and aside (6 m in 14 m)
    assert above[50, 30] == pytest.approx(z[50, 30] - z[50, 20])
    assert valley_floor(z, 10, 10, channel_area=20_000)[50, 30] == pytest.approx(z[50, 20])


def test_ground_that_meets_no_channel_is_measured_from_where_its_water_leaves():
    plane = 500.0 - 10 * np.mgrid[:30, :11][0]
    assert height_above_valley(plane, 10, 10)[:, 5] == pytest.approx(10.0 * np.arange(29, -1, -1))


def test_a_hollow_is_filled_to_its_spill_and_lies_on_the_floor():
    z = v_valley()
    z[60, 20] -= 30
    assert filled(z)[60, 20] == pytest.approx(439.0, abs=0.01)  # row 61, the way out, lies at 439
    assert height_above_valley(z, 10, 10, channel_area=20_000)[60, 20] == 0


def test_unknown_ground_takes_water_and_has_no_floor():
    z = v_valley()
    z[100:, :] = np.nan
    floor = valley_floor(z, 10, 10)
    assert np.isnan(floor[100:]).all()
    assert np.isfinite(floor[:100]).all()


@pytest.mark.real_data
def test_the_orchards_of_youwuzhen_lie_low_above_their_streams(real_data):
    with rasterio.open(real_data / "dem" / "youwuzhen_dem30m.tif") as source:
        z = source.read(1)
    above = height_above_valley(z, 30, 30)
    assert above.min() == 0
    assert 10 < np.median(above) < 50
    assert above.max() < np.ptp(z)
    assert 0.01 < (above == 0).mean() < 0.1


@settings(max_examples=25)
@given(heights)
def test_filled_ground_drains_and_lies_nowhere_deeper(z):
    ground = filled(z)
    assert (ground >= z).all()
    for y in range(1, 7):
        for x in range(1, 8):
            assert ground[y, x] > ground[y - 1 : y + 2, x - 1 : x + 2].min()


@settings(max_examples=25)
@given(heights, st.sampled_from([100.0, 2000.0]))
def test_lifting_a_whole_mountain_lifts_its_valleys(z, lift):
    np.testing.assert_allclose(height_above_valley(z + lift, 30, 30), height_above_valley(z, 30, 30), atol=1e-3)
