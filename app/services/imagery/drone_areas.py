"""Patches of weak trees that a drone saw, as areas beside those of satellites."""

from datetime import date, timedelta

import geopandas as gpd
import pandas as pd
import shapely

from agro.store import rights
from agro.store.scenes import TREES
from agro.units import M2_PER_MU
from app.services.imagery import clock
from app.services.imagery.settings import whole
from app.services.platform import Platform
from remote_sensing.condition.areas import empty, table
from remote_sensing.condition.severity import severity

HALF = 0.5  # of the spacing that a crown's outline is widened by, so that neighbours make one patch


def found(home: Platform, plots: gpd.GeoDataFrame, on: date) -> gpd.GeoDataFrame:
    """Return the patches of weak trees of each plot's newest flight up to a day, as an area table.

    Flights older than `imagery.toml` says are no longer told of: trees of last year are another year's.
    """
    oldest = on - timedelta(days=whole("drone", "days"))
    left, rows = set(plots["id"]), []
    outlines, spacing = plots.set_index("id").geometry, plots.set_index("id")["spacing"]
    for flight in home.store.scenes("drone", oldest - timedelta(days=1), on + timedelta(days=1)):  # days of UTC
        day = pd.Timestamp(clock.of(home, flight.time))
        if not oldest <= day.date() <= on:
            continue
        readings = home.store.tree_readings(rights.EVERYTHING, flight.id, plots=left, part=TREES)
        if readings.empty:
            continue
        left -= set(readings["plot"])
        for (plot, _), some in readings[readings["spot"] > 0].groupby(["plot", "spot"]):
            step = spacing[plot][1] if isinstance(spacing[plot], tuple) else whole("drone", "spacing")
            rows.append(_patch(str(plot), some, day, step, outlines[plot], plots.crs))
    return table(rows, plots.crs) if rows else empty(plots.crs)


def calm(home: Platform, previous: gpd.GeoDataFrame, on: date) -> pd.Series:
    """Return for each open drone area 2 where a later flight has seen its plot, else 0: see `alerts`."""
    mine = previous[previous["kind"] == "drone"]
    until = on + timedelta(days=1)  # of UTC: the region's day may begin or end on another
    seen = home.store.plot_pictures(rights.EVERYTHING, None, until, plots=mine["plot"], kind="drone")
    if mine.empty or seen.empty:
        return pd.Series(0, index=mine.index, dtype=int)
    days = clock.days(home, seen["time"])
    days = days[days <= pd.Timestamp(on)]
    newest = days.groupby(seen["plot"]).max()
    return (mine["plot"].map(newest) > mine["last_seen"]).astype(int) * 2


def _patch(plot: str, trees: pd.DataFrame, day: pd.Timestamp, step: float, outline, crs) -> dict:
    crowns = gpd.GeoSeries(shapely.from_wkb(trees["crown"].to_numpy(object)), crs="EPSG:4326").to_crs(crs)
    middles = gpd.GeoSeries(gpd.points_from_xy(trees["longitude"], trees["latitude"]), crs="EPSG:4326").to_crs(crs)
    shapes = crowns.where(~(crowns.isna() | crowns.is_empty), middles.buffer(HALF * step))
    shape = shapely.convex_hull(shapely.union_all(shapes.to_numpy())).intersection(outline)
    share = shape.area / outline.area
    return {
        "plot": plot, "kind": "drone", "rule": "cold_spot", "since": day, "last_seen": day, "n_obs": len(trees),
        "index": "gli", "drop": float("nan"), "loss": float("nan"), "z": float(trees["z_colour"].median()),
        "area_m2": shape.area, "area_mu": shape.area / M2_PER_MU, "area_error_mu": 0.0, "share_of_plot": share,
        "severity": int(severity(["cold_spot"], [float("nan")], [share])[0]), "explained_by": (),
        "false_alarms": float("nan"), "geometry": shape,
    }  # fmt: skip
