"""What is said beside every result: how many were found and expected, how sure that is, what the user's check says."""

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from remote_sensing.trees.settings import settings

TOLD = {
    "closed": ("closed canopy, not countable from colour", "树冠已郁闭，无法仅凭颜色计数"),
    "no_picture": ("too much of the plot is not in the picture", "地块缺少影像的部分过多"),
    "no_crowns": ("nothing looks like crowns", "没有找到像树冠的目标"),
    "by_height": ("counted by height, as crowns have closed", "树冠已郁闭，按高度计数"),
    "low_sun": ("much shadow: the sun was low", "阴影多：拍摄时太阳高度低"),
    "blown": ("highlights are blown out", "高光过曝"),
    "seam": ("a straight step of brightness: a seam of the mosaic", "有直线状亮度突变：影像拼接缝"),
    "green_ground": (
        "the ground is green: crowns were told by their darker colour",
        "地面为绿色：按较深的颜色区分树冠",
    ),
    "grey": ("no colour: crowns were told by darkness alone", "没有颜色：仅按明暗区分树冠"),
    "bands_left_out": ("bands besides red, green, blue were left out", "红绿蓝以外的波段未使用"),
    "few": ("far fewer trees than the spacing lets expect", "株数远少于按株行距推算的数量"),
    "many": ("far more trees than the spacing lets expect", "株数远多于按株行距推算的数量"),
    "unsure": ("many crowns are unsure", "不确定的树冠较多"),
}
"""By the word of a warning: what it says in English and Chinese."""
FEW, MANY, MUCH = 0.6, 1.3, 0.25
"""Shares of the expected trees, and of unsure ones, beyond which a line warns; judgement."""


class Check(NamedTuple):
    """What the user's check of windows says of one plot's count.

    precision, recall, f1: shares; low, high: of the middle 90 % of F1 when the windows are drawn anew.
    """

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    windows: int
    trees: int


def said(warnings):
    """Return (English, Chinese) sentences for words of `TOLD`, joined."""
    return "; ".join(TOLD[one][0] for one in warnings), "；".join(TOLD[one][1] for one in warnings)


def expected(area, spacing, rows):
    """Return how many trees an area [m2] should hold, spacings in m; NaN where they are unknown."""
    return area / (spacing * rows) if spacing and rows else float("nan")


def count_warnings(found, awaited, unsure):
    """Return the warnings that a count itself gives."""
    words = []
    if np.isfinite(awaited) and awaited >= 10:
        words += ["few"] if found < FEW * awaited else ["many"] if found > MANY * awaited else []
    return words + (["unsure"] if unsure > MUCH else [])


def windows(plot, n=50, side=10.0, seed=0, crs=None):
    """Return `n` squares to look at by eye, drawn at random within a plot, as a GeoDataFrame (window, geometry).

    Parameters
    ----------
    plot : geometry
        In a projected CRS.
    side : float
        Of a square. [m]
    """
    rng = np.random.default_rng(seed)
    left, bottom, right, top = plot.bounds
    squares: list[Any] = []
    for x, y in rng.uniform((left, bottom), (right, top), (200 * n, 2)):
        square = box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
        if len(squares) < n and plot.intersection(square).area > 0.6 * side**2:
            squares.append(square)
    return gpd.GeoDataFrame({"window": range(1, len(squares) + 1)}, geometry=squares, crs=crs)


def from_check(windows, answers, draws=2000, seed=0):
    """Return how good a count is by what a user saw in windows of the picture.

    Parameters
    ----------
    windows : GeoDataFrame or DataFrame
        What was shown: window (number), n_found (trees marked in it).
    answers : DataFrame
        What the user said: window, wrong (marks that are no tree), missed (trees without a mark). Windows without an
        answer
        are left out.
    draws : int
        Times that windows are drawn anew for the spread.

    Returns
    -------
    Check
        NaN where no window with a tree was answered.
    """
    table = pd.DataFrame(windows)[["window", "n_found"]].merge(pd.DataFrame(answers), on="window")
    counts = table[["n_found", "wrong", "missed"]].to_numpy(float)
    if (counts[:, 1] > counts[:, 0]).any() or (counts < 0).any():
        from agro.errors import InputError

        raise InputError(
            "a window has more wrong marks than marks, or a negative number", zh="有窗口的错标数多于标记数，或数字为负"
        )
    right, wrong, missed = counts[:, 0] - counts[:, 1], counts[:, 1], counts[:, 2]
    sums = np.array([right.sum(), wrong.sum(), missed.sum()])
    if sums.sum() == 0:
        unknown = float("nan")
        return Check(unknown, unknown, unknown, unknown, unknown, len(table), 0)
    picks = np.random.default_rng(seed).integers(0, len(table), (draws, len(table)))
    spread = _f1(right[picks].sum(axis=1), wrong[picks].sum(axis=1), missed[picks].sum(axis=1))
    low, high = np.nanquantile(spread, (0.05, 0.95))
    precision = sums[0] / max(sums[0] + sums[1], 1)
    recall = sums[0] / max(sums[0] + sums[2], 1)
    return Check(precision, recall, float(_f1(*sums)), float(low), float(high), len(table), int(sums[0] + sums[2]))


def _f1(right, wrong, missed):
    with np.errstate(invalid="ignore", divide="ignore"):
        return 2 * right / (2 * right + wrong + missed)


def picture_warnings(shadow, blown, stepped):
    """Return the warnings that a picture gives by its shares of shadow and blown pixels, and whether a seam was
    seen."""
    rule = settings().check
    words = ["low_sun"] if shadow > rule.shadow else []
    words += ["blown"] if blown > rule.blown else []
    return words + (["seam"] if stepped else [])
