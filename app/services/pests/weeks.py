"""The coming five weeks of the viewer's own plots: each organism's level, week by week, and what lies beyond."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.terrain.sites import stand_ins
from app.services import preparation
from app.services.pests import air as hours_of
from app.services.pests import outlooks, records, run, trees
from app.services.platform import Platform
from pest_warning import organism, outlook, weeks
from pest_warning.organism import HORIZONS

MOST = 60  # plots looked at for one viewer: some ten seconds, once a run


@dataclass(frozen=True)
class Weeks:
    """Levels by week.

    Attributes
    ----------
    table : DataFrame
        plot, name, township, cultivar, farm_name, organism, week (0 to 4), level.
    starts : list of date
        First day of each week.
    rows : DataFrame
        The outlook's rows of horizons 30 and 90 of these plots, `outlook.COLUMNS` and `issued`.
    looked_at, plots : int
        How many of how many plots were looked at.
    """

    issued: date
    table: pd.DataFrame
    starts: list[date]
    rows: pd.DataFrame
    looked_at: int
    plots: int


def of_viewer(viewer: Viewer, home: Platform, on: date | None = None) -> Weeks:
    """Return the coming weeks of the viewer's plots, the most pressing first when there are more than `MOST`.

    Raises
    ------
    MissingDataError
        Before the first run, or when the viewer has no plot inside the elevation model.
    """
    outlooks.single(viewer)
    newest = home.store.latest_run(on)
    if newest is None:
        raise outlooks.nothing()
    dangers = outlooks.next_dangers(viewer, home, newest.date)
    lead = dangers["lead_days"].astype(float).fillna(outlooks.SOON / 2.0)
    order = dangers.assign(_up=-dangers["level"], _lead=lead).sort_values(["_up", "_lead", "name"], kind="stable")
    ids = [str(plot) for plot in order["id"].iloc[:MOST]]
    if not ids:
        raise MissingDataError("there are no plots yet", zh="还没有地块")
    levels = _levels(home, newest.date, max(newest.members, 2), tuple(ids))
    plots = home.store.plots(outlooks.single(viewer), ids=ids)
    about = plots[[name for name in ("id", "name", "township", "cultivar", "farm_name") if name in plots]]
    table = levels.merge(pd.DataFrame(about).rename(columns={"id": "plot"}), on="plot")
    rows = pd.concat([outlooks.table(viewer, home, newest.date, None, horizon, ids) for horizon in HORIZONS[1:]])
    starts = [newest.date + timedelta(days=1 + weeks.DAYS * k) for k in range(weeks.WEEKS)]
    return Weeks(newest.date, table, starts, rows.reset_index(drop=True), len(ids), len(dangers))


def shares(found: Weeks, by: str | None = None) -> pd.DataFrame:
    """Return of each organism, group and week how many plots stand at medium or above, and the highest level.

    Parameters
    ----------
    by : str, optional
        Column that makes the groups; without one all plots are one.

    Returns
    -------
    DataFrame
        organism, group, week, warned, counted (plots with a level that means something), plots, level; the organisms
        in the order of what comes.
    """
    table = found.table.assign(group="" if by is None else found.table[by].fillna(""))
    table["warned"] = table["level"] >= outlook.MEDIUM
    table["counted"] = table["level"] >= outlook.LOW
    grouped = table.groupby(["organism", "group", "week"], sort=False)
    out = grouped.agg(
        warned=("warned", "sum"), counted=("counted", "sum"), plots=("plot", "nunique"), level=("level", "max")
    ).reset_index()  # fmt: skip
    weight = out.assign(_w=out["level"] * 10.0 + out["warned"] / out["plots"] - out["week"])
    rank = weight[weight["level"] >= outlook.LOW].groupby("organism")["_w"].max()
    return out.assign(_r=-out["organism"].map(rank).fillna(-99.0)).sort_values(
        ["_r", "organism", "group", "week"], kind="stable"
    ).drop(columns="_r").reset_index(drop=True)  # fmt: skip


def _levels(home: Platform, on: date, members: int, ids: tuple[str, ...]) -> pd.DataFrame:
    inputs = preparation.prepare(home, on, members, ids)
    organisms, first_day = organism.catalogue(), run.calendar(on)
    sites = stand_ins(inputs.plots_themselves, run.GROUPS, carried=["slope", "aspect"])
    grown = trees.of_sites(inputs, sites, first_day, outlook.AHEAD, parallel=False)
    air = hours_of.of_cells(home, inputs, first_day, outlook.AHEAD)
    written = records.of_plots(home, inputs.plots, first_day, on)
    leaning = run.heaviest(sites, len(inputs.plots))
    parts: list[dict[str, Any]] = []
    for _, some in run.chunks(sites):
        setting = run.setting_of(inputs, sites, grown, air, written, leaning, some, organisms, first_day, False)
        for one in organisms if len(setting.plots) else ():
            found = weeks.levels(one, setting)
            count = found.shape[1]
            parts.append({
                "plot": np.repeat(setting.plots, count), "organism": one.key,
                "week": np.tile(np.arange(count), len(found)), "level": found.reshape(-1),
            })  # fmt: skip
    return pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
