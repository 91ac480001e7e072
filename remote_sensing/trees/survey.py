"""A drone flight over plots: trees, gaps and a quality line for each, from a mosaic read window by window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from agro.errors import InputError
from remote_sensing.trees import clusters, colours, crowns, gaps, mosaic, quality_line, vigour
from remote_sensing.trees.plot_windows import PlotView, Tally, WindowTrees, trees_of
from remote_sensing.trees.settings import settings

SAMPLES = 4  # windows of a large plot that its colours are learned from
TREE_COLUMNS = [
    "plot", "x", "y", "area_m2", "d1_m", "d2_m", "solidity", "height_m", "volume_m3", "gli", "ngrdi", "yellow",
    "score", "unsure", "crown", "z_colour", "z_size", "class", "spot", "geometry",
]  # fmt: skip


@dataclass(frozen=True)
class Survey:
    """What a flight says.

    Attributes
    ----------
    trees : GeoDataFrame
        A row a tree: plot; x, y [m] in the CRS of the mosaic; area_m2, d1_m, d2_m, solidity of its crown; height_m and
        volume_m3 where a surface was given; gli, ngrdi, yellow of sunlit leaves; score (1: like a lone disc),
        unsure; crown
        (outline); z_colour, z_size, class against its own kind; spot (number of its patch of weak trees, 0: none).
    gaps : GeoDataFrame
        A row a missing tree: plot, row, n_missing, votes.
    plots : DataFrame
        The quality line of each plot: plot, n_found (NaN where crowns cannot be counted), n_expected, countable,
        cover (crowns over
        plot), green_cover, grass, shadow, blown, empty (shares of the plot), unsure (share of trees), n_weak,
        n_missing,
        diameter, spacing [m], start (how crowns were told), warnings (words of `quality_line.TOLD`), note_en, note_zh.
    about : dict
        cell, pixel [m], bands left out.
    """

    trees: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    plots: pd.DataFrame
    about: dict[str, Any]


def survey(
    path, plots=None, progress=None, surface=None, terrain=None, keep_out=None, finder=None, pixel=None, seed=0,
):  # fmt: skip
    """Return the trees that a mosaic shows.

    Parameters
    ----------
    path : path-like
        Orthomosaic, see `mosaic.opened`.
    plots : GeoDataFrame, optional
        id, geometry; tree_spacing, row_spacing, crown (crown diameter) [m], cultivar, age [a] where they are known.
        All the
        picture is one plot where none are given.
    progress : callable, optional
        Called with (done, total, what) before each plot.
    surface, terrain : path-like, optional
        Surface and ground heights in the CRS of the mosaic: crowns that have closed are then counted by height.
    keep_out : geometry, optional
        Roads, rocks and water in the CRS of the mosaic: no gap is told there.
    finder : callable, optional
        Takes (rgb, cell) and returns (n, 3) rows, columns [px] and scores of crowns: a trained model, instead of
        colours.
    pixel : float, optional
        Side of a pixel of a picture without place. [m]

    Returns
    -------
    Survey

    Raises
    ------
    InputError
        The picture cannot be used, or shows none of the plots.
    """
    told = plots["crown"].dropna() if plots is not None and "crown" in plots else pd.Series(dtype=float)
    picture = mosaic.opened(path, diameter=float(told.min()) if len(told) else None, pixel=pixel)
    plots = _placed(picture, plots)
    how = _How(picture, surface, terrain, keep_out, finder)
    parts = []
    for i, plot in enumerate(plots.to_dict("records")):
        if progress is not None:
            progress(i, len(plots), str(plot["id"]))
        parts.append(_plot(how, plot))
    if progress is not None:
        progress(len(plots), len(plots), "")
    found = [part for part, _, _ in parts if len(part)] or [part for part, _, _ in parts[:1]]
    trees = _judged(pd.concat(found, ignore_index=True), plots, seed)
    lines = pd.DataFrame([line for _, _, line in parts])
    weak = trees[trees["class"].isin((vigour.WEAK, vigour.VERY_WEAK))].groupby("plot").size()
    lines["n_weak"] = lines["plot"].map(weak).fillna(0).astype(int)
    missing = [one for _, one, _ in parts if len(one)]
    empty = pd.concat(missing, ignore_index=True) if missing else parts[0][1]
    placed = gpd.GeoDataFrame(trees, geometry=gpd.points_from_xy(trees["x"], trees["y"]), crs=picture.crs)
    about = {
        "cell": picture.cell,
        "pixel": picture.pixel,
        "left_out": list(picture.left_out),
        "placed": picture.crs is not None,
    }
    return Survey(placed[TREE_COLUMNS], gpd.GeoDataFrame(empty, crs=picture.crs), lines, about)


@dataclass(frozen=True)
class _How:
    """The picture, and what else is known of the ground."""

    picture: mosaic.Mosaic
    surface: Any
    terrain: Any
    keep_out: Any
    finder: Callable | None


def _placed(picture, plots):
    """Return the plots in the CRS of the picture, those that it shows."""
    if plots is None:
        return gpd.GeoDataFrame({"id": ["all"]}, geometry=[mosaic.outline(picture)], crs=picture.crs)
    if picture.crs is not None:
        plots = plots.to_crs(picture.crs)
    plots = plots[plots.intersects(mosaic.outline(picture))].reset_index(drop=True)
    if not len(plots):
        raise InputError(
            f"{picture.path.name}: shows none of the plots", zh=f"{picture.path.name}：影像没有覆盖任何地块"
        )
    return plots


def _number(plot, key):
    """Return a plot's number; None where it is unknown."""
    value = plot.get(key)
    return float(value) if value is not None and np.isfinite(value) and value > 0 else None


