"""What one scene says of each plot: one row a plot and index, by the exact cover of its cells."""

import hashlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
import xarray as xr

from app.services.imagery.settings import number
from remote_sensing import illumination, indices, zonal
from remote_sensing.grids import on_common_grid
from remote_sensing.scene import LOST, WEIGHTS, Quality, Scene
from remote_sensing.sensor import Sensor

COLUMNS = (
    "plot", "time", "scene", "sensor", "orbit", "index", "mean", "median", "q10", "q90", "sd", "n_valid",
    "valid_fraction", "near_cloud", "mean_cos_i", "small", "weight",
)  # fmt: skip
NUMBERS = ("mean", "median", "q10", "q90", "sd", "n_valid", "valid_fraction", "near_cloud", "mean_cos_i", "weight")
TYPES = dict.fromkeys(NUMBERS, "float32") | {"small": "bool"}
WORDS = ("plot", "scene", "sensor", "orbit", "index")


def of_scene(scene: Scene, plots: gpd.GeoDataFrame, sensor: Sensor, terrain: xr.Dataset | None) -> pd.DataFrame:
    """Return the observation table of a scene.

    Parameters
    ----------
    scene : Scene
        With its final quality.
    plots : GeoDataFrame
        id and geometry, in any CRS; those outside the scene or with nothing usable have no row.
    terrain : Dataset, optional
        Of the region in the scene's CRS, for the light that each plot got.

    Returns
    -------
    DataFrame
        `COLUMNS`. `weight` is 0 on a date that monitoring.md 4.7 calls unusable: nearly all cloud, or the sun too low.
    """
    keys = list(indices.possible(scene.roles, "satellite"))
    if not keys or not len(plots):
        return nothing(scene)
    fine = scene.grids[scene.finest]
    crs = fine.rio.crs
    local = plots[["id", "geometry"]].to_crs(crs)
    whole, light = _of_quality(scene, terrain)
    clouded = cloud_share(scene)
    sun = illumination.scene_sun(scene)
    dark = sun is not None and sun.zenith >= number("usable", "zenith")
    parts, weights = [], {}
    for key, layer in indices.compute(scene, keys, clear_only=False).items():
        cell = abs(float(layer.rio.resolution()[0]))
        if cell not in weights:
            weights[cell] = _Cells.of(scene, local, layer, cell, sensor, whole, light)
        parts.append(weights[cell].table(key, layer))
    table = pd.concat(parts, ignore_index=True)
    table = table[table["n_valid"] > 0]
    if clouded >= number("usable", "cloud") or dark:
        table = table.assign(weight=0.0)
    orbit = scene.about.get("orbit")
    table = table.assign(
        time=pd.Timestamp(scene.time), scene=scene.product,
        sensor=scene.sensor, orbit="" if orbit is None else str(orbit),
    )  # fmt: skip
    table = table.astype(TYPES)
    return table[list(COLUMNS)].sort_values(["plot", "index"]).reset_index(drop=True)


def nothing(scene: Scene) -> pd.DataFrame:
    """Return the table of a scene whose bands make no index: no row, and columns that join with those of others."""
    types = TYPES | dict.fromkeys(WORDS, "str") | {"time": pd.Series([pd.Timestamp(scene.time)]).dtype}
    return pd.DataFrame({name: pd.Series(dtype=types[name]) for name in COLUMNS})


def cloud_share(scene: Scene) -> float:
    """Return the share of the ground seen that lies under cloud or its shadow."""
    if scene.quality is None:
        return 0.0
    bits = scene.quality.to_numpy()
    seen = (bits & Quality.NODATA) == 0
    hidden = (bits & (Quality.CLOUD | Quality.CLOUD_SHADOW)) != 0
    return float((hidden & seen).sum() / max(int(seen.sum()), 1))


def outlines_key(plots: gpd.GeoDataFrame) -> str:
    """Return what changes with the outlines of plots: a table made for other ones has to be made again."""
    digest = hashlib.sha256()
    for identity, shape in sorted(zip(plots["id"], shapely.to_wkb(plots.geometry.to_numpy()), strict=True)):
        digest.update(identity.encode() + shape)
    return digest.hexdigest()[:16]


class _Cells:
    """The cells of plots on one grid, and what holds for all indices of it."""

    def __init__(
        self, plots: gpd.GeoDataFrame, small: np.ndarray, cover: zonal.CellWeights, weight: np.ndarray | None,
        common: pd.DataFrame,
    ) -> None:  # fmt: skip
        self.plots, self.small, self.cover, self.weight, self.common = plots, small, cover, weight, common

    @classmethod
    def of(
        cls, scene: Scene, plots: gpd.GeoDataFrame, layer: xr.DataArray, cell: float, sensor: Sensor,
        whole: dict[str, xr.DataArray], light: xr.DataArray | None,
    ) -> "_Cells":  # fmt: skip
        shapes, small = zonal.outlines(plots, cell, sensor)
        some = ~(shapes.is_empty | shapes.isna()).to_numpy()
        plots, shapes, small = plots[some], shapes[some], np.asarray(small)[some]
        geometry = shapes.to_numpy()
        cover = zonal.CellWeights.of(geometry, layer.rio.transform(), layer.shape)
        roles = [role for role in scene.roles if scene.cell(role) <= cell]
        quality = on_common_grid(scene, roles, cell)[1]
        weight = None
        if quality is not None:
            quality = quality.reindex_like(layer, method="nearest", tolerance=cell / 2, fill_value=int(Quality.NODATA))
            weight = WEIGHTS[quality.to_numpy().astype(np.uint8)]
        common = pd.DataFrame({"near_cloud": 0.0, "mean_cos_i": np.nan}, index=range(len(plots)))
        if whole:
            like = next(iter(whole.values()))
            fine = zonal.CellWeights.of(geometry, like.rio.transform(), like.shape)
            common["near_cloud"] = fine.means(whole["near"].to_numpy())
            if light is not None:
                common["mean_cos_i"] = fine.means(light.to_numpy().astype(np.float32))
        return cls(plots, small, cover, weight, common)

    def table(self, key: str, layer: xr.DataArray) -> pd.DataFrame:
        """Return the statistics of one index."""
        values = layer.to_numpy()
        told = self.cover.statistics(values, self.weight).reset_index(drop=True)
        return told.assign(plot=self.plots["id"].to_numpy(), index=key, small=self.small, **self.common)


def _of_quality(scene: Scene, terrain: xr.Dataset | None) -> tuple[dict[str, xr.DataArray], xr.DataArray | None]:
    """Return which fine cells lie near clouds, and the light on them."""
    if scene.quality is None:
        return {}, None
    near = (scene.quality & np.uint8(Quality.NEAR_CLOUD)) != 0
    near = near.astype(np.float32).where((scene.quality & np.uint8(LOST)) == 0)
    near = near.rio.write_crs(scene.quality.rio.crs)
    sunny = terrain is not None and illumination.scene_sun(scene) is not None
    light = illumination.cos_i(scene, terrain) if sunny else None
    return {"near": near}, light


def written(table: pd.DataFrame, path: Path) -> None:
    """Write an observation table in groups of rows that a filter on plots can skip."""
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd", row_group_size=20_000)


def shown(table: pd.DataFrame) -> float | None:
    """Return the mean share of the plots that the scene shows."""
    seen = table[table["index"] == "ndvi"] if len(table) else table
    return None if seen.empty else float(np.nanmean(seen["valid_fraction"]))
