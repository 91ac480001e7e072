"""The ensemble Kalman filter: a reading of today puts today's states right."""

from dataclasses import dataclass

import numpy as np

from growth_model.calibration import gain


@dataclass(frozen=True)
class Updated:
    """What an update gives.

    Parameters
    ----------
    state : ndarray, shape (member, variable)
        After the update and within the bounds.
    clipped : ndarray, shape (variable,)
        Share of the updated members that had to be held at a bound; a large one says that the
        ensemble is not normal. [1]
    left_out : float
        Share of the members that stayed as they were because a prediction was NaN. [1]
    """

    state: np.ndarray
    clipped: np.ndarray
    left_out: float


def enkf(
    state,
    predicted,
    data,
    errors,
    *,
    inflation=1.03,
    method="square_root",
    low=-np.inf,
    high=np.inf,
    taper=None,
    seed=0,
    tolerance=1e-10,
) -> Updated:
    """Return an ensemble of states moved to one time's readings.

    Parameters
    ----------
    state : array_like, shape (member, variable)
        One tree's states; parameters that should follow may stand beside them as scores. A state that does not exist
        in a member (sugar before ripening) is NaN and stays NaN.
    predicted : array_like, shape (member, datum) or (member,)
        What each member says would be read now.
    data : array_like, shape (datum,) or a number
        What was read; NaN is missing.
    errors : array_like, shape (datum,) or (datum, datum), or a number
        Standard deviations, or the covariance.
    inflation : float
        Of the deviations from the mean, before the update; 1.02 to 1.05 makes up for what a small ensemble and a
        model without noise forget. [1]
    method : str
        "square_root" moves the mean and shrinks the deviations, without chance [2]_; "perturbed" gives each member
        its own perturbed readings [1]_.
    low, high : array_like, shape (variable,)
        Physical bounds.
    taper : array_like, shape (variable, datum), optional
        Weights on the covariances; with "perturbed" only.
    seed : int
        Of the perturbations; another one for each time.
    tolerance : float
        Share of the greatest singular value below which one is left out. [1]

    Raises
    ------
    ValueError
        For a method or shape that is not known, an inflation below 1, or a taper on the square root.

    References
    ----------
    .. [1] Burgers, van Leeuwen, Evensen (1998). Mon. Wea. Rev. 126:1719-1724.
    .. [2] Wang, Bishop, Julier (2004). Mon. Wea. Rev. 132:1590-1605, the symmetric square root.
    """
    state, data = np.array(state, float), np.atleast_1d(np.asarray(data, float))
    predicted = np.asarray(predicted, float).reshape(len(state), -1)
    errors = gain.checked_errors(errors, len(data))
    if method not in ("square_root", "perturbed"):
        raise ValueError(f"method is 'square_root' or 'perturbed'; got {method!r}")
    if taper is not None and (method == "square_root" or errors.ndim == 2):
        raise ValueError("a taper needs method 'perturbed' and errors that do not depend on each other")
    if inflation < 1 or predicted.shape[1] != len(data):
        raise ValueError(
            f"inflation {inflation} has to be at least 1, predictions {predicted.shape} fit {len(data)} data"
        )
    present = np.isfinite(data)
    whole = np.isfinite(predicted[:, present]).all(axis=1)
    if whole.sum() < 3 or not present.any():
        return Updated(state, np.zeros(state.shape[1]), float(1 - whole.mean()))
    kept = gain.subset(errors, present)
    seen = predicted[np.ix_(whole, present)]
    spread = inflation * gain.scaled(seen - seen.mean(axis=0), kept)
    misfit = gain.scaled((data[present] - seen.mean(axis=0))[None], kept)
    mean = _mean(state[whole])
    moved = np.nan_to_num(inflation * (state[whole] - mean))
    if method == "square_root":
        new = mean + _transformed(moved, spread, misfit, tolerance)
    else:
        residuals = misfit - spread + gain.noise(len(seen), len(kept), gain.stream(seed))
        weights = None if taper is None else np.asarray(taper, float)[:, present]
        new = mean + moved + gain.increments(moved, spread, residuals, 1.0, weights, tolerance)
    new[np.isnan(state[whole])] = np.nan
    held = np.clip(new, low, high)
    state[whole] = held
    return Updated(state, ((held != new) & ~np.isnan(new)).mean(axis=0), float(1 - whole.mean()))


def _mean(rows) -> np.ndarray:
    """Return the mean of what is not NaN; NaN where a variable exists in no member."""
    count = np.isfinite(rows).sum(axis=0)
    return np.nansum(rows, axis=0) / np.where(count > 0, count, np.nan)


def _transformed(moved, spread, misfit, tolerance) -> np.ndarray:
    """Return the new deviations from the old mean, by the symmetric square root."""
    left, sizes, right = gain.modes(spread, tolerance)
    projected = left.T @ moved
    shift = (misfit @ right * (sizes / (sizes**2 + 1.0))) @ projected / np.sqrt(len(moved) - 1)
    return shift + moved + (left * (1 / np.sqrt(sizes**2 + 1.0) - 1)) @ projected
