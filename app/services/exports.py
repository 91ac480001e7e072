"""Files out: plots, outlooks and maps, each number with its spread and its origin."""

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd

from agro import units
from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import rights
from agro.vectors import write_plots
from app.services import farms, outlooks
from app.services.files import written
from app.services.platform import Platform, region_or_none


def plots(viewer: Viewer, home: Platform, path: Path, format: str) -> Path:
    """Write the viewer's plots and return the file."""
    rights.require(viewer, "export.plots")
    return write_plots(_nonempty(farms.plots(viewer, home)), Path(path), format)


def outlook(viewer: Viewer, home: Platform, path: Path, format: str, on: date | None = None) -> Path:
    """Write the outlook of one day and return the file; the evidence state stands in every row."""
    rights.require(viewer, "export.outlook")
    table = _issued(outlooks.county(viewer, home, on))
    if format in ("gpkg", "geojson"):
        return write_plots(table, Path(path), format)
    flat = pd.DataFrame(table.drop(columns="geometry"))
    flat.insert(3, "area_mu", units.mu(flat["area"]).round(2))
    flat.insert(4, "area_ha", units.hectares(flat["area"]).round(4))
    flat["synthetic"] = flat["synthetic"].astype(bool)
    if format == "csv":
        return written(Path(path), lambda beside: flat.to_csv(beside, index=False, encoding="utf-8-sig"))
    if format == "json":
        region = region_or_none(home)
        body = {
            "region": region.name if region else None,
            "synthetic": bool(region and region.synthetic),
            "issued": str(flat["issued"].iloc[0]),
            "plots": json.loads(
                flat.to_json(orient="records", date_format="iso", force_ascii=False, default_handler=str)
            ),
        }
        return written(
            Path(path),
            lambda beside: beside.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8"),
        )
    raise InputError(
        f"unknown format '{format}'; known: csv, json, gpkg, geojson",
        zh=f"不认识的格式“{format}”；可用：csv、json、gpkg、geojson",
    )


def map(viewer: Viewer, home: Platform, path: Path, format: str, layer: str, on: date | None = None) -> Path:
    """Write one layer as a picture with its legend, or as outlines with the layer's values."""
    rights.require(viewer, "export.map")
    known = {one.key: one for one in outlooks.LAYERS}
    if layer not in known:
        raise InputError(
            f"unknown layer '{layer}'; known: {', '.join(known)}", zh=f"不认识的图层“{layer}”；可用：{'、'.join(known)}"
        )
    table = _issued(outlooks.county(viewer, home, on))
    if format == "png":
        from app.services import pictures

        return written(Path(path), lambda beside: pictures.county(home, table, known[layer], beside))
    keep = ["id", "farm", "name", "township", "cultivar", "area", "synthetic", "issued", "evidence", "geometry"]
    levels = [
        column for column in table if column.startswith(known[layer].column.removesuffix("p50")) and column not in keep
    ]
    return write_plots(table[[*keep[:-1], *levels, "geometry"]], Path(path), format)


def _nonempty(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if not len(table):
        raise MissingDataError("there are no plots to write", zh="没有可以导出的地块")
    return table


def _issued(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    _nonempty(table)
    if "issued" not in table or table["issued"].isna().all():
        raise MissingDataError(
            "nothing was computed yet: run `citrus run` first", zh="还没有计算过：请先运行 `citrus run`"
        )
    return table
