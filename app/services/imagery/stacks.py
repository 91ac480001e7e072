"""Pixels of large plots through time: one index of many scenes, each scene read once, each plot a small stack."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import xarray as xr
from affine import Affine

from app.services.imagery import scenes
from app.services.platform import Platform
from remote_sensing import indices, zonal
from remote_sensing.grids import on_common_grid
from remote_sensing.scene import Quality
from remote_sensing.sensor import Sensor

NOTHING, STEP = np.int16(-32768), 1e-4


class Stack(NamedTuple):
    """One plot's pixels.

    Attributes
    ----------
    plot : str
    values : DataArray, dims (time, y, x)
        One layer a day; NaN where the mask took the cell.
    weights : ndarray, shape (y, x)
        Share of each cell inside the plot, less a strip along its border. [1]
    """

    plot: str
    values: xr.DataArray
    weights: np.ndarray


class _Window(NamedTuple):
    plot: str
    row: int  # of the lattice, counted down from its origin
    column: int
    weights: np.ndarray


def of_plots(
    home: Platform,
    stored: Sequence[scenes.StoredScene],
    plots: gpd.GeoDataFrame,
    sensor: Sensor,
    key: str,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> Iterator[Stack]:
    """Yield the stacks of plots from scenes of one sensor.

    Parameters
    ----------
    stored : sequence of StoredScene
        In any order; those on another lattice of cells than the newest are left out. Tiles overlap and a pass may have
        been processed twice: scenes of one day are one date, each cell from the first that shows it, of two processings
        the later.
    plots : GeoDataFrame
        id and geometry in the scenes' CRS.
    key : str
        Index.

    Notes
    -----
    Values are held as 16-bit steps of 0.0001: 3,000 plots of 1 ha on 40 dates take 24 MB.
    """
    lattice: tuple[float, float, float] | None = None
    windows: list[_Window] = []
    held: list[np.ndarray] = []
    times: list[np.datetime64] = []
    for k, one in enumerate(sorted(stored, key=lambda each: (each.time, each.product), reverse=True)):
        progress(k, len(stored), "地块内部 inside the plots")
        layer = _layer(home, one, key)
        if layer is None:
            continue
        cell = abs(float(layer.rio.resolution()[0]))
        left, top = float(layer["x"][0]) - cell / 2, float(layer["y"][0]) + cell / 2
        if lattice is None:
            lattice = (left, top, cell)
            windows = list(_windows(plots, lattice, sensor))
            held = [np.empty((0, *window.weights.shape), np.int16) for window in windows]
        row, column = (lattice[1] - top) / cell, (left - lattice[0]) / cell  # of this scene's corner
        if cell != lattice[2] or max(abs(row - round(row)), abs(column - round(column))) > 0.02:
            continue
        values = layer.to_numpy()
        packed = np.where(np.isfinite(values), np.rint(values / STEP), NOTHING).astype(np.int16)
        same_day = bool(times) and times[-1].astype("M8[D]") == np.datetime64(one.time.date())
        for n, window in enumerate(windows):
            part = _cut(packed, window.row - round(row), window.column - round(column), window.weights.shape)
            if same_day:
                held[n][-1] = np.where(held[n][-1] == NOTHING, part, held[n][-1])
            else:
                held[n] = np.concatenate([held[n], part[None]])
        if not same_day:
            times.append(np.datetime64(one.time.replace(tzinfo=None), "ns"))
    for window, values in zip(windows, held, strict=True):
        yield _stack(window, values, np.array(times), lattice, plots.crs)  # type: ignore[arg-type]


def newest_days(stored: Sequence[scenes.StoredScene], most: int) -> list[scenes.StoredScene]:
    """Return the scenes of the newest `most` days on which there is one."""
    days = set(sorted({one.time.date() for one in stored}, reverse=True)[:most])
    return [one for one in stored if one.time.date() in days]


def _layer(home: Platform, one: scenes.StoredScene, key: str) -> xr.DataArray | None:
    roles = indices.named(key).roles
    if not set(roles) <= set((one.about or {}).get("roles", ())):
        return None
    scene = scenes.loaded(home, one, roles=roles)
    layer = indices.compute(scene, [key], clear_only=False)[key]
    bits = on_common_grid(scene, roles, max(scene.cell(role) for role in roles))[1]
    if bits is None:
        return layer
    # as for the alarms of whole plots: near a cloud counts, under a thin one does not
    return layer.where((bits.to_numpy() & np.uint8(Quality.THIN_CLOUD)) == 0).rio.write_crs(layer.rio.crs)


def _windows(plots: gpd.GeoDataFrame, lattice: tuple[float, float, float], sensor: Sensor) -> Iterator[_Window]:
    left, top, cell = lattice
    shapes, _ = zonal.outlines(plots, cell, sensor)
    for identity, shape in zip(plots["id"], shapes, strict=True):
        if shape.is_empty:
            continue
        west, south, east, north = shape.bounds
        column, row = int(np.floor((west - left) / cell)), int(np.floor((top - north) / cell))
        columns, rows = int(np.ceil((east - left) / cell)) - column, int(np.ceil((top - south) / cell)) - row
        origin = _moved(lattice, row, column)
        cover = zonal.CellWeights.of([shape], origin, (rows, columns))
        weights = np.zeros(rows * columns, np.float32)
        weights[cover.cell] = cover.cover
        yield _Window(str(identity), row, column, weights.reshape(rows, columns))


def _moved(lattice: tuple[float, float, float], row: int, column: int) -> Affine:
    left, top, cell = lattice
    return Affine(cell, 0.0, left + column * cell, 0.0, -cell, top - row * cell)


def _cut(values: np.ndarray, row: int, column: int, shape: tuple[int, int]) -> np.ndarray:
    """Return a window of a scene, nothing where it lies outside."""
    made = np.full(shape, NOTHING, np.int16)
    r0, r1 = max(row, 0), min(row + shape[0], values.shape[0])
    c0, c1 = max(column, 0), min(column + shape[1], values.shape[1])
    if r1 > r0 and c1 > c0:
        made[r0 - row : r1 - row, c0 - column : c1 - column] = values[r0:r1, c0:c1]
    return made


def _stack(window: _Window, values: np.ndarray, times: np.ndarray, lattice: tuple[float, float, float], crs) -> Stack:
    left, top, cell = lattice
    rows, columns = window.weights.shape
    coords = {
        "time": times,
        "y": top - (window.row + np.arange(rows) + 0.5) * cell,
        "x": left + (window.column + np.arange(columns) + 0.5) * cell,
    }
    plain = np.where(values == NOTHING, np.nan, values * np.float32(STEP)).astype(np.float32)
    array = xr.DataArray(plain, dims=("time", "y", "x"), coords=coords).rio.write_crs(crs)
    return Stack(window.plot, array, window.weights)
