from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import masks
from remote_sensing.scene import Quality
from tests.remote_sensing.planted import orchard, scene

LAST = datetime(2024, 5, 30, 3, 40, tzinfo=UTC)


def view(days_ago, blue, quality=0, shape=(8, 8)):
    bands = orchard(shape) | {"blue": np.full(shape, blue)}
    return scene(bands, 20.0, np.full(shape, quality), LAST - timedelta(days=days_ago))


def test_the_reference_is_the_median_of_the_last_three_clear_views():
    views = [view(5, 0.09), view(10, 0.02), view(15, 0.05), view(20, 0.50)]
    found = masks.reference(views, LAST)
    assert found["blue"].to_numpy() == pytest.approx(np.full((8, 8), 0.05))
    assert (found["count"] == 3).all()
    day = LAST.timestamp() / 86_400
    assert day - found["day"].to_numpy() == pytest.approx(np.full((8, 8), 10.0), abs=0.01)


def test_views_that_are_cloudy_old_or_of_today_do_not_count():
    found = masks.reference([view(0, 0.5), view(5, 0.4, Quality.CLOUD), view(30, 0.04), view(61, 0.9)], LAST)
    assert found["blue"].to_numpy() == pytest.approx(np.full((8, 8), 0.04))
    assert (found["count"] == 1).all()


def test_each_pixel_has_its_own_last_views():
    half = np.zeros((8, 8))
    half[:, :4] = Quality.CLOUD
    newest = view(5, 0.08).with_(quality=view(5, 0.08).quality.copy(data=half.astype(np.uint8)))
    found = masks.reference([newest, view(10, 0.02)], LAST)["blue"].to_numpy()
    assert found[0, 0] == pytest.approx(0.02)
    assert found[0, 7] == pytest.approx(0.05)


def test_without_a_clear_view_nothing_is_known():
    found = masks.reference([view(5, 0.03, Quality.NEAR_CLOUD)], LAST)
    assert np.isnan(found["blue"]).all()
    assert masks.reference([], LAST) is None


def test_a_stream_newest_first_is_read_no_further_than_needed():
    read = []

    def stream():
        for days in (5, 10, 15, 20, 25):
            read.append(days)
            yield view(days, 0.03)

    masks.reference(stream(), LAST)
    assert read == [5, 10, 15]


def test_fine_cells_are_averaged_to_some_twenty_metres_first():
    fine = orchard((9, 6)) | {"blue": np.tile([[0.02, 0.06]], (9, 3))}
    found = masks.reference([scene(fine, 10.0, np.zeros((9, 6)), LAST)])
    assert found["blue"].shape == (5, 3)
    assert found["blue"].to_numpy() == pytest.approx(np.full((5, 3), 0.04))


def test_scenes_without_masks_or_on_another_grid_are_refused():
    with pytest.raises(InputError, match="no quality bits"):
        masks.reference([scene(orchard((8, 8)), 20.0)])
    with pytest.raises(InputError, match="another grid"):
        masks.reference([view(5, 0.03), view(10, 0.03, shape=(8, 9))])


# monitoring.md 4.4 by hand: 0.03 * (1 + dt/30); red must rise by less than 1.5 times blue
@pytest.mark.parametrize(
    ("blue", "red", "age", "cloud"),
    [
        (0.061, 0.04, 0, True),  # 0.031 more, 0.030 needed
        (0.059, 0.04, 0, False),
        (0.089, 0.04, 30, False),  # 0.059 more, 0.060 needed after a month
        (0.091, 0.04, 30, True),
        (0.130, 0.185, 0, True),  # red 0.145 more, less than 1.5 * 0.100
        (0.130, 0.195, 0, False),  # freshly bared soil
        (np.nan, 0.04, 0, False),
    ],
)
def test_what_rose_in_blue_is_cloud_unless_red_rose_more(blue, red, age, cloud):
    assert masks.newly_bright(np.array([blue]), np.array([red]), 0.03, 0.04, age)[0] == cloud


def test_where_nothing_was_seen_before_nothing_is_called_new():
    assert not masks.newly_bright(np.array([0.5]), np.array([0.5]), np.nan, np.nan, np.nan).any()
