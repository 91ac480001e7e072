"""A scene: one date of one sensor as reflectance on its own grids, and what is known about its making."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntFlag
from typing import Any

import numpy as np
import xarray as xr

ROLES = ("blue", "green", "red", "re1", "re2", "re3", "nir", "nir_narrow", "swir1", "swir2")
"""What a band is for, whatever its sensor calls it, from short waves to long ones."""


class Quality(IntFlag):
    """Why a pixel is doubted; several reasons may hold at once, 0 is a clear pixel."""

    NODATA = 1
    CLOUD = 2
    THIN_CLOUD = 4
    CLOUD_SHADOW = 8
    TERRAIN_SHADOW = 16
    DIM = 32  # sunlit at so flat an angle that no correction holds
    WATER = 64  # water, snow or a saturated detector
    NEAR_CLOUD = 128


LOST = Quality.NODATA | Quality.CLOUD | Quality.CLOUD_SHADOW | Quality.TERRAIN_SHADOW | Quality.DIM | Quality.WATER
THIN_WEIGHT, NEAR_WEIGHT = 0.3, 0.5
"""How much a pixel under thin cloud, or near a cloud, counts beside a clear one; judgement."""

WEIGHTS = np.array(
    [
        0.0 if bits & LOST else THIN_WEIGHT if bits & Quality.THIN_CLOUD else NEAR_WEIGHT if bits & 128 else 1.0
        for bits in range(256)
    ],
    dtype=np.float32,
)
"""Weight of a pixel by its quality bits, for smoothing; an alarm asks for 1 or `NEAR_WEIGHT`."""


@dataclass(frozen=True)
class Scene:
    """One date of one sensor, in one projected CRS.

    Attributes
    ----------
    sensor : str
        Key of `sensors/*.toml`.
    product : str
        The producer's own name of the picture; with the sensor it names the scene for ever.
    time : datetime
        When it was taken, aware, UTC.
    grids : dict of {float: DataArray}, dims (band, y, x)
        By cell size [m]: float32 reflectance (of drones: 0-255), NaN where there is none; `band` holds roles of `ROLES`
        (drones: "red", "green", "blue"), rows from the north, CRS in rioxarray's `spatial_ref`.
    quality : DataArray, dims (y, x), optional
        `Quality` bits, uint8, on the finest grid; None until masks were made.
    sun_zenith, sun_azimuth, view_zenith, view_azimuth : float, optional
        Degrees, azimuths clockwise from north; None where the producer does not tell.
    about : dict
        Plain values: baseline, offset_decision, orbit, source, licence, checksum, synthetic, mask, correction ...
    """

    sensor: str
    product: str
    time: datetime
    grids: dict[float, xr.DataArray]
    quality: xr.DataArray | None = None
    sun_zenith: float | None = None
    sun_azimuth: float | None = None
    view_zenith: float | None = None
    view_azimuth: float | None = None
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def roles(self) -> tuple[str, ...]:
        """What its bands are, in the order of `ROLES`."""
        held = {str(role) for grid in self.grids.values() for role in grid["band"].values}
        return tuple(role for role in ROLES if role in held)

    @property
    def finest(self) -> float:
        """The smallest cell [m]."""
        return min(self.grids)

    def cell(self, role: str) -> float:
        """Return the cell size [m] at which a band was measured; KeyError when the scene has no such band."""
        for size in sorted(self.grids):
            if role in self.grids[size]["band"].values:
                return size
        raise KeyError(role)

    def band(self, role: str) -> xr.DataArray:
        """Return one band on its own grid, dims (y, x)."""
        return self.grids[self.cell(role)].sel(band=role, drop=True)

    def with_(self, **changed: Any) -> "Scene":
        """Return the scene with some attributes replaced; `about` is added to, not replaced."""
        if "about" in changed:
            changed["about"] = {**self.about, **changed["about"]}
        return replace(self, **changed)
