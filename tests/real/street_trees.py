"""40 labelled aerial pictures of street and garden trees (Ventura et al. 2024, CC BY 4.0): reading, and their halves.

The places, in order of their names, take turns: first to the teaching half, second to the judging half. A city and a
crop number are one place in all years.
"""

import csv
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio

CELL = 0.6


class Tile(NamedTuple):
    """One labelled picture; points are rows and columns [px]."""

    name: str
    place: tuple[str, int]
    rgb: np.ndarray
    points: np.ndarray


def folder_of(real_data: Path) -> Path:
    return real_data / "imagery" / "urban_trees_rgbn"


def read(real_data: Path) -> dict[str, Tile]:
    folder = folder_of(real_data)
    with (folder / "tiles.csv").open(encoding="utf-8") as listed:
        rows = list(csv.DictReader(listed))
    return {row["tile"]: _tile(folder, row["tile"], (row["city"], int(row["crop"]))) for row in rows}


def _tile(folder, name, place) -> Tile:
    with rasterio.open(folder / "images" / f"{name}.tif") as file:
        rgb, back = file.read([1, 2, 3]), ~file.transform
    features = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))["features"]
    points = [(back * feature["geometry"]["coordinates"])[::-1] for feature in features]
    return Tile(name, place, rgb, np.array(points) - 0.5)


def halves(tiles: dict[str, Tile]) -> tuple[list[Tile], list[Tile]]:
    """Return (teaching, judging) pictures."""
    places = sorted({one.place for one in tiles.values()})
    teaching = set(places[::2])
    return (
        [one for one in tiles.values() if one.place in teaching],
        [one for one in tiles.values() if one.place not in teaching],
    )
