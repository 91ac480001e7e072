import json

import numpy as np
import pytest

from remote_sensing import masks
from remote_sensing.scene import Quality


def test_shares_of_a_picture_by_hand():
    bits = np.array(
        [
            [0, 0, 0, Quality.CLOUD],
            [Quality.NODATA, Quality.NODATA | Quality.CLOUD, Quality.CLOUD_SHADOW, Quality.NEAR_CLOUD],
            [Quality.DIM, Quality.TERRAIN_SHADOW | Quality.CLOUD, Quality.THIN_CLOUD, Quality.WATER],
        ],
        np.uint8,
    )
    found = masks.shares(bits)
    assert found == pytest.approx(
        {
            "clear": 0.3, "usable": 0.5, "weight": (3 + 0.5 + 0.3) / 10, "nodata": 2 / 12, "cloud": 0.2,
            "thin_cloud": 0.1, "shadow": 0.1, "terrain": 0.2, "water": 0.1, "near_cloud": 0.1,
        }
    )  # fmt: skip
    assert json.loads(json.dumps(found)) == found
    inside = np.zeros(bits.shape, bool)
    inside[0] = True
    assert masks.shares(bits, inside)["clear"] == 0.75


def test_a_picture_of_nothing_is_all_nodata():
    assert masks.shares(np.full((3, 3), Quality.NODATA, np.uint8))["nodata"] == 1
    nowhere = masks.shares(np.zeros((3, 3), np.uint8), np.zeros((3, 3), bool))
    assert (nowhere["nodata"], nowhere["clear"], nowhere["usable"]) == (1, 0, 0)
