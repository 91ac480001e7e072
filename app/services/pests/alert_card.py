"""One alert as it is told, of a pest or of weak growth: what, why, what to do, until when, how sure."""

from dataclasses import dataclass
from datetime import date

from pest_warning.organism import Words

CONDITION = "condition"
"""Stands for an organism in alerts of weak growth."""


@dataclass(frozen=True)
class Alert:
    """One organism on the plots of one farm, or of the region for who watches over all.

    Attributes
    ----------
    key : str
        Names the card: "farm|organism|level", or "region|organism|level".
    keys : tuple of str
        What a mark is set on: "plot|organism|level" of each plot, or the region's own key.
    organism : str
        Its key; `CONDITION` for weak growth that pictures show, whatever is behind it.
    red : bool
        High, and of a model that was not demoted.
    calibrated : bool
        Whether the level rests on local observations.
    names : tuple of str
        Plots of the alert, the worst first; of a region its farms.
    """

    key: str
    keys: tuple[str, ...]
    organism: str
    quarantine: bool
    level: int
    red: bool
    calibrated: bool
    plots: tuple[tuple[str, str], ...]  # id, name
    names: tuple[str, ...]
    head: Words
    why: Words
    do: Words
    until: date
    sure: Words
