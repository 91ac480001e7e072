"""Files out: plots, outlooks and maps, each number with its spread and its origin."""

import json
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from agro import units
from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import OUTLOOK_COLUMNS, rights
from agro.vectors import write_plots
from agro.vectors.writing import FORMULA, WRITERS
from app.services import farms, outlooks, regions, slope_window
from app.services.files import written
from app.services.pests import ipm_decisions, release
from app.services.pests import outlooks as warned
from app.services.pests import words as pest_words
from app.services.platform import Platform, region_or_none
from pest_warning import organism

PEST_FORMATS = ("csv", "json", "gpkg", "geojson")
OUTLOOK_FORMATS = ("csv", "json", "gpkg", "geojson", "kml", "shp.zip")
MAP_FORMATS = ("png", *WRITERS)
LANGUAGES = ("zh", "en")
WHO = ("farm_name", "name", "township", "cultivar", "cultivar_zh", "area_mu", "area_ha")
MEANT = ("issued", "evidence", "synthetic")
"""What no exported number goes without: its day, how far its model is calibrated, whether it is invented."""
GROUND = ("elevation", "slope", "aspect", "sky_view", "height_above_valley")
REST = ("planted", "spacing", "soil_depth", "assumed", "missing_days", "source", "area", "farm", "id")
DECIMALS = {"expansion": 3, "sky_view": 3, "area_ha": 4, "area": 1}
"""Of exported numbers; the others have two: a model's third one says nothing."""


def plots(viewer: Viewer, home: Platform, path: Path, format: str) -> Path:
    """Write the viewer's plots and return the file."""
    rights.require(viewer, "export.plots")
    _known(format, tuple(WRITERS))
    table = farms.plots(viewer, home)
    if not len(table):
        raise _no_plots()
    ordered = [*(name for name in WHO if name in table), "planted", "spacing", "soil_depth"]
    table = table[ordered + [name for name in table if name not in ordered]]
    return written(Path(path), lambda beside: write_plots(table, beside, format))


def outlook(viewer: Viewer, home: Platform, path: Path, format: str, on: date | None = None) -> Path:
    """Write the outlook of one day and return the file; the evidence state stands in every row."""
    rights.require(viewer, "export.outlook")
    _known(format, OUTLOOK_FORMATS)
    table = _told(home, _issued(viewer, home, on))
    if format == "csv":
        return written(Path(path), lambda beside: _flat(table).to_csv(beside, index=False, encoding="utf-8-sig"))
    if format == "json":
        text = json.dumps(_document(home, table), ensure_ascii=False, indent=1)
        return written(Path(path), lambda beside: beside.write_text(text, encoding="utf-8"))
    return written(Path(path), lambda beside: write_plots(table, beside, format))


def pests(viewer: Viewer, home: Platform, path: Path, format: str, on: date | None = None) -> Path:
    """Write the pest outlook of one day, a row a plot, organism and horizon, and return the file.

    "json" is the output form of IPM Decisions. Every row says how far its model is calibrated, whether the data are
    invented and whether the station issued it; a probability stands only where an organism is calibrated.
    """
    rights.require(viewer, "export.outlook")
    _known(format, PEST_FORMATS)
    told, gate = _warned(viewer, home, on)
    if format == "json":
        region = region_or_none(home)
        zone, draft = region.timezone if region else regions.TIMEZONE, not gate.private and not gate.issued
        made = ipm_decisions.documents(told, gate.day, zone, bool(told["synthetic"].any()), draft)
        text = json.dumps({"issued": str(gate.day), "models": made}, ensure_ascii=False, allow_nan=False)
        return written(Path(path), lambda beside: beside.write_text(text, encoding="utf-8"))
    told = told.round(4)
    told = told[[*(name for name in told if name != "geometry"), "geometry"]]
    if format == "csv":
        return written(Path(path), lambda beside: _flat(told).to_csv(beside, index=False, encoding="utf-8-sig"))
    return written(Path(path), lambda beside: write_plots(told, beside, format))


def _warned(viewer: Viewer, home: Platform, on: date | None) -> tuple[gpd.GeoDataFrame, release.Gate]:
    """Return the rows of the pest outlook with the outlines of their plots, and how far the bulletin stands."""
    rows = warned.table(viewer, home, on)
    if not len(rows):
        raise _no_plots()
    issued = rows["issued"].iloc[0].date()
    if on is not None and issued != on:
        raise _no_such_day(on, home.store.pest_dates())
    gate, region = release.gate(viewer, home, issued), region_or_none(home)
    plots = farms.plots(viewer, home)
    plots = plots.assign(
        area_mu=units.mu(plots["area"]), area_ha=units.hectares(plots["area"]),
        synthetic=plots["synthetic"].astype(bool) | bool(region and region.synthetic),
    )  # fmt: skip
    about = [name for name in (*WHO, "elevation", "synthetic", "id", "geometry") if name in plots]
    told = plots[about].merge(rows.drop(columns="issued"), left_on="id", right_on="plot").drop(columns="plot")
    names = {one.key: one.name.zh for one in organism.catalogue()}
    told = told.assign(
        issued=issued, release="private" if gate.private else gate.state, organism_zh=told["organism"].map(names),
        **{f"level_{language}": [pest_words.level(code, language) for code in told["level"]] for language in LANGUAGES},
    )  # fmt: skip
    first = [*WHO, "organism", "organism_zh", "horizon", "level", "level_zh", "level_en", "issued", "release"]
    first = [name for name in (*first, "calibration", "evidence", "synthetic") if name in told]
    return told[first + [name for name in told if name not in first]], gate


