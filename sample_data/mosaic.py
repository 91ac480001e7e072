"""Two drone mosaics of one orchard of the sample county and the truth of each tree. Synthetic.

Rows follow the contours at the plot's own spacing. The second flight comes five months later: its georeference is off,
three trees are gone, two were planted anew, and a dry terrace has turned yellow (as in `weak_patches`).
"""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
import shapely
from affine import Affine
from rasterio.enums import ColorInterp
from rasterio.features import rasterize

from sample_data import SEED, scene_light, terrain, weak_patches
from sample_data.boundaries import wave
from sample_data.tree_pictures import Crown, drawn_crown, shaded_by
from sample_data.tree_places import CELL, flown_plot, truth, window

TALL = 0.95  # height of a tree as a share of its crown's width
RASTER = {"driver": "GTiff", "count": 4, "dtype": "uint8", "tiled": True, "blockxsize": 512, "blockysize": 512}
TAGS = {"synthetic": "1", "source": "sample_data.mosaic: invented picture, no real place / 合成航片，非真实地点"}


class Flight(NamedTuple):
    """One flight: when, how far its georeference is off [m, east and north], and the camera's white balance."""

    time: datetime  # UTC
    off: tuple[float, float]
    balance: tuple[float, float, float]


FLIGHTS = (
    Flight(datetime(2026, 4, 3, 4, 30), (0.0, 0.0), (1.0, 1.0, 1.0)),
    Flight(datetime(2026, 8, 30, 4, 10), (0.9, -0.95), (1.05, 1.0, 0.95)),
)
SOIL, GRASS = np.array((158, 126, 94), np.float32), np.array((134, 134, 86), np.float32)
SHRUB, PATH = np.array((62, 84, 42), np.float32), np.array((186, 182, 172), np.float32)


def make(folder, seed=SEED):
    """Write both mosaics and the truth of the trees into `folder`.

    Returns
    -------
    dict
        "mosaics": GeoTIFFs of red, green, blue and alpha, uint8, from the earlier to the later; "truth": a GeoPackage.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    trees = truth(seed)
    paths = [_write(folder, flight, picture(number, trees, seed), seed) for number, flight in enumerate(FLIGHTS, 1)]
    table = folder / "trees_truth.gpkg"
    table.unlink(missing_ok=True)
    trees.to_file(table, layer="trees_synthetic", driver="GPKG")
    return {"mosaics": paths, "truth": table}


def picture(number, trees=None, seed=SEED):
    """Return the picture of flight 1 or 2, dims (y, x, band) of red, green, blue and alpha, uint8."""
    trees = truth(seed) if trees is None else trees
    random = np.random.default_rng([int(seed), 43, number])
    west, south, east, north = window(seed)
    shape = (round((north - south) / CELL), round((east - west) / CELL))
    flight = FLIGHTS[number - 1]
    sun = scene_light.sun(flight.time)
    image = _ground(shape, number, seed)
    there = trees[trees[f"tree_{number}"]]
    crowns = [
        Crown(x, y, size, TALL * size, bool(weak))
        for x, y, size, weak in zip(
            (there.geometry.x - west) / CELL, (north - there.geometry.y) / CELL, there[f"crown_{number}"] / CELL,
            there[f"weak_{number}"], strict=True,
        )
    ]  # fmt: skip
    image *= shaded_by(crowns, shape, sun)[..., None]
    for crown in crowns:
        drawn_crown(image, crown, sun, random)
    image *= np.array(flight.balance, np.float32)
    image += (3.0 * random.standard_normal(shape, np.float32))[..., None]
    colour = np.clip(np.round(image / 4) * 4, 0, 252).astype(np.uint8)
    alpha = np.where(_flown(shape, random), 255, 0).astype(np.uint8)
    colour[alpha == 0] = 0
    return np.dstack([colour, alpha])


def _ground(shape, number, seed):
    """Return soil, grass, terrace walls, a path and what grows beyond the orchard, dims (y, x, band), float32."""
    random = np.random.default_rng([int(seed), 42])
    later = np.random.default_rng([int(seed), 44, number])
    west, _, _, north = window(seed)
    plots = weak_patches.orchards(seed)
    grid = Affine(CELL, 0, west, 0, -CELL, north)
    orchard = rasterize([(outline, 1) for outline in plots.geometry], shape, transform=grid, dtype="uint8")
    coarse = tuple(n // 8 + 2 for n in shape)
    blotch = _grown(wave(coarse, 5, random) + 0.4 * wave(coarse, 1.2, random) + 0.35 * wave(coarse, 2, later), shape)
    green = 1 / (1 + np.exp(-4 * (blotch - (0.7 if number == 1 else 0.5))))
    green = np.where(orchard, green, 1 / (1 + np.exp(-4 * (blotch + 0.8))))[..., None].astype(np.float32)
    image = SOIL * (1 - green) + GRASS * green
    bushes = _grown(wave(coarse, 2.2, random), shape)
    image = np.where(((bushes > 0.7) & (orchard == 0))[..., None], SHRUB, image)
    outline = flown_plot(seed).geometry
    track = outline.buffer(4.6).difference(outline.buffer(2.4))
    side = shapely.box(*outline.bounds[:2], outline.bounds[2], (outline.bounds[1] + outline.bounds[3]) / 2 - 20)
    path = rasterize([(track.intersection(side.buffer(9)), 1)], shape, transform=grid, dtype="uint8")
    image = np.where(path[..., None] == 1, PATH, image).astype(np.float32)
    fine = 0.06 * random.standard_normal(shape, np.float32) + 0.05 * _grown(wave(coarse, 0.8, random), shape)
    return image * np.exp(fine)[..., None]


def _grown(values, shape):
    """Return coarse values on the pixels of `shape`, eight by eight, linear between."""
    rows, columns = (scene_light.between(np.arange(n) / 8, m) for n, m in zip(shape, values.shape, strict=True))
    return rows @ values.astype(np.float32) @ columns.T


def _flown(shape, random):
    """Tell which pixels have a picture: the rim of a mosaic is ragged."""
    ragged = [20 + 12 * wave((n,), 60, random) for n in (*shape, *shape)]
    row, column = np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]
    return (
        (column > ragged[0][:, None]) & (column < shape[1] - ragged[2][:, None])
        & (row > ragged[1][None, :]) & (row < shape[0] - ragged[3][None, :])
    )  # fmt: skip


def _write(folder, flight, image, seed):
    """Write a mosaic where its flight's georeference puts it; return the file."""
    west, _, _, north = window(seed)
    grid = Affine(CELL, 0, west + flight.off[0], 0, -CELL, north + flight.off[1])
    path = Path(folder) / f"drone_{flight.time:%Y%m%dT%H%M%S}_synthetic.tif"
    with rasterio.open(
        path, "w", **RASTER, height=image.shape[0], width=image.shape[1], crs=terrain.CRS, transform=grid,
        compress="zstd", zstd_level=9, predictor=2, interleave="band",
    ) as file:  # fmt: skip
        file.colorinterp = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
        file.write(image.transpose(2, 0, 1))
        file.update_tags(
            **TAGS, seen=f"{flight.time.isoformat()}Z", TIFFTAG_DATETIME=f"{flight.time:%Y:%m:%d %H:%M:%S}"
        )
    return path
