"""Clouds, snow and water by their colour, for pictures whose producer gives no classes."""

import numpy as np

from agro.numeric import FAST, kernel
from remote_sensing.masks.settings import Rule, settings
from remote_sensing.scene import Quality

CLOUD, WATER, NODATA = (np.uint8(bit) for bit in (Quality.CLOUD, Quality.WATER, Quality.NODATA))


def by_colour(blue, green, red, nir, swir1=None, rules: Rule | None = None) -> np.ndarray:
    """Return quality bits of pixels by their reflectance alone.

    Parameters
    ----------
    blue, green, red, nir : array_like, shape (y, x)
        Reflectance. [1]
    swir1 : array_like, shape (y, x), optional
        Tells snow from clouds; without it snow is called cloud. [1]
    rules : Rule, optional
        Instead of those of `masks.toml`.

    Returns
    -------
    ndarray of uint8, shape (y, x)
        CLOUD, WATER (also snow) or NODATA where a band is missing; thin clouds are left to the temporal test.

    References
    ----------
    .. [1] Zhu and Woodcock (2012). Object-based cloud and cloud shadow detection in Landsat imagery. Remote Sensing
       of Environment 118:83-94. Whiteness: Gomez-Chova et al. (2007), IEEE TGRS 45(12):4105-4124.
    """
    bands = [np.ascontiguousarray(band, np.float32) for band in (blue, green, red, nir)]
    bands.append(np.empty((0, 0), np.float32) if swir1 is None else np.ascontiguousarray(swir1, np.float32))
    out = np.empty(bands[0].shape, np.uint8)
    _by_colour(*bands, tuple(np.float32(value) for value in rules or settings().rule), out)
    return out


@kernel(fastmath=FAST)
def _by_colour(blue, green, red, nir, swir1, rules, out):
    least, white, low, high, hot_red, hot_least, snow_ndsi, snow_nir, water_ndvi, water_nir = rules
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            b, g, r, n = blue[i, j], green[i, j], red[i, j], nir[i, j]
            if not (b == b and g == g and r == r and n == n):
                out[i, j] = NODATA
                continue
            mean = (b + g + r) / np.float32(3)
            whiteness = (abs(b - mean) + abs(g - mean) + abs(r - mean)) / max(mean, np.float32(1e-6))
            ndvi = (n - r) / max(n + r, np.float32(1e-6))
            bits = np.uint8(0)
            snow = False
            if swir1.shape[0] > 0:
                s = swir1[i, j]
                snow = (g - s) / max(g + s, np.float32(1e-6)) > snow_ndsi and n > snow_nir and g > np.float32(0.1)
            if snow or (ndvi < water_ndvi and n < water_nir):
                bits |= WATER
            elif b > least and whiteness < white and low < ndvi and ndvi < high and b - hot_red * r - hot_least > 0:
                bits |= CLOUD
            out[i, j] = bits
