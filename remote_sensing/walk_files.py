"""A walk as a file for a phone: GPX with waypoints and a route, KML with numbered places and a line."""

from xml.etree import ElementTree as tree

import geopandas as gpd

from remote_sensing.walking import Route

GPX, KML = "http://www.topografix.com/GPX/1/1", "http://www.opengis.net/kml/2.2"
CREATOR = "citrus-dss"


def gpx(route: Route, name: str, titles: list[str], notes: list[str], *, synthetic: bool = False) -> str:
    """Return the walk as GPX 1.1: a waypoint a stop, and one route through them.

    Parameters
    ----------
    route : Route
    name : str
        Of the walk.
    titles, notes : list of str
        One a stop, in walking order: what it is called and what to look at.
    synthetic : bool
        Whether the places are made up; the file says so.
    """
    root = tree.Element("gpx", {"version": "1.1", "creator": CREATOR, "xmlns": GPX})
    about = tree.SubElement(root, "metadata")
    tree.SubElement(about, "name").text = name
    if synthetic:
        tree.SubElement(about, "desc").text = "合成示例 synthetic example"
    stops = _degrees(route)
    for k, (point, title, note) in enumerate(zip(stops.geometry, titles, notes, strict=True), start=1):
        _point(root, "wpt", point.x, point.y, f"{k} {title}", note)
    way = tree.SubElement(root, "rte")
    tree.SubElement(way, "name").text = name
    line = gpd.GeoSeries([route.line], crs=route.stops.crs).to_crs(4326).iloc[0]
    labels = ["起点 start", *(f"{k} {title}" for k, title in enumerate(titles, start=1))]
    for k, (x, y) in enumerate(line.coords):
        _point(way, "rtept", x, y, labels[k] if k < len(labels) else "起点 start", None)
    return _text(root)


def kml(route: Route, name: str, titles: list[str], notes: list[str], *, synthetic: bool = False) -> str:
    """Return the walk as KML; parameters as of `gpx`."""
    root = tree.Element("kml", {"xmlns": KML})
    folder = tree.SubElement(root, "Document")
    tree.SubElement(folder, "name").text = name
    if synthetic:
        tree.SubElement(folder, "description").text = "合成示例 synthetic example"
    stops = _degrees(route)
    for k, (point, title, note) in enumerate(zip(stops.geometry, titles, notes, strict=True), start=1):
        place = tree.SubElement(folder, "Placemark")
        tree.SubElement(place, "name").text = f"{k} {title}"
        tree.SubElement(place, "description").text = note
        tree.SubElement(tree.SubElement(place, "Point"), "coordinates").text = f"{point.x:.7f},{point.y:.7f}"
    way = tree.SubElement(folder, "Placemark")
    tree.SubElement(way, "name").text = name
    line = gpd.GeoSeries([route.line], crs=route.stops.crs).to_crs(4326).iloc[0]
    course = tree.SubElement(way, "LineString")
    tree.SubElement(course, "tessellate").text = "1"
    tree.SubElement(course, "coordinates").text = " ".join(f"{x:.7f},{y:.7f}" for x, y in line.coords)
    return _text(root)


def _degrees(route):
    return route.stops.to_crs(4326)


def _point(parent, tag, x, y, name, note):
    point = tree.SubElement(parent, tag, {"lat": f"{y:.7f}", "lon": f"{x:.7f}"})
    tree.SubElement(point, "name").text = name
    if note:
        tree.SubElement(point, "desc").text = note


def _text(root):
    tree.indent(root)
    return tree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
