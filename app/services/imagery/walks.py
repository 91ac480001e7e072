"""Walks: the flagged places in the quickest order, on a phone or on paper, and what was found at each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from agro.errors import InputError, MissingDataError, NotFoundError
from agro.farm import Plot, Viewer
from agro.store import Visit, Walk, rights
from agro.store.scenes import GAPS
from agro.store.walks import FOUND
from app.services import ground
from app.services.imagery import areas, words
from app.services.imagery.settings import number, whole
from app.services.observations import today
from app.services.platform import Platform, has_raster, region_or_none
from remote_sensing import walk_files, walking

STOP = (
    "key", "what", "target", "plot", "plot_name", "farm_name", "longitude", "latitude", "severity", "area_mu", "score",
    "zh", "en", "look_zh", "look_en",
)  # fmt: skip


WHOLE = ("time", "decline", "neighbours")
"""Kinds of areas that are whole plots."""


@dataclass(frozen=True)
class Proposal:
    """A walk that could be made.

    Attributes
    ----------
    stops : DataFrame
        `STOP`, and order, metres, minutes, climb of each leg.
    metres, minutes, climb : float
        Of the whole walk, looks included.
    left_out : DataFrame
        `STOP` of the places that did not fit, the most urgent first.
    """

    farm: str | None
    stops: pd.DataFrame
    line: shapely.LineString  # degrees
    metres: float
    minutes: float
    climb: float
    left_out: pd.DataFrame


def candidates(viewer: Viewer, home: Platform, farm: str | None = None) -> pd.DataFrame:
    """Return the places worth a look that `viewer` may see: open areas, the weakest trees, gaps; `STOP`."""
    scope = rights.scope(viewer, "walk.read")
    rights.require_rows(scope)
    found = areas.table(viewer, home)
    if farm is not None:
        found = found[found["farm"] == farm]
    again = found["kind"].isin(WHOLE) & found.assign(whole=found["kind"].isin(WHOLE)).duplicated(["plot", "whole"])
    rows = [_of_area(row) for row in found[~again].to_dict("records")]  # a plot that is weak in two ways is one stop
    rows += _trees(viewer, home, farm, found)
    table = pd.DataFrame(rows, columns=list(STOP))
    seen = home.store.visits(scope, start=today(home) - pd.Timedelta(days=number("walk", "rest")).to_pytimedelta())
    visited = set(zip(seen["what"], seen["target"], strict=True))
    fresh = [(what, target) not in visited for what, target in zip(table["what"], table["target"], strict=True)]
    return table.loc[np.array(fresh, bool)].sort_values("score", ascending=False, kind="stable").reset_index(drop=True)


def propose(
    viewer: Viewer,
    home: Platform,
    farm: str | None = None,
    *,
    most: int = 12,
    minutes: float | None = None,
    entrance: tuple[float, float] | None = None,
    keys: Sequence[str] | None = None,
) -> Proposal:
    """Return the quickest walk through the places that matter most.

    Parameters
    ----------
    farm : str, optional
        Only this farm's; by default all that the viewer may see.
    most : int
        Stops at most, up to 15.
    minutes : float, optional
        Time for the walk; what pays least for its time is left out.
    entrance : tuple of float, optional
        Longitude, latitude of where it begins; by default the lowest stop.
    keys : sequence of str, optional
        Only these of `candidates`.

    Raises
    ------
    MissingDataError
        When there is nothing to look at.
    """
    rights.require(viewer, "walk.write")
    table = candidates(viewer, home, farm)
    table = table if keys is None else table[table["key"].isin(list(keys))]
    if table.empty:
        raise MissingDataError("nothing is flagged that nobody looked at yet", zh="目前没有需要去看而还没看过的地方")
    if not 1 <= most <= walking.MOST:
        raise InputError(f"a walk has 1 to {walking.MOST} stops; got {most}", zh=f"一次巡园 1 至 {walking.MOST} 处")
    crs = home.store.region().crs
    places = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    stops = gpd.GeoDataFrame(table, geometry=places).to_crs(crs)
    start = None if entrance is None else gpd.GeoSeries([shapely.Point(entrance)], crs=4326).to_crs(crs).iloc[0]
    model = ground.require_dem(home).load() if has_raster(home, "dem") else None
    route = walking.order(stops, start, model, most, minutes=minutes)
    line = gpd.GeoSeries([route.line], crs=crs).to_crs(4326).iloc[0]
    walked, left = (pd.DataFrame(part.drop(columns="geometry")) for part in (route.stops, route.left_out))
    return Proposal(
        farm, walked.reset_index(drop=True), line, route.metres, route.minutes, route.climb, left.reset_index(drop=True)
    )


def begin(viewer: Viewer, home: Platform, farm: str | None = None, **asked: Any) -> Walk:
    """Return the proposed walk after it was kept, to be ticked off; `asked` as for `propose`."""
    found = propose(viewer, home, farm, **asked)
    region = region_or_none(home)
    stops = [{name: _plain(value) for name, value in row.items()} for row in found.stops.to_dict("records")]
    walk = Walk(
        farm,
        today(home),
        viewer.account,
        found.metres,
        found.minutes,
        tuple(stops),
        found.line,
        bool(region and region.synthetic),
    )
    return home.store.add_walk(walk, by=viewer)


def farm_named(viewer: Viewer, home: Platform, name: str | None) -> str | None:
    """Return the id of a farm that the viewer sees by its id or name; None stands for all.

    Raises
    ------
    NotFoundError
        When there is none of that name.
    """
    if name is None:
        return None
    for one in home.store.farms(rights.scope(viewer, "walk.read")):
        if name in (one.id, one.name):
            return one.id
    raise NotFoundError(f"no farm '{name}'", zh=f"没有果园“{name}”")


def listed(viewer: Viewer, home: Platform, n: int = 20) -> list[Walk]:
    """Return the newest walks of the viewer, and those of farms that he may see, each as `one` gives it.

    A walk of which no stop is left is left out.
    """
    scope = rights.scope(viewer, "walk.read")
    found = home.store.walks(scope, viewer.account, n=n)
    seen = set(home.store.plots(scope, ids={stop["plot"] for walk in found for stop in walk.stops})["id"])
    return [walk for walk in (_seen(walk, seen) for walk in found) if walk.stops]


def one(viewer: Viewer, home: Platform, walk: str) -> Walk:
    """Return one walk; stops on ground that the viewer no longer sees, and the way to them, are left out.

    Raises
    ------
    NotFoundError
        When there is none, or no stop of it is left.
    """
    scope = rights.scope(viewer, "walk.read")
    kept = home.store.walk(walk, scope, viewer.account)
    found = _seen(kept, set(home.store.plots(scope, ids={stop["plot"] for stop in kept.stops})["id"]))
    if not found.stops:
        raise NotFoundError(f"no walk '{walk}'", zh=f"没有巡园路线“{walk}”")
    return found


def tick(
    viewer: Viewer,
    home: Platform,
    *,
    what: str,
    target: str,
    plot: str,
    found: str,
    note: str = "",
    walk: str | None = None,
    date: date | None = None,
) -> Visit:
    """Return what was found at a place, noted; "nothing" counts as a false alarm of whatever flagged it.

    Raises
    ------
    InputError
        For an unknown finding, or a day to come.
    NotFoundError, NotAllowedError
        For a plot that the viewer may not note for, or a place that there is not.
    """
    rights.require(viewer, "walk.write")
    place = home.store.plot(plot, rights.scope(viewer, "walk.read"))
    rights.require(viewer, "walk.write", farm=place.farm, township=place.township)
    now = today(home)
    if date is not None and date > now:
        raise InputError(f"{date} lies ahead of today, {now}", zh=f"日期 {date} 晚于今天 {now}")
    _known(viewer, home, what, target, place)
    if walk is not None:
        one(viewer, home, walk)
    region = region_or_none(home)
    visit = Visit(
        place.id, what, target, date or now, found, note, walk, viewer.account, bool(region and region.synthetic)
    )
    return home.store.add_visit(visit, by=viewer)


def visits(viewer: Viewer, home: Platform, plot: str | None = None, start: date | None = None) -> pd.DataFrame:
    """Return what was found at the plots that `viewer` may see, the newest first."""
    scope = rights.scope(viewer, "walk.read")
    rights.require_rows(scope)
    return home.store.visits(scope, None if plot is None else [home.store.plot(plot, scope).id], start=start)


def done(viewer: Viewer, home: Platform, walk: str) -> dict[str, dict[str, Any]]:
    """Return {key of a stop: its newest visit on this walk}."""
    one(viewer, home, walk)
    seen = home.store.visits(rights.scope(viewer, "walk.read"))
    seen = seen[seen["walk"] == walk].drop_duplicates(["what", "target"])
    return {f"{row['what']}|{row['target']}": row for row in seen.to_dict("records")}


def findings() -> dict[str, dict[str, str]]:
    """Return {key: {"zh", "en"}} of what can be found at a place."""
    named = words.known("found")
    return {key: named[key] for key in FOUND}


def gpx(viewer: Viewer, home: Platform, walk: str, language: str = "zh") -> str:
    """Return a walk as GPX for a phone."""
    return walk_files.gpx(*_written(viewer, home, walk, language), synthetic=_synthetic(viewer, home, walk))


def kml(viewer: Viewer, home: Platform, walk: str, language: str = "zh") -> str:
    """Return a walk as KML."""
    return walk_files.kml(*_written(viewer, home, walk, language), synthetic=_synthetic(viewer, home, walk))


def _synthetic(viewer: Viewer, home: Platform, walk: str) -> bool:
    return one(viewer, home, walk).synthetic


def _written(
    viewer: Viewer, home: Platform, walk: str, language: str
) -> tuple[walking.Route, str, list[str], list[str]]:
    """Return a kept walk as a route with its names, in degrees."""
    found = one(viewer, home, walk)
    table = pd.DataFrame(list(found.stops))
    places = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    stops = gpd.GeoDataFrame(table, geometry=places)
    line = found.geometry if isinstance(found.geometry, shapely.LineString) else shapely.LineString(list(places))
    route = walking.Route(stops, line, found.metres, found.minutes, float(table["climb"].sum()), stops.iloc[0:0])
    name = words.said("walk", "name", language, day=words.day(found.date, language))
    titles = [f"{row['plot_name']} {row[language]}" for row in found.stops]
    return route, name, titles, [row[f"look_{language}"] for row in found.stops]


def _seen(walk: Walk, plots: set[str]) -> Walk:
    """Return a walk with the stops on these plots only; its way then leads straight from each to the next."""
    stops = tuple(stop for stop in walk.stops if stop["plot"] in plots)
    if len(stops) == len(walk.stops):
        return walk
    places = [(stop["longitude"], stop["latitude"]) for stop in stops]
    return replace(walk, stops=stops, geometry=shapely.LineString([places[0], *places, places[0]]) if places else None)


def _of_area(row: dict[str, Any]) -> dict[str, Any]:
    point = row["geometry"].representative_point()
    hints = {
        to: ("；" if to == "zh" else "; ").join(one[to] for one in row["hints"])
        or words.said("walk", "nothing_known", to)
        for to in words.LANGUAGES
    }
    look = words.both("walk", "look_persistent" if row["kind"] == "within_persistent" else "look_area", hints=hints)
    name = words.both("walk", "area", kind=words.known("kind")[row["kind"]])
    explained = number("walk", "explained") if len(row["explained_by"]) else 0.0
    severity, mu = int(row["severity"]), float(row["area_mu"])
    score = severity * max(mu, 0.1) * (1.0 - explained)
    return _stop("area", row["id"], row, point.x, point.y, severity, mu, score, name, look)


def _trees(viewer: Viewer, home: Platform, farm: str | None, areas: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the weakest trees of each plot's newest flight that stand in no weak area, and the gaps."""
    from app.services.imagery import flights

    if not rights.allowed(viewer, "tree.read"):
        return []
    rows = []
    trees, gaps = flights.newest(viewer, home, farm)
    if len(trees):
        weak = trees[trees["class"] == "very_weak"].sort_values("z_colour")
        inside = areas.loc[~areas["kind"].isin(WHOLE)].geometry.union_all()
        beside = ~shapely.contains_xy(inside, weak["longitude"], weak["latitude"])
        weak = weak[beside].head(whole("walk", "trees"))  # those of an area are seen when it is looked at
        for row in weak.to_dict("records"):
            name = words.both("walk", "tree", number=int(row["tree"]))
            look, score = words.both("walk", "look_tree"), number("walk", "tree_score")
            target, at = f"{row['plot']}|{int(row['tree'])}", (row["longitude"], row["latitude"])
            rows.append(_stop("tree", target, row, *at, 1, 0.0, score, name, look))
    for row in gaps.to_dict("records") if len(gaps) else ():
        name = words.both("walk", "gap", n=int(row["n_missing"]))
        look, score = words.both("walk", "look_gap"), number("walk", "gap_score") * float(row["n_missing"])
        rows.append(_stop("gap", str(row["gap"]), row, row["longitude"], row["latitude"], 1, 0.0, score, name, look))
    return rows


