"""Three years of satellite pictures of the sample county, in the form of Sentinel-2 L2A products. Synthetic.

A picture is the ground under even light (`scene_surface`), lit over relief (`scene_light`), with clouds, their shadows
and veils before it (`scene_sky`), and the noise of a camera. It lies in a folder named like a product, one GeoTIFF a
band, beside a STAC item; tile T49SYN is nowhere on earth. The first year, history for the other two, is cut out round
the orchards only.
"""

import json
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import rasterio
from affine import Affine
from pyproj import Transformer
from scipy.ndimage import maximum_filter

from sample_data import SEED, land_cover, scene_light, scene_sky, scene_surface, terrain, weak_patches
from sample_data.land_cover import BANDS
from sample_data.scene_light import EAST, NORTH, SHAPE, SOUTH, WEST
from sample_data.scene_sky import Pass, Sky

FILES = {
    "blue": ("B02", 10), "green": ("B03", 10), "red": ("B04", 10), "nir": ("B08", 10), "re1": ("B05", 20),
    "re2": ("B06", 20), "re3": ("B07", 20), "nir_narrow": ("B8A", 20), "swir1": ("B11", 20), "swir2": ("B12", 20),
}  # fmt: skip
"""{role: (name of the band, cell [m])}."""
BASELINE, OFFSET, QUANTIFICATION = "05.11", -1000, 10000
CAMERA = {10: 0.0011, 20: 0.0008}  # standard deviation of a cell's noise [1]
STEP, COARSE = 28, 56  # numbers are whole multiples of a step near their noise: files stay small
COARSELY = ("nir", "re2", "re3", "nir_narrow", "swir1", "swir2")
BLUISH = {
    "blue": 1.0, "green": 0.9, "red": 0.8, "re1": 0.75, "re2": 0.7, "re3": 0.68, "nir": 0.66, "nir_narrow": 0.65,
    "swir1": 0.45, "swir2": 0.4,
}  # fmt: skip
"""How much a veil of high cloud brightens a band, as a share of the blue; judgement."""
TILE, ORBIT = "T49SYN", "R018"
WHOLE_FROM, ROUND = np.datetime64("2024-09-01"), 300.0  # m: earlier pictures reach so far round the orchards only
MARKS = {"synthetic": "1", "source": "sample_data.scenes: invented picture, no real place / 合成影像，非真实地点"}


class Picture(NamedTuple):
    """A picture and the truth behind it."""

    bands: dict[str, np.ndarray]  # reflectance by role, on cells of 10 or 20 m, NaN beyond the swath [1]
    classes: np.ndarray  # the producer's classes, on cells of 20 m
    sky: Sky
    ground: np.ndarray  # reflectance under even light, dims (band, y, x) on cells of 10 m [1]


