"""Innocent causes of a drop: work in the farm log and the trees' stage, told beside a finding, never instead of it."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from agro import parameters

FILE = Path(__file__).with_name("innocent.toml")


@dataclass(frozen=True)
class Cause:
    """Work or a stage that makes a canopy look poorer for a while."""

    key: str  # "work.pruning", "stage.colouring"
    zh: str
    en: str
    lasts: float  # d; of a stage 0: it has its own end
    most: float  # units of NDVI


@cache
def causes() -> dict[str, Cause]:
    """Return all causes by key."""
    found = {}
    for group, entries in parameters.document(FILE).items():
        for name, entry in entries.items():
            numbers = {key: value for key, value in entry.items() if isinstance(value, dict)}
            lasts = float(numbers["lasts"]["value"]) if "lasts" in numbers else 0.0
            key = f"{group}.{name}"
            found[key] = Cause(key, entry["zh"], entry["en"], lasts, float(numbers["most"]["value"]))
    return found


def explained(found: pd.DataFrame, events: pd.DataFrame | None, stages: pd.DataFrame | None) -> pd.Series:
    """Return for each finding the keys of the causes that would explain it, as a tuple.

    A cause explains when the work was done no later than the first low date and no longer before it than its effect
    lasts, when its effect was not over by the last low date, and when the drop is not larger than it can make.

    Parameters
    ----------
    found : DataFrame
        Columns plot, since, last_seen, drop.
    events : DataFrame, optional
        Columns plot, date, kind; kinds without an entry in `innocent.toml` say nothing.
    stages : DataFrame, optional
        Columns plot, stage, start, end: when the growth model has the plot in a stage.
    """
    rows = found[["plot", "since", "last_seen", "drop"]].assign(row=np.arange(len(found)))
    rows["since"], rows["last_seen"] = (_dates(rows[name]) for name in ("since", "last_seen"))
    keys: list[list[str]] = [[] for _ in range(len(found))]
    for key, row in [*_by_work(rows, events), *_by_stage(rows, stages)]:
        if key not in keys[row]:
            keys[row].append(key)
    return pd.Series([tuple(one) for one in keys], index=found.index, dtype=object)


def _by_work(rows: pd.DataFrame, events: pd.DataFrame | None) -> list[tuple[str, int]]:
    if events is None or not len(events):
        return []
    known = {name.removeprefix("work."): cause for name, cause in causes().items() if name.startswith("work.")}
    work = events.loc[events["kind"].isin(list(known)), ["plot", "date", "kind"]]
    pairs = rows.merge(work.assign(date=_dates(work["date"])), on="plot")
    # of no pairs at all pandas does not know that these are numbers
    lasts, most = (
        pairs["kind"].map({name: getattr(cause, which) for name, cause in known.items()}).astype(float)
        for which in ("lasts", "most")
    )
    lasts = pd.to_timedelta(lasts, unit="D")
    fits = (pairs["date"] <= pairs["since"]) & (pairs["last_seen"] <= pairs["date"] + lasts) & (pairs["drop"] <= most)
    return [(f"work.{kind}", int(row)) for kind, row in pairs.loc[fits, ["kind", "row"]].itertuples(index=False)]


def _by_stage(rows: pd.DataFrame, stages: pd.DataFrame | None) -> list[tuple[str, int]]:
    if stages is None or not len(stages):
        return []
    known = {name.removeprefix("stage."): cause for name, cause in causes().items() if name.startswith("stage.")}
    pairs = rows.merge(stages.loc[stages["stage"].isin(list(known)), ["plot", "stage", "start", "end"]], on="plot")
    most = pairs["stage"].map({name: cause.most for name, cause in known.items()}).astype(float)
    fits = (
        (_dates(pairs["start"]) <= pairs["since"])
        & (pairs["last_seen"] <= _dates(pairs["end"]))
        & (pairs["drop"] <= most)
    )
    return [(f"stage.{stage}", int(row)) for stage, row in pairs.loc[fits, ["stage", "row"]].itertuples(index=False)]


def _dates(values: pd.Series) -> pd.Series:
    """Return days as naive datetime64, whatever they came as."""
    return pd.to_datetime(values, utc=True).dt.tz_localize(None).dt.normalize()
