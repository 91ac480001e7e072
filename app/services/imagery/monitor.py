"""Poor growth found, day by day: plots judged, parts of plots, what is open, what is told, what has recovered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from agro.errors import AgroError, InputError
from agro.farm import ASSUMED_DEFAULTS, Finding, Viewer
from agro.store import StoredScene, rights
from agro.store.conditions import OPEN
from app.services.imagery import clock, diary_events, drone_areas, extent, hints, retabulating, stacks, words
from app.services.imagery.settings import number, whole
from app.services.observations import today
from app.services.platform import Platform, region_or_none
from remote_sensing import condition, sensor
from remote_sensing.condition.alerts import alerts, good_dates_of
from remote_sensing.condition.areas import empty as nothing
from remote_sensing.series import light_left, sisters
from remote_sensing.series.rules import LIGHT

INDEX = "ndvi"
"""What plots are judged by: every satellite measures it, and the stated rates of false alarms are its own."""
BURN = "nbr"
"""A fall of it makes a found plot severe: felling, fire, freeze kill."""
CLOUDY = 0.8  # share of a scene under cloud above which its pixels are not read


@dataclass(frozen=True)
class Monitored:
    """What the monitoring of one day found.

    Attributes
    ----------
    counts : dict
        scenes, plots, areas (open), new, told, closed, unseen.
    findings : list of Finding
        What it had to do without: a part without pictures says so.
    """

    on: date
    counts: dict[str, int]
    findings: list[Finding] = field(default_factory=list)


def run(
    viewer: Viewer,
    home: Platform,
    on: date | None = None,
    *,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> Monitored:
    """Return what was found on a day (`clock.day` by default) and keep it; a second run of a day replaces the first.

    Without pictures nothing is stored and a finding says so. A day before the last one that was judged is not judged
    again: what was found, told and closed since then would not be known on it.

    Raises
    ------
    InputError
        For a day that has not come: all real ones would lie before it.
    """
    rights.require(viewer, "run.start")
    on = on or clock.day(home)
    if on > (latest := max(clock.day(home), today(home))):
        raise InputError(
            f"{on} has not come yet; plots can be judged up to {latest}", zh=f"{on} 还没有到；最晚可判到 {latest}"
        )
    start = date(on.year - whole("monitor", "years"), 1, 1)
    stored, flown = home.store.scenes("satellite", start, on), home.store.scenes("drone", start, on)
    if not (stored or flown) or not len(home.store.plots(rights.EVERYTHING)):
        return Monitored(on, {"scenes": 0}, [_finding("absent", level="info")])
    last = _last_judged(home)
    if last is not None and on < last:
        counts = {"scenes": len(stored), "areas": len(home.store.areas(rights.EVERYTHING, state=OPEN))}
        return Monitored(on, counts, [_finding("earlier", level="info", day=str(on), last=str(last))])
    plots = extent.plots(home)
    previous = _previous(home, plots.crs, on)
    from_above = _by_satellite(home, stored, plots, previous, on, start, progress)
    from_drones, calm, unread = _by_drone(home, plots, previous, on)
    found = _joined(from_above.areas, from_drones)
    good = from_above.good.add(calm, fill_value=0).astype(int)
    now, told, closed = alerts(_for_library(previous), found, on, good, told_to=plots.set_index("id")["farm"])
    progress(0, 1, "别的线索 hints")
    known, unasked = hints.of_plots(home, plots[plots["id"].isin(now["plot"].unique())], on)
    kept = _kept(home, now, closed, known)
    made_today = set(previous.loc[previous["found"] == pd.Timestamp(on), "id"])
    with home.store:
        home.store.save_areas(kept, forget=sorted(made_today - set(kept["id"])), by=viewer)
        if from_above.judged is not None:
            save_state(home, plots, from_above.judged, max(one.time for one in stored), on, viewer)
    seen = _told(on, stored, plots, now, told, closed, from_above.judged)
    return replace(seen, findings=[*seen.findings, *from_above.findings, *unread, *unasked])


@dataclass(frozen=True)
class _FromAbove:
    """What satellites show on a day.

    Attributes
    ----------
    good : Series
        By the index of the areas known before: dates without a finding, which close an alert.
    judged : DataFrame or None
        None where no picture shows a plot.
    findings : list of Finding
        What makes the numbers themselves doubtful.
    """

    areas: gpd.GeoDataFrame
    good: pd.Series
    judged: pd.DataFrame | None
    findings: list[Finding] = field(default_factory=list)


def _by_satellite(
    home: Platform, stored: list[StoredScene], plots: gpd.GeoDataFrame, previous: gpd.GeoDataFrame, on: date,
    start: date, progress: Callable[..., None],
) -> _FromAbove:  # fmt: skip
    for k, one in enumerate(stored):
        progress(k, len(stored), "影像与地块 pictures and plots")
        retabulating.retabulated(home, one, plots)
    observations = marked(home.store.plot_pictures(rights.EVERYTHING, start, on, indices=[INDEX, BURN]), stored)
    if observations.empty:
        return _FromAbove(nothing(plots.crs), pd.Series(0, index=previous.index, dtype=int), None)
    events, stages = diary_events.events(home, start, on), diary_events.stages(home, on)
    table = judged_table(plots)
    progress(0, 1, "判断长势 judging the plots")
    judged = condition.judge(observations, table, on, events, stages, index=INDEX, sisters=sisters(table))
    within, calm = _inside(home, stored, plots, previous, progress)
    good = good_dates_of(previous, judged)
    good.loc[calm.index] = calm
    return _FromAbove(_joined(condition.areas(judged, table), within), good, judged, _light(observations, judged, on))


def marked(observations: pd.DataFrame, stored: Sequence[StoredScene]) -> pd.DataFrame:
    """Return observations with `relative`: whether their picture's values must not be compared with another date's."""
    scenes = {one.product for one in stored if (one.about or {}).get("relative")}
    if observations.empty:
        return observations
    cameras = [key for key in observations["sensor"].unique() if sensor.named(key).relative]
    return observations.assign(relative=observations["scene"].isin(scenes) | observations["sensor"].isin(cameras))


def _light(observations: pd.DataFrame, judged: pd.DataFrame, on: date) -> list[Finding]:
    """Return a finding where the index of healthy plots followed the light on slopes in the last season."""
    begun = pd.Timestamp(on, tz="UTC") - pd.Timedelta(days=LIGHT.season)
    weak = judged.loc[judged["found"], "plot"].unique()
    rows = observations[(observations["index"] == INDEX) & ~observations["plot"].isin(weak)]
    r, n = light_left(rows[pd.to_datetime(rows["time"], utc=True) >= begun])
    if not abs(r) > LIGHT.most:
        return []
    return [_finding("light", days=LIGHT.season, index=INDEX.upper(), r=f"{r:.2f}", n=n)]


def _by_drone(
    home: Platform, plots: gpd.GeoDataFrame, previous: gpd.GeoDataFrame, on: date
) -> tuple[gpd.GeoDataFrame, pd.Series, list[Finding]]:
    """Return patches of weak trees, good dates of those known before, and what could not be read.

    Flights that cannot be read leave the areas of before as they were: satellites are judged all the same.
    """
    try:
        return drone_areas.found(home, plots, on), drone_areas.calm(home, previous, on), []
    except AgroError as error:
        return nothing(plots.crs), pd.Series(0, index=previous.index, dtype=int), [failed(error, "drones_failed")]


def judged_table(plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return plots as `condition.judge` and `series.sisters` read them."""
    unknown, middle = plots["cultivar"].isna(), plots.geometry.centroid
    return plots.rename(columns={"id": "plot"}).assign(
        x=middle.x, y=middle.y,
        group=plots["cultivar"].astype(object).where(~unknown, ASSUMED_DEFAULTS["cultivar"]),
        planted=plots["planted"].astype("Float64").astype(float),
    )  # fmt: skip


