"""Deeds worth trying, with days read from the state of the trees."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.farm import Viewer
from app.services import plot_season
from app.services.platform import Platform
from app.services.plot_season import MEMBERS, PlotSeason
from app.services.what_if.deeds import Deed, table
from app.services.what_if.season import harvests

SOME = 0.3  # of the cases in which a spell must show to be worth planning for
HOT = 0.75  # of growth that heat lets through
NEAR = 90  # d in which the first dry or hot spell counts; after them the worst one
DRY_FOR, HOT_FOR, BEFORE_WORST = 45, 60, 20  # d
BEFORE_HARVEST = 30  # d; what is done later hardly reaches the fruit
SHOWN = ("water_stress", "limit_heat")


def suggested(
    viewer: Viewer, home: Platform, plot_id: str, on: date | None = None, members: int = MEMBERS
) -> tuple[list[Deed], list[str]]:
    """Return one deed of every kind, and the kinds that the coming season asks for.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    """
    season = plot_season.rerun(viewer, home, plot_id, on, members=members, shown=SHOWN)
    return of(season)


def of(season: PlotSeason) -> tuple[list[Deed], list[str]]:
    """Return one deed of every kind with days from a season that was computed, and the kinds to try first."""
    tomorrow, soon = season.issued + timedelta(days=1), season.issued + timedelta(days=7)
    last = max([day for _, day in harvests(season)] or [season.issued]) - timedelta(days=BEFORE_HARVEST)
    ahead = season.daily.sel(time=slice(tomorrow.isoformat(), last.isoformat()))
    short = table()["deed"]["irrigate"]["amount"]["short"]["value"]
    dry, hot = _spell(ahead["water_stress"], short), _spell(ahead["limit_heat"], HOT)

    def within(day: date | None) -> date:
        return day if day is not None and day <= last else soon

    deeds = [
        Deed("irrigate", dry or tomorrow, (dry or tomorrow) + timedelta(days=DRY_FOR)),
        Deed("fertilise", soon),
        Deed("thin", within(_coming(season, "73", "79"))),
        Deed("shade", hot or tomorrow, (hot or tomorrow) + timedelta(days=HOT_FOR)),
        Deed("prune", within(_coming(season, "07", "07", 14))),
    ]
    first = [kind for kind, day in (("irrigate", dry), ("shade", hot)) if day is not None]
    return deeds, first[:1] or ["thin"]


def _spell(values: xr.DataArray, bound: float) -> date | None:
    """Return the first day of the next spell below `bound`: the soonest in the next months, else the worst ahead."""
    if not values.sizes["time"]:
        return None
    share = np.asarray((values < bound).mean("member"))
    days = values["time"].values
    near = share[:NEAR] >= SOME
    if near.any():
        return pd.Timestamp(days[int(near.argmax())]).date()
    if share.max() < SOME:
        return None
    middle = int(np.asarray(values.mean("member")).argmin())
    return pd.Timestamp(days[max(middle - BEFORE_WORST, 0)]).date()


def _coming(season: PlotSeason, event: str, until: str, before: int = 0) -> date | None:
    """Return the middle of the next date of a stage (or `before` days earlier); tomorrow between it and `until`."""
    for year in season.dates["season"].values:
        day, end = (_middle(season, int(year), name) for name in (event, until))
        if day is None:
            continue
        if (day := day - timedelta(days=before)) > season.issued:
            return day
        if end is not None and end > season.issued + timedelta(days=BEFORE_HARVEST):
            return season.issued + timedelta(days=1)
    return None


def _middle(season: PlotSeason, year: int, event: str) -> date | None:
    """Return the day by which half of the members come to a stage."""
    moments = season.dates.sel(season=year, event=event).to_series().sort_values()
    half = moments.iloc[(len(moments) - 1) // 2]
    return half.date() if pd.notna(half) else None
