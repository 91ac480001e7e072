"""Cold spots: Gi* against its definition, false discoveries, and a planted patch."""

import numpy as np
import pytest

from remote_sensing.trees import clusters

X, Y = np.meshgrid(np.arange(20) * 3.5, np.arange(15) * 4.0)
POINTS = np.column_stack([X.ravel(), Y.ravel()])


def by_definition(points, values, reach):
    """Return Gi* (Ord and Getis 1995, eq. 14 with w_ii = 1), tree by tree."""
    n, mean = len(values), sum(values) / len(values)
    s = (sum(v * v for v in values) / n - mean**2) ** 0.5
    scores = []
    for p in points:
        near = [values[j] for j in range(n) if np.hypot(*(points[j] - p)) <= reach]
        w = len(near)
        scores.append((sum(near) - w * mean) / (s * ((n * w - w**2) / (n - 1)) ** 0.5))
    return np.array(scores)


def test_scores_follow_the_definition():
    values = np.random.default_rng(0).normal(size=300)
    found = clusters.cold_spots(POINTS, values, 3.5)
    np.testing.assert_allclose(found.score, by_definition(POINTS, values, 2.2 * 3.5), atol=1e-9)


def test_a_planted_patch_is_found_and_little_else():
    values = np.random.default_rng(1).normal(size=300)
    inside = np.hypot(*(POINTS - (35, 28)).T) < 9
    values[inside] -= 2.0
    spot = clusters.cold_spots(POINTS, values, 3.5).spot > 0
    assert spot[np.hypot(*(POINTS - (35, 28)).T) < 6].mean() >= 0.8  # half of the neighbours at its border are sound
    assert spot[inside].mean() >= 0.6
    assert spot[~inside].mean() <= 0.07  # neighbours of the patch's border share it


def test_two_patches_have_two_numbers():
    values = np.random.default_rng(2).normal(size=300)
    for middle in ((14, 12), (52, 44)):
        values[np.hypot(*(POINTS - middle).T) < 9] -= 2.5
    assert clusters.cold_spots(POINTS, values, 3.5).spot.max() == 2


def test_chance_makes_a_spot_in_few_orchards():
    rng = np.random.default_rng(3)
    found = [clusters.cold_spots(POINTS[:150], rng.normal(size=150), 3.5, seed).spot.any() for seed in range(30)]
    assert np.mean(found) <= 0.1


def test_a_warm_patch_is_no_cold_spot():
    values = np.random.default_rng(4).normal(size=300)
    values[np.hypot(*(POINTS - (35, 28)).T) < 9] += 2.5
    assert not clusters.cold_spots(POINTS, values, 3.5).spot.any()


def test_trees_without_a_number_take_no_part():
    values = np.random.default_rng(5).normal(size=300)
    values[7] = np.nan
    found = clusters.cold_spots(POINTS, values, 3.5)
    assert np.isnan(found.score[7])
    assert np.isfinite(np.delete(found.score, 7)).all()
    assert not clusters.cold_spots(POINTS[:5], values[:5], 3.5).spot.any()


def test_false_discoveries_are_held_as_benjamini_and_hochberg_did():
    """The fifteen p of their section 3 (1995): four are found at 5 %."""
    p = np.array(
        [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1.0]
    )  # fmt: skip
    assert clusters._discoveries(p, 0.05).tolist() == [True] * 4 + [False] * 11
    assert clusters._discoveries(p[::-1], 0.05).sum() == pytest.approx(4)