def _inside(
    home: Platform, stored: list[StoredScene], plots: gpd.GeoDataFrame, previous: gpd.GeoDataFrame,
    progress: Callable[..., None],
) -> tuple[gpd.GeoDataFrame, pd.Series]:  # fmt: skip
    """Return the weak parts of large plots, and how many good dates each open part has had: Series by index."""
    clear = [one for one in stored if one.cloud is None or one.cloud < CLOUDY]
    counts = pd.Series([one.sensor for one in clear]).value_counts() if clear else pd.Series(dtype=int)
    large = plots[plots.geometry.area >= number("monitor", "within")]
    parts = previous[previous["kind"].str.startswith("within") & (previous["state"] == OPEN)]
    calm = pd.Series(0, index=parts.index, dtype=int)
    found = []
    camera = str(counts.index[0]) if len(counts) else ""
    if camera and not (sensor.named(camera).relative or not len(large)):
        some = stacks.newest_days([one for one in clear if one.sensor == camera], whole("monitor", "stack"))
        outlines = large.set_index("id").geometry
        for stack in stacks.of_plots(home, some, large, sensor.named(camera), INDEX, progress):
            outline = outlines[stack.plot]
            found.append(condition.within(stack.values, stack.weights, outline, plot=stack.plot, index=INDEX))
            mine = parts[parts["plot"] == stack.plot]
            if len(mine):
                good = condition.good_dates(stack.values, stack.weights, mine.geometry)
                calm.loc[mine.index] = np.maximum(good, 0)
    return _joined(*found) if found else nothing(plots.crs), calm


