"""The numbers of `series.toml`, each section as one small record."""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters

FILE = Path(__file__).parent.parent / "series.toml"


class UsableRules(NamedTuple):
    """What an observation needs before an alarm may lean on it."""

    valid_fraction: Annotated[float, "1"]
    cells: Annotated[float, "1"]
    weight: Annotated[float, "1"]


class CurveRules(NamedTuple):
    """How a curve is smoothed and which parts of it are not sure."""

    stiffness: Annotated[float, "1"]
    rounds: Annotated[int, "1"]
    tuning: Annotated[float, "1"]
    floor: Annotated[float, "1"]
    provisional: Annotated[int, "d"]
    longest_gap: Annotated[int, "d"]


class BaselineRules(NamedTuple):
    """From how many earlier values a baseline is made."""

    half_window: Annotated[int, "d"]
    fewest: Annotated[int, "1"]
    harmonics: Annotated[int, "1"]
    harmonic_fewest: Annotated[int, "1"]
    harmonic_months: Annotated[int, "1"]
    floor: Annotated[float, "1"]


class SisterRules(NamedTuple):
    """Which plots are alike."""

    age: Annotated[int, "year"]
    distance: Annotated[float, "m"]
    elevation: Annotated[float, "m"]
    exposure: Annotated[float, "1"]
    fewest: Annotated[int, "1"]
    most: Annotated[int, "1"]


class BlockRules(NamedTuple):
    """Which small plots are judged together."""

    elevation: Annotated[float, "m"]
    gap: Annotated[float, "m"]
    least: Annotated[float, "m2"]


class OffsetRules(NamedTuple):
    """When two sensors, or two orbits of one, may be joined."""

    within: Annotated[int, "d"]
    fewest: Annotated[int, "1"]
    days: Annotated[int, "1"]


class LightRules(NamedTuple):
    """When an index is said to follow the light."""

    season: Annotated[int, "d"]
    fewest: Annotated[int, "1"]
    most: Annotated[float, "1"]


class SeasonRules(NamedTuple):
    """When a turning point counts and how its date is told."""

    prominence: Annotated[float, "1"]
    draws: Annotated[int, "1"]
    coverage: Annotated[float, "1"]
    month_only: Annotated[int, "d"]
    trend_years: Annotated[int, "year"]
    shoulder: Annotated[int, "d"]
    known: Annotated[float, "1"]
    around: Annotated[int, "d"]


class ExpectedRules(NamedTuple):
    """What the expected curve takes from sisters."""

    together: Annotated[int, "1"]
    near: Annotated[int, "d"]
    band: Annotated[float, "1"]


USABLE: UsableRules = parameters.load(FILE, "usable", UsableRules)
CURVE: CurveRules = parameters.load(FILE, "curve", CurveRules)
BASELINE: BaselineRules = parameters.load(FILE, "baseline", BaselineRules)
SISTERS: SisterRules = parameters.load(FILE, "sisters", SisterRules)
BLOCK: BlockRules = parameters.load(FILE, "block", BlockRules)
OFFSET: OffsetRules = parameters.load(FILE, "offset", OffsetRules)
LIGHT: LightRules = parameters.load(FILE, "light", LightRules)
SEASON: SeasonRules = parameters.load(FILE, "season", SeasonRules)
EXPECTED: ExpectedRules = parameters.load(FILE, "expected", ExpectedRules)
