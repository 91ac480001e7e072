"""Trees keep their number from flight to flight."""

import geopandas as gpd
import numpy as np
import pytest

from remote_sensing.trees import alignment, identity
from tests.remote_sensing.trees import orchards
from tests.remote_sensing.trees.flights import CRS, drawn, flown, pairs, places, surveyed

TURN, MOVE = np.radians(0.2), np.array([0.9, -0.94])  # 1.3 m


def trees(points, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(points, float).T), crs=CRS)


def lattice(n=12, seed=3):
    """Return planted places with a planter's errors and some gaps."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(n) * 3.5, np.arange(n) * 4.0)
    points = np.column_stack([x.ravel(), y.ravel()]) + rng.normal(0, 0.15, (n * n, 2))
    return points[rng.random(n * n) > 0.06]


def turned(points, by=TURN, move=MOVE):
    c, s = np.cos(by), np.sin(by)
    return (points - 30) @ np.array([[c, s], [-s, c]]) + 30 + move


@pytest.fixture(scope="module")
def second():
    """A second flight over the orchard of seed 1: moved 1.3 m, turned 0.2 degrees, three trees gone, two planted."""
    first = drawn("separate", 1)
    inner = np.flatnonzero(np.all((first.trees > 8) & (first.trees < 52), axis=1))
    gone = inner[[5, 40, 90]]
    planted = first.gaps[np.all((first.gaps > 6) & (first.gaps < 54), axis=1)][:2]
    stand = np.concatenate([np.delete(first.trees, gone, axis=0), planted])
    stand = turned(stand)
    stand = stand[np.all((stand > 0.8) & (stand < 59.2), axis=1)]
    about = orchards.Orchard(light=0.8, sun_from=230, sun_height=45, seed=9)  # an afternoon, other colours
    rng = np.random.default_rng(5)
    n = round(about.size / orchards.CELL)
    y, x = np.meshgrid(*[(np.arange(n) + 0.5) * orchards.CELL] * 2, indexing="ij")
    flat = orchards._terraces(np.random.default_rng([1, 20261]), about)
    return orchards.plant(rng, about, x, y, flat, stand, kept=np.ones(len(stand), bool)), first.trees[gone], planted


def test_each_tree_of_a_second_flight_is_the_tree_that_stood_there(second):
    truth, gone, planted = second
    first, _, _ = identity.matched(trees(np.zeros((0, 2)), tree=[]), surveyed("separate", 1).trees, 3.5)
    assert sorted(first["tree"]) == list(range(1, len(first) + 1))
    seen, shift, lost = identity.matched(first, flown(truth).trees, 3.5)
    number = first.set_index("tree").geometry
    known = seen[seen["state"] == "known"]
    was = turned(places(number.loc[known["tree"]].to_frame("geometry")))
    assert len(known) >= 0.97 * (len(truth.trees) - 2)  # some at the border have moved out of the picture
    assert np.hypot(*(was - places(known)).T).max() < 1.4
    assert np.hypot(*shift) == pytest.approx(1.3, abs=0.15)
    at = places(number.loc[lost].to_frame("geometry"))
    assert len(pairs(at, gone, 1.2)[0]) == 3
    inner = np.all((at > 4) & (at < 56), axis=1)
    assert inner.sum() <= 3 + 2  # three are gone; hardly any more was overlooked away from the border
    new = places(seen[seen["state"] == "new"])
    assert len(pairs(new, turned(planted), 1.2)[0]) == 2
    assert seen["tree"].is_unique
    assert seen.loc[seen["state"] == "new", "tree"].min() > len(first)


@pytest.mark.parametrize("move", [(0.0, 0.0), (1.3, 0.0), (-2.2, 1.9), (3.0, -4.0)])
def test_the_movement_of_a_flight_is_found_beyond_half_a_step_of_the_lattice(move):
    old = lattice()
    found = alignment.rigid(old, turned(old, move=move), 3.5)
    assert found.share > 0.99
    np.testing.assert_allclose(found.applied(turned(old, move=move)), old, atol=1e-6)
    assert found.rotation == pytest.approx(-0.2, abs=1e-6)


def test_another_orchard_is_not_aligned():
    rng = np.random.default_rng(1)
    assert alignment.rigid(rng.uniform(0, 200, (60, 2)), rng.uniform(0, 200, (60, 2)), 3.5) is None


def test_lost_numbers_are_not_given_again():
    old = lattice()
    first, _, _ = identity.matched(trees(old[:0], tree=[]), trees(old), 3.5)
    missing = first.drop(index=10).reset_index(drop=True)
    second, _, lost = identity.matched(first, missing.drop(columns="tree"), 3.5)
    assert lost == [first["tree"][10]]
    grown = trees(np.concatenate([np.delete(old, 10, axis=0), [[-3.5, 0.0]]]))
    third, _, _ = identity.matched(first, grown, 3.5)
    assert third["tree"].max() == len(first) + 1
    assert set(second["state"]) == {"known"}


def test_a_flight_without_trees_loses_all_and_finds_none():
    old = trees(lattice()).assign(tree=lambda t: np.arange(1, len(t) + 1))
    seen, shift, lost = identity.matched(old, old.iloc[:0].drop(columns="tree"), 3.5)
    assert len(seen) == 0
    assert shift is None
    assert len(lost) == len(old)
