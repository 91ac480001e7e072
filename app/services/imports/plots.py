"""Plots in: what the file says is joined with what is known already, and farms stay with those whose they are."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from agro.errors import ConflictError, InputError, NotFoundError
from agro.farm import Finding, Plot, Preview, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.vectors import read_plots
from app.services import farms, regions
from app.services.imagery import standing
from app.services.imports import owners
from app.services.imports.boundaries import place_in_townships
from app.services.imports.report import Report, outside_warning
from app.services.platform import Platform, has_raster
from growth_model import cultivar as crops

QUESTIONS = {
    "crs": ("the CRS (--crs EPSG:…)", "坐标系（--crs EPSG:…）"),
    "gcj02": (
        "whether to undo the GCJ-02 offset (--gcj02 or --no-gcj02)",
        "是否纠正火星坐标偏移（--gcj02 或 --no-gcj02）",
    ),
}
TOLD = ("cultivar", "planted", "spacing", "soil_depth", "township")
"""What a file may leave open: what was known of the plot then stays."""


def preview(
    viewer: Viewer,
    home: Platform,
    path: Path,
    *,
    crs: str | None = None,
    shift_gcj02: bool | None = None,
    farm: str | None = None,
) -> Preview:
    """Return the plots of the file with their cultivars recognised; `farm` is that of rows that name none."""
    shown = read_plots(
        path,
        crs=crs,
        shift_gcj02=shift_gcj02,
        farm=farm or owners.usual_farm(viewer, home),
        bounds=_bounds(home),
        year=_last_observed_year(home),
    )
    if not shown.questions:
        shown.table["cultivar"] = _recognised(shown)
        place_in_townships(home, shown.table)
    return shown


def commit(viewer: Viewer, home: Platform, path: Path, **answers) -> Report:
    """Store the plots; farms that are not known yet come into being, where the viewer may own them.

    Raises
    ------
    InputError
        While a question about the file is open.
    NotAllowedError
        When a plot would go into a farm that the viewer may not fill.
    ConflictError
        When a plot of that farm and name lies somewhere else.
    """
    shown = preview(viewer, home, path, **answers)
    if shown.questions:
        raise _unanswered(shown)
    table, store = shown.table, home.store
    centre = table.geometry.iloc[0].representative_point()
    with store:
        region = regions.decide_crs(viewer, home, centre.x, centre.y)
        ids, new = owners.farms(viewer, home, table["farm"])
        store.save_farms(new, by=viewer)
        stored = _stored(home, set(ids.values()))
        read = [_plot(row, ids[row.farm], path.name, region.synthetic) for row in table.itertuples()]
        plots = [_joined(plot, stored.get((plot.farm, plot.name))) for plot in read]
        added, changed = store.save_plots(plots, by=viewer)
        outside = farms.settle(home, [plot.id for plot in plots]) if has_raster(home, "dem") else []
    counts = {"added": added, "changed": changed, "same": len(plots) - added - changed, "farms": len(new)}
    findings = [*shown.findings, *outside_warning(outside), *standing.without_history(viewer, home)]
    return Report("plots", counts | {"outside_dem": len(outside)}, findings)


def _unanswered(shown: Preview) -> InputError:
    """Return the refusal of a file that leaves something open, with what made the reader ask."""
    said = [found for found in shown.findings if found.level != "info"]
    en, zh = (
        ", ".join(QUESTIONS[key][0] for key in shown.questions),
        "、".join(QUESTIONS[key][1] for key in shown.questions),
    )
    return InputError(
        f"{shown.source}: {'; '.join(found.en.rstrip('?') for found in said)}. To go on, say {en}",
        zh=f"{shown.source}：{'；'.join(found.zh.rstrip('？') for found in said)}。请先说明{zh}",
    )


def _last_observed_year(home: Platform) -> int | None:
    """Return the year in which stated tree ages are taken to be true; None leaves it to the clock."""
    spans = home.store.weather_span()
    return None if spans.empty else int(spans["end"].max().year)


def _bounds(home: Platform) -> BaseGeometry | None:
    """Return where plots must lie: the county, else the elevation model; None while neither is known."""
    county = home.store.boundaries("county")
    if len(county):
        return shapely.union_all(county.geometry.to_numpy())
    if not has_raster(home, "dem"):
        return None
    return shapely.box(*home.store.raster("dem").rio.transform_bounds("EPSG:4326"))


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


def _stored(home: Platform, farm_ids: set[str]) -> dict[tuple[str, str], Plot]:
    found = farms.as_plots(home.store.plots(rights.Scope(farms=frozenset(farm_ids))))
    return {(plot.farm, plot.name): plot for plot in found}


def _plot(row: Any, farm: str, source: str, synthetic: bool) -> Plot:
    """Return what the file says of one plot; what it leaves open is None."""

    def known(value):
        return None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else value

    planted = known(row.planted)
    return Plot(
        id=uuid7(), farm=farm, name=str(row.name), geometry=row.geometry, area=float(row.area),
        cultivar=known(row.cultivar), planted=None if planted is None else int(planted),
        spacing=known(row.spacing), soil_depth=known(row.soil_depth), township=known(row.township),
        assumed=("geometry",) if "geometry" in row.assumed else (), source=source, synthetic=synthetic,
    )  # fmt: skip


def _joined(new: Plot, old: Plot | None) -> Plot:
    """Return the plot as it stands after the import: what the file leaves open stays, a circle yields to an outline."""
    if old is None:
        return new
    if not new.geometry.intersects(old.geometry):
        raise _elsewhere(new, old)
    told = {name: value for name in TOLD if (value := getattr(new, name)) is not None}
    if "geometry" not in new.assumed or "geometry" in old.assumed:
        told |= {"geometry": new.geometry, "area": new.area, "assumed": new.assumed}
    joined = replace(old, **told)
    same = all(getattr(joined, field.name) == getattr(old, field.name) for field in fields(Plot))
    return old if same else replace(joined, source=new.source)


def _elsewhere(new: Plot, old: Plot) -> ConflictError:
    here, there = new.geometry.representative_point(), old.geometry.representative_point()
    distance = pyproj.Geod(ellps="WGS84").inv(here.x, here.y, there.x, there.y)[2]
    return ConflictError(
        f"plot '{new.name}' is stored {distance:.0f} m away from where this file has it; "
        "give one of them another name; nothing was changed",
        zh=f"该果园已有地块“{new.name}”，但与文件中的位置相距 {distance:.0f} 米；请改名后再导入；未做任何更改",
    )
