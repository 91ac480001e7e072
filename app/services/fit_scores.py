"""How well readings were foreseen that no fit had seen: coverage of the 80 % interval and skill, by kind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta, norm

from growth_model.calibration import scores
from growth_model.calibration.season import KINDS, Readings

NEAR = 20  # d: readings of others within it are the usual of a day
LEAST = 5  # readings of the cultivar itself, else those of all cultivars stand for the usual
QUANTILES = (0.1, 0.9)
YEAR = 365.25


@dataclass(frozen=True)
class Case:
    """One plot kept back: its readings, and what was said of them without any of them.

    Parameters
    ----------
    prior, said : ndarray, shape (member, datum)
        By the cultivar's file alone; by what its neighbours' fits told too.
    """

    row: int
    cultivar: str
    readings: Readings
    prior: np.ndarray
    said: np.ndarray


def table(cases: list[Case], others: Mapping[int, tuple[str, Readings]]) -> pd.DataFrame:
    """Return one row a kind of reading: coverage with its interval, errors, skill against two baselines, and counts."""
    rows = []
    for kind in KINDS:
        found = _of_kind(kind, cases, list(others.values()))
        if len(found["observed"]):
            rows.append({"kind": kind, **_scored(**found)})
    return pd.DataFrame(rows)


def by_plots(share: float, plots: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of a share as if each plot were one case: readings of one plot err together.

    >>> [round(float(bound), 3) for bound in by_plots(0.5, 10)]
    [0.187, 0.813]
    """
    inside, tail = share * plots, (1 - level) / 2
    low = beta.ppf(tail, inside, plots - inside + 1) if inside > 0 else 0.0
    high = beta.ppf(1 - tail, inside + 1, plots - inside) if inside < plots else 1.0
    return float(low), float(high)


def with_error(said: np.ndarray, sds: np.ndarray) -> np.ndarray:
    """Return what members would read, errors of the reading included; evenly spread, the same each time."""
    members = len(said)
    even = norm.ppf((np.arange(members) + 0.5) / members)
    random = np.random.default_rng(members)
    noise = np.stack([random.permutation(even) for _ in sds], axis=1) if len(sds) else np.zeros(said.shape)
    return said + sds * noise


def _of_kind(kind: str, cases: list[Case], others: list[tuple[str, Readings]]) -> dict:
    observed, said, prior, usual, last, plots = [], [], [], [], [], []
    for case in cases:
        own = np.flatnonzero(np.array(case.readings.kinds) == kind)
        whole, before = with_error(case.said, case.readings.sds), with_error(case.prior, case.readings.sds)
        for datum in own:
            observed.append(case.readings.values[datum])
            said.append(whole[:, datum])
            prior.append(before[:, datum])
            usual.append(_usual(case.cultivar, kind, case.readings.days[datum], others))
            last.append(_persistence(case, own, int(datum), others))
            plots.append(case.row)
    return {
        "observed": np.array(observed), "said": np.array(said), "prior": np.array(prior), "usual": np.array(usual),
        "last": np.array(last), "plots": np.array(plots),
    }  # fmt: skip


def _scored(observed, said, prior, usual, last, plots) -> dict[str, float]:
    whole = np.isfinite(said).all(axis=1) & np.isfinite(observed)
    low, high = (np.full(len(observed), np.nan) for _ in range(2))
    low[whole], high[whole] = np.quantile(said[whole], QUANTILES, axis=1)
    held = scores.coverage(observed, low, high)
    count = len(np.unique(plots[whole]))
    bounds = by_plots(held.share, count) if count else (0.0, 1.0)
    known = np.isfinite(prior).all(axis=1)
    by_file = (
        scores.coverage(observed[known], *np.quantile(prior[known], QUANTILES, axis=1)).share if known.any() else np.nan
    )
    out = {
        "n": held.cases, "plots": count, "share": held.share, "low": bounds[0], "high": bounds[1],
        "share_prior": by_file,
        "rmse": scores.rmse(observed[whole], np.median(said[whole], axis=1)) if whole.any() else np.nan,
        "crps": float(scores.crps(said[whole], observed[whole]).mean()) if whole.any() else np.nan,
    }  # fmt: skip
    for name, baseline in (("climatology", usual), ("persistence", last)):
        both = whole & np.isfinite(baseline)
        ours = scores.crps(said[both], observed[both]).mean() if both.any() else np.nan
        theirs = np.abs(baseline[both] - observed[both]).mean() if both.any() else np.nan
        out |= {f"against_{name}": scores.skill(float(ours), float(theirs)), f"n_{name}": int(both.sum())}
    return out


def _usual(cultivar: str, kind: str, day: int, others: Iterable[tuple[str, Readings]]) -> float:
    """Return the mean of what was read elsewhere near this day of the year, in any year; NaN where nothing was."""
    own, all_of = [], []
    for key, readings in others:
        mine = np.array(readings.kinds) == kind
        away = (readings.days[mine] - day + YEAR / 2) % YEAR - YEAR / 2
        value = readings.values[mine]
        if KINDS[kind].event:  # a date: the day of its year, brought into this one
            value, near = value - YEAR * np.round((readings.days[mine] - day) / YEAR), np.abs(away) <= 2 * NEAR
        else:
            near = np.abs(away) <= NEAR
        all_of += list(value[near])
        own += list(value[near]) if key == cultivar else []
    chosen = own if len(own) >= LEAST else all_of
    return float(np.mean(chosen)) if chosen else np.nan


def _persistence(case: Case, own: np.ndarray, datum: int, others: Iterable[tuple[str, Readings]]) -> float:
    """Return the plot's last reading of the kind plus the usual growth since; of a date, last year's."""
    kind, days = case.readings.kinds[datum], case.readings.days
    before = own[days[own] < days[datum]]
    if not len(before):
        return np.nan
    last = before[-1]
    if KINDS[kind].event:
        return float(case.readings.values[last] + YEAR * np.round((days[datum] - days[last]) / YEAR))
    if case.readings.years()[last] != case.readings.years()[datum] and kind not in ("yield", "soil_moisture"):
        return np.nan
    grown = _usual(case.cultivar, kind, days[datum], others) - _usual(case.cultivar, kind, days[last], others)
    return float(case.readings.values[last] + grown)
