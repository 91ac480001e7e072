"""The filter against exact posteriors, bounds and gaps."""

import numpy as np
import pytest

from growth_model.calibration import enkf


@pytest.mark.parametrize("method", ["square_root", "perturbed"])
@pytest.mark.parametrize("seed", range(3))
def test_one_reading_as_good_as_the_prior_halves_the_variance(method, seed):  # T11.1
    members = 4000
    prior = np.random.default_rng(seed).standard_normal((members, 1))
    state = enkf(prior, prior, 1.0, 1.0, inflation=1.0, method=method, seed=seed).state
    assert state.mean() == pytest.approx(0.5, abs=3 * np.sqrt(0.5 / members))
    assert state.var(ddof=1) == pytest.approx(0.5, abs=3 * 0.5 * np.sqrt(2 / members))


@pytest.mark.parametrize("members", [4, 50])
def test_the_square_root_gives_the_textbook_posterior_of_its_own_ensemble(members):
    rng = np.random.default_rng(8)
    prior, model = rng.normal(size=(members, 3)), rng.normal(size=(2, 3))
    errors, data = np.array([[0.5, 0.1], [0.1, 0.3]]), np.array([1.0, -2.0])
    spread = np.cov(prior.T)
    gain = spread @ model.T @ np.linalg.inv(model @ spread @ model.T + errors)
    state = enkf(prior, prior @ model.T, data, errors, inflation=1.0).state
    mean = prior.mean(axis=0)
    np.testing.assert_allclose(state.mean(axis=0), mean + gain @ (data - model @ mean), atol=1e-10)
    np.testing.assert_allclose(np.cov(state.T), spread - gain @ model @ spread, atol=1e-10)


def test_inflation_widens_the_prior_before_the_update():
    prior = np.array([[-1.0], [0.0], [1.0]])  # variance 1
    state = enkf(prior, prior, 0.0, 1.0, inflation=1.05).state
    widened = 1.05**2
    assert state.var(ddof=1) == pytest.approx(widened / (1 + widened))


def test_a_caliper_reading_moves_the_mass_with_the_diameter_and_not_what_is_independent():
    diameter = np.array([50.0, 52.0, 54.0, 56.0])
    other = np.array([1.0, -1.0, -1.0, 1.0])
    state = enkf(np.column_stack([diameter, 2 * diameter, other]), diameter, 60.0, 1.0).state
    assert 55 < state[:, 0].mean() < 60
    np.testing.assert_allclose(state[:, 1], 2 * state[:, 0])
    np.testing.assert_allclose(state[:, 2].mean(), 0, atol=1e-12)


def test_states_stay_possible_and_the_report_says_how_many_were_held():
    prior = np.array([[0.1], [0.2], [0.3], [1.4]])
    result = enkf(prior, prior, -0.1, 0.1, low=0.0)
    free = enkf(prior, prior, -0.1, 0.1).state
    assert result.clipped[0] == (free < 0).mean() > 0
    np.testing.assert_allclose(result.state, np.maximum(free, 0))


def test_members_without_fruit_stay_as_they_were():
    diameter = np.array([50.0, 52.0, 54.0, 56.0, np.nan])
    state = np.column_stack([diameter, np.arange(5.0)])
    result = enkf(state, diameter, 60.0, 1.0)
    np.testing.assert_array_equal(result.state[4], state[4])
    assert result.left_out == pytest.approx(0.2)
    assert result.state[:4, 0].mean() > 55


def test_a_state_that_is_not_yet_there_stays_absent():
    prior = np.array([[50.0, 7.0], [52.0, np.nan], [54.0, 8.0], [56.0, 9.0]])
    state = enkf(prior, prior[:, 0], 55.0, 1.0).state
    assert np.isnan(state[1, 1])
    assert np.isfinite(np.delete(state.ravel(), 3)).all()


@pytest.mark.parametrize("method", ["square_root", "perturbed"])
def test_no_reading_and_no_spread_move_nothing(method):
    prior = np.array([[1.0], [2.0], [3.0]])
    np.testing.assert_array_equal(enkf(prior, prior, np.nan, 1.0, method=method).state, prior)
    same = enkf(prior, np.ones(3), 5.0, 1.0, inflation=1.0, method=method).state
    np.testing.assert_allclose(same, prior, atol=1e-15)


def test_a_taper_of_zero_leaves_a_state_alone():
    prior = np.random.default_rng(0).normal(size=(30, 2))
    state = enkf(
        prior, prior.sum(axis=1), 3.0, 1.0, inflation=1.0, method="perturbed", taper=np.array([[1.0], [0.0]])
    ).state
    np.testing.assert_allclose(state[:, 1], prior[:, 1], atol=1e-15)
    assert state[:, 0].mean() > prior[:, 0].mean() + 0.3


@pytest.mark.parametrize("wrong", [{"method": "best"}, {"inflation": 0.9}, {"taper": np.ones((1, 1))}])
def test_a_wrong_call_is_refused(wrong):
    with pytest.raises(ValueError, match=r"method|inflation"):
        enkf(np.zeros((4, 1)), np.zeros(4), 1.0, 1.0, **wrong)
