"""The ensemble smoother with multiple data assimilation: a season is rerun until the ensemble fits what was read."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from growth_model.calibration import gain
from growth_model.calibration.prior import Prior

ALPHAS = (4.0, 4.0, 4.0, 4.0)
Simulate = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Smoothed:
    """What the smoother gives.

    Parameters
    ----------
    theta : ndarray, shape (member, parameter)
        The ensemble after the last pass, in the numbers the smoother works in (scores, in `calibrated`).
    values : ndarray, shape (member, parameter)
        The same as `simulate` takes them.
    predictions : ndarray, shape (pass + 1, member, datum)
        Of the first ensemble, after each pass, and last of `theta`; NaN where a member did not get there.
    late : ndarray, shape (pass + 1, datum)
        Share of the members that did not get there. [1]
    used : ndarray of bool, shape (datum,)
        Data that moved anything: not missing, and predicted differently by different members.
    """

    theta: np.ndarray
    values: np.ndarray
    predictions: np.ndarray
    late: np.ndarray
    used: np.ndarray


def es_mda(
    simulate: Simulate, theta, data, errors, *, alphas=ALPHAS, taper=None, late=None, seed=0, tolerance=1e-10
) -> Smoothed:
    """Return the ensemble of parameters moved to the data.

    Parameters
    ----------
    simulate : callable
        From parameters, shape (member, parameter), to predictions, shape (member, datum).
    theta : array_like, shape (member, parameter)
        Draws from the prior, near normal: scores or logarithms, so that no bound is crossed.
    data : array_like, shape (datum,)
        What was read; NaN is missing.
    errors : array_like, shape (datum,) or (datum, datum)
        Standard deviations, or the covariance.
    alphas : sequence of float
        Inflation of the errors' variance in each pass; their reciprocals add to 1. [1]
    taper : array_like, shape (parameter, datum), optional
        Weights between 0 and 1: 0 where a datum may not move a parameter.
    late : array_like, shape (datum,), optional
        What a date that a member did not reach counts as, as a rule the last day of the run; NaN for other data.
    seed : int
        Of the perturbations.
    tolerance : float
        Share of the greatest singular value below which one is left out. [1]

    Raises
    ------
    ValueError
        When the reciprocals of `alphas` do not add to 1, a shape does not fit, or errors that depend on each
        other meet a taper.

    Notes
    -----
    A pass is :math:`\\theta_a = \\theta + C_{td} (C_{dd} + \\alpha R)^{-1} (d + \\sqrt{\\alpha} e - g(\\theta))`; four
    with :math:`\\alpha` = 4 equal one Bayes update where g is linear [1]_.

    A prediction that is NaN is a member that was too slow. Where `late` gives a date, it takes the latest of that
    date, the latest date of any member, and the datum plus one standard deviation: a slow member is always late and
    is pulled forward. Later still, by as much as the others' dates differ at most, where a linear fit of their
    dates to their parameters says so: at the end of the run alone a very slow member would not be pulled far
    enough. Elsewhere (sugar read before a member ripens) nothing says how far off it was: it takes the mean of the
    others and that datum leaves the member alone. A datum that no member reaches moves nothing.

    References
    ----------
    .. [1] Emerick, Reynolds (2013). Computers & Geosciences 55:3-15.
    """
    theta, data = np.array(theta, float), np.atleast_1d(np.asarray(data, float))
    if min(alphas, default=0) <= 0 or abs(sum(1 / alpha for alpha in alphas) - 1) > 1e-9:
        raise ValueError(f"the reciprocals of the alphas have to add to 1; got {tuple(alphas)}")
    if theta.ndim != 2 or len(theta) < 3:
        raise ValueError(f"an ensemble has shape (member, parameter) and 3 members at least; got {theta.shape}")
    errors = gain.checked_errors(errors, len(data))
    if taper is not None and errors.ndim == 2:
        raise ValueError("a taper needs errors that do not depend on each other")
    taper = None if taper is None else np.broadcast_to(taper, (theta.shape[1], len(data)))
    late = np.full(len(data), np.nan) if late is None else np.broadcast_to(np.asarray(late, float), data.shape)
    rng = gain.stream(seed)
    present = np.isfinite(data)
    predictions, used = [_run(simulate, theta, len(data))], np.zeros(len(data), bool)
    for alpha in alphas:
        filled, silent = _completed(predictions[-1], theta, data, gain.deviations(errors), late)
        used |= present & (np.ptp(filled, axis=0) > 0)
        kept = gain.subset(errors, present)
        spread = gain.scaled((filled - filled.mean(axis=0))[:, present], kept)
        residuals = gain.scaled((data - filled)[:, present], kept)
        residuals += np.sqrt(alpha) * gain.noise(len(theta), int(present.sum()), rng)
        residuals[silent[:, present]] = 0.0
        weights = None if taper is None else taper[:, present]
        theta = theta + gain.increments(theta - theta.mean(axis=0), spread, residuals, alpha, weights, tolerance)
        predictions.append(_run(simulate, theta, len(data)))
    runs = np.array(predictions)
    return Smoothed(theta, theta, runs, np.isnan(runs).mean(axis=1), used)


def calibrated(
    simulate: Simulate,
    prior: Prior,
    data,
    errors,
    *,
    members=100,
    fixed=(),
    taper=None,
    late=None,
    start=None,
    alphas=ALPHAS,
    seed=0,
) -> Smoothed:
    """Return a cultivar's parameters moved to the data; the smoother works in scores, so no bound is crossed.

    Parameters
    ----------
    simulate : callable
        From values, shape (member, parameter) in the order of `prior.names`, to predictions, shape (member, datum).
    prior : Prior
        What is known before.
    data, errors, taper, late, alphas, seed
        As in `es_mda`; `errors.taper` makes the taper from the kinds of reading.
    members : int
        Size of the ensemble.
    fixed : sequence of str
        Names that the data may not move now (`errors.fixed_now`). They keep the prior's spread, so that what is not
        known of them stays part of the band; other parameters are fitted in view of it.
    start : tuple of array_like, shapes (parameter,), optional
        Means and standard deviations of the scores, from `plot_prior`; 0 and 1 else.
    """
    scores = prior.draw(members, seed)
    if start is not None:
        scores = start[0] + np.asarray(start[1]) * scores
    if len(fixed):
        free = np.array([name not in fixed for name in prior.names], float)[:, None]
        taper = free * (np.ones((1, np.size(data))) if taper is None else np.asarray(taper, float))
    result = es_mda(
        lambda theta: simulate(prior.values(theta)),
        scores,
        data,
        errors,
        alphas=alphas,
        taper=taper,
        late=late,
        seed=seed,
    )
    return Smoothed(result.theta, prior.values(result.theta), result.predictions, result.late, result.used)


def _run(simulate, theta, count) -> np.ndarray:
    predicted = np.asarray(simulate(theta), float)
    if predicted.shape != (len(theta), count):
        raise ValueError(f"simulate has to give shape {(len(theta), count)}; got {predicted.shape}")
    return np.where(np.isfinite(predicted), predicted, np.nan)


def _completed(predicted, theta, data, sds, late):
    """Return predictions without gaps, and where a member has nothing to learn from a datum."""
    gap = np.isnan(predicted)
    reached = ~gap
    others = np.where(gap, 0.0, predicted).sum(axis=0) / np.maximum(reached.sum(axis=0), 1)
    latest = np.where(gap, -np.inf, predicted).max(axis=0)
    dated = np.isfinite(late)
    slow = np.maximum(np.maximum(late, latest), np.nan_to_num(data + sds, nan=-np.inf))
    filled = np.where(gap, np.where(dated, slow, others), predicted)
    for datum in np.flatnonzero(dated & gap.any(axis=0) & (reached.sum(axis=0) >= 3 * (theta.shape[1] + 1))):
        there, missing = predicted[reached[:, datum], datum], gap[:, datum]
        design = np.column_stack([np.ones(len(theta)), theta])
        fit = design[missing] @ np.linalg.lstsq(design[~missing], there, rcond=1e-8)[0]
        filled[missing, datum] = np.clip(fit, slow[datum], slow[datum] + np.ptp(there))
    return filled, gap & ~dated
