"""Numbers of plots: weights and statistics are exactextract's, areas are exact, small plots are told."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterio.transform import from_origin
from shapely.geometry import MultiPolygon, Polygon, box

from agro.errors import InputError
from remote_sensing import sensor
from remote_sensing.zonal import COLUMNS, CellWeights, outlines

ROWS, COLUMNS_X, CELL, WEST, NORTH = 60, 80, 10.0, 600_000.0, 3_300_000.0
GRID = from_origin(WEST, NORTH, CELL, CELL)


def stars(count=60, seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(WEST, WEST + CELL * COLUMNS_X, count), rng.uniform(NORTH - CELL * ROWS, NORTH, count)
    turn, reach = np.linspace(0, 2 * np.pi, 13)[:-1], rng.uniform(5, 70, (count, 12))
    ring = np.stack([x[:, None] + reach * np.cos(turn), y[:, None] + reach * np.sin(turn)], axis=-1)
    return gpd.GeoSeries(shapely.polygons(ring), crs=32648)


@pytest.fixture(scope="module")
def values():
    rng = np.random.default_rng(1)
    values = rng.normal(0.6, 0.2, (ROWS, COLUMNS_X)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    return values


@pytest.fixture(scope="module")
def plots():
    return stars()


@pytest.fixture(scope="module")
def weights(plots):
    return CellWeights.of(plots, GRID, (ROWS, COLUMNS_X))


def of_exactextract(values, plots, what):
    source = NumPyRasterSource(
        values, WEST, NORTH - CELL * ROWS, WEST + CELL * COLUMNS_X, NORTH, srs_wkt=plots.crs.to_wkt()
    )
    return exact_extract(source, gpd.GeoDataFrame(geometry=plots), what, output="pandas")


def test_cells_and_their_weights_are_those_of_exactextract(weights, values, plots):
    told = of_exactextract(np.zeros_like(values), plots, ["cell_id", "coverage"])
    for k in range(len(plots)):
        mine = slice(weights.start[k], weights.start[k + 1])
        np.testing.assert_array_equal(weights.cell[mine], told["cell_id"][k])
        np.testing.assert_array_equal(weights.cover[mine], told["coverage"][k])


def test_means_of_any_date_are_those_of_exactextract(weights, values, plots):
    for date in range(3):
        layer = np.roll(values, 7 * date, axis=1)
        told = of_exactextract(layer, plots, ["mean"])["mean"]
        np.testing.assert_allclose(weights.means(layer), told, atol=1e-6)
        np.testing.assert_allclose(weights.means(layer.astype(float)), told, atol=1e-6)


def test_statistics_are_those_of_exactextract(weights, values, plots):
    found = weights.statistics(values)
    assert tuple(found.columns) == COLUMNS
    told = of_exactextract(values, plots, ["mean", "median", "quantile(q=0.1)", "quantile(q=0.9)", "stdev", "count"])
    told.columns = ["mean", "median", "q10", "q90", "sd", "n_valid"]
    for name, close in (
        ("mean", 1e-6),
        ("sd", 1e-6),
        ("n_valid", 1e-4),
        ("median", 1e-5),
        ("q10", 1e-5),
        ("q90", 1e-5),
    ):
        np.testing.assert_allclose(found[name], told[name], atol=close, err_msg=name)
    assert (found["weight"][found["n_valid"] > 0] == 1).all()


def test_equal_values_have_one_median_whatever_order_their_cells_come_in():
    """exactextract's definition weighs a place by its rank, and leaves the rank of equal values open; ours does not."""
    values = np.array([[0.2, 0.5, 0.5, 0.5, 0.9, 0.9]], np.float32)
    cover = np.array([[1, 0.25, 1, 0.5, 1, 0.75]], np.float32)
    plot = CellWeights.of([box(0, 0, 60, 10)], from_origin(0, 10, 10, 10), (1, 6))
    rng = np.random.default_rng(0)
    found = [
        plot.statistics(values[:, order], cover[:, order])[["median", "q10", "q90"]].to_numpy()
        for order in (rng.permutation(6) for _ in range(20))
    ]
    np.testing.assert_array_equal(np.ptp(found, axis=0), 0)


def test_weighted_statistics_are_those_of_exactextract(weights, values, plots):
    counted = np.random.default_rng(2).choice(np.array([1, 0.5, 0.3, 0], np.float32), values.shape)
    found = weights.statistics(values, counted)
    np.testing.assert_allclose(found["mean"], weights.means(values, counted), atol=1e-12)
    extent = (WEST, NORTH - CELL * ROWS, WEST + CELL * COLUMNS_X, NORTH)
    sources = [NumPyRasterSource(one, *extent, srs_wkt=plots.crs.to_wkt()) for one in (values, counted)]
    told = exact_extract(sources[0], gpd.GeoDataFrame(geometry=plots), ["weighted_mean", "weighted_stdev"],
                         weights=sources[1], output="pandas")  # fmt: skip
    np.testing.assert_allclose(found["mean"], told["weighted_mean"], atol=1e-6)
    np.testing.assert_allclose(found["sd"], told["weighted_stdev"], atol=1e-6)
    seen = np.where((counted > 0) & np.isfinite(values), 1.0, np.nan).astype(np.float32)
    np.testing.assert_allclose(found["n_valid"], of_exactextract(seen, plots, ["count"])["count"], atol=1e-4)


