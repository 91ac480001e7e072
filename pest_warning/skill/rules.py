"""The rules of `skill.toml`, each section as one small record."""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters

FILE = Path(__file__).parent / "skill.toml"


class IntervalRules(NamedTuple):
    """How intervals are drawn."""

    coverage: Annotated[float, "1"]
    draws: Annotated[int, "1"]
    cluster: Annotated[float, "1"]


class BaselineRules(NamedTuple):
    """What a forecast has to beat."""

    rho_week: Annotated[float, "1"]
    half_window: Annotated[int, "d"]
    pooled: Annotated[float, "1"]


class CalibrationRules(NamedTuple):
    """When an index may become a probability, and how freely it is fitted."""

    fewest_events: Annotated[int, "1"]
    isotonic_above: Annotated[int, "1"]
    slope_sd: Annotated[float, "1"]
    group_sd: Annotated[float, "1"]
    bound: Annotated[float, "1"]


class VerdictRules(NamedTuple):
    """How much must be there before a verdict falls."""

    fewest_pairs: Annotated[int, "1"]
    fewest_events: Annotated[int, "1"]
    fewest_years: Annotated[int, "year"]


class ValueRules(NamedTuple):
    """What sprays are worth."""

    fewest_pairs: Annotated[int, "1"]
    cost_loss: Annotated[float, "1"]
    efficacy_alpha: Annotated[float, "1"]
    efficacy_beta: Annotated[float, "1"]


INTERVAL: IntervalRules = parameters.load(FILE, "interval", IntervalRules)
BASELINE: BaselineRules = parameters.load(FILE, "baseline", BaselineRules)
CALIBRATION: CalibrationRules = parameters.load(FILE, "calibration", CalibrationRules)
VERDICT: VerdictRules = parameters.load(FILE, "verdict", VerdictRules)
VALUE: ValueRules = parameters.load(FILE, "value", ValueRules)
REFERENCE = parameters.section(FILE, "reference")
