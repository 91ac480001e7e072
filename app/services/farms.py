"""Farms and plots: who has what, where it lies and what is still unknown of it."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from agro.errors import ConflictError, InputError, NotFoundError
from agro.farm import ASSUMED_DEFAULTS, Farm, Plot, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from agro.vectors import plot_from_pin, plot_from_ring
from app.services import ground, regions
from app.services.platform import Platform, has_raster
from growth_model import cultivar as crops

WORDS = {
    "cultivar": ("品种", "cultivar"),
    "planted": ("定植年份", "year of planting"),
    "spacing": ("株行距", "spacing"),
    "soil_depth": ("土层厚度", "soil depth"),
}


def cultivars() -> list[tuple[str, str, str]]:
    """Return (key, Chinese name, English name) of every cultivar group that the growth model knows."""
    return [(key, info.zh, info.en) for key in crops.names() for info in [crops.load(key)]]


def plots(viewer: Viewer, home: Platform) -> gpd.GeoDataFrame:
    """Return the plots that `viewer` may see, with every attribute of `Plot` as a column."""
    return home.store.plots(rights.scope(viewer, "plot.read"))


def plot(viewer: Viewer, home: Platform, plot_id: str) -> Plot:
    """Return one plot; what the viewer may not see is as unknown as what is not stored."""
    return home.store.plot(plot_id, rights.scope(viewer, "plot.read"))


def farms(viewer: Viewer, home: Platform) -> list[Farm]:
    """Return the farms that `viewer` may see."""
    return home.store.farms(rights.scope(viewer, "plot.read"))


def boundaries(viewer: Viewer, home: Platform, level: str) -> gpd.GeoDataFrame:
    """Return the official outlines of one level (county, township, village): name and geometry."""
    rights.require(viewer, "map.read")
    return home.store.boundaries(level)


def add_plot(
    viewer: Viewer,
    home: Platform,
    *,
    farm: str,
    name: str,
    cultivar: str | None,
    geometry=None,
    pin: tuple[float, float] | None = None,
    area_mu: float | None = None,
    planted: int | None = None,
) -> Plot:
    """Return the new plot, made from corners (longitude, latitude) or from a pin and its area in mu.

    Raises
    ------
    InputError
        When the outline, the name or the cultivar cannot be used.
    """
    rights.require(viewer, "plot.write", farm=farm)
    if not name.strip():
        raise InputError("a plot needs a name", zh="请给地块起一个名字")
    if cultivar is not None and cultivar not in crops.names():
        raise InputError(
            f"unknown cultivar '{cultivar}'; known: {', '.join(crops.names())}", zh=f"不认识的品种“{cultivar}”"
        )
    if geometry is not None:
        shown = plot_from_ring(geometry, name=name.strip())
    elif pin is not None and area_mu:
        shown = plot_from_pin(*pin, area_mu, name=name.strip())
    else:
        raise InputError("draw the plot, or give a pin and its area in mu", zh="请勾画地块，或者给出定位点和亩数")
    row = shown.table.iloc[0]
    made = Plot(
        id=uuid7(), farm=farm, name=name.strip(), geometry=row.geometry, area=float(row["area"]), cultivar=cultivar,
        planted=planted, assumed=() if geometry is not None else ("geometry",), source="page",
    )  # fmt: skip
    if farm not in {one.id for one in home.store.farms(rights.EVERYTHING)}:
        raise NotFoundError(f"no farm '{farm}'", zh=f"没有果园“{farm}”")
    if name.strip() in set(home.store.plots(rights.scope(viewer, "plot.read")).query("farm == @farm")["name"]):
        raise ConflictError(f"this farm already has a plot '{name}'", zh=f"这个果园已经有地块“{name}”，请换一个名字")
    regions.decide_crs(rights.OPERATOR, home, made.geometry.centroid.x, made.geometry.centroid.y)
    home.store.save_plots([made], by=viewer)
    if has_raster(home, "dem"):
        settle(home, [made.id])
    return plot(viewer, home, made.id)


def change_plot(viewer: Viewer, home: Platform, plot_id: str, **attributes) -> Plot:
    """Return the plot after `attributes` were set; what is set is no longer assumed."""
    known = plot(viewer, home, plot_id)
    rights.require(viewer, "plot.write", farm=known.farm)
    if (year := attributes.get("planted")) is not None and not 1950 <= year <= date.today().year + 1:
        raise InputError(
            f"year of planting {year} is outside 1950 to next year", zh=f"定植年份 {year} 不在 1950 年至明年之间"
        )
    home.store.change_plot(known.id, by=viewer, **attributes)
    return plot(viewer, home, plot_id)


def missing_attributes(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Return what nobody has told of the plots yet, and what the models assume meanwhile."""
    seen = plots(viewer, home)
    rows = []
    for row in seen.itertuples():
        for name in WORDS:
            value = getattr(row, name)
            if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
                rows.append((row.id, row.farm, row.name, name, *WORDS[name], ASSUMED_DEFAULTS[name]))
    return pd.DataFrame(rows, columns=["plot", "farm", "name", "attribute", "zh", "en", "assumed"])


def settled(found: Plot) -> Plot:
    """Return the plot with the usual values in place of unknown ones, named in `assumed`."""
    unknown = tuple(name for name in ASSUMED_DEFAULTS if getattr(found, name) is None)
    return replace(found, **{name: ASSUMED_DEFAULTS[name] for name in unknown}, assumed=(*found.assumed, *unknown))


def settle(home: Platform, plot_ids: list[str] | None = None) -> list[str]:
    """Write the terrain of the plots into the store; return the names of those outside the DEM."""
    found = home.store.plots(rights.EVERYTHING, ids=plot_ids)
    if not len(found):
        return []
    names = ["elevation", "slope", "aspect", "sky_view", "height_above_valley"]
    table = ground.of_plots(home, found)[names].to_dataframe()[names]
    known: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    home.store.save_plots(
        [replace(one, **terrain) for one, terrain in zip(as_plots(found), known, strict=True)], by=rights.OPERATOR
    )
    return list(found.loc[table["elevation"].isna().to_numpy(), "name"])


def as_plots(frame: gpd.GeoDataFrame) -> list[Plot]:
    """Return the rows of a frame of plots as `Plot`s; unknown values are None."""
    names = [field.name for field in fields(Plot)]
    return [
        Plot(**{name: _known(value) for name, value in zip(names, row, strict=True)})
        for row in frame[names].itertuples(index=False, name=None)
    ]


def _known(value):
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else value
