"""Mending elevation models: small voids, and the steps of models in whole metres."""

import numpy as np
from scipy import ndimage

from agro.errors import InputError

SMALL_VOID = 5
"""Voids of fewer cells are filled from around them; `monitoring.md` 13.1."""
STAIRS = 0.7
"""Width of the smoothing [cells] that takes the steps out of whole-metre models; `monitoring.md` 13.1."""


def voids_filled(dem, keep):
    """Return the model with small voids filled by inverse distance; a void that touches the rim is a margin."""
    z = dem.values.astype(np.float32)
    labels, count = ndimage.label(np.isnan(z), structure=np.ones((3, 3)))
    if not count:
        return dem.astype(np.float32)
    rim = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    sizes = np.bincount(labels.ravel())
    inner = np.setdiff1d(np.arange(1, count + 1), rim)
    large = inner[sizes[inner] >= SMALL_VOID]
    if large.size and not keep:
        biggest = large[np.argmax(sizes[large])]
        y, x = (int(np.mean(at)) for at in np.nonzero(labels == biggest))
        where = f"x {float(dem.x[x]):.9g}, y {float(dem.y[y]):.9g}"
        raise InputError(
            f"the elevation model has {large.size} voids inside, the largest of {sizes[biggest]} cells at {where}; "
            f"voids under {SMALL_VOID} cells are filled, larger ones need another model",
            zh=f"高程模型内部有 {large.size} 处空洞，最大的 {sizes[biggest]} 个像元，位于 {where}；"
            f"少于 {SMALL_VOID} 个像元的空洞会自动填补，更大的需要换一份高程数据",
        )
    known = ~np.isnan(z)
    filled = z.copy()
    boxes = ndimage.find_objects(labels)
    for label in inner[sizes[inner] < SMALL_VOID]:
        rows, columns = (slice(max(s.start - 2, 0), s.stop + 2) for s in boxes[label - 1])
        ys, xs = np.nonzero(known[rows, columns])
        heights = z[rows, columns][ys, xs]
        for y, x in zip(*np.nonzero(labels[rows, columns] == label), strict=True):
            weights = 1 / ((ys - y) ** 2 + (xs - x) ** 2)
            filled[rows, columns][y, x] = (weights * heights).sum() / weights.sum()
    return dem.copy(data=filled)


def smoothed(z):
    """Return the heights after a narrow Gaussian that leaves voids out."""
    known = ~np.isnan(z)
    heights = ndimage.gaussian_filter(np.where(known, z, 0), STAIRS, mode="nearest", truncate=4)
    weights = ndimage.gaussian_filter(known.astype(np.float32), STAIRS, mode="nearest", truncate=4)
    return np.where(known, heights / np.where(known, weights, 1), np.nan).astype(np.float32)
