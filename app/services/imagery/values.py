"""The numbers behind pictures: an index of a scene and its change between two dates, for who may see the ground."""

from typing import Any

import geopandas as gpd
import numpy as np
import rasterio.features
import shapely
import xarray as xr
from rasterio.enums import Resampling

from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import StoredScene, rights
from app.services.imagery import extent, mosaics, scenes
from app.services.imagery.scenes import Corners
from app.services.imagery.settings import number
from app.services.platform import Platform
from remote_sensing import indices
from remote_sensing.scene import Scene


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
    box = box_of(viewer, home, plot, box)
    if stored.kind == "drone":
        layer = of_colours(stored, mosaics.thinned(home, stored, box), key)
    else:
        layer = _index(scenes.loaded(home, stored, scenes.in_metres(stored, box)), key)
    return without(layer, own_ground(viewer, home, layer.rio.crs)) if alone else layer


def of_colours(stored: StoredScene, bands: xr.DataArray, key: str) -> xr.DataArray:
    """Return an index of a part of a drone picture."""
    return _index(
        Scene(stored.sensor, stored.product, stored.time, {abs(float(bands.rio.resolution()[0])): bands}), key
    )


def _index(read: Scene, key: str) -> xr.DataArray:
    if missing := [role for role in indices.named(key).roles if role not in read.roles]:
        raise InputError(
            f"{key} needs {', '.join(missing)}, which this sensor lacks",
            zh=f"{key} 需要 {'、'.join(missing)} 波段，这个传感器没有",
        )
    return indices.compute(read, [key], clear_only=False)[key]


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


def without(layer: xr.DataArray, own: shapely.Geometry | None) -> xr.DataArray:
    """Return a layer (..., y, x) without what lies outside `own_ground`; None takes nothing away."""
    if own is None:
        return layer
    if own.is_empty:
        return layer.copy(data=np.full(layer.shape, np.nan, np.float32))
    outside = rasterio.features.geometry_mask([own], layer.shape[-2:], layer.rio.transform(), all_touched=True)
    return layer.copy(data=np.where(outside, np.nan, layer.to_numpy()).astype(np.float32))


def own_ground(viewer: Viewer, home: Platform, crs: Any = None) -> shapely.Geometry | None:
    """Return the viewer's plots with some metres around them, by default in the region's CRS; None for who sees all."""
    scope = rights.scope(viewer, "scene.read")
    if scope.everything:
        return None
    region = home.store.region().crs
    own = extent.around(home.store.plots(scope).to_crs(region), number("picture", "beside"))
    return own if crs is None else gpd.GeoSeries([own], crs=region).to_crs(crs).iloc[0]


def box_of(viewer: Viewer, home: Platform, plot: str | None, box: Corners | None = None) -> Corners | None:
    """Return the corners of one plot that the viewer may see and some ground around it; without a plot `box`."""
    if plot is None:
        return box
    return tuple(plots_shown(viewer, home, plot).to_crs(4326).buffer(0).total_bounds + _degrees_beside())


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


def _degrees_beside() -> np.ndarray:
    reach = 2 * number("picture", "beside") / 111_000.0
    return np.array([-reach, -reach, reach, reach])
