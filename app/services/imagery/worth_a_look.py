"""Places worth a look: open weak areas, the weakest trees, gaps; those that nobody has looked at lately."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from agro.farm import Viewer
from agro.store import rights
from app.services.imagery import areas, words
from app.services.imagery.settings import number, whole
from app.services.observations import today
from app.services.platform import Platform

STOP = (
    "key", "what", "target", "plot", "plot_name", "farm_name", "longitude", "latitude", "severity", "area_mu", "score",
    "zh", "en", "look_zh", "look_en",
)  # fmt: skip
"""Columns of a place."""
WHOLE = ("time", "decline", "neighbours")
"""Kinds of areas that are whole plots."""


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
