"""The numbers of `condition.toml`, each section as one small record."""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters

FILE = Path(__file__).parent.parent / "condition.toml"


class HistoryRules(NamedTuple):
    """A plot against its own history: watch, A and B."""

    watch_z: Annotated[float, "1"]
    watch_drop: Annotated[float, "1"]
    watch_run: Annotated[int, "1"]
    a_z: Annotated[float, "1"]
    a_drop: Annotated[float, "1"]
    a_run: Annotated[int, "1"]
    b_z: Annotated[float, "1"]
    b_drop: Annotated[float, "1"]
    b_run: Annotated[int, "1"]
    apart: Annotated[int, "d"]
    within: Annotated[int, "d"]
    least_years: Annotated[float, "year"]
    b_years: Annotated[float, "year"]
    season: Annotated[int, "d"]
    raw_factor: Annotated[float, "1"]
    seen_together: Annotated[int, "1"]
    recovered_z: Annotated[float, "1"]


class DeclineRules(NamedTuple):
    """The sum that finds a slow decline."""

    slack: Annotated[float, "1"]
    clip: Annotated[float, "1"]


class NeighbourRules(NamedTuple):
    """A plot that stays below similar ones."""

    window: Annotated[int, "d"]
    fewest: Annotated[int, "1"]
    quantile: Annotated[float, "1"]
    spread: Annotated[float, "1"]
    seasons: Annotated[int, "1"]
    weak_seasons: Annotated[int, "1"]


class WithinRules(NamedTuple):
    """A part of a plot that is lower than the rest, newly or always."""

    least_area: Annotated[float, "m2"]
    dates: Annotated[int, "1"]
    quarter_dates: Annotated[int, "1"]
    z: Annotated[float, "1"]
    z_large: Annotated[float, "1"]
    large: Annotated[float, "m2"]
    drop: Annotated[float, "1"]
    of_last: Annotated[int, "1"]
    low_dates: Annotated[int, "1"]
    cells: Annotated[int, "1"]
    cell_floor: Annotated[float, "1"]
    floor: Annotated[float, "1"]
    persistent_spread: Annotated[float, "1"]
    persistent_level: Annotated[float, "1"]


class SeverityRules(NamedTuple):
    """How bad, and how sure an area is."""

    soil: Annotated[float, "1"]
    warning_loss: Annotated[float, "1"]
    severe_loss: Annotated[float, "1"]
    warning_share: Annotated[float, "1"]
    severe_share: Annotated[float, "1"]
    severe_nbr: Annotated[float, "1"]
    edge: Annotated[float, "1"]


class AlertRules(NamedTuple):
    """How often somebody is told."""

    quiet: Annotated[int, "d"]
    merge: Annotated[float, "m"]
    good_dates: Annotated[int, "1"]
    per_week: Annotated[int, "1"]


class ZoneRules(NamedTuple):
    """How a plot is cut into zones, and when it is not."""

    exponent: Annotated[float, "1"]
    starts: Annotated[int, "1"]
    tolerance: Annotated[float, "1"]
    most: Annotated[int, "1"]
    crisp_above: Annotated[int, "1"]
    silhouette: Annotated[float, "1"]
    reduction: Annotated[float, "1"]
    island: Annotated[float, "m2"]
    island_share: Annotated[float, "1"]
    majority: Annotated[int, "1"]
    simplify: Annotated[float, "m"]
    seasons: Annotated[int, "1"]
    chance: Annotated[float, "1"]
    stable: Annotated[float, "1"]


HISTORY: HistoryRules = parameters.load(FILE, "history", HistoryRules)
DECLINE: DeclineRules = parameters.load(FILE, "decline", DeclineRules)
NEIGHBOURS: NeighbourRules = parameters.load(FILE, "neighbours", NeighbourRules)
WITHIN: WithinRules = parameters.load(FILE, "within", WithinRules)
SEVERITY: SeverityRules = parameters.load(FILE, "severity", SeverityRules)
ALERTS: AlertRules = parameters.load(FILE, "alerts", AlertRules)
ZONES: ZoneRules = parameters.load(FILE, "zones", ZoneRules)
