"""The particle filter: for one plot, and for notes that are classes and not numbers."""

from dataclasses import dataclass

import numpy as np

from growth_model.calibration.errors import category
from growth_model.calibration.gain import stream


@dataclass(frozen=True)
class Filtered:
    """What a step of the filter gives.

    Parameters
    ----------
    particles : ndarray, shape (particle, parameter)
    weights : ndarray, shape (particle,)
        Their sum is 1. [1]
    ancestors : ndarray of int, shape (particle,)
        Which particle each came from.
    effective : float
        Effective number of particles before resampling.
    surprised : bool
        No particle could explain the note: nothing was changed.
    """

    particles: np.ndarray
    weights: np.ndarray
    ancestors: np.ndarray
    effective: float
    surprised: bool = False


def particle_filter(particles, weights, log_likelihood, *, least_effective=0.5, jitter=0.1, seed=0) -> Filtered:
    """Return particles after one note: weighed, and resampled when few of them carry the weight.

    Parameters
    ----------
    particles : array_like, shape (particle, parameter)
        Scores or logarithms, so that jitter crosses no bound; 500 to 1000 of them.
    weights : array_like, shape (particle,)
        Before the note. [1]
    log_likelihood : array_like, shape (particle,)
        Of the note, of each particle; NaN is impossible. [1]
    least_effective : float
        Share of the particles below which the effective number leads to resampling. [1]
    jitter : float
        Standard deviation of the kernel, over the ensemble's. [1]
    seed : int
        Of resampling and jitter; another one for each note.
    """
    particles = np.array(particles, float)
    new, surprised = weighted(weights, log_likelihood)
    size, own = effective_size(new), np.arange(len(particles))
    if surprised or size >= least_effective * len(particles):
        return Filtered(particles, new, own, size, surprised)
    rng = stream(seed)
    ancestors = residual_resampled(new, rng)
    even = np.full(len(particles), 1 / len(particles))
    return Filtered(jittered(particles[ancestors], jitter, rng), even, ancestors, size)


def weighted(weights, log_likelihood) -> tuple[np.ndarray, bool]:
    """Return the weights after a note, and whether no particle could explain it; then the old ones stay."""
    old = np.asarray(weights, float)
    old = old / old.sum()
    with np.errstate(divide="ignore"):
        logs = np.log(old) + np.nan_to_num(np.asarray(log_likelihood, float), nan=-np.inf, neginf=-np.inf)
    if not np.isfinite(logs.max()):
        return old, True
    new = np.exp(logs - logs.max())
    return new / new.sum(), False


def effective_size(weights) -> float:
    """Return how many particles of equal weight would know as much; Kong, Liu, Wong 1994.

    >>> effective_size([0.5, 0.5, 0.0, 0.0])
    2.0
    """
    return float(1 / np.square(weights).sum())


def residual_resampled(weights, rng) -> np.ndarray:
    """Return the index of each new particle: whole copies first, what is left of the weights by lot.

    Parameters
    ----------
    weights : array_like, shape (particle,)
        Their sum is 1. [1]
    rng : numpy.random.Generator

    References
    ----------
    .. [1] Liu, Chen (1998). J. Am. Stat. Assoc. 93:1032-1044.
    """
    expected = np.asarray(weights, float) * len(weights)
    # a weight that is a whole number of copies but for the last bits is not rounded down
    copies = np.floor(expected + 1e-9).astype(int)
    left, rest = len(expected) - copies.sum(), np.maximum(expected - copies, 0.0)
    if left > 0:
        copies += rng.multinomial(left, rest / rest.sum())
    return np.repeat(np.arange(len(expected)), copies)


def jittered(particles, jitter, rng) -> np.ndarray:
    """Return particles that are no longer copies, with about the mean and covariance they had.

    Parameters
    ----------
    particles : ndarray, shape (particle, parameter)
        Of equal weight.
    jitter : float
        Standard deviation of the kernel, over the ensemble's; all are drawn to the mean by as much as it widens. [1]
    rng : numpy.random.Generator

    References
    ----------
    .. [1] Liu, West (2001). In: Sequential Monte Carlo Methods in Practice, 197-223, eq. 10.3.9.
    """
    mean = particles.mean(axis=0)
    # deviations times normal draws have the ensemble's covariance, singular or not
    draws = rng.standard_normal((len(particles), len(particles))) / np.sqrt(len(particles))
    return mean + np.sqrt(1 - jitter**2) * (particles - mean) + jitter * draws @ (particles - mean)


def category_log_likelihood(predicted, observed, count, ordered=True) -> np.ndarray:
    """Return the log-likelihood of a walker's note, of each particle.

    Parameters
    ----------
    predicted : array_like of int, shape (particle,)
        Class that each particle is in, from 0; below 0 when it is in none: NaN then.
    observed : int
        Class that was written down.
    count : int
        Number of classes.
    ordered : bool
        Classes follow each other (stages, colour), so that a near one is written in error more often than a far one.

    Examples
    --------
    >>> np.exp(category_log_likelihood([0, 1, 2], 1, 3)).round(2)
    array([0.16, 0.8 , 0.16])
    """
    predicted = np.asarray(predicted, int)
    chances = np.log(confusion(count, ordered)[:, observed])
    return np.where((predicted >= 0) & (predicted < count), chances[np.clip(predicted, 0, count - 1)], np.nan)


def confusion(count, ordered=True) -> np.ndarray:
    """Return the chance that class `row` is written down as class `column`, shape (count, count); rows add to 1."""
    right, falloff = category()
    if count < 2:
        return np.ones((count, count))
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    wrong = np.where(apart > 0, falloff ** (apart - 1.0) if ordered else 1.0, 0.0)
    return right * np.eye(count) + (1 - right) * wrong / wrong.sum(axis=1, keepdims=True)
