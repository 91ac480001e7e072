"""Water that a soil holds, from its texture, organic matter, packing and stones (Saxton and Rawls 2006)."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation, exp, log, maximum, power

FILE = Path(__file__).with_name("soils.toml")

LOG_SUCTIONS = float(np.log(1500.0 / 33.0))
"""Of the suctions that bound plant-available water."""
PARTICLE_DENSITY = 2.65
"""Of mineral soil [g cm-3]; Saxton and Rawls 2006, eq. 6."""


class Texture(NamedTuple):
    """What the laboratory says of a soil."""

    sand: Annotated[float, "1"]
    clay: Annotated[float, "1"]
    organic_matter: Annotated[float, "%"]


class Place(NamedTuple):
    """What is assumed of the ground where nobody has looked."""

    stones: Annotated[float, "m3 m-3"]
    packing: Annotated[float, "1"]
    depth: Annotated[float, "m"]


class Retention(NamedTuple):
    """What a soil holds, as shares of its volume."""

    wilting_point: Annotated[float, "m3 m-3"]
    field_capacity: Annotated[float, "m3 m-3"]
    saturation: Annotated[float, "m3 m-3"]


def textures():
    """Return {name: Texture} of the soils in `soils.toml`."""
    return {name: parameters.load(FILE, f"texture.{name}", Texture) for name in parameters.document(FILE)["texture"]}


def unknown_soil():
    """Return the Retention assumed where no texture is known; its saturation is that of the loam."""
    return parameters.load(FILE, "unknown", Retention)


def unknown_place():
    """Return the Place assumed where stones, packing and depth are not known."""
    return parameters.load(FILE, "ground", Place)


@equation
def wilting_point(sand, clay, organic_matter):
    """Return the water held at 1500 kPa.

    Parameters
    ----------
    sand, clay : array_like
        Shares of weight. [1]
    organic_matter : array_like
        In per cent of weight, not a share. [%]

    Returns
    -------
    array_like
        [m3 m-3]

    References
    ----------
    .. [1] Saxton, Rawls (2006). Soil Sci. Soc. Am. J. 70:1569, eq. 1. doi:10.2136/sssaj2005.0117

    Examples
    --------
    >>> round(wilting_point(0.40, 0.20, 2.5), 3)
    0.137
    """
    first = (
        -0.024 * sand
        + 0.487 * clay
        + 0.006 * organic_matter
        + 0.005 * sand * organic_matter
        - 0.013 * clay * organic_matter
        + 0.068 * sand * clay
        + 0.031
    )
    return 1.14 * first - 0.02


@equation
def field_capacity(sand, clay, organic_matter):
    """Return the water held at 33 kPa [m3 m-3]; Saxton and Rawls 2006, eq. 2. Arguments as in `wilting_point`."""
    first = (
        -0.251 * sand
        + 0.195 * clay
        + 0.011 * organic_matter
        + 0.006 * sand * organic_matter
        - 0.027 * clay * organic_matter
        + 0.452 * sand * clay
        + 0.299
    )
    return 1.283 * first * first + 0.626 * first - 0.015


@equation
def drained_pores(sand, clay, organic_matter):
    """Return the water between saturation and 33 kPa [m3 m-3]; Saxton and Rawls 2006, eq. 3."""
    first = (
        0.278 * sand
        + 0.034 * clay
        + 0.022 * organic_matter
        - 0.018 * sand * organic_matter
        - 0.027 * clay * organic_matter
        - 0.584 * sand * clay
        + 0.078
    )
    return 1.636 * first - 0.107


@equation
def saturation(sand, clay, organic_matter):
    """Return the water of a soil whose pores are full [m3 m-3]; Saxton and Rawls 2006, eq. 5."""
    held = field_capacity(sand, clay, organic_matter) + drained_pores(sand, clay, organic_matter)
    return held - 0.097 * sand + 0.043


@equation
def bulk_density(saturated):
    """Return the density of the dry soil [g cm-3] from its saturation [m3 m-3]; Saxton and Rawls 2006, eq. 6."""
    return PARTICLE_DENSITY * (1.0 - saturated)


@equation
def retention(sand, clay, organic_matter, packing):
    """Return what a soil without stones holds, looser or denser than its texture has it.

    Parameters
    ----------
    sand, clay, organic_matter : array_like
        As in `wilting_point`.
    packing : array_like
        Density over the usual one of the texture, 0.9 to 1.3. [1]

    Returns
    -------
    Retention
        The wilting point does not change with packing. [m3 m-3]

    References
    ----------
    .. [1] Saxton, Rawls (2006), eq. 7 to 9.
    """
    usual = saturation(sand, clay, organic_matter)
    saturated = 1.0 - packing * (1.0 - usual)
    capacity = field_capacity(sand, clay, organic_matter) - 0.2 * (usual - saturated)
    return Retention(wilting_point(sand, clay, organic_matter), capacity, saturated)


@equation
def with_stones(held, stones):
    """Return the Retention `held` of the fine earth for a soil of which `stones` [m3 m-3] is rock that holds none."""
    fine = 1.0 - stones
    return Retention(held.wilting_point * fine, held.field_capacity * fine, held.saturation * fine)


@equation
def retention_exponent(held):
    """Return B of suction = A water^-B between 33 and 1500 kPa [1]; Saxton and Rawls 2006, eq. 15."""
    return LOG_SUCTIONS / (log(held.field_capacity) - log(held.wilting_point))


@equation
def conductivity(held):
    """Return the conductivity of the saturated soil [mm h-1]; Saxton and Rawls 2006, eq. 16.

    Notes
    -----
    In red and purple soils of southern China such estimates fail near saturation: for orientation only.
    """
    drained = maximum(held.saturation - held.field_capacity, 1e-6)
    return 1930.0 * power(drained, 3.0 - 1.0 / retention_exponent(held))


@equation
def suction(water, held):
    """Return the suction [kPa] of `water` [m3 m-3], between 33 and 1500 kPa; Saxton and Rawls 2006, eq. 11."""
    return 33.0 * exp(retention_exponent(held) * (log(held.field_capacity) - log(water)))
