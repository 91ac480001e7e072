"""What an outlook tells of one plot, organism and horizon, and how a level comes about."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from pest_warning.organism import HORIZONS, Organism

FILE = Path(__file__).with_name("outlook.toml")
AHEAD = max(HORIZONS)
VERSION = "1"
NOTHING, CANNOT, LOW, MEDIUM, HIGH = range(5)
"""Levels as IPM Decisions codes them: 0 no meaning, 1 cannot compute, 2 low, 3 medium, 4 high."""
SPREADS = ("weather", "parameters", "state")
DRIVERS = 3
COLUMNS = (
    "plot", "organism", "horizon", "level", "index", "unit", "percentile", "percentile_low", "percentile_high",
    "share", "share_low", "share_high", "p", "p_lo", "p_hi",
    *(f"{name}_{end}" for name in SPREADS for end in ("low", "high")),
    "usual", "event", "date_p10", "date_p50", "date_p90", "lead_days",
    *(f"driver{k + 1}_{part}" for k in range(DRIVERS) for part in ("key", "log", "now", "usual")),
    "calibration", "evidence", "model_version", "demoted", "recorded", "protected", "scouted",
)  # fmt: skip
"""Columns of an outlook's table. `index` is in `unit`: sums of infection (1), mites on a leaf, days to an event.
`share` is the share of all cases that pass the threshold, `share_low` and `share_high` its 80 % range over draws of
numbers and states; it is no probability; p, p_lo, p_hi are, and stand only
where the organism is calibrated. `driver*_log` add up, all of them together, to the logarithm of the mean index of the
members over that of the usual years (of dates: to that of the heat)."""


class Gate(NamedTuple):
    """Bounds of the two upper levels."""

    medium: Annotated[float, "1"]
    high: Annotated[float, "1"]


class Bounds(NamedTuple):
    """Percentiles of the two upper levels."""

    medium: Annotated[float, "%"]
    high: Annotated[float, "%"]


class Missing(NamedTuple):
    """How much may be missing."""

    most: Annotated[float, "1"]


def percentile(value, usual) -> np.ndarray:
    """Return where values stand among what is usual.

    Parameters
    ----------
    value : ndarray, shape (...)
    usual : ndarray, shape (..., year)
        Of the same window in other years.

    Returns
    -------
    ndarray, shape (...)
        Share of the years below, half of those that are equal. NaN where either is not known. [%]
    """
    value = np.asarray(value, float)[..., None]
    known = np.isfinite(usual)
    below = ((usual < value) & known).sum(axis=-1) + 0.5 * ((usual == value) & known).sum(axis=-1)
    count = known.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isnan(value[..., 0]) | (count == 0), np.nan, 100.0 * below / count)


def level_by_percentile(organism: Organism, index, percentiles, in_season, unknown) -> np.ndarray:
    """Return the level of an infection index.

    Parameters
    ----------
    index, percentiles : ndarray, shape (plot,)
        Of the middle case.
    in_season, unknown : ndarray of bool, shape (plot,)
        Whether tissue is susceptible at all; whether weather is missing.

    Returns
    -------
    ndarray of int, shape (plot,)
        Codes of IPM Decisions; the percentile decides, above a floor that the index must reach. An index that is not
        known, or that no other year stands beside, cannot be judged: it is not low.
    """
    bounds, gate = organism.parameters("bounds", Bounds), parameters.load(FILE, "gate", Gate)
    level = np.full(np.shape(index), LOW)
    level[(percentiles >= bounds.medium) & (index >= gate.medium)] = MEDIUM
    level[(percentiles >= bounds.high) & (index >= gate.high)] = HIGH
    level[np.isnan(percentiles) & (index >= gate.medium)] = CANNOT
    level[~np.asarray(in_season, bool)] = NOTHING
    level[np.asarray(unknown, bool) | np.isnan(index)] = CANNOT
    return level


def level_by_share(share, unknown, in_season=True) -> np.ndarray:
    """Return the level of a share of cases that pass a threshold, shape (plot,)."""
    gate = parameters.load(FILE, "share", Gate)
    share = np.asarray(share, float)
    level = np.where(share >= gate.high, HIGH, np.where(share >= gate.medium, MEDIUM, LOW))
    level = np.where(np.broadcast_to(in_season, share.shape), level, NOTHING)
    return np.where(np.broadcast_to(unknown, share.shape) | np.isnan(share), CANNOT, level)


def too_much_missing(values) -> np.ndarray:
    """Return whether too many of the days are unknown, of `values` with days on the last axis."""
    return np.isnan(values).mean(axis=-1) > parameters.load(FILE, "missing", Missing).most


def sums(values) -> np.ndarray:
    """Return sums over the days on the last axis; unknown days count as the mean of the known ones.

    NaN where too many are unknown: what is missing is not a day on which nothing happens.
    """
    values = np.asarray(values)
    return np.where(too_much_missing(values), np.nan, mean(values) * values.shape[-1])


def mean(values, axis=-1) -> np.ndarray:
    """Return the mean of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis, dtype=float)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def quantiles(values, levels=(0.1, 0.5, 0.9), axis=-1) -> np.ndarray:
    """Return quantiles with the levels first; NaN where nothing is known."""
    values = np.sort(np.moveaxis(np.asarray(values), axis, -1), axis=-1)  # what is not known goes to the end
    known = np.isfinite(values).sum(axis=-1)
    found = []
    for level in levels:
        at = level * np.maximum(known - 1, 0)
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, np.maximum(known - 1, 0))
        below, above = (np.take_along_axis(values, k[..., None], axis=-1)[..., 0] for k in (low, high))
        found.append(np.where(known > 0, below + (above - below) * (at - low), np.nan))
    return np.array(found, float)


def driver_columns(named: dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the three largest drivers of each plot as columns.

    Parameters
    ----------
    named : dict
        {key: (log, now, usual)}, each of shape (plot,): the logarithm of what the factor adds, and what it is.
    """
    keys = np.array(list(named))
    logs, now, usual = (np.stack([named[key][k] for key in keys]) for k in range(3))
    size = np.round(np.abs(np.nan_to_num(logs)), 9)  # what differs by rounding alone keeps its order
    order = np.argsort(-size, axis=0, kind="stable")[:DRIVERS]
    columns: dict[str, np.ndarray] = {}
    for k in range(DRIVERS):
        if k >= len(order):
            columns |= {f"driver{k + 1}_{part}": np.full(logs.shape[1], np.nan) for part in ("log", "now", "usual")}
            columns[f"driver{k + 1}_key"] = np.full(logs.shape[1], "")
            continue
        pick = order[k], np.arange(logs.shape[1])
        columns[f"driver{k + 1}_key"] = np.where(np.isnan(logs[pick]), "", keys[order[k]])
        columns |= {
            f"driver{k + 1}_log": logs[pick],
            f"driver{k + 1}_now": now[pick],
            f"driver{k + 1}_usual": usual[pick],
        }
    return columns


def gate_of_share() -> Gate:
    """Return the bounds of a share of cases."""
    return parameters.load(FILE, "share", Gate)
