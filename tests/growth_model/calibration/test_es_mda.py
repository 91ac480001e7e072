"""The smoother against exact posteriors, a twin orchard, and what goes missing in practice."""

import numpy as np
import pytest

from growth_model.calibration import Prior, calibrated, es_mda, observation_sd
from growth_model.calibration.errors import taper
from growth_model.cultivar import load
from growth_model.fruit import grown_diameter

FRUIT = ("fruit.diameter_max", "fruit.growth")
AGES = np.array([40.0, 70.0, 100.0, 125.0, 150.0])  # d, physiological
NAVEL = Prior.of(load("navel"), FRUIT)
AT_BLOOM = 6.871  # mm, of the navel


def diameters(values):
    return grown_diameter(AT_BLOOM, values[:, :1], values[:, 1:], AGES)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("alphas", [(4.0,) * 4, (1.0,), (9.333333333333334, 7.0, 4.0, 2.0)])
def test_one_reading_as_good_as_the_prior_halves_the_variance(seed, alphas):  # T11.1
    members = 4000
    prior = np.random.default_rng(seed).standard_normal((members, 1))
    result = es_mda(lambda theta: theta, prior, 1.0, 1.0, alphas=alphas, seed=seed)
    assert result.theta.mean() == pytest.approx(0.5, abs=3 * np.sqrt(0.5 / members))
    assert result.theta.var(ddof=1) == pytest.approx(0.5, abs=3 * 0.5 * np.sqrt(2 / members))


@pytest.mark.parametrize("dependent", [False, True])
def test_a_linear_orchard_gives_the_posterior_of_bayes(dependent):
    rng = np.random.default_rng(5)
    model = rng.normal(size=(5, 3))
    covariance = np.diag([0.5, 1.0, 2.0, 1.0, 0.7]) ** 2 + (0.2 if dependent else 0.0)
    data = model @ [0.5, -1.0, 1.5] + rng.multivariate_normal(np.zeros(5), covariance)
    posterior = np.linalg.inv(np.eye(3) + model.T @ np.linalg.solve(covariance, model))
    mean = posterior @ model.T @ np.linalg.solve(covariance, data)
    members = 20_000
    errors = covariance if dependent else np.sqrt(np.diag(covariance))
    result = es_mda(lambda theta: theta @ model.T, rng.standard_normal((members, 3)), data, errors, seed=1)
    # the gain of each pass is itself a sample: its chance comes on top of that of the members
    np.testing.assert_allclose(result.theta.mean(axis=0), mean, atol=6 * np.sqrt(posterior.max() / members))
    np.testing.assert_allclose(np.cov(result.theta.T), posterior, atol=6 * posterior.max() * np.sqrt(2 / members))


def test_twin_orchards_lie_in_their_80_percent_interval_four_times_in_five():
    inside, before, after = [], [], []
    orchards = 200
    for seed in range(orchards):
        rng = np.random.default_rng(10_000 + seed)
        truth = NAVEL.values(rng.standard_normal((1, 2)))
        sd = np.full(5, observation_sd("fruit_diameter", n=20))
        data = diameters(truth)[0] + sd * rng.standard_normal(5)
        values = calibrated(diameters, NAVEL, data, sd, seed=seed).values
        low, high = np.quantile(values, (0.1, 0.9), axis=0)
        inside.append((low < truth[0]) & (truth[0] < high))
        before.append(NAVEL.values(np.zeros((1, 2)))[0] / truth[0] - 1)
        after.append(values.mean(axis=0) / truth[0] - 1)
    # binomial with 200 cases: 99.9 % of honest intervals hold 0.8 -+ 3.29 sqrt(0.8 0.2 / 200)
    np.testing.assert_allclose(np.mean(inside, axis=0), 0.8, atol=3.29 * np.sqrt(0.16 / orchards))
    assert (np.std(after, axis=0) < 0.6 * np.std(before, axis=0)).all()


def test_reciprocals_of_the_alphas_have_to_add_to_one():
    with pytest.raises(ValueError, match="add to 1"):
        es_mda(lambda theta: theta, np.zeros((5, 1)), 1.0, 1.0, alphas=(4.0, 4.0))


