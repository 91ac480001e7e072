"""Outlines of the sample county and its five invented townships."""

import geopandas as gpd
import numpy as np
import shapely
from affine import Affine
from rasterio.features import shapes
from scipy.ndimage import gaussian_filter

from sample_data import SEED, names


def make_boundaries(dem, seed=SEED):
    """Return (county, townships): GeoDataFrames with name, level, source and synthetic, in the CRS of `dem`.

    Townships share their borders exactly and make up the county.
    """
    random = np.random.default_rng([int(seed), 3])
    step = 2
    x, y = np.meshgrid(dem.x.values[step // 2 :: step], dem.y.values[step // 2 :: step])
    width, height = np.ptp(x), np.ptp(y)
    bend = [700 * wave(x.shape, 28, random) for _ in range(2)]
    seats = np.array([[0.22, 0.25], [0.74, 0.2], [0.2, 0.75], [0.52, 0.72], [0.83, 0.78]])
    distance = [np.hypot(x + bend[0] - x.min() - u * width, y + bend[1] - y.min() - v * height) for u, v in seats]
    owner = np.argmin(distance, axis=0)
    edge = np.minimum(np.minimum(x - x.min(), x.max() - x), np.minimum(y - y.min(), y.max() - y))
    owner[edge + 110 * wave(x.shape, 10, random) < 380] = -1
    outlines = shapely.coverage_simplify(_regions(owner, x, y), 150.0)
    marks = {"source": "synthetic / 合成示例", "synthetic": 1}
    townships = gpd.GeoDataFrame(
        {"name": names.TOWNSHIPS, "level": "township"} | marks, geometry=outlines, crs=dem.rio.crs
    )
    county = gpd.GeoDataFrame(
        {"name": [names.COUNTY], "level": "county"} | marks,
        geometry=[shapely.coverage_union_all(outlines)],
        crs=dem.rio.crs,
    )
    return county, townships


def wave(shape, length, random):
    """Return smooth noise of standard deviation 1."""
    result = gaussian_filter(random.standard_normal(shape), length)
    return result / result.std()


def _regions(owner, x, y):
    """Return one polygon per number of `owner`, borders on the grid's lines, the largest part each."""
    step = x[0, 1] - x[0, 0]
    grid = Affine(step, 0, x[0, 0] - step / 2, 0, -step, y[0, 0] + step / 2)
    parts = [
        (shapely.geometry.shape(shape), int(value)) for shape, value in shapes(owner.astype("int32"), transform=grid)
    ]
    return [
        max((shape for shape, value in parts if value == number), key=lambda shape: shape.area)
        for number in range(len(names.TOWNSHIPS))
    ]
