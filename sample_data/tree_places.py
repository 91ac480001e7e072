"""Where the trees of one orchard of the county stand, which are missing, weak, lost and planted anew. Synthetic."""

from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sample_data import SEED, names, terrain, weak_patches
from sample_data.ground import Ground

FARM, PLOT = 1, "北坡2号"
CELL, RIM = 0.06, 8.0  # m: a pixel of the pictures, and what is flown beyond the plot
SPACING = (4.0, 3.0)  # m, rows and trees, where the plot's table has none
CROWN, SPREAD = 0.82, 0.09  # crowns as a share of the way between trees, and how they differ
GAPS, WEAK, YELLOWED = 0.05, 0.05, 0.55  # shares of places without a tree, of weak trees, of these on the dry terrace
LOST, REPLANTED, YOUNG = 3, 2, 1.4  # trees; m, the crown of a young one


def truth(seed=SEED):
    """Return every place of a tree in the flown area.

    Returns
    -------
    GeoDataFrame of points, EPSG:32649
        farm, plot, row, place (counted along the row), and for flights 1 and 2 tree_1 (is there one), weak_1, crown_1
        [m], tree_2 ...; lost and replanted between them; source, synthetic = 1.
    """
    return _truth(int(seed)).copy()


def window(seed=SEED):
    """Return what is flown: west, south, east, north [m], whole pixels."""
    low, high = (np.array(side) for side in np.split(np.array(flown_plot(seed).geometry.bounds), 2))
    west, south = np.floor(low - RIM)
    columns, rows = np.ceil((high + RIM - (west, south)) / CELL).astype(int)
    return float(west), float(south), float(west + columns * CELL), float(south + rows * CELL)


def flown_plot(seed=SEED):
    """Return the orchard that is flown, a row of `sample_data.plots`."""
    plots = weak_patches.orchards(seed)
    return plots[(plots.farm == names.farm(FARM)) & (plots.name == PLOT)].iloc[0]


@lru_cache(maxsize=2)
def _truth(seed):
    random = np.random.default_rng([seed, 41])
    ground, plots = Ground(terrain.make_dem(seed)), weak_patches.orchards(seed)
    flown = shapely.box(*window(seed))
    dry = _dry(plots)
    rows = []
    for plot in plots[plots.intersects(flown)].itertuples():
        known = np.isfinite(plot.row_spacing) and np.isfinite(plot.tree_spacing)
        b, a = (plot.row_spacing, plot.tree_spacing) if known else SPACING
        row, place, x, y = _lattice(ground, plot.geometry, b, a, random)
        inside = shapely.contains_xy(plot.geometry.buffer(-0.7) & flown.buffer(-1.5), x, y)
        row, place, x, y = (values[inside] for values in (row, place, x, y))
        count = len(x)
        tree = random.random(count) > GAPS
        tree &= np.roll(tree, 1) | (random.random(count) > 0.35)  # a gap likes another beside it
        weak = random.random(count) < WEAK
        size = CROWN * a * np.exp(SPREAD * random.standard_normal(count)) * np.where(weak, 0.85, 1.0)
        turned = weak | (shapely.contains_xy(dry, x, y) & (random.random(count) < YELLOWED))
        table = {"farm": plot.farm, "plot": plot.name, "row": row, "place": place, "tree_1": tree, "weak_1": weak}
        table |= {"crown_1": size, "tree_2": tree, "weak_2": turned, "crown_2": 1.03 * size}
        rows.append(gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(x, y), crs=terrain.CRS))
    trees = gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs=terrain.CRS)
    trees[["lost", "replanted"]] = False
    own = (trees["plot"] == PLOT) & trees.within(flown.buffer(-RIM - 3))
    lost = random.choice(trees.index[own & trees["tree_1"]], LOST, replace=False)
    anew = random.choice(trees.index[own & ~trees["tree_1"]], REPLANTED, replace=False)
    trees.loc[lost, ["lost", "tree_2"]] = True, False
    trees.loc[anew, ["replanted", "tree_2", "weak_2", "crown_2"]] = True, True, False, YOUNG
    for number in (1, 2):
        there = trees[f"tree_{number}"]
        trees[f"weak_{number}"] &= there
        trees[f"crown_{number}"] = trees[f"crown_{number}"].where(there).round(2)
    return trees.assign(source="synthetic / 合成示例", synthetic=1)


def _dry(plots):
    """Return the terrace of this plot that dries out."""
    planted = weak_patches.truth(plots)
    return planted.geometry[(planted.farm == names.farm(FARM)) & (planted["plot"] == PLOT)].iloc[0]


def _lattice(ground, outline, between_rows, between_trees, random):
    """Return (row, place, x, y) of all places of trees in a plot's box: rows bend with the contours."""
    middle = np.array(outline.centroid.coords[0])
    east, north = (float(ground.at(*(np.array([v]) for v in middle), layer=name)[0]) for name in ("east", "north"))
    up = np.array([east, north]) / max(np.hypot(east, north), 1e-6)
    along = np.array([up[1], -up[0]])
    reach = np.hypot(*np.ptp(np.array(outline.bounds).reshape(2, 2), axis=0)) / 2
    line = np.arange(-reach, reach, 2.0)
    bend = _contour(ground, middle, along, up, line)
    rows = np.arange(-np.ceil(reach / between_rows), np.ceil(reach / between_rows) + 1)
    places = np.arange(-np.ceil(reach / between_trees), np.ceil(reach / between_trees) + 1)
    row, place = (grid.ravel() for grid in np.meshgrid(rows, places, indexing="ij"))
    start = random.uniform(0, between_trees, len(rows))[(row - rows[0]).astype(int)]
    u = place * between_trees + start + 0.10 * random.standard_normal(len(row))
    v = row * between_rows + np.interp(u, line, bend) + 0.10 * random.standard_normal(len(row))
    x, y = (middle[k] + u * along[k] + v * up[k] for k in range(2))
    return (row - rows[0]).astype(int), (place - places[0]).astype(int), x, y


def _contour(ground, middle, along, up, line):
    """Return how far uphill the contour through the middle lies along a line [m], smooth."""
    shifts = np.arange(-40, 40.5, 0.5)
    x, y = (middle[k] + line[:, None] * along[k] + shifts[None, :] * up[k] for k in range(2))
    rise = ground.at(x, y) - ground.at(*(np.array([v]) for v in middle))[0]
    found = shifts[np.abs(rise).argmin(axis=1)]
    kernel = np.ones(9) / 9
    return np.convolve(np.pad(np.clip(found, -30, 30), 4, mode="edge"), kernel, mode="valid")
