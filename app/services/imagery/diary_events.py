"""Work and stages that make a canopy look poorer for a while, as the farm log and the growth outlook tell them."""

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from agro.store import rights
from app.services.imagery.settings import number, whole
from app.services.platform import Platform

DEEDS = {
    "pruning": "pruning",
    "removal": "pruning",
    "flush_removal": "pruning",
    "bagging": "bagging",
    "spray": "spray",
    "bait": "spray",
}
"""Kinds of treatments as `remote_sensing/condition/innocent.toml` names them."""
SEEN = {"replanted": "replanting", "pruned": "pruning"}
"""What people found on walks, as the same file names it."""


def events(home: Platform, start: date, on: date, plots: Sequence[str] | None = None) -> pd.DataFrame:
    """Return what was done at all plots or some: plot, date, kind."""
    done = home.store.treatments(rights.EVERYTHING, plots, start, on)
    done = done[["plot", "date", "kind"]].assign(kind=done["kind"].map(DEEDS)).dropna(subset="kind")
    picked = home.store.observations(rights.EVERYTHING, plots, kind="harvest", start=start, end=on)
    picked = picked[["plot", "date"]].assign(kind="harvest")
    seen = home.store.visits(rights.EVERYTHING, plots, start=start)
    seen = seen[seen["date"] <= pd.Timestamp(on)]
    seen = seen[["plot", "date"]].assign(kind=seen["found"].map(SEEN)).dropna(subset="kind")
    parts = [part for part in (done, picked, seen) if len(part)]
    if not parts:
        return pd.DataFrame({"plot": [], "date": pd.to_datetime([]), "kind": []})
    return pd.concat(parts, ignore_index=True)


def stages(home: Platform, on: date) -> pd.DataFrame:
    """Return when plots bloom and when fruit swell and colour, by the newest outlook: plot, stage, start, end."""
    columns = ["plot", "stage", "start", "end"]
    summary = home.store.outlook_summary(rights.EVERYTHING, on)
    rows = []
    around, before = timedelta(days=whole("explained", "bloom")), timedelta(days=number("explained", "colouring"))
    for row in summary[["plot", "bloom_p50", "ripe_p50"]].to_dict("records"):
        if pd.notna(row["bloom_p50"]):
            rows.append((row["plot"], "bloom", row["bloom_p50"] - around, row["bloom_p50"] + around))
        if pd.notna(row["ripe_p50"]):
            rows.append((row["plot"], "colouring", row["ripe_p50"] - before, row["ripe_p50"]))
    return pd.DataFrame(rows, columns=columns)
