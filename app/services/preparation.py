"""What a run reads: the plots' places on the mountain and the weather of their cells, observed and to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from agro.errors import InputError, MissingDataError
from agro.farm import ASSUMED_DEFAULTS, Finding
from agro.store import rights
from agro.terrain import microclimate, site_weather
from agro.weather import cells as weather_cells
from agro.weather import ensemble
from app.services import crop_rows, ground, station_weather
from app.services.crop_rows import SEED, CropRows
from app.services.platform import Platform
from growth_model import delay, orchard

HORIZON = 450  # d ahead: the latest cultivar ripens 14 months after the bloom before its own
MONTHS = np.arange(1, 13)


@dataclass(frozen=True)
class Past:
    """What a run reads of all that has been: enough for stages that are over.

    Attributes
    ----------
    places : DataFrame
        One row a place on the axes of the sites, with its cell and cultivar: for each of `delay.variants` all plots.
    history : Dataset (station, time)
        Daily weather of the stations up to the day of issue, gaps as gaps.
    stations, centres, lapse : DataFrame
        What `agro.weather.cells.at_cells` asks for.
    normal : Dataset (cell, time)
        The usual light and rain of each day of the year.
    observed : Dataset (cell, time)
        From `site_weather.sunlit`; it begins on the 1 November before the bloom whose fruit may still hang.
    horizons : ndarray, shape (place, 32)
        Height of the terrain around each place, clockwise from north. [degrees]
    outside : int
        How many plots lie beside the elevation model.
    """

    on: date
    plots: gpd.GeoDataFrame
    places: pd.DataFrame
    history: xr.Dataset
    stations: pd.DataFrame
    centres: pd.DataFrame
    lapse: pd.DataFrame
    normal: xr.Dataset
    observed: xr.Dataset
    horizons: np.ndarray
    crop_rows: CropRows
    latitude: float
    outside: int

    @property
    def plots_themselves(self) -> pd.DataFrame:
        """The places of the plots as they are, in their order."""
        return self.places.iloc[-len(self.plots) :].reset_index(drop=True)


@dataclass(frozen=True)
class Inputs(Past):
    """All that the models of one run read.

    Attributes
    ----------
    ensemble : Ensemble
        Of the stations, gaps as gaps.
    future : Dataset (cell, member, time)
        From `site_weather.sunlit`.
    findings : list of Finding
        Where the weather came from and what it had to do without.
    """

    ensemble: ensemble.Ensemble
    future: xr.Dataset
    findings: list[Finding]


def prepare(home: Platform, on: date | None, members: int, ids: Sequence[str] | None = None) -> Inputs:
    """Return the inputs of the run of one day, by default the last observed one, of all plots or those of `ids`.

    Raises
    ------
    MissingDataError
        Naming the part whose data are not there yet.
    InputError
        When `on` lies outside the observed weather.
    """
    found = past(home, on, members, ids)
    forecast = station_weather.forecast(home, found.stations, found.on)
    start = found.observed["time"].to_index()[0].date()
    weather = ensemble.build(found.history, found.on, start, HORIZON, members, forecast, SEED)
    future = _at_places(weather.future, found.stations, found.centres, found.lapse, found.normal, found.latitude)
    told = _findings(weather, forecast, found.stations, found.observed)
    return Inputs(**vars(found), ensemble=weather, future=future, findings=told)


def past(home: Platform, on: date | None, members: int, ids: Sequence[str] | None = None) -> Past:
    """Return the part of `prepare` that has been already: no days ahead are drawn, which takes longest for one plot."""
    plots = home.store.plots(rights.EVERYTHING, ids=ids)
    if not len(plots):
        raise MissingDataError(
            "no plots yet: import them with `citrus import plots FILE`",
            zh="还没有地块：请先用 `citrus import plots 文件` 导入",
        )
    region = home.store.region()
    stations = station_weather.stations(home, region.crs)
    history = station_weather.history(home, stations)
    on = _issue_date(history, on)
    history = history.sel(time=slice(None, str(on)))  # nothing that came later, not even in what is usual
    ensemble.years_to_draw_on(history, on, HORIZON)  # no whole year: told before the ground is asked for
    plots, terrain, outside = _on_the_ground(home, plots)
    latitude, x, y = _positions(plots, region.crs)
    cell, centres = weather_cells.cell_grid(x, y)
    lapse = pd.DataFrame(dict(zip(("day", "night"), microclimate.lapse_rates(MONTHS), strict=True)), index=MONTHS)
    normal = weather_cells.at_cells(_normal_year(history), stations, centres, lapse)
    known = history.reindex(time=pd.date_range(date(on.year - 2, 11, 1), on))
    observed = _at_places(known, stations, centres, lapse, normal, latitude)
    places, horizons = _places(plots, terrain, cell, latitude, on)
    rows = crop_rows.read(home, on, members, ids)
    places["fitted"] = np.tile([rows.fitted(plot) for plot in plots["id"]], len(delay.variants()))
    return Past(
        on, plots, places, history, stations, centres, lapse, normal, observed, horizons, rows, latitude, outside
    )


def _at_places(
    weather: xr.Dataset,
    stations: pd.DataFrame,
    centres: pd.DataFrame,
    lapse: pd.DataFrame,
    normal: xr.Dataset,
    latitude: float,
) -> xr.Dataset:
    """Return the stations' weather in the cells, with what its clouds mean for slopes."""
    return site_weather.sunlit(weather_cells.at_cells(weather, stations, centres, lapse), normal, latitude)


