"""The weather of a run: observed up to today, then forecast members, then years like those the place has had.

The future is built from nothing that was observed after `on`: a hindcast cannot see its target year.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.farm import Finding

TEMPERATURES = ("tmin", "tmax", "tmean")
MEMORY = 10.0  # d, e-fold of today's anomaly in the members; judgement
FULL_TRUST = 20.0  # years; a trend over n years counts n / (n + 20); judgement


@dataclass(frozen=True)
class Ensemble:
    """Observed and possible weather of all stations.

    Attributes
    ----------
    observed : Dataset (station, time)
        Up to and including the day `on`.
    future : Dataset (station, member, time)
        The days after, with the coordinate `origin` (time): "forecast" or "analogue".
    analogues : list of int
        The year in which the analogue of each member begins.
    notes : list of Finding
        What the ensemble had to do without.
    """

    observed: xr.Dataset
    future: xr.Dataset
    analogues: list[int]
    notes: list[Finding] = field(default_factory=list)


def build(
    history: xr.Dataset,
    on: date,
    start: date,
    days: int,
    members: int = 50,
    forecast: xr.Dataset | None = None,
    seed: int = 0,
) -> Ensemble:
    """Return the weather ensemble issued on `on`.

    Parameters
    ----------
    history : Dataset (station, time)
        Daily weather; what lies after `on` is cut off first.
    on, start : date
        The last observed day, and the first day of the observed part.
    days : int
        Days of future.
    forecast : Dataset (station, member, time), optional
        Daily forecast members; only days after `on` are used.

    Raises
    ------
    MissingDataError
        When the history holds no earlier year to draw on.
    """
    history = history.sel(time=slice(None, pd.Timestamp(on)))
    observed = history.reindex(time=pd.date_range(start, on))
    notes: list[Finding] = []
    years = years_to_draw_on(history, on, days)
    if len(years) < 10:
        few = len(years)
        notes.append(
            Finding(
                "warning",
                f"only {few} earlier years to draw on: the spread is too narrow",
                f"可类比的往年只有 {few} 年：给出的范围偏窄",
            )
        )
    rng = np.random.default_rng([seed, on.toordinal()])
    drawn = np.concatenate([rng.permutation(years) for _ in range(-(-members // len(years)))])[:members]
    time = pd.date_range(pd.Timestamp(on) + pd.Timedelta(days=1), periods=days)
    future = _analogues(history, on, drawn, time)
    lead = np.zeros(days, bool)
    if forecast is not None:
        issued = forecast.sel(time=slice(time[0], time[-1]))
        if issued.sizes["time"]:
            future, lead = _with_forecast(future, issued)
    if not lead.any():
        notes.append(
            Finding(
                "warning",
                "no weather forecast for the coming days: earlier years from the first day on",
                "没有未来几天的天气预报：从第一天起就用往年天气类比，把握更小",
            )
        )
    future = _remember(future, observed, history, lead)
    future = future.assign_coords(
        member=np.arange(members), origin=("time", np.where(lead, "forecast", "analogue")), analogue=("member", drawn)
    )
    return Ensemble(observed, future, [int(year) for year in drawn], notes)


def years_to_draw_on(history: xr.Dataset, on: date, days: int) -> list[int]:
    """Return the earlier years whose weather may follow a day.

    Raises
    ------
    MissingDataError
        When the history holds none.
    """
    if years := analogue_years(history["time"].to_index(), on, days):
        return years
    raise MissingDataError(
        f"the weather history up to {on} holds no whole earlier year with {days} days after this date",
        zh=f"截至 {on} 的气象历史中，没有任何一个完整的往年可供类比（需要此日期之后 {days} 天）",
    )


def analogue_years(days_known: pd.DatetimeIndex, on: date, days: int) -> list[int]:
    """Return the years y whose `days` days after (y, month and day of `on`) were all over by `on`."""
    if not len(days_known):
        return []
    first = days_known[0].date()
    years = range(first.year, on.year)
    return [y for y in years if _same_day(on, y) >= first and _same_day(on, y) + timedelta(days=days) <= on]


def earlier_years(history: xr.Dataset, on: date, first: date, days: int) -> xr.Dataset:
    """Return how `days` days from `first` on went in each earlier year, dims (station, member, time).

    Parameters
    ----------
    history : Dataset (station, time)
        Daily weather; what lies after `on` is cut off first.
    on, first : date
        The last observed day, and the day with which each year's part begins.
    days : int

    Returns
    -------
    Dataset
        At today's temperature level, on the days of this year; the coordinate `year` (member). No member where the
        history holds no whole earlier part.
    """
    history = history.sel(time=slice(None, pd.Timestamp(on)))
    known = history["time"].to_index()
    years = [y for y in range(known[0].year, first.year) if _whole(known, first, y, days)]
    time = pd.date_range(pd.Timestamp(first), periods=days)
    found = _analogues(history, first - timedelta(days=1), np.array(years, int), time)
    return found.assign_coords(year=("member", years))


def _whole(known: pd.DatetimeIndex, first: date, year: int, days: int) -> bool:
    begin = pd.Timestamp(_same_day(first, year))
    return known[0] <= begin and begin + pd.Timedelta(days=days - 1) <= known[-1]


def climatology(history: xr.Dataset, names: tuple[str, ...] = TEMPERATURES, harmonics: int = 3) -> xr.Dataset:
    """Return the smooth mean of each day of the year, dims (station, dayofyear 1..366): least squares on harmonics."""
    day = history["time"].dt.dayofyear.to_numpy()
    design, grid = _harmonics(day, harmonics), _harmonics(np.arange(1, 367), harmonics)
    out = xr.Dataset(coords={"dayofyear": np.arange(1, 367)})
    for name in names:
        values = history[name].transpose("station", "time").to_numpy()
        rows = np.full((values.shape[0], 366), np.nan)
        for k, series in enumerate(values):
            known = np.isfinite(series)
            if known.sum() > 100:
                rows[k] = grid @ np.linalg.lstsq(design[known], series[known], rcond=None)[0]
        out[name] = (("station", "dayofyear"), rows)
    return out


def warming_per_year(history: xr.Dataset) -> float:
    """Return the trend of the mean temperature [degC per year], shrunk towards zero for short histories."""
    whole = history[["tmin", "tmax"]].to_dataarray().mean(("variable", "station"))
    yearly = whole.groupby("time.year").mean()
    counts = whole.groupby("time.year").count()
    yearly = yearly[counts > 350]
    n = yearly.sizes["year"]
    if n < 5:
        return 0.0
    slope = np.polyfit(yearly["year"], yearly, 1)[0]
    return float(slope * n / (n + FULL_TRUST))


def _same_day(on: date, year: int) -> date:
    """Return the day of `on` in another year; 29 February becomes the 28th."""
    return date(year, on.month, min(on.day, 28) if on.month == 2 else on.day)


def _harmonics(day: np.ndarray, n: int) -> np.ndarray:
    angle = 2 * np.pi * np.asarray(day)[:, None] / 365.25 * np.arange(1, n + 1)
    return np.hstack([np.ones((len(day), 1)), np.cos(angle), np.sin(angle)])


def _analogues(history: xr.Dataset, on: date, years: np.ndarray, time: pd.DatetimeIndex) -> xr.Dataset:
    """Return the days after `on` as they went in `years`, at today's temperature level, (station, member, time)."""
    if not len(years):
        return (
            history.isel(time=slice(0, 0))
            .expand_dims(member=0)
            .reindex(time=time)
            .transpose("station", "member", "time")
        )
    trend = warming_per_year(history)
    position = {stamp: k for k, stamp in enumerate(history["time"].to_index())}
    rows = []
    for year in years:
        first = pd.Timestamp(_same_day(on, int(year))) + pd.Timedelta(days=1)
        rows.append([position.get(stamp, -1) for stamp in pd.date_range(first, periods=len(time))])
    index = xr.DataArray(np.array(rows), dims=("member", "time"))
    future = history.drop_vars("time").isel(time=index.clip(min=0)).where(index >= 0).assign_coords(time=time)
    shift = xr.DataArray(trend * (on.year - years), dims="member")
    for name in TEMPERATURES:
        if name in future:
            future[name] = future[name] + shift
    return future.transpose("station", "member", "time")


