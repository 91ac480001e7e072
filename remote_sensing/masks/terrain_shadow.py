"""Where mountains shade the ground at the moment of a scene, and where the sun only grazes it."""

import numpy as np
import xarray as xr

from agro.terrain.dem import cell_size
from agro.terrain.sheared_lines import VOID, far_tangent, march, raised_by_near_cells
from remote_sensing.illumination.ground import check, resampled, same_grid, strips_of_ground
from remote_sensing.illumination.incidence import cos_incidence
from remote_sensing.illumination.settings import settings as light_settings
from remote_sensing.illumination.sun import SceneSun
from remote_sensing.scene import Quality


def relief_bits(terrain: xr.Dataset, grid: xr.DataArray, sun: SceneSun) -> tuple[np.ndarray, np.ndarray]:
    """Return what the relief does to a scene.

    Parameters
    ----------
    terrain : Dataset
        As `agro.terrain.terrain` gives it, in the CRS of the grid. With a `horizon` the shadow falls by it; without,
        by the elevations there are, so that mountains beyond the model cast none.
    grid : DataArray with coordinates y, x
    sun : SceneSun

    Returns
    -------
    bits : ndarray of uint8, shape (y, x)
        TERRAIN_SHADOW where the sun stands behind a mountain or the slope itself, DIM where cos i is below that of
        `illumination.toml`; 0 where the ground is not known.
    slope : ndarray of float32, shape (y, x)
        [degrees]
    """
    check(terrain, grid)
    towards = horizon_towards(terrain, sun.azimuth)
    same = same_grid(terrain, grid)
    x, y = grid["x"].to_numpy(), grid["y"].to_numpy()
    bits, slope = np.zeros((len(y), len(x)), np.uint8), np.empty((len(y), len(x)), np.float32)
    for rows, ground in strips_of_ground(terrain, grid):
        hidden = towards.to_numpy()[rows] if same else resampled(towards, y[rows], x)
        light = cos_incidence(ground.slope, ground.aspect, sun.zenith, sun.azimuth)
        shaded = (90 - sun.zenith < hidden) | (light <= 0)
        dim = (light < light_settings().guards.dim) & ~shaded
        bits[rows] = np.where(shaded, np.uint8(Quality.TERRAIN_SHADOW), np.where(dim, np.uint8(Quality.DIM), 0))
        slope[rows] = ground.slope
    return bits, slope


def horizon_towards(terrain: xr.Dataset, azimuth: float) -> xr.DataArray:
    """Return the angle of the horizon towards one azimuth, dims (y, x), float32 [degrees].

    From the horizon of `terrain`, linear between its two directions next to it; where it has none, from its elevation.
    """
    elevation = terrain["elevation"]
    if "horizon" in terrain:
        count = terrain.sizes["direction"]
        place = azimuth % 360 * count / 360
        below, share = int(place) % count, np.float32(place - int(place))
        one, other = (terrain["horizon"].isel(direction=k).to_numpy() for k in (below, (below + 1) % count))
        return elevation.copy(data=(one + (other - one) * share).astype(np.float32))
    dx, dy = cell_size(elevation)
    z = np.asarray(elevation.to_numpy(), np.float32)
    z = np.ascontiguousarray(np.where(np.isnan(z), VOID, z))
    way = march(azimuth, dx, dy)
    lined = np.ascontiguousarray(np.pad(z.T if way.transposed else z, ((0, 1), (0, 0)), constant_values=VOID))
    far = np.empty(z.shape[::-1] if way.transposed else z.shape, np.float32)
    far_tangent(lined, way, 0.0, 0.0, False, far)
    out = np.empty(z.shape, np.float32)
    raised_by_near_cells(z, np.ascontiguousarray(far.T) if way.transposed else far, way, 0.0, 0.0, False, out)
    return elevation.copy(data=out)