def test_cover_adds_up_to_the_area_of_each_outline(weights, plots):
    inside = plots.within(box(WEST, NORTH - CELL * ROWS, WEST + CELL * COLUMNS_X, NORTH)).to_numpy()
    assert inside.sum() > 30
    sums = np.add.reduceat(weights.cover.astype(float), weights.start[:-1])
    np.testing.assert_allclose(sums[inside] * CELL**2, plots.area[inside], rtol=1e-5)
    np.testing.assert_allclose(weights.size * CELL**2, plots.area, rtol=1e-12)


def test_a_hand_made_plot_has_the_numbers_of_a_hand_sum():
    values = np.array([[1.0, 2.0], [4.0, np.nan]], np.float32)
    plot = box(5, 5, 20, 20)  # 0.5, 1, 0.25, 0.5 of the cells
    found = CellWeights.of([plot], from_origin(0, 20, 10, 10), (2, 2)).statistics(values).iloc[0]
    assert found["mean"] == pytest.approx((0.5 * 1 + 1 * 2 + 0.25 * 4) / 1.75)
    assert found["n_valid"] == pytest.approx(1.75)
    assert found["valid_fraction"] == pytest.approx(1.75 / 2.25)
    assert found["sd"] ** 2 == pytest.approx((0.5 * 1 + 1 * 4 + 0.25 * 16) / 1.75 - found["mean"] ** 2)


def test_a_plot_half_outside_the_grid_is_half_valid_at_most():
    values = np.ones((4, 4), np.float32)
    cover = CellWeights.of([box(-20, 0, 20, 40), box(500, 0, 540, 40)], from_origin(0, 40, 10, 10), (4, 4))
    found = cover.statistics(values)
    assert found["valid_fraction"].tolist() == [0.5, 0.0]
    assert found["mean"][0] == 1
    assert found.loc[1, ["mean", "median", "q10", "q90", "sd"]].isna().all()
    assert np.isnan(cover.means(values)[1])


def test_holes_parts_and_missing_outlines_are_counted_as_they_are():
    ring = Polygon(box(0, 0, 40, 40).exterior, [box(10, 10, 30, 30).exterior.coords])
    two = MultiPolygon([box(0, 0, 10, 10), box(30, 30, 40, 40)])
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    cover = CellWeights.of([ring, None, two, Polygon()], from_origin(0, 40, 10, 10), (4, 4))
    assert cover.size.tolist() == [12, 0, 2, 0]
    edge = np.ones((4, 4), bool)
    edge[1:3, 1:3] = False
    np.testing.assert_allclose(cover.means(values), [values[edge].mean(), np.nan, (12 + 3) / 2, np.nan])


def test_a_mask_has_its_share_of_each_plot(weights, values):
    mask = np.zeros(values.shape, bool)
    mask[:, :40] = True
    shares = weights.shares(mask)
    west = weights.shares(~mask)
    np.testing.assert_allclose(shares + west, 1, atol=1e-6)
    assert set(np.unique(shares)) >= {0.0, 1.0}


def test_turned_grids_and_rasters_of_another_shape_are_refused(weights):
    with pytest.raises(InputError, match="not turned"):
        CellWeights.of([box(0, 0, 1, 1)], Affine(10, 1, 0, 1, -10, 0), (2, 2))
    with pytest.raises(InputError, match="not turned"):
        CellWeights.of([box(0, 0, 1, 1)], Affine(10, 0, 0, 0, 10, 0), (2, 2))
    with pytest.raises(InputError, match="belong to a grid"):
        weights.means(np.zeros((2, 2), np.float32))


def square(side):
    return box(600_000, 3_290_000, 600_000 + side, 3_290_000 + side)


@pytest.mark.parametrize(
    ("key", "cell", "side", "counted", "small"),
    [
        ("sentinel2_l2a", 10.0, 50.0, 30.0**2, False),
        ("sentinel2_l2a", 10.0, 40.0, 20.0**2, False),  # four cells within the border: just enough
        ("sentinel2_l2a", 10.0, 38.0, 38.0**2, True),
        ("sentinel2_l2a", 10.0, 9.0, 0.0, False),
        ("sentinel2_l2a", 20.0, 50.0, 50.0**2, True),
        ("landsat_c2_l2", 30.0, 130.0, 70.0**2, False),
        ("landsat_c2_l2", 30.0, 100.0, 100.0**2, True),
        ("planetscope_sr", 3.0, 20.0, 14.0**2, False),
        ("drone_rgb", 0.05, 5.0, 4.4**2, False),
    ],
)
def test_plots_are_drawn_in_as_far_as_a_sensors_pictures_may_lie_aside(key, cell, side, counted, small):
    """10 m Sentinel-2, 30 m Landsat, 3 m Planet, 0.3 m drone; below 4 cells the whole plot, below 1 none."""
    plots = gpd.GeoDataFrame({"id": ["a"]}, geometry=[square(side)], crs=32648)
    found, marked = outlines(plots, cell, sensor.named(key))
    assert found.area.iloc[0] == pytest.approx(counted, rel=1e-3)
    assert found.is_empty.iloc[0] == (counted == 0)
    assert marked.tolist() == [small]


def test_outlines_keep_their_rows_and_refuse_degrees():
    plots = gpd.GeoDataFrame(geometry=[square(50), square(9), square(30)], index=["p", "q", "r"], crs=32648)
    found, small = outlines(plots, 10.0, 10.0)
    assert list(found.index) == list(small.index) == ["p", "q", "r"]
    assert found.crs == plots.crs
    assert small.tolist() == [False, False, True]
    with pytest.raises(InputError, match="metres"):
        outlines(plots.to_crs(4326), 10.0, 10.0)
