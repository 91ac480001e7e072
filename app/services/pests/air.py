"""The hours of the run's weather at cells: observed, to come, and as they went in earlier years."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.weather import cells, ensemble, hour_shapes
from agro.weather.hour_archive import Archive
from app.services.crop_rows import SEED
from app.services.platform import Platform
from app.services.preparation import Inputs

LONG = 60  # years, a multiple of four
DAILY = ("tmin", "tmax", "tmean", "rh", "rain", "wind")


@dataclass(frozen=True)
class CellHours:
    """Hours of the cells, and the days behind them; dims (cell, [member,] day, hour) and (cell, [member,] time)."""

    hours: xr.Dataset
    days: xr.Dataset


@dataclass(frozen=True)
class Air:
    """The three parts of the calendar."""

    past: CellHours
    future: CellHours
    usual: CellHours
    own_hours: int  # days of the past whose hours were measured


def of_cells(home: Platform, inputs: Inputs, first_day: date, ahead: int) -> Air:
    """Return the hours of all cells from `first_day` to `ahead` days after the day of issue."""
    archives = _archives(home, inputs)
    own = [archives.get(station) for station in _nearest(inputs, list(archives))]
    whole = (inputs.on - first_day).days + 1 + ahead
    usual = ensemble.earlier_years(inputs.history, inputs.on, first_day, whole)
    future = inputs.ensemble.future.drop_vars(("origin", "analogue"), errors="ignore").isel(time=slice(0, ahead))
    parts = {
        "past": inputs.ensemble.observed.sel(time=slice(str(first_day), None)),
        "future": future,
        "usual": usual.drop_vars("year").assign_coords(member=np.arange(usual.sizes["member"]), time=_long_ago(usual)),
    }
    found = {name: _hours(inputs, part, own) for name, part in parts.items()}
    measured = [np.isin(_days(parts["past"]), one.days).sum() for one in own if one is not None]
    return Air(found["past"], found["future"], found["usual"], int(max(measured, default=0)))


def _days(part: xr.Dataset) -> np.ndarray:
    return part["time"].to_numpy().astype("M8[D]")


def _long_ago(part: xr.Dataset) -> np.ndarray:
    """Return days of the same season that no archive holds: other years must not take the hours of this one."""
    return np.array([day - pd.DateOffset(years=LONG) for day in part["time"].to_index()], "datetime64[ns]")


def _hours(inputs: Inputs, stations: xr.Dataset, archives: list[Archive | None]) -> CellHours:
    days = cells.at_cells(stations[list(DAILY)], inputs.stations, inputs.centres, inputs.lapse)
    made = [
        hour_shapes.shapes(days.isel(cell=[k]).drop_vars(("elevation", "distance")), archive, inputs.latitude, SEED)
        for k, archive in enumerate(archives)
    ]
    return CellHours(xr.concat(made, dim="cell", coords="minimal", compat="override"), days)


def _archives(home: Platform, inputs: Inputs) -> dict[str, Archive]:
    """Return the measured hours of the stations that have any, up to the day of issue."""
    region, found = home.store.region(), {}
    for station in inputs.stations.index:
        try:
            hourly = home.store.weather(str(station), "hourly")
        except MissingDataError:
            continue
        archive = Archive.from_hourly(hourly, region.timezone).until(inputs.on)
        if len(archive.days):
            found[str(station)] = archive
    return found


def _nearest(inputs: Inputs, stations: list[str]) -> list[str | None]:
    """Return the nearest station with hours of each cell."""
    if not stations:
        return [None] * len(inputs.centres)
    table: pd.DataFrame = inputs.stations.loc[stations]
    x, y = (inputs.centres[name].to_numpy()[:, None] - table[name].to_numpy() for name in ("x", "y"))
    return [stations[k] for k in np.hypot(x, y).argmin(axis=1)]