def _with_forecast(future: xr.Dataset, forecast: xr.Dataset) -> tuple[xr.Dataset, np.ndarray]:
    """Return `future` with the forecast's members in its first days, and which days those are."""
    members = future.sizes["member"]
    chosen = np.arange(members) % forecast.sizes["member"]
    forecast = forecast.drop_vars("member", errors="ignore").isel(member=chosen).reindex(time=future["time"])
    lead = forecast["tmax"].notnull().any(("station", "member")).to_numpy()
    forecast = forecast.reindex(station=future["station"])
    names = [name for name in future.data_vars if name in forecast]
    return future.assign(
        {name: forecast[name].fillna(future[name]).transpose(*future[name].dims) for name in names}
    ), lead


def _remember(future: xr.Dataset, observed: xr.Dataset, history: xr.Dataset, lead: np.ndarray) -> xr.Dataset:
    """Return `future` whose analogue days begin at the last known anomaly and forget it within some ten days."""
    names = [name for name in TEMPERATURES if name in future]
    normal = climatology(history, tuple(names))
    known = int(np.flatnonzero(lead).max()) + 1 if lead.any() else 0
    ahead = np.arange(future.sizes["time"]) - known
    decay = xr.DataArray(np.where(ahead >= 0, np.exp(-(ahead + 1.0) / MEMORY), 0.0), dims="time")
    out = future.copy()
    for name in names:
        last = (
            future[name].isel(time=slice(max(known - 5, 0), known))
            if known
            else observed[name].isel(time=slice(-10, None))
        )
        usual = normal[name].sel(dayofyear=last["time"].dt.dayofyear).drop_vars("dayofyear")
        anomaly = (last - usual).mean("time").fillna(0.0)
        out[name] = (future[name] + anomaly * decay).transpose(*future[name].dims)
    return out
