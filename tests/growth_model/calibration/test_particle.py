"""Weights, resampling and jitter of the particle filter against sums by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth_model.calibration import particle_filter
from growth_model.calibration.particle import (
    category_log_likelihood,
    confusion,
    effective_size,
    jittered,
    residual_resampled,
    weighted,
)


@given(st.lists(st.floats(-2000, 2000), min_size=1, max_size=30))
def test_weights_add_to_one_however_unlikely_the_note(logs):
    weights, surprised = weighted(np.ones(len(logs)), logs)
    assert weights.sum() == pytest.approx(1.0)
    assert not surprised


def test_weights_follow_bayes():
    weights, _ = weighted([0.5, 0.25, 0.25], np.log([0.2, 0.8, 0.4]))
    np.testing.assert_allclose(weights, [0.25, 0.5, 0.25])  # 0.1, 0.2, 0.1 over their sum


def test_a_note_that_nobody_can_explain_changes_nothing():
    weights, surprised = weighted([0.7, 0.3], [-np.inf, np.nan])
    np.testing.assert_allclose(weights, [0.7, 0.3])
    assert surprised


def test_effective_size_is_between_one_and_all():
    assert effective_size(np.full(8, 1 / 8)) == pytest.approx(8)
    assert effective_size([1.0, 0.0, 0.0]) == 1
    assert effective_size([0.5, 0.25, 0.25]) == pytest.approx(1 / 0.375)


def test_whole_copies_are_certain_and_the_rest_comes_by_lot_with_the_right_mean():
    weights = np.array([0.35, 0.3, 0.25, 0.1])  # 1.4, 1.2, 1.0 and 0.4 copies
    rng = np.random.default_rng(0)
    counts = np.array([np.bincount(residual_resampled(weights, rng), minlength=4) for _ in range(4000)])
    assert (counts.sum(axis=1) == 4).all()
    assert (counts >= [1, 1, 1, 0]).all()
    assert (counts[:, 2] == 1).all()
    np.testing.assert_allclose(counts.mean(axis=0), 4 * weights, atol=4 * np.sqrt(0.24 / 4000))


def test_even_weights_keep_every_particle():
    for count in (3, 7, 49, 1000):
        kept = residual_resampled(np.full(count, 1 / count), np.random.default_rng(0))
        np.testing.assert_array_equal(kept, np.arange(count))


def test_jitter_keeps_mean_and_spread_and_parts_the_copies():
    particles = np.repeat(np.random.default_rng(0).multivariate_normal([1, 2], [[1, 0.6], [0.6, 1]], 100), 10, axis=0)
    new = jittered(particles, 0.2, np.random.default_rng(1))
    np.testing.assert_allclose(new.mean(axis=0), particles.mean(axis=0), atol=4 * 0.2 * 1.1 / np.sqrt(1000))
    np.testing.assert_allclose(np.cov(new.T), np.cov(particles.T), atol=0.08)
    assert len(np.unique(new[:, 0])) == 1000


def test_a_near_class_is_noted_in_error_more_often_than_a_far_one():
    table = confusion(4)
    np.testing.assert_allclose(table.sum(axis=1), 1)
    np.testing.assert_allclose(np.diag(table), 0.8)
    np.testing.assert_allclose(table[0, 1:], 0.2 * np.array([16, 4, 1]) / 21)
    np.testing.assert_allclose(confusion(3, ordered=False)[1], [0.1, 0.8, 0.1])


def test_a_particle_in_no_class_cannot_explain_a_note():
    assert np.isnan(category_log_likelihood([-1, 3], 0, 3)).all()


def test_notes_of_stages_find_the_date_of_bloom():
    """Three stages in a row of notes; the truth is day 105, the prior 100 with 8 d."""
    rng = np.random.default_rng(3)
    particles, weights = 100 + 8 * rng.standard_normal((800, 1)), np.full(800, 1 / 800)
    for seed, day in enumerate(range(85, 126, 4)):
        classes = np.digitize(day - particles[:, 0], [-10, 0, 10])
        note = int(np.digitize(day - 105, [-10, 0, 10]))
        step = particle_filter(particles, weights, category_log_likelihood(classes, note, 4), seed=seed)
        particles, weights = step.particles, step.weights
        assert weights.sum() == pytest.approx(1)
        assert step.effective <= 800
    mean = weights @ particles[:, 0]
    assert mean == pytest.approx(105, abs=2.5)
    assert np.sqrt(weights @ (particles[:, 0] - mean) ** 2) < 4
