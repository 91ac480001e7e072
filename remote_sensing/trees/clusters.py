"""Patches of weak trees: local sums that chance does not make (Getis-Ord Gi*)."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from scipy.stats import norm

from remote_sensing.trees.settings import settings


class Spots(NamedTuple):
    """A number a tree: its Gi* as a standard score, its two-sided p, and the cold spot it belongs to (0: none)."""

    score: np.ndarray
    p: np.ndarray
    spot: np.ndarray


def cold_spots(points, values, spacing, seed=0):
    """Return the patches of trees whose values are low together.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        Places. [m]
    values : array_like, shape (n,)
        Vigour, for example `z_colour`; trees with NaN take no part.
    spacing : float
        Distance of trees in the row; neighbours lie within 2.2 of it. [m]
    seed : int
        Of the permutations.

    Returns
    -------
    Spots

    References
    ----------
    .. [1] Ord and Getis (1995). Geogr. Anal. 27:286. .. [2] Benjamini and Hochberg (1995). J. R. Stat. Soc. B 57:289.
    .. [3] Peeters et al. (2015). Comput. Electron. Agric. 111:140.

    Notes
    -----
    p comes from conditional permutations: a tree keeps its value, its neighbours draw theirs from the others. 999 of
    them
    cannot tell p below 0.002, which among thousands of trees would find no spot at all; where the sum lies beyond all
    permutations, p is that of a normal of their mean and deviation, and no more than 0.002.
    """
    rule = settings().cluster
    values = np.asarray(values, float)
    n = len(values)
    score, p, spot = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n, int)
    used = np.flatnonzero(np.isfinite(values))
    if len(used) < 3 * rule.fewest or np.ptp(values[used]) == 0:
        return Spots(score, p, spot)
    x = values[used]
    pairs = cKDTree(points[used]).query_pairs(rule.reach * spacing, output_type="ndarray")
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(len(x), len(x))).tocsr()
    k = np.diff(links.indptr)
    total = x + links @ x  # the star: a tree is its own neighbour
    score[used] = gi_star(total, k + 1, x)
    p[used] = _permuted(x, links @ x, k, rule.permutations, np.random.default_rng(seed))
    cold = _discoveries(p[used], rule.false_share) & (score[used] < 0)
    inside = cold[pairs].all(axis=1)
    joined = coo_array((np.ones(inside.sum()), tuple(pairs[inside].T)), shape=(len(x), len(x)))
    group = connected_components(joined, directed=False)[1]
    sizes = np.bincount(group[cold], minlength=group.max() + 1)
    large = cold & (sizes[group] >= rule.fewest)
    spot[used[large]] = np.unique(group[large], return_inverse=True)[1] + 1
    return Spots(score, p, spot)


def gi_star(total, k, x):
    """Return Gi* as a standard score: sums over `k` trees against the mean and deviation of all `x`."""
    n = len(x)
    s = x.std()
    return (total - k * x.mean()) / (s * np.sqrt((n * k - k**2) / (n - 1)))


def _permuted(x, around, k, permutations, rng):
    """Return two-sided p of the sums of neighbours, the tree's own value held."""
    n = len(x)
    p = np.ones(n)
    widest = int(k.max(initial=0))
    draws = np.array([rng.permutation(n - 1)[:widest] for _ in range(permutations)])
    for i in range(n):
        if not k[i]:
            continue
        mine = draws[:, : k[i]]
        sums = x[mine + (mine >= i)].sum(axis=1)
        beyond = min((sums <= around[i]).sum(), (sums >= around[i]).sum())
        p[i] = 2 * (beyond + 1) / (permutations + 1)
        if not beyond and sums.std() > 0:
            p[i] = min(p[i], 2 * norm.sf(abs(around[i] - sums.mean()) / sums.std()))
    return np.minimum(p, 1.0)


def _discoveries(p, share):
    """Return which p are found when a share of the finds may be false."""
    order = np.argsort(p)
    below = np.flatnonzero(p[order] <= share * np.arange(1, len(p) + 1) / len(p))
    found = np.zeros(len(p), bool)
    if len(below):
        found[order[: below[-1] + 1]] = True
    return found
