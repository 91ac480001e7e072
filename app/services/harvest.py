"""In which order to pick: each plot's window from its members' dates, and which part of the farm ripens when."""

from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd

from agro.farm import ASSUMED_DEFAULTS, Viewer
from app.services import advice, plot_states
from app.services.platform import Platform
from growth_model.advice import harvest_order, harvest_windows, ripening_by
from growth_model.advice.harvest import BIGGER_FIRST, BIGGER_SOURCE, reached

BAND = 100  # m of elevation that make one part of a farm
FLAT_BELOW = 2.0  # degrees; gentler ground has no side that matters
SIDES = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
PARTS = ("band", "side", "farm_name")
"""What a farm may be divided by: elevation, the side a slope faces, and whose it is."""


@dataclass(frozen=True)
class HarvestPlan:
    """The order of picking.

    Attributes
    ----------
    order : DataFrame
        Index `plot` (id), first to pick on top: as from `growth_model.advice.harvest_order`, with name, cultivar,
        farm_name, township, elevation, band [m], side, area [m2], crop_year and `fades_p50`, from when half of the
        cases put the taste as flat.
    parts : dict
        By each of `PARTS` a table from `ripening_by`: cultivars apart, as they ripen apart anyway.
    looked_at, plots : int
        How many of how many plots were looked at.
    """

    issued: date | None
    order: pd.DataFrame = field(default_factory=pd.DataFrame)
    parts: dict[str, pd.DataFrame] = field(default_factory=dict)
    looked_at: int = 0
    plots: int = 0


def plan(viewer: Viewer, home: Platform, on: date | None = None) -> HarvestPlan:
    """Return the order of picking of the viewer's plots, as of the run of `on` (the newest by default)."""
    chosen, total = advice.chosen(viewer, home, on)
    states = plot_states.of_plots(home, list(chosen["id"]), on) if total else {}
    if not states:
        return HarvestPlan(None, plots=total)
    issued = next(iter(states.values())).issued
    return HarvestPlan(issued, *ranked(states, chosen, issued), len(chosen), total)


def ranked(
    states: dict[str, plot_states.PlotState], plots: gpd.GeoDataFrame, today: date
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return the order of picking and the tables by part of the farm."""
    dates = pd.concat([state.dates.assign(plot=plot) for plot, state in states.items()], ignore_index=True)
    windows = harvest_windows(dates)
    about = _about(plots).loc[windows.index]
    order = harvest_order(windows, today)
    fades = dates.groupby("plot")["fades"].agg(lambda days: reached(days, 0.5))
    years = {plot: state.crop_year for plot, state in states.items()}
    order = order.join(about).assign(crop_year=lambda rows: rows.index.map(years), fades_p50=fades)
    return order, {by: ripening_by(windows, about, ["cultivar", by]) for by in PARTS}


def bigger_first() -> dict[str, str]:
    """Return the advice to pick bigger fruit first: {"zh", "en", "source"}."""
    return {**BIGGER_FIRST, "source": BIGGER_SOURCE}


def _about(plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what a plan tells of each plot, index `plot`."""
    rows = pd.DataFrame(plots.drop(columns="geometry")).set_index(plots["id"].rename("plot"))
    rows["cultivar"] = rows["cultivar"].fillna(ASSUMED_DEFAULTS["cultivar"])
    rows["band"] = np.floor(rows["elevation"].astype(float) / BAND) * BAND
    rows["side"] = [side(*pair) for pair in zip(rows["aspect"], rows["slope"], strict=True)]
    return rows[["name", "cultivar", "farm_name", "township", "elevation", "band", "side", "area"]]


def side(aspect: float | None, slope: float | None) -> str:
    """Return the side that a slope faces, "flat" where it has none and "unknown" where nobody knows.

    >>> side(200.0, 12.0), side(200.0, 1.0), side(None, None)
    ('south', 'flat', 'unknown')
    """
    if slope is not None and not np.isnan(slope) and slope < FLAT_BELOW:
        return "flat"
    if aspect is None or np.isnan(aspect) or slope is None or np.isnan(slope):
        return "unknown"
    return SIDES[round(float(aspect) / 45) % 8]
