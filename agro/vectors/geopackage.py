"""GeoPackage: checked for being one and whole before the library opens it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pyogrio
from pyproj import CRS

from agro.farm import Finding
from agro.vectors.source import Source, bounded, refusal, source

PLOT_LAYERS = ("plots", "plot", "地块", "fields", "blocks")


def read(path: Path) -> Source:
    """Return the features of the plot layer, or else of the first layer with polygons.

    Raises
    ------
    InputError
        When the file is no GeoPackage, is damaged, or holds no layer with shapes.
    """
    layers = _layers(path)
    layer = min(layers, key=lambda name: (_rank(name, layers[name]), list(layers).index(name)))
    bounded(path.name, pyogrio.read_info(path, layer=layer)["features"])
    frame = pyogrio.read_dataframe(path, layer=layer)
    findings = []
    if len(layers) > 1:
        others = ", ".join(name for name in layers if name != layer)
        findings.append(
            Finding(
                "warning", f"layer '{layer}' was read; not read: {others}", f"读取了图层“{layer}”；未读取：{others}"
            )
        )
    table = frame.drop(columns=frame.geometry.name)
    crs = frame.crs if frame.crs is not None and known(frame.crs) else None
    return source(path.name, table.to_dict("records"), list(frame.geometry), crs=crs, findings=findings)


def known(crs: CRS) -> bool:
    """Return whether a CRS is one, not the "undefined" of a GeoPackage or a local grid."""
    return (crs.is_geographic or crs.is_projected) and "ndefined" not in crs.name and "nknown" not in crs.name


def _rank(name, kind):
    return (0 if "POLYGON" in kind else 1, 0 if name.lower() in PLOT_LAYERS else 1)


def _layers(path):
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\x00":
            raise refusal(path, "is not a GeoPackage", "不是 GeoPackage 文件")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as connection:
            connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            rows = connection.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns").fetchall()
    except sqlite3.Error as error:
        missing = "no such table" in str(error)
        raise (_no_layer(path) if missing else _damaged(path)) from error
    if not whole:
        raise _damaged(path)
    if not rows:
        raise _no_layer(path)
    return {str(name): str(kind).upper() for name, kind in rows}


def _damaged(path):
    return refusal(
        path, "the GeoPackage is damaged or incomplete; copy it again", "GeoPackage 已损坏或不完整；请重新复制"
    )


def _no_layer(path):
    return refusal(path, "the file holds no layer with shapes", "文件中没有含图形的图层")
