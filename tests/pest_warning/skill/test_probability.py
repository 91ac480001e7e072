import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from pest_warning.skill import auc, brier, brier_parts, brier_skill, log_loss, reliability_diagram

SEED = st.integers(0, 10_000)


def forecast(seed, n=60):
    rng = np.random.default_rng(seed)
    came = rng.random(n) < 0.4
    came[:2] = True, False
    return rng.random(n), came


@pytest.fixture
def vector(table):
    rows = table("pest_skill_probability")
    return np.array([row["p"] for row in rows]), np.array([row["came"] for row in rows], bool)


def test_scores_agree_with_the_hand_vector(vector):
    p, came = vector
    assert brier(p, came) == pytest.approx(0.1605, abs=1e-9)
    assert brier_skill(p, came, 0.5) == pytest.approx(0.358, abs=1e-9)
    assert auc(p, came) == pytest.approx(0.84)
    assert log_loss(p, came) == pytest.approx(0.47357, abs=5e-6)


@given(seed=SEED)
def test_scores_agree_with_scikit_learn(seed):
    p, came = forecast(seed)
    p = np.round(p, 1)  # ties
    assert brier(p, came) == pytest.approx(metrics.brier_score_loss(came, p))
    assert auc(p, came) == pytest.approx(metrics.roc_auc_score(came, p))
    bounded = np.clip(p, 0.005, 0.995)
    assert log_loss(p, came) == pytest.approx(metrics.log_loss(came, bounded))


@given(seed=SEED, bins=st.integers(1, 12))
def test_the_parts_of_the_brier_score_add_up(seed, bins):
    p, came = forecast(seed)
    parts = brier_parts(p, came, bins)
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.remainder
    assert total == pytest.approx(brier(p, came), abs=1e-12)
    assert min(parts.reliability, parts.resolution) >= -1e-15


def test_parts_by_hand():
    # two bins: 0.2 said, 1 of 4 came; 0.8 said, 1 of 2 came; base rate 1/3
    p, came = [0.2] * 4 + [0.8] * 2, [1, 0, 0, 0, 1, 0]
    parts = brier_parts(p, came, bins=2)
    assert parts.reliability == pytest.approx((4 * 0.05**2 + 2 * 0.3**2) / 6)
    assert parts.resolution == pytest.approx((4 * (1 / 12) ** 2 + 2 * (1 / 6) ** 2) / 6)
    assert parts.uncertainty == pytest.approx(2 / 9)
    assert parts.remainder == pytest.approx(0, abs=1e-12)


@given(seed=SEED)
def test_a_perfect_forecast_has_full_skill_and_its_own_baseline_none(seed):
    p, came = forecast(seed)
    assert brier_skill(came.astype(float), came, p) == 1
    assert brier_skill(p, came, p) == 0


@given(seed=SEED, scale=st.floats(0.1, 5), shift=st.floats(-3, 3))
def test_ranking_does_not_change_under_monotone_maps(seed, scale, shift):
    p, came = forecast(seed)
    p = np.round(p, 2)
    assert auc(np.exp(scale * p + shift), came) == pytest.approx(auc(p, came))
    assert auc(-p, came) == pytest.approx(1 - auc(p, came))


def test_what_cannot_be_scored_is_nan():
    assert np.isnan(auc([0.2, 0.4], [True, True]))
    assert np.isnan(brier([], []))
    assert np.isnan(brier_skill([0.2], [True], 1.0))
    assert np.isnan(brier_parts([], []).reliability)


def test_the_diagram_says_what_came_in_each_bin():
    p = np.repeat([0.05, 0.95, 1.0], [20, 10, 10])
    came = np.r_[np.arange(20) < 2, np.ones(20, bool)]
    diagram = reliability_diagram(p, came)
    assert len(diagram) == 10
    assert diagram["n"].tolist() == [20, 0, 0, 0, 0, 0, 0, 0, 0, 20]
    assert diagram["seen"].iloc[[0, 9]].tolist() == [0.1, 1.0]
    assert diagram["said"].iloc[9] == pytest.approx(0.975)
    assert diagram.loc[1:8, ["seen", "low", "high"]].isna().all(axis=None)
    assert diagram["low"].iloc[9] == diagram["high"].iloc[9] == 1
    # a binomial of 20 at 0.1 lies within 0 to 0.2 in the central 90 % (5 % quantile 0, 95 % quantile 4 of 20)
    assert (diagram["low"].iloc[0], diagram["high"].iloc[0]) == pytest.approx((0, 0.2), abs=0.03)


def test_bars_over_years_are_longer_where_years_differ():
    rng = np.random.default_rng(3)
    year = np.repeat(np.arange(8), 50)
    came = rng.random(400) < np.where(year % 2, 0.8, 0.2)
    by_pair, by_year = (reliability_diagram(np.full(400, 0.5), came, blocks) for blocks in (None, year))
    width = [diagram["high"].iloc[5] - diagram["low"].iloc[5] for diagram in (by_pair, by_year)]
    assert width[1] > 2 * width[0]


def test_one_year_gives_no_bars():
    diagram = reliability_diagram([0.5, 0.5], [True, False], blocks=[2024, 2024])
    assert diagram["seen"].iloc[5] == 0.5
    assert diagram[["low", "high"]].isna().all(axis=None)


def test_forecast_and_event_need_one_length():
    with pytest.raises(ValueError, match="one length"):
        brier([0.1, 0.2], [True])
