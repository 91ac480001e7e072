"""Past seasons replayed: what would have been said on each day, from nothing that was known later."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import InputError
from agro.farm import Viewer
from agro.store import rights
from app.services import preparation
from app.services.pests import run, standing
from app.services.platform import Platform
from app.services.preparation import Inputs
from pest_warning import outlook
from pest_warning.organism import Organism

EVERY = 15  # days
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
        One row a day: day, weather (what it really knew), rows.

    Raises
    ------
    InputError
        For another kind of weather.
    """
    rights.require(viewer, "run.start")
    if weather not in WEATHER:
        raise InputError(
            f"unknown weather '{weather}'; known: {', '.join(WEATHER)}",
            zh=f"不认识的气象方式“{weather}”；可用：{'、'.join(WEATHER)}",
        )
    kept = []
    for done, day in enumerate(days):
        progress(done, len(days), f"回放 replaying {day}")
        inputs = preparation.prepare(home, day, members if weather == "forecast" else 1, plots)
        knew = "forecast" if (inputs.ensemble.future["origin"] == "forecast").any() else "years"
        if weather == "perfect":
            inputs, knew = _with_what_came(home, inputs, plots), "perfect"
        table = standing.applied(home, day, run.warn(home, inputs, organisms).table)
        home.store.save_replay(day, knew, table, by=viewer)
        kept.append((day, knew, len(table)))
    progress(len(days), len(days), "")
    return pd.DataFrame(kept, columns=["day", "weather", "rows"])


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
