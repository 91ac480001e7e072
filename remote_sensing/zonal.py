"""Numbers of plots from rasters by exact area weights: what a plot covers of each cell is worked out once a grid.

`exactextract` says which cells an outline covers and how much of each; these weights are kept, and every further date
is a sum over them. Definitions are those of exactextract, so that its numbers and ours are the same; of equal values
the one of less weight ranks first, where exactextract leaves their order, and with it quantiles, open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

from agro.errors import InputError
from remote_sensing import zonal_kernel
from remote_sensing.sensor import Sensor

LEAST_INSIDE, LEAST = 4.0, 1.0
"""Cells that must be left within the border for a plot to stand on its own, and cells below which it has no number."""
COLUMNS = ("mean", "median", "q10", "q90", "sd", "n_valid", "valid_fraction", "weight")
AT_ONCE = 20_000  # outlines whose weights exactextract hands over together
PLACELESS = 'LOCAL_CS["grid",UNIT["metre",1]]'
"""Outlines and grid share their CRS by contract; exactextract only asks that both name one."""


@dataclass(frozen=True)
class CellWeights:
    """Which cells of one grid each outline covers, and how much of them; outline `k` has `start[k]:start[k + 1]`.

    Attributes
    ----------
    start : ndarray, shape (outline + 1,), int64
    cell : ndarray, shape (covered cell,), int64
        Row-major numbers of cells.
    cover : ndarray, shape (covered cell,), float32
        Share of the cell that the outline covers, exact. [1]
    size : ndarray, shape (outline,)
        Area of the whole outline, in cells, be it on the grid or not. [1]
    shape : (int, int)
        Rows and columns of the grid.
    """

    start: np.ndarray
    cell: np.ndarray
    cover: np.ndarray
    size: np.ndarray
    shape: tuple[int, int]

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def of(cls, geometries: Sequence[Any], transform, shape: tuple[int, int]) -> "CellWeights":
        """Return the weights of outlines on a grid.

        Parameters
        ----------
        geometries : sequence of shapely geometries, or GeoSeries
            Polygons in the CRS of the grid; None and empty ones cover nothing.
        transform : affine.Affine
            Of the grid, rows from the north.
        shape : (rows, columns)

        Raises
        ------
        InputError
            For a grid that is turned or does not run from north-west.
        """
        if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
            raise InputError(
                f"plots need a grid with rows from the north, not turned; its transform is {tuple(transform)[:6]}",
                zh=f"统计地块需要北向上、未旋转的栅格；其变换参数为 {tuple(transform)[:6]}",
            )
        rows, columns = shape
        outlines = np.asarray(geometries, object)
        outlines = np.where(shapely.is_missing(outlines), shapely.Polygon(), outlines)
        west, north = transform.c, transform.f
        blank = np.broadcast_to(np.zeros(1, np.uint8), shape)
        grid = NumPyRasterSource(
            blank, west, north + transform.e * rows, west + transform.a * columns, north, srs_wkt=PLACELESS
        )
        cells, covers = [np.empty(0, np.int64)], [np.empty(0, np.float32)]
        counts = np.zeros(len(outlines), np.int64)
        filled = np.flatnonzero(~shapely.is_empty(outlines))
        for first in range(0, len(filled), AT_ONCE):
            mine = filled[first : first + AT_ONCE]
            some = gpd.GeoDataFrame(geometry=outlines[mine], crs=PLACELESS)
            found = exact_extract(grid, some, ["cell_id", "coverage"], output="pandas")
            counts[mine] = [len(one) for one in found["cell_id"]]
            cells += list(found["cell_id"])
            covers += [one.astype(np.float32) for one in found["coverage"]]
        start = np.concatenate([[0], np.cumsum(counts)])
        size = shapely.area(outlines) / (transform.a * -transform.e)
        return cls(start, np.concatenate(cells).astype(np.int64), np.concatenate(covers), size, (rows, columns))

    def means(self, values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        """Return the mean of each outline.

        Parameters
        ----------
        values : ndarray, shape (y, x)
            NaN counts for nothing.
        weights : ndarray, shape (y, x), optional
            How much a cell counts besides its cover.

        Returns
        -------
        ndarray, shape (outline,), float64
            NaN where no cell is known.
        """
        out = np.empty(len(self))
        cells, cover = self._flat(values), self.cover
        if weights is None:
            zonal_kernel.means(self.start, self.cell, cover, cells, out)
        else:
            zonal_kernel.weighted_means(self.start, self.cell, cover, cells, self._flat(weights), out)
        return out

    def shares(self, mask: np.ndarray) -> np.ndarray:
        """Return which share of each outline's cells lies in a mask, shape (outline,); NaN where it covers none."""
        return self.means(np.asarray(mask, bool).astype(np.float32))

    def statistics(self, values: np.ndarray, weights: np.ndarray | None = None) -> pd.DataFrame:
        """Return what the cells of each outline say together.

        Parameters
        ----------
        values, weights : as for `means`

        Returns
        -------
        DataFrame, one row an outline
            mean, median, q10, q90, sd (of the population, as exactextract's `stdev`); n_valid: covered cells that count
            [1]; valid_fraction: their share of the outline's area; weight: their mean weight.
        """
        chosen = None if weights is None else self.at_cells(weights)
        return self.statistics_at_cells(self.at_cells(values), chosen)

    def at_cells(self, values: np.ndarray) -> np.ndarray:
        """Return a raster's values at the covered cells, shape (covered cell,); a date's share of `statistics`."""
        return self._flat(values)[self.cell]

    def statistics_at_cells(self, values: np.ndarray, weights: np.ndarray | None = None) -> pd.DataFrame:
        """Return `statistics` from values, and weights, that lie in the order of `cell`."""
        out = np.empty((len(self), len(COLUMNS)))
        weights = np.ones(1, np.float32) if weights is None else np.asarray(weights, np.float32)
        zonal_kernel.statistics(self.start, self.cover, np.asarray(values, np.float32), weights, self.size, out)
        return pd.DataFrame(out, columns=list(COLUMNS))

    def _flat(self, values: np.ndarray) -> np.ndarray:
        values = np.asarray(values)
        if values.shape != self.shape:
            raise InputError(
                f"the weights belong to a grid of {self.shape} cells; got {values.shape}",
                zh=f"权重属于 {self.shape} 的栅格；实际为 {values.shape}",
            )
        if values.dtype not in (np.float32, np.float64):
            values = values.astype(np.float32)
        return np.ascontiguousarray(values).reshape(-1)


