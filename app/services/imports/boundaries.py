"""Official outlines in, and the townships in which plots lie."""

from pathlib import Path

import geopandas as gpd

from agro.errors import InputError
from agro.farm import Boundary, Finding, Preview, Viewer
from agro.store import rights
from agro.vectors import read_boundaries
from app.services import regions
from app.services.imports.report import Report
from app.services.platform import Platform

LEVELS = {"county": "县", "township": "乡镇", "village": "村"}


def preview(viewer: Viewer, home: Platform, path: Path, *, level: str = "township", crs: str | None = None) -> Preview:
    """Return the outlines of the file as a table."""
    found = _read(path, level, crs)
    table = gpd.GeoDataFrame({"name": [b.name for b in found]}, geometry=[b.geometry for b in found], crs="EPSG:4326")
    told = Finding("info", f"{len(found)} outlines of level {level}", f"{len(found)} 个{LEVELS[level]}界线")
    return Preview("boundaries", path.name, table, [told])


def commit(viewer: Viewer, home: Platform, path: Path, *, level: str = "township", crs: str | None = None) -> Report:
    """Store the outlines and place the plots in their townships."""
    found = _read(path, level, crs)
    store = home.store
    with store:
        centre = found[0].geometry.representative_point()
        regions.decide_crs(viewer, home, centre.x, centre.y)
        added, changed = store.save_boundaries(found, by=viewer)
        placed = 0
        if level == "township":
            plots = store.plots(rights.EVERYTHING)
            before = plots["township"].copy()
            place_in_townships(home, plots, over=True)
            for row in plots[plots["township"].notna() & (plots["township"] != before)].itertuples():
                store.change_plot(row.id, by=viewer, township=row.township)
                placed += 1
    return Report("boundaries", {"outlines": len(found), "added": added, "changed": changed, "plots_placed": placed})


def place_in_townships(home: Platform, table: gpd.GeoDataFrame, over: bool = False) -> None:
    """Fill the township of plots by where they lie; `over` writes over what was said of them."""
    outlines = home.store.boundaries("township")[["name", "geometry"]].rename(columns={"name": "in"})
    if not len(outlines) or not len(table):
        return
    points = gpd.GeoDataFrame(geometry=table.geometry.representative_point(), crs="EPSG:4326")
    found = gpd.sjoin(points, outlines, predicate="within")["in"]
    found = found[~found.index.duplicated()].reindex(table.index)
    table["township"] = found if over else table["township"].where(table["township"].notna(), found)


def _read(path: Path, level: str, crs: str | None) -> list[Boundary]:
    if level not in LEVELS:
        raise InputError(
            f"unknown level '{level}'; known: {', '.join(LEVELS)}",
            zh=f"不认识的级别“{level}”；可用：{'、'.join(LEVELS)}",
        )
    return read_boundaries(path, level, crs=crs)
