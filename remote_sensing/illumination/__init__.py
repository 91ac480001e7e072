"""The light of the relief: how the sun falls on a scene's ground, and reflectance freed from it."""

from remote_sensing.illumination.correction import METHODS, Correction, corrected
from remote_sensing.illumination.incidence import cos_i, cos_incidence
from remote_sensing.illumination.report import REASONS, report, sentence
from remote_sensing.illumination.settings import settings
from remote_sensing.illumination.sun import SceneSun, scene_sun

__all__ = [
    "METHODS", "REASONS", "Correction", "SceneSun", "corrected", "cos_i", "cos_incidence", "report", "scene_sun",
    "sentence", "settings",
]  # fmt: skip