def map(viewer: Viewer, home: Platform, path: Path, format: str, layer: str, on: date | None = None) -> Path:
    """Write one layer as a picture with its legend, or as outlines with the layer's values and their spread."""
    rights.require(viewer, "export.map")
    _known(format, MAP_FORMATS)
    known = {one.key: one for one in outlooks.LAYERS}
    if layer not in known:
        raise InputError(
            f"unknown layer '{layer}'; known: {', '.join(known)}", zh=f"不认识的图层“{layer}”；可用：{'、'.join(known)}"
        )
    table = _issued(viewer, home, on)
    if format == "png":
        from app.services import pictures

        return written(Path(path), lambda beside: pictures.county(home, table, known[layer], beside))
    table = _told(home, table)
    stem = known[layer].column.removesuffix("p50")
    shown = [name for name in table if name in (*WHO, *MEANT, "id") or name.startswith(stem)]
    return written(Path(path), lambda beside: write_plots(table[[*shown, "geometry"]], beside, format))


def slope_map(
    viewer: Viewer, home: Platform, path: Path, format: str, plot_id: str, on: date | None = None,
    side: float = slope_window.SIDE,
) -> Path:  # fmt: skip
    """Write the map of the slopes around a plot as a Cloud-Optimized GeoTIFF in the region's CRS."""
    rights.require(viewer, "export.outlook")
    _known(format, ("tif",))
    made = slope_window.window_map(viewer, home, plot_id, on, side)
    return written(Path(path), lambda beside: shutil.copyfile(made.file, beside))


def _issued(viewer: Viewer, home: Platform, on: date | None) -> gpd.GeoDataFrame:
    """Return the plots with their outlook of the day `on`, the newest by default."""
    table = outlooks.county(viewer, home, on)
    if not len(table):
        raise _no_plots()
    table = table[table["issued"].notna()].reset_index(drop=True)
    if len(table) and (on is None or table["issued"].iloc[0].date() == on):
        return table
    days = sorted({run.date for run in home.store.runs(1000) if run.state == "finished"})
    if not days or on is None:
        raise MissingDataError(
            "nothing was computed yet: run `citrus run` first", zh="还没有计算过：请先运行 `citrus run`"
        )
    raise _no_such_day(on, days)


def _no_such_day(on: date, days: Iterable[date]) -> MissingDataError:
    last = [str(day) for day in sorted(days)[-5:]]
    return MissingDataError(
        f"no outlook was issued on {on}; the last ones: {', '.join(last)}",
        zh=f"没有 {on} 的预报；最近的有：{'、'.join(last)}",
    )


def _told(home: Platform, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the table in the order in which people read it: who, what it rests on, the outlook, the ground."""
    region = region_or_none(home)
    names = {key: zh for key, zh, _ in farms.cultivars()}
    table = table.assign(
        cultivar_zh=table["cultivar"].map(names).astype(object),
        area_mu=units.mu(table["area"]),
        area_ha=units.hectares(table["area"]),
        synthetic=table["synthetic"].astype(bool) | bool(region and region.synthetic),
    )
    table = table.round({name: DECIMALS.get(name.partition("_p")[0], 2) for name in table.select_dtypes("float")})
    order = [*WHO, *MEANT, *OUTLOOK_COLUMNS[1:], *GROUND, *REST]
    return table[[*dict.fromkeys(name for name in order if name in table), "geometry"]]


def _flat(table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the table without outlines: days as text, and nothing that a spreadsheet would run."""
    flat = pd.DataFrame(table.drop(columns="geometry"))
    for name in flat.select_dtypes("datetime"):
        flat[name] = flat[name].dt.strftime("%Y-%m-%d")
    for name in flat.select_dtypes(["object", "str"]):
        flat[name] = [_cell(value) for value in flat[name]]
    return flat


def _cell(value: Any) -> Any:
    if isinstance(value, tuple):
        return " x ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in value)
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def _document(home: Platform, table: gpd.GeoDataFrame) -> dict[str, Any]:
    region = region_or_none(home)
    rows = _flat(table).to_json(orient="records", force_ascii=False, double_precision=6)
    return {
        "region": region.name if region else None,
        "synthetic": bool(region and region.synthetic),
        "issued": str(table["issued"].iloc[0].date()),
        "evidence": sorted(table["evidence"].dropna().unique()),
        "plots": json.loads(rows),
    }


def _known(format: str, formats: tuple[str, ...]) -> None:
    """Refuse a format that is not written."""
    if format not in formats:
        raise InputError(
            f"unknown format '{format}'; known: {', '.join(formats)}",
            zh=f"不认识的格式“{format}”；可用：{'、'.join(formats)}",
        )


def _no_plots() -> MissingDataError:
    return MissingDataError("there are no plots to write", zh="没有可以导出的地块")
