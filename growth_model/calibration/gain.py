"""What an ensemble lets data say of its parameters: the gain, by singular values instead of an inverse."""

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from agro.numeric import equation, maximum, where


def checked_errors(errors, count) -> np.ndarray:
    """Return standard deviations, shape (datum,), or a covariance, shape (datum, datum), that fit `count` data.

    Raises
    ------
    ValueError
        When the shape does not fit, or a standard deviation or variance is not above 0.
    """
    errors = np.asarray(errors, float)
    if errors.ndim < 2:
        errors = np.broadcast_to(errors, (count,))
    elif errors.shape != (count, count):
        raise ValueError(f"errors of shape {errors.shape} do not fit {count} data")
    if not (deviations(errors) > 0).all():
        raise ValueError("each error needs a standard deviation above 0")
    return errors


def deviations(errors) -> np.ndarray:
    """Return the standard deviation of each datum."""
    return errors if errors.ndim == 1 else np.sqrt(np.diag(errors))


def subset(errors, kept) -> np.ndarray:
    """Return the errors of the data that are kept."""
    return errors[kept] if errors.ndim == 1 else errors[np.ix_(kept, kept)]


def scaled(rows, errors) -> np.ndarray:
    """Return `rows`, shape (member, datum), in units in which the errors are 1 and independent."""
    if errors.ndim == 1:
        return rows / errors
    return solve_triangular(cholesky(errors, lower=True), rows.T, lower=True).T


def stream(seed) -> np.random.Generator:
    """Return a generator apart from `default_rng(seed)`, so that an ensemble drawn with `seed` is not its own noise."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(11,)))


def noise(members, count, rng) -> np.ndarray:
    """Return standard normal draws, shape (member, datum), whose mean over the members is 0.

    Without a mean the draws add no chance to the mean of the ensemble; they are widened by what centring took.
    """
    draws = rng.standard_normal((members, count))
    return (draws - draws.mean(axis=0)) * np.sqrt(members / (members - 1))


def modes(predicted, tolerance=1e-10):
    """Return how predictions vary together: members' weights, singular values, data's weights.

    Parameters
    ----------
    predicted : ndarray, shape (member, datum)
        Deviations from the mean in units of the error. [1]
    tolerance : float
        Singular values below this share of the greatest are noise of the arithmetic and left out. [1]

    Returns
    -------
    tuple of ndarray, shapes (member, mode), (mode,), (datum, mode)
    """
    left, sizes, right = np.linalg.svd(predicted / np.sqrt(len(predicted) - 1), full_matrices=False)
    kept = sizes > max(tolerance * sizes.max(initial=0.0), np.finfo(float).tiny)
    return left[:, kept], sizes[kept], right[kept].T


def increments(parameters, predicted, residuals, alpha=1.0, taper=None, tolerance=1e-10) -> np.ndarray:
    """Return what each member's parameters change by, shape (member, parameter).

    Parameters
    ----------
    parameters : ndarray, shape (member, parameter)
        Deviations from their mean.
    predicted : ndarray, shape (member, datum)
        Deviations from their mean in units of the error. [1]
    residuals : ndarray, shape (member, datum)
        Datum, with its perturbation, less prediction, in units of the error. [1]
    alpha : float
        Inflation of the errors' variance. [1]
    taper : ndarray, shape (parameter, datum), optional
        Weights between 0 and 1 on the covariance of a parameter with a datum.
    tolerance : float
        As in `modes`.

    Notes
    -----
    With :math:`S = U W V^T` the deviations over :math:`\\sqrt{n - 1}`, the inverse of :math:`S S^T + \\alpha I` is
    :math:`U (W^2 + \\alpha)^{-1} U^T` on the modes and :math:`1 / \\alpha` beside them: it exists for constant
    predictions, for data that repeat each other and for more data than members.
    """
    left, sizes, right = modes(predicted, tolerance)
    deviations_ = parameters / np.sqrt(len(parameters) - 1)
    if taper is None:
        return (residuals @ right * (sizes / (sizes**2 + alpha))) @ (left.T @ deviations_)
    covariance = taper * (deviations_.T @ (left * sizes) @ right.T)
    on_modes = covariance @ right
    gain = on_modes / (sizes**2 + alpha) @ right.T + (covariance - on_modes @ right.T) / alpha
    return residuals @ gain.T


@equation
def gaspari_cohn(distance, reach):
    """Return a correlation that falls smoothly from 1 at no distance to 0 at `reach`, in the unit of `distance`.

    References
    ----------
    .. [1] Gaspari, Cohn (1999). Q. J. R. Meteorol. Soc. 125:723-757, eq. 4.10.

    Examples
    --------
    >>> round(float(gaspari_cohn(5.0, 10.0)), 4), float(gaspari_cohn(12.0, 10.0))
    (0.2083, 0.0)
    """
    z = 2.0 * distance / reach
    near = 1.0 + z * z * (-5.0 / 3.0 + z * (5.0 / 8.0 + z * (0.5 - 0.25 * z)))
    far = 4.0 - 2.0 / (3.0 * maximum(z, 1.0)) + z * (-5.0 + z * (5.0 / 3.0 + z * (5.0 / 8.0 + z * (-0.5 + z / 12.0))))
    return where(z < 1.0, near, where(z < 2.0, far, 0.0))
