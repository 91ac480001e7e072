"""The two Landsat 7 scenes over ridges and valleys of Pennsylvania, as scenes; their files name no CRS."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import rioxarray  # noqa: F401
import xarray as xr

from agro.terrain import terrain
from remote_sensing.scene import Scene

BANDS = {"blue": "B1", "green": "B2", "red": "B3", "nir": "B4", "swir1": "B5", "swir2": "B7"}
CRS = "EPSG:32618"  # their numbers fit UTM 18 N
IRRADIANCE = {"blue": 1997, "green": 1812, "red": 1533, "nir": 1039, "swir1": 230.8, "swir2": 84.90}
"""Of the sun above the air, W m-2 um-1 (Chander, Markham and Helder 2009, for ETM+)."""

JULY, NOVEMBER = "2002-07-20", "2002-11-25"
FULL = 255


def folder(real_data: Path) -> Path:
    return real_data / "imagery" / "landsat7_relief"


def numbers(real_data: Path, day: str) -> dict[str, np.ndarray]:
    """Return the numbers of the file by the names of its bands."""
    with rasterio.open(folder(real_data) / f"landsat7_{day}.tif") as file:
        return dict(zip(file.descriptions, file.read(), strict=True))


def relief_scene(real_data: Path, day: str, *, reflectance: bool = False) -> Scene:
    """Return a scene of radiance over 250 W m-2 sr-1 um-1 without saturated pixels, or of reflectance above the air."""
    calibration = pd.read_csv(folder(real_data) / "calibration.csv", index_col="band")
    height, azimuth = pd.read_csv(folder(real_data) / "sun.csv", index_col="date").loc[day]
    raw = numbers(real_data, day)
    layers = []
    for role, name in BANDS.items():
        gain, offset = calibration.loc[name]
        radiance = gain * raw[name].astype(float) + offset
        if reflectance:
            layers.append(np.pi * radiance / (IRRADIANCE[role] * np.sin(np.radians(height))))
        else:
            layers.append(np.where(raw[name] == FULL, np.nan, radiance / 250))
    grid = xr.DataArray(
        np.stack(layers).astype(np.float32),
        dims=("band", "y", "x"),
        coords={
            "band": list(BANDS),
            "y": 4_491_105 - 30 * (np.arange(300) + 0.5),
            "x": 390_045 + 30 * (np.arange(300) + 0.5),
        },
    )
    taken = datetime.fromisoformat(f"{day}T15:40:00+00:00")
    sun = {"sun_zenith": float(90 - height), "sun_azimuth": float(azimuth)}
    return Scene("landsat7", day, taken, {30.0: grid.rio.write_crs(CRS)}, **sun)


def relief_ground(real_data: Path, scene: Scene) -> xr.Dataset:
    """Return the terrain of the scenes, on their grid."""
    with rasterio.open(folder(real_data) / "dem30m.tif") as file:
        heights = file.read(1).astype(np.float32)
    return terrain(scene.grids[30.0].isel(band=0, drop=True).copy(data=heights))
