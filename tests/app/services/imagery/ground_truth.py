"""A hillside of sixteen plots and pictures of it with a known truth, drawn in the test; nothing here is real."""

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import rioxarray  # noqa: F401
import xarray as xr
from affine import Affine
from pyproj import Transformer
from shapely.geometry import box

from agro.farm import Farm, Plot, Role, Viewer
from agro.store.rights import OPERATOR
from agro.vectors.repair import areas
from app.services.platform import Platform
from remote_sensing.scene import Scene
from tests.app import small

CRS = "EPSG:32649"
WEST, NORTH, SIDE = small.EAST + 100.0, small.NORTH + 1700.0, 160  # m, m, cells of 10 m
CELL = {"B02": 10, "B03": 10, "B04": 10, "B08": 10, "B05": 20, "B8A": 20, "B11": 20}
GROWN, BARE = 0.80, 0.30  # NDVI of plots and of all other ground
ROWS, PLOT, GAP = 4, 200.0, 60.0  # m
"""Sixteen plots of 4 ha (60 mu) in a square, 60 m apart; the last one is cut to 15 m by 15 m."""


def outlines() -> gpd.GeoSeries:
    """Return the plots' outlines in metres, by name."""
    shapes = {}
    for k in range(ROWS**2):
        row, column = divmod(k, ROWS)
        x, y = WEST + 300 + column * (PLOT + GAP), NORTH - 300 - row * (PLOT + GAP)
        shapes[f"地块{k + 1:02d}"] = box(x, y - PLOT, x + PLOT, y) if k < ROWS**2 - 1 else box(x, y - 15, x + 15, y)
    return gpd.GeoSeries(shapes, crs=CRS)


def settle(home: Platform) -> None:
    """Give the platform its plots: the first eight are one farm's, the others another's."""
    store = home.store
    owners = {
        farm: store.add_account(f"果农{farm}", None, Role.GROWER, f"示例果农{farm}（合成）") for farm in ("f1", "f2")
    }
    store.save_farms([Farm("f1", "甲果园", owners["f1"]), Farm("f2", "乙果园", owners["f2"])])
    degrees = outlines().to_crs(4326)
    plots = [
        Plot(f"p{k + 1:02d}", "f1" if k < 8 else "f2", name, shape, float(areas(np.array([shape]))[0]), "navel", 2012,
             (4.0, 3.0), township="甲镇" if k < 8 else "乙镇", synthetic=True)
        for k, (name, shape) in enumerate(degrees.items())
    ]  # fmt: skip
    store.save_plots(plots, by=OPERATOR)


def plant(home: Platform, east: float, south: float = 400.0) -> None:
    """Add a plot of 100 m by 100 m, so far east and south of the picture's corner, to the second farm."""
    x, y = WEST + east, NORTH - south
    (shape,) = gpd.GeoSeries([box(x, y - 100, x + 100, y)], crs=CRS).to_crs(4326)
    home.store.save_plots([Plot("p17", "f2", "新地块", shape, 1.0, synthetic=True)], by=OPERATOR)


def grower(home: Platform, farm: str = "f1") -> Viewer:
    """Return the owner of a farm."""
    return home.store.viewer_of(f"果农{farm}")


def cells() -> tuple[np.ndarray, np.ndarray]:
    """Return x, y of the centres of the 10 m cells."""
    return WEST + 10 * (np.arange(SIDE) + 0.5), NORTH - 10 * (np.arange(SIDE) + 0.5)


def inside(shape) -> np.ndarray:
    """Return which 10 m cells have their centre in a shape."""
    x, y = cells()
    left, bottom, right, top = shape.bounds
    return ((x >= left) & (x < right))[None, :] & ((y > bottom) & (y <= top))[:, None]


def field(day: datetime, weak: dict | None = None, seed: int = 1) -> np.ndarray:
    """Return the true NDVI: plots at `GROWN` with a slow wave and each date's own haze; weak shapes are lower."""
    random = np.random.default_rng([seed, day.toordinal()])
    wave = 0.03 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 200) / 365)
    ndvi = np.full((SIDE, SIDE), BARE)
    for k, shape in enumerate(outlines()):
        own = 0.01 * np.sin(k)  # of the plot, the same on all dates
        ndvi[inside(shape)] = GROWN + wave + own + random.normal(0, 0.006)
    ndvi += random.normal(0, 0.012) + random.normal(0, 0.008, ndvi.shape)
    for shape, drop in (weak or {}).items():
        ndvi[inside(shape)] -= drop
    return ndvi


