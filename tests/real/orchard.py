"""Plots as a surveyor might draw them: the orchard class of a land use map, cut into blocks of a hectare or two."""

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.features import shapes

ORCHARD = 4  # land use code
BLOCK = 5  # cells: a plot is at most 150 m by 150 m
SMALLEST = 5  # cells
STEP = 24.0  # m: stairs of 30 m cells become straight edges, and no more


def orchard_cells(land_use) -> tuple[np.ndarray, int]:
    """Return which cells are orchard, and how many cells the map knows at all."""
    with rasterio.open(land_use) as source:
        codes = source.read(1)
        return codes == ORCHARD, int((codes != source.nodata).sum())


def traced_plots(land_use, cultivar: str) -> gpd.GeoDataFrame:
    """Return the orchard as plots in the map's own CRS: farm, name, cultivar, geometry.

    A connected patch is a farm. Its plots are cut along a grid, as one patch may be a whole hillside; neighbours are
    smoothed together, so that they share their border and do not overlap.
    """
    orchard, _ = orchard_cells(land_use)
    with rasterio.open(land_use) as source:
        transform, crs = source.transform, source.crs
    patch = np.zeros(orchard.shape, np.int32)
    for number, (outline, _) in enumerate(shapes(orchard.astype(np.uint8), mask=orchard, transform=transform), 1):
        inside = rasterio.features.geometry_mask([outline], orchard.shape, transform, invert=True)
        patch[inside & orchard] = number
    row, column = np.indices(orchard.shape) // BLOCK
    key = np.where(orchard, patch * 10_000 + row * 100 + column, 0).astype(np.int32)
    cut = [
        (shapely.geometry.shape(outline), int(value))
        for outline, value in shapes(key, mask=orchard, transform=transform)
    ]
    smallest = SMALLEST * abs(transform.a * transform.e)
    cut = [(outline, value) for outline, value in cut if outline.area >= smallest]
    names = [f"{value // 100 % 100:02d}-{value % 100:02d}" for _, value in cut]
    repeated = dict.fromkeys(names, 0)
    for k, name in enumerate(names):
        repeated[name] += 1
        names[k] = name if repeated[name] == 1 else f"{name}{'abcdef'[repeated[name] - 1]}"
    table = {"farm": [f"patch {value // 10_000}" for _, value in cut], "name": names, "cultivar": cultivar}
    return gpd.GeoDataFrame(table, geometry=list(shapely.coverage_simplify([one for one, _ in cut], STEP)), crs=crs)


def hillside_plots(dem, cultivar: str, lowest=285, highest=525, rise=30, per_band=3, size=3) -> gpd.GeoDataFrame:
    """Return small square plots up the whole hill, a few in each band of elevation, as nobody planted them.

    The orchards themselves span some 50 m of height, too little to see how height delays bloom.
    """
    with rasterio.open(dem) as source:
        heights, transform, crs = source.read(1), source.transform, source.crs
    rng = np.random.default_rng(1)
    rows = []
    for band in range(lowest, highest, rise):
        inner = heights[size:-size, size:-size]
        found = np.argwhere((inner >= band) & (inner < band + rise)) + size
        for n, (row, column) in enumerate(rng.permutation(found)[:per_band]):
            x, y = transform * (column + 0.5, row + 0.5)
            half = size * transform.a / 2
            rows.append(("hillside", f"{band}-{n}", cultivar, shapely.box(x - half, y - half, x + half, y + half)))
    return gpd.GeoDataFrame(rows, columns=["farm", "name", "cultivar", "geometry"], crs=crs)
