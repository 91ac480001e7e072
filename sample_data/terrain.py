"""The ground of the sample county: a winding reservoir, side valleys, ridges to 900 m. Synthetic."""

from functools import lru_cache

import numpy as np
import rioxarray  # noqa: F401  (gives arrays their .rio)
import xarray as xr
from pyproj import Transformer
from scipy.ndimage import distance_transform_edt, gaussian_filter, zoom

from sample_data import SEED, drainage

CRS = "EPSG:32649"
CENTRE = (109.4, 30.9)  # degrees east and north; no real place is drawn
PIXEL = 30.0  # m
SHAPE = (400, 480)  # 12 km by 14.4 km
WATER, SHORE, SUMMIT = 152.0, 176.0, 890.0  # m: low pool, the full reservoir's rim, the highest ground
MARGIN = 40  # pixels made and cut off, so that no ridge knows of the map's edge


def make_dem(seed=SEED):
    """Return the elevation of the county.

    Streams are put in balance with the area they drain and hillsides with their rock, over and over from noise, until
    the valleys have found each other.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers.

    Returns
    -------
    DataArray, dims (y, x)
        Elevation on pixel centres, north up, in EPSG:32649. [m]
    """
    return _dem(int(seed)).copy()


@lru_cache(maxsize=4)
def _dem(seed):
    random = np.random.default_rng([seed, 1])
    shape = tuple((n + 2 * MARGIN) // 2 for n in SHAPE)  # valleys are found on pixels of 60 m
    course, half_width = _river(shape, random)
    distance = 2 * PIXEL * distance_transform_edt(~course) + PIXEL
    river = distance < half_width
    ground = _eroded(river, distance, random)
    ground = gaussian_filter(zoom(ground, 2, order=3), 1.1)
    distance = gaussian_filter(zoom(distance, 2, order=1), 1.5)
    ground = _with_valley_floors(ground, zoom(river.astype(float), 2, order=1) > 0.5)
    ground += 3.0 * _noise(ground.shape, 12, random) * np.clip((ground - SHORE) / 60, 0, 1)
    ground = SHORE + (ground - SHORE) * (SUMMIT - SHORE) / (
        np.quantile(ground[MARGIN:-MARGIN, MARGIN:-MARGIN], 0.9999) - SHORE
    )
    ground = np.maximum(ground, SHORE - 1)
    share = np.clip((distance - zoom(half_width, 2, order=1) + 90) / 90, 0, 1)  # the drawdown belt is 90 m wide
    fall = np.linspace(0.8, 0, ground.shape[1])
    ground = (WATER + fall) * (1 - share) + ground * share
    inside = ground[MARGIN:-MARGIN, MARGIN:-MARGIN]
    edge = np.ones(inside.shape, bool)
    edge[1:-1, 1:-1] = False
    return _labelled(drainage.flooded(np.ascontiguousarray(inside), edge, 0.002), seed)


def _labelled(values, seed):
    east, north = Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(*CENTRE)
    east, north = round(east / PIXEL) * PIXEL, round(north / PIXEL) * PIXEL
    y = north + PIXEL * (SHAPE[0] / 2 - 0.5 - np.arange(SHAPE[0]))
    x = east + PIXEL * (np.arange(SHAPE[1]) - SHAPE[1] / 2 + 0.5)
    attrs = {
        "units": "m",
        "long_name": "elevation (synthetic)",
        "synthetic": 1,
        "source": f"sample_data.terrain seed {seed}: invented ground, no real place / 合成地形，非真实地点",
    }
    dem = xr.DataArray(np.round(values, 3).astype("float32"), {"y": y, "x": x}, ("y", "x"), "elevation", attrs)
    return dem.rio.write_crs(CRS)


def _river(shape, random):
    """Return the river's thread as a mask and its half width [m], both of `shape`."""
    x = np.linspace(0, 1, 40 * shape[1])
    row = 0.47 + 0.05 * np.sin(2 * np.pi * (0.5 * x + random.random()))
    for waves, swing in ((1.4, 0.10), (2.9, 0.055), (5.3, 0.02)):
        row = row + swing * np.sin(2 * np.pi * (waves * x + random.random()))
    course = np.zeros(shape, bool)
    course[
        np.clip((row * shape[0]).astype(int), 0, shape[0] - 1), np.minimum((x * shape[1]).astype(int), shape[1] - 1)
    ] = True
    width = 230 + 60 * gaussian_filter(random.standard_normal(shape[1]), 14) / 0.14
    return course, np.broadcast_to(np.clip(width, 150, 330), shape).copy()


def _eroded(river, distance, random):
    """Return ground of pixels of 60 m in balance with its streams [m]."""
    rows, columns = river.shape
    size = 2 * PIXEL
    rock = _noise(river.shape, 70, random)
    limit = np.clip(0.33 + 0.12 * rock + 0.05 * _noise(river.shape, 6, random), 0.16, 0.60).ravel()
    steepness = (0.125 * (1e6**0.45) * np.exp(0.25 * rock + 0.25 * _noise(river.shape, 3, random))).ravel()
    ground = SHORE + 0.09 * distance + 70 * _noise(river.shape, 40, random) + 25 * _noise(river.shape, 8, random)
    ground[river] = SHORE
    softness = np.exp(0.5 * random.standard_normal(river.shape))
    for share in [0.6] * 20 + [1.0] * 5:  # the last rounds leave no hollow
        ground = drainage.flooded(np.where(river, SHORE, np.maximum(ground, SHORE + 0.01)), river, 0.01)
        down = drainage.receivers(ground, river, softness)
        upward = np.argsort(ground.ravel(), kind="stable")
        area = drainage.drained(down, upward, size**2)
        target = drainage.balanced(ground.ravel(), down, upward, area, steepness, limit, columns, size).reshape(
            rows, columns
        )
        ground = gaussian_filter((1 - share) * ground + share * target, 0.45)
    return ground


def _with_valley_floors(ground, river):
    """Return `ground` with the lowest 14 m above the streams laid down to gently sloping floors [m]."""
    ground = drainage.flooded(np.ascontiguousarray(ground), river, 0.01)
    down = drainage.receivers(ground, river, np.ones(ground.shape))
    upward = np.argsort(ground.ravel(), kind="stable")
    area = drainage.drained(down, upward, PIXEL**2)
    stream = drainage.channel_height(ground.ravel(), down, upward, area, 1.2e6).reshape(ground.shape)
    above = ground - gaussian_filter(stream, 2.0)
    return ground - above + 0.12 * np.minimum(above, 14) + 5.0 * np.logaddexp(0, (above - 14) / 5.0)


def _noise(shape, length, random):
    """Return smooth fractal noise of mean 0 and standard deviation 1; `length` in pixels."""
    total = np.zeros(shape)
    for octave in range(4):
        layer = gaussian_filter(random.standard_normal(shape), max(length / 2**octave, 0.7), mode="reflect")
        total += layer / layer.std() * 0.55**octave
    return (total - total.mean()) / total.std()
