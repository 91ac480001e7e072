"""KML and KMZ: placemarks with their names and extended data; documents that define entities are refused."""

import re
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon

from agro.vectors import archive
from agro.vectors.geojson import decoded
from agro.vectors.source import Source, refusal, source

DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)


def read(path: Path) -> Source:
    """Return the placemarks of a KML file.

    Raises
    ------
    InputError
        When it is no KML, defines entities, or a coordinate is no number.
    """
    return _placemarks(path, decoded(path))


def read_kmz(path: Path) -> Source:
    """Return the placemarks of the KML in a KMZ: `doc.kml`, else the first one."""
    found = archive.entries(path, {".kml"})
    if not found:
        raise refusal(path, "the KMZ holds no .kml", "KMZ 内没有 .kml")
    place = min(found, key=lambda p: (p.name.lower() != "doc.kml", len(p.parts)))
    with tempfile.TemporaryDirectory() as folder:
        inner = Path(folder) / "doc.kml"
        inner.write_bytes(found[place])
        text = decoded(inner)
    return _placemarks(path, text)


def _placemarks(path, text):
    if DECLARATION.search(text):
        raise refusal(
            path, "defines a document type or entities, which KML needs none of", "含有 DOCTYPE 或实体定义，KML 不需要"
        )
    try:
        # no entity can be defined here, and the text is bounded before
        root = ElementTree.fromstring(text.lstrip("\ufeff \r\n\t"))  # noqa: S314
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise refusal(
            path, f"is not a whole XML document ({str(error)[:80]})", f"不是完整的 XML 文档（{str(error)[:80]}）"
        ) from error
    if _tag(root) != "kml":
        raise refusal(path, f"is <{_tag(root)[:40]}>, not <kml>", f"根元素是 <{_tag(root)[:40]}>，不是 <kml>")
    records, shapes = [], []
    for placemark in root.iter():
        if _tag(placemark) == "Placemark":
            records.append(_attributes(placemark))
            shapes.append(_geometry(path, len(records), placemark))
    return source(path.name, records, shapes, hints=text.partition("<Placemark")[0][:2000] + _words(root))


def _words(root):
    """Return the texts outside placemarks, where an app leaves its name; a plot may be called anything."""
    found, waiting = [], [root]
    while waiting:
        element = waiting.pop()
        if _tag(element) != "Placemark":
            found.append((element.text or "").strip()[:300])
            waiting.extend(element)
    return " ".join(filter(None, found))[:20_000]


def _tag(element):
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attributes(placemark):
    record = {}
    for element in placemark.iter():
        if _tag(element) == "Data" and element.get("name"):
            record[element.get("name")] = "".join(child.text or "" for child in element if _tag(child) == "value")
        elif _tag(element) == "SimpleData" and element.get("name"):
            record[element.get("name")] = element.text or ""
    label = next((child.text for child in placemark if _tag(child) == "name" and child.text), None)
    if label and label.strip():
        return {"name": label.strip(), **{key: value for key, value in record.items() if key != "name"}}
    return record


def _geometry(path, row, placemark):
    """Return the one shape of a placemark; a MultiGeometry of polygons becomes a MultiPolygon."""
    parts, waiting = [], [placemark]
    while waiting:
        element = waiting.pop()
        tag = _tag(element)
        if tag == "Polygon":
            parts.append(_polygon(path, row, element))
        elif tag in ("LineString", "LinearRing", "Point"):
            parts.append(_simple(path, row, tag, element))
        else:
            waiting.extend(reversed(element))
    parts = [part for part in parts if part is not None]
    if len(parts) == 1:
        return parts[0]
    if parts and all(isinstance(part, Polygon) for part in parts):
        return MultiPolygon(parts)
    return GeometryCollection(parts) if parts else None


def _polygon(path, row, element):
    outer, inner = None, []
    for boundary in element:
        for ring in boundary.iter():
            if _tag(ring) != "LinearRing":
                continue
            points = _coordinates(path, row, ring)
            if _tag(boundary) == "innerBoundaryIs":
                inner.append(points)
            else:
                outer = points
    if not outer:
        return None
    if len(outer) < 3:
        return LineString(outer) if len(outer) == 2 else Point(outer[0])
    return Polygon(outer, [ring for ring in inner if len(ring) >= 3])


def _simple(path, row, tag, element):
    points = _coordinates(path, row, element)
    if not points:
        return None
    return Point(points[0]) if tag == "Point" or len(points) == 1 else LineString(points)


def _coordinates(path, row, element):
    text = next((child.text or "" for child in element.iter() if _tag(child) == "coordinates"), "")
    try:
        found = [(float(parts[0]), float(parts[1])) for parts in (word.split(",") for word in text.split())]
    except (ValueError, IndexError) as error:
        raise refusal(
            path,
            f"row {row}: coordinates are no numbers: '{text.strip()[:40]}'; longitude,latitude pairs are needed",
            f"第 {row} 行：坐标不是数字：“{text.strip()[:40]}”；需要“经度,纬度”",
        ) from error
    return found
