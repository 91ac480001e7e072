"""What may be told of others' plots: sums that point at nobody, rows that name nobody."""

import hashlib
import hmac

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

GROWERS = 5  # in a cell, USERS.md 5
SHARE = 0.8  # of a cell's area in one hand


def disclosed(
    table: pd.DataFrame,
    group: str | list[str],
    farm: str = "farm",
    area: str = "area",
    *,
    growers: int = GROWERS,
    share: float = SHARE,
) -> pd.DataFrame:
    """Return the rows of `table` whose group may be shown.

    Parameters
    ----------
    table : DataFrame
        One row a plot.
    group : str or list of str
        Columns that make the cells; rows without a group are hidden.
    farm : str
        Column that says whose the plot is; unknown ones count as one grower.
    area : str
        Column of the area. [m2]
    growers, share : int, float
        A cell is shown with at least `growers` of them, none of whom holds `share` or more of its area.

    Notes
    -----
    Where the total of a line of cells (all cells; with two columns also each row and column) is known, what is
    hidden is total less shown. So the smallest shown cells of a line are hidden too until that difference is nothing
    or at least two cells that together could be shown themselves. A total must come from `disclosed` as well: a line
    whose cells are all hidden has no total to show when it is a cell too small in its own right.
    """
    groups = [group] if isinstance(group, str) else list(group)
    if table.empty:
        return table
    known = table.dropna(subset=groups)
    holdings = (
        known.assign(_farm=known[farm].astype(object).where(known[farm].notna(), ""))
        .groupby([*groups, "_farm"])[area]
        .sum()
    )
    cells = list(holdings.groupby(level=list(range(len(groups)))).sum().sort_values(kind="stable").index)
    held = {cell: holdings.xs(cell, level=0 if len(groups) == 1 else groups) for cell in cells}
    hidden = {cell for cell in cells if not _safe([held[cell]], growers, share)}
    lines = _lines(cells, len(groups))
    changed = True
    while changed:
        changed = False
        for line in lines:
            while (shut := [cell for cell in line if cell in hidden]) and not (
                len(shut) > 1 and _safe([held[cell] for cell in shut], growers, share)
            ):
                shown = [cell for cell in line if cell not in hidden]  # cells are in the order of their area
                if not shown:
                    break
                hidden.add(shown[0])
                changed = True
    keys = pd.MultiIndex.from_frame(table[groups]) if len(groups) > 1 else pd.Index(table[groups[0]])
    return table[keys.isin([cell for cell in cells if cell not in hidden])]


def anonymised(plots: pd.DataFrame, salt: str) -> pd.DataFrame:
    """Return `plots` without names, farms and places: keyed ids, terrain in steps, points on a 0.05 degree grid.

    Outlook columns stay as they are: they are what a researcher came for.
    """
    told = plots.copy()
    for column in ("id", "plot", "farm"):
        if column in told:
            told[column] = [
                hmac.new(salt.encode(), str(value).encode(), hashlib.sha256).hexdigest()[:16] for value in told[column]
            ]
    for column in ("name", "farm_name", "source"):
        if column in told:
            told[column] = ""
    for column, step in (
        ("elevation", 50.0),
        ("height_above_valley", 50.0),
        ("slope", 5.0),
        ("aspect", 45.0),
        ("area", 500.0),
    ):
        if column in told:
            told[column] = (told[column] / step).round() * step
    if isinstance(told, gpd.GeoDataFrame):
        centres = shapely.centroid(told.geometry.values)
        grid = [np.round(ordinate(centres) / 0.05) * 0.05 for ordinate in (shapely.get_x, shapely.get_y)]
        told = told.set_geometry(gpd.points_from_xy(*grid, crs=told.crs))
    return told


def _safe(holdings: list[pd.Series], growers: int, share: float) -> bool:
    by_farm = pd.concat(holdings).groupby(level="_farm").sum()
    return len(by_farm) >= growers and by_farm.max() < share * by_farm.sum()


def _lines(cells: list, columns: int) -> list[list]:
    lines = [cells]
    if columns > 1:
        for column in range(columns):
            values = dict.fromkeys(cell[column] for cell in cells)
            lines += [[cell for cell in cells if cell[column] == value] for value in values]
    return lines
