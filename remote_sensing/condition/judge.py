"""All plots judged on one day: against their own history, for slow decline, and against similar plots.

    observations (series.COLUMNS) + plots -> judge -> one row per plot and kind -> areas -> alerts

Judgement table, one row per plot and kind ("time", "decline", "neighbours"); `COLUMNS`:

    plot, kind, index
    found          bool
    rule           "watch", "A", "B" (time), "cusum" (decline), "weakest" (neighbours), "" where nothing was found
    reason         why there is no judgement: "" (judged), "no_observation" (no usable date in the year, or in the last
                   90 days for neighbours), "short_history" (under two years), "few_sisters"
    since, last_seen   datetime64: onset (the step that explains the dates best), last low date; NaT if not found
    n_obs          int, judged dates since the onset
    drop, loss, z, level   median over the run (neighbours: of the last 90 days): positive drop in units of the index,
                   its share of what stood above bare ground, standard deviations (negative), and what was normal
    severity       0 nothing found, 1 watch, 2 warning, 3 severe
    explained_by   tuple of keys of `innocent.causes()`
    false_alarms   stated share of healthy plots that the rule flags in a year at this length of history
    years          years of history
    against        "sisters", "region" or "raw": what was taken off at most dates of the last year
    common         median of what similar plots themselves lie below or above their history, last three dates: a change
                   that all share is weather, haze or the region's own trouble, and not in `drop`
    rank, of       neighbours: place from below among how many plots with itself
    last_usable    datetime64, last date that could be judged
    good_dates     int, how many judged dates at the end lie above z = -1 without a break: two close an alert
"""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from remote_sensing.condition.against_history import Differences, differences, time_rules
from remote_sensing.condition.against_sisters import neighbour_rule
from remote_sensing.condition.decline import decline_rule
from remote_sensing.condition.false_alarms import stated
from remote_sensing.condition.innocent import explained
from remote_sensing.condition.rules import HISTORY
from remote_sensing.condition.severity import relative_loss, severity
from remote_sensing.series.observations import day_numbers, joined, plot_series
from remote_sensing.series.sisters import Sisters
from remote_sensing.series.sisters import sisters as similar

COLUMNS = (
    "plot", "kind", "index", "found", "rule", "reason", "since", "last_seen", "n_obs", "drop", "loss", "z", "level",
    "severity", "explained_by", "false_alarms", "years", "against", "common", "rank", "of", "last_usable", "good_dates",
)  # fmt: skip
AGAINST = np.array(["raw", "region", "sisters"], dtype=object)


def judge(
    observations: pd.DataFrame,
    plots: pd.DataFrame | gpd.GeoDataFrame,
    on: date,
    events: pd.DataFrame | None = None,
    stages: pd.DataFrame | None = None,
    *,
    index: str = "ndvi",
    sisters: Sisters | None = None,
) -> pd.DataFrame:
    """Return the judgement of every plot on a day (see the top of this file).

    Parameters
    ----------
    observations : DataFrame
        Observation table (`series.observations`); later rows than `on` are left out, sensors are joined. Where it holds
        "nbr" too, a fall of NBR counts for the severity. Rows that are `relative` count among neighbours only.
    plots : DataFrame
        Column `plot` (or an index of that name) and what `series.sisters` reads: x, y [m] or outlines in a projected
        CRS; group, planted, elevation, slope, aspect where known.
    on : date
        Day of the judgement: the 365 days before it are judged, all before those are history.
    events : DataFrame, optional
        plot, date, kind: work in the farm log (`innocent.toml`); replanting, top-working and heavy pruning make the
        history start anew.
    stages : DataFrame, optional
        plot, stage, start, end.
    index : str
    sisters : Sisters, optional
        Found before for the same plots.

    Examples
    --------
    >>> judged = judge(observations, plots, date(2026, 9, 1), events)  # doctest: +SKIP
    >>> table = areas(judged, plots)  # doctest: +SKIP
    >>> patches = within(stack, outline, plot="A7")  # doctest: +SKIP
    >>> open_, sent, closed = alerts(previous, pd.concat([table, patches]), date(2026, 9, 1))  # doctest: +SKIP
    """
    table = plots.reset_index() if "plot" not in plots else plots
    if "x" not in table and isinstance(table, gpd.GeoDataFrame):
        centres = table.geometry.centroid
        table = table.assign(x=centres.x, y=centres.y)
    groups = similar(table) if sisters is None else sisters
    today = int(day_numbers(pd.Series([on]))[0])
    known = observations[(observations["index"] == index) & (day_numbers(observations["time"]) <= today)]
    names = table["plot"].to_numpy(dtype=object)
    beside = differences(plot_series(joined(known)[0], index, names), groups, on, events)
    # neighbours are compared within a picture: of any sensor, and where values of two dates mean nothing together
    ranked = neighbour_rule(plot_series(known, index, names), groups, today)
    kinds = {"time": time_rules(beside), "decline": decline_rule(beside), "neighbours": ranked}
    state = _state(beside)
    burnt = _nbr_drops(observations, table, groups, on, events, kinds["time"]) if index != "nbr" else None
    parts = [_told(kind, rows, state, index, events, stages, burnt) for kind, rows in kinds.items()]
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _nbr_drops(observations, table, groups, on, events, found) -> pd.Series | None:
    """Return how far NBR fell since each found plot's onset, by plot, where the table holds that index."""
    today = int(day_numbers(pd.Series([on]))[0])
    rows = observations[(observations["index"] == "nbr") & (day_numbers(observations["time"]) <= today)]
    if rows.empty:
        return None
    series = plot_series(joined(rows)[0], "nbr", table["plot"].to_numpy(dtype=object))
    beside = differences(series, groups, on, events)
    since = found["since"].to_numpy()[series.owner]
    inside = np.isfinite(beside.difference) & (since >= 0) & (series.day >= since)
    return pd.Series(-beside.difference[inside]).groupby(series.plots[series.owner[inside]]).median()


