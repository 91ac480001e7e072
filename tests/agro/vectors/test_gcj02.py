"""The offset of map apps agrees with published pairs, comes undone, and is never guessed."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from agro.vectors import gcj02

# test values of googollee/eviltransform (MIT), wgs -> gcj, as latitude, longitude
PAIRS = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs", "gcj"), PAIRS)
def test_the_offset_agrees_with_published_pairs(wgs, gcj):
    longitude, latitude = gcj02.from_wgs84(wgs[1], wgs[0])
    assert (latitude, longitude) == pytest.approx(gcj, abs=1e-9)


@given(st.floats(73, 135), st.floats(3.9, 53.5))
def test_shifting_there_and_back_returns_within_a_millimetre(longitude, latitude):
    x, y = gcj02.to_wgs84(*gcj02.from_wgs84(longitude, latitude))
    assert abs(x - longitude) < 2e-9
    assert abs(y - latitude) < 2e-9


@given(st.floats(105, 112), st.floats(28, 33))  # Chongqing and the gorges
def test_the_offset_is_some_hundred_metres(longitude, latitude):
    x, y = gcj02.from_wgs84(longitude, latitude)
    assert 50 < Geod(ellps="WGS84").inv(longitude, latitude, float(x), float(y))[2] < 1200


def test_places_outside_china_stay_where_they_are():
    x, y = gcj02.to_wgs84(np.array([2.35, -80.0]), np.array([48.85, 27.0]))
    assert x.tolist() == [2.35, -80.0]
    assert y.tolist() == [48.85, 27.0]


def test_whole_outlines_move_and_keep_their_size():
    box = shapely.box(110.4, 31.0, 110.41, 31.01)
    moved = gcj02.shifted(np.array([box]))[0]
    assert moved.area == pytest.approx(box.area, rel=5e-3)
    assert moved.centroid.x < box.centroid.x - 0.003  # the apps move Chongqing to the east


def test_an_offset_is_suspected_on_evidence_only():
    county = shapely.box(110.40, 31.00, 110.42, 31.02)
    true = np.array([shapely.box(110.4001, 31.001, 110.4011, 31.002), shapely.box(110.4185, 31.010, 110.4195, 31.011)])
    offset = shapely.transform(true, lambda xy: np.column_stack(gcj02.from_wgs84(xy[:, 0], xy[:, 1])))
    right, wrong = gpd.GeoDataFrame(geometry=true, crs=4326), gpd.GeoDataFrame(geometry=offset, crs=4326)
    assert gcj02.suspected(right) == ""
    assert gcj02.suspected(wrong) == ""
    assert gcj02.suspected(right, bounds=county) == ""
    assert gcj02.suspected(wrong, bounds=county) == "bounds"
    assert gcj02.suspected(right, "由高德地图导出") == "gcj02:高德"
    assert gcj02.suspected(right, "datamap of Amapa") == ""
    assert gcj02.suspected(right, "BD-09") == "bd09:bd-09"
