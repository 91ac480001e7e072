"""Small files of every kind, made in the test, and what a platform keeps, to compare before and after."""

import hashlib
import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import rioxarray  # noqa: F401
import xarray as xr

EAST, NORTH = 340_000.0, 3_420_000.0  # m, EPSG:32649: some hills near 109.3 E, 30.9 N
LAST_DAY = "2024-03-31"


def outline(longitude: float, latitude: float, side: float = 0.0012) -> dict:
    west, south, east, north = longitude, latitude, longitude + side, latitude + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def write_plots(path: Path, *plots: dict, crs: str | None = None) -> Path:
    """Write GeoJSON; each plot is its properties, with `at` (longitude, latitude) or `geometry`."""
    features = [
        {
            "type": "Feature",
            "properties": {key: value for key, value in plot.items() if key not in ("at", "geometry")},
            "geometry": plot.get("geometry") or outline(*plot["at"]),
        }
        for plot in plots
    ]
    document = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_dem(path: Path, cells: int = 60, size: float = 30.0) -> Path:
    """Write a valley that runs north, 200 m at its floor."""
    x = EAST + size * (np.arange(cells) + 0.5)
    y = NORTH + size * (cells - np.arange(cells) - 0.5)
    height = 200 + 0.4 * np.abs(x - x.mean())[None, :] + 0.02 * (y - NORTH)[:, None]
    dem = xr.DataArray(height.astype("float32"), dims=("y", "x"), coords={"y": y, "x": x})
    dem.rio.write_crs("EPSG:32649").rio.to_raster(path)
    return path


def write_weather(path: Path, first: str, last: str, seed: int = 1, **place) -> Path:
    """Write daily weather as the template wants it: a year's wave with some noise."""
    days = pd.date_range(first, last)
    wave = np.cos(2 * np.pi * (days.day_of_year.to_numpy() - 200) / 365)
    noise = np.random.default_rng(seed).normal(0, 2, len(days))
    table = pd.DataFrame(
        {"date": days.strftime("%Y-%m-%d"), "tmin": 14 + 9 * wave + noise, "tmax": 22 + 10 * wave + noise}
    )
    table["rh"], table["wind"], table["radiation"] = (
        78.0 + noise,
        1.2 + 0.1 * np.abs(noise),
        11 + 7 * wave + 0.4 * noise,
    )
    table["rain"] = np.where(noise > 1.5, 12.0, 0.0)
    place = {"station": "谷底站", "latitude": 30.905, "longitude": 109.335, "elevation": 210} | place
    head = "".join(f"# {key}: {value}\n" for key, value in place.items() if value is not None)
    path.write_text(head + table.round(2).to_csv(index=False), encoding="utf-8")
    return path


def standing(home: Path) -> dict:
    """Return all that a platform keeps but its audit trail: every row of every table, every file's checksum."""
    kept: dict = {}
    with sqlite3.connect(home / "citrus.db") as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            if table != "audit":
                kept[table] = sorted(map(repr, database.execute(f'select * from "{table}"')))  # noqa: S608
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.name.startswith("citrus.db"):
            kept[str(path.relative_to(home))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return kept
