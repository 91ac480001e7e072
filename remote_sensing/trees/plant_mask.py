"""What in a colour picture is green, and what lies in shadow."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.morphology import remove_small_holes

from remote_sensing.trees.settings import settings

SHADES = 256


class Looks(NamedTuple):
    """A picture as plants are looked for in it."""

    exg: np.ndarray  # (y, x) excess green of chromatic colours, float32
    value: np.ndarray  # (y, x) largest of the three bands, 0-255
    code: np.ndarray  # (y, x) int32, the bin of the colour in a table of `BINS`
    used: np.ndarray  # (y, x) bool: pictured, and of the plot or near it


BINS = (32, 32, 24)
"""Bins of a colour: chromatic red and green, and the root of brightness."""
_LOW_RED, _LOW_GREEN, _WIDE = 0.2, 0.25, 0.3


def looks(rgb, used=None):
    """Return how the pixels of a picture look.

    Parameters
    ----------
    rgb : array_like, shape (3, y, x)
        sRGB numbers 0-255 as the camera gave them.
    used : ndarray of bool, shape (y, x), optional
        Pixels that are pictured and of the plot.

    Returns
    -------
    Looks
    """
    red, green, blue = (np.asarray(band, np.float32) for band in rgb)
    total = red + green + blue
    scale = 1 / np.maximum(total, 1e-3)
    r, g = red * scale, green * scale
    exg = 3 * g - 1  # 2 g - r - b where r + g + b = 1
    exg[total <= 0] = 0
    shares = ((r - _LOW_RED) / _WIDE, (g - _LOW_GREEN) / _WIDE, np.sqrt(total / (3 * 256)))
    i, j, k = (np.clip(share * bins, 0, bins - 1).astype(np.int32) for share, bins in zip(shares, BINS, strict=True))
    code = (i * BINS[1] + j) * BINS[2] + k
    used = np.ones(exg.shape, bool) if used is None else used
    return Looks(exg, np.maximum(np.maximum(red, green), blue), code, used)


def green_threshold(seen):
    """Return the ExG above which pixels of several `Looks` are green: Otsu's, held within the bounds of `trees.toml`.

    References
    ----------
    .. [1] Woebbecke et al. (1995). Trans. ASAE 38:259. .. [2] Otsu (1979). IEEE Trans. SMC 9:62.
    """
    rule = settings().mask
    values = np.concatenate([one.exg[one.used] for one in seen])
    return float(np.clip(otsu(values, rule.lowest), rule.lowest, rule.highest))


def dark_threshold(seen, threshold):
    """Return the brightness that parts green pixels into dark crowns and lighter grass, by Otsu."""
    values = np.concatenate([one.value[one.used & (one.exg > threshold)] for one in seen])
    return otsu(values, 128.0)


def green(one, threshold):
    """Return the green pixels of `Looks`, (y, x) bool."""
    return one.used & (one.exg > threshold)


def dark(one, threshold, brightest):
    """Return the green pixels of `Looks` that are darker than `brightest`, (y, x) bool."""
    return green(one, threshold) & (one.value < brightest)


def shadow(one, threshold, bare=None):
    """Return ground in shadow: neither green nor brighter than a share of the median of bare ground (`bare`)."""
    ground = one.used & (one.exg <= threshold)
    if bare is None:
        bare = np.median(one.value[ground]) if ground.any() else 0.0
    return ground & (one.value < settings().mask.shadow * bare)


def cleaned(mask, cell):
    """Return a mask without what is thinner than the opening of `trees.toml`, and without small holes."""
    size = round(settings().mask.opening / cell)
    if size >= 2:
        mask = ndimage.binary_opening(mask, np.ones((size, size), bool))
    return remove_small_holes(mask, max_size=max(1, int(settings().mask.hole / cell**2)))


def otsu(values, otherwise):
    """Return Otsu's threshold; `otherwise` where values are few or all alike."""
    if len(values) < 2 or values.min() == values.max():
        return float(otherwise)
    return float(threshold_otsu(values, nbins=SHADES))
