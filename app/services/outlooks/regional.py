"""What officials see: sums by township, of at least five growers, and how complete they are."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from agro import units
from agro.farm import Viewer
from agro.store import disclosed, rights
from app.services.platform import Platform

MEDIANS = ("bloom", "ripe")  # dates, weighted by area
MEANS = ("diameter", "tss", "delay")
LEVELS = ("p10", "p50", "p90")


@dataclass(frozen=True)
class Regional:
    """Sums: the first row of `table` is the whole region, then what townships may be told; `hidden` counts the rest."""

    issued: date | None
    table: pd.DataFrame
    hidden: int
    plots: int
    with_outlook: int


def regional(viewer: Viewer, home: Platform, on: date | None = None) -> Regional:
    """Return growers, plots, mu, bloom, ripeness, size, sugar and delay of each township that may be told.

    A township's spread is the area-weighted mean of its plots' spreads: what a plot of it has, not the sum's own doubt.
    """
    rights.require(viewer, "outlook.sum")
    plots = home.store.plots(rights.EVERYTHING)
    summary = home.store.outlook_summary(rights.EVERYTHING, on).rename(columns={"date": "issued"})
    extra = [column for column in summary.columns if column == "plot" or column not in plots.columns]
    table = pd.DataFrame(plots.drop(columns="geometry")).merge(
        summary[extra], left_on="id", right_on="plot", how="left"
    )
    owners = {farm.id: farm.owner or farm.id for farm in home.store.farms(rights.EVERYTHING)}
    table["grower"] = table["farm"].map(owners)
    rows = []
    if len(table):
        whole = disclosed(table.assign(region=home.store.region().name), "region", "grower", "area")
        rows += [_township(name, group) for name, group in whole.groupby("region")]
        told = disclosed(table, "township", "grower", "area")
        rows += [_township(name, group) for name, group in told.groupby("township")] if rows else []
    issued = summary["issued"].iloc[0].date() if len(summary) else None
    hidden = table["township"].nunique() - max(len(rows) - 1, 0) + int(table["township"].isna().any())
    return Regional(issued, pd.DataFrame(rows), hidden, len(table), int(table["issued"].notna().sum()))


def _township(name: str, group: pd.DataFrame) -> dict[str, object]:
    known = group[group["issued"].notna()]
    row: dict[str, object] = {
        "township": name,
        "growers": group["grower"].nunique(),
        "plots": len(group),
        "area_mu": round(units.mu(group["area"].sum()), 1),
        "area_ha": round(units.hectares(group["area"].sum()), 2),
        "complete": len(known) / len(group),
    }
    for level in LEVELS:
        for quantity in MEDIANS:
            row[f"{quantity}_{level}"] = _mean_day(known[f"{quantity}_{level}"], known["area"])
        for quantity in MEANS:
            row[f"{quantity}_{level}"] = _mean(known[f"{quantity}_{level}"].to_numpy(float), known["area"])
    return row


def _mean(values: np.ndarray, area: pd.Series) -> float:
    there = np.isfinite(values)
    return float(np.average(values[there], weights=area[there])) if there.any() else np.nan


def _mean_day(days: pd.Series, area: pd.Series) -> date | None:
    """Return the area-weighted mean day; None where a plot has none, as it would be later than all."""
    if not len(days) or days.isna().any():
        return None
    number = _mean(days.map(pd.Timestamp.toordinal).to_numpy(float), area)
    return date.fromordinal(round(number))
