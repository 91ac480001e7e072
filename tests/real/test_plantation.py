"""A real plantation in one grey band, without a place on the ground: no truth but the eye."""

import pytest
from shapely.geometry import box

from agro.errors import InputError
from remote_sensing.trees import survey

pytestmark = pytest.mark.real_data
PIXEL = 0.1  # m; nobody knows it: crowns of 37 pixels would be 3.7 m


@pytest.fixture(scope="module")
def path(real_data):
    return real_data / "imagery" / "plantation_grey_orthomosaic.tif"


@pytest.fixture(scope="module")
def seen(path):
    return survey.survey(path, pixel=PIXEL)


def test_a_picture_without_place_is_refused_by_name_with_what_is_missing(path):
    with pytest.raises(InputError, match="no coordinate system") as caught:
        survey.survey(path)
    assert "plantation_grey_orthomosaic.tif" in str(caught.value)
    assert "没有坐标系" in caught.value.zh


def test_with_a_told_pixel_it_is_counted_and_said_to_have_no_place_and_no_colour(seen):
    assert seen.about["placed"] is False
    assert seen.trees.crs is None
    assert "no colour" in seen.plots["note_en"][0]


def test_the_count_is_plausible_to_the_eye(seen):
    """26 rows of 33 to 44 crowns less gaps; some tufts of weeds count, some small crowns do not."""
    assert 850 <= len(seen.trees) <= 1080


def test_four_rows_counted_by_eye_hold_as_many_crowns(seen):
    """Columns 1000 to 1500 and lines 600 to 900: rows of 13, 11, 14 and 12 crowns, and one cut by the edge."""
    part = box(1000 * PIXEL, -900 * PIXEL, 1500 * PIXEL, -600 * PIXEL)
    assert int(seen.trees.within(part).sum()) == pytest.approx(50, abs=4)


def test_no_crown_lies_in_the_black_frame(seen):
    frame = box(0, -30 * PIXEL, 600 * PIXEL, 0)
    assert not seen.trees.within(frame).any()
