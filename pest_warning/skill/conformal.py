"""Intervals for densities and dates that hold without a model of the error, split by year."""

import numpy as np
import pandas as pd


def conformal_margin(errors, coverage: float = 0.8) -> float:
    """Return how far to go to both sides of a forecast so that a new case is held with `coverage`.

    Parameters
    ----------
    errors : array_like, shape (case,)
        Observed less predicted, of cases that were not fitted.
    coverage : float
        Share of new cases to be held. [1]

    Returns
    -------
    float
        In the unit of `errors`; infinite when there are too few errors for the coverage.

    References
    ----------
    .. [1] Lei et al. (2018). J. Am. Stat. Assoc. 113:1094-1111, algorithm 2.

    Examples
    --------
    >>> conformal_margin([1, -2, 3, -4], 0.8), conformal_margin([1, -2], 0.8)
    (4.0, inf)
    """
    off = np.sort(np.abs(np.asarray(errors, float)))
    off = off[np.isfinite(off)]
    place = int(np.ceil(np.round((off.size + 1) * coverage, 9)))  # rounded: 5 * 0.8 is to be 4
    return float(off[place - 1]) if 1 <= place <= off.size else np.inf


def conformal_margins(errors, year, coverage: float = 0.8) -> np.ndarray:
    """Return for each case the margin from the errors of all other years, shape (case,)."""
    errors, year = np.asarray(errors, float), np.asarray(year)
    margins = {each: conformal_margin(errors[year != each], coverage) for each in pd.unique(year)}
    return np.array([margins[each] for each in year], float)
