"""Past seasons replayed: what would have been said on each day, from nothing that was known later."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import InputError, MissingDataError, NotFoundError
from agro.farm import Viewer
from agro.store import rights
from app.services import preparation, station_weather
from app.services.pests import run, standing
from app.services.platform import Platform
from app.services.preparation import Inputs
from pest_warning import outlook
from pest_warning.organism import Organism

EVERY = 15  # days
SEASONS = 10  # pests specification 7: hindcast every 15 days, at least ten years
WEATHER = ("forecast", "perfect")
FIRST, LAST = (2, 15), (11, 30)  # of a season: outside of it hardly anything is scouted


def days_of(first_year: int, last_year: int, every: int = EVERY, until: date | None = None) -> list[date]:
    """Return the issue days of some seasons, every so many days from mid-February to the end of November."""
    found = []
    for year in range(first_year, last_year + 1):
        day = date(year, *FIRST)
        while day <= date(year, *LAST) and (until is None or day <= until):
            found.append(day)
            day += timedelta(days=every)
    return found


def season_days(
    home: Platform, first_year: int | None, last_year: int | None, every: int = EVERY, weather: str = "forecast"
) -> list[date]:
    """Return the issue days of some seasons that have observed weather, by default the last `SEASONS`.

    With perfect weather the days that an outlook looks ahead have to be observed too.

    Raises
    ------
    InputError
        When no day is left.
    """
    history = station_weather.history(home, station_weather.stations(home, home.store.region().crs))
    observed = history["time"].to_index()[history["tmax"].notnull().any("station").to_numpy()]
    first, last = observed[0].date(), observed[-1].date()
    until = last - timedelta(days=outlook.AHEAD + 2) if weather == "perfect" else last
    to = until.year if last_year is None else last_year
    since = max(to - SEASONS + 1, first.year) if first_year is None else first_year
    days = [day for day in days_of(since, to, every, until) if day >= first]
    if not days:
        raise InputError(
            f"no day from {since} to {to} can be replayed; the observed weather reaches from {first} to {last}",
            zh=f"{since} 至 {to} 年没有可回放的日子；有观测的日期为 {first} 至 {last}",
        )
    return days


def plots_of(home: Platform, farm: str) -> list[str]:
    """Return the ids of the plots of a farm, by its name or id.

    Raises
    ------
    NotFoundError
        When there is no such farm.
    """
    plots = home.store.plots(rights.EVERYTHING)
    mine = plots[(plots["farm"] == farm) | (plots["farm_name"] == farm)]
    if not len(mine):
        known = sorted(set(plots["farm_name"]))
        raise NotFoundError(
            f"no farm '{farm}'; there are {', '.join(known[:20])}",
            zh=f"没有果园“{farm}”；现有：{'、'.join(known[:20])}",
        )
    return [str(plot) for plot in mine["id"]]


def replay(
    viewer: Viewer,
    home: Platform,
    days: Sequence[date],
    *,
    members: int = 20,
    plots: Sequence[str] | None = None,
    organisms: tuple[Organism, ...] | None = None,
    weather: str = "forecast",
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> pd.DataFrame:
    """Compute and keep the pest outlook of past days.

    Parameters
    ----------
    days : sequence of date
        Days of issue. Weather, sprays, counts, samples, forecasts and fits after a day are not looked at.
    plots : sequence of str, optional
        Ids; all by default.
    weather : str
        "forecast": the archived forecast of the day where there is one, then earlier years. "perfect": the weather
        that came, which measures the model and not the forecast.

    Returns
    -------
    DataFrame
        One row a day: day, weather (what it really knew; "none" where too little was known to say anything), rows.
        What an earlier replay of the day said of other plots and organisms is kept beside.

    Raises
    ------
    InputError
        For another kind of weather, or a day outside the observed weather; with "perfect" the `outlook.AHEAD` days
        after it have to be observed too.
    MissingDataError
        When nothing could be said on any of the days.
    """
    rights.require(viewer, "run.start")
    if weather not in WEATHER:
        raise InputError(
            f"unknown weather '{weather}'; known: {', '.join(WEATHER)}",
            zh=f"不认识的气象方式“{weather}”；可用：{'、'.join(WEATHER)}",
        )
    whole = plots is None and organisms is None
    earlier = pd.DataFrame() if whole else home.store.pest_forecasts(rights.EVERYTHING)
    kept, missing = [], None
    for done, day in enumerate(days):
        progress(done, len(days), f"回放 replaying {day}")
        try:
            inputs = preparation.prepare(home, day, members if weather == "forecast" else 1, plots)
        except MissingDataError as error:  # the first years have no earlier ones to draw on
            missing = error
            kept.append((day, "none", 0))
            continue
        knew = "forecast" if (inputs.ensemble.future["origin"] == "forecast").any() else "years"
        if weather == "perfect":
            inputs, knew = _with_what_came(home, inputs, plots), "perfect"
        table = standing.applied(home, day, run.warn(home, inputs, organisms).table)
        home.store.save_replay(day, knew, _beside(earlier, day, knew, table), by=viewer)
        kept.append((day, knew, len(table)))
    if missing is not None and all(row[1] == "none" for row in kept):
        raise missing
    progress(len(days), len(days), "")
    return pd.DataFrame(kept, columns=["day", "weather", "rows"])


def _beside(earlier: pd.DataFrame, day: date, knew: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a replay with what an earlier one of that day said of other plots and organisms."""
    if not len(earlier):
        return table
    then = earlier[(earlier["issued"] == pd.Timestamp(day)) & (earlier["weather"] == knew)]
    again = pd.MultiIndex.from_frame(table[["plot", "organism"]])
    then = then[~pd.MultiIndex.from_frame(then[["plot", "organism"]]).isin(again)]
    return pd.concat([table, then[table.columns]], ignore_index=True) if len(then) else table


def _with_what_came(home: Platform, inputs: Inputs, plots: Sequence[str] | None) -> Inputs:
    """Return the inputs with the weather that came in place of what was foreseen."""
    until = inputs.on + timedelta(days=outlook.AHEAD + 2)
    later = preparation.prepare(home, until, 1, plots)
    after = slice(str(inputs.on + timedelta(days=1)), str(until))

    def came(observed: xr.Dataset, like: xr.Dataset) -> xr.Dataset:
        days = observed.sel(time=after).expand_dims(member=1, axis=1)
        origin = xr.DataArray(np.full(days.sizes["time"], "observed"), dims="time")
        return days.assign_coords(member=[0], origin=origin)[list(like.data_vars)]

    stations = replace(inputs.ensemble, future=came(later.ensemble.observed, inputs.ensemble.future))
    return replace(inputs, ensemble=stations, future=came(later.observed, inputs.future))
