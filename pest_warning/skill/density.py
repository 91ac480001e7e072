"""Densities and dates against what was counted: ranked probability scores, bias and error in days."""

from typing import NamedTuple

import numpy as np

from pest_warning.skill.contingency import ratio


def crps(members, value) -> np.ndarray:
    """Return the continuous ranked probability score of an ensemble, taken as it stands; 0 perfect.

    Parameters
    ----------
    members : array_like, shape (..., member)
        Forecast of each member, such as mites per leaf.
    value : array_like, shape (...)
        What was counted, in the unit of `members`.

    Returns
    -------
    ndarray, shape (...)
        In the unit of `members`; NaN where a member or the value is.

    References
    ----------
    .. [1] Gneiting, Raftery (2007). J. Am. Stat. Assoc. 102:359-378, eq. 21.

    Examples
    --------
    >>> float(crps([1, 2, 3, 4], 2.5)), round(float(fair_crps([1, 2, 3, 4], 2.5)), 5)
    (0.375, 0.16667)
    """
    error, spread, count = _error_and_spread(members, value)
    return error - spread / (2 * count**2)


def fair_crps(members, value) -> np.ndarray:
    """Return the score that an ensemble of endless size would get in the mean, shape (...); NaN with one member.

    References
    ----------
    .. [1] Ferro (2014). Q. J. R. Meteorol. Soc. 140:1917-1923.
    """
    error, spread, count = _error_and_spread(members, value)
    return error - spread / (2 * count * (count - 1)) if count > 1 else np.full_like(error, np.nan)


def interval_score(low, middle, high, value, coverage: float = 0.8) -> np.ndarray:
    """Return the weighted interval score: what three quantiles tell of the ranked probability score; 0 perfect.

    Parameters
    ----------
    low, middle, high : array_like
        Lower end, median and upper end of the forecast interval, such as its p10, p50 and p90.
    value : array_like
        What was counted.
    coverage : float
        Of the interval. [1]

    Returns
    -------
    ndarray
        In the unit of `value`; NaN where any of the four is.

    References
    ----------
    .. [1] Bracher, Ray, Gneiting, Reich (2021). PLoS Comput. Biol. 17:e1008618, eq. 2.
    """
    alpha = 1.0 - coverage
    low, middle, high, value = (np.asarray(each, float) for each in (low, middle, high, value))
    # outside the interval costs 2 / alpha, which the weight alpha / 2 makes 1
    interval = alpha / 2 * (high - low) + np.maximum(low - value, 0) + np.maximum(value - high, 0)
    return (np.abs(value - middle) / 2 + interval) / 1.5


def crpss(score, baseline) -> float:
    """Return 1 less the mean score over the mean of the baseline's, on cases where both are known."""
    score, baseline = np.asarray(score, float), np.asarray(baseline, float)
    both = np.isfinite(score) & np.isfinite(baseline)
    return float(1 - ratio(score[both].sum(), baseline[both].sum()))


class DateScores(NamedTuple):
    """How far forecast dates were off."""

    bias: float  # d, positive when the forecast was late
    mae: float  # d
    within: float  # share no more than the limit off
    n: int


def date_scores(predicted, observed, limit: float = 5.0) -> DateScores:
    """Return bias, mean absolute error and the share within `limit` days.

    Parameters
    ----------
    predicted, observed : array_like, shape (case,)
        Dates, or days as numbers; a case that lacks one (NaT, NaN) is left out.
    limit : float
        Both ends count as within. [d]
    """
    error = _days(predicted) - _days(observed)
    error = error[np.isfinite(error)]
    if not error.size:
        return DateScores(np.nan, np.nan, np.nan, 0)
    off = np.abs(error)
    return DateScores(float(error.mean()), float(off.mean()), float((off <= limit).mean()), int(error.size))


def _error_and_spread(members, value) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the mean distance to the value, the sum of distances over ordered pairs of members, and their number."""
    members = np.sort(np.asarray(members, float), axis=-1)
    count = members.shape[-1]
    error = np.abs(members - np.asarray(value, float)[..., None]).mean(axis=-1)
    return error, 2 * (members * (2 * np.arange(1, count + 1) - count - 1)).sum(axis=-1), count


def _days(dates) -> np.ndarray:
    """Return dates as days since 1970, numbers as they are; NaN where missing."""
    dates = np.asarray(dates)
    if dates.dtype.kind in "iuf":
        return dates.astype(float)
    dates = dates.astype("datetime64[D]")
    return np.where(np.isnat(dates), np.nan, dates.astype("int64"))
