"""Outlines of crowns: discs by hand, and drawn orchards."""

import numpy as np
import pytest
import shapely
from affine import Affine

from remote_sensing.trees import outline
from tests.remote_sensing.trees.flights import drawn, pairs, places, surveyed


def discs(*places, radius=1.5, cell=0.1, size=100):
    y, x = (np.mgrid[:size, :size] + 0.5) * cell
    return np.any([np.hypot(x - a, y - b) <= radius for a, b in places], axis=0)


def test_a_disc_has_the_area_and_axes_of_a_disc():
    drawn_ = outline.drawn(discs((5, 5)), np.array([[5.0, 5.0, 1]]), 0.1, 3.0)
    row = drawn_.table.iloc[0]
    assert row["area_m2"] == pytest.approx(np.pi * 1.5**2, rel=0.02)
    assert row["d1_m"] == pytest.approx(3.0, rel=0.02)
    assert row["d2_m"] == pytest.approx(3.0, rel=0.02)
    assert row["solidity"] > 0.95


def test_touching_discs_are_parted_half_way():
    places = np.array([[3.8, 5.0, 1], [6.2, 5.0, 1]])
    drawn_ = outline.drawn(discs((3.8, 5), (6.2, 5)), places, 0.1, 3.0, 2.4)
    assert drawn_.table["area_m2"].iloc[0] == pytest.approx(drawn_.table["area_m2"].iloc[1], rel=0.03)
    assert set(np.unique(drawn_.labels[:, :49])) == {0, 1}
    assert set(np.unique(drawn_.labels[:, 51:])) == {0, 2}


def test_specks_and_hedges_are_no_crowns():
    mask = discs((2, 2), radius=0.4) | discs((7, 7), radius=2.9)
    drawn_ = outline.drawn(mask, np.array([[2.0, 2.0, 1], [7.0, 7.0, 1]]), 0.1, 3.0)
    assert drawn_.table["area_m2"].isna().all()  # 0.5 m2 is below 0.15, 26 m2 above 3 times a disc of 3 m (7.07 m2)
    assert not drawn_.labels.any()


def test_polygons_lie_where_the_labels_lie():
    drawn_ = outline.drawn(discs((5, 5)), np.array([[5.0, 5.0, 1]]), 0.1, 3.0)
    shape = outline.polygons(drawn_.labels, Affine(0.1, 0, 1000, 0, -0.1, 2000))[1]
    assert shape.area == pytest.approx(drawn_.table["area_m2"][0])
    assert shape.centroid.distance(shapely.Point(1005, 1995)) < 0.05


@pytest.mark.parametrize(("case", "least"), [("separate", 0.9), ("grassy", 0.85), ("touching", 0.85)])
def test_crown_areas_go_with_what_was_drawn(case, least):
    truth, seen = drawn(case, 1), surveyed(case, 1).trees
    i, j = pairs(places(seen), truth.trees, 1.2)
    area = seen["area_m2"].to_numpy()[i]
    meant = np.pi * truth.diameters[j] ** 2 / 4
    known = np.isfinite(area)
    assert known.mean() > 0.98
    assert np.corrcoef(np.sqrt(area[known]), np.sqrt(meant[known]))[0, 1] >= (least if case == "separate" else 0.7)
    assert seen["area_m2"].sum() / truth.crown.sum() / 0.05**2 == pytest.approx(1.0, abs=0.12)


def test_cover_is_that_of_the_crowns():
    assert surveyed("separate", 2).plots["cover"][0] == pytest.approx(drawn("separate", 2).cover, abs=0.04)