@pytest.mark.parametrize(
    "simulate",
    [lambda theta: np.zeros((len(theta), 3)), lambda theta: np.full((len(theta), 3), np.nan)],
    ids=["all the same", "nobody there"],
)
@pytest.mark.parametrize("late", [None, 300.0])
def test_predictions_without_spread_move_nothing(simulate, late):
    prior = np.random.default_rng(0).standard_normal((20, 2))
    result = es_mda(simulate, prior, [1.0, 2.0, 3.0], 1.0, late=late)
    np.testing.assert_array_equal(result.theta, prior)
    assert not result.used.any()


def test_a_reading_copied_many_times_stays_solvable():
    prior = np.random.default_rng(0).standard_normal((50, 1))
    result = es_mda(lambda theta: np.repeat(theta, 200, axis=1), prior, np.ones(200), 0.5)
    assert np.isfinite(result.theta).all()
    assert result.theta.mean() == pytest.approx(1.0, abs=0.05)


def test_a_missing_reading_changes_nothing():
    prior = np.random.default_rng(0).standard_normal((60, 2))
    both = es_mda(lambda theta: theta, prior, [1.0, np.nan], 1.0, taper=[[1.0, 1.0], [1.0, 1.0]])
    one = es_mda(lambda theta: theta[:, :1], prior, [1.0], 1.0, taper=np.ones((2, 1)))
    np.testing.assert_allclose(both.theta, one.theta, atol=1e-12)
    assert both.used.tolist() == [True, False]


def test_members_that_do_not_bloom_in_time_are_pulled_forward():
    requirement = 60 + 8 * np.random.default_rng(2).standard_normal((200, 1))

    def bloom(theta):
        return np.where(theta + 40 <= 110, theta + 40, np.nan)  # the run ends on day 110

    result = es_mda(bloom, requirement, [98.0], [3.0], late=[110.0])
    slow = np.isnan(result.predictions[0, :, 0])
    assert 5 < slow.sum() < 60
    assert result.late[-1, 0] == 0
    assert result.theta[slow].mean() == pytest.approx(58, abs=3)
    assert result.theta.mean() == pytest.approx(58 + 2 * 9 / 73, abs=1)  # Bayes with a prior of 8 d, a reading of 3 d


def test_a_member_that_has_not_ripened_is_left_alone_by_a_sugar_reading():
    prior = np.random.default_rng(0).standard_normal((100, 1))
    result = es_mda(lambda theta: np.where(np.arange(100)[:, None] < 90, theta, np.nan), prior, [1.0], [1.0])
    np.testing.assert_array_equal(result.theta[90:], prior[90:])
    assert result.theta[:90].mean() == pytest.approx(0.5, abs=0.15)


def test_a_taper_keeps_acid_from_moving_the_fruit_size():
    names = ("fruit.diameter_max", "acid.first")
    prior = np.random.default_rng(0).standard_normal((100, 2))
    result = es_mda(lambda theta: theta.sum(axis=1)[:, None], prior, [2.0], [1.0], taper=taper(names, ["acid"]))
    np.testing.assert_array_equal(result.theta[:, 0], prior[:, 0])
    assert result.theta[:, 1].mean() > 0.4


def test_growth_that_is_fixed_keeps_its_spread_while_the_size_is_fitted():
    data = diameters(np.array([[92.0, 0.0185]]))[0]
    result = calibrated(diameters, NAVEL, data, np.full(5, 1.0), fixed=("fruit.growth",), members=400)
    np.testing.assert_array_equal(result.theta[:, 1], NAVEL.draw(400, 0)[:, 1])
    assert result.values[:, 0].mean() == pytest.approx(92, abs=2)


def test_the_same_seed_gives_the_same_ensemble():
    data = diameters(np.array([[90.0, 0.018]]))[0]
    first, again, other = (calibrated(diameters, NAVEL, data, 1.0, seed=seed).theta for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_wild_reading_still_gives_possible_fruit():
    values = calibrated(diameters, NAVEL, np.full(5, 500.0), 0.5).values
    assert np.isfinite(values).all()
    assert (values > 0).all()


def test_a_plots_own_prior_is_where_the_smoother_starts():
    start = (np.array([1.0, 0.0]), np.array([0.5, 1.0]))
    result = calibrated(diameters, NAVEL, np.full(5, np.nan), 1.0, start=start, members=512)
    np.testing.assert_allclose(result.theta.mean(axis=0), start[0], atol=0.02)
    np.testing.assert_allclose(result.theta.std(axis=0), start[1], atol=0.02)
