"""The elevation model in."""

from pathlib import Path

import pyproj

from agro.farm import Finding, Preview, Viewer
from agro.terrain import dem
from app.services import farms, regions
from app.services.imports.report import Report
from app.services.platform import Platform


def preview(home: Platform, path: Path, *, crs: str | None = None) -> Preview:
    """Return the size, place and heights of the elevation model."""
    model = dem.read_dem(path, crs=crs)
    return Preview("dem", path.name, None, [_described(model)])


def commit(viewer: Viewer, home: Platform, path: Path, *, crs: str | None = None) -> Report:
    """Store the elevation model in the region's CRS and settle the plots on it."""
    model = dem.read_dem(path, crs=crs)
    longitude, latitude = _centre(model)
    with home.store:
        region = regions.decide_crs(viewer, home, longitude, latitude)
        prepared = dem.prepare(model, region.crs)
        home.store.save_raster("dem", prepared, source=path.name, by=viewer)
        outside = farms.settle(home)
    findings = [_described(model)]
    if outside:
        names = "、".join(outside[:8])
        findings.append(
            Finding("warning", f"plots outside this elevation model: {names}", f"不在此高程范围内的地块：{names}")
        )
    return Report(
        "dem", {"rows": prepared.sizes["y"], "columns": prepared.sizes["x"], "outside_dem": len(outside)}, findings
    )


def _centre(model) -> tuple[float, float]:
    to_degrees = pyproj.Transformer.from_crs(model.rio.crs, "EPSG:4326", always_xy=True)
    left, bottom, right, top = model.rio.bounds()
    return to_degrees.transform((left + right) / 2, (bottom + top) / 2)


def _described(model) -> Finding:
    rows, columns = model.sizes["y"], model.sizes["x"]
    low, high = float(model.min()), float(model.max())
    text = f"{columns} x {rows} cells, {model.rio.crs.to_string()}, {low:.0f} to {high:.0f} m"
    return Finding(
        "info",
        f"elevation model: {text}",
        f"高程数据：{columns} × {rows} 格，{model.rio.crs.to_string()}，{low:.0f}–{high:.0f} 米",
    )
