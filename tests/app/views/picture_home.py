"""A small platform with real pictures: four satellite dates, two drone flights, weak areas; for pages and the API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from shapely.geometry import box

from agro.farm import Role, Viewer
from agro.store import StoredScene
from agro.store.rights import OPERATOR
from agro.store.scenes import GAPS, MOSAIC, PLOTS, TREES
from app.services.platform import Platform
from remote_sensing import cog
from tests.app.services.imagery import conftest as hillside
from tests.app.services.imagery import ground_truth as truth

FLIGHTS = (datetime(2024, 4, 1, 4, tzinfo=UTC), datetime(2024, 9, 1, 4, tzinfo=UTC))
OTHERS = "p09"
"""A plot of the second farm, over which a drone has flown too."""
NUMBERS = {"cover": 0.3, "green_cover": 0.4, "grass": 0.1, "shadow": 0.02, "unsure": 0.04}


def bare(folder: Path) -> Platform:
    """Return the hillside with its sixteen plots and no picture."""
    return hillside.settled(folder)


def make(folder: Path) -> Platform:
    """Return the hillside with all of it."""
    home = bare(folder)
    for back in (36, 24, 12, 0):
        day = hillside.LAST - timedelta(days=back)
        hillside.show(home, day, truth.field(day, hillside.planted(day)))
    _weak(home)
    for k, when in enumerate(FLIGHTS):
        _flight(home, folder, f"odm_{when:%Y%m%d}", when, {"p01": _trees(k), "p02": None})
    _flight(home, folder, "odm_others", FLIGHTS[1], {OTHERS: _trees(0, OTHERS)})
    state = {
        "date": "2024-09-13", "at": "2024-09-13T04:00:00+00:00", "plots": 16, "judged": 0, "short_history": 15,
        "no_observation": 1, "newest": "2024-09-10",
    }  # fmt: skip
    home.store.save_setting("condition", state, by=OPERATOR)
    return home


def grower(home: Platform) -> Viewer:
    """Return the owner of the first eight plots."""
    return truth.grower(home)


def somebody(role: Role) -> Viewer:
    """Return somebody without a farm."""
    return Viewer("somebody", "某人", role)


def _weak(home: Platform) -> None:
    """Keep a severe part of `p03`, a watched one of `p10`, and a closed one."""
    squares = {"p03": truth.outlines().iloc[2], "p10": hillside.patch(), "p05": truth.outlines().iloc[4]}
    rows = []
    for k, (plot, square) in enumerate(squares.items()):
        x, y = square.centroid.coords[0]
        rows.append(
            {
                "id": f"a{k}", "plot": plot, "kind": "time" if k == 0 else "within_new", "rule": "A",
                "state": "open" if k < 2 else "closed", "found": pd.Timestamp("2024-09-13"),
                "since": pd.Timestamp("2024-08-05"), "last_seen": pd.Timestamp("2024-09-10"), "n_obs": 4,
                "index": "ndvi", "drop": 0.14, "loss": 0.2, "z": -3.0, "area_m2": 6400.0, "area_error_mu": 1.0,
                "share_of_plot": 0.16, "severity": 3 - k, "explained_by": ["pruning"] if k == 0 else [],
                "hints": [{"key": "dry", "value": 0.7, "zh": "可能缺水", "en": "possibly dry"}] if k == 0 else [],
                "false_alarms": 0.05, "synthetic": True, "geometry": box(x - 40, y - 40, x + 40, y + 40),
            }
        )  # fmt: skip
    home.store.save_areas(gpd.GeoDataFrame(rows, geometry="geometry", crs=truth.CRS), by=OPERATOR)


def _trees(flight: int, plot: str = "p01") -> pd.DataFrame:
    """Return trees 1 to 6; the second flight misses number 6 and sees a seventh; number 2 grows weak."""
    west, south, *_ = truth.outlines().iloc[int(plot[1:]) - 1].bounds
    numbers = [1, 2, 3, 4, 5, 6] if flight == 0 else [1, 2, 3, 4, 5, 7]
    points = gpd.GeoSeries(
        gpd.points_from_xy([west + 20 + 4 * n for n in numbers], [south + 30.0] * 6), crs=truth.CRS
    ).to_crs(4326)
    weak = [n == 2 and flight == 1 for n in numbers]
    return pd.DataFrame(
        {
            "plot": plot, "tree": numbers, "longitude": points.x, "latitude": points.y, "area_m2": 4.0, "d1_m": 2.3,
            "d2_m": 2.2, "height_m": np.nan, "gli": 0.2, "ngrdi": 0.1, "yellow": 0.0, "unsure": False,
            "z_colour": [-3.0 if one else 0.4 for one in weak], "z_size": [-2.4 if one else 0.1 for one in weak],
            "class": ["very_weak" if one else "normal" for one in weak], "spot": 0,
        }
    )  # fmt: skip


def _flight(home: Platform, folder: Path, product: str, when: datetime, trees: dict) -> None:
    plot = truth.outlines().iloc[int(next(iter(trees))[1:]) - 1]
    path = _mosaic(folder / f"{product}.tif", plot.bounds)
    lines = []
    for key, found in trees.items():
        counted = {"n_found": np.nan, "n_expected": 90.0, "countable": False, "warnings": "closed", "n_weak": 0,
                   "n_missing": 0, "note_en": "closed canopy", "note_zh": "树冠已郁闭"}  # fmt: skip
        if found is not None:
            counted |= {"n_found": float(len(found)), "n_expected": 8.0, "countable": True, "warnings": "", "n_weak": 1,
                        "n_missing": 2, "note_en": "", "note_zh": ""}  # fmt: skip
        share = NUMBERS if found is not None else NUMBERS | {"cover": 0.9}
        lines.append({"plot": key, **share, **counted, "flight": product, "time": pd.Timestamp(when)})
    every = pd.concat([one for one in trees.values() if one is not None], ignore_index=True)
    first = every.iloc[0]
    gaps = pd.DataFrame(
        {"plot": [first["plot"]], "gap": [f"{first['plot']}|gap|1"], "n_missing": [2], "votes": [2],
         "longitude": [first["longitude"]], "latitude": [first["latitude"] + 1e-4]}
    )  # fmt: skip
    degrees = gpd.GeoSeries([plot], crs=truth.CRS).to_crs(4326).total_bounds
    scene = StoredScene(
        "drone_rgb", product, "drone", when, truth.CRS, tuple(map(float, degrees)), None, None,
        {"pixel": 0.5, "relative": True}, "test", True, product,
    )  # fmt: skip
    parts = {
        MOSAIC: lambda beside: cog.converted(path, beside),
        TREES: every.to_parquet, GAPS: gaps.to_parquet, PLOTS: pd.DataFrame(lines).to_parquet,
    }  # fmt: skip
    home.store.save_scene(scene, parts, by=OPERATOR)


def _mosaic(path: Path, bounds: tuple) -> Path:
    """Write a green picture of a plot with pixels of half a metre."""
    west, south, east, north = bounds
    rows, columns = round((north - south) / 0.5), round((east - west) / 0.5)
    picture = np.full((4, rows, columns), 255, np.uint8)
    picture[:3] = np.array([60, 120, 50], np.uint8)[:, None, None]
    with rasterio.open(
        path, "w", driver="GTiff", width=columns, height=rows, count=4, dtype="uint8", crs=truth.CRS,
        transform=Affine(0.5, 0, west, 0, -0.5, north), tiled=True,
    ) as file:  # fmt: skip
        file.write(picture)
        file.colorinterp = [*map(rasterio.enums.ColorInterp.__getitem__, ("red", "green", "blue", "alpha"))]
    return path
