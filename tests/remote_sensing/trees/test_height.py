"""Heights above ground where the flight made a surface model."""

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing.trees import height
from tests.remote_sensing.trees.flights import drawn, flown, pairs, places, plot, scored, written


def surface_of(truth, path):
    """Write the surface that a flight would have made: ground and crowns on 10 cm."""
    return written(path, (truth.ground + truth.height)[None, ::2, ::2].astype(np.float32), cell=0.1, nodata=-9999.0)


def test_ground_is_drawn_straight_under_a_crown():
    y, x = np.mgrid[:100, :100] * 0.1
    slope = (0.3 * x + 0.1 * y).astype(np.float32)
    crown = np.hypot(x - 5, y - 5) < 1.5
    above = height.above_ground(slope + 3 * crown, ~crown, 0.1)
    assert above[crown].mean() == pytest.approx(3.0, abs=0.3)
    assert np.abs(above[~crown]).max() < 0.5  # a cell of 1 m on a slope of 32 % takes its lower edge


def test_terraces_are_not_smoothed_over():
    steps = np.zeros((100, 100), np.float32)
    steps[:, 50:] = 2.0
    crown = np.zeros((100, 100), bool)
    crown[40:60, 35:48] = True
    ground = height.lower_envelope(steps + 3 * crown, ~crown, 0.1)
    assert set(np.unique(ground[:, :50])) == {0.0}
    assert set(np.unique(ground[:, 50:])) == {2.0}


def test_heights_and_volumes_of_a_block():
    labels = np.zeros((20, 20), int)
    labels[5:15, 5:15] = 1
    table = height.measured(np.where(labels > 0, 2.0, 0.0), labels, 2, 0.1)
    assert table["height_m"][0] == 2.0
    assert table["volume_m3"][0] == pytest.approx(2.0)  # 1 m2 of 2 m
    assert table.loc[1].isna().all()


def test_measured_ground_is_taken_as_it_is():
    surface, ground = np.full((10, 10), 105.0), np.full((10, 10), 102.0)
    assert (height.above_ground(surface, np.zeros((10, 10), bool), 0.1, ground) == 3).all()


def test_crowns_that_have_closed_are_counted_by_height(tmp_path):
    truth = drawn("closed", 1)
    ground = written(tmp_path / "ground.tif", truth.ground[None, ::2, ::2], cell=0.1)
    seen = flown(truth, plot(crown=4.4), surface=surface_of(truth, tmp_path / "surface.tif"), terrain=ground)
    line = seen.plots.iloc[0]
    assert line["countable"]
    assert "by_height" in line["warnings"]
    assert scored(places(seen.trees), truth.trees)[2] >= 0.9
    i, j = pairs(places(seen.trees), truth.trees, 1.2)
    tops = [truth.height[int(y / 0.05) - 8 : int(y / 0.05) + 8, int(x / 0.05) - 8 : int(x / 0.05) + 8].max()
            for x, y in truth.trees[j]]  # fmt: skip
    tall = seen.trees["height_m"].to_numpy()[i]
    known = np.isfinite(tall)
    assert np.corrcoef(tall[known], np.array(tops)[known])[0, 1] > 0.7  # monitoring.md 10.4: 0.7 to 0.9


def test_a_surface_of_another_place_is_refused(tmp_path):
    path = written(tmp_path / "s.tif", np.zeros((1, 50, 50), np.float32), crs="EPSG:32649")
    with pytest.raises(InputError, match="32649"):
        flown(drawn("separate", 1), surface=path)
