"""A season in numbers: flush, summer level, dip, step after harvest, minimum, trend (monitoring.md 7.4).

Inputs to the grower's eye, not growth stages: the stage comes from the growth model. Dates carry a bootstrap interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from remote_sensing import whittaker
from remote_sensing.series.baseline_kernel import TO_SD
from remote_sensing.series.curve import SmoothCurve
from remote_sensing.series.rules import CURVE, SEASON

WINDOWS = {
    "spring_rise": ((3, 1), (5, 31)), "summer_level": ((7, 1), (8, 31)), "october_dip": ((9, 1), (11, 30)),
    "mean": ((1, 1), (12, 31)), "minimum": ((1, 1), (12, 31)),
}  # fmt: skip
"""First and last month and day in which a measure is looked for, both included."""


@dataclass(frozen=True)
class SeasonMeasures:
    """Measures of all whole years of a curve.

    Attributes
    ----------
    table : DataFrame
        year, measure ("spring_rise" [index per 30 d], "summer_level", "october_dip" [depth below the lower shoulder],
        "harvest_step", "mean", "minimum"), value, low, high (central 90 %, by the basic bootstrap); date, early, late
        (datetime64, NaT for measures without a date), precision ("day"; "month" where the interval is wider than +-20
        days; "" without a date), counts (a turning point stands out of the noise; True for levels).
    trend, trend_low, trend_high : float
        Median slope between yearly means [index per year] and its interval; NaN with fewer than four years.
    """

    table: pd.DataFrame
    trend: float
    trend_low: float
    trend_high: float


def season_measures(curve: SmoothCurve, harvests: Sequence[date] = (), seed: int = 0) -> SeasonMeasures:
    """Return the measures of every year that the curve covers well enough.

    Parameters
    ----------
    curve : SmoothCurve
    harvests : sequence of date
        End of harvest, from the farm log; without them no step is told.
    seed : int
        Of the bootstrap, which draws residuals, adds them to the curve and smooths again.
    """
    rows, means = [], {}
    if len(curve.days):
        draws = np.vstack([curve.value, _draws(curve, seed)])
        for year in range(_year(curve.days[0]), _year(curve.days[-1]) + 1):
            for name, (begin, end) in WINDOWS.items():
                part = _window(curve, _day(year, *begin), _day(year, *end))
                if part is None:
                    continue
                values, dates = _measured(name, curve, draws, part)
                rows.append(_row(year, name, values, dates, curve, draws, part))
                if name == "mean":
                    means[year] = values
        rows += [row for day in harvests if (row := _step(curve, np.datetime64(day, "D"), seed)) is not None]
    columns = ["year", "measure", "value", "low", "high", "date", "early", "late", "precision", "counts"]
    return SeasonMeasures(pd.DataFrame(rows, columns=columns), *_trend(means))


def _draws(curve: SmoothCurve, seed: int) -> np.ndarray:
    """Return (draw, day): curves through the curve plus residuals drawn with replacement."""
    at = (curve.seen - curve.days[0]).astype(int)
    drawn = np.random.default_rng(seed).choice(curve.residual, (SEASON.draws, len(at)))
    y = curve.value[at] + drawn
    return whittaker.smooth_robust(y, curve.seen_weight, CURVE.stiffness, at, floor=CURVE.floor)


def _window(curve: SmoothCurve, first: np.datetime64, last: np.datetime64) -> np.ndarray | None:
    """Return the places of the curve's days in a window, those in gaps left out; None where too many are."""
    asked = int((last - first).astype(int)) + 1
    inside = np.flatnonzero((curve.days >= first) & (curve.days <= last) & ~curve.dashed)
    return inside if len(inside) >= SEASON.known * asked else None


def _measured(name: str, curve: SmoothCurve, draws: np.ndarray, part: np.ndarray):
    """Return (draw,) values and places of the dates (None for a level); the first is the curve's own."""
    values = draws[:, part]
    if name in ("summer_level", "mean"):
        return values.mean(axis=1), None
    if name == "spring_rise":
        slope = 30.0 * np.gradient(draws, axis=1)[:, part]
        at = slope.argmax(axis=1)
        return slope.max(axis=1), part[at]
    at = part[values.argmin(axis=1)]
    lowest = values.min(axis=1)
    return (_depth(draws, at, part) if name == "october_dip" else lowest), at


