"""How squarely the sun falls on the ground: the cosine of the angle between its rays and the normal of the slope."""

import numpy as np
import rioxarray  # noqa: F401
import xarray as xr

from agro.errors import MissingDataError
from remote_sensing.illumination.ground import strips_of_ground
from remote_sensing.illumination.sun import scene_sun
from remote_sensing.scene import Scene

ATTRS = {"units": "1", "long_name": "cosine of the solar incidence angle on the slope"}


def cos_incidence(slope, aspect, zenith, azimuth):
    """Return the cosine of the angle between the sun and the normal of a slope.

    Parameters
    ----------
    slope, aspect : array_like
        Aspect is the direction in which the ground falls, clockwise from north; NaN on flat ground. [degrees]
    zenith, azimuth : float
        Of the sun, clockwise from north. [degrees]

    Returns
    -------
    array_like, float, of the precision of `slope`
        1 where the light falls at right angles, negative where the slope hides itself; NaN where the slope is. [1]

    References
    ----------
    .. [1] Teillet, Guindon and Goodenough (1982). On the slope-aspect correction of multispectral scanner data.
       Canadian Journal of Remote Sensing 8(2):84-106.
    """
    slope = np.asarray(slope)
    kind = slope.dtype.type if slope.dtype in (np.float32, np.float64) else np.float64
    steep = np.radians(slope, dtype=kind)
    turned = np.radians(np.asarray(azimuth - np.nan_to_num(aspect), dtype=kind))
    up, aside = kind(np.cos(np.radians(zenith))), kind(np.sin(np.radians(zenith)))
    return np.cos(steep) * up + np.sin(steep) * aside * np.cos(turned)


def cos_i(scene: Scene, terrain: xr.Dataset, cell: float | None = None) -> xr.DataArray:
    """Return the illumination of a scene's ground.

    Parameters
    ----------
    scene : Scene
    terrain : Dataset
        As `agro.terrain.terrain` gives it, in the CRS of the scene; another grid is brought onto the scene's.
    cell : float, optional
        Which of the scene's grids; by default the finest. [m]

    Returns
    -------
    DataArray, dims (y, x), float32
        cos i; NaN where the ground is not known. [1]

    Raises
    ------
    MissingDataError
        When the scene tells neither the angles of the sun nor the time of day.
    InputError
        When `terrain` lies in another CRS or elsewhere.
    """
    sun = scene_sun(scene)
    if sun is None:
        raise MissingDataError(
            f"{scene.product}: neither sun angles nor the time of day are known",
            zh=f"{scene.product}：既没有太阳角度，也没有拍摄时刻",
        )
    grid = scene.grids[scene.finest if cell is None else cell]
    light = np.empty(grid.shape[1:], np.float32)
    for rows, ground in strips_of_ground(terrain, grid):
        light[rows] = cos_incidence(ground.slope, ground.aspect, sun.zenith, sun.azimuth)
    return grid.isel(band=0, drop=True).copy(data=light).rename("cos_i").assign_attrs(ATTRS)
