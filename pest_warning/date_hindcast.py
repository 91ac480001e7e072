"""Dates of an organism's year hindcast from the observed weather of past years, beside the dates that were seen.

The whole year's weather is known here ("perfect weather"), which tests the model and no forecast; forecasts are made in
`date_forecasts`. Days are counted in a calendar that always has 29 February (`observed_dates.position`), so that years
compare by date.
"""

import numpy as np
import pandas as pd

from agro.errors import MissingDataError
from agro.terrain.microclimate import lapse_rates
from pest_warning import timing
from pest_warning.dates import HEIGHT
from pest_warning.organism import Organism
from pest_warning.skill.density import date_scores
from pest_warning.timing import Event

LEAP_DAY = 59
GAP = 3
"""Days without weather that are filled between their neighbours; longer gaps stay gaps; judgement."""
ROUNDS = 8
"""Generations looked for, as in the outlook."""


def at_height(tmean: pd.Series, station: float, elevation: float) -> pd.Series:
    """Return daily means [degC] of a station at another elevation [m], by the lapse rate of each month."""
    day, night = lapse_rates(pd.DatetimeIndex(tmean.index).month)
    return tmean - (day + night) / 2 * (elevation - station)


def predicted(organism: Organism, tmean: pd.Series, elevation: float = HEIGHT) -> pd.DataFrame:
    """Return the dates of each year by its observed weather.

    Parameters
    ----------
    organism : Organism
        Its events that follow sums of heat; those by the calendar know no weather and are left out.
    tmean : Series
        Daily mean temperature by day, in order; gaps of at most `GAP` days are filled along a line. [degC]
    elevation : float
        Of the orchards, for the altitude coefficient of the events, which counts from `dates.HEIGHT`. [m]

    Returns
    -------
    DataFrame
        event, generation, year, day (the one on which the sum is reached), low and high (the same by the bounds of the
        amount), status: "predicted", "not reached" (in the year or in what there is of it), "weather missing".

    Raises
    ------
    MissingDataError
        When no event of the organism follows a sum of heat.
    """
    years, rows = by_year(whole(tmean)), []
    for event, generation in heat_events(organism):
        for year, means in years.items():
            days = [day_of(event, generation, means, year, elevation, of) for of in ("amount", "low", "high")]
            rows.append((event.key, generation, year, *days, _status(event, means, year, days[0])))
    table = pd.DataFrame(rows, columns=["event", "generation", "year", "day", "low", "high", "status"])
    came = table.groupby(["event", "generation"])["day"].transform(lambda days: days.notna().any())
    return table[came | (table["generation"] == 1)].reset_index(drop=True)


