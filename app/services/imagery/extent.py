"""The ground that is read of a picture: the plots and some metres around, in pieces that fit the memory."""

import geopandas as gpd
import numpy as np
import shapely

from agro.errors import MissingDataError
from agro.store import rights
from app.services.imagery.settings import number
from app.services.platform import Platform

Bounds = tuple[float, float, float, float]


def plots(home: Platform) -> gpd.GeoDataFrame:
    """Return all plots in the region's CRS.

    Raises
    ------
    MissingDataError
        When there are none yet: without them nobody knows which part of a picture to keep.
    """
    found = home.store.plots(rights.EVERYTHING)
    if not len(found):
        raise MissingDataError(
            "no plots yet: import them before pictures, as only their surroundings are kept",
            zh="还没有地块：请先导入地块，再导入影像（只保留地块周围的部分）",
        )
    return found.to_crs(home.store.region().crs)


def bounds(table: gpd.GeoDataFrame, margin: float | None = None) -> Bounds:
    """Return west, south, east, north of plots with a margin around them, in their CRS [m]."""
    margin = number("reading", "margin") if margin is None else margin
    left, bottom, right, top = table.total_bounds
    return float(left - margin), float(bottom - margin), float(right + margin), float(top + margin)


def pieces(table: gpd.GeoDataFrame, cell: float, most: float | None = None) -> list[tuple[Bounds, np.ndarray]]:
    """Return the pieces in which a scene is read, and which plots each is read for.

    Parameters
    ----------
    table : GeoDataFrame
        Plots in a projected CRS.
    cell : float
        Of the finest band. [m]
    most : float, optional
        Pixels of a piece.

    Returns
    -------
    list of (bounds, ndarray of bool)
        One piece where all fits; else squares of the ground that hold a plot, each plot in one of them.
    """
    most = number("reading", "pixels") if most is None else most
    whole = float(np.sqrt(most)) * cell  # m, side of the largest piece
    margin = min(number("reading", "margin"), whole / 4)  # of a fine picture half a piece is left for plots
    left, bottom, right, top = bounds(table, margin)
    if (right - left) * (top - bottom) <= whole**2:
        return [((left, bottom, right, top), np.ones(len(table), bool))]
    side = whole - 2 * margin
    points = table.geometry.representative_point()
    column, row = np.floor((points.x - left) / side).astype(int), np.floor((points.y - bottom) / side).astype(int)
    found = []
    for key in sorted(set(zip(column, row, strict=True))):
        some = ((column == key[0]) & (row == key[1])).to_numpy()
        found.append((bounds(table[some], margin), some))
    return found


def around(table: gpd.GeoDataFrame, metres: float) -> shapely.Geometry:
    """Return the ground of plots and some metres around them, as one shape in their CRS."""
    return shapely.union_all(shapely.buffer(table.geometry.to_numpy(), metres, quad_segs=2))
