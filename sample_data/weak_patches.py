"""Where trees of the sample county do badly: planted places with their truth, for pictures to show. Synthetic."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely import affinity

from sample_data import SEED, names
from sample_data.plots import make_plots
from sample_data.terrain import make_dem


class Planted(NamedTuple):
    """One place where trees do badly, or seem to.

    `along`, `across` and `size` place an ellipse in the plot's own box: centre and axes as shares of half its length
    and half its breadth; no size is the whole plot. `days` pass from the onset until `drop` of NDVI is reached; `back`
    is how many days later all is well again.
    """

    farm: int
    plot: str
    kind: str
    cause: str
    cause_zh: str
    onset: date
    days: int
    drop: float
    along: float = 0.0
    across: float = 0.0
    size: tuple[float, float] | None = None
    back: int | None = None
    innocent: bool = False


BEGINNING = date(2023, 1, 1)
"""Onset of what was there before the first picture."""
PLANTED = (
    Planted(1, "西坡1号", "whole", "waterlogged roots", "积水烂根", date(2026, 4, 25), 30, 0.14),
    Planted(1, "北坡2号", "new", "dry terrace", "台地干旱", date(2026, 6, 20), 25, 0.15, 0.38, 0.1, (0.44, 0.66)),
    Planted(4, "西坡1号", "new", "pest outbreak", "虫害暴发", date(2026, 5, 20), 40, 0.16, -0.35, 0.0, (0.36, 0.66)),
    Planted(11, "南坡2号", "decline", "ageing trees", "树势衰退", date(2025, 7, 1), 420, 0.16),
    Planted(5, "柏树林1号", "persistent", "thin soil over rock", "岩上薄土", BEGINNING, 0, 0.15, -0.4, 0.0, (0.3, 0.5)),
    Planted(9, "北坡1号", "persistent", "shaded by forest", "林缘遮阴", BEGINNING, 0, 0.15, 0.1, 0.55, (0.4, 0.4)),
    Planted(
        1, "桂花台1号", "pruning", "large limbs cut in summer", "夏季大枝修剪", date(2026, 7, 7), 2, 0.16, back=500,
        innocent=True,
    ),
)  # fmt: skip
"""Places that pictures must show; the last one is in the diary, and nobody should be sent there."""


@lru_cache(maxsize=2)
def orchards(seed=SEED):
    """Return the plots of the county of a seed; whoever changes them copies them."""
    return make_plots(make_dem(seed), seed)


def truth(plots):
    """Return the planted places as polygons.

    Parameters
    ----------
    plots : GeoDataFrame
        As `sample_data.plots.make_plots` gives it.

    Returns
    -------
    GeoDataFrame, in the CRS of `plots`
        farm, plot, kind ("whole", "new", "decline", "persistent", "pruning"), cause, cause_zh, onset (ISO date), days,
        drop (of NDVI, when complete), back [d], innocent, area_m2, area_mu, index, source, synthetic = 1.
    """
    rows, outlines = [], []
    for one in PLANTED:
        outline = plots.geometry[(plots.farm == names.farm(one.farm)) & (plots.name == one.plot)].iloc[0]
        outlines.append(outline if one.size is None else _part(outline, one))
        rows.append(
            {"farm": names.farm(one.farm), "plot": one.plot, "kind": one.kind, "cause": one.cause}
            | {"cause_zh": one.cause_zh, "onset": one.onset.isoformat(), "days": one.days, "drop": one.drop}
            | {"back": one.back, "innocent": one.innocent}
        )
    table = gpd.GeoDataFrame(rows, geometry=outlines, crs=plots.crs)
    table["area_m2"] = table.area.round(1)
    table["area_mu"] = (table.area * 3 / 2000).round(2)
    return table.assign(index="NDVI", source="synthetic / 合成示例", synthetic=1)


def strength(day):
    """Return how far each planted place has fallen on a day, shape (place,) [NDVI]."""
    when = np.datetime64(day, "D")
    result = np.zeros(len(PLANTED))
    for k, one in enumerate(PLANTED):
        since = float((when - np.datetime64(one.onset)) / np.timedelta64(1, "D"))
        grown = np.clip(since / one.days, 0, 1) if one.days else float(since >= 0)
        healed = 0.0 if one.back is None else np.clip((since - one.days) / (one.back - one.days), 0, 1)
        result[k] = one.drop * grown * (1 - healed)
    return result


def _part(outline, one):
    """Return the part of a plot within the ellipse of a planted place."""
    box = shapely.minimum_rotated_rectangle(outline)
    corners = shapely.get_coordinates(box)[:4]
    sides = np.diff(corners[:3], axis=0)
    longer = int(np.hypot(*sides.T).argmax())
    axis = sides[longer] * np.sign(sides[longer][0] or 1.0)
    length, breadth = np.hypot(*sides[longer]) / 2, np.hypot(*sides[1 - longer]) / 2
    unit = axis / np.hypot(*axis)
    middle = shapely.get_coordinates(box.centroid)[0]
    centre = middle + one.along * length * unit + one.across * breadth * np.array([-unit[1], unit[0]])
    circle = shapely.Point(centre).buffer(1.0, quad_segs=16)
    turned = float(np.degrees(np.arctan2(unit[1], unit[0])))
    ellipse = affinity.rotate(affinity.scale(circle, one.size[0] * length, one.size[1] * breadth), turned)
    return outline.intersection(ellipse)