def _on_the_ground(home: Platform, plots: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, xr.Dataset, int]:
    """Return the plots inside the elevation model, their terrain, and how many lie outside."""
    terrain = ground.of_plots(home, plots)
    inside = np.isfinite(terrain["elevation"].to_numpy())
    if not inside.any():
        raise MissingDataError("no plot lies inside the elevation model", zh="没有地块落在高程数据范围内")
    return plots[inside].reset_index(drop=True), terrain.isel(plot=np.flatnonzero(inside)), int((~inside).sum())


def _issue_date(history, on: date | None) -> date:
    """Return the day of issue: as asked, or the last day on which a station had both extremes."""
    known = history["tmax"].notnull() & history["tmin"].notnull()
    days = history["time"].to_index()[known.any("station").to_numpy()]
    if not len(days):
        raise MissingDataError("the weather has no usable temperature", zh="气象数据中没有可用的气温")
    if on is None:
        return days[-1].date()
    if not days[0].date() <= on <= days[-1].date():
        raise InputError(
            f"{on} is outside the observed weather, {days[0].date()} to {days[-1].date()}",
            zh=f"{on} 不在有观测的日期之内（{days[0].date()} 至 {days[-1].date()}）",
        )
    return on


def _positions(plots, crs: str) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the mean latitude of the plots and their x, y [m]."""
    points = plots.geometry.representative_point()
    x, y = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(
        points.x.to_numpy(), points.y.to_numpy()
    )
    return float(points.y.mean()), np.asarray(x), np.asarray(y)


def _normal_year(history):
    """Return the smooth usual radiation and rain of each day of the year, as a leap year's worth of days."""
    usual = ensemble.climatology(history, ("radiation", "rain"))
    days = pd.date_range("2024-01-01", "2024-12-31")
    return (
        usual.rename(dayofyear="time").assign_coords(time=days, station=history["station"]).transpose("station", "time")
    )


def _places(
    plots: gpd.GeoDataFrame, terrain: xr.Dataset, cell: np.ndarray, latitude: float, on: date
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the plots and the seven places between each of them and the valley floor, variant by variant."""
    own = ground.places(terrain, latitude).reset_index(drop=True)
    own = own.assign(cell=cell, cultivar=plots["cultivar"].fillna(ASSUMED_DEFAULTS["cultivar"]).to_numpy())
    own = own.assign(**trees(plots, on))
    floor = ground.valley_elevation(terrain)
    around = terrain["horizon"].transpose("plot", "direction").to_numpy()
    rows, horizons = [], []
    for variant in delay.variants():
        place = own.copy()
        if "elevation" not in variant:
            place["elevation"] = floor
        if "sun" not in variant:
            place[list(ground.FLAT)] = list(ground.FLAT.values())
        if "cold" not in variant:
            place["cold"] = 1.0
        rows.append(place)
        horizons.append(around if "sun" in variant else np.zeros_like(around))
    return pd.concat(rows, ignore_index=True), np.concatenate(horizons)


def trees(plots: gpd.GeoDataFrame, on: date) -> dict[str, np.ndarray]:
    """Return age [yr], row spacing and soil depth [m] of the plots, in the steps that the model tells apart."""
    planted = plots["planted"].astype(float).fillna(ASSUMED_DEFAULTS["planted"]).to_numpy()
    spacing = np.array([ASSUMED_DEFAULTS["spacing"][0] if pair is None else pair[0] for pair in plots["spacing"]])
    depth = plots["soil_depth"].astype(float).fillna(ASSUMED_DEFAULTS["soil_depth"]).to_numpy()
    return {
        "age": np.clip(on.year - planted, 1, orchard.assumed("rows")["full_age"]),
        "spacing": np.round(spacing * 2) / 2,
        "depth": np.round(depth, 1),
    }


def _findings(weather, forecast, stations: pd.DataFrame, observed) -> list[Finding]:
    """Return where the weather came from and what it had to do without."""
    names = list(stations["name"])
    lead = int((weather.future["origin"] == "forecast").sum())
    cast = forecast.sizes["member"] if forecast is not None else 0
    years = f"{min(weather.analogues)}–{max(weather.analogues)}"
    reach = f"{float(observed['distance'].max()) / 1000:.1f}"
    found = [
        Finding(
            "info",
            f"stations {', '.join(names)}; nearest station up to {reach} km from a cell's centre",
            f"气象站：{'、'.join(names)}；离格点中心最近的站最远 {reach} 千米",
        ),
        Finding(
            "info",
            f"{lead} days of forecast ({cast} members), then years like {years}",
            f"前 {lead} 天用天气预报（{cast} 个成员），之后用 {years} 年的往年天气类比",
        ),
    ]
    return found + weather.notes
