import numpy as np
import shapely

from sample_data import boundaries, plots
from sample_data.ground import Ground


def test_there_are_84_plots_in_14_farms(orchards):
    assert len(orchards) == 84
    assert orchards.farm.nunique() == 14
    assert orchards.farm.value_counts().between(2, 12).all()
    assert not orchards.duplicated(["farm", "name"]).any()


def test_plots_are_terraces_not_squares_and_do_not_overlap(orchards):
    assert orchards.geometry.is_valid.all()
    assert orchards.area.div(2000 / 3).between(2, 40).all()
    assert 5 < orchards.area_mu.median() < 15
    tree = shapely.STRtree(orchards.geometry.values)
    assert (tree.query(orchards.geometry.values, "overlaps")).size == 0
    long = orchards.minimum_rotated_rectangle()
    assert (orchards.area / long.area).median() < 0.93


def test_plots_lie_along_the_contours(dem, orchards):
    ground = Ground(dem)
    narrow = []
    for outline in orchards.geometry:
        x, y = shapely.get_coordinates(outline.segmentize(5)).T
        east, north = outline.bounds[2] - outline.bounds[0], outline.bounds[3] - outline.bounds[1]
        narrow.append(np.ptp(ground.at(x, y)) / np.hypot(east, north))
    assert np.median(narrow) < 0.22  # a walk round a plot climbs little for its length


def test_plots_reach_from_the_reservoir_to_the_limit_of_navels(dem, orchards):
    place = orchards.representative_point()
    height = Ground(dem).at(place.x.to_numpy(), place.y.to_numpy())
    assert height.min() > 175
    assert height.max() < 620
    assert np.sum(height > 480) >= 5
    late = orchards.cultivar.isin(["navel_late", "tarocco", "orah", "w_murcott", "valencia"]).to_numpy()
    assert np.mean(height[late] < 400) > 0.9
    assert np.sum(height[late] > 400) >= 1  # something for the platform to warn of
    assert height[(orchards.cultivar == "navel").to_numpy()].max() > 500


def test_plots_face_all_eight_ways_and_some_lie_flat(dem, orchards):
    place = orchards.representative_point()
    count = np.bincount(Ground(dem).facing(place.x.to_numpy(), place.y.to_numpy()), minlength=9)
    assert count.min() >= 4


def test_navels_lead_and_nine_groups_are_grown(orchards):
    share = orchards.cultivar.value_counts(normalize=True)
    assert set(share.index) == set(plots.CULTIVARS)
    assert 0.3 < share["navel"] < 0.5


def test_some_growers_left_gaps(orchards):
    lacking = orchards[["cultivar", "planted", "row_spacing", "soil_depth"]].isna().sum()
    assert lacking.to_dict() == plots.MISSING


def test_every_name_says_that_it_is_an_example(dem, orchards):
    county, townships = boundaries.make_boundaries(dem)
    for names in (orchards.farm, orchards.owner, orchards.township, townships.name, county.name):
        assert names.str.contains("示例").all()
    for table in (orchards, county, townships):
        assert (table.synthetic == 1).all()


def test_townships_make_up_the_county_and_hold_the_plots(dem, orchards):
    county, townships = boundaries.make_boundaries(dem)
    assert len(townships) == 5
    assert abs(townships.area.sum() - county.area.sum()) < 1
    assert orchards.within(county.geometry[0]).all()
    by_name = townships.set_index("name").geometry
    place = orchards.representative_point()
    assert all(by_name[name].contains(point) for name, point in zip(orchards.township, place, strict=True))


def test_the_same_seed_makes_the_same_plots(dem, orchards):
    again = plots.make_plots(dem)
    assert again.to_wkb().equals(orchards.to_wkb())
