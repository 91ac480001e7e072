"""From areas found day after day to few messages: merge, match with open ones, close recovered ones, keep a budget.

Alert table: the area table with

    id          str, "" for a new one: the store gives it a name
    state       "open" or "closed"
    found       datetime64, day of the first finding
    sent        datetime64 of the last message, NaT never
    sent_severity   int, severity when it was sent, 0 never
    closed      datetime64, NaT while open
    held        why it was not sent today: "" (sent), "told" (sent before and not worse), "watch", "explained",
                "persistent" (has always been so: for the map, not a message), "quiet" (same plot and cause told within
                14 days), "budget" (others come first this week)
"""

from collections.abc import Mapping
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from remote_sensing.condition.areas import COLUMNS
from remote_sensing.condition.rules import ALERTS

ALERT_COLUMNS = (*COLUMNS, "id", "state", "found", "sent", "sent_severity", "closed", "held")
CAUSE = {
    "time": "history", "decline": "history", "neighbours": "neighbours", "within_new": "part",
    "within_persistent": "persistent", "drone": "drone",
}  # fmt: skip
"""What counts as one cause: a plot below its history and one that declines are told once."""
NEVER = np.datetime64("NaT", "s")


def alerts(
    previous: gpd.GeoDataFrame | None,
    found: gpd.GeoDataFrame,
    on: date,
    good: Mapping | pd.Series | None = None,
    budget: int = ALERTS.per_week,
    told_to: Mapping | pd.Series | None = None,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return what is open, what of it is to be sent today, and what was closed today.

    Parameters
    ----------
    previous : GeoDataFrame, optional
        Alert table of the day before; closed ones of the last 14 days keep their plots quiet. Missing columns are
        taken as new; further columns are kept.
    found : GeoDataFrame
        Area table of today, in the same CRS.
    on : date
    good : mapping from the index of `previous` to int, optional
        Judged dates above z = -1 at the end without a break (`judge`: good_dates, patches: `within.good_dates`). Two
        close an alert that was not found again; with none given nothing closes.
    budget : int
        Messages a week to one viewer, those of the last seven days in `previous` included; severity times area comes
        first, the rest is listed and not sent.
    told_to : mapping from plot to str, optional
        Who is told of a plot (its farm, say): each has a budget. All plots are one viewer's by default.

    Returns
    -------
    open, sent, closed : GeoDataFrame
        Alert tables; `sent` are rows of `open` that were marked as sent today.
    """
    today = np.datetime64(on, "s")
    before = alert_table(previous, found.crs)
    was_open = before["state"] == "open"
    fresh = alert_table(merged(found), found.crs).assign(found=today)
    now, matched = _matched(before[was_open], fresh, today)
    left = before[was_open & ~before.index.isin(matched)]
    calm = pd.Series(0, index=left.index) if good is None else pd.Series(good).reindex(left.index).fillna(0)
    over = calm >= ALERTS.good_dates
    closed = left[over].assign(state="closed", closed=today, held="")
    now = alert_table(pd.concat([now, left[~over]], ignore_index=True), found.crs)
    now["held"] = _held(now, before, today)
    due = ranked(now[now["held"] == ""])
    spent = _viewers(before[_recent(before["sent"], today, 7)], told_to).value_counts()
    viewer = _viewers(due, told_to)
    place = viewer.groupby(viewer).cumcount() + viewer.map(spent).fillna(0)
    now.loc[due.index[place.to_numpy() >= budget], "held"] = "budget"
    going = now["held"] == ""
    now.loc[going, "sent"] = today
    now.loc[going, "sent_severity"] = now.loc[going, "severity"]
    return now, ranked(now[going]), closed


def good_dates_of(previous: gpd.GeoDataFrame, judged: pd.DataFrame) -> pd.Series:
    """Return `good` of `alerts` for areas that are whole plots, from the judgement table; parts of plots have 0."""
    # neighbours are ranked over a season: such an alert ends when a new season no longer finds it
    by_plot = judged[judged["kind"] == "time"].set_index("plot")["good_dates"]
    whole = previous["kind"].isin(["time", "decline"])
    ranks = judged[judged["kind"] == "neighbours"].set_index("plot")
    unranked = previous["plot"].map(ranks["found"] | (ranks["reason"] != "")).fillna(True).astype(bool)
    over = (previous["kind"] == "neighbours") & ~unranked
    return previous["plot"].map(by_plot).fillna(0).where(whole, 0).mask(over, ALERTS.good_dates).astype(int)


def ranked(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas by severity times area, the largest first; explained ones last."""
    score = areas["severity"] * areas["area_mu"].fillna(0)
    order = pd.DataFrame(
        {"explained": areas["explained_by"].map(bool).astype(bool), "score": -score, "plot": areas["plot"]}
    )
    return areas.loc[order.sort_values(["explained", "score", "plot"], kind="stable").index]


def merged(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas with patches of one plot and kind that lie less than 20 m apart made one.

    Areas add up, the onset is the earliest, drop and z are means by area, severity and share those of the whole.
    """
    rows = []
    for _, group in found.groupby(["plot", "kind"], sort=False):
        for part in np.unique(labels := _clusters(group.geometry)):
            rows.append(_one(group[labels == part]))
    if not rows:
        return found.copy()
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs=found.crs).astype(
        {name: kind for name, kind in found.dtypes.items() if name in ("severity", "n_obs")}
    )


def alert_table(areas: gpd.GeoDataFrame | None, crs) -> gpd.GeoDataFrame:
    """Return areas as an alert table: what is missing is as of a new alert; kinds of columns are fixed."""
    table = gpd.GeoDataFrame(columns=[*COLUMNS], geometry="geometry", crs=crs) if areas is None else areas.copy()
    fresh = {"id": "", "state": "open", "found": NEVER, "sent": NEVER, "sent_severity": 0, "closed": NEVER, "held": ""}
    for name, value in fresh.items():
        if name not in table:
            table[name] = value
    for name in ("since", "last_seen", "found", "sent", "closed"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[s]")
    unknown = table["sent_severity"].isna() | (table["sent_severity"] == 0)
    table["sent_severity"] = table["sent_severity"].mask(unknown & table["sent"].notna(), table["severity"])
    return table.astype({"sent_severity": int, "severity": int})


def _matched(before, fresh, today) -> tuple[gpd.GeoDataFrame, list]:
    """Return today's findings with the names and dates of the alerts that they continue, and those alerts' index."""
    keys = before["plot"] + "\x1f" + before["kind"].map(CAUSE).astype(str)
    waiting = before.groupby(keys, sort=False).groups if len(before) else {}
    matched: list = []
    fresh = fresh.reset_index(drop=True)
    kept = [name for name in before.columns if name not in COLUMNS and name != "held"]
    for name in kept:
        if name not in fresh:
            fresh[name] = None
    for row, plot, kind, shape in zip(fresh.index, fresh["plot"], fresh["kind"], fresh.geometry, strict=True):
        key = f"{plot}\x1f{CAUSE[kind]}"
        near = [i for i in waiting.get(key, ()) if i not in matched]
        if kind in ("within_new", "within_persistent", "drone"):
            near = [i for i in near if before.geometry.loc[i].distance(shape) < ALERTS.merge]
            near.sort(key=lambda i: -before.geometry.loc[i].intersection(shape).area)
        if near:
            old = before.loc[near[0]]
            matched.append(near[0])
            for name in kept:
                fresh.at[row, name] = old[name]
            if pd.notna(old["since"]):
                fresh.at[row, "since"] = min(fresh.at[row, "since"], old["since"])
    return fresh, matched


def _held(now, before, today) -> np.ndarray:
    """Return why each open alert is not due today, "" for those that are."""
    told = now["sent"].notna() & (now["severity"] <= now["sent_severity"])
    recent = before[_recent(before["sent"], today, ALERTS.quiet)]
    quiet = set(zip(recent["plot"], recent["kind"].map(CAUSE), strict=True))
    is_quiet = [pair in quiet for pair in zip(now["plot"], now["kind"].map(CAUSE), strict=True)]
    seen_today = now["last_seen"].notna()
    first = ~now.assign(cause=now["kind"].map(CAUSE)).loc[ranked(now).index].duplicated(["plot", "cause"])
    return np.select(
        [
            now["kind"] == "within_persistent",
            now["rule"] == "watch",
            now["explained_by"].map(bool).to_numpy(bool),
            told,
            np.asarray(is_quiet, dtype=bool) | ~first.reindex(now.index) | ~seen_today,
        ],
        ["persistent", "watch", "explained", "told", "quiet"],
        default="",
    )


def _viewers(areas: gpd.GeoDataFrame, told_to: Mapping | pd.Series | None) -> pd.Series:
    """Return who is told of each area, "" where nobody in particular is."""
    if told_to is None:
        return pd.Series("", index=areas.index, dtype=object)
    return areas["plot"].map(dict(told_to)).fillna("").astype(object)


def _recent(sent: pd.Series, today: np.datetime64, days: int) -> pd.Series:
    return sent.notna() & (sent > pd.Timestamp(today) - pd.Timedelta(days=days))


def _clusters(shapes: gpd.GeoSeries) -> np.ndarray:
    """Return the number of the cluster of each shape: closer than 20 m is one."""
    near, other = shapely.STRtree(shapes.values).query(shapes.values, predicate="dwithin", distance=ALERTS.merge)
    n = len(shapes)
    return connected_components(coo_array((np.ones(len(near)), (near, other)), shape=(n, n)), directed=False)[1]


def _one(rows: gpd.GeoDataFrame) -> dict:
    """Return several areas as one."""
    if len(rows) == 1:
        return rows.iloc[0].to_dict()
    weight = rows["area_m2"] / rows["area_m2"].sum()
    return rows.iloc[0].to_dict() | {
        "since": rows["since"].min(), "last_seen": rows["last_seen"].max(), "n_obs": rows["n_obs"].max(),
        "drop": (rows["drop"] * weight).sum(), "loss": (rows["loss"] * weight).sum(min_count=len(rows)),
        "z": (rows["z"] * weight).sum(), "area_m2": rows["area_m2"].sum(), "area_mu": rows["area_mu"].sum(),
        "area_error_mu": rows["area_error_mu"].sum(), "share_of_plot": min(rows["share_of_plot"].sum(), 1.0),
        "severity": rows["severity"].max(), "false_alarms": rows["false_alarms"].max(),
        "explained_by": tuple(sorted(set.intersection(*map(set, rows["explained_by"])))),
        "geometry": shapely.union_all(rows.geometry.values),
    }  # fmt: skip
