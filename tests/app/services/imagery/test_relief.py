"""The ground under a picture, in whatever CRS the picture lies."""

import numpy as np
import pytest

from app.services import ground
from app.services.imagery import relief
from remote_sensing.illumination.sun import SceneSun
from remote_sensing.masks.terrain_shadow import relief_bits
from tests.app.services.imagery import ground_truth as truth


def test_slopes_are_those_of_the_regions_terrain_and_shadows_fall_alike(bare):
    mine, region = relief.of(bare, truth.CRS), ground.terrain(bare)
    assert np.allclose(mine["slope"], region["slope"], atol=1e-4)
    scene = truth.scene(truth.datetime(2024, 8, 1, 3, 20), truth.field(truth.datetime(2024, 8, 1, 3, 20)))
    sun = SceneSun(75.0, 96.0, "product")  # low in the east, over the valley's rim
    bits, _ = relief_bits(mine, scene.quality, sun)
    usual, _ = relief_bits(region, scene.quality, sun)
    assert (bits != 0).any()
    assert (bits == usual).mean() > 0.99  # one climbs towards the sun, the other between two of 32 directions


def test_another_crs_has_the_same_heights(bare):
    moved = relief.of(bare, "EPSG:32648")
    x, y = truth.cells()
    to = truth.Transformer.from_crs(truth.CRS, "EPSG:32648", always_xy=True)
    east, north = to.transform(float(x[80]), float(y[80]))
    here = float(moved["elevation"].interp(x=east, y=north))
    there = float(relief.of(bare, truth.CRS)["elevation"].interp(x=float(x[80]), y=float(y[80])))
    assert here == pytest.approx(there, abs=1.5)  # 13 m a step of 30 m on this slope


def test_without_an_elevation_model_there_is_no_terrain(tmp_path):
    from app.services.platform import open_platform

    assert relief.of(open_platform(tmp_path / "empty"), truth.CRS) is None
