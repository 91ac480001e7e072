"""The numbers behind pictures: an index of a scene and its change between two dates, for who may see the ground."""

from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.features
import rasterio.warp
import rasterio.windows
import shapely
import xarray as xr
from rasterio.enums import Resampling
from rasterio.errors import WindowError

from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import StoredScene, rights
from app.services.imagery import extent, scenes
from app.services.imagery.extent import Bounds
from app.services.imagery.settings import number, whole
from app.services.platform import Platform
from remote_sensing import indices
from remote_sensing.scene import Scene

Corners = tuple[float, float, float, float]
"""West, south, east, north. [degrees]"""


def values_of(
    viewer: Viewer, home: Platform, stored: StoredScene, key: str, plot: str | None = None, box: Corners | None = None,
    alone: bool = True,
) -> xr.DataArray:  # fmt: skip
    """Return an index of a scene, NaN where it was hidden or is nobody's business of the viewer's.

    Parameters
    ----------
    alone : bool
        Whether others' ground is hidden; False is for the platform's own sums.
    """
    indices.named(key)
    some = plots_shown(viewer, home, plot)
    if plot is not None:
        box = tuple(some.to_crs(4326).buffer(0).total_bounds + _degrees_beside())
    if stored.kind == "drone":
        bands = mosaic(home, stored, box)
        cell = abs(float(bands.rio.resolution()[0]))
        read = Scene(stored.sensor, stored.product, stored.time, {cell: bands})
    else:
        read = scenes.loaded(home, stored, in_metres(stored, box))
    if missing := [role for role in indices.named(key).roles if role not in read.roles]:
        raise InputError(
            f"{key} needs {', '.join(missing)}, which this sensor lacks",
            zh=f"{key} 需要 {'、'.join(missing)} 波段，这个传感器没有",
        )
    layer = indices.compute(read, [key], clear_only=False)[key]
    return hidden(viewer, home, layer) if alone else layer


def pair(viewer: Viewer, home: Platform, one: str, other: str) -> tuple[StoredScene, StoredScene]:
    """Return the two scenes of a change, the earlier first, however they were given."""
    first, second = (scenes.one(viewer, home, scene) for scene in (one, other))
    return (second, first) if second.time < first.time else (first, second)


def changes_of(
    viewer: Viewer, home: Platform, first: StoredScene, second: StoredScene, key: str, plot: str | None = None,
    box: Corners | None = None,
) -> xr.DataArray:  # fmt: skip
    """Return the index of the second scene less that of the first, on the grid of the second; they come from `pair`."""
    if "drone" in (first.kind, second.kind) or any((one.about or {}).get("relative") for one in (first, second)):
        raise InputError(
            "values of this sensor must not be compared between dates", zh="这种传感器不同日期的数值不能直接相减"
        )
    before, after = (values_of(viewer, home, one, key, plot, box) for one in (first, second))
    if (
        before.shape != after.shape
        or not np.allclose(before["x"], after["x"])
        or not np.allclose(before["y"], after["y"])
    ):
        before = before.rio.reproject_match(after, resampling=Resampling.nearest)
    return after.copy(data=after.to_numpy() - before.to_numpy())


def hidden(viewer: Viewer, home: Platform, layer: xr.DataArray) -> xr.DataArray:
    """Return the layer without what is others' ground, for who does not see all plots."""
    own = own_ground(viewer, home)
    if own is None:
        return layer
    shape = gpd.GeoSeries([own], crs=home.store.region().crs).to_crs(layer.rio.crs).iloc[0]
    if shape.is_empty:
        return layer.copy(data=np.full(layer.shape, np.nan, np.float32))
    outside = rasterio.features.geometry_mask([shape], layer.shape, layer.rio.transform(), all_touched=True)
    return layer.copy(data=np.where(outside, np.nan, layer.to_numpy()).astype(np.float32))