def make(folder, seed=SEED, progress=lambda done, total, note="": None):
    """Write all pictures and the truth about weak places into `folder`.

    Parameters
    ----------
    folder : path-like
        One folder a picture is made in it, and `weak_patches_truth.gpkg`.
    seed : int
        The same seed gives the same files.
    progress : callable
        Told (done, total, note).

    Returns
    -------
    dict
        "scenes": folders from the earliest to the latest; "truth": the GeoPackage.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    all_passes = scene_sky.passes(seed)
    paths = []
    for k, one in enumerate(all_passes):
        progress(k, len(all_passes), f"合成影像 synthetic picture of {one.time.date()}")
        paths.append(write(folder, one, picture(one, seed)))
    truth = folder / "weak_patches_truth.gpkg"
    truth.unlink(missing_ok=True)
    weak(seed).to_file(truth, layer="weak_patches_synthetic", driver="GPKG")
    return {"scenes": paths, "truth": truth}


def weak(seed=SEED) -> gpd.GeoDataFrame:
    """Return the planted places of the county of a seed, see `weak_patches.truth`."""
    return weak_patches.truth(weak_patches.orchards(seed))


def picture(one: Pass, seed=SEED) -> Picture:
    """Return the picture of a pass."""
    random = np.random.default_rng([int(seed), 39, one.number])
    surface = scene_surface.surface(seed)
    day = np.datetime64(one.time, "D")
    strays = scene_surface.strays([day], len(surface.crowns), seed)[0]
    ground = scene_surface.reflectance(surface, day, strays, scene_surface.moment(surface, random))
    sky = scene_sky.make_sky(surface.relief, one, seed)
    sunlit = scene_light.lit(surface.relief, one.sun) * (1 - _finer(sky.shade))
    light = scene_light.light(surface.relief, one.sun, sunlit)
    inside = scene_sky.swath() & ((day >= WHOLE_FROM) | _near(surface, ROUND))
    before = {
        10: (light, _finer(sky.cloud), _finer(sky.veil), ~inside),
        20: (scene_light.Light(*map(_coarser, light)), sky.cloud, sky.veil, ~(inside[::2, ::2] & inside[1::2, 1::2])),
    }
    bands = {}
    for k, role in enumerate(BANDS):
        cell = FILES[role][1]
        lit, cloud, veil, beyond = before[cell]
        seen = ground[k] if cell == 10 else _coarser(ground[k])
        seen = seen * scene_light.relative_light(lit, one.sun, role)
        if one.veil:
            seen += veil * (np.float32(scene_sky.CIRRUS * BLUISH[role]) - np.float32(0.04) * seen)
        white = np.float32(scene_sky.CLOUD * (0.9 if role.startswith("swir") else 1.0))
        seen += cloud * (white * (np.float32(0.75) + np.float32(0.25) * cloud) - seen)
        seen += np.float32(CAMERA[cell]) * random.standard_normal(seen.shape, np.float32)
        seen[beyond] = np.nan
        bands[role] = seen
    visible = {role: np.nan_to_num(_coarser(bands[role])) for role in ("blue", "red", "nir")}
    kinds = land_cover.flooded(surface.cover, surface.relief.elevation, day)
    found = scene_sky.classes(sky, visible, kinds[::2, ::2] == 0, one, seed)
    found[np.isnan(bands["re1"])] = scene_sky.SCL["nodata"]
    return Picture(bands, found, sky, ground)


def product(one: Pass) -> str:
    """Return the name of a pass's product, in the producer's form and marked."""
    taken, made = f"{one.time:%Y%m%dT%H%M%S}", f"{one.time:%Y%m%d}T100000"
    return f"S2{one.satellite}_MSIL2A_{taken}_N{BASELINE.replace('.', '')}_{ORBIT}_{TILE}_{made}_SYNTHETIC"


def write(folder, one: Pass, made: Picture) -> Path:
    """Write a picture as a folder of GeoTIFFs and a STAC item; return the folder."""
    home = Path(folder) / product(one)
    home.mkdir(parents=True, exist_ok=True)
    stem = f"{TILE}_{one.time:%Y%m%dT%H%M%S}"
    assets = {}
    for role, (name, cell) in FILES.items():
        step = COARSE if role in COARSELY else STEP
        number = np.clip(np.round(made.bands[role] * (QUANTIFICATION / step)) * step - OFFSET, 1, 65535)
        path = home / f"{stem}_{name}_{cell}m.tif"
        _write(path, np.nan_to_num(number, nan=0).astype("uint16"), cell, one)
        values = {"scale": 1 / QUANTIFICATION, "offset": OFFSET / QUANTIFICATION, "nodata": 0, "data_type": "uint16"}
        assets[name] = _asset(path, cell) | {
            "eo:bands": [{"name": name}], "raster:bands": [values | {"spatial_resolution": cell}],
        }  # fmt: skip
    path = home / f"{stem}_SCL_20m.tif"
    _write(path, made.classes, 20, one)
    values = {"nodata": 0, "data_type": "uint8", "spatial_resolution": 20}
    assets["SCL"] = _asset(path, 20) | {"raster:bands": [values]}
    item = _item(one, made, assets)
    (home / f"{home.name}.json").write_text(json.dumps(item, ensure_ascii=False, indent=1), encoding="utf-8")
    return home


def _write(path, values, cell, one):
    kind = "classes" if values.dtype == np.uint8 else "reflectance"
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype=values.dtype,
        crs=terrain.CRS, transform=Affine(cell, 0, WEST, 0, -cell, NORTH), nodata=0, tiled=True, blockxsize=256,
        blockysize=256, compress="zstd", zstd_level=3, predictor=2,
    ) as file:  # fmt: skip
        file.write(values, 1)
        file.update_tags(**MARKS, seen=one.time.isoformat() + "Z", kind=kind)


def _asset(path, cell):
    return {
        "href": f"./{path.name}",
        "type": "image/tiff; application=geotiff",
        "roles": ["data"],
        "gsd": cell,
        "proj:shape": [SHAPE[0] * 10 // cell, SHAPE[1] * 10 // cell],
        "proj:transform": [cell, 0, WEST, 0, -cell, NORTH],
    }


def _item(one, made, assets):
    """Return the STAC item of a picture."""
    edge = [scene_sky.EDGE_AT[0] + scene_sky.EDGE_LEAN * (y - scene_sky.EDGE_AT[1]) for y in (SOUTH, NORTH)]
    middle = scene_sky.EDGE_AT[1] if edge[1] > EAST else NORTH
    corners = [(WEST, SOUTH), (min(edge[0], EAST), SOUTH), (min(edge[1], EAST), middle), (EAST, NORTH), (WEST, NORTH)]
    to_degrees = Transformer.from_crs(terrain.CRS, "EPSG:4326", always_xy=True)
    ring = [[round(v, 7) for v in to_degrees.transform(*corner)] for corner in (*corners, corners[0])]
    inside = made.classes > 0
    cloudy = np.isin(made.classes, [scene_sky.SCL[name] for name in ("medium", "high", "cirrus")])
    satellite = f"sentinel-2{one.satellite.lower()}"
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": product(one),
        "bbox": [f(p[k] for p in ring) for f, k in ((min, 0), (min, 1), (max, 0), (max, 1))],
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "datetime": one.time.isoformat() + "Z",
            "synthetic": True,
            "citrus:synthetic": True,
            "title": "合成示例影像，非真实卫星数据 / synthetic example, no satellite took it",
            "platform": satellite,
            "constellation": "sentinel-2（合成 synthetic）",
            "instruments": ["msi"],
            "s2:product_type": "S2MSI2A",
            "s2:processing_baseline": BASELINE,
            "s2:mgrs_tile": TILE[1:],
            "sat:relative_orbit": int(ORBIT[1:]),
            "sat:orbit_state": "descending",
            "view:sun_azimuth": round(one.sun.azimuth, 3),
            "view:sun_elevation": round(90 - one.sun.zenith, 3),
            "view:azimuth": scene_sky.VIEW_AZIMUTH,
            "view:incidence_angle": scene_sky.VIEW_ZENITH,
            "eo:cloud_cover": round(100 * float(cloudy[inside].mean()), 2),
            "proj:epsg": int(terrain.CRS.split(":")[1]),
            "proj:code": terrain.CRS,
            "license": "CC0-1.0",
            "source": MARKS["source"],
        },
        "links": [],
        "collection": "synthetic-sentinel-2-l2a",
        "assets": assets,
    }


def _near(surface, reach):
    """Tell which cells of 10 m lie within some way of an orchard, dims (y, x); squares are near enough."""
    cells = np.zeros(SHAPE, bool)
    cells.flat[surface.orchards.cell] = True
    return maximum_filter(cells, 2 * round(reach / 10) + 1)


def _coarser(values):
    """Return the means of two by two cells."""
    return (values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]) / 4


def _finer(values):
    """Return values of cells of 20 m on cells of 10 m, linear between their middles."""
    rows, columns = (np.arange(2 * n) / 2 - 0.25 for n in values.shape)
    return _between(_between(values, rows).T, columns).T


def _between(values, place):
    place = np.clip(place, 0, values.shape[0] - 1)
    below = np.minimum(place.astype(int), values.shape[0] - 2)
    share = (place - below).astype(np.float32)[:, None]
    return values[below] * (1 - share) + values[below + 1] * share
