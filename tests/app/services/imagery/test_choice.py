"""The dates a page begins with show the plots of who looks, whatever the rest of the scene shows."""

from datetime import timedelta

import pandas as pd
from shapely import union_all

from agro.store import OPERATOR
from app.services.imagery import choice, scenes
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import LAST, show


def listed(*rows):
    """Return scenes (id, day, seen, cloud) as a page lists them."""
    table = pd.DataFrame(rows, columns=["id", "time", "seen", "cloud"])
    return table.assign(kind="satellite", time=pd.to_datetime(table["time"], utc=True))


def test_each_owner_begins_with_the_newest_scene_that_shows_the_own_plots(bare):
    """Cloud lies over one farm on the last day, over the other one before: as many plots are seen on both."""
    for back, first in ((24, None), (12, 8), (0, 0)):
        under = None if first is None else union_all(truth.outlines().to_numpy()[first : first + 8]).buffer(30)
        show(bare, LAST - timedelta(days=back), cloud=under and under.envelope)
    upper, lower = (scenes.listed(truth.grower(bare, farm), bare) for farm in ("f1", "f2"))
    assert upper["seen"][0] == lower["seen"][1] == 0.0
    assert min(upper["seen"][1], lower["seen"][0]) > 0.7  # its edge lies in the shadow of the other farm's cloud
    assert 0.3 < scenes.listed(OPERATOR, bare)["seen"][0] < 0.6
    days = [choice.newest(one)["time"].date() for one in (upper, lower)]
    assert days == [(LAST - timedelta(days=12)).date(), LAST.date()]
    assert choice.before(upper, upper["id"][1]) == choice.before(lower, lower["id"][0]) == upper["id"][2]
    assert choice.before(upper, upper["id"][2]) is None


def test_a_years_span_is_compared_where_there_is_a_clear_scene_of_that_time():
    found = listed(
        ("now", "2026-09-19", 0.9, 0.2), ("may", "2026-05-01", 1.0, 0.0), ("hidden", "2025-09-19", 0.1, 0.1),
        ("near", "2025-09-04", 0.97, 0.1), ("far", "2025-08-25", 1.0, 0.0),
    )  # fmt: skip
    assert choice.before(found, "now") == "near"  # it shows about as much
    assert choice.before(found.assign(seen=found["seen"].replace(0.97, 0.55)), "now") == "far"
    assert choice.before(found, "may") == "far"  # no May of last year: as far back as there is, five at most


def test_enough_is_counted_against_what_can_be_seen_at_all():
    tiny = listed(("clouded", "2026-09-19", 0.02, 0.2), ("clear", "2026-09-09", 0.1, 0.2), ("none", "2026-09-01", 0, 0))
    assert choice.newest(tiny)["id"] == "clear"
    assert choice.newest(tiny.iloc[[2]])["id"] == "none"


def test_a_scene_under_cloud_is_not_begun_with_for_its_few_holes():
    assert choice.newest(listed(("a", "2026-09-19", 0.9, 0.85), ("b", "2026-09-09", 0.6, 0.4)))["id"] == "b"


def test_drones_fly_below_the_clouds():
    flown = listed(("a", "2026-09-19", None, None), ("b", "2026-09-09", None, None)).assign(kind="drone")
    assert choice.newest(flown)["id"] == "a"
    assert choice.before(flown, "a") == "b"
