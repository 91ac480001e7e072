"""Tables with pins or WKT, and the outline assumed around a pin."""

import csv
import io
import re
import unicodedata

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from shapely import Point, Polygon

from agro import units
from agro.errors import InputError
from agro.vectors.attributes import recognised, text
from agro.vectors.geojson import decoded
from agro.vectors.source import UPLOAD, Source, refusal, source

GEOD = Geod(ellps="WGS84")
CORNERS = 64  # of the circle around a pin
DEGREES = re.compile(
    r"""(?P<before>[NSEW东西南北]?[经纬]?) \s* (?P<degrees>[-+]?\d+(?:\.\d+)?) \s* [°度d:] \s*
    (?: (?P<minutes>\d+(?:\.\d+)?) \s* ['′分:]? )? \s*
    (?: (?P<seconds>\d+(?:\.\d+)?) \s* (?:"|′′|''|秒)? )? \s* (?P<behind>[NSEW]?)""",
    re.IGNORECASE | re.VERBOSE,
)


def read(path) -> Source:
    """Return the rows of a CSV with longitude and latitude, or with a WKT column, as pins or outlines.

    Raises
    ------
    InputError
        When the columns are missing or a coordinate is no number; row 1 is the heading.
    """
    table, rows = _table(path)
    known = recognised(table.columns, ("longitude", "latitude", "outline"))
    if "outline" in known:
        shapes = _outlines(path, table[known["outline"]], rows)
    elif {"longitude", "latitude"} <= known.keys():
        shapes = _pins(path, table, known, rows)
    else:
        columns = ", ".join(str(column)[:30] for column in table.columns[:12])
        raise refusal(
            path,
            f"has the columns {columns}; needed are longitude and latitude, or wkt",
            f"现有列为 {columns}；需要“经度”和“纬度”列，或 wkt 列",
        )
    return source(path.name, table.to_dict("records"), shapes, rows=rows, hints=" ".join(map(str, table.columns)))


def _table(path):
    """Return the cells of a CSV as text, and the number of each row as a spreadsheet counts."""
    content = decoded(path)
    lead = next((line for line in content.splitlines() if line.strip()), "")
    if "\x00" in content or lead.lstrip().startswith("<"):
        raise refusal(path, "is no CSV table", "不是 CSV 表格")
    csv.field_size_limit(UPLOAD)  # a WKT outline may be longer than the 131,072 letters allowed otherwise
    mark = max(",;\t", key=lead.count)
    try:
        lines = list(csv.reader(io.StringIO(content, newline=""), delimiter=mark, skipinitialspace=True))
    except csv.Error as error:
        raise refusal(path, f"is no readable CSV table ({error})", f"不是可读的 CSV 表格（{error}）") from error
    filled = [(row, cells) for row, cells in enumerate(lines, start=1) if any(cell.strip() for cell in cells)]
    if not filled:
        raise refusal(path, "is an empty table", "是空表格")
    (_, heading), *body = filled
    for row, cells in body:
        if any(cell.strip() for cell in cells[len(heading) :]):
            raise refusal(
                path,
                f"row {row} has {len(cells)} cells under {len(heading)} headings; quote text that holds '{mark}'",
                f"第 {row} 行有 {len(cells)} 个单元格，而表头只有 {len(heading)} 列；含“{mark}”的文字请加引号",
            )
    padded = [[_unguarded(cell) for cell in (line + [""] * len(heading))[: len(heading)]] for _, line in body]
    table = pd.DataFrame(padded, columns=pd.Index(_unlike(heading), dtype=object), dtype=object)
    return table, np.array([row for row, _ in body], dtype=int)


def _unlike(heading):
    """Return the headings, a second one of the same name numbered."""
    return [name if name not in heading[:place] else f"{name} {place + 1}" for place, name in enumerate(heading)]


def _unguarded(cell):
    return cell[1:] if re.match(r"'[=+\-@]", cell) else cell


