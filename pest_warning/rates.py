"""How fast a population grows or an insect develops at a temperature: curves and tables, read from organism files."""

from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import equation, maximum, where
from pest_warning.organism import Organism

GRID = np.linspace(-20.0, 55.0, 751)
"""Temperatures of a tabulated rate, every tenth of a degree. [degC]"""


class Root(NamedTuple):
    """The curve scale T (T - lower) sqrt(upper - T) of Briere et al. (1999)."""

    scale: Annotated[float, "degC-2.5 d-1"]
    lower: Annotated[float, "degC"]
    upper: Annotated[float, "degC"]


class Points(NamedTuple):
    """A measured table of [temperature, rate], linear between, 0 outside."""

    points: Annotated[list, "d-1"]


@equation
def root_rate(temperature, scale, lower, upper):
    """Return the rate at a temperature.

    Parameters
    ----------
    temperature : array_like
        [degC]
    scale : float
        [degC-2.5 d-1]
    lower, upper : float
        Nothing happens beyond. [degC]

    Returns
    -------
    array_like
        [d-1]

    References
    ----------
    .. [1] Briere, Pracros, Le Roux and Pierre (1999). A novel rate model of temperature-dependent development for
       arthropods. Environmental Entomology 28:22-29.

    Examples
    --------
    >>> round(float(root_rate(25.0, 1.602e-4, 10.0, 35.0)), 3)
    0.19
    """
    rate = scale * temperature * (temperature - lower) * np.sqrt(maximum(upper - temperature, 0.0))
    return where((temperature <= lower) | (temperature >= upper), 0.0, rate)


def tabulated(temperature, points):
    """Return a rate read off measured `points` [[temperature, rate], ...]: linear between, 0 outside. [d-1]"""
    known = np.asarray(points, float)
    return np.interp(temperature, known[:, 0], known[:, 1], left=0.0, right=0.0)


def on_grid(organism: Organism) -> np.ndarray:
    """Return the organism's growth rate on `GRID` [d-1]."""
    if organism.model.get("rate") == "table":
        return tabulated(GRID, organism.parameters("rate", Points).points)
    return np.asarray(root_rate(GRID, *organism.parameters("rate", Root)))
