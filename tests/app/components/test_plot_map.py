"""Ten thousand plots on the map: the message stays small, and few plots lose nothing."""

import json
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from app import session
from app.components import plot_map
from app.components.colours import Coloured

NONE = gpd.GeoDataFrame({"name": []}, geometry=[], crs="EPSG:4326")


def orchards(n: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(1)
    places = shapely.points(rng.uniform(109.3, 109.7, n), rng.uniform(30.7, 31.0, n))
    shapes = shapely.buffer(places, 0.0003, quad_segs=16)  # 65 corners each
    names = [f"地块{i}" for i in range(n)]
    return gpd.GeoDataFrame({"id": [f"{i:032x}" for i in range(n)], "name": names}, geometry=shapes, crs="EPSG:4326")


def message(n: int) -> tuple[str, dict]:
    frame = orchards(n)
    colours = Coloured(["#2c6e49"] * n, ["晚 12 天"] * n, [])
    deck = plot_map.Deck(plot_map.layers(frame, colours, NONE, frame["id"].iloc[0]), map_provider="maplibre")
    text = deck.to_json()
    return text, {layer["id"]: layer for layer in json.loads(text)["layers"]}


def test_ten_thousand_plots_stay_below_eight_megabytes_with_every_plot_on_the_map():
    text, layers = message(10_000)
    assert len(text) < 8e6
    assert len(layers["plots"]["data"]["features"]) == 10_000
    assert layers["plots"]["_subLayerProps"]["polygons-stroke"]["getColor"] == "@@=properties.fill"
    assert not layers["names"]["data"]


def test_a_few_plots_keep_their_corners_points_and_names():
    _, layers = message(3)
    assert len(layers["plots"]["data"]["features"][0]["geometry"]["coordinates"][0]) == 65
    assert len(layers["points"]["data"]["features"]) == len(layers["names"]["data"]) == 3


def test_coarser_outlines_stay_within_five_metres_and_six_decimals():
    frame = orchards(plot_map.MANY + 1)[["id", "geometry"]]
    drawn = [shapely.geometry.shape(one["geometry"]) for one in plot_map.outlined(frame)["features"]]
    assert max(shapely.hausdorff_distance(frame.geometry.to_numpy(), drawn)) * 111_320 < 5.2
    corners = shapely.get_coordinates(drawn)
    assert np.abs(corners - corners.round(6)).max() < 1e-12


@pytest.mark.parametrize("there", [True, False])
def test_the_drawing_map_lies_on_the_orthophoto_where_there_is_one(monkeypatch, there):
    from app.components import draw_map

    told = {}
    monkeypatch.setattr(session, "t", lambda key, **values: key)
    monkeypatch.setattr(draw_map, "_component", lambda: lambda **sent: told.update(sent) or SimpleNamespace(shape=None))
    draw_map.show(orchards(2), NONE, has_orthophoto=there)
    assert ("/api/tiles/orthophoto/{z}/{x}/{y}.png" in told["data"]["tiles"]) is there
