"""What pictures say as tables and outlines: series of a plot, weak areas, zones, trees, gaps and the way round them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from agro import units
from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import rights
from agro.vectors import write_kml, write_plots
from agro.vectors.writing import FORMULA
from app.services.files import require_format, written
from app.services.imagery import areas, curves, flights, walks, words, zones
from app.services.platform import Platform

FORMATS = ("gpkg", "geojson", "kml", "csv")
OUTLINES = ("plots", "areas", "zones", "crowns", "gaps")
TOGETHER = ("gpkg", "kml")
"""Kinds of file that hold every layer."""
AREA = (
    "farm_name", "name", "township", "kind", "kind_zh", "kind_en", "severity", "since", "last_seen", "found", "n_obs",
    "index", "drop", "loss", "z", "area_mu", "area_error_mu", "area_ha", "share_of_plot", "explained", "hints",
    "false_alarms", "rule", "state", "synthetic", "id", "plot",
)  # fmt: skip
COLOURS = {
    "plots": "#858585", "areas": "#d65428", "zones": "#588c60", "crowns": "#2e6e3c", "gaps": "#be283c",
    "route": "#c2571a",
}  # fmt: skip
LABELS = {"zones": ("zone", "区 zone "), "crowns": ("tree", "#"), "gaps": ("n_missing", "缺株 missing ")}
"""Which column tells one shape of a plot from the others, and the sign before it."""


def series(viewer: Viewer, home: Platform, path: Path, plot: str, index: str = "ndvi") -> Path:
    """Write what was seen of one plot, a row a date, with its smoothed value and what was to be expected, as CSV.

    Raises
    ------
    InputError
        Without a plot, or for a file that is no CSV.
    """
    rights.require(viewer, "export.outlook")
    require_format(Path(path).suffix.lstrip(".").lower(), ("csv",))
    if not plot:
        raise InputError("a series is that of one plot: name it, as --plot p01", zh="曲线属于某一块地：请指定 --plot")
    found = curves.of_plot(viewer, home, plot, index, years=6)
    table = found.seen.merge(found.smooth, on="time", how="left", suffixes=("", "_smooth"))
    expected = found.expected.rename(columns={"value": "expected", "source": "normal_from"})
    similar = found.sisters.rename(columns={"value": "similar_plots", "n": "n_similar"})
    table = table.merge(expected, on="time", how="left").merge(similar, on="time", how="left")
    table = table.rename(columns={"time": "date", "value": index, "value_smooth": "smooth"}).assign(
        plot=found.plot.name, unit=found.unit, synthetic=found.synthetic
    )
    table["date"] = table["date"].dt.strftime("%Y-%m-%d")
    first = ["plot", "date", index, "unit", "usable", "weight", "smooth", "provisional", "dashed", "expected"]
    table = table[[*first, *(name for name in table if name not in first)]]
    return written(Path(path), lambda beside: _csv(table, beside))


def weak(viewer: Viewer, home: Platform, path: Path, format: str, state: str | None = "open") -> Path:
    """Write the weak areas that the viewer may see, with severity, onset, size, hints and the rate of false alarms."""
    rights.require(viewer, "export.outlook")
    require_format(format, FORMATS)
    table = told(areas.table(viewer, home, state=state))
    if not len(table):
        raise MissingDataError("no weak area is open", zh="目前没有长势异常区")
    if format == "csv":
        return written(Path(path), lambda beside: _csv(table.drop(columns="geometry"), beside))
    return written(Path(path), lambda beside: write_plots(table, beside, format))


def outlines(viewer: Viewer, home: Platform, path: Path, format: str, what: str) -> Path:
    """Write one of `OUTLINES` that the viewer may see: all plots, areas old and new, zones, tree crowns, or gaps.

    Raises
    ------
    InputError
        For an unknown layer or format.
    MissingDataError
        When there is nothing of it.
    """
    rights.require(viewer, "export.outlook")
    require_format(format, FORMATS)
    if what not in OUTLINES:
        raise InputError(
            f"no outlines '{what}'; there are {', '.join(OUTLINES)}",
            zh=f"没有轮廓“{what}”；可用：{'、'.join(OUTLINES)}",
        )
    table = dict(_layers(viewer, home, None, (what,))).get(what, ())
    if not len(table):
        raise MissingDataError(f"there are no {what} to write", zh=f"没有可以导出的 {what}")
    if format == "csv":
        return written(Path(path), lambda beside: _csv(table.drop(columns="geometry"), beside))
    if format == "kml":
        return written(Path(path), lambda beside: write_kml({what: labelled(table, what)}, beside, COLOURS))
    return written(Path(path), lambda beside: write_plots(_plain(table), beside, format))


def everything(viewer: Viewer, home: Platform, path: Path, format: str = "gpkg", walk: str | None = None) -> Path:
    """Write all outlines as one file: plots, areas, zones, crowns, gaps, a walk; coloured for QGIS or a globe.

    A layer of which nothing is known is left out.
    """
    rights.require(viewer, "export.outlook")
    require_format(format, TOGETHER)
    made = {name: table for name, table in _layers(viewer, home, walk) if len(table)}
    if "plots" not in made:
        raise MissingDataError("there are no plots to write", zh="没有可以导出的地块")
    if format == "kml":
        named = {name: labelled(table, name) for name, table in made.items()}
        return written(Path(path), lambda beside: write_kml(named, beside, COLOURS))

    def write(beside: Path) -> None:
        for name, table in made.items():
            pyogrio.write_dataframe(_plain(table), beside, driver="GPKG", layer=name, append=beside.exists())
        pyogrio.write_dataframe(_styles(made), beside, driver="GPKG", layer="layer_styles", append=True)

    return written(Path(path), write)


def labelled(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return outlines under the names that a globe writes beside them: of what a plot has many, which one it is."""
    if layer in LABELS:
        column, mark = LABELS[layer]
        table = table.assign(plot_name=table["name"], name=table["name"] + f" {mark}" + table[column].astype(str))
    return _plain(table)