def compared(table: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Return predicted dates beside what was seen, one row for each observation and year.

    Parameters
    ----------
    table : DataFrame
        From `predicted`; first generations are compared.
    seen : DataFrame
        From `observed_dates.read`.

    Returns
    -------
    DataFrame
        event, year, day, low, high, first, last, form ("date" of one year, or "range" over years), error (of a date;
        from a range how far outside, 0 within; positive is late) [d], inside, and touches: whether low to high meets
        what was seen. Years without a prediction are left out.
    """
    rows = seen.assign(year=[range(a, b + 1) for a, b in zip(seen["from_year"], seen["to_year"], strict=True)])
    rows = rows.explode("year").astype({"year": int, "first": float, "last": float})
    rows["form"] = np.where((rows["first"] == rows["last"]) & (rows["from_year"] == rows["to_year"]), "date", "range")
    known = table[(table["generation"] == 1) & table["day"].notna()]
    both = known.merge(rows, on=["event", "year"])
    late, early = both["day"] - both["last"], both["day"] - both["first"]
    both["error"] = np.maximum(late, 0.0) + np.minimum(early, 0.0)
    both["inside"] = both["error"] == 0
    both["touches"] = ~(both["low"] > both["last"]) & ~(both["high"] < both["first"])
    names = ["event", "year", "day", "low", "high", "first", "last", "form", "error", "inside", "touches"]
    return both[names].sort_values(["event", "year"], ignore_index=True)


def scores(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return how good the dates of each event were, apart for observed dates and observed ranges.

    Returns
    -------
    DataFrame
        event, form, n; bias, mae [d] and within (share no more than 5 d off) of dates; inside (share of years in the
        range), first_error and last_error (earliest and latest predicted less observed) [d] of ranges. NaN in the
        other form: that a year lies in a range says nothing of how far it was off. Several ranges of an event are
        taken together for `inside` alone.
    """
    rows = []
    for (event, form), group in pairs.groupby(["event", "form"]):
        row = {"event": event, "form": form, "n": len(group)}
        if form == "date":
            found = date_scores(group["day"], group["first"])
            row |= {"bias": found.bias, "mae": found.mae, "within": found.within}
        else:
            row["inside"] = group["inside"].mean()
            if len(group[["first", "last"]].drop_duplicates()) == 1:
                row["first_error"] = group["day"].min() - group["first"].iloc[0]
                row["last_error"] = group["day"].max() - group["last"].iloc[0]
        rows.append(row)
    names = ["event", "form", "n", "bias", "mae", "within", "inside", "first_error", "last_error"]
    return pd.DataFrame(rows, columns=names)


def heat_events(organism: Organism) -> list[tuple[Event, int]]:
    """Return the events that follow sums of heat, each with its generations."""
    found = [one for one in timing.events(organism) if one.sum != "calendar"]
    if not found:
        raise MissingDataError(
            f"{organism.key}: no event follows a sum of heat, so there is nothing to hindcast",
            zh=f"{organism.name.zh}：没有按积温推算的时期，无法回报",
        )
    return [(one, k) for one in found for k in range(1, (ROUNDS if one.repeats else 1) + 1)]


def whole(tmean: pd.Series) -> pd.Series:
    """Return the days without a break in their order; gaps of at most `GAP` days between known ones are filled."""
    even = tmean.asfreq("D")
    gap = even.isna()
    length = gap.groupby((~gap).cumsum()).transform("sum")
    return even.interpolate(limit_area="inside").where(~gap | (length <= GAP))


def by_year(tmean: pd.Series) -> dict[int, np.ndarray]:
    """Return {year: means of its 366 positions}; NaN where unknown and on a 29 February that does not exist."""
    days = pd.DatetimeIndex(tmean.index)
    out = {int(year): np.full(366, np.nan) for year in sorted(days.year.unique())}
    leap = days.is_leap_year | (days.day_of_year <= LEAP_DAY)
    places = days.day_of_year.to_numpy() - np.where(leap, 1, 0)
    for year, means in out.items():
        own = days.year == year
        means[places[own]] = tmean.to_numpy(float)[own]
    return out


def _is_leap(year: int) -> bool:
    return pd.Timestamp(year, 1, 1).is_leap_year


def is_whole(means: np.ndarray, year: int, begins: int = 0) -> bool:
    """Return whether no day is missing, except a 29 February that the year does not have."""
    exists = np.arange(begins, begins + len(means)) != LEAP_DAY
    return bool(np.isfinite(means[exists | _is_leap(year)]).all())


def day_of(event: Event, generation: int, means: np.ndarray, year: int, elevation: float, of: str = "amount") -> float:
    """Return the position of the day on which the sum of a year is reached; NaN where it is not, or not known."""
    leap = _is_leap(year)
    own = means if leap else np.delete(means, LEAP_DAY)
    begins = event.start - 1
    heat = np.where(np.isnan(own), np.nan, timing.heat_of(event, own))[begins:]  # an active sum takes NaN for cold
    reached = float(timing.day_reached(heat, generation * getattr(event, of))) + begins
    # 'reached' counts whole days passed, so that the last of them is the day itself
    day = np.ceil(reached + event.altitude * (elevation - HEIGHT) / 100.0) - 1
    return float(day + (day >= LEAP_DAY and not leap))


def _status(event: Event, means: np.ndarray, year: int, day: float) -> str:
    if np.isfinite(day):
        return "predicted"
    ends = np.flatnonzero(np.isfinite(means))
    unbroken = len(ends) and is_whole(means[event.start - 1 : ends[-1] + 1], year, event.start - 1)
    return "not reached" if unbroken else "weather missing"
