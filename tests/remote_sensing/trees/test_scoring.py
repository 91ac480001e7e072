"""Matching found trees with labelled ones: one to one, within reach, as many as possible."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from remote_sensing.trees.scoring import REACH, Score, pairs, score, total

places = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=5)


def most_pairs(found, labelled, reach):
    """The largest number of one-to-one pairs within reach, by trying all ways."""
    short, long = sorted((found, labelled), key=len)
    if not short:
        return 0
    return max(
        sum(np.hypot(a[0] - b[0], a[1] - b[1]) <= reach for a, b in zip(short, order, strict=True))
        for order in permutations(long, len(short))
    )


@given(places, places)
def test_as_many_pairs_are_made_as_trying_all_ways_makes(found, labelled):
    made = pairs(np.array(found, float), np.array(labelled, float), 2.5)
    assert len(made) == most_pairs(found, labelled, 2.5)
    assert len(set(made[:, 0])) == len(set(made[:, 1])) == len(made)


@given(places, places)
def test_no_pair_is_farther_than_the_reach(found, labelled):
    found, labelled = np.array(found, float).reshape(-1, 2), np.array(labelled, float).reshape(-1, 2)
    made = pairs(found, labelled, 2.5)
    assert (np.linalg.norm(found[made[:, 0]] - labelled[made[:, 1]], axis=1) <= 2.5).all()


def test_two_found_trees_at_one_label_count_once():
    assert score([[0, 0], [0.5, 0]], [[0.2, 0]]) == Score(met=1, found=2, labelled=1)


def test_a_greedy_nearest_match_would_lose_a_pair():
    found, labelled = [[0.0, 0], [2.0, 0]], [[1.9, 0], [4.2, 0]]  # nearest first leaves 4.2 to 0.0
    assert score(found, labelled).met == 2


def test_the_reach_is_two_metres_forty_and_counts_itself():
    assert REACH == 2.4
    assert score([[0, 0]], [[0, 2.4]]).met == 1
    assert score([[0, 0]], [[0, 2.4001]]).met == 0


def test_precision_recall_and_f1_of_a_sum_by_hand():
    one = total([Score(3, 4, 6), Score(1, 4, 4)])
    assert (one.precision, one.recall, one.f1) == (pytest.approx(0.5), pytest.approx(0.4), pytest.approx(4 / 9))


def test_nothing_found_and_nothing_labelled_has_no_score():
    assert np.isnan(score([], []).f1)
    assert score([], [[1, 1]]).f1 == 0
    assert np.isnan(total([]).f1)


def test_the_closest_of_equally_many_pairs_are_taken():
    assert pairs([[0.0, 0.0]], [[2.0, 0.0], [0.5, 0.0]]).tolist() == [[0, 1]]
