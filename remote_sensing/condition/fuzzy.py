"""Fuzzy c-means and what says how many clusters there are (monitoring.md 9)."""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from remote_sensing.condition.rules import ZONES


class Clusters(NamedTuple):
    """One partition of n places into c clusters.

    `centres` (c, feature); `member` (n, c) degrees of membership, rows sum to 1; `cost` the minimised sum.
    """

    centres: np.ndarray
    member: np.ndarray
    cost: float

    @property
    def label(self) -> np.ndarray:
        """The cluster of each place, 0 to c - 1."""
        return self.member.argmax(axis=1)


def fuzzy_means(
    x: np.ndarray,
    clusters: int,
    seed: int = 0,
    exponent: float = ZONES.exponent,
    starts: int = ZONES.starts,
    tolerance: float = ZONES.tolerance,
) -> Clusters:
    """Return the best of several starts of fuzzy c-means.

        u_ik = 1 / sum_j (d_ik / d_jk)^(2 / (m - 1)),   v_i = sum u^m x / sum u^m

    Parameters
    ----------
    x : array, shape (n, feature)
        Scaled by range.
    clusters : int
    seed : int
    exponent, starts, tolerance
        m; number of starts; largest change of a membership at which it has converged.

    References
    ----------
    .. [1] Bezdek (1981). Pattern Recognition with Fuzzy Objective Function Algorithms.
    """
    drawn = np.random.default_rng(seed)
    best: Clusters | None = None
    for _ in range(starts):
        centres = _spread_out(x, clusters, drawn)
        member = _membership(x, centres, exponent)
        for _ in range(300):
            powered = member**exponent
            centres = powered.T @ x / powered.sum(axis=0)[:, None]
            new = _membership(x, centres, exponent)
            change, member = np.abs(new - member).max(), new
            if change < tolerance:
                break
        cost = float((member**exponent * cdist(x, centres, "sqeuclidean")).sum())
        if best is None or cost < best.cost:
            best = Clusters(centres, member, cost)
    assert best is not None  # noqa: S101  at least one start
    return best


def performance_index(member: np.ndarray) -> float:
    """Return the fuzziness performance index 1 - (c F - 1) / (c - 1), F = mean sum u^2: 0 crisp, 1 no clusters."""
    c = member.shape[1]
    f = float((member**2).sum(axis=1).mean())
    return 1.0 - (c * f - 1.0) / (c - 1.0)


def classification_entropy(member: np.ndarray) -> float:
    """Return the normalised classification entropy H / ln c, H = -mean sum u ln u: 0 crisp, 1 no clusters.

    References
    ----------
    .. [1] Fridgen et al. (2004). Management Zone Analyst. Agron. J. 96:100-108, doi 10.2134/agronj2004.0100.
    """
    u = np.clip(member, 1e-12, 1.0)
    return float(-(u * np.log(u)).sum(axis=1).mean() / np.log(member.shape[1]))


def silhouette(x: np.ndarray, label: np.ndarray, most: int = 2000, seed: int = 0) -> float:
    """Return the mean silhouette, of at most `most` places drawn at random; -1 where there is one cluster only."""
    if len(x) > most:
        drawn = np.random.default_rng(seed).choice(len(x), most, replace=False)
        x, label = x[drawn], label[drawn]
    kinds, place = np.unique(label, return_inverse=True)
    if len(kinds) < 2:
        return -1.0
    apart = cdist(x, x)
    counts = np.bincount(place)
    sums = np.stack([apart[:, place == k].sum(axis=1) for k in range(len(kinds))], axis=1)
    own = counts[place]
    with np.errstate(invalid="ignore", divide="ignore"):
        a = np.take_along_axis(sums, place[:, None], axis=1)[:, 0] / (own - 1)
        means = sums / counts
    np.put_along_axis(means, place[:, None], np.inf, axis=1)
    b = means.min(axis=1)
    return float(np.where(own > 1, (b - a) / np.maximum(a, b), 0.0).mean())


def _membership(x: np.ndarray, centres: np.ndarray, exponent: float) -> np.ndarray:
    near = np.maximum(cdist(x, centres, "sqeuclidean"), 1e-18) ** (-1.0 / (exponent - 1.0))
    return near / near.sum(axis=1, keepdims=True)


def _spread_out(x: np.ndarray, clusters: int, drawn: np.random.Generator) -> np.ndarray:
    """Return starting centres that lie apart: each is drawn by its squared distance from those before."""
    centres = x[[drawn.integers(len(x))]]
    while len(centres) < clusters:
        apart = cdist(x, centres, "sqeuclidean").min(axis=1)
        total = apart.sum()
        chosen = drawn.choice(len(x), p=apart / total) if total > 0 else drawn.integers(len(x))
        centres = np.vstack([centres, x[chosen]])
    return centres
