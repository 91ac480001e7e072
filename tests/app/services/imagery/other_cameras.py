"""Pictures of the hillside by other cameras: four bands and colours in one file, drawn in the test; nothing is real."""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import ColorInterp
from scipy.ndimage import shift as moved

from tests.app.services.imagery import ground_truth as truth


def four_bands(path: Path, ndvi: np.ndarray, cell: float = 10.0, *, aside: tuple[float, float] = (0.0, 0.0)) -> Path:
    """Write blue, green, red and near infrared as reflectance x 10,000; `aside` m east and north of its true place."""
    red = np.full(ndvi.shape, 0.05)
    bands = np.stack([0.8 * red, 1.2 * red, red, red * (1 + ndvi) / (1 - ndvi)])
    fine = np.repeat(np.repeat(bands, round(10 / cell), axis=1), round(10 / cell), axis=2)
    if any(aside):
        fine = moved(fine, (0, -aside[1] / cell, aside[0] / cell), order=1, mode="nearest")
    numbers = np.rint(fine * 1e4).astype("uint16")
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", **_about(numbers, cell)) as file:
        file.write(numbers)
        file.descriptions = ("blue", "green", "red", "nir")
    return path


def colours(path: Path, cell: float = 1.0) -> np.ndarray:
    """Write a colour picture of 8 bits, whose westernmost 50 m show nothing; return red, green, blue, alpha."""
    side = round(10 * truth.SIDE / cell)
    random = np.random.default_rng(5)
    ranges = ((60, 120), (80, 160), (40, 90))
    numbers = np.stack([*(random.integers(*ends, (side, side)) for ends in ranges), np.full((side, side), 255)])
    numbers[:, :, : round(50 / cell)] = 0
    numbers = numbers.astype("uint8")
    with rasterio.open(path, "w", photometric="RGB", alpha="YES", **_about(numbers, cell)) as file:
        file.write(numbers)
        file.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    return numbers


def _about(numbers: np.ndarray, cell: float) -> dict:
    return {
        "driver": "GTiff", "count": len(numbers), "height": numbers.shape[1], "width": numbers.shape[2],
        "dtype": numbers.dtype, "crs": truth.CRS, "transform": Affine(cell, 0, truth.WEST, 0, -cell, truth.NORTH),
    }  # fmt: skip
