"""Whittaker's smoother against printed values, whittaker-eilers and scipy's banded solver."""

import numpy as np
import pytest
from scipy.linalg import solveh_banded
from whittaker_eilers import WhittakerSmoother

from remote_sensing.whittaker import daily, smooth, smooth_robust
from remote_sensing.whittaker_kernel import LANES


def banded(y, w, lmbda):
    """Return the smooth curve of one series by scipy, float64."""
    n = len(y)
    second = np.diff(np.eye(n), 2, axis=0)
    penalty = lmbda * second.T @ second
    upper = np.zeros((3, n))
    upper[2] = np.diag(penalty) + w
    upper[1, 1:], upper[0, 2:] = np.diag(penalty, 1), np.diag(penalty, 2)
    return solveh_banded(upper, y * w)


def series(count=100, dates=73, seed=0):
    rng = np.random.default_rng(seed)
    wave = 0.55 + 0.2 * np.sin(2 * np.pi * np.arange(dates) / dates)
    return wave + rng.normal(0, 0.05, (count, dates)), (rng.random((count, dates)) > 0.4) * rng.choice(
        [1, 0.5, 0.3], (count, dates)
    )


def test_an_impulse_spreads_as_the_specification_prints():
    y = np.zeros(21)
    y[10] = 1
    z = smooth(y, lmbda=10)  # monitoring.md T7.1
    np.testing.assert_allclose(z[[10, 9, 11, 5, 15]], [0.206237, 0.176120, 0.176120, 0.013129, 0.013129], atol=1e-6)
    assert z.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("lmbda", [1, 1e4, 1e6])
def test_a_straight_line_with_gaps_comes_back_unchanged(lmbda):
    x = np.arange(365.0)
    y = 0.3 + 0.001 * x
    y[(x > 40) & (x < 130)] = np.nan
    y[[0, 1, 2, 364]] = np.nan
    np.testing.assert_allclose(smooth(y, lmbda=lmbda), 0.3 + 0.001 * x, atol=1e-9)  # T7.2
    np.testing.assert_allclose(smooth_robust(y, lmbda=lmbda), 0.3 + 0.001 * x, atol=1e-9)


def test_a_wave_of_63_days_is_halved():
    days = np.arange(5 * 365)
    z = smooth(np.sin(2 * np.pi * days / 63))
    middle = slice(2 * 365, 3 * 365)
    assert np.ptp(z[middle]) / 2 == pytest.approx(0.5, rel=0.02)  # T7.3


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize("lmbda", [10, 1e4])
def test_curves_are_those_of_whittaker_eilers_and_scipy(kind, lmbda):
    y, w = series()
    y, w = y.astype(kind), w.astype(kind)
    z = smooth(y, w, lmbda)
    assert z.dtype == kind
    close = 1e-10 if kind == np.float64 else 1e-6
    peer = WhittakerSmoother(lmbda=lmbda, order=2, data_length=y.shape[1])
    for k in range(len(y)):
        known, weight = y[k].astype(float), w[k].astype(float)
        peer.update_weights(weight.tolist())
        np.testing.assert_allclose(z[k], peer.smooth(known.tolist()), atol=max(close, 1e-8))
        np.testing.assert_allclose(z[k], banded(known, weight, lmbda), atol=close)


def test_irregular_dates_become_a_curve_of_days():
    rng = np.random.default_rng(2)
    days = np.sort(rng.choice(np.arange(1, 700), 60, replace=False))
    days[0], days[-1] = 0, 730
    y, w = series(7, len(days))
    dates = np.datetime64("2023-03-01") + days
    z = smooth(y, w, 1e4, x=dates)
    assert z.shape == (7, 731)
    assert daily(dates)[[0, -1]].tolist() == [dates[0].item(), dates[-1].item()]
    full, weight = np.zeros((7, 731)), np.zeros((7, 731))
    full[:, days], weight[:, days] = y, w
    for k in range(7):
        np.testing.assert_allclose(z[k], banded(full[k], weight[k], 1e4), atol=1e-8)
    np.testing.assert_array_equal(smooth(y, w, 1e4, x=days), z)


def test_two_passes_of_one_day_share_it_by_their_weights():
    x = [0, 5, 5, 9]
    twice = smooth([1.0, 2.0, 4.0, 3.0], [1, 1, 0.5, 1], 10, x=x)
    once = smooth([1.0, (2 + 0.5 * 4) / 1.5, 3.0], [1, 1.5, 1], 10, x=[0, 5, 9])
    np.testing.assert_allclose(twice, once, atol=1e-12)
    at_noon = np.array(["2024-01-01T02:50", "2024-01-06T02:50", "2024-01-06T12:00", "2024-01-10T03:10"], "M8[m]")
    np.testing.assert_array_equal(smooth([1.0, 2.0, 4.0, 3.0], [1, 1, 0.5, 1], 10, x=at_noon), twice)


