"""The area under the curve with bounds over years: wins of events are counted once for each pair of years."""

import numpy as np
import pandas as pd

from pest_warning.skill.contingency import ratio
from pest_warning.skill.intervals import Interval, block_draws, bounds
from pest_warning.skill.rules import INTERVAL


def auc_over_years(
    index, came, year, n: int = INTERVAL.draws, seed: int = 0, coverage: float = INTERVAL.coverage
) -> Interval:
    """Return how often an event ranks above a quiet pair, ties counting half, and its interval over years.

    Parameters
    ----------
    index : ndarray, shape (pair,)
        Anything that rises with the risk; pairs where it is NaN are left out.
    came : ndarray of bool, shape (pair,)
        Whether the event came.
    year : ndarray, shape (pair,)
        What is drawn as a whole.
    n, seed, coverage
        As in `intervals.bootstrap`.

    Notes
    -----
    A draw that takes year i `w[i]` times has `w @ wins @ w` wins among `(w @ events) * (w @ quiet)` comparisons, so
    that nothing is ranked again.
    """
    known = np.isfinite(index)
    index, came = index[known], came[known]
    code, years = pd.factorize(year[known], sort=True)
    wins = _wins(index, came, code, len(years))
    events, quiet = (np.bincount(code[which], minlength=len(years)).astype(float) for which in (came, ~came))
    value = float(ratio(wins.sum(), events.sum() * quiet.sum()))
    if len(years) < 2:
        return Interval(value, np.nan, np.nan, len(years))
    times = block_draws(len(years), n, seed)
    drawn = ratio(((times @ wins) * times).sum(axis=1), (times @ events) * (times @ quiet))
    low, high = bounds(drawn, coverage)
    return Interval(value, float(low), float(high), len(years))


def _wins(index, came, year, years: int) -> np.ndarray:
    """Return how often events of one year (row) rank above quiet pairs of another (column); ties count half."""
    order = np.argsort(index, kind="stable")
    index, came, year = index[order], came[order], year[order]
    events, event_year = index[came], year[came]
    wins = np.zeros((years, years))
    for each in range(years):
        quiet = index[~came & (year == each)]
        beaten = (np.searchsorted(quiet, events, "left") + np.searchsorted(quiet, events, "right")) / 2
        wins[:, each] = np.bincount(event_year, beaten, years)
    return wins
