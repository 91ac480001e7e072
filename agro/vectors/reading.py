"""Plots from the files people have, with a preview of what was understood."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from agro.errors import InputError
from agro.farm import Finding, Preview
from agro.vectors import attributes, geojson, geopackage, kml, points, repair, shapefile
from agro.vectors.naming import unique
from agro.vectors.placing import WGS84, placed, unshifted
from agro.vectors.source import UPLOAD, Source, kept, refusal, told

READERS: dict[str, Callable[[Path], Source]] = {
    ".gpkg": geopackage.read,
    ".zip": shapefile.read_zip,
    ".shp": shapefile.read_plain,
    ".geojson": geojson.read,
    ".json": geojson.read,
    ".kml": kml.read,
    ".kmz": kml.read_kmz,
    ".csv": points.read,
}
COLUMNS = ["farm", "name", "cultivar", "planted", "spacing", "soil_depth", "township", "area", "assumed", "geometry"]
AREA_TOLERANCE = 0.2  # of the outline's area, before a stated area is told


def read_plots(
    path: str | Path,
    *,
    crs: Any = None,
    shift_gcj02: bool | None = None,
    farm: str | None = None,
    bounds: BaseGeometry | None = None,
    year: int | None = None,
) -> Preview:
    """Return what a file of plots holds, mended where possible, before anything is stored.

    Parameters
    ----------
    path : path
        GeoPackage, Shapefile (.zip or .shp), GeoJSON, KML, KMZ or CSV.
    crs : anything pyproj understands, optional
        CRS of the coordinates; it wins over the file's own.
    shift_gcj02 : bool, optional
        Whether coordinates are moved from GCJ-02 to WGS 84; None moves nothing and asks where there is evidence.
    farm : str, optional
        Farm of the rows that name none.
    bounds : shapely geometry, optional
        Where plots must lie (county or DEM, EPSG:4326): evidence about the offset.
    year : int, optional
        Year in which stated tree ages were true; this year unless given.

    Returns
    -------
    Preview
        `table` is a GeoDataFrame in EPSG:4326, one row per plot: farm, name, cultivar, planted (year), spacing (m
        between rows, m in the row), soil_depth [m], township, area [m2, on the ellipsoid], assumed (tuple of columns
        that nobody gave), geometry. `questions` holds "crs" when the CRS must be named first (the table then has no
        CRS and no areas) and "gcj02" when the offset is suspected.

    Raises
    ------
    InputError
        When the file cannot be used; it names file, row, what was found and what is needed.
    """
    return understood(opened(path), crs=crs, shift_gcj02=shift_gcj02, farm=farm, bounds=bounds, year=year)


def opened(path: str | Path) -> Source:
    """Return the unjudged content of a file; every fault of it is one `InputError`."""
    path = Path(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kinds = " ".join(READERS)
        raise refusal(
            path, f"'{path.suffix}' is not read; one of {kinds} is needed", f"不支持“{path.suffix}”；需要 {kinds}"
        )
    if not path.is_file():
        raise refusal(path, "there is no such file", "没有这个文件")
    size = path.stat().st_size
    if size == 0:
        raise refusal(path, "the file is empty", "文件是空的")
    if size > UPLOAD:
        limit = UPLOAD // 1024**2
        raise refusal(path, f"has {size / 1024**2:.0f} MB; at most {limit} MB are read", f"超过 {limit} MB 的上限")
    try:
        return reader(path)
    except InputError:
        raise
    except Exception as error:  # a damaged file can break the libraries in any way
        raise refusal(
            path, f"is damaged and cannot be read ({str(error)[:120]})", f"已损坏，无法读取（{str(error)[:120]}）"
        ) from error


def understood(source: Source, *, crs=None, shift_gcj02=None, farm=None, bounds=None, year=None) -> Preview:
    """Return the preview of a source: attributes, CRS, offset, repairs, names, in this order."""
    table, found = attributes.understood(source, year, farm)
    source.findings.extend(found)
    keep = repair.flattened(source, (table["stated_area"] > 0).to_numpy())
    table = kept(source, table, keep)
    questions = placed(source, crs)
    if questions:
        return Preview("plots", source.name, _frame(source, table, np.nan, None), source.findings, questions)
    questions = unshifted(source, shift_gcj02, bounds)
    size = repair.mended(source)
    size = _pins_drawn(source, table, size)
    table["area"] = size
    table = unique(source, table)
    source.findings.extend(repair.overlaps(table["name"].to_numpy(), source.geometry, source.rows))
    return Preview("plots", source.name, _frame(source, table, table["area"], WGS84), source.findings, questions)


def _frame(source, table, area, crs):
    return gpd.GeoDataFrame(table.assign(area=area), geometry=source.geometry, crs=crs)[COLUMNS]


def _pins_drawn(source, table, size):
    """Turn points into circles of their stated area, compare stated with outlined areas; return areas [m2]."""
    stated = attributes.stated_area(table, size)
    pins = np.flatnonzero(np.isnan(size))
    for place in pins:
        table.at[place, "assumed"] = (*table.at[place, "assumed"], "geometry")
        point = source.geometry[place]
        source.geometry[place] = points.pin(point.x, point.y, stated[place] / attributes.units.M2_PER_MU)
        size[place] = repair.area(source.geometry[place])
    if len(pins):
        source.findings.append(
            Finding(
                "warning",
                f"{len(pins)} pins became circles of the stated area: assumed outlines",
                f"{len(pins)} 个定位点已按所填面积画成圆：边界为假定",
            )
        )
    unlike = np.flatnonzero(np.abs(stated - size) > AREA_TOLERANCE * size)
    mu = attributes.units.mu
    source.findings.extend(
        told(
            "warning",
            [
                (
                    source.rows[place],
                    f"states {mu(stated[place]):.2f} mu, the outline has {mu(size[place]):.2f} mu",
                    f"填写 {mu(stated[place]):.2f} 亩，边界为 {mu(size[place]):.2f} 亩",
                )
                for place in unlike
            ],
        )
    )
    return size


def outside(plots: gpd.GeoDataFrame, bounds: BaseGeometry) -> list[str]:
    """Return the names of the plots that do not lie wholly in `bounds` (EPSG:4326), such as the extent of the DEM."""
    shapely.prepare(bounds)
    within = shapely.covers(bounds, np.asarray(plots.geometry.array))
    return [str(name) for name in plots["name"].to_numpy()[~within]]
