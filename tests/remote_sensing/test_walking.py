"""The walk round flagged places, against all orders tried by hand and against sums on planes."""

from itertools import pairwise, permutations

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from remote_sensing import walk_files, walking

CRS = "EPSG:32649"
PACE = walking.pace()
FLAT = 0.6 * 6000 / 60 * np.exp(-3.5 * 0.05)  # m/min off the path on flat ground, Tobler by hand


def places(xy, score=None):
    score = np.arange(len(xy), 0, -1) if score is None else score
    return gpd.GeoDataFrame({"score": score}, geometry=[shapely.Point(340000 + x, 3420000 + y) for x, y in xy], crs=CRS)


def plane(east=0.0, north=0.0):
    x, y = np.arange(339000, 342010, 10.0), np.arange(3422000, 3418990, -10.0)
    z = 400 + east * (x[None, :] - 340000) + north * (y[:, None] - 3420000)
    return xr.DataArray(z, dims=("y", "x"), coords={"y": y, "x": x})


@pytest.mark.parametrize(("slope", "kmh"), [(-0.05, 6.0), (0.0, 5.0367), (0.2, 2.5012), (-0.3, 2.5012)])
def test_speed_on_a_path_is_toblers(slope, kmh):
    walker = walking.Pace(6.0, 3.5, 0.05, 1.0, 0.0)
    assert walking.speed(slope, walker) * 60 / 1000 == pytest.approx(kmh, abs=1e-4)


def test_stops_along_a_lane_are_walked_one_after_another():
    stops = places([(300, 0), (100, 0), (400, 0), (200, 0)])
    route = walking.order(stops, shapely.Point(340000, 3420000), back=False)
    assert (route.stops.geometry.x - 340000).tolist() == [100, 200, 300, 400]
    assert route.metres == pytest.approx(400)
    assert route.minutes == pytest.approx(400 / FLAT + 4 * PACE.look)
    assert route.stops["order"].tolist() == [1, 2, 3, 4]


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=2, max_size=6, unique=True), st.booleans()
)
def test_no_other_order_is_quicker(xy, back):
    stops = places(xy)
    legs = walking.Legs.between([shapely.Point(340000, 3420000), *stops.geometry], plane(0.25, -0.1), PACE)
    found = walking.quickest(legs.minutes, back=back)

    def cost(order):
        way = [0, *order, *([0] if back else [])]
        return sum(legs.minutes[a, b] for a, b in pairwise(way))

    assert sorted(found) == list(range(1, len(xy) + 1))
    assert cost(found) <= min(map(cost, permutations(range(1, len(xy) + 1)))) * (1 + 1e-12)


def test_a_leg_uphill_takes_longer_than_down_and_counts_its_climb():
    legs = walking.Legs.between([shapely.Point(340000, 3420000), shapely.Point(340500, 3420000)], plane(0.3), PACE)
    up, down = 6 * 0.6 * np.exp(-3.5 * 0.35) * 1000 / 60, 6 * 0.6 * np.exp(-3.5 * 0.25) * 1000 / 60
    assert legs.minutes[0, 1] == pytest.approx(500 / up, rel=1e-9)
    assert legs.minutes[1, 0] == pytest.approx(500 / down, rel=1e-9)
    assert (legs.climb[0, 1], legs.climb[1, 0]) == (pytest.approx(150), 0)
    assert legs.metres[0, 1] == pytest.approx(np.hypot(500, 150))


def test_a_ravine_between_two_rows_costs_its_banks():
    ground = plane()
    ground[:, (ground.x > 340200) & (ground.x < 340300)] = 340.0
    straight = walking.Legs.between([shapely.Point(340000, 3420000), shapely.Point(340500, 3420000)], plane(), PACE)
    across = walking.Legs.between([shapely.Point(340000, 3420000), shapely.Point(340500, 3420000)], ground, PACE)
    assert across.minutes[0, 1] > 1.5 * straight.minutes[0, 1]
    assert across.climb[0, 1] == pytest.approx(60)


def test_the_worst_places_are_chosen_and_the_rest_named():
    stops = places([(10 * k, 7 * k * (-1) ** k) for k in range(1, 21)], score=np.arange(20))
    route = walking.order(stops, shapely.Point(340000, 3420000), most=8)
    assert sorted(route.stops["score"]) == list(range(12, 20))
    assert route.left_out["score"].tolist() == list(range(11, -1, -1))
    assert route.line.is_ring or route.line.coords[0] == route.line.coords[-1]


def test_a_far_and_slight_place_is_left_out_of_a_short_morning():
    stops = places([(100, 0), (200, 0), (900, 900)], score=[5.0, 4.0, 1.0])
    route = walking.order(stops, shapely.Point(340000, 3420000), minutes=30)
    assert route.stops["score"].tolist() in ([5.0, 4.0], [4.0, 5.0])
    assert route.minutes <= 30
    assert route.left_out["score"].tolist() == [1.0]


def test_without_an_entrance_the_walk_begins_at_the_lowest_place():
    stops = places([(100, 0), (700, 300), (400, -200)])
    route = walking.order(stops, elevation=plane(east=0.2))
    assert route.stops.geometry.iloc[0].x == 340100
    assert route.stops["metres"].iloc[0] == 0


def test_fifteen_stops_are_still_walked_in_the_best_order():
    angle = np.linspace(0, 2 * np.pi, 16)[1 : -0 or None][:15]
    ring = [(400 * np.cos(a), 400 * np.sin(a)) for a in np.random.default_rng(3).permutation(angle)]
    route = walking.order(places(ring), shapely.Point(340400, 3420000), most=15)  # the last corner is the entrance
    assert route.metres == pytest.approx(15 * 2 * 400 * np.sin(np.pi / 15), rel=1e-6)  # round the polygon, by hand


@pytest.mark.parametrize("most", [0, 16])
def test_a_walk_of_no_or_too_many_stops_is_refused(most):
    with pytest.raises(ValueError, match="1 to 15 stops"):
        walking.order(places([(1, 1)]), most=most)


def test_degrees_are_refused():
    with pytest.raises(ValueError, match="projected"):
        walking.order(places([(1, 1)]).to_crs(4326))


@pytest.mark.parametrize("kind", ["gpx", "kml"])
def test_a_phone_reads_the_stops_in_their_order(kind, tmp_path):
    stops = places([(300, 0), (100, 0), (200, 50)])
    route = walking.order(stops, shapely.Point(340000, 3420000))
    titles, notes = ["甲 <&>", "乙", "丙"], ["看红蜘蛛 mites", "看缺水 drought", "看缺株 gaps"]
    text = getattr(walk_files, kind)(route, "巡园 walk", titles, notes, synthetic=True)
    path = tmp_path / f"walk.{kind}"
    path.write_text(text, encoding="utf-8")
    layer = "waypoints" if kind == "gpx" else "巡园 walk"
    read = pyogrio.read_dataframe(path, layer=layer)
    read = read[read.geometry.geom_type == "Point"]
    names = read["name" if kind == "gpx" else "Name"].tolist()
    assert names == ["1 甲 <&>", "2 乙", "3 丙"]
    assert read.to_crs(CRS).geometry.geom_equals_exact(route.stops.geometry.reset_index(drop=True), 0.02).all()
    assert "合成示例" in text
    if kind == "gpx":
        way = pyogrio.read_dataframe(path, layer="routes").to_crs(CRS).geometry.iloc[0]
        assert way.length == pytest.approx(route.line.length, abs=0.1)
