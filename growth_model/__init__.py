"""Stages, fruit size, sugar and acid of citrus, from weather and terrain."""

from growth_model.cultivar import Cultivar, find, load, names, perturbed
from growth_model.engine import DAILY, DRIVERS, Season, State, run
from growth_model.limits import calibration, limits
from growth_model.season_dataset import season
from growth_model.stages import EVENTS

__all__ = [
    "DAILY",
    "DRIVERS",
    "EVENTS",
    "Cultivar",
    "Season",
    "State",
    "calibration",
    "find",
    "limits",
    "load",
    "names",
    "perturbed",
    "run",
    "season",
]
