"""The hours of the run's weather at cells: observed, to come, and as they went in earlier years."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.weather import cells, ensemble, hour_shapes, wetness
from agro.weather.hour_archive import Archive
from app.services.crop_rows import SEED
from app.services.platform import Platform
from app.services.preparation import Inputs

FEWEST = 24 * 30  # hours of a sensor that are believed more than the default
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
    wet_at: np.ndarray  # %, shape (cell,): humidity from which leaves are wet, fitted where a station has a sensor


def of_cells(home: Platform, inputs: Inputs, first_day: date, ahead: int) -> Air:
    """Return the hours of all cells from `first_day` to `ahead` days after the day of issue."""
    archives, bounds = _archives(home, inputs)
    near = _nearest(inputs, list(archives))
    own = [archives[station] if station else None for station in near]
    wet_at = np.array([bounds.get(station or "", wetness.default_threshold()) for station in near])
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
    return Air(found["past"], found["future"], found["usual"], int(max(measured, default=0)), wet_at)


def _days(part: xr.Dataset) -> np.ndarray:
    return part["time"].to_numpy().astype("M8[D]")


def _long_ago(part: xr.Dataset) -> np.ndarray:
    """Return days of the same season that no archive holds: other years must not take the hours of this one."""
    return np.array([day - pd.DateOffset(years=LONG) for day in part["time"].to_index()], "datetime64[ns]")


def _hours(inputs: Inputs, stations: xr.Dataset, archives: list[Archive | None]) -> CellHours:
    days = cells.at_cells(stations[list(DAILY)], inputs.stations, inputs.centres, inputs.lapse)
    whose = [id(archive) for archive in archives]
    made = []
    for one in dict.fromkeys(whose):  # cells that read one station's hours go together
        cells_of = [k for k, other in enumerate(whose) if other == one]
        some = days.isel(cell=cells_of).drop_vars(("elevation", "distance"))
        made.append(hour_shapes.shapes(some, archives[cells_of[0]], inputs.latitude, SEED))
    joined = made[0] if len(made) == 1 else xr.concat(made, dim="cell", coords="minimal", compat="override")
    return CellHours(joined.sel(cell=days["cell"]), days)


def _archives(home: Platform, inputs: Inputs) -> tuple[dict[str, Archive], dict[str, float]]:
    """Return the measured hours of the stations that have any, up to the day of issue, and what their sensors say."""
    region = home.store.region()
    found: dict[str, Archive] = {}
    bounds: dict[str, float] = {}
    for station in inputs.stations.index:
        try:
            hourly = home.store.weather(str(station), "hourly")
        except MissingDataError:
            continue
        hourly = hourly.sel(time=slice(None, pd.Timestamp(inputs.on) + pd.Timedelta(days=1)))
        if not hourly.sizes["time"]:
            continue
        archive = Archive.from_hourly(hourly, region.timezone).until(inputs.on)
        if "leaf_wetness" in hourly:
            bounds |= _sensed(str(station), hourly)
        if len(archive.days):
            found[str(station)] = archive
    return found, bounds


def _sensed(station: str, hourly: xr.Dataset) -> dict[str, float]:
    """Return the threshold that a month of sensor hours asks for; nothing with fewer."""
    known = [hourly[name].to_numpy() for name in ("rh", "rain", "leaf_wetness")]
    if np.isfinite(np.stack(known)).all(axis=0).sum() < FEWEST:
        return {}
    return {station: wetness.fitted_threshold(*known).threshold}


def _nearest(inputs: Inputs, stations: list[str]) -> list[str | None]:
    """Return the nearest station with hours of each cell."""
    if not stations:
        return [None] * len(inputs.centres)
    table: pd.DataFrame = inputs.stations.loc[stations]
    x, y = (inputs.centres[name].to_numpy()[:, None] - table[name].to_numpy() for name in ("x", "y"))
    return [stations[k] for k in np.hypot(x, y).argmin(axis=1)]
