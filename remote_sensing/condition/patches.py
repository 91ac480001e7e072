"""From marked cells to patches: connected, large enough, with an outline, an area and its error."""

import numpy as np
import shapely
from rasterio import features
from rasterio.transform import Affine
from scipy import ndimage

from agro.errors import InputError

EIGHT = np.ones((3, 3), dtype=int)


def grid_of(x: np.ndarray, y: np.ndarray) -> tuple[Affine, float]:
    """Return the transform of a grid with cell centres `x`, `y` [m], rows from the north, and the side of a cell [m].

    Raises
    ------
    InputError
        For fewer than two rows or columns, or rows from the south.
    """
    if len(x) < 2 or len(y) < 2 or y[1] >= y[0] or x[1] <= x[0]:
        raise InputError(
            f"a grid needs two rows and columns, from north to south and west to east; got {len(y)} x {len(x)}",
            zh=f"栅格至少要有两行两列，且自北向南、自西向东排列；得到 {len(y)} x {len(x)}",
        )
    dx, dy = float(x[-1] - x[0]) / (len(x) - 1), float(y[0] - y[-1]) / (len(y) - 1)
    return Affine(dx, 0, float(x[0]) - dx / 2, 0, -dy, float(y[0]) + dy / 2), float(np.sqrt(dx * dy))


def mean_3x3(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the mean of each cell and its eight neighbours, known ones inside the plot only; (..., y, x)."""
    known = np.isfinite(values) & inside
    sides = [1] * (values.ndim - 2) + [3, 3]
    total = ndimage.uniform_filter(np.where(known, values, 0.0), sides, mode="constant")
    share = ndimage.uniform_filter(known.astype(float), sides, mode="constant")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, total / share, np.nan)


def median_known(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """Return the median of the known values along an axis, NaN where there is none; many times as fast as numpy's."""
    ordered = np.sort(values, axis=axis)  # unknown ones come last
    n = np.isfinite(ordered).sum(axis=axis, keepdims=True)
    low, high = (np.take_along_axis(ordered, np.maximum(place, 0), axis=axis) for place in ((n - 1) // 2, n // 2))
    high = np.where(n % 2 == 1, low, high)
    return np.where(n > 0, (low + high) / 2, np.nan).squeeze(axis)


def median_3x3(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the median of each cell and its eight neighbours, known ones inside the plot only; (y, x)."""
    framed = np.pad(np.where(inside, values, np.nan), 1, constant_values=np.nan)
    nine = np.lib.stride_tricks.sliding_window_view(framed, (3, 3)).reshape(*values.shape, 9)
    return np.where(inside, median_known(nine, axis=-1), np.nan)


def patches(marked: np.ndarray, cells: int) -> tuple[np.ndarray, int]:
    """Return the numbers 1..n of 8-connected patches of at least `cells` marked cells, 0 elsewhere, and n."""
    label, n = ndimage.label(marked, structure=EIGHT)
    sizes = np.bincount(label.ravel(), minlength=n + 1)
    kept = np.flatnonzero(sizes[1:] >= cells) + 1
    new = np.zeros(n + 1, dtype=np.int32)
    new[kept] = np.arange(1, len(kept) + 1)
    return new[label], len(kept)


def outline(label: np.ndarray, number: int, transform: Affine):
    """Return the outline of one patch as a polygon or, where cells touch at corners only, several."""
    mask = label == number
    shapes = [
        shapely.geometry.shape(one)
        for one, _ in features.shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=transform)
    ]
    return shapely.union_all(shapes)
