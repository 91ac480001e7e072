"""A tree keeps its number: trees of a new flight are matched to those that were known."""

import geopandas as gpd
import numpy as np

from remote_sensing.trees import alignment
from remote_sensing.trees.settings import settings


def matched(previous, new, spacing, first=None):
    """Return the trees of a new flight with the numbers of the trees that stood there before.

    Parameters
    ----------
    previous : GeoDataFrame
        Known trees of one plot: tree (its number), geometry (points); may be empty.
    new : GeoDataFrame
        Trees of a flight over the same plot, in the same projected CRS.
    spacing : float
        Distance of trees in the row. [m]
    first : int, optional
        Number of the first new tree; one above the largest known one where not told. Lost numbers are never used again.

    Returns
    -------
    trees : GeoDataFrame
        `new` with tree (number) and state ("known" or "new").
    shift : ndarray, shape (2,), or None
        How far the new flight was moved to lie on the old one [m]; None where nothing could be aligned.
    lost : list of int
        Numbers that no tree answered to.
    """
    numbers = np.asarray(previous["tree"], int) if len(previous) else np.zeros(0, int)
    first = first or int(numbers.max(initial=0)) + 1
    old, here = _places(previous), _places(new)
    move = alignment.rigid(old, here, spacing)
    moved = here if move is None else move.applied(here)
    mine, theirs = alignment.mutual_neighbours(old, moved, settings().identity.reach * spacing)
    tree = np.zeros(len(new), int)
    tree[mine] = numbers[theirs]
    fresh = np.flatnonzero(tree == 0)
    walk = np.lexsort((moved[fresh, 0], -np.round(moved[fresh, 1] / spacing)))  # from the north, each row from the west
    tree[fresh[walk]] = np.arange(first, first + len(fresh))
    state = np.full(len(new), "known", dtype=object)
    state[fresh] = "new"
    lost = sorted(int(one) for one in np.setdiff1d(numbers, numbers[theirs]))
    shift = None if move is None else np.array([move.dx, move.dy])
    return new.assign(tree=tree, state=state), shift, lost


def _places(trees: gpd.GeoDataFrame):
    return np.column_stack([trees.geometry.x, trees.geometry.y]) if len(trees) else np.zeros((0, 2))