def own_ground(viewer: Viewer, home: Platform) -> shapely.Geometry | None:
    """Return the viewer's plots with some metres around them, in the region's CRS; None for who sees all."""
    scope = rights.scope(viewer, "scene.read")
    if scope.everything:
        return None
    plots = home.store.plots(scope).to_crs(home.store.region().crs)
    return extent.around(plots, number("picture", "beside"))


def plots_shown(viewer: Viewer, home: Platform, plot: str | None) -> gpd.GeoDataFrame:
    """Return the plots that a picture is about: one, or all that the viewer may see."""
    scope = rights.scope(viewer, "scene.read")
    if plot is None:
        return home.store.plots(scope)
    found = home.store.plot(plot, scope)
    return gpd.GeoDataFrame({"id": [found.id]}, geometry=[found.geometry], crs="EPSG:4326")


def seen(layer: xr.DataArray, plots: gpd.GeoDataFrame) -> float:
    """Return the share of the plots' ground in a layer that could be seen; 0 where it shows none of them."""
    shapes = [shape for shape in plots.to_crs(layer.rio.crs).geometry if not shape.is_empty]
    if not shapes:
        return 0.0
    inside = ~rasterio.features.geometry_mask(shapes, layer.shape, layer.rio.transform(), all_touched=True)
    return float(np.isfinite(layer.to_numpy()[inside]).mean()) if inside.any() else 0.0


def spread(layer: xr.DataArray, plots: gpd.GeoDataFrame) -> tuple[float, float]:
    """Return 5 and 95 % of a layer inside plots."""
    shapes = [shape for shape in plots.to_crs(layer.rio.crs).geometry if not shape.is_empty]
    values = layer.to_numpy()
    if shapes:
        inside = ~rasterio.features.geometry_mask(shapes, layer.shape, layer.rio.transform(), all_touched=True)
        values = values[inside & np.isfinite(values)]
    values = values[np.isfinite(values)]
    if not values.size:
        raise MissingDataError("nothing could be seen here on that day", zh="这一天这里没有看清")
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high if high > low else low + 1e-3)


def in_metres(stored: StoredScene, box: Corners | None) -> Bounds | None:
    """Return the corners in the scene's CRS [m]; None for the whole scene."""
    if box is None:
        return None
    return tuple(map(float, rasterio.warp.transform_bounds("EPSG:4326", stored.crs, *box)))  # type: ignore[return-value]


def _degrees_beside() -> np.ndarray:
    reach = 2 * number("picture", "beside") / 111_000.0
    return np.array([-reach, -reach, reach, reach])


def mosaic(home: Platform, stored: StoredScene, box: Corners | None) -> xr.DataArray:
    """Return red, green and blue of a drone picture, NaN where it saw nothing, thinned to what a picture can show."""
    bounds = in_metres(stored, box)
    most = whole("picture", "side")
    with rasterio.open(scenes.mosaic_path(home, stored)) as file:
        window = file.window(*bounds) if bounds else rasterio.windows.Window(0, 0, file.width, file.height)
        try:
            window = window.intersection(rasterio.windows.Window(0, 0, file.width, file.height))
        except WindowError as error:
            raise MissingDataError("the picture does not reach here", zh="影像没有覆盖这里") from error
        window = window.round_offsets().round_lengths()
        shrink = max(window.width / most, window.height / most, 1.0)
        shape = max(int(window.height / shrink), 1), max(int(window.width / shrink), 1)
        values = file.read([1, 2, 3], window=window, out_shape=(3, *shape), resampling=Resampling.average)
        seen = file.dataset_mask(window=window, out_shape=shape)
        left, bottom, right, top = file.window_bounds(window)
        crs = file.crs
    coords: dict[str, Any] = {
        "band": ["red", "green", "blue"],
        "y": top - (np.arange(shape[0]) + 0.5) * (top - bottom) / shape[0],
        "x": left + (np.arange(shape[1]) + 0.5) * (right - left) / shape[1],
    }
    made = np.where(seen > 0, values.astype(np.float32), np.nan).astype(np.float32)
    return xr.DataArray(made, dims=("band", "y", "x"), coords=coords).rio.write_crs(crs)