@pytest.mark.parametrize(
    ("count", "parallel"),
    [(1, False), (LANES - 1, False), (LANES, False), (2 * LANES + 5, False), (2 * LANES + 5, True)],
)
def test_the_axis_of_time_may_be_any(count, parallel):
    y, w = series(count, 30)
    z = smooth(y, w, 50)
    np.testing.assert_array_equal(smooth(y.T, w.T, 50, axis=0, parallel=parallel), z.T)
    cube, weights = (np.ascontiguousarray(one.T).reshape(30, count, 1) for one in (y, w))
    np.testing.assert_array_equal(smooth(cube, weights, 50, axis=0, parallel=parallel), z.T[..., None])
    stacked = np.stack([y, y + 1])
    found = smooth(stacked, np.stack([w, w]), 50, parallel=parallel)
    np.testing.assert_allclose(found, np.stack([z, z + 1]), atol=1e-9)
    turned = smooth(np.moveaxis(stacked, -1, 1), np.moveaxis(np.stack([w, w]), -1, 1), 50, axis=1)
    np.testing.assert_array_equal(turned, np.moveaxis(found, -1, 1))


def test_gaps_may_be_missing_numbers_or_lack_of_weight():
    y, w = series(3)
    gone = np.where(w > 0, y, np.nan)
    np.testing.assert_array_equal(smooth(gone, w), smooth(y, w))
    np.testing.assert_array_equal(smooth(np.where(w > 0, y, 99.0), w), smooth(y, w))
    np.testing.assert_array_equal(smooth(y), smooth(y, np.ones_like(y)))


def test_a_series_of_fewer_than_two_days_has_no_curve():
    y = np.full((4, 10), np.nan)
    y[1, 3] = 0.5
    y[2, [3, 8]] = 0.5, 1.0
    y[3] = 0.7
    z = smooth(y)
    assert np.isnan(z[:2]).all()
    np.testing.assert_allclose(z[2], 0.5 + 0.1 * (np.arange(10) - 3), atol=1e-7)
    np.testing.assert_allclose(z[3], 0.7)
    assert np.isnan(smooth([[0.4, 0.6]], x=[5, 5])).all()
    np.testing.assert_allclose(smooth([0.4, 0.6], x=[5, 6]), [0.4, 0.6])


def in_steps(y, w, lmbda, low_first=True):
    """Return the robust curve of one series as section 7.2 tells it, by scipy and whole arrays."""
    kept, known = w.copy(), w > 0
    for turn in range(4):
        z = banded(y, kept, lmbda)
        if turn == 3:
            return z
        r = y - z
        cut = 4.685 * max(1.4826 * np.median(np.abs(r[known])), 1e-4)
        share = np.where(np.abs(r) < cut, (1 - (r / cut) ** 2) ** 2, 0)
        kept = w * (np.where(r > 0, 1, share) if turn == 0 and low_first else share)


@pytest.mark.parametrize("low_first", [True, False])
def test_robust_curves_are_those_of_the_rounds_done_one_by_one(low_first):
    y, w = series(40, 90, seed=3)
    y[np.random.default_rng(4).random(y.shape) < 0.08] -= 0.3
    z = smooth_robust(y, w, 30, low_first=low_first)
    for k in range(len(y)):
        np.testing.assert_allclose(z[k], in_steps(y[k], w[k], 30, low_first), atol=1e-9)


def test_missed_clouds_hardly_pull_the_robust_curve():
    days = np.arange(0, 730, 8)
    truth = 0.7 + 0.05 * np.sin(2 * np.pi * days / 365)
    rng = np.random.default_rng(5)
    y = truth + rng.normal(0, 0.015, (200, days.size))
    cloudy = rng.random(y.shape) < 0.1
    y[cloudy] -= rng.uniform(0.15, 0.4, cloudy.sum())
    plain, robust = (np.abs(f(y, x=days)[:, days] - truth).mean() for f in (smooth, smooth_robust))
    assert plain > 0.02
    assert robust < 0.35 * plain


def test_dates_that_do_not_ascend_or_fit_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        smooth([1.0, 2.0, 3.0], x=[0, 9, 5])
    with pytest.raises(ValueError, match="2 dates for 3 values"):
        smooth([1.0, 2.0, 3.0], x=[0, 9])
