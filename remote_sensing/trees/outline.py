"""Outlines of crowns: the mask is shared out between the middles along the valleys of the heat, by watershed."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from rasterio import features
from scipy import ndimage
from shapely.geometry import shape as as_shape
from skimage.measure import regionprops_table
from skimage.segmentation import watershed

from remote_sensing.trees import crowns
from remote_sensing.trees.settings import settings


class Outlines(NamedTuple):
    """Which pixel is whose crown (0: nobody's, i + 1: that of point i), and a table with a row a point."""

    labels: np.ndarray  # (y, x) int32
    table: pd.DataFrame  # area_m2, d1_m, d2_m, solidity; NaN where the outline was no crown


def drawn(mask, points, cell, diameter, spacing=None, surface=None):
    """Return the outlines of crowns.

    Parameters
    ----------
    mask : ndarray, shape (y, x)
        Plants.
    points : ndarray, shape (n, >= 2)
        Middles: x and y from the upper left corner. [m]
    cell, diameter : float
        Side of a pixel and crown diameter. [m]
    spacing : float, optional
        Distance of trees in the row. [m]
    surface : ndarray, shape (y, x), optional
        Height above ground, which then parts crowns instead of the heat. [m]

    Returns
    -------
    Outlines
    """
    plants = np.asarray(mask) > 0.5
    seeds = np.zeros(plants.shape, np.int32)
    at = np.clip((points[:, 1::-1] / cell).astype(int), 0, np.array(plants.shape) - 1)
    seeds[at[:, 0], at[:, 1]] = np.arange(1, len(points) + 1)
    if surface is None:
        surface = _spread(plants, cell, min(diameter, 0.85 * spacing) if spacing else diameter)
    seeds = ndimage.grey_dilation(seeds, size=(3, 3))  # a middle may lie on a dark leaf: it still owns its crown
    labels = watershed(-np.nan_to_num(surface), seeds, mask=plants | (seeds > 0)).astype(np.int32)
    labels[~plants] = 0
    return _sized(labels, len(points), cell, diameter)


def _spread(plants, cell, diameter):
    """Return the heat on the mask's own pixels."""
    heat, _, wide = crowns.heat(plants, cell, diameter)
    k = round(wide / cell)
    fine = np.repeat(np.repeat(heat, k, axis=0), k, axis=1) if k > 1 else heat
    missing = [(0, whole - part) for whole, part in zip(plants.shape, fine.shape, strict=True)]
    return ndimage.uniform_filter(np.pad(fine, missing, mode="edge"), k)


def _sized(labels, n, cell, diameter):
    """Return outlines of possible size, with their measures."""
    rule, disc = settings().outline, np.pi * diameter**2 / 4
    table = pd.DataFrame(np.nan, index=range(n), columns=["area_m2", "d1_m", "d2_m", "solidity"])
    names = ("label", "area", "axis_major_length", "axis_minor_length", "solidity")
    found = regionprops_table(labels, properties=names)
    rows = found["label"] - 1
    table.loc[rows, "area_m2"] = found["area"] * cell**2
    table.loc[rows, "d1_m"] = found["axis_major_length"] * cell
    table.loc[rows, "d2_m"] = found["axis_minor_length"] * cell
    table.loc[rows, "solidity"] = found["solidity"]
    bad = ~table["area_m2"].between(rule.smallest * disc, rule.largest * disc)
    table.loc[bad] = np.nan
    labels = np.where(np.concatenate([[False], bad.to_numpy()])[labels], 0, labels)
    return Outlines(labels, table)


def polygons(labels, transform):
    """Return the outline of each crown by its label, as {label: geometry} in the CRS of `transform`."""
    parts: dict[int, list] = {}
    for geometry, value in features.shapes(labels.astype(np.int32), labels > 0, transform=transform):
        parts.setdefault(int(value), []).append(as_shape(geometry))
    return {label: max(some, key=lambda one: one.area) for label, some in parts.items()}
