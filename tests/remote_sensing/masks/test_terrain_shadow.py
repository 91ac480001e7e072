import numpy as np
import pytest

from remote_sensing import masks
from remote_sensing.illumination import SceneSun
from remote_sensing.masks.terrain_shadow import horizon_towards
from remote_sensing.scene import Quality
from tests.remote_sensing.planted import ground, orchard, scene


def wall(n=120, cell=10.0, height=100.0, at=80):
    """Return flat ground with a wall that runs west to east."""
    heights = np.full((n, n), 200.0)
    heights[at : at + 2] += height
    return ground(heights, cell)


def shaded(bits):
    return (bits & Quality.TERRAIN_SHADOW) > 0


@pytest.mark.parametrize("with_horizon", [True, False])
def test_a_wall_in_the_south_shades_as_far_as_the_sun_is_low(with_horizon):
    land = wall() if with_horizon else wall().drop_vars("horizon")
    bits, _ = masks.relief_bits(land, scene(orchard((120, 120))).grids[10.0], SceneSun(60.0, 180.0, "product"))
    column = shaded(bits)[:, 60]
    length = 100 * np.tan(np.radians(60)) / 10  # 17.3 cells north of the wall
    rows = np.flatnonzero(column[:79])
    assert rows.min() == pytest.approx(80 - length, abs=1.1)
    assert column[rows.min() : 79].all()
    assert not column[84:].any()


def test_an_azimuth_between_two_directions_casts_between_them():
    land = wall()
    for azimuth in (180.0, 187.0, 200.0):
        exact = horizon_towards(land.drop_vars("horizon"), azimuth).to_numpy()[70, 30:90]
        between = horizon_towards(land, azimuth).to_numpy()[70, 30:90]
        # ten cells north of the wall: its top 100 m above, its near side 10 cells / cos away
        angle = np.degrees(np.arctan(100 / (100 / np.cos(np.radians(azimuth - 180)))))
        np.testing.assert_allclose(exact, angle, atol=1.5)
        np.testing.assert_allclose(between, exact, atol=1.0)


def test_a_scene_of_finer_cells_gets_the_same_shadow():
    coarse, _ = masks.relief_bits(wall(), scene(orchard((120, 120))).grids[10.0], SceneSun(60.0, 180.0, "product"))
    fine, _ = masks.relief_bits(wall(), scene(orchard((240, 240)), 5.0).grids[5.0], SceneSun(60.0, 180.0, "product"))
    np.testing.assert_allclose(shaded(fine)[:150].mean(), shaded(coarse)[:75].mean(), rtol=0.05)


def plane(slope, cell=30.0, n=40):
    """Return a slope that falls north."""
    return ground(1000 + np.tan(np.radians(slope)) * cell * np.arange(n)[:, None] * np.ones((1, n)), cell)


@pytest.mark.parametrize(
    ("slope", "bit"), [(20, 0), (30, Quality.DIM), (35, Quality.DIM), (45, Quality.TERRAIN_SHADOW)]
)
def test_steep_north_slopes_have_no_winter_record(slope, bit):
    """monitoring.md 4.6: at the January overpass cos i is 0.14 on 30 degrees, 0.06 on 35."""
    bits, _ = masks.relief_bits(plane(slope), scene(orchard((40, 40)), 30.0).grids[30.0], SceneSun(53.0, 161.56, "x"))
    assert (bits[2:-2, 2:-2] == bit).all()


def test_unknown_ground_is_not_called_shaded():
    heights = np.full((40, 40), 300.0)
    heights[:, 20:] = np.nan
    grid = scene(orchard((40, 40)), 30.0).grids[30.0]
    bits, slope = masks.relief_bits(ground(heights, 30.0), grid, SceneSun(53.0, 160.0, "product"))
    assert not bits.any()
    assert np.isnan(slope[:, 25:]).all()