def _stop(
    what: str,
    target: str,
    row: dict[str, Any],
    longitude: float,
    latitude: float,
    severity: int,
    area_mu: float,
    score: float,
    name: dict[str, str],
    look: dict[str, str],
) -> dict[str, Any]:
    return {
        "key": f"{what}|{target}",
        "what": what,
        "target": target,
        "plot": row["plot"],
        "plot_name": row["name"],
        "farm_name": row["farm_name"],
        "longitude": float(longitude),
        "latitude": float(latitude),
        "severity": severity,
        "area_mu": area_mu,
        "score": score,
        "zh": name["zh"],
        "en": name["en"],
        "look_zh": look["zh"],
        "look_en": look["en"],
    }


def _known(viewer: Viewer, home: Platform, what: str, target: str, place: Plot) -> None:
    """Refuse a place that there is not, or that lies in another plot."""
    scope, known = rights.scope(viewer, "walk.read"), target == place.id
    if what == "area":
        known = home.store.area(target, scope)["plot"] == place.id
    elif what == "tree":
        trees = home.store.trees(scope, [place.id], lost=True)
        known = target in {f"{place.id}|{number}" for number in trees["number"]}
    elif what == "gap":  # of any flight: a newer one may have come since the walk was planned
        gaps = home.store.tree_readings(scope, plots=[place.id], part=GAPS)
        known = len(gaps) > 0 and target in set(gaps["gap"])
    if known:
        return
    raise NotFoundError(f"no {what} '{target[:80]}' in this plot", zh=f"这块地里没有“{target[:80]}”")


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
