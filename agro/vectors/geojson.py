"""GeoJSON: features, or bare shapes, with the old `crs` member honoured."""

import json
from pathlib import Path

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.geometry import shape

from agro.vectors.source import Source, refusal, source


def decoded(path: Path) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB 18030.

    Raises
    ------
    InputError
        When the bytes are no text in any of them.
    """
    content = path.read_bytes()
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal(path, "is not text in UTF-8 or GBK", "不是 UTF-8 或 GBK 编码的文本")


def read(path: Path) -> Source:
    """Return the features of a GeoJSON file.

    Raises
    ------
    InputError
        When it is no JSON, no GeoJSON, or a feature has a broken shape.
    """
    text = decoded(path)
    if text.lstrip()[:1] == "<":
        raise refusal(path, "is a web page or XML, not GeoJSON", "是网页或 XML，不是 GeoJSON")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise refusal(
            path, f"is not valid JSON{where}: cut off or damaged?", f"不是有效的 JSON{where}：可能被截断或损坏"
        ) from error
    features = _features(path, document)
    records, shapes = [], []
    for row, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise refusal(path, f"row {row} is no GeoJSON feature", f"第 {row} 行不是 GeoJSON 要素")
        properties = dict(feature.get("properties") or {})
        records.append({str(key): _plain(value) for key, value in properties.items()})
        shapes.append(_shape(path, row, feature.get("geometry")))
    hints = " ".join(str(document.get(key, "")) for key in ("name", "generator", "description", "source", "metadata"))
    return source(path.name, records, shapes, crs=_crs(path, document), hints=hints[:4000])


def _plain(value):
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _features(path, document):
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return document["features"]
    if kind == "Feature":
        return [document]
    if kind in ("Polygon", "MultiPolygon"):
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise refusal(
        path,
        f"is JSON but no GeoJSON: its type is {str(kind)[:40]!r}; a FeatureCollection is needed",
        f"是 JSON，但不是 GeoJSON：类型为“{str(kind)[:40]}”；需要 FeatureCollection",
    )


def _shape(path, row, geometry):
    if geometry is None:
        return None
    try:
        found = shape(geometry)
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as error:
        raise refusal(
            path,
            f"row {row}: the shape is broken (wrong type, text among the coordinates or too few points)",
            f"第 {row} 行：图形有误（类型不对、坐标中有文字或点数不足）",
        ) from error
    return found


def _crs(path, document):
    member = document.get("crs")
    if member is None:
        return None
    try:
        return CRS.from_user_input(member["properties"]["name"])
    except (CRSError, KeyError, TypeError, ValueError) as error:
        raise refusal(
            path, "its 'crs' member is not understood; name an EPSG code", "“crs”无法识别；请给出 EPSG 编号"
        ) from error
