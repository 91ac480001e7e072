import numpy as np
import pytest

from remote_sensing import masks
from remote_sensing.scene import Quality

CLOUD, WATER, NODATA = int(Quality.CLOUD), int(Quality.WATER), int(Quality.NODATA)

# blue, green, red, nir; by hand with the rule of monitoring.md 4.3
PIXELS = {
    "thick cloud": ((0.45, 0.44, 0.43, 0.50), CLOUD),
    "green orchard": ((0.03, 0.06, 0.04, 0.33), 0),
    "bright soil: HOT 0.22 - 0.5 * 0.36 - 0.08 < 0": ((0.22, 0.29, 0.36, 0.42), 0),
    "haze too thin for the rule": ((0.19, 0.20, 0.20, 0.35), 0),
    "cloud over crowns: NDVI 0.5": ((0.30, 0.30, 0.28, 0.84), CLOUD),
    "leaves beyond NDVI 0.6": ((0.21, 0.20, 0.10, 0.60), 0),
    "blue roof: whiteness (0.25 + 0.1 + 0.15) / 0.25": ((0.50, 0.15, 0.10, 0.15), 0),
    "lake": ((0.05, 0.05, 0.03, 0.02), WATER),
    "nothing": ((np.nan, 0.2, 0.2, 0.2), NODATA),
}


@pytest.mark.parametrize("name", PIXELS)
def test_a_pixel_is_judged_by_its_colour(name):
    bands, expected = PIXELS[name]
    assert masks.by_colour(*(np.full((1, 1), value) for value in bands))[0, 0] == expected


def test_shortwave_infrared_tells_snow_from_cloud():
    bands = [np.full((1, 1), value) for value in (0.70, 0.70, 0.68, 0.65)]
    assert masks.by_colour(*bands)[0, 0] == CLOUD
    assert masks.by_colour(*bands, np.full((1, 1), 0.10))[0, 0] == WATER  # snow index 0.75
    assert masks.by_colour(*bands, np.full((1, 1), 0.50))[0, 0] == CLOUD
