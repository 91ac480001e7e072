"""The season curve of a plot: what was seen, what was to be expected, what similar plots did, weather and work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from agro.errors import AgroError, InputError, MissingDataError
from agro.farm import Plot, Viewer
from agro.protection import deeds
from agro.store import rights
from agro.units import M2_PER_MU
from app.services import plot_season, station_weather
from app.services.imagery import clock, diary_events, extent, monitor, words
from app.services.imagery.settings import number, whole
from app.services.platform import Platform
from remote_sensing import indices, series

YEARS = 2  # shown unless asked otherwise
MEMBERS = 6  # of the growth model's stages
SHOWN = ("60", "65", "69", "79", "81", "ripe")
FAINT = 5  # sisters seen on a day for their middle to be drawn
SMALLEST = 400.0
"""Below four cells of 10 m a satellite's number is that of the neighbourhood. [m2]"""


@dataclass(frozen=True)
class Curve:
    """One plot and index through time; every frame has the days of the region in `time` (datetime64).

    Attributes
    ----------
    seen : DataFrame
        time, value, weight, usable (whether an alarm may lean on it), sensor, scene, near_cloud, valid_fraction.
    smooth : DataFrame
        time, value, provisional (the last 30 days still move), dashed (within a gap of more than 60 days).
    expected : DataFrame
        time, value, low, high, source ("history", "harmonic", "sisters", "none"): of the last year.
    sisters : DataFrame
        time, value, n: the middle of similar plots on each day that five of them were seen.
    n_sisters : int
        How many similar plots there are; `alike` says whether they are of one kind or only the region's.
    weather : DataFrame
        time, rain [mm], tmean [degC] at the nearest station; empty without weather.
    stages : DataFrame
        time, code: middle dates of the growth model's stages so far; empty where it was not run.
    events : DataFrame
        time, kind, zh, en: what was written down.
    measures : DataFrame
        As `series.season_measures` tells them: inputs to the eye, no stages.
    view : dict of {"zh", "en"}
        How long ago the plot was last seen, and what its size allows.
    """

    plot: Plot
    index: str
    label: str
    unit: str
    seen: pd.DataFrame
    smooth: pd.DataFrame
    expected: pd.DataFrame
    sisters: pd.DataFrame
    n_sisters: int
    alike: bool
    weather: pd.DataFrame
    stages: pd.DataFrame
    events: pd.DataFrame
    measures: pd.DataFrame
    view: tuple[dict[str, str], ...]
    days_since: int | None
    synthetic: bool


def of_plot(
    viewer: Viewer, home: Platform, plot_id: str, index: str = "ndvi", on: date | None = None, years: int = YEARS
) -> Curve:
    """Return the season curve of one plot, up to a day (today by default).

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot, or for an unknown index.
    MissingDataError
        When no picture shows it.
    """
    scope = rights.scope(viewer, "condition.read")
    found = home.store.plot(plot_id, scope)
    about = indices.named(index)
    if not 1 <= years <= 10:
        raise InputError(f"1 to 10 years are shown; got {years}", zh=f"可显示 1 至 10 年；现为 {years}")
    on = on or clock.day(home)
    oldest, first = date(on.year - whole("monitor", "years"), 1, 1), on - timedelta(days=round(365.25 * years))
    groups = series.sisters(monitor.judged_table(extent.plots(home)))
    sisters = groups[found.id]
    table = home.store.plot_pictures(rights.EVERYTHING, oldest, on, plots=[found.id, *sisters], indices=[index])
    if table.empty or found.id not in set(table["plot"]):
        raise MissingDataError(
            f"no picture shows '{found.name}' yet: it is too small, or lies beside what was imported",
            zh=f"还没有影像覆盖“{found.name}”：地块太小，或不在已导入影像的范围内",
        )
    joined, _ = series.joined(monitor.marked(table, home.store.scenes("satellite", oldest, on)))
    if found.id not in set(joined["plot"]):
        raise MissingDataError(
            f"the pictures of '{found.name}' have values that must not be compared between dates: no curve",
            zh=f"“{found.name}”的影像只能在同一景内比较，不同日期的数值不能连成曲线",
        )
    own, others = joined[joined["plot"] == found.id], joined[joined["plot"] != found.id]
    events = diary_events.events(home, oldest, on, [found.id])
    curve = series.smooth_curve(own, index)
    picked = [pd.Timestamp(day).date() for day in events.loc[events["kind"] == "harvest", "date"]]
    seen = _seen(own)
    last = seen.loc[seen["usable"], "time"].max()
    since = None if pd.isna(last) else (on - last.date()).days
    return Curve(
        plot=found,
        index=index,
        label=about.label,
        unit=about.unit,
        seen=_since(seen, first),
        smooth=_since(_smooth(curve), first),
        expected=_expected(own, others, events, on),
        sisters=_since(_middle(others), first),
        n_sisters=len(sisters),
        alike=bool(groups.alike[list(groups.plots).index(found.id)]),
        weather=_weather(home, found, first, on),
        stages=_stages(viewer, home, found.id, on),
        events=_since(_events(home, found.id, oldest, on), first),
        measures=series.season_measures(curve, picked).table,
        view=view(found, since),
        days_since=since,
        synthetic=_synthetic(home, first, on),
    )