class Outlines(NamedTuple):
    """Outlines within which cells are counted, one a plot.

    Attributes
    ----------
    geometry : GeoSeries
        Empty where the plot has less than one cell: no number from this sensor, judge it with its block.
    small : Series of bool
        Too few cells within the border: the whole plot is counted, border cells with it.
    """

    geometry: gpd.GeoSeries
    small: pd.Series


def outlines(plots: gpd.GeoDataFrame | gpd.GeoSeries, cell: float, sensor: Sensor | float) -> Outlines:
    """Return where a sensor's cells are counted: plots less a strip along their border; `monitoring.md` 3.

    Parameters
    ----------
    plots : GeoDataFrame or GeoSeries
        In a projected CRS.
    cell : float
        Cell size. [m]
    sensor : Sensor, or float
        Its `inward_buffer`, or the width of the strip: as far as its pictures may lie aside. [m]

    Raises
    ------
    InputError
        For a CRS in degrees.
    """
    whole = plots.geometry
    if whole.crs is not None and not whole.crs.is_projected:
        raise InputError(
            f"plots need a CRS in metres; got {whole.crs}", zh=f"地块需要以米为单位的坐标系；实际为 {whole.crs}"
        )
    inward = float(sensor.inward_buffer if isinstance(sensor, Sensor) else sensor)
    whole = gpd.GeoSeries(shapely.make_valid(whole.to_numpy()), index=whole.index, crs=whole.crs)
    inside = whole.buffer(-inward)
    small = inside.area < LEAST_INSIDE * cell**2
    none = (whole.area < LEAST * cell**2).to_numpy()
    counted = inside.where(~small, whole).to_numpy()
    counted[none | shapely.is_missing(counted)] = shapely.Polygon()
    return Outlines(gpd.GeoSeries(counted, index=whole.index, crs=whole.crs), small & ~none)
