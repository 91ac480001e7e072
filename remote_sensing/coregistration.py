"""How far one picture lies beside another: phase correlation of gradients, tile by tile.

Gradients are compared, not brightness: two sensors, or two dates, agree on edges of fields and roads more than on
colours. The median over tiles is the shift; tiles that disagree say that one shift will not do.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_gradient_magnitude
from skimage.registration import phase_cross_correlation

from agro.errors import InputError

TILE = 256  # px
UPSAMPLE = 10  # a tenth of a pixel
LARGEST_SPREAD = 1.0  # px between the quartiles of the tiles
LEAST_TILES = 3
SMALLEST = 64  # px, to which tiles of a small picture are halved
SMOOTHING = 1.0  # px
LEAST_KNOWN = 0.9  # share of a tile that must be known
BEYOND = 0.25  # share of a tile; farther shifts are chance


@dataclass(frozen=True)
class Shift:
    """What to add to the coordinates of the moving picture so that it lies on the reference.

    `spread` is the larger of the two distances between quartiles over the tiles, all in metres.
    """

    dx: float
    dy: float
    spread: float
    tiles: int


def shift(reference, moving, cell, tile=TILE):
    """Return how far `moving` lies beside `reference`.

    Parameters
    ----------
    reference, moving : array_like, shape (y, x)
        The same band on the same grid, rows from the north; NaN where unknown.
    cell : float
        Size of a cell. [m]
    tile : int
        Side of the tiles, halved for pictures that hold fewer than three. [px]

    Returns
    -------
    Shift
        [m]

    Raises
    ------
    ValueError
        When the shapes differ.
    InputError
        When too few tiles show anything, or they disagree by more than a pixel.

    Notes
    -----
    Kuglin and Hines (1975); Guizar-Sicairos et al. (2008), doi:10.1364/OL.33.000156, for a tenth of a pixel, as
    scikit-image has them. A Hann window keeps the tile's own edges out of it.
    """
    reference, moving = (np.asarray(values, dtype=np.float64) for values in (reference, moving))
    if reference.shape != moving.shape or reference.ndim != 2:
        raise ValueError(f"two pictures on one grid are needed; got {reference.shape} and {moving.shape}")
    while tile > SMALLEST and np.prod([len(_starts(size, tile)) for size in reference.shape]) < LEAST_TILES:
        tile //= 2
    found = np.array(
        [
            moved
            for row in _starts(reference.shape[0], tile)
            for column in _starts(reference.shape[1], tile)
            if (moved := _of_tile(reference, moving, row, column, tile)) is not None
        ]
    ).reshape(-1, 2)
    if len(found) < LEAST_TILES:
        raise InputError(
            f"only {len(found)} tiles of {tile} pixels show something in both pictures; {LEAST_TILES} are needed",
            zh=f"两景影像中只有 {len(found)} 个 {tile} 像元的分块可比；至少需要 {LEAST_TILES} 个",
        )
    low, down, high = np.percentile(found, [25, 50, 75], axis=0)
    spread = float((high - low).max())
    if spread > LARGEST_SPREAD:
        raise InputError(
            f"{len(found)} tiles disagree on the shift by {spread:.1f} pixels; one shift will not do",
            zh=f"{len(found)} 个分块的位移相差 {spread:.1f} 像元；不能用同一个位移配准",
        )
    return Shift(dx=float(down[1]) * cell, dy=0.0 - float(down[0]) * cell, spread=spread * cell, tiles=len(found))


def _starts(size, tile):
    """Return where tiles begin: half overlapping, the last one at the edge."""
    if size <= tile:
        return [0]
    return sorted({*range(0, size - tile, tile // 2), size - tile})


def _of_tile(reference, moving, row, column, tile):
    """Return (rows, columns) by which a tile of `moving` must be moved; None where it shows nothing."""
    parts = [values[row : row + tile, column : column + tile] for values in (reference, moving)]
    if any(np.isfinite(part).mean() < LEAST_KNOWN for part in parts):
        return None
    edges = [_edges(part) for part in parts]
    if any(edge.std() == 0 for edge in edges):
        return None
    moved, _, _ = phase_cross_correlation(*edges, upsample_factor=UPSAMPLE, normalization="phase")
    return None if np.abs(moved).max() > BEYOND * tile else moved


def _edges(part):
    known = np.isfinite(part)
    filled = np.where(known, part, np.nanmean(part))
    edges = gaussian_gradient_magnitude(filled, SMOOTHING)
    window = np.outer(np.hanning(edges.shape[0]), np.hanning(edges.shape[1]))
    return (edges - edges.mean()) * window
