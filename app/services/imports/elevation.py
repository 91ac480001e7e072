"""An elevation model in."""

from pathlib import Path

import pyproj

from agro.farm import Finding, Preview, Viewer
from agro.terrain import dem
from app.services import farms, regions
from app.services.imports.report import Report, outside_warning
from app.services.platform import Platform


def preview(viewer: Viewer, home: Platform, path: Path, *, crs: str | None = None) -> Preview:
    """Return the size, place and heights of the elevation model."""
    return Preview("dem", path.name, None, [_described(dem.read_dem(path, crs=crs))])


def commit(viewer: Viewer, home: Platform, path: Path, *, crs: str | None = None) -> Report:
    """Store the elevation model in the region's CRS and settle the plots on it."""
    model = dem.read_dem(path, crs=crs)
    longitude, latitude = _centre(model)
    prepared = dem.prepare(model, regions.crs_for(home, longitude, latitude))  # slow: before the store is locked
    with home.store:
        regions.decide_crs(viewer, home, longitude, latitude)
        home.store.save_raster("dem", prepared, source=path.name, by=viewer)
        outside = farms.settle(home)
    counts = {"rows": prepared.sizes["y"], "columns": prepared.sizes["x"], "outside_dem": len(outside)}
    return Report("dem", counts, [_described(model), *outside_warning(outside)])


def _centre(model) -> tuple[float, float]:
    to_degrees = pyproj.Transformer.from_crs(model.rio.crs, "EPSG:4326", always_xy=True)
    left, bottom, right, top = model.rio.bounds()
    return to_degrees.transform((left + right) / 2, (bottom + top) / 2)


def _described(model) -> Finding:
    rows, columns = model.sizes["y"], model.sizes["x"]
    low, high = float(model.min()), float(model.max())
    crs = model.rio.crs.to_string()
    return Finding(
        "info",
        f"elevation model: {columns} x {rows} cells, {crs}, {low:.0f} to {high:.0f} m",
        f"高程数据：{columns} × {rows} 格，{crs}，{low:.0f}–{high:.0f} 米",
    )
