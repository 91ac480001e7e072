"""What relief does to the light of a picture: sun and shade on slopes, and the sky that fills the shade. Synthetic."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pvlib
from scipy.ndimage import gaussian_filter, map_coordinates

from agro.terrain.derivatives import slope_aspect
from agro.terrain.horizon import horizon
from agro.terrain.sky_view import sky_view_map
from agro.terrain.sunlight import horizon_at
from sample_data import SEED, terrain

CELL = 10.0  # m
WEST, EAST, SOUTH, NORTH = 340640.0, 347640.0, 3417120.0, 3424960.0  # m, EPSG:32649: ten of the fourteen farms
SHAPE = (round((NORTH - SOUTH) / CELL), round((EAST - WEST) / CELL))
X, Y = WEST + CELL * (np.arange(SHAPE[1]) + 0.5), NORTH - CELL * (np.arange(SHAPE[0]) + 0.5)
HAZE = {
    "blue": 0.55, "green": 0.45, "red": 0.40, "re1": 0.36, "re2": 0.25, "re3": 0.20, "nir": 0.18, "nir_narrow": 0.17,
    "swir1": 0.11, "swir2": 0.10,
}  # fmt: skip
"""Depth of the air by band, so that fitted c's are those of real relief; judgement."""
ROUGH = 0.025  # standard deviation of cos i by walls and crowns that no elevation model knows


class Relief(NamedTuple):
    """The ground of the pictures on their grid, dims (y, x), and its horizon on the county's own cells."""

    elevation: np.ndarray  # m
    slope: np.ndarray  # degrees
    aspect: np.ndarray  # degrees, 0 where flat
    sky: np.ndarray  # 1, sky view factor
    rough: np.ndarray  # 1, what cos i strays by
    horizon: np.ndarray  # degrees, dims (direction, coarse y, coarse x)
    rows: np.ndarray  # weights that bring coarse cells onto the rows of the grid
    columns: np.ndarray


class Sun(NamedTuple):
    """Where the sun stands over the middle of the pictures. [degrees]"""

    zenith: float
    azimuth: float


@lru_cache(maxsize=2)
def relief(seed=SEED):
    """Return the `Relief` of the county of a seed."""
    dem = terrain.make_dem(seed)
    height = dem.values.astype(np.float32)
    x0, y0, size = float(dem.x[0]), float(dem.y[0]), terrain.PIXEL
    slope, aspect = slope_aspect(height, size, size, edges=True)
    around = horizon(height, size, size)
    sky = sky_view_map(around, slope, aspect)
    row, column = (y0 - Y) / size, (X - x0) / size
    places = np.meshgrid(row, column, indexing="ij")
    fine = map_coordinates(gaussian_filter(height, 0.5), places, order=3, mode="nearest").astype(np.float32)
    steep, faces = slope_aspect(fine, CELL, CELL, edges=True)
    rows, columns = between(row, height.shape[0]), between(column, height.shape[1])
    top, left = (int(np.flatnonzero(weights.any(axis=0))[0]) for weights in (rows, columns))
    rows, columns = (weights[:, weights.any(axis=0)] for weights in (rows, columns))
    inner = np.s_[top : top + rows.shape[1], left : left + columns.shape[1]]
    noise = np.random.default_rng([int(seed), 31]).standard_normal(SHAPE).astype(np.float32)
    noise = gaussian_filter(noise, 0.8)
    return Relief(
        fine, steep, np.nan_to_num(faces), rows @ sky[inner] @ columns.T, ROUGH * noise / noise.std(),
        around[:, *inner].copy(), rows, columns,
    )  # fmt: skip


def between(place, count):
    """Return the weights of `count` cells at fractional positions, linear between two, shape (place, cell)."""
    place = np.clip(np.asarray(place, float), 0, count - 1)
    below = np.minimum(place.astype(int), count - 2)
    weights = np.zeros((len(place), count), np.float32)
    weights[np.arange(len(place)), below] = below + 1 - place
    weights[np.arange(len(place)), below + 1] = place - below
    return weights


def sun(time):
    """Return the `Sun` at a moment in UTC."""
    where = terrain.CENTRE
    found = pvlib.solarposition.get_solarposition(pd.DatetimeIndex([pd.Timestamp(time)], tz="UTC"), where[1], where[0])
    return Sun(float(found["zenith"].iloc[0]), float(found["azimuth"].iloc[0]))


def incidence(ground, at):
    """Return the cosine of the angle between the sun and the ground's normal, dims (y, x); shade is below 0."""
    zenith, steep = np.radians(at.zenith), np.radians(ground.slope)
    turned = np.cos(np.radians(np.float32(at.azimuth) - ground.aspect))
    return np.float32(np.cos(zenith)) * np.cos(steep) + np.float32(np.sin(zenith)) * np.sin(steep) * turned


def lit(ground, at):
    """Tell where the sun stands above the terrain's horizon, dims (y, x)."""
    edge = horizon_at(ground.horizon, at.azimuth).astype(np.float32)
    return ground.rows @ edge @ ground.columns.T < 90.0 - at.zenith


def diffuse_share(band, zenith):
    """Return the share of a flat open place's light that comes from the sky [1]."""
    return 1.0 - np.exp(-HAZE[band] / np.cos(np.radians(zenith)))


class Light(NamedTuple):
    """What light of one moment a place gets, dims (y, x): beam beside that of flat ground, sky, cosine of the slope."""

    beam: np.ndarray
    sky: np.ndarray
    upright: np.ndarray


def light(ground, at, sunlit=1.0):
    """Return the `Light` of the ground.

    Parameters
    ----------
    ground, at : Relief, Sun
        Where and when.
    sunlit : ndarray, dims (y, x)
        Share of the beam that arrives: 0 in cast shade, less than 1 under cloud. [1]
    """
    beam = np.maximum(incidence(ground, at) + ground.rough, 0) * sunlit / np.float32(np.cos(np.radians(at.zenith)))
    return Light(beam.astype(np.float32), ground.sky, np.cos(np.radians(ground.slope)))


def relative_light(found, at, band):
    """Return how bright the ground looks beside flat open ground of the same cover, dims (y, x) [1].

    Sun and sky over a canopy of upright trees: `((1 - d) cos i / cos z + d V) / ((1 - d) cos S + d)`, whose inverse is
    the SCS+C correction with c = d cos z / (1 - d) where the sky is open.

    Parameters
    ----------
    found, at : Light, Sun
        As `light` gives it, and when.
    band : str
        Key of `HAZE`.

    References
    ----------
    .. [1] Soenen, Peddle and Coburn (2005). SCS+C: a modified sun-canopy-sensor topographic correction in forested
       terrain. IEEE Trans. Geosci. Remote Sens. 43(9):2148-2159.
    """
    share = np.float32(diffuse_share(band, at.zenith))
    return ((1 - share) * found.beam + share * found.sky) / ((1 - share) * found.upright + share)