def told(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return areas in the order in which people read them, lists as text."""
    kinds = words.known("kind")
    table = table.assign(
        area_ha=units.hectares(table["area_m2"]),
        explained=[" / ".join(areas.cause(key)["zh"] for key in one) for one in table["explained_by"]],
        hints=["；".join(hint["zh"] for hint in one) for one in table["hints"]],
        **{f"kind_{to}": [kinds[kind][to] for kind in table["kind"]] for to in words.LANGUAGES},
    )
    digits = {"drop": 3, "loss": 3, "z": 2, "area_mu": 2, "area_error_mu": 2, "area_ha": 3, "share_of_plot": 3}
    return table.round(digits)[[*AREA, "geometry"]]


def _layers(
    viewer: Viewer, home: Platform, walk: str | None, wanted: Sequence[str] = OUTLINES
) -> Iterable[tuple[str, gpd.GeoDataFrame]]:
    plots = home.store.plots(rights.scope(viewer, "condition.read"))
    names = ["farm_name", "name", "township", "cultivar", "planted", "area", "elevation", "slope", "aspect", "id"]
    yield "plots", plots[[*names, "geometry"]].assign(area_mu=units.mu(plots["area"]))
    if "areas" in wanted:
        yield "areas", told(areas.table(viewer, home, state=None))
    if "zones" in wanted:
        yield "zones", _zones(viewer, home, plots)
    if rights.allowed(viewer, "tree.read") and {"crowns", "gaps"} & set(wanted):
        trees, gaps = flights.newest(viewer, home)
        yield "crowns", flights.placed(trees)
        yield "gaps", flights.placed(gaps)
    if walk is not None:
        one = walks.one(viewer, home, walk)
        stops = pd.DataFrame(list(one.stops))
        points = gpd.points_from_xy(stops["longitude"], stops["latitude"])
        stops = stops.assign(name=stops["order"].astype(str) + " " + stops["plot_name"])
        yield "stops", gpd.GeoDataFrame(stops, geometry=points, crs="EPSG:4326")
        way = [] if one.geometry is None else [one.geometry]
        about = pd.DataFrame(
            {"name": [str(one.date)], "date": [str(one.date)], "metres": [one.metres], "minutes": [one.minutes]}
        )
        yield "route", gpd.GeoDataFrame(about.iloc[: len(way)], geometry=way, crs="EPSG:4326")


def _zones(viewer: Viewer, home: Platform, plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the zones of the plots that are large enough and were seen for three seasons."""
    names = plots.set_index("id")["name"]
    found = [
        one.table.assign(name=one.table["plot"].map(names), kappa=one.kappa, reason=one.reason).to_crs(4326)
        for one in zones.of_plots(viewer, home)
    ]
    empty = gpd.GeoDataFrame({"plot": []}, geometry=[], crs="EPSG:4326")
    return gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs="EPSG:4326") if found else empty


def _plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table with cells that a GeoPackage takes."""
    plain = table.copy()
    for name in plain.columns.drop(plain.geometry.name):
        if plain[name].dtype == object or str(plain[name].dtype) in ("str", "string"):
            cells = [None if _none(one) else str(one) for one in plain[name]]
            plain[name] = pd.Series(cells, plain.index, dtype=object)
        elif pd.api.types.is_extension_array_dtype(plain[name].dtype):
            plain[name] = plain[name].astype("float64")
    return plain


def _none(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _styles(made: dict[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Return the table by which QGIS colours layers of a GeoPackage."""
    rows = []
    for name, table in made.items():
        if name not in COLOURS:
            continue
        kind = "line" if name == "route" else "marker" if name in ("crowns", "gaps") and _points(table) else "fill"
        colour = ",".join(str(int(COLOURS[name][k : k + 2], 16)) for k in (1, 3, 5))
        sheer = "0" if name == "plots" else "110"
        fill = f'<Option name="color" type="QString" value="{colour},{sheer if kind == "fill" else "255"}"/>'
        edge = f'<Option name="outline_color" type="QString" value="{colour},255"/>'
        line = f'<Option name="line_color" type="QString" value="{colour},255"/>'
        symbol = {"line": "SimpleLine", "marker": "SimpleMarker", "fill": "SimpleFill"}[kind]
        qml = (
            '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.22"><renderer-v2 '
            f'type="singleSymbol"><symbols><symbol name="0" type="{kind}"><layer class="{symbol}"><Option type="Map">'
            f"{line if kind == 'line' else fill + edge}</Option></layer></symbol></symbols></renderer-v2></qgis>"
        )
        rows.append(
            {
                "f_table_catalog": "", "f_table_schema": "", "f_table_name": name, "f_geometry_column": "geom",
                "styleName": name, "styleQML": qml, "styleSLD": "", "useAsDefault": True, "description": "",
                "owner": "", "ui": None, "update_time": pd.Timestamp(2000, 1, 1),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _points(table: gpd.GeoDataFrame) -> bool:
    return bool((shapely.get_type_id(table.geometry.to_numpy()) == 0).all())


def _csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table for spreadsheets: a mark for Chinese, and nothing that runs."""
    flat = pd.DataFrame(table)
    for name in flat.select_dtypes("datetime"):
        flat[name] = flat[name].dt.strftime("%Y-%m-%d")
    for name in flat.select_dtypes(["object", "str"]):
        flat[name] = [f"'{one}" if isinstance(one, str) and FORMULA.match(one) else one for one in flat[name]]
    flat.to_csv(path, index=False, encoding="utf-8-sig")
