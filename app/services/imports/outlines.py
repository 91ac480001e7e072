"""Plots and boundaries in."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from agro.errors import InputError, NotFoundError
from agro.farm import Boundary, Farm, Finding, Plot, Preview, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.vectors import read_boundaries, read_plots
from app.services import farms, regions
from app.services.imports.report import Report
from app.services.platform import Platform, has_raster
from growth_model import cultivar as crops

NAMELESS_FARM = "我的果园"


def preview_plots(home: Platform, path: Path, **answers) -> Preview:
    """Return the plots of the file with their cultivars recognised."""
    shown = read_plots(path, **answers)
    if not shown.questions:
        shown.table["farm"] = shown.table["farm"].fillna(NAMELESS_FARM).replace("", NAMELESS_FARM)
        shown.table["cultivar"] = _recognised(shown)
        _place_in_townships(home, shown.table)
    return shown


def commit_plots(viewer: Viewer, home: Platform, path: Path, **answers) -> Report:
    """Store the plots; farms that are not known yet come into being."""
    shown = preview_plots(home, path, **answers)
    if shown.questions:
        raise InputError(
            f"{path.name}: answer first: {', '.join(shown.questions)} ({'; '.join(f.en for f in shown.findings if f.level != 'info')})",
            zh=f"{path.name}：请先回答：{'、'.join(shown.questions)}（{'；'.join(f.zh for f in shown.findings if f.level != 'info')}）",
        )
    table = shown.table
    centre = table.geometry.iloc[0].representative_point()
    store = home.store
    with store:
        regions.decide_crs(viewer, home, centre.x, centre.y)
        known = {farm.name: farm.id for farm in store.farms(rights.EVERYTHING)}
        new = [Farm(uuid7(), name) for name in dict.fromkeys(table["farm"]) if name not in known]
        store.save_farms(new, by=viewer)
        known |= {farm.name: farm.id for farm in new}
        added, changed = store.save_plots(
            [_plot(row, known[row.farm], path.name) for row in table.itertuples()], by=viewer
        )
        outside = farms.settle(home) if has_raster(home, "dem") else []
    findings = list(shown.findings)
    if outside:
        names, more = "、".join(outside[:8]), f" (+{len(outside) - 8})" if len(outside) > 8 else ""
        findings.append(
            Finding(
                "warning",
                f"outside the elevation model, no outlook for: {names}{more}",
                f"在高程数据范围之外，无法预报：{names}{more}",
            )
        )
    return Report(
        "plots", {"added": added, "changed": changed, "farms": len(new), "outside_dem": len(outside)}, findings
    )


def preview_boundaries(home: Platform, path: Path, *, level: str = "township", crs: str | None = None) -> Preview:
    """Return the outlines of the file as a table."""
    found = read_boundaries(path, level, crs=crs)
    table = gpd.GeoDataFrame({"name": [b.name for b in found]}, geometry=[b.geometry for b in found], crs="EPSG:4326")
    return Preview(
        "boundaries",
        path.name,
        table,
        [Finding("info", f"{len(found)} outlines of level {level}", f"{len(found)} 个{level}界线")],
    )


def commit_boundaries(
    viewer: Viewer, home: Platform, path: Path, *, level: str = "township", crs: str | None = None
) -> Report:
    """Store the outlines and place the plots in their townships."""
    found: list[Boundary] = read_boundaries(path, level, crs=crs)
    store = home.store
    with store:
        centre = found[0].geometry.representative_point()
        regions.decide_crs(viewer, home, centre.x, centre.y)
        store.save_boundaries(found, by=viewer)
        placed = 0
        if level == "township":
            plots = store.plots(rights.EVERYTHING)
            _place_in_townships(home, plots, over=True)
            for row in plots.dropna(subset="township").itertuples():
                store.change_plot(row.id, township=row.township)
                placed += 1
    return Report("boundaries", {"outlines": len(found), "plots_placed": placed})


def _recognised(shown: Preview) -> pd.Series:
    """Return the cultivar group of each written name; unknown names are told and left empty."""
    written = shown.table["cultivar"]
    keys = {name: _key(str(name)) for name in written.dropna().unique()}
    if unknown := sorted(str(name) for name, key in keys.items() if key is None and str(name).strip()):
        known = "、".join(zh for _, zh, _ in farms.cultivars())
        shown.findings.append(
            Finding(
                "warning",
                f"cultivars not known, left open: {', '.join(unknown)}; known: {', '.join(crops.names())}",
                f"不认识的品种，先留空：{'、'.join(unknown)}；认识的有：{known}",
            )
        )
    return (
        written.map(lambda name: keys.get(name) if isinstance(name, str) else None)
        .astype(object)
        .where(written.notna(), None)
    )


def _key(written: str) -> str | None:
    """Return the cultivar group that people call `written`; None for an unknown name."""
    try:
        return crops.find(written).key
    except NotFoundError:
        return None


def _place_in_townships(home: Platform, table: gpd.GeoDataFrame, over: bool = False) -> None:
    """Fill the township of plots by where they lie."""
    outlines = home.store.boundaries("township")[["name", "geometry"]].rename(columns={"name": "in"})
    if not len(outlines) or not len(table):
        return
    points = gpd.GeoDataFrame(geometry=table.geometry.representative_point(), crs="EPSG:4326")
    found = gpd.sjoin(points, outlines, predicate="within")["in"]
    found = found[~found.index.duplicated()].reindex(table.index)
    table["township"] = found if over else table["township"].where(table["township"].notna(), found)


def _plot(row, farm: str, source: str) -> Plot:
    def known(value):
        return None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else value

    planted = known(row.planted)
    return Plot(
        id=uuid7(), farm=farm, name=str(row.name), geometry=row.geometry, area=float(row.area), cultivar=known(row.cultivar),
        planted=None if planted is None else int(planted), spacing=known(row.spacing), soil_depth=known(row.soil_depth),
        township=known(row.township), source=source, synthetic=bool(getattr(row, "synthetic", False)),
    )  # fmt: skip
