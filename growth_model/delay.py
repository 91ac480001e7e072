"""Days behind the valley: how much later a place ripens than flat, open ground on the valley floor, and why."""

from itertools import combinations
from math import factorial

import numpy as np

CAUSES = ("elevation", "sun", "cold")
"""What a place differs in: its height, its light (slope, aspect, horizon, sky), its place in the cold pool."""


def variants() -> list[frozenset]:
    """Return the eight places between the valley floor and the place itself: which causes are the place's own."""
    return [frozenset(own) for size in range(len(CAUSES) + 1) for own in combinations(CAUSES, size)]


def shapley(dates: dict[frozenset, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the share of each cause in the difference between the place and the valley floor.

    Parameters
    ----------
    dates : dict
        For each of `variants`, the day of ripeness, any shape. [d]

    Returns
    -------
    dict
        For each of `CAUSES` its share; they sum to the whole difference exactly. [d]

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games 2:307-317.

    Examples
    --------
    >>> days = {own: 2.0 * len(own) for own in variants()}
    >>> shapley(days)["sun"]
    np.float64(2.0)
    """
    n = len(CAUSES)
    shares: dict[str, np.ndarray] = {}
    for cause in CAUSES:
        others = [other for other in CAUSES if other != cause]
        share = np.asarray(0.0)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for before in combinations(others, size):
                share = share + weight * (dates[frozenset(before) | {cause}] - dates[frozenset(before)])
        shares[cause] = share
    return shares
