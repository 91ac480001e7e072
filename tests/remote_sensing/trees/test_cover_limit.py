"""Above which cover crowns cannot be counted from colour: measured, and held to what trees.toml says."""

from dataclasses import replace

import numpy as np
import pytest

from remote_sensing.trees import colours, crowns, plant_mask
from remote_sensing.trees.settings import settings
from tests.remote_sensing.trees import orchards
from tests.remote_sensing.trees.flights import drawn, scored

DIAMETERS = (2.8, 3.6, 3.8, 4.2, 4.4)
CACHED = {2.8: "separate", 3.6: "touching", 4.4: "closed"}


def counted_anyway(truth):
    """Return F1 of crowns that are counted whatever their cover."""
    seen = plant_mask.looks(crowns.block_mean(truth.rgb.astype(np.float32), 2))
    learned = colours.learn([seen], 0.1, spacing=3.5)
    points = crowns.on_mask(learned.plants(seen), 0.1, learned.diameter, 3.5)
    return scored(points, truth.trees)[2]


@pytest.fixture(scope="module")
def curve():
    """Cover and F1 by crown diameter."""
    rows = []
    for diameter in DIAMETERS:
        case = replace(orchards.CASES["separate"], diameter=diameter, seed=1)
        truth = drawn(CACHED[diameter], 1) if diameter in CACHED else orchards.draw(case)
        rows.append((truth.cover, counted_anyway(truth)))
    return np.array(rows)


def test_f1_falls_with_cover(curve):
    assert (np.diff(curve[:, 0]) > 0).all()
    assert curve[0, 1] - curve[-1, 1] > 0.04


def test_f1_holds_below_the_stated_limit_and_not_above(curve):
    """0.97 is held below the limit of trees.toml; between it and 0.05 above F1 falls below 0.95."""
    limit = settings().limit.cover
    below, above = curve[curve[:, 0] < limit], curve[curve[:, 0] > limit + 0.05]
    assert len(below) >= 3
    assert len(above) >= 2
    assert (below[:, 1] >= 0.97).all(), curve
    assert (above[:, 1] < 0.95).all(), curve
