"""The sums behind the scores: probabilities by the calibration of each season, verdicts from the seasons before it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from agro.store.disclosure import disclosed
from agro.store.rights import EVERYTHING
from app.services.pests import pairs as paired
from app.services.platform import Platform
from pest_warning import organism
from pest_warning.organism import HORIZONS
from pest_warning.skill import (
    Calibration,
    calibrate,
    censored,
    climatological_frequency,
    reliability_diagram,
)
from pest_warning.skill import scores as scored
from pest_warning.skill import verdict as judged

REAL = "real"
"""All forecasts but those with perfect weather: what was issued, and replays of what could have been."""
KEYS = ["organism", "horizon", "district"]
CELLS = ("hits", "misses", "false_alarms", "correct_negatives")
SAME = 0.001  # two probabilities no farther apart say the same: a tie must not look like skill
HALF_MONTHS = (8, 23)  # the days of a month for which a usual frequency is kept


def with_probabilities(pairs: pd.DataFrame, calibrations: dict[str, list[Calibration]]) -> pd.DataFrame:
    """Return pairs with the probability that the calibration of their season gives; NaN before the first."""
    pairs = pairs.assign(p=float("nan"))
    for key, seasons in calibrations.items():
        name, horizon = key.split(":")
        for one in seasons:
            year = int(str(one.valid_from)[:4])
            rows = (pairs["organism"] == name) & (pairs["horizon"] == int(horizon)) & (pairs["year"] == year)
            if rows.any():
                pairs.loc[rows, "p"] = one.predict(pairs.loc[rows, ["index", "issued"]])
    return pairs


def with_usual(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs whose usual frequency is the better of two: the site's own, and the month's over all sites.

    A calibration knows the months of all sites. An index of pure noise would beat the frequency of a single site by
    that alone, so the calibration without its index stands against it too; which of the two did better in earlier
    seasons is the one to beat. A probability that tells no more than the month is set to it.
    """
    if not len(pairs):
        return pairs
    calendar = with_probabilities(pairs, calibrations_of(pairs.assign(index=1.0)))["p"]
    own = pairs["climatology"].astype(float)
    both = calendar.notna() & own.notna() & ~censored(pairs)
    errors = [(said - pairs["observed"]).astype(float) ** 2 for said in (own, calendar)]
    lost = (errors[0] - errors[1]).where(both, 0.0)  # by the site's own
    keys = ["organism", "horizon", "year"]
    by_year = lost.groupby([pairs[key] for key in keys]).sum()
    earlier = by_year.groupby(level=[0, 1]).cumsum() - by_year
    own_first = pd.MultiIndex.from_frame(pairs[keys]).map((earlier < 0).to_dict()).to_numpy(bool)
    same = (pairs["p"] - calendar).abs() < SAME
    return pairs.assign(climatology=own.where(own_first | calendar.isna(), calendar), p=pairs["p"].mask(same, calendar))


def _seasons(pairs: pd.DataFrame) -> list[date]:
    """Return the days from which what earlier seasons taught is in force, the season to come among them."""
    seasons = paired.years(pairs)
    return [date(year, 1, 1) for year in [*seasons[1:], seasons[-1] + 1]] if seasons else []


def calibrations_of(pairs: pd.DataFrame) -> dict[str, list[Calibration]]:
    """Return {"organism:horizon": calibrations of all seasons that have one}."""
    found: dict[str, list[Calibration]] = {}
    for one in organism.catalogue():
        link = "log" if one.engine == "infection" else "logit"
        for horizon in HORIZONS:
            some = pairs[(pairs["organism"] == one.key) & (pairs["horizon"] == horizon)]
            fits = [calibrate(some, day, link) for day in _seasons(pairs)] if len(some) else []
            if known := [fit for fit in fits if fit is not None]:
                found[f"{one.key}:{horizon}"] = known
    return found


