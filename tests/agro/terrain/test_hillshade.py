import numpy as np
import pytest

from agro.terrain.hillshade import hillshade, multidirectional_hillshade


def slope_facing(azimuth, tilt=45.0):
    y, x = np.mgrid[:6, :8] * 10.0
    downhill = x * np.sin(np.radians(azimuth)) - y * np.cos(np.radians(azimuth))
    return 500 - np.tan(np.radians(tilt)) * downhill


@pytest.mark.parametrize(
    ("azimuth", "brightness"), [(315, 255), (135, 0), (225, 127.5), (45, 127.5)]
)  # cos i = 1, 0, 1/2, 1/2 by hand
def test_slopes_are_as_bright_as_they_face_the_sun(azimuth, brightness):
    shade = hillshade(slope_facing(azimuth), 10, 10)
    assert shade.dtype == np.uint8
    assert shade.astype(float) == pytest.approx(np.full((6, 8), brightness), abs=1)


def test_flat_ground_has_the_sine_of_the_sun():
    flat = np.full((4, 4), 300)
    assert (hillshade(flat, 10, 10) == 180).all()  # 255 * sin 45
    assert (multidirectional_hillshade(flat, 10, 10) == 180).all()


def test_many_suns_leave_no_side_black():
    assert hillshade(slope_facing(135), 10, 10).max() <= 1
    assert multidirectional_hillshade(slope_facing(135, 30), 10, 10).min() > 60


def test_unknown_ground_is_black():
    z = slope_facing(315)
    z[0, 0] = np.nan
    assert hillshade(z, 10, 10)[0, 0] == 0
