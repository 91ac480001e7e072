"""Outlines put right: what can be mended is mended and told, what cannot is refused by row."""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from agro import units
from agro.farm import Finding
from agro.vectors.points import GEOD
from agro.vectors.source import Source, told

SMALLEST = 1.0  # m2: less is no outline
POLYGONAL = (3, 6)  # shapely type ids
OVERLAP = 0.1  # share of the smaller plot
LINES = (1, 2, 5)
BATCH, PAIRS = 256, 1_000_000  # plots asked at once, pairs compared at most


def area(geometry):
    """Return the area [m2] on the WGS 84 ellipsoid of a (multi)polygon in degrees."""
    parts = shapely.get_parts(geometry)
    return float(sum(abs(GEOD.geometry_area_perimeter(orient(part))[0]) for part in parts))


def areas(geometry):
    """Return the areas [m2] of an array of (multi)polygons; NaN for points and nothing."""
    kinds = shapely.get_type_id(geometry)
    return np.array([area(g) if k in POLYGONAL else np.nan for g, k in zip(geometry, kinds, strict=True)], dtype=float)


def flattened(source: Source, keep_points: np.ndarray) -> np.ndarray:
    """Drop heights, and refuse rows that are no outline; return which rows stay.

    Parameters
    ----------
    source : Source
        Its geometry and findings are changed in place.
    keep_points : ndarray of bool, shape (row,)
        Rows whose point may stay, as they state an area.
    """
    geometry = source.geometry
    high = shapely.has_z(geometry) | shapely.has_m(geometry) if hasattr(shapely, "has_m") else shapely.has_z(geometry)
    if high.any():
        source.geometry = geometry = shapely.force_2d(geometry)
        source.findings.append(
            Finding("info", f"heights were dropped from {high.sum()} outlines", f"已去掉 {high.sum()} 个图形的高程值")
        )
    geometry = source.geometry = _collected(geometry)
    kinds, empty = shapely.get_type_id(geometry), shapely.is_missing(geometry) | shapely.is_empty(geometry)
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    broken = np.zeros(len(geometry), dtype=bool)
    broken[owner[~np.isfinite(xy).all(axis=1)]] = True
    wrong = ~empty & ~np.isin(kinds, POLYGONAL) & ~((kinds == 0) & keep_points)
    refused = [
        (source.rows[place], *_reason(kinds[place], empty[place], broken[place]))
        for place in np.flatnonzero(empty | broken | wrong)
    ]
    source.findings.extend(told("refused", refused))
    keep = ~(empty | broken | wrong)
    if not keep.any():
        row, en, zh = refused[0]
        raise source.refusal(f"no plot can be used; row {row}: {en}", f"没有可用的地块；第 {row} 行：{zh}")
    return keep


def _reason(kind, empty, broken):
    if empty:
        return "there is no shape; a polygon is needed", "没有图形；需要多边形"
    if broken:
        return "a coordinate is no finite number", "坐标不是有限的数"
    if kind in LINES:
        return "a line has no area; draw the plot as a polygon", "线没有面积；请把地块画成多边形"
    if kind in (0, 4):
        return "a point has no area; give the area in mu, or a polygon", "点没有面积；请填写亩数或画成多边形"
    return "the shape is no polygon", "图形不是多边形"


def _collected(geometry):
    """Return the polygons of mixed collections, other shapes as they are."""
    geometry = geometry.copy()
    for place in np.flatnonzero(shapely.get_type_id(geometry) == 7):
        found = polygons(geometry[place])
        geometry[place] = found if found is not None else geometry[place]
    return geometry


def polygons(geometry):
    """Return the polygon parts of any shape as Polygon or MultiPolygon, None when it has none."""
    found, waiting = [], [geometry]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, Polygon):
            if not part.is_empty:
                found.append(part)
        elif part is not None and hasattr(part, "geoms"):
            waiting.extend(part.geoms)
    if not found:
        return None
    return found[0] if len(found) == 1 else MultiPolygon(found)


def mended(source: Source) -> np.ndarray:
    """Repair outlines that cross themselves, in place, and return all areas [m2] (NaN for points).

    Raises
    ------
    InputError
        When an outline encloses nothing.
    """
    geometry = source.geometry
    outlines = np.isin(shapely.get_type_id(geometry), POLYGONAL)
    crossing = outlines & ~shapely.is_valid(geometry)
    repaired = []
    for place in np.flatnonzero(crossing):
        before = units.mu(area(geometry[place]))
        geometry[place] = polygons(shapely.make_valid(geometry[place])) or Polygon()
        after = units.mu(area(geometry[place]))
        repaired.append(
            (
                source.rows[place],
                f"the outline crosses or touches itself and was repaired; area {before:.2f} -> {after:.2f} mu",
                f"边界自相交，已修复；面积 {before:.2f} -> {after:.2f} 亩",
            )
        )
    size = areas(geometry)
    flat = np.flatnonzero(size < SMALLEST)
    if len(flat):
        rows = ", ".join(str(source.rows[place]) for place in flat[:10])
        raise source.refusal(
            f"row {rows}: the polygon encloses less than {SMALLEST:.0f} m2; an outline with an area is needed",
            f"第 {rows} 行：多边形面积不足 {SMALLEST:.0f} 平方米；需要有面积的边界",
        )
    source.findings.extend(told("warning", repaired))
    return size


def overlaps(names, geometry, rows) -> list[Finding]:
    """Return a warning for each pair of plots that share more than `OVERLAP` of the smaller one."""
    first, second, complete = _neighbours(geometry)
    if len(first) == 0:
        return []
    shared = shapely.area(shapely.intersection(geometry[first], geometry[second]))
    flat = shapely.area(geometry)
    share = shared / np.minimum(flat[first], flat[second])
    found = []
    for place in np.flatnonzero(share > OVERLAP):
        a, b, percent = names[first[place]], names[second[place]], 100 * share[place]
        found.append(
            (
                rows[second[place]],
                f"plots '{a}' and '{b}' overlap by {percent:.0f} % of the smaller",
                f"地块“{a}”与“{b}”重叠，占较小地块的 {percent:.0f}%",
            )
        )
    findings = told("warning", found)
    if not complete:
        findings.append(
            Finding(
                "warning", "so many plots lie on each other that not all were compared", "重叠的地块过多，未全部比较"
            )
        )
    return findings


def _neighbours(geometry):
    """Return the places of all touching pairs, and whether they are all: a pile of copies has too many."""
    tree, pairs, count = shapely.STRtree(geometry), [np.empty((2, 0), dtype=int)], 0
    for start in range(0, len(geometry), BATCH):
        first, second = tree.query(geometry[start : start + BATCH], predicate="intersects")
        pairs.append(np.stack([first + start, second])[:, first + start < second])
        count += pairs[-1].shape[1]
        if count > PAIRS:
            return *np.concatenate(pairs, axis=1), False
    return *np.concatenate(pairs, axis=1), True