def _depth(draws: np.ndarray, at: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return how far each curve lies below its lower shoulder at `at`."""
    begin, end = max(part[0] - SEASON.shoulder, 0), min(part[-1] + SEASON.shoulder, draws.shape[1] - 1)
    lowest = draws[np.arange(len(draws)), at]
    left = np.array([one[begin : k + 1].max() for one, k in zip(draws, at, strict=True)])
    right = np.array([one[k : end + 1].max() for one, k in zip(draws, at, strict=True)])
    return np.minimum(left, right) - lowest


def _row(year, name, values, places, curve, draws, part) -> dict:
    # a curve through a curve is smoother still: what that takes off is taken to be what the curve lost before
    high, low = 2 * values[0] - np.quantile(values[1:], _tails())
    row = {"year": year, "measure": name, "value": values[0], "low": low, "high": high}
    if places is None:
        return row | {"date": NO_DAY, "early": NO_DAY, "late": NO_DAY, "precision": "", "counts": True}
    early, late = np.quantile(places[1:], _tails())
    sure = max(places[0] - early, late - places[0]) <= SEASON.month_only
    day = curve.days[places[0]]
    stands_out = True
    if name in ("october_dip", "minimum"):
        stands_out = bool(_depth(draws[:1], places[:1], part)[0] >= _prominence(curve, day))
    return row | {
        "date": day, "early": curve.days[0] + int(np.floor(early)), "late": curve.days[0] + int(np.ceil(late)),
        "precision": "day" if sure else "month", "counts": stands_out,
    }  # fmt: skip


def _prominence(curve: SmoothCurve, day: np.datetime64) -> float:
    """Return the least prominence of a turning point on a day: 0.03, or more where observations are few or noisy."""
    s = TO_SD * np.median(np.abs(curve.residual))
    near = (np.abs((curve.seen - day).astype(int)) <= SEASON.around).sum()
    return max(SEASON.prominence, 2.0 * s / np.sqrt(max(near, 1)))


def _step(curve: SmoothCurve, day: np.datetime64, seed: int) -> dict | None:
    """Return the change from the month before a harvest to the month after, of what was seen: curves blur a step."""
    age = (curve.seen - day).astype(int)
    before, after = (curve.seen_value[(age >= a) & (age <= b)] for a, b in ((-30, -1), (5, 35)))
    if min(len(before), len(after)) < 2:
        return None
    drawn = np.random.default_rng(seed)
    value = after.mean() - before.mean()
    draws = [drawn.choice(one, (SEASON.draws, len(one))).mean(axis=1) for one in (after, before)]
    low, high = np.quantile(draws[0] - draws[1], _tails())
    return {
        "year": _year(day), "measure": "harvest_step", "value": value, "low": low, "high": high, "date": day,
        "early": day, "late": day, "precision": "day", "counts": bool(abs(value) >= _prominence(curve, day)),
    }  # fmt: skip


def _trend(means: dict[int, np.ndarray]) -> tuple[float, float, float]:
    """Return Theil and Sen's slope over yearly means and its interval."""
    if len(means) < SEASON.trend_years:
        return (float("nan"),) * 3
    years = sorted(means)
    pairs = [(a, b) for k, a in enumerate(years) for b in years[k + 1 :]]
    slopes = np.median([(means[b] - means[a]) / (b - a) for a, b in pairs], axis=0)
    low, high = np.quantile(slopes[1:], _tails())
    return float(slopes[0]), float(low), float(high)


NO_DAY = np.datetime64("NaT", "D")


def _tails() -> tuple[float, float]:
    return 0.5 - SEASON.coverage / 2, 0.5 + SEASON.coverage / 2


def _day(year: int, month: int, day: int) -> np.datetime64:
    return np.datetime64(date(year, month, day), "D")


def _year(day: np.datetime64) -> int:
    return int(day.astype("datetime64[Y]").astype(int)) + 1970
