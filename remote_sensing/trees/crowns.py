"""Where crowns stand: peaks of a map that is high at the middle of a crown.

The map comes from a mask of plants (`heat`) or from a model that was trained on crowns: the peaks are picked alike.
"""

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from remote_sensing.trees.settings import settings

DISC = 2 / np.e
"""What the filter answers at the middle of a lone disc of its own diameter."""
FINE = 4.0  # pixels of the filter's sigma that are enough: the mask is made coarser up to there


def heat(mask, cell, diameter):
    """Return the answer of a Laplacian of Gaussian that is tuned to discs of one diameter.

    Parameters
    ----------
    mask : ndarray of bool or of shares in [0, 1], shape (y, x)
        Plants.
    cell : float
        Side of a pixel. [m]
    diameter : float
        Crown diameter; sigma is this over 2 sqrt 2. [m]

    Returns
    -------
    (heat, mask, cell)
        -sigma^2 LoG of the mask, 0.74 at the middle of a lone disc; the mask it was computed on and its cell [m],
        coarser than
        the given one where crowns are wide. Both have shape (y // k, x // k).
    """
    sigma = diameter / (2 * np.sqrt(2.0)) / cell
    k = max(1, int(sigma / FINE))
    coarse = block_mean(np.asarray(mask, np.float32), k)
    sigma /= k
    return -(sigma**2) * ndimage.gaussian_laplace(coarse, sigma, mode="nearest"), coarse, cell * k


def block_mean(values, k):
    """Return means of blocks of `k` x `k` pixels, shape (..., y // k, x // k); what is left over is cut off."""
    if k == 1:
        return values
    *front, rows, cols = values.shape
    part = values[..., : rows // k * k, : cols // k * k]
    return part.reshape(*front, rows // k, k, cols // k, k).mean((-3, -1), dtype=np.float32)


def on_mask(mask, cell, diameter, spacing=None):
    """Return crown middles in a mask of plants: x and y [m] from its upper left corner (y down), and the score.

    Parameters
    ----------
    mask : ndarray, shape (y, x)
        Plants, bool or shares.
    cell, diameter : float
        Side of a pixel and crown diameter. [m]
    spacing : float, optional
        Distance of trees in the row. [m]

    Returns
    -------
    ndarray, shape (n, 3)
        x, y, heat over that of a lone disc: about 1 for a lone crown, less where crowns touch.
    """
    rule = settings().crown
    if spacing:
        diameter = min(diameter, rule.in_row * spacing)
    answer, coarse, wide = heat(mask, cell, diameter)
    peaks = find(answer, wide, diameter, spacing, coarse, rule.threshold, rule.apart, rule.share)
    return np.column_stack([(peaks[:, 1] + 0.5) * wide, (peaks[:, 0] + 0.5) * wide, peaks[:, 2] / DISC])


def find(heat, cell, diameter, spacing=None, mask=None, threshold=0.12, apart=0.55, share=0.35):
    """Return the peaks of a heat map, strongest first.

    Parameters
    ----------
    heat : array_like, shape (y, x)
        High at the middle of a crown; NaN where nothing is known.
    cell : float
        Side of a pixel. [m]
    diameter : float
        Crown diameter. [m]
    spacing : float, optional
        Distance of trees in their row; unknown: the crown diameter stands for it. [m]
    mask : array_like of bool or of shares in [0, 1], shape (y, x), optional
        Plants; a peak needs `share` of them within 0.7 crown diameters across.
    threshold : float
        Peaks below are none.
    apart : float
        Least distance of two peaks as a share of `spacing`.
    share : float
        Least share of plants around a peak.

    Returns
    -------
    ndarray, shape (n, 3)
        Row and column of each peak in pixels, fractions included (0.0 is the centre of the first pixel), and the heat
        there.
    """
    heat = np.asarray(heat, np.float32)
    unknown = np.isnan(heat)
    heat = np.where(unknown, -np.inf, heat)
    least = apart * (spacing or diameter) / cell
    near = 2 * max(1, int(least / 3)) + 1
    top = (heat == ndimage.maximum_filter(heat, size=near)) & (heat > threshold)
    if unknown.any():  # beside what is unknown a slope would look like a peak
        top &= ~ndimage.binary_dilation(unknown, np.ones((3, 3), bool))
    rows, cols = np.nonzero(top)
    if mask is not None and len(rows):
        kept = _around(mask, 0.35 * diameter / cell)[rows, cols] > share
        rows, cols = rows[kept], cols[kept]
    score = heat[rows, cols]
    order = np.lexsort((cols, rows, -score))
    rows, cols, score = rows[order], cols[order], score[order]
    kept = apart_by(np.column_stack([rows, cols]), least)
    rows, cols, score = rows[kept], cols[kept], score[kept]
    return np.column_stack([rows + _offset(heat, rows, cols, 0), cols + _offset(heat, rows, cols, 1), score])


def apart_by(points, least):
    """Return which points (n, 2) stay when each in turn drives away those behind it within `least`."""
    kept = np.ones(len(points), bool)
    if len(points):
        near = cKDTree(points).query_ball_point(points, least, return_sorted=True)
        for i, others in enumerate(near):
            if kept[i]:
                kept[[j for j in others if j > i]] = False
    return kept


def typical_spacing(points):
    """Return the median distance of points (n, 2) to their next one; NaN for fewer than two."""
    if len(points) < 2:
        return float("nan")
    return float(np.median(cKDTree(points).query(points, k=2)[0][:, 1]))


def _around(mask, radius):
    """Return the share of `mask` in the square as large as a disc of `radius` [px] around each pixel."""
    side = max(1, round(radius * np.sqrt(np.pi)))
    return ndimage.uniform_filter(np.asarray(mask, np.float32), side, mode="constant")


def _offset(heat, rows, cols, axis):
    """Return how far the top of the parabola through three pixels lies from the middle one, within half a pixel."""
    size = heat.shape[axis]
    at = (rows, cols)[axis]
    before, after = np.clip(at - 1, 0, size - 1), np.clip(at + 1, 0, size - 1)
    low, high = (heat[before, cols], heat[after, cols]) if axis == 0 else (heat[rows, before], heat[rows, after])
    with np.errstate(invalid="ignore", divide="ignore"):
        bend = low - 2 * heat[rows, cols] + high
        step = np.where(np.isfinite(bend) & (bend < 0), 0.5 * (low - high) / bend, 0.0)
    return np.clip(step, -0.5, 0.5)
