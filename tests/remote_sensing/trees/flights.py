"""Drawn orchards as files that a survey reads, and how what it found compares with what was drawn."""

import tempfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from scipy.optimize import linear_sum_assignment
from shapely.geometry import box

from remote_sensing.trees import survey
from tests.remote_sensing.trees import orchards

LEFT, TOP = 500_000.0, 3_300_000.0
CRS = "EPSG:32648"


def written(path, bands, cell=orchards.CELL, left=LEFT, top=TOP, crs=CRS, **options):
    """Write bands (band, y, x) as a GeoTIFF and return its path."""
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=bands.shape[0],
        dtype=bands.dtype, crs=crs, transform=Affine(cell, 0, left, 0, -cell, top), tiled=True, **options,
    ) as file:  # fmt: skip
        file.write(bands)
    return path


def plot(size=60.0, left=LEFT, top=TOP, **about):
    """Return one plot "A", square from the upper left corner."""
    about = {"tree_spacing": 3.5, "row_spacing": 4.0} | about
    table = {"id": ["A"]} | {key: [value] for key, value in about.items()}
    return gpd.GeoDataFrame(table, geometry=[box(left, top - size, left + size, top)], crs=CRS)


def flown(drawn, plots=None, **options):
    """Return the survey of a drawn orchard."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder) / "mosaic.tif", drawn.rgb)
        return survey.survey(path, plot() if plots is None else plots, **options)


@cache
def drawn(case, seed):
    """Return a case of `orchards.CASES`, drawn once."""
    return orchards.of(case, seed)


@cache
def surveyed(case, seed):
    """Return the survey of a case whose spacing is on record and whose crown diameter is not."""
    return flown(drawn(case, seed))


def places(table):
    """Return x and y from the upper left corner, y down, as the drawn truth has them."""
    return np.column_stack([table.geometry.x - LEFT, TOP - table.geometry.y])


def pairs(found, truth, reach):
    """Return the largest set of one-to-one pairs within `reach`: indices into `found` and into `truth`."""
    away = np.hypot(found[:, None, 0] - truth[None, :, 0], found[:, None, 1] - truth[None, :, 1])
    i, j = linear_sum_assignment(np.where(away <= reach, away, 1e6))
    near = away[i, j] <= reach
    return i[near], j[near]


def scored(found, truth, reach=1.2):
    """Return precision, recall and F1 of points (n, 2) against the truth, one to one."""
    right = len(pairs(found, truth, reach)[0]) if len(found) and len(truth) else 0
    return right / max(len(found), 1), right / max(len(truth), 1), 2 * right / max(len(found) + len(truth), 1)
