"""What officials see of pests: how many mu of a township stand at medium or above, as far as that points at nobody."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from agro import units
from agro.farm import Viewer
from agro.store import disclosed, rights
from app.services.pests import outlooks
from app.services.platform import Platform
from pest_warning import outlook


@dataclass(frozen=True)
class Townships:
    """Sums that may be told: the first row of `table` is the whole region; `hidden` counts the townships left out."""

    issued: date
    table: pd.DataFrame
    hidden: int


def townships(viewer: Viewer, home: Platform, organism: str, horizon: int, on: date | None = None) -> Townships:
    """Return how much of each township stands at medium or above, as far as it may be told.

    Columns: township, growers, plots, area_mu, complete [1], warned_mu (at medium or high) and calm_mu; NaN where a
    cell has fewer than five growers, or one who holds most of it, or would tell another such cell.
    """
    rights.require(viewer, "pest.sum")
    outlooks.checked(organism, horizon)
    outlooks.refuse_hushed(viewer, home, organism, on)
    rows = home.store.pests(rights.EVERYTHING, on, None, organism, horizon)
    if rows is None:
        raise outlooks.nothing()
    plots = pd.DataFrame(home.store.plots(rights.EVERYTHING).drop(columns="geometry"))
    owners = {farm.id: farm.owner or farm.id for farm in home.store.farms(rights.EVERYTHING)}
    plots = plots.assign(grower=plots["farm"].map(owners), level=plots["id"].map(rows.set_index("plot")["level"]))
    known = plots["level"].ge(outlook.LOW) | plots["level"].eq(outlook.NOTHING)
    state = np.where(~known, "unknown", np.where(plots["level"] >= outlook.MEDIUM, "warned", "calm"))
    plots = plots.assign(state=state, region=home.store.region().name)
    told, cells = (
        disclosed(plots, "township", "grower", "area"),
        disclosed(plots, ["township", "state"], "grower", "area"),
    )
    whole, parts = disclosed(plots, "region", "grower", "area"), disclosed(plots, "state", "grower", "area")
    made = [_sum(name, some, parts) for name, some in whole.groupby("region")]
    if made:
        made += [_sum(name, some, cells[cells["township"] == name]) for name, some in told.groupby("township")]
    hidden = plots["township"].nunique() - max(len(made) - 1, 0) + int(plots["township"].isna().any())
    return Townships(rows["issued"].iloc[0].date(), pd.DataFrame(made), hidden)


def _sum(name: Any, group: pd.DataFrame, cells: pd.DataFrame) -> dict[str, Any]:
    row = {
        "township": name, "growers": group["grower"].nunique(), "plots": len(group),
        "area_mu": units.mu(group["area"].sum()), "complete": float((group["state"] != "unknown").mean()),
    }  # fmt: skip
    for state in ("warned", "calm"):
        there = (group["state"] == state).any()
        some = cells[cells["state"] == state]
        row[f"{state}_mu"] = units.mu(some["area"].sum()) if len(some) else np.nan if there else 0.0
    return row
