"""From a map of zones to outlines that a person can walk: majority filter, no islands, simplified edges."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import ndimage

from agro.units import M2_PER_MU
from remote_sensing.condition.patches import EIGHT, outline
from remote_sensing.condition.rules import ZONES

COLUMNS = ["plot", "zone", "zones", "mean", "area_m2", "area_mu", "share_of_plot", "geometry"]
FOUR = ndimage.generate_binary_structure(2, 1)


def cleaned(label: np.ndarray, cell: float) -> np.ndarray:
    """Return the map of zones after a 5 x 5 majority filter, islands joined to the neighbour with the longest border.

    Parameters
    ----------
    label : array of int, shape (y, x)
        0 outside, zones from 1.
    cell : float
        Side of a cell [m]. Islands are smaller than 400 m2 or 3 % of the plot, whichever is more.
    """
    inside = label > 0
    least = max(ZONES.island, ZONES.island_share * inside.sum() * cell**2) / cell**2
    result = _majority(label, inside)
    for _ in range(8):
        islands = _islands(result, least)
        if not islands:
            break
        for island in islands:  # the smallest first; a joined one may make its neighbour large enough
            ring = ndimage.binary_dilation(island, FOUR) & ~island & inside
            if ring.any():
                result[island] = np.bincount(result[ring]).argmax()
    kinds = np.unique(result[inside])
    renumbered = np.zeros(result.max() + 1, dtype=int)
    renumbered[kinds] = np.arange(1, len(kinds) + 1)
    return np.where(inside, renumbered[result], 0)


def zone_table(label: np.ndarray, values: np.ndarray, transform, cell: float, plot: str, crs) -> gpd.GeoDataFrame:
    """Return the zones as polygons; edges are simplified together, so that neighbours still meet without gap."""
    kinds = [int(kind) for kind in np.unique(label[label > 0])]
    shapes = [outline(label, kind, transform) for kind in kinds]
    if len(shapes) > 1:
        shapes = list(shapely.coverage_simplify(shapes, ZONES.simplify, simplify_boundary=False))
    whole = (label > 0).sum() * cell**2
    rows = [
        {
            "plot": plot, "zone": place, "zones": len(kinds), "mean": float(np.nanmean(values[label == kind])),
            "area_m2": shape.area, "area_mu": shape.area / M2_PER_MU, "share_of_plot": shape.area / whole,
            "geometry": shape,
        }
        for place, (kind, shape) in enumerate(zip(kinds, shapes, strict=True), start=1)
    ]  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=COLUMNS), geometry="geometry", crs=crs)


def _majority(label: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return for each cell the commonest zone of the 5 x 5 about it; its own where that is as common."""
    side = ZONES.majority
    kinds = np.arange(1, label.max() + 1)
    votes = np.stack([ndimage.uniform_filter((label == kind).astype(float), side, mode="constant") for kind in kinds])
    votes += 1e-6 * (label == kinds[:, None, None])
    return np.where(inside, kinds[votes.argmax(axis=0)], 0)


def _islands(label: np.ndarray, least: float) -> list[np.ndarray]:
    """Return masks of the parts of zones with fewer than `least` cells, the smallest first."""
    found = []
    for kind in np.unique(label[label > 0]):
        parts, n = ndimage.label(label == kind, structure=EIGHT)
        sizes = np.bincount(parts.ravel())[1:]
        found += [(size, parts == k) for k, size in zip(range(1, n + 1), sizes, strict=True) if size < least]
    return [mask for _, mask in sorted(found, key=lambda one: one[0])]
