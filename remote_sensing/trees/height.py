"""Heights above ground from a surface model, where the flight made one: crowns that have closed can be told by it."""

import numpy as np
import pandas as pd
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.windows import from_bounds
from scipy import ndimage
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import cKDTree

from agro.errors import InputError
from remote_sensing.trees import crowns
from remote_sensing.trees.settings import settings


def read(path, crs, left, top, cell, shape):
    """Return heights [m] of a surface or terrain model on the pixels of a picture, (y, x) float32, NaN where unknown.

    Raises
    ------
    InputError
        The file cannot be read, or lies in another CRS than the mosaic.
    """
    try:
        with rasterio.open(path) as source:
            if source.crs != crs:
                raise InputError(
                    f"{path}: the surface model is in {source.crs}, the mosaic in {crs}; warp it to that of the mosaic",
                    zh=f"{path}：表面模型坐标系为 {source.crs}，正射影像为 {crs}；请先统一坐标系",
                )
            bounds = (left, top - shape[0] * cell, left + shape[1] * cell, top)
            window = from_bounds(*bounds, transform=source.transform)
            heights = source.read(
                1, window=window, out_shape=shape, boundless=True, masked=True, resampling=Resampling.bilinear
            )
    except RasterioError as error:
        raise InputError(f"{path}: cannot be read ({error})", zh=f"{path}：无法读取（{error}）") from error
    return heights.astype(np.float32).filled(np.nan)


def above_ground(surface, bare, cell, terrain=None):
    """Return the height above ground.

    Parameters
    ----------
    surface : ndarray, shape (y, x)
        Heights of what the drone saw. [m]
    bare : ndarray of bool, shape (y, x)
        Ground: neither plant nor shadow.
    cell : float
        Side of a pixel. [m]
    terrain : ndarray, shape (y, x), optional
        Heights of the ground where they were measured. [m]

    Returns
    -------
    ndarray, shape (y, x)
        [m]; NaN where no ground is near.
    """
    ground = lower_envelope(surface, bare, cell) if terrain is None else terrain
    return surface - ground


def lower_envelope(surface, bare, cell):
    """Return the ground under plants: a low quantile of bare pixels by cells of 1 m, linear between them.

    Between cells whose heights differ by more than a terrace's step nothing is drawn straight: the nearest one is
    taken.
    """
    rule = settings().height
    k = max(1, round(rule.ground_cell / cell))
    rows, cols = (-(-size // k) for size in surface.shape)
    known = bare & np.isfinite(surface)
    y, x = np.nonzero(known)
    table = pd.Series(surface[known]).groupby(y // k * cols + x // k).quantile(rule.envelope)
    if len(table) < 4:
        return np.full(surface.shape, np.nan, np.float32)
    at = np.column_stack([table.index // cols, table.index % cols]).astype(float)
    values = table.to_numpy()
    grid = np.column_stack([one.ravel() for one in np.indices((rows, cols))]).astype(float)
    _, near = cKDTree(at).query(grid, k=min(4, len(at)))
    steps = np.ptp(values[near], axis=1) > rule.terrace
    try:
        straight = LinearNDInterpolator(at, values)(grid)
    except Exception as error:  # all cells on one line: qhull cannot draw triangles
        if "Qhull" not in type(error).__name__:
            raise
        straight = np.full(len(grid), np.nan)
    coarse = np.where(steps | ~np.isfinite(straight), values[near[:, 0]], straight).reshape(rows, cols)
    kept = np.isin(np.arange(rows * cols), table.index).reshape(rows, cols)
    coarse[kept] = table.to_numpy()
    fine = np.repeat(np.repeat(coarse, k, axis=0), k, axis=1)[: surface.shape[0], : surface.shape[1]]
    return fine.astype(np.float32)


def plants(height):
    """Return which pixels are tall enough to be trees, (y, x) bool."""
    rule = settings().height
    tall = height[height > rule.least]
    return height > max(rule.least, rule.of_median * float(np.median(tall)) if len(tall) else rule.least)


def middles(height, green, cell, diameter, spacing):
    """Return crown middles by height.

    Parameters
    ----------
    height : ndarray, shape (y, x)
        Above ground. [m]
    green : ndarray of bool, shape (y, x)
        A middle must be green as well: terrace walls and errors of the ground below are not.
    cell, diameter, spacing : float
        Side of a pixel, crown diameter, distance of trees in the row. [m]

    Returns
    -------
    ndarray, shape (n, 3)
        x and y [m] from the upper left corner (y down), and the score 0 to 1.
    """
    width = min(diameter, settings().crown.in_row * spacing)
    tall = np.where(np.isfinite(height), np.maximum(height, 0), 0)
    smooth = ndimage.gaussian_filter(tall, settings().height.smooth * width / cell)
    mask = plants(height) & green
    peaks = crowns.find(smooth, cell, width, spacing, mask, settings().height.least, settings().crown.apart)
    score = peaks[:, 2] / max(float(np.median(peaks[:, 2])), 1e-3) if len(peaks) else peaks[:, 2]
    return np.column_stack([(peaks[:, 1] + 0.5) * cell, (peaks[:, 0] + 0.5) * cell, np.minimum(score, 1.0)])


def fused(colour, tall, spacing):
    """Return the middles by colour, and those by height that are none of them, shape (n, 3)."""
    if not len(colour) or not len(tall):
        return tall if not len(colour) else colour
    away = cKDTree(colour[:, :2]).query(tall[:, :2])[0]
    return np.concatenate([colour, tall[away > settings().height.fuse * spacing]])


def measured(height, labels, n, cell):
    """Return height_m (a high quantile within the crown) and volume_m3 (under its surface) of each crown, a DataFrame.

    Surfaces from photographs round off thin tops: heights are low by a share that ten trees measured by pole would
    tell.
    """
    rule = settings().height
    held = (labels > 0) & np.isfinite(height)
    owner, values = labels[held] - 1, np.maximum(height[held], 0)
    groups = pd.Series(values).groupby(owner)
    table = pd.DataFrame({"height_m": groups.quantile(rule.top), "volume_m3": groups.sum() * cell**2})
    return table.reindex(range(n))
