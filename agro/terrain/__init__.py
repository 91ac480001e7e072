"""The ground: elevation, slope, aspect, horizons, sky and valleys."""

from agro.terrain.dem import prepare, read_dem, terrain
from agro.terrain.derivatives import slope_aspect
from agro.terrain.hillshade import hillshade, multidirectional_hillshade
from agro.terrain.horizon import horizon, with_self_horizon
from agro.terrain.plots import outside, plot_terrain
from agro.terrain.sky_view import sky_view, sky_view_map
from agro.terrain.valley import height_above_valley, valley_floor

__all__ = [
    "height_above_valley", "hillshade", "horizon", "multidirectional_hillshade", "outside", "plot_terrain", "prepare",
    "read_dem", "sky_view", "sky_view_map", "slope_aspect", "terrain", "valley_floor", "with_self_horizon",
]  # fmt: skip
