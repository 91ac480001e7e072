"""Scores against sums by hand and the closed form of a normal distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from growth_model.calibration.scores import (
    accepted,
    bias,
    coverage,
    crps,
    honest,
    mae,
    nash_sutcliffe,
    pinball,
    report,
    rmse,
    skill,
)


def test_errors_are_those_of_a_sum_by_hand_and_gaps_do_not_count():
    observed, predicted = [10.0, 12.0, 14.0, np.nan], [11.0, 12.0, 11.0, 99.0]
    assert rmse(observed, predicted) == pytest.approx(np.sqrt(10 / 3))
    assert mae(observed, predicted) == pytest.approx(4 / 3)
    assert bias(observed, predicted) == pytest.approx(-2 / 3)
    assert nash_sutcliffe(observed, predicted) == pytest.approx(1 - 10 / 8)


def test_the_mean_of_what_was_seen_has_no_efficiency():
    assert nash_sutcliffe([1.0, 2.0, 6.0], [3.0, 3.0, 3.0]) == 0
    assert np.isnan(nash_sutcliffe([2.0, 2.0], [1.0, 2.0]))


def test_crps_of_three_members_by_hand():
    # distances 2, 1, 1; pairs 1, 3, 2 twice: 4/3 - 12/18 as they are, 4/3 - 12/12 fair
    assert crps([[4.0, 1.0, 2.0]], [3.0], fair=False)[0] == pytest.approx(2 / 3)
    assert crps([[4.0, 1.0, 2.0]], [3.0])[0] == pytest.approx(1 / 3)
    assert crps([[4.0], [4.0]], [3.0, np.nan])[0] == 1


@pytest.mark.parametrize("observed", [-2.0, 0.3, 1.0, 4.0])
def test_crps_of_a_normal_is_its_closed_form(observed):
    mean, sd, count = 1.0, 1.5, 4000
    z = (observed - mean) / sd
    closed = sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))  # Gneiting and Raftery, eq. 22
    members = mean + sd * norm.ppf((np.arange(count) + 0.5) / count)
    assert crps([members], [observed], fair=False)[0] == pytest.approx(closed, abs=1e-3)


def test_the_fair_score_of_few_members_is_that_of_many_on_average():
    rng = np.random.default_rng(0)
    observed = rng.standard_normal(40_000)
    few = crps(rng.standard_normal((40_000, 3)), observed)
    # expected score of a normal for itself: 1 / sqrt(pi)
    assert few.mean() == pytest.approx(1 / np.sqrt(np.pi), abs=3 * few.std() / 200)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12), st.floats(-50, 50), st.floats(-20, 20))
def test_crps_is_never_negative_and_moves_with_the_thermometer(members, observed, shift):
    score = crps([members], [observed], fair=False)[0]
    assert score >= -1e-9
    assert crps([np.array(members) + shift], [observed + shift], fair=False)[0] == pytest.approx(score, abs=1e-9)


def test_coverage_of_a_vector_by_hand():
    result = coverage([1.0, 2.0, 3.0, 4.0, np.nan], 2.0, [9.0, 9.0, 2.5, 4.0, 9.0])
    assert (result.share, result.cases) == (0.5, 4)
    # Clopper and Pearson, 2 of 4: 6.76 % to 93.24 % (published tables)
    assert (result.low, result.high) == (pytest.approx(0.0676, abs=1e-4), pytest.approx(0.9324, abs=1e-4))
    assert not honest(result)
    assert np.isnan(coverage([np.nan], 0, 1).share)


def test_pinball_punishes_the_side_that_the_level_names():
    np.testing.assert_allclose(pinball(np.array([10.0, 10.0]), np.array([8.0, 12.0]), 0.9), [1.8, 0.2])


def test_acceptance_is_that_of_the_specification():
    assert accepted("fruit_diameter", 2.0)
    assert not accepted("acid", 0.121)


def test_skill_is_what_is_gone_of_the_baseline():
    assert (skill(1.0, 2.0), skill(2.0, 2.0), skill(4.0, 2.0)) == (0.5, 0.0, -1.0)
    assert np.isnan(skill(0.0, 0.0))


def test_a_report_by_hand():
    observed = [10.0, 20.0, 30.0, np.nan]
    ensemble = [[9.0, 10.0, 14.0], [18.0, 20.0, 22.0], [26.0, 28.0, 29.0], [1.0, 2.0, 3.0]]
    result = report(observed, ensemble, [12.0, 20.0, 24.0, 5.0], [14.0, 20.0, 30.0, 5.0])
    assert result["cases"] == 3
    assert result["rmse"] == pytest.approx(np.sqrt(4 / 3))
    assert (result["mae"], result["bias"]) == (pytest.approx(2 / 3), pytest.approx(-2 / 3))
    assert result["nash_sutcliffe"] == pytest.approx(1 - 4 / 200)
    # distances 5/3, 4/3, 7/3; half the mean distance of two members 5/3, 4/3, 1
    assert result["crps"] == pytest.approx(4 / 9)
    # 80 % intervals 9.2-13.2, 18.4-21.6, 26.4-28.8
    assert result["coverage_80"].share == pytest.approx(2 / 3)
    assert result["pinball_90"] == pytest.approx((0.1 * 3.2 + 0.1 * 1.6 + 0.9 * 1.2) / 3)
    assert result["pinball_10"] == pytest.approx((0.1 * 0.8 + 0.1 * 1.6 + 0.1 * 3.6) / 3)
    assert result["rmse_skill_climatology"] == pytest.approx(1 - np.sqrt(4 / 40))
    assert result["crps_skill_climatology"] == pytest.approx(1 - (4 / 9) / (8 / 3))
    assert result["crps_skill_persistence"] == pytest.approx(1 - (4 / 9) / (4 / 3))


def test_nothing_to_score_says_so():
    assert report([np.nan], [[1.0, 2.0]], [1.0], [1.0]) == {"cases": 0}