def view(plot: Plot, since: int | None) -> tuple[dict[str, str], ...]:
    """Return in words how lately a plot was seen and what its size allows satellites to see."""
    if since is None:
        told = [words.both("view", "none")]
    else:
        told = [words.both("view", "old" if since > number("monitor", "flight") else "recent", days=since)]
    mu = f"{plot.area / M2_PER_MU:.1f}"
    if plot.area < SMALLEST:
        told.append(words.both("view", "small", mu=mu))
    elif plot.area < number("monitor", "within"):
        told.append(words.both("view", "border", mu=mu))
    return tuple(told)


def _since(table: pd.DataFrame, first: date) -> pd.DataFrame:
    return table[table["time"] >= pd.Timestamp(first)].reset_index(drop=True)


def _local(times: pd.Series) -> pd.Series:
    return pd.to_datetime(times, utc=True).dt.tz_localize(None).dt.normalize()


def _seen(own: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "time": _local(own["time"]),
            "value": own["median"].astype(float),
            "weight": own["weight"].astype(float),
            "usable": series.usable(own),
            "sensor": own["sensor"],
            "scene": own["scene"],
            "near_cloud": own["near_cloud"].astype(float),
            "valid_fraction": own["valid_fraction"].astype(float),
        }
    )
    return table.sort_values("time").reset_index(drop=True)


def _smooth(curve: series.SmoothCurve) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": pd.to_datetime(curve.days),
            "value": curve.value,
            "provisional": curve.provisional,
            "dashed": curve.dashed,
        }
    )


def _expected(own: pd.DataFrame, others: pd.DataFrame, events: pd.DataFrame, on: date) -> pd.DataFrame:
    found = series.expected(own, on - timedelta(days=364), on, others if len(others) else None, events)
    table = {"value": found.value, "low": found.low, "high": found.high, "source": found.source}
    return pd.DataFrame({"time": pd.to_datetime(found.days), **table})


def _middle(others: pd.DataFrame) -> pd.DataFrame:
    """Return the middle of the sisters by day; no plot of another owner can be read from it."""
    empty = pd.DataFrame({"time": pd.to_datetime([]), "value": [], "n": []})
    if others.empty:
        return empty
    usable = others[series.usable(others)]
    by_day = usable.assign(time=_local(usable["time"])).groupby("time")
    table = by_day.agg(value=("median", "median"), n=("plot", "nunique")).reset_index()
    return table[table["n"] >= FAINT].reset_index(drop=True) if len(table) else empty


def _weather(home: Platform, plot: Plot, first: date, on: date) -> pd.DataFrame:
    """Return rain and temperature of the station nearest to the plot that has weather."""
    empty = pd.DataFrame({"time": pd.to_datetime([]), "rain": [], "tmean": []})
    try:
        stations = station_weather.stations(home, home.store.region().crs)
    except AgroError:
        return empty
    place = plot.geometry.representative_point()
    apart = np.hypot(stations["longitude"] - place.x, stations["latitude"] - place.y)
    for station in apart.sort_values(kind="stable").index:
        try:
            history = station_weather.history(home, stations.loc[[station]])
        except AgroError:
            continue
        table = history.isel(station=0)[["rain", "tmean"]].to_dataframe().reset_index()
        return table.loc[table["time"].between(pd.Timestamp(first), pd.Timestamp(on)), ["time", "rain", "tmean"]]
    return empty


def _stages(viewer: Viewer, home: Platform, plot: str, on: date) -> pd.DataFrame:
    """Return the middle dates of the growth model's stages so far; none where it cannot be run for the viewer."""
    empty = pd.DataFrame({"time": pd.to_datetime([]), "code": []})
    try:
        dates = plot_season.stages_so_far(viewer, home, plot, members=MEMBERS)
    except AgroError:
        return empty
    rows = []
    for season in dates["season"].to_numpy():
        for code in SHOWN:
            moments = dates.sel(season=season, event=code).to_series().sort_values(na_position="last")
            middle = moments.iloc[len(moments) // 2]  # NaT until more than half of the members are there
            if middle <= pd.Timestamp(on) + pd.Timedelta(days=1):
                rows.append((middle.normalize(), code))
    return pd.DataFrame(rows, columns=["time", "code"]).sort_values("time") if rows else empty


def _events(home: Platform, plot: str, start: date, on: date) -> pd.DataFrame:
    """Return what was written down of a plot, as people call it."""
    names: Mapping[str, Any] = deeds()
    rows = [
        (row.date, row.kind, names[row.kind].zh, names[row.kind].en)
        for row in home.store.treatments(rights.EVERYTHING, [plot], start, on).itertuples()
        if row.kind in names
    ]
    harvest = words.known("deed")["harvest"]
    picked = home.store.observations(rights.EVERYTHING, [plot], kind="harvest", start=start, end=on)
    rows += [(day, "harvest", harvest["zh"], harvest["en"]) for day in picked["date"]]
    table = pd.DataFrame(rows, columns=["time", "kind", "zh", "en"])
    return table.assign(time=pd.to_datetime(table["time"])).sort_values("time").reset_index(drop=True)


def _synthetic(home: Platform, first: date, on: date) -> bool:
    return any(one.synthetic for one in home.store.scenes("satellite", first, on))
