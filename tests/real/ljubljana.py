"""The real series of 68 Sentinel-2 dates near Ljubljana as plots: squares of woodland, seen through its cloud mask.

Not an orchard: mixed woodland, top of atmosphere. What grows there is not ours to know, so patches are planted into it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
import xarray as xr
from scipy import ndimage

CRS = "EPSG:32633"
SIDE = 12  # cells, 1.44 ha
WOOD = 2  # commonest class of the series' land use
CLOUD = 0.4  # probability above which the source calls it cloud
NEAR = 3  # cells about a cloud that are left out


@dataclass(frozen=True)
class Square:
    """One plot: its stack (time, y, x) with NaN where cloud was, and its outline."""

    name: str
    stack: xr.DataArray
    outline: shapely.Polygon


def masked_series(real_data) -> tuple[xr.DataArray, np.ndarray]:
    """Return NDVI (time, y, x) without cloud and what is near it, and the land use."""
    folder = real_data / "imagery" / "sentinel2_ndvi_series"
    with xr.open_dataset(folder / "ndvi_68_dates.nc", engine="h5netcdf") as data:
        data = data.load()
    ring = np.ones((1, 2 * NEAR + 1, 2 * NEAR + 1), dtype=bool)
    bad = ndimage.binary_dilation(data["cloud_probability"].values > CLOUD, structure=ring)
    return data["ndvi"].where(~bad).transpose("time", "y", "x"), data["land_use"].values


def squares(ndvi: xr.DataArray, land_use: np.ndarray, least=0.95) -> list[Square]:
    """Return the squares of the scene that are woodland in at least this share of their cells."""
    found = []
    for row in range(0, ndvi.sizes["y"] - SIDE + 1, SIDE):
        for column in range(0, ndvi.sizes["x"] - SIDE + 1, SIDE):
            place = {"y": slice(row, row + SIDE), "x": slice(column, column + SIDE)}
            if (land_use[place["y"], place["x"]] == WOOD).mean() >= least:
                stack = ndvi.isel(place)
                found.append(Square(f"{row:03d}-{column:03d}", stack, cells_box(stack, 0, 0, SIDE, SIDE)))
    return found


def cells_box(stack: xr.DataArray, row: int, column: int, rows: int, columns: int) -> shapely.Polygon:
    """Return the outline of a block of cells."""
    x, y = stack["x"].values, stack["y"].values
    dx, dy = (x[-1] - x[0]) / (len(x) - 1), (y[0] - y[-1]) / (len(y) - 1)
    west, north = x[0] + (column - 0.5) * dx, y[0] - (row - 0.5) * dy
    return shapely.box(west, north - rows * dy, west + columns * dx, north)


def observations(plots: list[Square]) -> pd.DataFrame:
    """Return the observation table of the squares."""
    rows = []
    for plot in plots:
        cells = plot.stack.values.reshape(plot.stack.sizes["time"], -1)
        seen = np.isfinite(cells)
        for time, values, known in zip(plot.stack["time"].values, cells, seen, strict=True):
            if known.any():
                held = values[known]
                rows.append(
                    {
                        "plot": plot.name, "time": pd.Timestamp(time, tz="UTC"), "scene": str(time)[:10],
                        "sensor": "sentinel2_l1c", "orbit": None, "index": "ndvi", "mean": held.mean(),
                        "median": np.median(held), "q10": np.quantile(held, 0.1), "q90": np.quantile(held, 0.9),
                        "sd": held.std(), "n_valid": float(known.sum()), "valid_fraction": known.mean(),
                        "near_cloud": 0.0, "mean_cos_i": np.nan, "small": False, "weight": 1.0,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)
