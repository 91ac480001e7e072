"""A drone's picture as numbers: thinned to what a screen shows, or piece by piece at its full size."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import rasterio
import rasterio.windows
import xarray as xr
from rasterio.enums import Resampling
from rasterio.errors import WindowError

from agro.errors import MissingDataError
from agro.store import StoredScene
from app.services.imagery import scenes
from app.services.imagery.extent import Bounds
from app.services.imagery.settings import whole
from app.services.platform import Platform
from remote_sensing import cog


def thinned(home: Platform, stored: StoredScene, box: scenes.Corners | None) -> xr.DataArray:
    """Return red, green and blue of a drone picture, NaN where it saw nothing, thinned to what a picture can show."""
    most = whole("picture", "side")
    with rasterio.open(scenes.mosaic_path(home, stored)) as file:
        window = _shown(file, scenes.in_metres(stored, box))
        shrink = max(window.width / most, window.height / most, 1.0)
        shape = max(int(window.height / shrink), 1), max(int(window.width / shrink), 1)
        return _colours(file, window, shape)


def grid(home: Platform, stored: StoredScene, box: scenes.Corners | None, bands: tuple[str, ...]) -> cog.Grid:
    """Return the cells of a drone picture inside a box as they lie in its file, for layers named `bands`."""
    with rasterio.open(scenes.mosaic_path(home, stored)) as file:
        window = _shown(file, scenes.in_metres(stored, box))
        return cog.Grid(file.crs, file.window_transform(window), int(window.height), int(window.width), bands)


def blocks(
    home: Platform, stored: StoredScene, box: scenes.Corners | None, side: int = 4 * cog.BLOCK
) -> Iterator[tuple[int, int, xr.DataArray]]:
    """Yield a drone picture inside a box piece by piece at its full size: first row and column, and the colours."""
    with rasterio.open(scenes.mosaic_path(home, stored)) as file:
        window = _shown(file, scenes.in_metres(stored, box))
        for row in range(0, int(window.height), side):
            for column in range(0, int(window.width), side):
                height, width = (min(side, int(end) - at) for end, at in ((window.height, row), (window.width, column)))
                part = rasterio.windows.Window(window.col_off + column, window.row_off + row, width, height)
                yield row, column, _colours(file, part, (height, width))


def _shown(file: rasterio.DatasetReader, bounds: Bounds | None) -> rasterio.windows.Window:
    """Return the window of whole pixels of a file inside bounds."""
    whole_file = rasterio.windows.Window(0, 0, file.width, file.height)
    window = file.window(*bounds) if bounds else whole_file
    try:
        window = window.intersection(whole_file)
    except WindowError as error:
        raise MissingDataError("the picture does not reach here", zh="影像没有覆盖这里") from error
    return window.round_offsets().round_lengths()


def _colours(file: rasterio.DatasetReader, window: rasterio.windows.Window, shape: tuple[int, int]) -> xr.DataArray:
    """Return red, green and blue of a window on so many rows and columns, NaN where nothing was seen."""
    values = file.read([1, 2, 3], window=window, out_shape=(3, *shape), resampling=Resampling.average)
    seen = file.dataset_mask(window=window, out_shape=shape)
    left, bottom, right, top = file.window_bounds(window)
    coords: dict[str, Any] = {
        "band": ["red", "green", "blue"],
        "y": top - (np.arange(shape[0]) + 0.5) * (top - bottom) / shape[0],
        "x": left + (np.arange(shape[1]) + 0.5) * (right - left) / shape[1],
    }
    made = np.where(seen > 0, values.astype(np.float32), np.nan).astype(np.float32)
    return xr.DataArray(made, dims=("band", "y", "x"), coords=coords).rio.write_crs(file.crs)