def verdicts_of(pairs: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the verdicts of each season, from the windows that had ended before it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for day in _seasons(pairs):
        earlier = paired.before(pairs, day)
        if not len(earlier):
            continue
        frozen = judged(scored(earlier))
        for row in frozen[frozen["district"] == ""].itertuples():
            some = earlier[(earlier["organism"] == row.organism) & (earlier["horizon"] == row.horizon)]
            told = some[~censored(some)]
            found.setdefault(f"{row.organism}:{row.horizon}", []).append({
                "state": str(row.state), "zh": row.zh, "en": row.en, "since": day.isoformat(),
                "base_rate": float(told["observed"].mean()) if len(told) else 0.0, "usual": _usual(told, day.year),
            })  # fmt: skip
    return found


def _usual(pairs: pd.DataFrame, year: int) -> list[list[float | None]]:
    """Return pairs of a day of the year and how often the event was usual in windows issued about then, at all sites.

    None where nobody ever looked at that time of the year.
    """
    if not len(pairs):
        return []
    days = pd.DatetimeIndex([date(year, month, day) for month in range(1, 13) for day in HALF_MONTHS])
    asked = pd.DataFrame({"plot": "", "organism": pairs["organism"].iloc[0], "horizon": pairs["horizon"].iloc[0],
                          "year": year, "issued": days})  # fmt: skip
    found = climatological_frequency(pairs, asked)
    return [
        [int(day), None if np.isnan(one) else round(float(one), 4)]
        for day, one in zip(days.day_of_year, found, strict=True)
    ]


def issued(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what was said on its day: a replay was made by who knew how it ended, and is no trial."""
    return pairs[pairs["weather"] == "issued"]


def parts_of(real: pd.DataFrame, perfect: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the pairs by what the forecasts knew of the weather, those that there are."""
    whole = [(REAL, real), *((name, real[real["weather"] == name]) for name in paired.REAL), ("perfect", perfect)]
    return ((name, one) for name, one in whole if len(one))


def scores_of(home: Platform, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of some pairs with cells, verdicts so far, and who stands behind each row."""
    table = scored(pairs)
    table = table.drop(columns="verdict").merge(judged(table), on=KEYS)
    kept = pairs[~censored(pairs)]
    cells = _cells(kept).assign(
        n_density=np.isfinite(kept[["density_p10", "density_p50", "density_p90"]]).all(axis=1),
        n_persistence=np.isfinite(kept[["p", "persistence"]]).all(axis=1),
    )
    sums = [
        cells.assign(district="").groupby(KEYS).sum(numeric_only=True),
        cells[cells["district"] != ""].groupby(KEYS).sum(numeric_only=True),
    ]
    added = [*CELLS, "n_density", "n_persistence"]
    counts = pd.concat(sums)[added].astype(int).reset_index()
    table = table.merge(counts, on=KEYS, how="left").fillna(dict.fromkeys(added, 0))
    return table.merge(_growers(home, pairs), on=KEYS, how="left")


def _cells(pairs: pd.DataFrame) -> pd.DataFrame:
    said, came = pairs["said"].to_numpy(bool), pairs["observed"].to_numpy(bool)
    values = (said & came, ~said & came, said & ~came, ~said & ~came)
    return pairs[[*KEYS, "year"]].assign(**dict(zip(CELLS, values, strict=True)))


def _growers(home: Platform, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each row of a score table whether at least five growers stand behind it, else whose they are."""
    plots = home.store.plots(EVERYTHING)[["id", "farm", "area"]].rename(columns={"id": "plot"})
    behind = pairs[[*KEYS, "plot"]].drop_duplicates().merge(plots, on="plot")
    rows = []
    for (name, horizon), some in behind.groupby(["organism", "horizon"]):
        for cell, table in (("", some.assign(district="")), (None, some)):
            safe = set(disclosed(table, "district")["district"])
            for district, one in table.groupby("district"):
                if cell == "" or district:
                    farms = "|".join(sorted(set(one["farm"].astype(str))))
                    rows.append((name, horizon, district, district in safe, "" if district in safe else farms))
    return pd.DataFrame(rows, columns=[*KEYS, "open", "farms"])


def by_year(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the four cells of each organism, horizon and year; censored pairs left out."""
    cells = _cells(pairs[~censored(pairs)])
    return cells.groupby(["organism", "horizon", "year"])[list(CELLS)].sum().astype(int).reset_index()


def reliability(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the reliability diagrams of all organisms and horizons with probabilities, bars over years."""
    kept = pairs[~censored(pairs) & np.isfinite(pairs["p"].to_numpy(float))]
    found = [
        reliability_diagram(some["p"], some["observed"], some["year"]).assign(organism=name, horizon=horizon)
        for (name, horizon), some in kept.groupby(["organism", "horizon"])
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def stacked(parts: dict[str, pd.DataFrame], of: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Return what `of` makes of each part, one below the other, with the column `weather`."""
    found = [of(one).assign(weather=name) for name, one in parts.items()]
    found = [one for one in found if len(one)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()
