"""Areas of weak growth as they are told: where, since when, how much, how sure, and what it may be about."""

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from agro.farm import Viewer
from agro.store import rights
from agro.store.conditions import OPEN
from app.services.imagery import words
from app.services.observations import today
from app.services.platform import Platform
from remote_sensing.condition.innocent import causes

NOTHING = "nothing"


def table(viewer: Viewer, home: Platform, plot: str | None = None, *, state: str | None = OPEN) -> gpd.GeoDataFrame:
    """Return the areas of plots that `viewer` may see, the most severe first.

    Returns
    -------
    GeoDataFrame
        `agro.store.AREA_COLUMNS`, area_mu, name, farm_name, township; hints are dicts {key, zh, en, value}.
    """
    scope = rights.scope(viewer, "condition.read")
    rights.require_rows(scope)
    plots = None if plot is None else [plot if scope.anonymous else home.store.plot(plot, scope).id]
    return home.store.areas(scope, state=state, plots=plots)


def one(viewer: Viewer, home: Platform, area: str) -> pd.Series:
    """Return one area; NotFoundError where the viewer sees none."""
    return home.store.area(area, rights.scope(viewer, "condition.read"))


def sums(viewer: Viewer, home: Platform, by: str = "township") -> pd.DataFrame:
    """Return how much stands weak in each township that may be told: plots, weak plots, area and weak area [m2]."""
    scope = rights.scope(viewer, "condition.sum")
    return home.store.condition_sums(scope, (by,))


def told(viewer: Viewer, home: Platform, area: str) -> dict[str, Any]:
    """Return an area in sentences.

    Returns
    -------
    dict
        head, why, do, sure as {"zh", "en"}; hints and explained as lists of them; visits as a DataFrame.
    """
    row = one(viewer, home, area)
    found = sentences(row.to_dict(), measured(viewer, home))
    found["visits"] = None
    if rights.allowed(viewer, "walk.read"):
        scope = rights.scope(viewer, "walk.read")
        found["visits"] = home.store.visits(scope, what="area", targets=[str(row["id"])])
    return found


def sentences(row: dict[str, Any], rate: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a row of `table`; never why it is weak, only what else is known of the place."""
    told: dict[str, Any] = {"plot": row["name"], "kind": words.known("kind")[row["kind"]]}
    doubt = row["area_error_mu"] or 0.0  # none where the area is the whole plot, whose outline is on record
    told["mu"] = f"{row['area_mu']:.1f}" + (f" ± {doubt:.1f}" if doubt >= 0.05 else "")
    if pd.notna(row["since"]):
        head = words.both("head", "area", since=words.day_both(pd.Timestamp(row["since"]).date()), **told)
    else:
        head = words.both("head", "always", **told)
    if row["kind"] == "drone":
        why = words.both("head", "why_drone", n=int(row["n_obs"]), z=f"{row['z']:.1f}")
        sure = words.both("head", "sure_drone")
    else:
        drop, stated = row["drop"], row["false_alarms"]
        fallen = "?" if pd.isna(drop) else f"{drop:.2f}"
        why = words.both("head", "why", index=str(row["index"]).upper(), drop=fallen, n=int(row["n_obs"]))
        rate_said = words.both("head", "unknown") if pd.isna(stated) else f"{100 * stated:.0f} %"
        sure = words.both("head", "sure", rate=rate_said)
    measured_here = (
        words.both("head", "measured", n=rate["visits"], nothing=rate["nothing"])
        if rate["visits"]
        else words.both("head", "unmeasured")
    )
    return {
        "head": head,
        "why": why,
        "do": words.both("head", "do"),
        "sure": {to: f"{sure[to]}{'；' if to == 'zh' else '; '}{measured_here[to]}" for to in words.LANGUAGES},
        "hints": list(row["hints"]),
        "explained": [cause(key) for key in row["explained_by"]],
        "severity": words.known("severity")[str(int(row["severity"]))],
    }


def cause(key: str) -> dict[str, str]:
    """Return the name of an innocent cause; its key where a later version no longer knows it."""
    one = causes().get(key)
    return {"zh": one.zh, "en": one.en} if one else {"zh": key, "en": key}


def measured(viewer: Viewer, home: Platform, start: date | None = None) -> dict[str, Any]:
    """Return the platform's own rate of false alarms from what people found: visits, nothing, rate and its interval.

    Only the newest visit of an area counts. The rate is over all of the platform: it says nothing of a plot, and few
    visits are in one farm.

    Returns
    -------
    dict
        visits, nothing; rate, low, high [1]: Wilson's 95 % interval, None without visits; stated: what the rules claim.
    """
    rights.scope(viewer, "condition.read")
    seen = home.store.visits(rights.EVERYTHING, what="area", start=start).drop_duplicates("target")
    n, nothing = len(seen), int((seen["found"] == NOTHING).sum())
    return {"visits": n, "nothing": nothing, **_wilson(nothing, n)}


def _wilson(k: int, n: int, z: float = 1.96) -> dict[str, float | None]:
    if n == 0:
        return {"rate": None, "low": None, "high": None}
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return {"rate": share, "low": max(middle - half, 0.0), "high": min(middle + half, 1.0)}


def days_ago(home: Platform, moment: Any) -> int:
    """Return how many days lie between a day and today."""
    return (today(home) - pd.Timestamp(moment).date()).days
