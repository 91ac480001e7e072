"""The area table: where growth is poor, since when, how badly, how sure; the table that everything downstream reads.

`COLUMNS`, one row per area (GeoDataFrame in a projected CRS):

    plot           str
    kind           "time" (against its own history), "decline" (slowly), "neighbours" (against similar plots),
                   "within_new", "within_persistent" (a part of the plot), "drone"
    rule           which rule found it: "watch", "A", "B", "cusum", "weakest", "patch", "patch_large", "persistent"
    since          datetime64: onset, as far as dates tell; NaT where nobody knows (persistent)
    last_seen      datetime64: last date that was judged low
    n_obs          int: dates that the finding leans on, since the onset
    index          str
    drop           float: how much lower, in units of the index, positive
    loss           float: drop as a share of what was above bare ground (NDVI-like indices), NaN else
    z              float: the same in standard deviations, negative
    area_m2, area_mu, area_error_mu   float, planimetric; error: half the outline times half a cell, 0 for plots
    share_of_plot  float 0..1
    severity       1 watch, 2 warning, 3 severe
    explained_by   tuple of str: keys of `innocent.causes()` that the farm log or the stage offers
    false_alarms   float: stated share of healthy plots that this rule flags in a year
    geometry       polygon
"""

from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from agro.units import M2_PER_MU
from remote_sensing.condition.rules import SEVERITY

COLUMNS = (
    "plot", "kind", "rule", "since", "last_seen", "n_obs", "index", "drop", "loss", "z", "area_m2", "area_mu",
    "area_error_mu", "share_of_plot", "severity", "explained_by", "false_alarms", "geometry",
)  # fmt: skip
KINDS = ("time", "decline", "neighbours", "within_new", "within_persistent", "drone")


def empty(crs) -> gpd.GeoDataFrame:
    """Return an area table without rows."""
    return _empty(pyproj.CRS.from_user_input(crs) if crs is not None else None).copy()


@cache
def _empty(crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    return table([], crs)


def table(rows: list[dict], crs) -> gpd.GeoDataFrame:
    """Return rows as an area table with all `COLUMNS`, in their kinds."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("since", "last_seen"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    for name in ("drop", "loss", "z", "area_m2", "area_mu", "area_error_mu", "share_of_plot", "false_alarms"):
        frame[name] = frame[name].astype(float)
    for name in ("n_obs", "severity"):
        frame[name] = frame[name].astype(int)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)


def size(geometry, cell: float, covered: float | None = None) -> tuple[float, float, float]:
    """Return the area [m2], the area [mu] and its uncertainty [mu] of an outline made of cells.

    Parameters
    ----------
    geometry : polygon
        In metres.
    cell : float
        Side of a cell [m]; 0 for an outline that was surveyed: no uncertainty.
    covered : float, optional
        Sum of covered fraction times cell area [m2], where known.
    """
    area = geometry.area if covered is None else covered
    return area, area / M2_PER_MU, 0.5 * geometry.length * SEVERITY.edge * cell / M2_PER_MU


def areas(judged: pd.DataFrame, plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what was found in `judged` (see `judge`) as an area table: the whole plot is the area.

    Parameters
    ----------
    judged : DataFrame
        From `judge`; rows without a finding are left out.
    plots : GeoDataFrame
        Column `plot` (or the index of that name) and outlines in a projected CRS.
    """
    outlines = (plots.set_index("plot") if "plot" in plots else plots).geometry
    found = judged[judged["found"] & judged["plot"].isin(outlines.index)]
    shapes = outlines.loc[found["plot"]]
    area = shapes.area.to_numpy()
    frame = found.assign(
        area_m2=area, area_mu=area / M2_PER_MU, area_error_mu=0.0, share_of_plot=1.0, geometry=np.asarray(shapes.array)
    )
    return table(frame.to_dict("records"), plots.crs) if len(frame) else empty(plots.crs)
