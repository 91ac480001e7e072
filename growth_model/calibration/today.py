"""States put right on the day of a reading, so that the forecast of the same day starts from what was read."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from growth_model import engine
from growth_model.calibration import errors
from growth_model.calibration.enkf import enkf
from growth_model.calibration.season import KINDS, SHOWN, Readings, Setting, water_content
from growth_model.orchard import FIELDS
from growth_model.state import STATE

FRUIT = {"diameter": ("diameter", "present"), "tss": ("sugar", "ripening"), "ta": ("acid", "ripening")}
"""The column of a fruit that is read, and the one that says whether it means anything yet."""
LAYERS = ("upper", "middle", "lower")


@dataclass(frozen=True)
class Moved:
    """What one reading did to the state of its day.

    Parameters
    ----------
    kind : str
    day : int
        Since the first day.
    before, after : ndarray, shape (member,)
        What the members said would be read, and say after the update; NaN where they have no such fruit.
    """

    kind: str
    day: int
    before: np.ndarray
    after: np.ndarray


def kinds() -> tuple[str, ...]:
    """Return the kinds of observation that move a state, as the table of readings says."""
    return tuple(kind for kind, how in KINDS.items() if errors.kind(how.kind).states)


def updated(
    setting: Setting, rows, readings: Readings, *, shown=SHOWN, inflation: float = 1.03
) -> tuple[engine.Season, tuple[Moved, ...]]:
    """Return the season of crop `rows` with the state moved on each day of a reading, and what moved.

    Parameters
    ----------
    rows : ndarray, shape (member, parameter)
        Crop rows; where they were fitted, to other readings than these, or those would count twice.
    readings : Readings
        Kinds that move no state are passed over.
    inflation : float
        Of the members' deviations before each update. [1]

    Raises
    ------
    BalanceError
        When a run itself does not add up; what an update brings or takes is no part of a day's balance.
    """
    readings = readings.picked(np.isin(readings.kinds, kinds()))
    whole = setting.weather.shape[2]
    start: Any = None
    last: Any = None
    parts: list[np.ndarray] = []
    moved: list[Moved] = []
    for day in [*np.unique(readings.days), None]:
        begin = 0 if start is None else int((start.next_day - setting.first_day).astype(int))
        end = whole if day is None else int(day) + 1
        if end > begin:
            ahead = min(end + 1, whole)  # the evening's curve needs the next day's minimum
            part = replace(
                setting,
                weather=setting.weather[:, :, begin:ahead],
                practice=setting.practice[begin:ahead],
                first_day=setting.first_day + begin,
            )
            last = part.run(rows, shown=shown, start=start, days=end - begin, window=(0, end - begin))
            parts.append(last.daily)
            start = last.end
        if day is not None:
            start, done = _put_right(start, readings.picked(readings.days == day), setting.place, inflation)
            moved += done
    daily = np.concatenate(parts, axis=2)
    season = engine.Season(daily, tuple(shown), last.dates, start, setting.first_day, setting.first_day)
    return season, tuple(moved)


def _put_right(state: engine.State, readings: Readings, place, inflation: float):
    """Return the state after one day's readings, each kind moving its own columns only."""
    trees = state.trees.copy()
    done = []
    for datum, kind in enumerate(readings.kinds):
        before = _said(trees, kind, place)
        columns = [STATE.index(name) for name in errors.kind(KINDS[kind].kind).states]
        there = np.isfinite(before)
        own = np.where(there[:, None], trees[0][:, columns], np.nan)
        bounds = [_most(name, place) for name in errors.kind(KINDS[kind].kind).states]
        found = enkf(
            own, before, readings.values[datum], readings.sds[datum], inflation=inflation, low=0.0, high=bounds
        )
        trees[0][np.ix_(there, columns)] = found.state[there]
        if kind == "soil_moisture":  # the surface is part of the upper layer
            surface, upper = STATE.index("water.surface"), STATE.index("water.upper")
            trees[0][:, surface] = np.minimum(trees[0][:, surface], trees[0][:, upper])
        done.append(Moved(kind, int(readings.days[datum]), before, _said(trees, kind, place)))
    return replace(state, trees=trees), done


def _said(trees, kind, place) -> np.ndarray:
    """Return what each member says would be read now, shape (member,)."""
    if kind in FRUIT:
        value, there = (trees[0][:, STATE.index(f"growing.{name}")].astype(float) for name in FRUIT[kind])
        return np.where(there > 0, value, np.nan)
    return water_content(sum(trees[0][:, STATE.index(f"water.{name}")].astype(float) for name in LAYERS), place)


def _most(name: str, place) -> float:
    """Return the bound of a state: a layer loses at most what it holds."""
    return float(place[0, FIELDS.index(f"soil.{name.split('.')[1]}")]) if name.startswith("water.") else np.inf
