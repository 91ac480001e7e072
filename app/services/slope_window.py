"""A map of slopes around a plot, or of a window: computed cell by cell, kept as a COG, handed out as one."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import xarray as xr

from agro.errors import InputError
from agro.farm import Plot, Viewer
from agro.store import rights
from agro.terrain.hillshade import multidirectional_hillshade
from agro.terrain.window import RESOLUTION, terrain_window
from app.services import ground, plot_season, preparation, slope_files
from app.services.files import written
from app.services.platform import Platform
from app.services.slope_story import of_plot
from growth_model import engine, slope_map
from growth_model.orchard import FIELDS as PLACE
from growth_model.orchard import place_rows
from growth_model.stages import EVENTS

SIDE, MOST, WORKER = 1_000.0, 1_500.0, 5_000.0  # m: the usual window, the largest on a page, the largest as a job
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class WindowMap:
    """A map of slopes.

    Attributes
    ----------
    layers : Dataset (y, x)
        bloom, maturity, ripe (day of the year of bloom, 1 is 1 January), delay [d], diameter [mm], elevation [m],
        slope [degrees], hillshade.
    outline : list of rings
        The plot's, in cells of the map: (column, row).
    about : dict
        What the file says of itself.
    """

    layers: xr.Dataset
    outline: list[list[tuple[float, float]]]
    about: dict[str, Any]
    file: Path


def window_map(
    viewer: Viewer,
    home: Platform,
    plot_id: str,
    on: date | None = None,
    side: float = SIDE,
    bounds: tuple[float, float, float, float] | None = None,
    progress: Callable[..., None] = lambda done, total, note="": None,
    parallel: bool = False,
) -> WindowMap:
    """Return the map around a plot, or of a window, for trees like the plot's; computed once, then read.

    Parameters
    ----------
    plot_id : str
        Whose cultivar, trees and weather the map takes, and around which it lies.
    side : float
        Of the square around the plot. [m]
    bounds : tuple of float, optional
        Left, bottom, right, top of a window in the region's CRS instead. [m]
    parallel : bool
        On all cores; in the worker process only, where the window may be larger.

    Raises
    ------
    InputError
        When the window is too large.
    MissingDataError
        When there is no elevation model or no weather.

    Notes
    -----
    One member stands for the ensemble, weather and cultivar parameters: the one that is nearest to the middle of all
    in the plot's bloom, ripeness and delay. The weather is that of the plot's cell of 5 km, in the whole window.
    """
    rights.require(viewer, "map.read")
    plot = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    region = home.store.region()
    outline = gpd.GeoSeries([plot.geometry], crs="EPSG:4326").to_crs(region.crs).iloc[0]
    box = square(outline.centroid, side) if bounds is None else tuple(float(edge) for edge in bounds)
    _refuse_large(box, WORKER if parallel else MOST)
    ground.require_dem(home)
    issued = plot_season.inputs(home, plot.id, on).issued
    file = _file(home, plot, issued, box)
    if not file.is_file():
        with _one_at_a_time:
            if not file.is_file():  # another visitor may have asked for it meanwhile
                layers, about = _computed(home, plot, issued, box, progress, parallel)
                about |= {"plot": plot.name, "synthetic": bool(plot.synthetic or region.synthetic)}
                written(file, lambda beside: slope_files.write(beside, layers, about))
    layers, about = slope_files.read(file)
    shade = multidirectional_hillshade(layers["elevation"].to_numpy(), RESOLUTION, RESOLUTION)
    return WindowMap(layers.assign(hillshade=(("y", "x"), shade)), _rings(outline, layers), about, file)


def square(centre, side: float) -> tuple[float, float, float, float]:
    """Return the square around a point, its edges on whole cells."""
    west, south = (float(np.round((value - side / 2) / RESOLUTION) * RESOLUTION) for value in (centre.x, centre.y))
    return west, south, west + side, south + side


def _refuse_large(box, most: float) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    if width <= 0 or height <= 0:
        raise InputError("a window has its left and bottom edges first", zh="范围应先给左、下边界，再给右、上边界")
    if max(width, height) > most:
        said = f"{width / 1000:.1f} x {height / 1000:.1f}"
        raise InputError(
            f"a window of {said} km is too large here; at most {most / 1000:g} km",
            zh=f"范围 {said} 千米太大；这里最多 {most / 1000:g} 千米",
        )


def _file(home: Platform, plot: Plot, issued: date, box) -> Path:
    """Return where a map is kept: another run, model of the ground, plot or window has another name."""
    run = home.store.latest_run(issued)
    trees = (plot.id, plot.cultivar, plot.planted, plot.spacing, plot.soil_depth, plot.geometry.wkt)
    key = repr((home.store.raster_path("dem").name, run and (run.id, run.finished), issued, trees, box))
    return home.home / "cache" / f"slope-{hashlib.sha256(key.encode()).hexdigest()[:24]}.tif"


def _computed(home: Platform, plot: Plot, issued: date, box, progress, parallel) -> tuple[xr.Dataset, dict[str, Any]]:
    """Return the map of a window and what stands behind it."""
    known = plot_season.inputs(home, plot.id, issued)
    progress(0, 1, "地形 terrain")
    terrain = terrain_window(
        ground.require_dem(home), box, home.store.region().crs, floors=ground.terrain(home)["valley_floor"],
        parallel=parallel,
    )  # fmt: skip
    own, everybody = of_plot(home, plot), home.store.plots(rights.EVERYTHING)
    trees = preparation.trees(everybody[everybody["id"] == plot.id], issued)
    rows = known.rows
    floor = ground.valley_elevation(ground.of_plots(home, everybody))
    held_at = float(own["elevation"][0]) - float(known.place[0, PLACE.index("terrain.rise")])
    told = {name: float(value[0]) for name, value in trees.items()}
    valley = place_rows(elevation=floor, rise=floor - held_at, cold=1.0, **slope_map.FLAT, **told)
    member, year = _middle(known, rows, valley)
    some = slice(member, member + 1)
    made = slope_map.slope_map(
        terrain, known.weather[:, some], known.first_day, [held_at], rows[some], known.latitude, year, floor=floor,
        works=known.practice, parallel=parallel, trees=told, progress=progress,
    )  # fmt: skip
    january = int((np.datetime64(f"{year}-01-01") - known.first_day).astype(int))
    days = {name: (made[name] - january + 1).assign_attrs(made[name].attrs) for name in slope_map.DATES}
    made = made.assign(days | {name: terrain[name] for name in ("elevation", "slope")})
    about = {
        "issued": str(issued), "cultivar": known.cultivar, "bloom_year": year, "evidence": "none", "members": 1,
        "member": f"member {member} of {known.weather.shape[1]}", "valley_floor": float(made.attrs["valley_floor"]),
        "source_resolution": made.attrs["source_resolution"], "resampling": made.attrs["resampling"],
    }  # fmt: skip
    return made, about


def _middle(known: plot_season.PlotInputs, rows: np.ndarray, valley: np.ndarray) -> tuple[int, int]:
    """Return the member nearest to the middle of all, and the year of the bloom of the crop that grows now."""
    places, open_ground = np.concatenate([known.place, valley]), np.zeros_like(known.horizon)
    run = engine.run(
        known.weather, places, rows[None], known.first_day, known.latitude, cell=[0, 0],
        works=known.practice[None], horizons=np.concatenate([known.horizon, open_ground]), window=(0, 0), shown=(),
    )  # fmt: skip
    bloom, ripe = (run.dates[..., EVENTS.index(event)] for event in ("65", slope_map.BEHIND))
    middle = slope_map.quantiles(bloom[0].T)[1]
    season = max(int((middle < known.observed).sum()) - 1, 0)  # as the outlook tells of it
    told = (bloom[0, :, season], ripe[0, :, season], ripe[0, :, season] - ripe[1, :, season])
    ranks = np.array([np.argsort(np.argsort(values, kind="stable")) for values in told])  # NaN, never ripe, last
    away = np.abs(ranks - (ranks.shape[1] - 1) / 2).max(axis=0) + 1e3 * ~np.isfinite(told[2])
    return int(np.argmin(away)), slope_map.first_bloom_year(known.first_day) + season


def _rings(outline, layers: xr.Dataset) -> list[list[tuple[float, float]]]:
    left, top = float(layers["x"][0]) - RESOLUTION / 2, float(layers["y"][0]) + RESOLUTION / 2
    parts = getattr(outline, "geoms", [outline])
    return [[((x - left) / RESOLUTION, (top - y) / RESOLUTION) for x, y, *_ in part.exterior.coords] for part in parts]
