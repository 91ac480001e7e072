"""Stacks larger than memory: dates of a county in, a table of plots or a composite out, tile by tile.

A tile of one date is one task of dask: this process computes it, or a cluster does, and the numbers are the same. Of a
tile only the cells that plots cover are kept, so that exact medians of plots need no raster in memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import dask
import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import InputError
from agro.workers import AT_ONCE, chosen, workers
from remote_sensing import index_kernel
from remote_sensing.composite import median
from remote_sensing.scene import LOST, WEIGHTS
from remote_sensing.zonal import COLUMNS, CellWeights

TILE = 1024
"""Pixels along a tile; a composite takes dates x indices x tile^2 x 4 B: 126 MB for thirty dates of one index."""


@dataclass(frozen=True)
class Stack:
    """Dates of one grid.

    Attributes
    ----------
    bands : DataArray, dims (time, band, y, x)
        Numbers as in files, of numpy, a memory map or dask; `band` holds roles of `scene.ROLES`.
    quality : DataArray, dims (time, y, x), uint8, optional
        `scene.Quality` bits.
    scale, offset : float
        Reflectance is `bands * scale + offset`.
    nodata : float, optional
    """

    bands: xr.DataArray
    quality: xr.DataArray | None = None
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None

    def __post_init__(self):
        shape, own = self.bands.dims, None if self.quality is None else self.quality.dims
        sizes = [self.bands.sizes[dim] for dim in ("time", "y", "x") if dim in self.bands.dims]
        if shape != ("time", "band", "y", "x") or (own is not None and list(self.quality.shape) != sizes):  # type: ignore[union-attr]
            raise InputError(
                f"a stack needs bands (time, band, y, x) and quality (time, y, x); got {shape}, {own}",
                zh=f"影像序列需要波段（时间，波段，行，列）与质量层（时间，行，列）；实际为 {shape}、{own}",
            )

    @property
    def roles(self) -> tuple[str, ...]:
        """What the bands are."""
        return tuple(str(role) for role in self.bands["band"].values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bands.sizes["y"], self.bands.sizes["x"]

    def windows(self, tile: int) -> list[tuple[slice, slice]]:
        """Return the tiles of the grid, row by row."""
        rows, columns = self.shape
        return [
            (slice(y, min(y + tile, rows)), slice(x, min(x + tile, columns)))
            for y in range(0, rows, tile)
            for x in range(0, columns, tile)
        ]

    def part(self, date: int, window: tuple[slice, slice]) -> tuple[Any, Any]:
        """Return bands and quality of one tile of one date, as lazy as they are held."""
        bands = self.bands.data[(date, slice(None), *window)]
        return bands, None if self.quality is None else self.quality.data[(date, *window)]

    @property
    def scaling(self) -> dict[str, float | None]:
        """Return what `index_kernel.masked` has to know of the numbers."""
        return {"scale": self.scale, "offset": self.offset, "nodata": self.nodata}


def plot_table(
    stack: Stack, cover: CellWeights, keys: Sequence[str], *, client: Any = None, tile: int = TILE,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return statistics of all plots, dates and indices.

    Parameters
    ----------
    stack : Stack
    cover : CellWeights
        Of the plots on the grid of the stack.
    keys : sequence of str
        Indices of `indices.catalogue`.
    client : str or distributed.Client, optional
        As for `agro.workers.workers`; by default the cluster of the environment, else this process.
    tile : int
        Pixels along a tile; best the size of the stack's own chunks. The numbers do not depend on it.
    progress : callable, optional
        Told after each round how many tasks are done, of how many.

    Returns
    -------
    DataFrame
        time, plot (its place in `cover`), index, and `zonal.COLUMNS`; cells under thin cloud or near clouds count less,
        by `scene.WEIGHTS`.
    """
    if cover.shape != stack.shape:
        raise InputError(
            f"plots were weighed on {cover.shape} cells, the stack has {stack.shape}",
            zh=f"地块权重属于 {cover.shape} 的栅格，影像序列为 {stack.shape}",
        )
    windows = stack.windows(tile)
    places = _places(cover, windows, tile, stack.shape)
    wanted = [k for k in range(len(windows)) if len(places[k][0])]
    jobs = [(date, k) for date in range(stack.bands.sizes["time"]) for k in wanted]
    tables, waiting, left = [], {}, {}
    with workers(chosen(client)) as (compute, width, shared):
        local = shared([place[1] for place in places])
        task = dask.delayed(_of_tile, pure=False)
        for first in range(0, len(jobs), AT_ONCE * width):
            some = jobs[first : first + AT_ONCE * width]
            tasks = [
                task(*stack.part(date, windows[k]), local, k, stack.roles, tuple(keys), stack.scaling)
                for date, k in some
            ]
            for (date, k), (values, weights) in zip(some, compute(tasks), strict=True):
                if date not in waiting:
                    waiting[date] = _blank(len(keys), len(cover.cell))
                    left[date] = len(wanted)
                waiting[date][0][:, places[k][0]], waiting[date][1][places[k][0]] = values, weights
                left[date] -= 1
                if not left[date]:
                    tables.append(_date_table(stack, cover, keys, date, *waiting.pop(date)))
            if progress is not None:
                progress(min(first + AT_ONCE * width, len(jobs)), len(jobs))
    columns = ["time", "plot", "index", *COLUMNS]
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def composite(
    stack: Stack, keys: Sequence[str], *, client: Any = None, tile: int = TILE, out: np.ndarray | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> xr.DataArray:  # fmt: skip
    """Return the median of clear values over all dates.

    Parameters
    ----------
    stack, keys, client, tile, progress : as for `plot_table`
    out : ndarray or memory map, shape (index, y, x), float32, optional
        Where the result goes.

    Returns
    -------
    DataArray, dims (index, y, x), float32
        NaN where no date is clear.
    """
    dates, windows = stack.bands.sizes["time"], stack.windows(tile)
    result = np.empty((len(keys), *stack.shape), np.float32) if out is None else out
    indexed, middle = dask.delayed(_index_tile, pure=False), dask.delayed(_middle, pure=False)
    with workers(chosen(client)) as (compute, width, _):
        for first in range(0, len(windows), width):
            some = windows[first : first + width]
            tasks = [
                middle([indexed(*stack.part(date, window), stack.roles, tuple(keys), stack.scaling)
                        for date in range(dates)])
                for window in some
            ]  # fmt: skip
            for window, values in zip(some, compute(tasks), strict=True):
                result[(slice(None), *window)] = values
            if progress is not None:
                progress(min(first + width, len(windows)), len(windows))
    coords = {name: one for name, one in stack.bands.coords.items() if set(one.dims) <= {"y", "x"}}
    return xr.DataArray(result, dims=("index", "y", "x"), coords={**coords, "index": list(keys)})


def _places(cover: CellWeights, windows, tile, shape) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return, for each tile, which covered cells lie in it, and their numbers within the tile."""
    row, column = np.divmod(cover.cell, shape[1])
    of = (row // tile) * -(-shape[1] // tile) + column // tile
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(len(windows) + 1))
    places = []
    for k, (rows, columns) in enumerate(windows):
        mine = order[ends[k] : ends[k + 1]]
        wide = columns.stop - columns.start
        places.append((mine, (row[mine] - rows.start) * wide + column[mine] - columns.start))
    return places


def _of_tile(bands, quality, local, k, roles, keys, scaling) -> tuple[np.ndarray, np.ndarray]:
    """Return indices and weights at the covered cells of one tile, shapes (index, cell) and (cell,)."""
    cells = local[k]
    bands = np.asarray(bands).reshape(len(roles), -1)[:, None, cells]
    bits = np.zeros((1, len(cells)), np.uint8) if quality is None else np.asarray(quality).reshape(-1)[None, cells]
    values = index_kernel.masked(bands, roles, keys, quality=bits, refused=int(LOST), **scaling)
    return values[:, 0], WEIGHTS[bits[0]]


def _blank(indices: int, cells: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((indices, cells), np.nan, np.float32), np.zeros(cells, np.float32)


def _date_table(stack, cover, keys, date, values, weights) -> pd.DataFrame:
    """Return the statistics of one date."""
    parts = []
    for key, row in zip(keys, values, strict=True):
        told = cover.statistics_at_cells(row, weights)
        parts.append(told.assign(time=stack.bands["time"].values[date], plot=np.arange(len(cover)), index=key))
    return pd.concat(parts, ignore_index=True)


def _index_tile(bands, quality, roles, keys, scaling) -> np.ndarray:
    """Return indices of one tile of one date where it is clear, shape (index, y, x)."""
    return index_kernel.masked(
        np.asarray(bands), roles, keys, quality=None if quality is None else np.asarray(quality), **scaling
    )


def _middle(layers) -> np.ndarray:
    """Return the median over dates of layers (index, y, x), one index after the other."""
    return np.stack([median(np.stack([layer[k] for layer in layers])) for k in range(len(layers[0]))])
