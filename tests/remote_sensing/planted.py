"""Small scenes and grounds made for a purpose."""

from datetime import UTC, datetime

import numpy as np
import rioxarray  # noqa: F401
import xarray as xr

from agro.terrain import terrain
from remote_sensing.scene import Scene

CRS = "EPSG:32648"
WEST, NORTH = 500_000.0, 3_300_000.0


def grid(bands: dict[str, np.ndarray], cell: float) -> xr.DataArray:
    """Return bands (y, x) as a grid whose upper left corner is WEST, NORTH."""
    stacked = np.stack([np.asarray(band, np.float32) for band in bands.values()])
    coords = {
        "band": list(bands),
        "y": NORTH - cell * (np.arange(stacked.shape[1]) + 0.5),
        "x": WEST + cell * (np.arange(stacked.shape[2]) + 0.5),
    }
    return xr.DataArray(stacked, dims=("band", "y", "x"), coords=coords).rio.write_crs(CRS)


def scene(bands: dict[str, np.ndarray], cell: float = 10.0, quality=None, time=None, **known) -> Scene:
    """Return a scene of one grid; `quality` (y, x) bits."""
    made = grid(bands, cell)
    layer = None if quality is None else made.isel(band=0, drop=True).copy(data=np.asarray(quality, np.uint8))
    sun = {"sun_zenith": 53.0, "sun_azimuth": 161.56} | known
    return Scene("test", "a scene", time or datetime(2024, 1, 15, 3, 40, tzinfo=UTC), {cell: made}, layer, **sun)


def orchard(shape: tuple[int, int], noise: float = 0.0, seed: int = 1) -> dict[str, np.ndarray]:
    """Return blue, green, red and near infrared of green land."""
    rng = np.random.default_rng(seed)
    usual = {"blue": 0.03, "green": 0.06, "red": 0.04, "nir": 0.33}
    return {role: value * (1 + noise * rng.standard_normal(shape)) for role, value in usual.items()}


def ground(heights: np.ndarray, cell: float) -> xr.Dataset:
    """Return the terrain of heights (y, x) on the grid of `grid`."""
    return terrain(grid({"elevation": heights}, cell).isel(band=0, drop=True))