def degrees(value):
    """Return decimal degrees (or metres) of `110.5`, `110°30'00"E` or `东经110度30分`; `ValueError` otherwise."""
    written = unicodedata.normalize("NFKC", str(value)).strip()
    try:
        found = float(written)
    except ValueError:
        match = DEGREES.fullmatch(written)
        if not match:
            raise
        found = abs(float(match["degrees"])) + float(match["minutes"] or 0) / 60 + float(match["seconds"] or 0) / 3600
        side = (match["before"] + match["behind"]).upper()
        if match["degrees"].startswith("-") or any(letter in side for letter in "SW南西"):
            found = -found
    if not np.isfinite(found):
        raise ValueError(written)
    return found


def _pins(path, table, known, rows):
    shapes: list[Point | None] = []
    for row, x, y in zip(rows, table[known["longitude"]], table[known["latitude"]], strict=True):
        if text(x) is None and text(y) is None:
            shapes.append(None)
            continue
        try:
            shapes.append(Point(degrees(x), degrees(y)))
        except ValueError:
            raise refusal(
                path,
                f"row {row}: longitude '{str(x)[:30]}', latitude '{str(y)[:30]}'; two numbers in degrees are needed",
                f"第 {row} 行：经度“{str(x)[:30]}”、纬度“{str(y)[:30]}”；需要两个以度为单位的数",
            ) from None
    return shapes


def _outlines(path, column, rows):
    shapes = []
    for row, wkt in zip(rows, column, strict=True):
        try:
            shapes.append(shapely.from_wkt(wkt.split(";", 1)[-1]) if text(wkt) else None)
        except (shapely.errors.ShapelyError, ValueError, TypeError):
            raise refusal(
                path,
                f"row {row}: '{wkt[:40]}' is no WKT outline such as POLYGON ((110.4 31.0, ...))",
                f"第 {row} 行：“{wkt[:40]}”不是 WKT 边界，例如 POLYGON ((110.4 31.0, ...))",
            ) from None
    return shapes


def around(longitude, latitude, area, shape="circle"):
    """Return the circle or square (sides north-south) of `area` [m2] around a point [degree], as a polygon.

    The corners lie at one geodesic distance, chosen so that the area on the ellipsoid is `area`; geodesic areas
    themselves are good to 1e-4 m2.
    """
    corners, start = (CORNERS, 0.0) if shape == "circle" else (4, 45.0)
    bearings = start + 360.0 * np.arange(corners) / corners
    reach = np.sqrt(2.0 * area / (corners * np.sin(2.0 * np.pi / corners)))
    x, y = np.full(corners, float(longitude)), np.full(corners, float(latitude))
    outline = None
    for _ in range(4):
        east, north, _ = GEOD.fwd(x, y, bearings, np.full(corners, reach))
        outline = Polygon(np.column_stack([east, north])[::-1])
        reach *= np.sqrt(area / abs(GEOD.geometry_area_perimeter(outline)[0]))
    return outline


def pin(longitude, latitude, area_mu, shape="circle"):
    """Return the polygon assumed around a pin of `area_mu` [mu].

    Raises
    ------
    InputError
        When the place is not on earth or the area not above 0 and at most 100,000 mu.
    """
    if shape not in ("circle", "square"):
        raise ValueError(f"shape is '{shape}'; circle or square is needed")
    try:
        x, y, size = float(longitude), float(latitude), float(area_mu)
    except (TypeError, ValueError):
        x = y = size = np.nan
    if not (-180 <= x <= 180 and -85 <= y <= 85):
        raise InputError(
            f"longitude {longitude}, latitude {latitude}: degrees on earth are needed",
            zh=f"经度 {longitude}、纬度 {latitude}：需要有效的经纬度",
        )
    if not 0 < size <= 100_000:
        raise InputError(
            f"the area is {area_mu} mu; a number above 0 and up to 100000 is needed",
            zh=f"面积为 {area_mu} 亩；需要大于 0 且不超过 100000 的数",
        )
    return around(x, y, units.converted(size, "mu", "m2"), shape)
