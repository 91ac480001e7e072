"""How two flights lie to each other."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from remote_sensing.trees.settings import settings

BIN = 0.25  # m, of the histogram of displacements
STARTS = 6  # displacements that are tried


class Rigid(NamedTuple):
    """What brings points of a new flight onto an old one: turn about `centre`, then move.

    dx, dy [m]: what is added after the turn; rotation: degrees counterclockwise; share: of the fewer trees, how many
    meet one of the other flight within reach.
    """

    dx: float
    dy: float
    rotation: float
    share: float
    centre: tuple[float, float]

    def applied(self, points):
        """Return points (n, 2) of the new flight where the old one has them."""
        c, s = np.cos(np.radians(self.rotation)), np.sin(np.radians(self.rotation))
        return (np.asarray(points) - self.centre) @ np.array([[c, s], [-s, c]]) + self.centre + (self.dx, self.dy)


def rigid(old, new, spacing):
    """Return the rigid movement that brings trees of a new flight onto those of an old one.

    Trees on a lattice meet others wherever the lattice is moved by a step: so all displacements that many pairs
    share are
    tried, and the one is kept under which most trees meet; gaps and bent rows make it unique. The smaller movement wins
    a tie.

    Parameters
    ----------
    old, new : array_like, shape (n, 2)
        Places. [m]
    spacing : float
        Distance of trees in the row. [m]

    Returns
    -------
    Rigid or None
        None where too few trees meet.

    References
    ----------
    .. [1] Besl and McKay (1992). IEEE TPAMI 14:239. .. [2] Kabsch (1976). Acta Cryst. A32:922.
    """
    rule = settings().identity
    old, new = np.asarray(old, float).reshape(-1, 2), np.asarray(new, float).reshape(-1, 2)
    if len(old) < 3 or len(new) < 3:
        return None
    tree = cKDTree(old)
    tried = [_closest(tree, old, new, start, spacing) for start in _starts(tree, old, new, rule.farthest)]
    best = max(tried, key=lambda one: (round(one.share, 2), -np.hypot(one.dx, one.dy)))
    return best if best.share >= rule.agree else None


def _starts(tree, old, new, farthest):
    """Return displacements that many pairs share."""
    near = tree.query_ball_point(new, farthest)
    away = np.concatenate([old[some] - one for one, some in zip(new, near, strict=True) if some] or [np.zeros((0, 2))])
    if not len(away):
        return [np.zeros(2)]
    edges = np.arange(-farthest, farthest + BIN, BIN)
    counts = ndimage.gaussian_filter(np.histogram2d(away[:, 0], away[:, 1], bins=(edges, edges))[0], 1.5)
    tops = np.argwhere((counts == ndimage.maximum_filter(counts, 7)) & (counts > 0))
    tops = tops[np.argsort(-counts[tuple(tops.T)])][:STARTS]
    return [np.zeros(2), *(edges[tops] + BIN / 2)]


def _closest(tree, old, new, start, spacing):
    """Return the movement after some rounds of nearest neighbours, from a first displacement."""
    rule = settings().identity
    centre = new.mean(axis=0)
    now = Rigid(float(start[0]), float(start[1]), 0.0, 0.0, (float(centre[0]), float(centre[1])))
    reach = rule.reach * spacing
    for _ in range(rule.rounds + 1):
        away, which = tree.query(now.applied(new))
        near = away <= reach
        if near.sum() < 3:
            return now
        now = _fitted(new[near], old[which[near]], centre)
    mutual, _ = mutual_neighbours(old, now.applied(new), reach)
    return now._replace(share=len(mutual) / min(len(old), len(new)))


def _fitted(new, old, centre):
    """Return the least-squares turn and movement of pairs."""
    a, b = new - new.mean(axis=0), old - old.mean(axis=0)
    angle = np.arctan2((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum(), (a * b).sum())
    turned = Rigid(0.0, 0.0, float(np.degrees(angle)), 0.0, (float(centre[0]), float(centre[1])))
    dx, dy = old.mean(axis=0) - turned.applied(new).mean(axis=0)
    return turned._replace(dx=float(dx), dy=float(dy))


def mutual_neighbours(old, new, reach):
    """Return the indices (into `new`, into `old`) of points that are each other's next within `reach` [m]."""
    if not len(old) or not len(new):
        return np.zeros(0, int), np.zeros(0, int)
    away, to_old = cKDTree(old).query(new)
    to_new = cKDTree(new).query(old)[1]
    both = (away <= reach) & (to_new[to_old] == np.arange(len(new)))
    return np.flatnonzero(both), to_old[both]