def _state(beside: Differences) -> pd.DataFrame:
    """Return what is known of every plot whatever is found: history, reference, last date, recovery."""
    series = beside.series
    judged = np.isfinite(beside.z) & (series.day > beside.cut)
    rows = pd.DataFrame(
        {
            "owner": series.owner[judged], "day": series.day[judged], "against": beside.against[judged],
            "common": beside.common[judged], "good": beside.z[judged] > HISTORY.recovered_z,
        }
    )  # fmt: skip
    by_plot = rows.groupby("owner")
    places = range(len(series.plots))
    from_end = rows.iloc[::-1].groupby("owner")["good"].cumprod()
    against = by_plot["against"].median().reindex(places, fill_value=0)
    in_season = np.zeros(len(series.plots), dtype=bool)
    in_season[series.owner[series.day > beside.cut]] = True
    return pd.DataFrame(
        {
            "years": beside.years,
            "against": AGAINST[against.round().to_numpy(int)],
            "common": by_plot.tail(3).groupby("owner")["common"].median().reindex(places),
            "last_usable": by_plot["day"].max().reindex(places, fill_value=-1),
            "good_dates": from_end.groupby(rows["owner"]).sum().reindex(places, fill_value=0).astype(int),
            "seen": in_season,
        },
        index=places,
    )


def _told(kind, rows, state, index, events, stages, burnt) -> pd.DataFrame:
    """Return one kind's findings as judgement rows."""
    table = rows.assign(kind=kind, index=index, **{name: state[name].to_numpy() for name in state})
    table["found"] = table["rule"] != ""
    for name in ("since", "last_seen", "last_usable"):
        table[name] = _as_dates(table[name])
    table["loss"] = relative_loss(table["drop"], table["level"], index)
    nbr = 0.0 if burnt is None or kind != "time" else table["plot"].map(burnt).fillna(0.0)
    worst = severity(table["rule"], table["loss"], nbr_drop=nbr)
    table["severity"] = np.where(table["found"], worst, 0)
    table["false_alarms"] = np.nan
    for rule, name in (("watch", "watch"), ("A", "a"), ("B", "b"), ("cusum", "cusum")):
        of_rule = table["rule"] == rule
        table.loc[of_rule, "false_alarms"] = stated(name, table.loc[of_rule, "years"].to_numpy(float))
    table["explained_by"] = [()] * len(table)
    if table["found"].any():
        table.loc[table["found"], "explained_by"] = explained(table[table["found"]], events, stages)
    if kind == "neighbours":
        table["reason"] = np.where(table["known"], "", np.where(table["seen"], "few_sisters", "no_observation"))
    else:
        short = table["years"] < HISTORY.least_years - 0.1
        unseen = table["last_usable"].isna()
        table["reason"] = np.where(~table["seen"], "no_observation", np.where(short | unseen, "short_history", ""))
        table["rank"] = table["of"] = 0
    return table


def _as_dates(days: pd.Series) -> pd.Series:
    """Return days since 1970 as datetime64[s], NaT for -1."""
    stamps = pd.to_datetime(days.to_numpy().astype(np.int64), unit="D").astype("datetime64[s]")
    return pd.Series(stamps, index=days.index).where(days >= 0)
