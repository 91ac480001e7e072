"""How well found trees match labelled ones: each label is met once, within reach."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

REACH = 2.4
"""How far a found tree may stand from its label. [m]"""


class Score(NamedTuple):
    """Counts of a comparison; they add up over pictures."""

    met: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        """Share of found trees that are labelled ones; NaN if none was found."""
        return self.met / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        """Share of labelled trees that were found; NaN if none is labelled."""
        return self.met / self.labelled if self.labelled else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; NaN where there is nothing at all."""
        return 2 * self.met / (self.found + self.labelled) if self.found + self.labelled else float("nan")


def pairs(found, labelled, reach=REACH):
    """Return as many one-to-one pairs within reach as there can be, and of those the closest ones in sum.

    Parameters
    ----------
    found, labelled : array_like, shapes (n, 2) and (m, 2)
        Places in one system. [m]
    reach : float
        Greatest distance of a pair. [m]

    Returns
    -------
    ndarray of int, shape (k, 2)
        Rows of `found` and of `labelled`.
    """
    found, labelled = np.reshape(found, (-1, 2)), np.reshape(labelled, (-1, 2))
    if not len(found) or not len(labelled):
        return np.zeros((0, 2), int)
    near = cKDTree(found).sparse_distance_matrix(cKDTree(labelled), reach, output_type="coo_matrix")
    n = len(found)
    links = np.array([near.row, near.col + n])
    graph = _graph(links, n + len(labelled))
    group = connected_components(graph, directed=False)[1]
    kept = []
    for one in np.unique(group[near.row]):
        rows, cols = np.flatnonzero(group[:n] == one), np.flatnonzero(group[n:] == one)
        distance = np.linalg.norm(found[rows, None] - labelled[None, cols], axis=2)
        cost = np.where(distance <= reach, distance - reach * (min(distance.shape) + 1), 0.0)
        i, j = linear_sum_assignment(cost)
        good = distance[i, j] <= reach
        kept.append(np.column_stack([rows[i[good]], cols[j[good]]]))
    return np.concatenate(kept) if kept else np.zeros((0, 2), int)


def _graph(links, size):
    from scipy.sparse import coo_matrix

    return coo_matrix((np.ones(links.shape[1]), links), shape=(size, size))


def score(found, labelled, reach=REACH) -> Score:
    """Return how `found` trees match `labelled` ones; see `pairs`."""
    return Score(
        len(pairs(found, labelled, reach)), len(np.reshape(found, (-1, 2))), len(np.reshape(labelled, (-1, 2)))
    )


def total(scores) -> Score:
    """Return the score of several pictures together."""
    return Score(*(int(sum(part)) for part in zip(*scores, strict=True))) if scores else Score(0, 0, 0)
