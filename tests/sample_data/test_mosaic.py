"""The invented drone mosaics, measured from outside: spacing, colours, shadows and the second flight's georeference."""

import numpy as np
import pytest
import rasterio
import shapely
from scipy.spatial import cKDTree
from skimage.registration import phase_cross_correlation

from sample_data import mosaic, names, terrain, tree_places, weak_patches
from sample_data.ground import Ground


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return mosaic.make(tmp_path_factory.mktemp("mosaics"))


@pytest.fixture(scope="module")
def trees():
    return tree_places.truth()


@pytest.fixture(scope="module")
def pictures(made):
    """Pixels (band, y, x) as float and the transform of each file."""
    found = []
    for path in made["mosaics"]:
        with rasterio.open(path) as file:
            found.append((file.read().astype(float), file.transform))
    return found


def around(picture, flight, x, y, radius):
    """Return the mean red, green and blue about true places, shape (place, 3)."""
    bands, grid = picture
    off = mosaic.FLIGHTS[flight - 1].off
    column, row = ~grid * (x + off[0], y + off[1])
    size = int(radius / 0.06)
    steps = np.arange(-size, size + 1)
    south, east = (grid.ravel() for grid in np.meshgrid(steps, steps))
    keep = np.hypot(south, east) <= size
    rows = np.clip(row.astype(int)[:, None] + south[keep], 0, bands.shape[1] - 1)
    columns = np.clip(column.astype(int)[:, None] + east[keep], 0, bands.shape[2] - 1)
    return bands[:3, rows, columns].mean(axis=2).T


def own(trees):
    return trees[trees["plot"] == tree_places.PLOT]


def test_rows_stand_at_the_plots_own_spacing_along_the_contours(trees):
    plot = tree_places.flown_plot()
    places = own(trees)
    xy = np.column_stack([places.geometry.x, places.geometry.y])
    along, rises = [], []
    ground = Ground(terrain.make_dem())
    for _, row in places.groupby("row"):
        line = row.sort_values("place")
        step = np.hypot(*np.diff([line.geometry.x, line.geometry.y]))
        along += list(step[np.diff(line["place"]) == 1])
        if len(line) > 8:
            height = ground.at(line.geometry.x.to_numpy(), line.geometry.y.to_numpy())
            rises.append(np.ptp(height) / np.hypot(np.ptp(line.geometry.x), np.ptp(line.geometry.y)))
    assert np.median(along) == pytest.approx(plot.tree_spacing, rel=0.05)
    beside = [cKDTree(xy[(places["row"] == n + 1).to_numpy()]) for n in range(places["row"].max())]
    gaps = [tree.query(xy[(places["row"] == n).to_numpy()])[0] for n, tree in enumerate(beside) if tree.n > 8]
    apart = np.median(np.concatenate([gap for gap in gaps if len(gap) > 8]))
    assert plot.row_spacing * 0.95 < apart < np.hypot(plot.row_spacing, plot.tree_spacing / 2)
    assert np.median(rises) < 0.05  # rows are nearly level


def test_truth_counts_trees_gaps_weak_lost_and_replanted(trees):
    places = own(trees)
    plot = tree_places.flown_plot()
    usual = plot.geometry.area / (plot.row_spacing * plot.tree_spacing)
    assert len(places) == pytest.approx(usual, rel=0.06)
    assert 0.03 < 1 - places.tree_1.mean() < 0.10
    assert 0.02 < places.weak_1.sum() / places.tree_1.sum() < 0.09
    assert (places.lost.sum(), places.replanted.sum()) == (3, 2)
    assert (places.tree_1 & ~places.tree_2).sum() == 3
    assert (~places.tree_1 & places.tree_2).sum() == 2
    assert not (trees.weak_1 & ~trees.tree_1).any()
    assert trees.crown_1.isna().equals(~trees.tree_1)


def test_crowns_are_green_gaps_are_not_and_weak_trees_are_yellow(trees, pictures):
    for flight in (1, 2):
        places = own(trees)
        red, green, blue = around(
            pictures[flight - 1], flight, places.geometry.x.to_numpy(), places.geometry.y.to_numpy(), 0.4
        ).T
        tree, weak = places[f"tree_{flight}"].to_numpy(), places[f"weak_{flight}"].to_numpy()
        redness = (green - red) / (green + red)
        healthy = tree & ~weak
        bright = red + green + blue
        assert np.quantile(redness[healthy], 0.05) > np.quantile(redness[weak], 0.9)
        assert np.median(bright[~tree]) > 1.5 * np.median(bright[healthy])


def test_shadows_fall_away_from_the_sun(trees, pictures):
    """On 3 April at 12:30 local time the sun stands in the south, some 30 degrees from the zenith: shade lies north."""
    places = own(trees)
    places = places[places.tree_1 & ~places.weak_1 & (places.crown_1 < 2.5)]
    x, y = places.geometry.x.to_numpy(), places.geometry.y.to_numpy()
    reach = places.crown_1.to_numpy() / 2 + 0.2
    north = around(pictures[0], 1, x, y + reach, 0.12).sum(axis=1)
    south = around(pictures[0], 1, x, y - reach, 0.12).sum(axis=1)
    assert np.median(north) < 0.6 * np.median(south)


def test_the_second_flight_lies_1_3_metres_off(pictures):
    """What phase correlation of the plants finds, plus how far the files' own corners lie apart."""
    first, second = (2 * bands[1] - bands[0] - bands[2] for bands, _ in pictures)
    middle = np.s_[400:2000, 400:1800]
    shift, _, _ = phase_cross_correlation(first[middle], second[middle], upsample_factor=5)
    corners = np.array([grid * (0, 0) for _, grid in pictures])
    moved = corners[1] - corners[0] - 0.06 * np.array([shift[1], -shift[0]])
    assert np.hypot(*moved) == pytest.approx(1.3, abs=0.1)
    assert moved == pytest.approx([0.9, -0.95], abs=0.1)


def test_the_dry_terrace_has_turned_yellow_between_the_flights(trees):
    planted = weak_patches.truth(weak_patches.orchards())
    dry = planted[(planted.farm == names.farm(1)) & (planted["plot"] == tree_places.PLOT)].iloc[0]
    first, second = (flight.time.date().isoformat() for flight in mosaic.FLIGHTS)
    assert first < dry.onset < second
    inside = trees.within(dry.geometry)
    assert trees[inside].weak_1.mean() < 0.15
    assert trees[inside].weak_2.mean() > 0.4
    assert trees[~inside].weak_2.mean() < 0.1


def test_files_are_small_rgba_and_say_that_they_are_synthetic(made):
    outline = tree_places.flown_plot().geometry
    for path in made["mosaics"]:
        assert path.stat().st_size < 15e6
        with rasterio.open(path) as file:
            assert [kind.name for kind in file.colorinterp] == ["red", "green", "blue", "alpha"]
            assert file.dtypes == ("uint8",) * 4
            assert file.crs.to_epsg() == 32649
            assert 0.02 < file.res[0] < 0.10
            assert shapely.box(*file.bounds).buffer(-1.4).contains(outline)
            assert file.tags()["synthetic"] == "1"
            assert "合成" in file.tags()["source"]
            alpha = file.read(4)
            assert set(np.unique(alpha)) == {0, 255}
            assert 0.9 < (alpha == 255).mean() < 1
        assert "synthetic" in path.name
    assert (tree_places.truth().synthetic == 1).all()


def test_the_same_seed_draws_the_same_mosaic(pictures):
    again = mosaic.picture(1)
    assert np.array_equal(again.transpose(2, 0, 1), pictures[0][0])
