"""The plot table of a scene that stands, made again from its kept pixels as plots came, went or changed."""

import geopandas as gpd

from agro.store import StoredScene, rights
from agro.store.scenes import PLOTS
from app.services.imagery import plot_table, relief, scenes
from app.services.platform import Platform
from remote_sensing import sensor


def retabulated(home: Platform, stored: StoredScene, plots: gpd.GeoDataFrame) -> bool:
    """Return whether the plot table of a scene had to be made again, as plots came, went or changed their outlines."""
    key = plot_table.outlines_key(plots)
    if (stored.about or {}).get("outlines") == key:
        return False
    scene = scenes.loaded(home, stored)
    terrain = relief.under(home, scene.grids[scene.finest])
    table = plot_table.of_scene(scene, plots, sensor.named(stored.sensor), terrain)
    home.store.save_scene_part(
        stored.id, PLOTS, lambda path: plot_table.written(table, path), about={"outlines": key},
        valid=plot_table.shown(table), by=rights.OPERATOR,
    )  # fmt: skip
    return True
