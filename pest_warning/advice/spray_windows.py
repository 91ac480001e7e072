"""Blocks of hours in which one can spray: from when to when, how good, how sure, and why they end."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from pest_warning.advice import equipment
from pest_warning.advice.equipment import GOOD, MARGINAL
from pest_warning.advice.spray_hours import HOUR, REGION, SprayHours
from pest_warning.organism import Words


@dataclass(frozen=True)
class SprayWindow:
    """One block, in local time.

    `share_good` and `share_usable` are the shares of members in which every hour of the block is good, or good or
    marginal: how far the forecasts agree, no probability.
    """

    start: datetime
    end: datetime
    hours: int
    quality: str  # "good" or "marginal"
    share_good: float
    share_usable: float
    limits: Words | None  # what keeps a marginal block from being good
    ends: Words  # why it ends


def windows(table: SprayHours, zone: str = REGION) -> tuple[SprayWindow, ...]:
    """Return the blocks of hours in which one can spray, in time.

    Parameters
    ----------
    table : SprayHours
        With members or without, of one place.
    zone : str
        In which the orchard's clocks run.

    Returns
    -------
    tuple of SprayWindow
        At least 2 h long. Hours are good where 70 % of the members find them so; what is left beside good blocks, and
        good or marginal to as many members, makes marginal blocks. Both numbers stand in `equipment.toml`.
    """
    share = equipment.window().share
    good = _blocks(table.shares(GOOD) >= share)
    left = table.shares(MARGINAL) >= share
    for start, end in good:
        left[start:end] = False
    found = [_window(table, *block, "good", zone) for block in good]
    found += [_window(table, *block, "marginal", zone) for block in _blocks(left)]
    return tuple(sorted(found, key=lambda window: window.start))


def _blocks(usable) -> list[tuple[int, int]]:
    """Return (first, last + 1) of the runs of usable hours that are long enough."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], usable.astype(int), [0]])))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [(a, b) for a, b in runs if b - a >= equipment.window().least]


def _window(table, start: int, end: int, quality: str, zone: str) -> SprayWindow:
    members = table.state.reshape(-1, len(table.time))[:, start:end]
    clock = pd.DatetimeIndex(np.asarray([table.time[start], table.time[end - 1] + HOUR])).tz_localize("UTC")
    first, last = clock.tz_convert(zone).to_pydatetime()
    return SprayWindow(
        start=first,
        end=last,
        hours=end - start,
        quality=quality,
        share_good=float((members <= GOOD).all(axis=1).mean()),
        share_usable=float((members <= MARGINAL).all(axis=1).mean()),
        limits=None if quality == "good" else _limit(table, start, end),
        ends=_ending(table, end),
    )


def _limit(table, start, end):
    """Return the reason that most hours of a block share, weighed by members."""
    found = [reason for hour in range(start, end) for reason in table.reasons(hour)]
    weight: dict[str, float] = {}
    for reason in found:
        weight[reason.rule] = weight.get(reason.rule, 0.0) + reason.share
    most = max(weight, key=lambda rule: weight[rule])
    return next(reason.words for reason in found if reason.rule == most)


def _ending(table, end):
    if end == len(table.time):
        return equipment.reasons()["end"]
    why = table.reasons(end)
    return why[0].words if why else equipment.reasons()["better"]
