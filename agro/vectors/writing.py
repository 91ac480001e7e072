"""Plots and their results as files: written beside, then renamed, so that nobody meets half a file."""

import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from agro import units
from agro.vectors.repair import areas

LEGEND = {
    "area": "area on the ellipsoid [m2] 椭球面积（平方米）",
    "planted": "year of planting 定植年份",
    "spacing": "m between rows x m in the row 行距x株距（米）",
    "soil_depth": "depth of the soil [m] 土层厚度（米）",
    "assumed": "columns filled by assumption 按默认值假定的列",
}
FORMULA = re.compile(r"[=+\-@]")
CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot carry


def write_plots(frame: gpd.GeoDataFrame, path: str | Path, format: str) -> Path:
    """Write plots with all their columns (numbers, text, dates) in EPSG:4326 and return the path.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Plots; the columns of `read_plots` and any results beside them.
    path : path
        File to write; an old one is replaced at once when the new one is whole.
    format : {"gpkg", "geojson", "kml", "csv", "shp.zip"}
    """
    if format not in WRITERS:
        raise ValueError(f"format is '{format}'; one of {', '.join(WRITERS)} is needed")
    if frame.crs is None:
        raise ValueError("the plots have no CRS")
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = _plain(frame.to_crs(4326))
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        beside = Path(folder) / f"plots.{format.rpartition('.')[2]}"
        WRITERS[format](frame, beside)
        os.replace(beside, path)
    return path


def write_kml(
    frames: Mapping[str, gpd.GeoDataFrame], path: str | Path, colours: Mapping[str, str] | None = None
) -> Path:
    """Write layers of outlines, points or lines as one KML with a folder each and return the path.

    Parameters
    ----------
    frames : mapping of {str: GeoDataFrame}
        With a CRS; the column `name` labels a place.
    colours : mapping of {str: str}, optional
        "#rrggbb" of layers.
    """
    path = Path(path)
    _kml_folders({layer: _plain(frame.to_crs(4326)) for layer, frame in frames.items()}, path, colours or {})
    return path


def _plain(frame):
    """Return the frame with the active geometry last and cells that every format can carry."""
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    table = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    for column in table.columns:
        if isinstance(table[column].dtype, np.dtype) and table[column].dtype.kind in "fiub":
            continue
        if pd.api.types.is_datetime64_any_dtype(table[column]):
            continue
        table[column] = pd.Series([_cell(column, value) for value in table[column]], dtype=object)
        present = [value for value in table[column] if value is not None]
        if present and all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
            whole = all(isinstance(value, int) for value in present)
            table[column] = table[column].astype("Int64" if whole else "float64")
        elif not all(isinstance(value, str) for value in present):
            table[column] = pd.Series([None if v is None else _shown(v) for v in table[column]], dtype=object)
    table.columns = [str(column) for column in table.columns]
    return gpd.GeoDataFrame(table, geometry=np.asarray(frame.geometry.array), crs=frame.crs)


