"""What people wrote down, as the engines read it: sprays, counts, and what confirmed places press on their neighbours.

Only what was known on the day of issue counts, so that a day that is computed again says what it could have said.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from agro.protection.samples import RELEASED
from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.platform import Platform
from pest_warning import neighbours, organism
from pest_warning.arrival import Arrival
from pest_warning.inoculum import Absent, form_of
from pest_warning.organism import Organism
from pest_warning.setting import Spray

WORN = 150  # days before the calendar: what was sprayed earlier works no more
YEAR = 365.0  # d
SEASON = 400  # days before the day of issue in which a record counts as a diary


@dataclass(frozen=True)
class Records:
    """Sprays by position of the plot, counts, pressure by organism, and whose diary holds anything at all."""

    sprays: dict[int, list[Spray]]
    counts: pd.DataFrame
    pressure: dict[str, np.ndarray]
    recorded: np.ndarray


def of_plots(home: Platform, plots: gpd.GeoDataFrame, first_day: date, on: date) -> Records:
    """Return the records of the plots up to the day `on`; days count from `first_day`."""
    position = {identity: k for k, identity in enumerate(plots["id"])}
    treatments = home.store.treatments(EVERYTHING, end=on)
    treatments = treatments[~treatments["again"]]
    counts = home.store.counts(EVERYTHING, end=on)
    counts = counts[~counts["organism"].isin(protection.secret())]  # what is nobody's business moves nobody's forecast
    confirmed = _confirmed(home, on)
    recorded = np.zeros(len(plots), bool)
    for table in (treatments, counts):
        recent = table[pd.to_datetime(table["date"]) >= pd.Timestamp(on) - pd.Timedelta(days=SEASON)]
        recorded[[position[plot] for plot in recent["plot"].unique() if plot in position]] = True
    return Records(
        _sprays(treatments, position, first_day), _counts(counts, confirmed, position, first_day),
        _pressure(home, plots, counts, confirmed, on), recorded,
    )  # fmt: skip


@cache
def targets_of(groups: tuple[str, ...]) -> tuple[str, ...]:
    """Return the organisms whose control names one of these groups: what a spray without a named target works on."""
    return tuple(
        one.key for one in organism.catalogue() if any(set(groups) & set(control.groups) for control in one.controls)
    )


def _sprays(table: pd.DataFrame, position: dict[str, int], first_day: date) -> dict[int, list[Spray]]:
    found: dict[int, list[Spray]] = {}
    for row in table.itertuples():
        day = (pd.Timestamp(row.date).date() - first_day).days
        if row.plot not in position or row.kind not in ("spray", "bait") or day < -WORN:
            continue
        groups = tuple(row.groups) or (("bait",) if row.kind == "bait" else ("unknown",))
        targets = tuple(row.targets) or targets_of(groups)
        found.setdefault(position[row.plot], []).append(Spray(day, groups, targets, float(row.share)))
    return found


def _confirmed(home: Platform, on: date) -> pd.DataFrame:
    """Return the samples that were confirmed by that day and that may be spoken of."""
    samples = home.store.samples(EVERYTHING, None, for_neighbours=True)
    quarantine = protection.embargoed()
    days: list[date | None] = []
    for row in samples.itertuples():
        by_then = [step for step in row.steps if step.date <= on]
        states = [step.state for step in by_then if step.state != RELEASED]
        spoken = row.organism not in quarantine or any(step.state == RELEASED for step in by_then)
        told = [step.date for step in by_then if step.state == "confirmed"]
        days.append(told[-1] if told and spoken and states[-1] == "confirmed" else None)
    known = samples.assign(date=pd.to_datetime(pd.Series(days, index=samples.index, dtype=object)))
    return known[known["date"].notna()]


def _counts(table: pd.DataFrame, confirmed: pd.DataFrame, position: dict[str, int], first_day: date) -> pd.DataFrame:
    """Return the counts; a confirmed sample counts as one of ten units, five of them infested: it was looked for."""
    found = confirmed[["plot", "organism", "date"]].assign(
        method="tree", n=10, infested=5, total=None, days=None
    )  # fmt: skip
    table = pd.concat([_of_the_plot(table)[list(found.columns)], found], ignore_index=True)
    known = table[table["plot"].isin(position)]
    day = (pd.to_datetime(known["date"]) - pd.Timestamp(first_day)).dt.days
    return pd.DataFrame({
        "plot": known["plot"].map(position).astype(int), "organism": known["organism"], "day": day,
        "method": known["method"], **{name: _number(known[name]) for name in ("n", "infested", "total", "days")},
    }).reset_index(drop=True)  # fmt: skip


def _of_the_plot(table: pd.DataFrame) -> pd.DataFrame:
    """Return the counts that speak of the plot: an untreated strip does so only where nothing else was counted."""
    strip = table["treated"].eq(False).fillna(False).to_numpy(bool)
    whole = set(zip(table["plot"][~strip], table["organism"][~strip], strict=True))
    alone = [(plot, key) not in whole for plot, key in zip(table["plot"], table["organism"], strict=True)]
    return table[~strip | np.array(alone, bool)]


def _number(values: pd.Series) -> np.ndarray:
    return pd.array(values, dtype="Float64").to_numpy(float, na_value=np.nan)


def _pressure(
    home: Platform, plots: gpd.GeoDataFrame, counts: pd.DataFrame, samples: pd.DataFrame, on: date
) -> dict[str, np.ndarray]:
    """Return what finds press on the plots, by organism; finds under embargo press on nobody."""
    middle = plots.geometry.representative_point()
    place = dict(zip(plots["id"], zip(middle.x, middle.y, strict=True), strict=True))
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", home.store.region().crs, always_xy=True)
    x, y = to_grid.transform(middle.x.to_numpy(), middle.y.to_numpy())
    found = {}
    for one in organism.catalogue():
        near = _reach(one)
        if near is None:
            continue
        finds = [
            (*((row.longitude, row.latitude) if pd.notna(row.longitude) else place[row.plot]), _left(row.date, on))
            for row in samples[samples["organism"] == one.key].itertuples()
            if pd.notna(row.longitude) or row.plot in place
        ]
        own = np.zeros(len(plots))
        found_there = np.nan_to_num(_number(counts["infested"])) + np.nan_to_num(_number(counts["total"])) > 0
        seen = counts[(counts["organism"] == one.key) & found_there]
        own[np.isin(plots["id"], seen["plot"].unique())] = 1.0
        pressed = own
        if finds:
            fx, fy = to_grid.transform([f[0] for f in finds], [f[1] for f in finds])
            pressed = np.maximum(
                own, neighbours.pressure(x, y, np.array(fx), np.array(fy), [f[2] for f in finds], near)
            )
        found[one.key] = pressed
    return found


def _left(found: pd.Timestamp, on: date) -> float:
    """Return how strong a find still is: what was confirmed a year ago and not seen again presses a third as much."""
    return float(np.exp(-(pd.Timestamp(on) - found).days / YEAR))


def _reach(one: Organism) -> float | None:
    """Return how far a find presses [m]; None for organisms that are about anyway."""
    if one.engine == "infection" and isinstance(form_of(one), Absent):
        return form_of(one).near
    if one.engine == "population" and one.model["family"] == "arrival":
        return one.parameters("arrival", Arrival).near
    return None