def _joined(*tables: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    some = [table for table in tables if len(table)]
    if not some:
        return tables[0]
    return gpd.GeoDataFrame(pd.concat(some, ignore_index=True), geometry="geometry", crs=tables[0].crs)


def _last_judged(home: Platform) -> date | None:
    """Return the newest day whose areas are kept; None before the first."""
    found = home.store.areas(rights.EVERYTHING)["found"].max()
    days = [] if pd.isna(found) else [found.date()]
    if kept := home.store.setting("condition"):
        days.append(date.fromisoformat(kept["date"]))
    return max(days, default=None)


def _previous(home: Platform, crs: Any, on: date) -> gpd.GeoDataFrame:
    """Return the areas that were known before the day, and those of an earlier run of it, in `crs`.

    What an earlier run of the same day told or closed is undone, so that the day can be judged again.
    """
    table = home.store.areas(rights.EVERYTHING).to_crs(crs)
    day = pd.Timestamp(on)
    table = table[~(table["closed"] < day - pd.Timedelta(days=14))].copy()
    again = table["closed"] >= day
    table.loc[again, "state"], table.loc[again, "closed"] = OPEN, pd.NaT
    told = table["sent"] >= day
    table.loc[told, "sent"], table.loc[told, "sent_severity"] = pd.NaT, 0
    return table.reset_index(drop=True)


def _for_library(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shown = table.drop(columns=["name", "farm", "farm_name", "township", "plot_area", "hints", "synthetic"])
    shown["explained_by"] = [tuple(one) for one in shown["explained_by"]]
    return shown


def _kept(home: Platform, now: gpd.GeoDataFrame, closed: gpd.GeoDataFrame, known: hints.Hints) -> gpd.GeoDataFrame:
    """Return open and closed areas as the store keeps them."""
    region = region_or_none(home)
    made = _joined(now, closed) if len(closed) else now
    return made.assign(
        hints=[known.get(plot, []) for plot in made["plot"]],
        explained_by=[list(one) for one in made["explained_by"]],
        synthetic=bool(region and region.synthetic),
    )


def save_state(
    home: Platform, plots: gpd.GeoDataFrame, judged: pd.DataFrame, newest: datetime, on: date, viewer: Viewer
) -> None:
    """Keep when the plots were last judged and what could not be."""
    time = judged[judged["kind"] == "time"]
    told = {
        "date": str(on), "at": home.store.clock().isoformat(), "plots": len(plots),
        "judged": int((time["reason"] == "").sum()),
        "short_history": int((time["reason"] == "short_history").sum()),
        "no_observation": int((time["reason"] == "no_observation").sum()),
        "newest": str(newest.date()),
    }  # fmt: skip
    home.store.save_setting("condition", told, by=viewer)


def state(viewer: Viewer, home: Platform) -> dict[str, Any] | None:
    """Return when the plots were last judged, of how many, and from when the newest picture is; None before."""
    rights.require(viewer, "map.read")
    return home.store.setting("condition")


def _told(
    on: date, stored: list[StoredScene], plots: gpd.GeoDataFrame, now: gpd.GeoDataFrame, told: gpd.GeoDataFrame,
    closed: gpd.GeoDataFrame, judged: pd.DataFrame | None,
) -> Monitored:  # fmt: skip
    counts = {
        "scenes": len(stored), "plots": len(plots), "areas": len(now),
        "new": int((now["found"] == pd.Timestamp(on)).sum()), "told": len(told), "closed": len(closed),
    }  # fmt: skip
    if judged is None:
        return Monitored(on, counts, [_finding("absent", level="info")])
    newest, findings = max(one.time for one in stored).date(), []
    if (age := (on - newest).days) > 0:
        findings.append(_finding("stale", level="info", days=age, day=str(newest)))
    last = pd.to_datetime(judged[judged["kind"] == "time"]["last_usable"])
    unseen = int((last.isna() | ((pd.Timestamp(on) - last).dt.days > number("monitor", "flight"))).sum())
    if unseen:
        findings.append(_finding("unseen", level="warning", n=unseen, days=whole("monitor", "flight")))
    counts["unseen"] = unseen
    return Monitored(on, counts, findings)


def _finding(key: str, level: str = "warning", **told: Any) -> Finding:
    said = words.both("part", key, **told)
    return Finding(level, said["en"], said["zh"])


def failed(error: Exception, part: str = "failed") -> Finding:
    """Return what a run says when the monitoring of its day could not be finished; the rest of the run goes on."""
    what = {"zh": getattr(error, "zh", "") or str(error), "en": str(error)}
    return _finding(part, what=what)
