"""Places where a tree is missing: each tree predicts its four neighbours from the bent lattice round it."""

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from remote_sensing.trees.settings import settings

COLUMNS = ["plot", "row", "n_missing", "votes", "geometry"]


def found(trees, plot, spacing, rows, crs=None, name=None, keep_out=None):
    """Return the gaps among trees.

    Parameters
    ----------
    trees : ndarray, shape (n, 2)
        Middles, x and y. [m]
    plot : geometry
        Polygon in the same CRS.
    spacing, rows : float
        Distances of trees in a row and of rows. [m]
    crs : optional
        CRS of both.
    name : optional
        The plot's id, for the table.
    keep_out : geometry, optional
        Roads, rocks, water: no gap is told there.

    Returns
    -------
    GeoDataFrame
        A row for each missing tree: plot, row (number of the gap: missing trees next to each other in a row are one
        gap),
        n_missing (trees missing in that gap), votes (trees that miss a neighbour here), geometry (point).
    """
    rule = settings().gap
    trees = np.asarray(trees, float)[:, :2]
    empty = gpd.GeoDataFrame({key: [] for key in COLUMNS}, geometry="geometry", crs=crs)
    if len(trees) < 4:
        return empty
    tree = cKDTree(trees)
    along, across = steps(trees, tree, spacing, rows)
    guesses = np.concatenate([trees + along, trees - along, trees + across, trees - across])
    voter = np.tile(np.arange(len(trees)), 4)
    inside = plot.buffer(-rule.border * spacing)
    inside = inside.difference(keep_out) if keep_out is not None else inside
    smaller = min(spacing, rows)
    free = (tree.query(guesses)[0] >= rule.free * smaller) & shapely.contains_xy(inside, guesses[:, 0], guesses[:, 1])
    guesses, voter = guesses[free], voter[free]
    if len(guesses) < 2:
        return empty
    places, votes = _agreed(guesses, voter, rule.together * smaller, rule.votes)
    if not len(places):
        return empty
    number = _runs(places, along[tree.query(places)[1]], spacing)
    missing = np.bincount(number)[number]
    table = {"plot": [name] * len(places), "row": number, "n_missing": missing, "votes": votes}
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*places.T), crs=crs)


def steps(trees, tree, spacing, rows):
    """Return each tree's step along its row and across to the next row, (n, 2) each: medians over its neighbours."""
    reach = settings().gap.steps * spacing
    pairs = tree.query_pairs(1.5 * max(spacing, rows), output_type="ndarray")
    away = trees[pairs[:, 1]] - trees[pairs[:, 0]]
    near = tree.query_ball_point(trees, reach)
    overall = _direction(away, spacing, rows)
    middles = (trees[pairs[:, 0]] + trees[pairs[:, 1]]) / 2
    around = cKDTree(middles).query_ball_point(trees, reach) if len(pairs) else [[] for _ in near]
    along, across = np.empty_like(trees), np.empty_like(trees)
    for i, some in enumerate(around):
        along[i] = _median_step(away[some], overall, spacing)
        sideways = np.array([-along[i][1], along[i][0]]) / np.hypot(*along[i])
        across[i] = _median_step(away[some], sideways, rows)
    return along, across


def _direction(away, spacing, rows):
    """Return the unit vector in which most pairs are one spacing apart."""
    length = np.hypot(*away.T)
    angle = np.arctan2(away[:, 1], away[:, 0]) % np.pi
    fits = np.exp(-0.5 * ((length - spacing) / (0.12 * spacing)) ** 2)
    sideways = np.exp(-0.5 * ((length - rows) / (0.12 * rows)) ** 2)
    grid = np.linspace(0, np.pi, 180, endpoint=False)
    turn = lambda towards: np.exp(-0.5 * (_folded(angle[:, None] - towards) / 0.1) ** 2)  # noqa: E731
    best = int(np.argmax((fits[:, None] * turn(grid) + 0.5 * sideways[:, None] * turn(grid + np.pi / 2)).sum(axis=0)))
    return np.array([np.cos(grid[best]), np.sin(grid[best])])


def _folded(angle):
    """Return angles between directions without sign, within a quarter turn of 0."""
    return (angle + np.pi / 2) % np.pi - np.pi / 2


def _median_step(away, towards, length):
    """Return the median of the true steps within 25 degrees and a quarter of `length`; the plain step without any."""
    if len(away):
        dot = away @ towards
        far = np.hypot(*away.T)
        true = (np.abs(dot) > np.cos(np.radians(25)) * far) & (np.abs(far - length) < 0.25 * length)
        if true.any():
            return np.median(away[true] * np.sign(dot[true])[:, None], axis=0)
    return towards * length


def _agreed(guesses, voter, together, least):
    """Return places that enough different trees predict, and by how many."""
    near = cKDTree(guesses).query_pairs(together, output_type="ndarray")
    links = coo_array((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(guesses), len(guesses)))
    group = connected_components(links, directed=False)[1]
    places, votes = [], []
    for one in np.unique(group):
        mine = group == one
        number = len(np.unique(voter[mine]))
        if number >= least:
            places.append(guesses[mine].mean(axis=0))
            votes.append(number)
    return np.array(places).reshape(-1, 2), np.array(votes, int)


def _runs(places, along, spacing):
    """Return the number of the gap of each place: places one step along the row from each other are one gap."""
    number = np.arange(len(places))
    for i, j in cKDTree(places).query_pairs(1.4 * spacing):
        away = places[j] - places[i]
        if abs(away @ along[i]) > 0.8 * np.hypot(*away) * np.hypot(*along[i]):
            number[number == number[j]] = number[i]
    return np.unique(number, return_inverse=True)[1]
