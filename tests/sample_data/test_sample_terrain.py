import numpy as np

from sample_data import drainage, terrain


def slope(dem):
    return np.degrees(np.arctan(np.hypot(*np.gradient(dem.values.astype(float), 30.0))))


def test_the_county_is_a_valley_from_a_reservoir_to_ridges_of_900_m(dem):
    assert dem.rio.crs.to_epsg() == 32649
    assert dem.shape == (400, 480)
    assert dem.attrs["synthetic"] == 1
    assert 150 <= float(dem.min()) <= 160
    assert 850 <= float(dem.max()) <= 925
    water = dem.values < 175
    assert 0.02 < water.mean() < 0.08
    assert water[:, 0].any() and water[:, -1].any()  # noqa: PT018


def test_hillsides_have_the_slopes_of_hillsides(dem):
    found = slope(dem)[dem.values > 180]
    assert 12 < np.median(found) < 24
    assert np.mean((found > 5) & (found < 35)) > 0.85
    assert np.mean(found > 45) < 0.005


def test_slopes_face_every_way(dem):
    south, east = np.gradient(dem.values.astype(float), 30.0)
    aspect = np.degrees(np.arctan2(-east, south)) % 360
    belt = (dem.values > 177) & (dem.values < 620) & (slope(dem) > 5)
    share = np.bincount((np.floor((aspect[belt] + 22.5) / 45) % 8).astype(int), minlength=8) / belt.sum()
    assert share.min() > 0.07


def test_water_finds_its_way_out_of_the_county(dem):
    edge = np.ones(dem.shape, bool)
    edge[1:-1, 1:-1] = False
    ground = dem.values.astype(float)
    filled = drainage.flooded(ground, edge, 0.0)
    assert (filled - ground).max() < 0.1


def test_another_seed_makes_another_valley_of_the_same_kind(dem):
    other = terrain.make_dem(1)
    assert not np.array_equal(other.values, dem.values)
    assert 150 <= float(other.min()) <= 160
    assert 850 <= float(other.max()) <= 940


def test_the_same_seed_makes_the_same_ground():
    assert terrain._dem.__wrapped__(1).values.tobytes() == terrain.make_dem(1).values.tobytes()


def test_a_hollow_is_filled_to_its_lowest_rim():
    ground = np.array([[9.0, 9, 9, 9], [9, 1, 5, 9], [9, 9, 3, 0]])
    outlet = np.zeros((3, 4), bool)
    outlet[2, 3] = True
    filled = drainage.flooded(ground, outlet, 0.0)
    assert filled[1, 1] == 3  # the way out leads over the cell of 3 m
    assert filled[1, 2] == 5
