"""Dates of an organism's year as they would have been foretold on a day: observed weather, then that of earlier years.

This is the "real forecast" beside the "perfect weather" of `date_hindcast`; days are positions as there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from pest_warning.date_hindcast import LEAP_DAY, by_year, day_of, heat_events, is_whole, whole
from pest_warning.dates import HEIGHT
from pest_warning.observed_dates import position
from pest_warning.organism import Organism
from pest_warning.outlook import quantiles
from pest_warning.skill.density import crpss, fair_crps
from pest_warning.skill.intervals import bootstrap

FEWEST = 3
"""Earlier years that make a forecast; judgement."""
DRAWS = 500
"""Of whole years, for the interval of the skill; few years allow few different draws."""


@dataclass(frozen=True)
class Issued:
    """One event as it would have been foretold on one day; days as in `observed_dates.position`."""

    event: str
    generation: int
    on: date
    members: np.ndarray  # (earlier year,), by the amount of the file
    low: float  # median of the members by the lower bound of the amount
    high: float
    earlier: np.ndarray  # (earlier year,), the model's own dates in those years
    decided: bool  # the sum had been reached by then: nothing was left to foretell


def issued(
    organism: Organism, tmean: pd.Series, days: list[tuple[int, int]], elevation: float = HEIGHT
) -> list[Issued]:
    """Return what would have been foretold in each year on each of `days`, (month, day).

    A forecast reads nothing after its day of issue: the weather up to it is followed by that of each earlier year.
    Years with fewer than `FEWEST` earlier ones that are whole, or with weather missing before the issue, have none,
    and so has an event that some earlier weather would not bring about.

    The other arguments are those of `date_hindcast.predicted`.
    """
    return [
        one
        for year in sorted(set(tmean.index.year))
        for day in days
        for one in _on(organism, tmean, date(year, *day), elevation)
    ]


def scored(forecasts: list[Issued], table: pd.DataFrame, seen: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return forecasts with their quantiles and their fair CRPS beside that of the climatology of earlier dates.

    Parameters
    ----------
    table : DataFrame
        From `predicted`: the model's own dates, against which the weather part of the forecast is scored.
    seen : DataFrame, optional
        From `observed_dates.read`: events with dates of single years are scored against these instead, and against a
        climatology of the dates seen in earlier years.

    Returns
    -------
    DataFrame
        event, generation, issued, members (their number), p10, p50, p90, low, high, decided; against ("seen" or "own"),
        came, crps and climatology [d]. NaN while fewer than two earlier dates are known.
    """
    own = table.set_index(["event", "generation", "year"])["day"]
    known = {} if seen is None else _single(seen)
    rows = []
    for one in forecasts:
        by_year = known.get(one.event, {}) if one.generation == 1 else {}
        if by_year:
            came = by_year.get(one.on.year, np.nan)
            earlier = np.array([day for year, day in by_year.items() if year < one.on.year], float)
        else:
            came, earlier = own.get((one.event, one.generation, one.on.year), np.nan), one.earlier
        spread = quantiles(one.members[None])[:, 0]
        baseline = float(fair_crps(earlier, came)) if len(earlier) > 1 else np.nan
        row = (one.event, one.generation, one.on, len(one.members), *spread, one.low, one.high, one.decided)
        rows.append((*row, "seen" if by_year else "own", came, float(fair_crps(one.members, came)), baseline))
    names = ["event", "generation", "issued", "members", "p10", "p50", "p90", "low", "high", "decided"]
    return pd.DataFrame(rows, columns=[*names, "against", "came", "crps", "climatology"])


def skill(table: pd.DataFrame) -> pd.DataFrame:
    """Return how much better than climatology the forecasts of each event and day of issue were.

    Returns
    -------
    DataFrame
        event, generation, issued (month-day), against, n (years), crps and climatology (means) [d], skill = 1 - crps /
        climatology, low and high (of its interval, from drawing years; NaN with one). Decided forecasts are left out:
        they are records, and would show a perfect skill.
    """
    fair = table[~table["decided"].astype(bool) & table["crps"].notna() & table["climatology"].notna()]
    fair = fair.assign(day=[f"{on:%m-%d}" for on in fair["issued"]], year=[on.year for on in fair["issued"]])
    rows = []
    for keys, group in fair.groupby(["event", "generation", "day", "against"], sort=True):
        found = bootstrap(lambda each: crpss(each["crps"], each["climatology"]), group, n=DRAWS)
        means = group[["crps", "climatology"]].mean()
        rows.append((*keys, len(group), *means, found.value, found.low, found.high))
    names = ["event", "generation", "issued", "against", "n", "crps", "climatology", "skill", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _on(organism: Organism, tmean: pd.Series, on: date, elevation: float) -> Iterator[Issued]:
    """Yield the forecasts of one day; nothing after it is passed on from here."""
    past = tmean.loc[: pd.Timestamp(on)]  # cut before gaps are filled: the next day would show through
    years = by_year(whole(past))
    earlier = {year: means for year, means in years.items() if year < on.year and is_whole(means, year)}
    until = position(on) + 1
    if len(earlier) < FEWEST or on.year not in years:
        return
    for event, generation in heat_events(organism):
        so_far = years[on.year]
        if not is_whole(so_far[event.start - 1 : until], on.year, event.start - 1):
            continue
        joined = [np.concatenate([so_far[:until], _with_leap_day(means)[until:]]) for means in earlier.values()]
        members, low, high = (
            np.array([day_of(event, generation, means, on.year, elevation, amount) for means in joined])
            for amount in ("amount", "low", "high")
        )
        own = np.array([day_of(event, generation, means, year, elevation) for year, means in earlier.items()])
        if np.isfinite(np.concatenate([members, low, high, own])).all():
            decided = np.isfinite(day_of(event, generation, so_far, on.year, elevation))
            yield Issued(
                event.key, generation, on, members, float(np.median(low)), float(np.median(high)), own, bool(decided)
            )


def _with_leap_day(means: np.ndarray) -> np.ndarray:
    """Return the means with a 29 February, the day before where there was none."""
    out = means.copy()
    out[LEAP_DAY] = means[LEAP_DAY - 1] if np.isnan(means[LEAP_DAY]) else means[LEAP_DAY]
    return out


def _single(seen: pd.DataFrame) -> dict[str, dict[int, float]]:
    """Return {event: {year: day}} of what was seen on a known date."""
    rows = seen[(seen["first"] == seen["last"]) & (seen["from_year"] == seen["to_year"])]
    return {
        str(event): dict(zip(group["from_year"].astype(int), group["first"].astype(float), strict=True))
        for event, group in rows.groupby("event")
    }
