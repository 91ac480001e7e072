"""Stages, fruit, sugar, yield, water and nutrients of citrus, from weather, terrain and soil."""

from growth_model.cultivar import Cultivar, find, load, names, perturbed
from growth_model.engine import DAILY, BalanceError, Season, State, run
from growth_model.limits import calibration_state, limits
from growth_model.orchard import place_rows
from growth_model.season_dataset import season
from growth_model.stages import EVENTS

__all__ = [
    "DAILY",
    "EVENTS",
    "BalanceError",
    "Cultivar",
    "Season",
    "State",
    "calibration_state",
    "find",
    "limits",
    "load",
    "names",
    "perturbed",
    "place_rows",
    "run",
    "season",
]