def _cell(column, value):
    if isinstance(value, tuple | list):
        mark = "x" if column == "spacing" else ","
        return mark.join(_shown(part) for part in value) if len(value) else None
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _shown(value):
    """Return a cell as text: dates in ISO form, whole numbers without a point."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") else repr(value)
    return str(value)


def _records(frame):
    """Return one dict of plain Python values per row; missing is None, dates are ISO text."""
    table = pd.DataFrame(frame.drop(columns="geometry"))
    records = []
    for row in zip(*(table[column].tolist() for column in table.columns), strict=True):
        record = {}
        for column, value in zip(table.columns, row, strict=True):
            value = _cell(column, value)
            if isinstance(value, datetime | date):
                value = _day_or_time(value)
            record[column] = value if not isinstance(value, float) or np.isfinite(value) else None
        records.append(record)
    return records if len(table.columns) else [{} for _ in range(len(table))]


def _day_or_time(value):
    text = value.isoformat()
    return text.removesuffix("T00:00:00")


def _geopackage(frame, path):
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer="plots")


def _geojson(frame, path):
    features = [
        {"type": "Feature", "properties": record, "geometry": shapely.geometry.mapping(shape) if shape else None}
        for record, shape in zip(_records(frame), frame.geometry, strict=True)
    ]
    # the member is outdated but tells readers that the degrees are no guess
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    document = {"type": "FeatureCollection", "name": "plots", "crs": crs, "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def _kml(frame, path):
    _kml_folders({"plots": frame}, path, {})


def _kml_folders(frames, path, colours):
    root = ElementTree.Element("kml", xmlns="http://www.opengis.net/kml/2.2")
    document = ElementTree.SubElement(root, "Document")
    ElementTree.SubElement(document, "name").text = _xml_text(", ".join(frames))
    for layer, frame in frames.items():
        folder = ElementTree.SubElement(document, "Folder") if len(frames) > 1 else document
        if len(frames) > 1:
            ElementTree.SubElement(folder, "name").text = _xml_text(layer)
        if layer in colours:
            _kml_style(document, layer, colours[layer])
        for record, shape in zip(_records(frame), frame.geometry, strict=True):
            placemark = ElementTree.SubElement(folder, "Placemark")
            ElementTree.SubElement(placemark, "name").text = _xml_text(record.get("name") or "")
            if layer in colours:
                ElementTree.SubElement(placemark, "styleUrl").text = f"#{layer}"
            extended = ElementTree.SubElement(placemark, "ExtendedData")
            for key, value in record.items():
                if value is not None and key != "name":
                    data = ElementTree.SubElement(extended, "Data", name=_xml_text(key))
                    ElementTree.SubElement(data, "value").text = _xml_text(value)
            parts = [one for one in _simple(shape) if not one.is_empty]
            holder = ElementTree.SubElement(placemark, "MultiGeometry") if len(parts) > 1 else placemark
            for part in parts:
                _kml_shape(holder, part)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _kml_style(document, layer, colour):
    """Add the style of a layer from its "#rrggbb"; KML wants alpha, blue, green, red."""
    turned = f"{colour[5:7]}{colour[3:5]}{colour[1:3]}"
    style = ElementTree.SubElement(document, "Style", id=layer)
    for kind, sheer in (("IconStyle", "ff"), ("LineStyle", "ff"), ("PolyStyle", "55")):
        ElementTree.SubElement(ElementTree.SubElement(style, kind), "color").text = f"{sheer}{turned}"


def _simple(shape):
    """Return the single shapes that a shape is made of."""
    parts = list(shape.geoms) if hasattr(shape, "geoms") else [] if shape is None else [shape]
    return [one for part in parts for one in (_simple(part) if hasattr(part, "geoms") else [part])]


def _kml_shape(holder, shape):
    if shape.geom_type == "Polygon":
        polygon = ElementTree.SubElement(holder, "Polygon")
        _ring(polygon, "outerBoundaryIs", shape.exterior)
        for hole in shape.interiors:
            _ring(polygon, "innerBoundaryIs", hole)
        return
    element = ElementTree.SubElement(holder, "Point" if shape.geom_type == "Point" else "LineString")
    ElementTree.SubElement(element, "coordinates").text = _pairs(shape)


def _ring(polygon, tag, ring):
    linear = ElementTree.SubElement(ElementTree.SubElement(polygon, tag), "LinearRing")
    ElementTree.SubElement(linear, "coordinates").text = _pairs(ring)


def _pairs(shape):
    return " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(shape).tolist())


def _xml_text(value):
    return CONTROL.sub("", str(value))


def _csv(frame, path):
    table = pd.DataFrame(frame.drop(columns="geometry"))
    size = areas(np.asarray(frame.geometry.array))
    table["area_mu"], table["area_ha"] = units.mu(size), units.hectares(size)
    table["wkt"] = shapely.to_wkt(np.asarray(frame.geometry.array), rounding_precision=-1, trim=True)
    for column in table.columns:
        table[column] = [_guarded(value) for value in table[column]]
    # Excel reads Chinese only behind a byte order mark
    table.to_csv(path, index=False, encoding="utf-8-sig")


def _guarded(value):
    """Return text that a spreadsheet would run as a formula behind an apostrophe, which the reader takes off again."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _shapefile(frame, path):
    names = _short_names([column for column in frame.columns if column != "geometry"])
    frame = frame.rename(columns=names)
    for column in frame.columns:
        if column != "geometry" and frame[column].dtype == bool:
            frame[column] = frame[column].astype("int32")
        elif column != "geometry" and pd.api.types.is_datetime64_any_dtype(frame[column]):  # .dbf knows days only
            frame[column] = pd.Series([None if v is pd.NaT else _day_or_time(v) for v in frame[column]], dtype=object)
    folder = path.parent / "shape"
    folder.mkdir()
    pyogrio.write_dataframe(frame, folder / "plots.shp", driver="ESRI Shapefile", encoding="UTF-8")
    (folder / "plots.cpg").write_text("UTF-8", encoding="ascii")
    lines = [f"{short}\t{name}\t{LEGEND.get(name, '')}".rstrip() for name, short in names.items()]
    (folder / "legend.txt").write_text("\r\n".join(["field\tcolumn\tmeaning", *lines]) + "\r\n", encoding="utf-8-sig")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, part.name)


def _short_names(columns):
    """Return {column: field of at most 10 ASCII letters}, each field once."""
    names: dict[str, str] = {}
    for column in columns:
        stem = re.sub(r"[^A-Za-z0-9_]", "", str(column))[:10].strip("_") or "field"
        short, count = stem, 1
        while short.lower() in {used.lower() for used in names.values()}:
            count += 1
            short = f"{stem[: 10 - len(str(count))]}{count}"
        names[column] = short
    return names


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], Any]] = {
    "gpkg": _geopackage,
    "geojson": _geojson,
    "kml": _kml,
    "csv": _csv,
    "shp.zip": _shapefile,
}
