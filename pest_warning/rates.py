"""How fast a population grows or an insect develops at a temperature: curves and tables, read from organism files."""

from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.weather.degree_days import briere
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


def tabulated(temperature, points):
    """Return a rate read off measured `points` [[temperature, rate], ...]: linear between, 0 outside. [d-1]"""
    known = np.asarray(points, float)
    return np.interp(temperature, known[:, 0], known[:, 1], left=0.0, right=0.0)


def on_grid(organism: Organism) -> np.ndarray:
    """Return the organism's growth rate on `GRID` [d-1]."""
    if organism.model.get("rate") == "table":
        return tabulated(GRID, organism.parameters("rate", Points).points)
    return np.asarray(briere(GRID, *organism.parameters("rate", Root)))


def daily_heat(organism: Organism) -> np.ndarray:
    """Return the heat above the organism's threshold on `GRID` [degC]: its mean over a day is the day's degree days."""
    lower = parameters.section(organism.path, "population")["lower"].value
    return np.maximum(GRID - lower, 0.0)
