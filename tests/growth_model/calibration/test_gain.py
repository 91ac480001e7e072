"""The gain by singular values against plain linear algebra, and the taper against its published form."""

import numpy as np
import pytest

from growth_model.calibration.gain import checked_errors, gaspari_cohn, increments, noise, scaled


@pytest.mark.parametrize(("members", "data"), [(30, 4), (6, 12)])
@pytest.mark.parametrize("tapered", [False, True])
def test_the_gain_is_the_one_of_the_textbook(members, data, tapered):
    rng = np.random.default_rng(3)
    theta, predicted = rng.normal(size=(members, 3)), rng.normal(size=(members, data))
    theta, predicted = theta - theta.mean(axis=0), predicted - predicted.mean(axis=0)
    residuals = rng.normal(size=(members, data))
    taper = rng.uniform(size=(3, data)) if tapered else None
    c_td, c_dd = theta.T @ predicted / (members - 1), predicted.T @ predicted / (members - 1)
    textbook = residuals @ (c_td * (1 if taper is None else taper) @ np.linalg.inv(c_dd + 4 * np.eye(data))).T
    np.testing.assert_allclose(increments(theta, predicted, residuals, 4.0, taper), textbook, atol=1e-12)


def test_dependent_errors_become_independent():
    covariance = np.array([[2.0, 0.8], [0.8, 1.0]])
    rows = np.random.default_rng(0).multivariate_normal([0, 0], covariance, 40_000)
    np.testing.assert_allclose(np.cov(scaled(rows, covariance).T), np.eye(2), atol=0.02)


def test_perturbations_add_nothing_to_the_mean_and_keep_their_variance():
    draws = noise(5, 20_000, np.random.default_rng(1))
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=1e-14)
    assert draws.var(axis=0, ddof=0).mean() == pytest.approx(1.0, abs=0.02)  # 20 000 means of 4 degrees of freedom


# by hand from eq. 4.10: z = 1/2 gives -1/128 + 1/32 + 5/64 - 5/12 + 1, z = 1 gives 5/24, z = 3/2 gives 0.0164931
@pytest.mark.parametrize(
    ("distance", "expected"), [(0, 1), (2.5, 0.6848958), (5, 0.2083333), (7.5, 0.0164931), (10, 0), (99, 0)]
)
def test_the_taper_is_that_of_gaspari_and_cohn(distance, expected):
    assert gaspari_cohn(float(distance), 10.0) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("errors", [0.0, [1.0, -1.0], np.ones((3, 3))])
def test_errors_that_cannot_be_are_refused(errors):
    with pytest.raises(ValueError, match="error"):
        checked_errors(errors, 2)
