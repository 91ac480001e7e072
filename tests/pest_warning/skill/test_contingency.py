import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from pest_warning.skill import Contingency, contingency

SCORES = ["pod", "far", "pofd", "csi", "accuracy", "bias", "pss", "hss", "ets", "base_rate", "balanced_accuracy"]
COUNT = st.integers(1, 400)


def test_scores_agree_with_the_hand_vector_and_with_finleys_tornadoes(table):
    for row in table("pest_skill_contingency"):
        found = Contingency(row["hits"], row["misses"], row["false_alarms"], row["correct_negatives"])
        for name in SCORES:
            assert getattr(found, name) == pytest.approx(row[name], abs=6e-4), name


@given(seed=st.integers(0, 10_000), rate=st.floats(0.1, 0.9))
def test_scores_agree_with_scikit_learn(seed, rate):
    rng = np.random.default_rng(seed)
    came, said = rng.random(80) < rate, rng.random(80) < 0.5
    came[:2], said[:2] = (True, False), (True, False)
    found = contingency(said, came)
    assert found.pod == pytest.approx(metrics.recall_score(came, said))
    assert found.far == pytest.approx(1 - metrics.precision_score(came, said))
    assert found.csi == pytest.approx(metrics.jaccard_score(came, said))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(came, said))
    assert found.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(came, said))
    assert found.pss == pytest.approx(metrics.balanced_accuracy_score(came, said, adjusted=True))
    assert found.hss == pytest.approx(metrics.cohen_kappa_score(came, said))


def test_a_model_that_never_warns_has_no_false_alarm_ratio_and_no_skill():
    never = contingency(np.zeros(100, bool), np.arange(100) < 10)
    assert never.accuracy == pytest.approx(0.9)
    assert np.isnan(never.far)
    assert (never.pod, never.pss, never.hss, never.balanced_accuracy) == (0, 0, 0, 0.5)


def test_a_season_without_the_event_has_no_detection():
    quiet = contingency(np.array([True, False]), np.array([False, False]))
    assert np.isnan([quiet.pod, quiet.pss, quiet.bias, quiet.balanced_accuracy]).all()
    assert (quiet.far, quiet.pofd) == (1, 0.5)


def test_no_pairs_give_no_score():
    assert all(np.isnan(getattr(Contingency(0, 0, 0, 0), name)) for name in SCORES)


@given(h=COUNT, m=COUNT, f=COUNT, c=COUNT)
def test_independent_warnings_have_no_skill(h, m, f, c):
    # warnings given at one rate with and without the event
    table = Contingency(h * c, h * m, f * c, f * m)
    assert table.pss == pytest.approx(0, abs=1e-9)
    assert table.hss == pytest.approx(0, abs=1e-9)
    assert table.ets == pytest.approx(0, abs=1e-9)


@given(counts=st.lists(st.tuples(COUNT, COUNT, COUNT, COUNT), min_size=1, max_size=5))
def test_counts_of_many_tables_are_scored_at_once(counts):
    many = Contingency(*np.array(counts, float).T)
    for place, one in enumerate(counts):
        assert many.ets[place] == pytest.approx(Contingency(*one).ets)


def test_warnings_and_events_need_to_be_booleans_of_one_length():
    with pytest.raises(ValueError, match="bool of one shape"):
        contingency([True], [True, False])
    with pytest.raises(ValueError, match="bool of one shape"):
        contingency([0.7], [True])