def write_scene(folder: Path, day: datetime, ndvi: np.ndarray, *, cloud=None, mark: str = "") -> Path:
    """Write a Sentinel-2-like folder of bands; `cloud` is a shape under thick cloud; return the folder."""
    stamp = f"{day:%Y%m%dT%H%M%S}"
    home = Path(folder) / f"S2A_MSIL2A_{stamp}_N0511_R018_T49SYN_{stamp}{mark}"
    home.mkdir(parents=True)
    random = np.random.default_rng([3, day.toordinal()])
    red = 0.05 + random.normal(0, 0.001, ndvi.shape)
    nir = red * (1 + ndvi) / (1 - ndvi)
    bands = {"B02": 0.04 + 0 * red, "B03": 0.06 + 0 * red, "B04": red, "B08": nir}
    bands |= {"B05": _coarse(0.6 * red + 0.2 * nir), "B8A": _coarse(nir), "B11": _coarse(0.5 * nir)}
    classes = np.full((SIDE // 2, SIDE // 2), 4, np.uint8)
    if cloud is not None:
        under = inside(cloud)
        for name, size in CELL.items():
            where = under if size == 10 else under[::2, ::2]
            bands[name] = np.where(where, 0.55, bands[name])
        classes[under[::2, ::2]] = 9
    for name, values in bands.items():
        _write(
            home / f"T49SYN_{stamp}_{name}_{CELL[name]}m.tif", np.rint(values * 1e4 + 1000).astype("uint16"), CELL[name]
        )
    _write(home / f"T49SYN_{stamp}_SCL_20m.tif", classes, 20)
    (home / f"{home.name}.json").write_text(json.dumps(item(home, day)), encoding="utf-8")
    return home


def scene(day: datetime, ndvi: np.ndarray) -> Scene:
    """Return a clear picture as a reader gives it, without files: blue, green, red and near infrared."""
    x, y = cells()
    red = np.full(ndvi.shape, 0.05)
    layers = np.stack([0.8 * red, 1.2 * red, red, red * (1 + ndvi) / (1 - ndvi)]).astype(np.float32)
    coords = {"band": ["blue", "green", "red", "nir"], "y": y, "x": x}
    bands = xr.DataArray(layers, dims=("band", "y", "x"), coords=coords).rio.write_crs(CRS)
    quality = xr.DataArray(np.zeros(ndvi.shape, np.uint8), dims=("y", "x"), coords={"y": y, "x": x}).rio.write_crs(CRS)
    about = {"classes": "scl", "orbit": 18, "synthetic": True}
    return Scene(
        "sentinel2_l2a", f"S2A_{day:%Y%m%dT%H%M%S}_TEST", day.replace(tzinfo=UTC), {10.0: bands}, quality, 30.0, 150.0,
        8.0, 100.0, about,
    )  # fmt: skip


def item(home: Path, day: datetime) -> dict:
    """Return a STAC item of a folder of bands."""
    to = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    west, south, east, north = to.transform_bounds(WEST, NORTH - 10 * SIDE, WEST + 10 * SIDE, NORTH)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    assets = {}
    for path in sorted(home.glob("*.tif")):
        name, size = path.stem.split("_")[-2], int(path.stem.split("_")[-1][:-1])
        assets[name] = {
            "href": f"./{path.name}", "type": "image/tiff; application=geotiff", "roles": ["data"], "gsd": size,
            "eo:bands": [{"name": name}], "proj:transform": [size, 0, WEST, 0, -size, NORTH],
            "proj:shape": [SIDE * 10 // size] * 2,
            "raster:bands": [{"data_type": "uint8" if name == "SCL" else "uint16", "nodata": 0}],
        }  # fmt: skip
    return {
        "type": "Feature", "stac_version": "1.0.0", "stac_extensions": [], "id": home.name,
        "bbox": [west, south, east, north], "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "datetime": day.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z"), "platform": "sentinel-2a",
            "s2:processing_baseline": "05.11", "view:sun_azimuth": 150.0, "view:sun_elevation": 60.0,
            "eo:cloud_cover": 1.0, "proj:epsg": 32649, "sat:relative_orbit": 18, "citrus:synthetic": True,
        },
        "links": [], "collection": "sentinel-2-l2a", "assets": assets,
    }  # fmt: skip


def _coarse(values: np.ndarray) -> np.ndarray:
    return values.reshape(SIDE // 2, 2, SIDE // 2, 2).mean(axis=(1, 3))


def _write(path: Path, values: np.ndarray, size: int) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype,
        crs=CRS, transform=Affine(size, 0, WEST, 0, -size, NORTH), nodata=0,
    ) as file:  # fmt: skip
        file.write(values, 1)
