"""Walks: the flagged places in the quickest order, on a phone or on paper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from agro.errors import InputError, MissingDataError, NotFoundError
from agro.farm import Viewer
from agro.store import Walk, rights
from app.services import ground
from app.services.imagery import words, worth_a_look
from app.services.observations import today
from app.services.platform import Platform, has_raster, region_or_none
from remote_sensing import walk_files, walking


@dataclass(frozen=True)
class Proposal:
    """A walk that could be made.

    Attributes
    ----------
    stops : DataFrame
        `worth_a_look.STOP`, and order, metres, minutes, climb of each leg.
    metres, minutes, climb : float
        Of the whole walk, looks included.
    left_out : DataFrame
        `worth_a_look.STOP` of the places that did not fit, the most urgent first.
    """

    farm: str | None
    stops: pd.DataFrame
    line: shapely.LineString  # degrees
    metres: float
    minutes: float
    climb: float
    left_out: pd.DataFrame


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
        Only these of `worth_a_look.candidates`.

    Raises
    ------
    MissingDataError
        When there is nothing to look at.
    """
    rights.require(viewer, "walk.write")
    table = worth_a_look.candidates(viewer, home, farm)
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


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