def _plot(how, plot):
    """Return trees (DataFrame), gaps and the quality line of one plot."""
    spacing, rows, told = (_number(plot, key) for key in ("tree_spacing", "row_spacing", "crown"))
    spacing, rows = (min(spacing, rows), max(spacing, rows)) if spacing and rows else (spacing, rows)
    view = PlotView(how.picture, plot["geometry"], told or settings().crown.largest)
    learned = colours.learn(view.samples(SAMPLES), view.cell, told, spacing)
    tally, trees, words = Tally(), [], []
    empty = view.empty_share()
    if empty > settings().check.empty:
        words.append("no_picture")
    elif learned is None and how.finder is None:
        words.append("no_crowns")
    closed = learned is not None and _closed(learned, told, spacing, rows)
    if closed and how.surface is None:
        words.append("closed")
    countable = not words
    if learned is not None:
        for core, window in view.windows():
            trees.append(
                trees_of(window, core, view, learned, how, countable=countable, closed=closed, spacing=spacing)
            )
            tally.add(window, core, view, learned)
    table = _together(trees, learned, spacing)
    table.insert(0, "plot", plot["id"])
    words += ["by_height"] if closed and countable else []
    step = spacing or (learned.spacing if learned else float("nan"))
    across = rows or _rows(table, step)
    empties = gaps.found(
        table[["x", "y"]].to_numpy(), plot["geometry"], step, across, how.picture.crs, plot["id"], how.keep_out
    ) if countable else gaps.found(np.zeros((0, 2)), plot["geometry"], 1.0, 1.0, how.picture.crs)  # fmt: skip
    awaited = quality_line.expected(plot["geometry"].area, spacing, rows)
    unsure = float(table["unsure"].mean()) if len(table) else 0.0
    words += tally.warnings(view) + (quality_line.count_warnings(len(table), awaited, unsure) if countable else [])
    if learned is not None and learned.start == "dark":
        words.append("green_ground")
    words += ["grey"] if how.picture.grey else []
    words += ["bands_left_out"] if how.picture.left_out else []
    english, chinese = quality_line.said(words)
    line = {
        "plot": plot["id"], "n_found": float(len(table)) if countable else np.nan, "n_expected": awaited,
        "countable": countable,
        "cover": table["area_m2"].sum() / plot["geometry"].area if countable else np.nan, **tally.shares(),
        "empty": empty, "unsure": unsure if countable else np.nan, "n_missing": len(empties),
        "diameter": _diameter(table, learned), "spacing": step, "rows": across,
        "start": learned.start if learned else "", "warnings": " ".join(words), "note_en": english, "note_zh": chinese,
    }  # fmt: skip
    return table, empties, line


def _closed(learned, told, spacing, rows):
    """Return whether crowns have closed: by what is expected, or all is green and not surely by grass."""
    limit = settings().limit
    awaited = np.pi * told**2 / (4 * spacing * rows) if told and spacing and rows else 0.0
    all_green = learned.green_cover > limit.cover
    return awaited > limit.cover or learned.cover > limit.cover or (all_green and learned.quality < limit.told_apart)


def _diameter(table, learned):
    """Return the median diameter of discs as large as the crowns; what was looked for where none was outlined. [m]"""
    area = table["area_m2"].median() if len(table) else np.nan
    return 2 * np.sqrt(area / np.pi) if np.isfinite(area) else learned.diameter if learned else np.nan


def _together(parts, learned, spacing):
    """Return the trees of all windows of a plot; one that two windows saw at their border counts once."""
    table = pd.concat([part.table for part in parts], ignore_index=True) if parts else WindowTrees.nothing()
    if not len(table):
        return table
    apart = 0.5 * settings().crown.apart * (spacing or learned.spacing)
    table = table.sort_values(["score", "y", "x"], ascending=False, ignore_index=True)
    kept = crowns.apart_by(table[["x", "y"]].to_numpy(), apart)
    return table[kept].sort_values(["y", "x"], ascending=[False, True], ignore_index=True)


def _rows(table, spacing):
    """Return the distance of rows where nobody told it: what the density of trees leaves beside the spacing."""
    if len(table) < 4:
        return spacing
    hull = shapely.concave_hull(shapely.MultiPoint(table[["x", "y"]].to_numpy()), 0.3).buffer(spacing / 2).area
    return float(np.clip(hull / (len(table) * spacing), 0.8 * spacing, 2.5 * spacing))


def _judged(trees, plots, seed):
    """Return trees with class and cold spot, each among its own kind."""
    kind = dict(zip(plots["id"], vigour.kinds(plots), strict=True))
    trees = vigour.judged(trees, trees["plot"].map(kind).to_numpy())
    spot = pd.Series(0, index=trees.index)
    for _, some in trees.groupby("plot"):
        step = crowns.typical_spacing(some[["x", "y"]].to_numpy())
        if np.isfinite(step):
            spot[some.index] = clusters.cold_spots(some[["x", "y"]].to_numpy(), some["z_colour"], step, seed).spot
    return trees.assign(spot=spot, unsure=trees["unsure"].astype(bool))
