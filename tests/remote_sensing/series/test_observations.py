"""The observation table: what may carry an alarm, joined sensors, the compact series, plots joined to blocks."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from agro.errors import InputError
from remote_sensing.series import blocks, joined, plot_series, pooled, usable
from tests.remote_sensing.series.test_baseline import table

DAYS = pd.date_range("2025-01-01", periods=12, freq="10D")


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("valid_fraction", 0.69, False), ("valid_fraction", 0.7, True), ("n_valid", 3.9, False), ("n_valid", 4.0, True),
        ("weight", 0.3, False), ("weight", 0.5, True), ("median", np.nan, False),
    ],
)  # fmt: skip
def test_an_alarm_needs_enough_of_the_plot_enough_cells_and_no_thin_cloud(name, value, good):
    rows = table(DAYS[:1], [0.7])
    rows[name] = value
    assert bool(usable(rows).iloc[0]) is good


def test_series_are_in_order_of_time_and_a_pass_counts_once_with_its_fuller_tile():
    rows = pd.concat(
        [
            table(["2025-03-01T03:00", "2025-01-01T03:00"], [0.5, 0.4], plot="B"),
            table(["2025-02-01T03:00"], [0.7], plot="A"),
            table(["2025-02-01T03:01"], [0.9], plot="A", n_valid=21.0),
            table(["2025-02-01T03:00"], [0.8], plot="A", sensor="landsat8"),
            table(["2025-02-02"], [0.1], plot="A", weight=0.3),
        ]
    )
    found = plot_series(rows, "ndvi")
    assert list(found.plots) == ["A", "B"]
    assert list(found.start) == [0, 2, 4]
    assert sorted(found.value[:2]) == pytest.approx([0.8, 0.9])
    assert found.value[2:] == pytest.approx([0.4, 0.5])
    assert len(set(found.seen[:2])) == 2
    assert list(found.day[2:]) == [20089, 20148]
    assert list(found.owner) == [0, 0, 1, 1]
    assert len(plot_series(rows, "ndvi", only_usable=False).value) == 5


def test_plots_may_be_given_an_order_and_keep_an_empty_place():
    rows = pd.concat([table(DAYS, np.arange(12), plot="B"), table(DAYS[:2], [1, 2], plot="A")])
    found = plot_series(rows, "ndvi", ["C", "B"])
    assert list(found.start) == [0, 0, 12]
    assert found.value == pytest.approx(np.arange(12))


def test_a_second_sensor_is_brought_to_the_level_of_the_first_by_its_pairs():
    drawn = np.random.default_rng(1)
    truth = drawn.normal(0.7, 0.05, 12)
    first = pd.concat([table(DAYS, truth), table(DAYS, truth, plot="Q")])
    second = table(DAYS + pd.Timedelta(days=2), truth + 0.04 + drawn.normal(0, 1e-4, 12), sensor="landsat8")
    found, offsets = joined(pd.concat([first, second], ignore_index=True))
    assert offsets == {("ndvi", "landsat8"): pytest.approx(0.04, abs=2e-4)}
    moved = found[found["sensor"] == "landsat8"]["median"].to_numpy()
    assert moved == pytest.approx(truth, abs=1e-3)
    assert len(found) == 36


def test_a_sensor_with_too_few_pairs_is_left_out_and_that_is_told():
    first = pd.concat([table(DAYS, [0.7] * 12), table(DAYS, [0.7] * 12, plot="Q")])
    second = table(DAYS[:9], [0.8] * 9, sensor="landsat8")
    found, offsets = joined(pd.concat([first, second], ignore_index=True))
    assert set(found["sensor"]) == {"sentinel2_l2a"}
    assert np.isnan(offsets["ndvi", "landsat8"])


def test_pictures_that_must_not_be_compared_between_dates_are_left_out_even_where_they_are_the_most():
    raw = pd.concat([table(DAYS, [0.5] * 12, plot=plot, sensor="four_band", relative=True) for plot in "PQ"])
    rows = pd.concat([raw, table(DAYS, [0.7] * 12, relative=False)], ignore_index=True)
    found, offsets = joined(rows)
    assert set(found["sensor"]) == {"sentinel2_l2a"}
    assert np.isnan(offsets["ndvi", "four_band"])
    assert joined(raw)[0].empty


def test_two_orbits_of_a_sensor_are_brought_to_one_level_by_pairs_of_enough_days():
    drawn = np.random.default_rng(2)
    truth = drawn.normal(0.7, 0.05, 12)
    plots = [table(DAYS, truth, plot=f"P{k}", orbit="18") for k in range(4)]
    other = [table(DAYS[:11] + pd.Timedelta(days=2), truth[:11] + 0.03, plot=f"P{k}", orbit="118") for k in range(4)]
    found, offsets = joined(pd.concat([*plots, *other], ignore_index=True))
    assert offsets == {}
    moved = found[found["orbit"] == "118"].sort_values(["plot", "time"])["median"].to_numpy()
    assert moved == pytest.approx(np.tile(truth[:11], 4), abs=1e-9)
    # on four days there are pairs enough, but one haze each
    few, _ = joined(pd.concat([*plots, *(one.iloc[:4] for one in other)], ignore_index=True))
    assert (few[few["orbit"] == "118"].groupby("plot")["median"].first() == truth[0] + 0.03).all()


def test_an_empty_table_has_no_series():
    none = table(DAYS, [0.7] * 12).iloc[:0]
    found, offsets = joined(none)
    assert len(found) == 0
    assert offsets == {}
    assert len(plot_series(found, "ndvi").plots) == 0


def test_more_sensors_than_can_be_told_apart_are_refused():
    rows = pd.concat([table(DAYS[:1], [0.5], sensor=f"s{k:02}") for k in range(65)])
    with pytest.raises(InputError, match="sensors"):
        plot_series(rows, "ndvi")


def terraces(sides, gap=10.0, **given):
    left = np.concatenate([[0], np.cumsum(np.array(sides[:-1]) + gap)])
    shapes = [shapely.box(x, 0, x + side, side) for x, side in zip(left, sides, strict=True)]
    return gpd.GeoDataFrame({"plot": [f"P{k}" for k in range(len(sides))]} | given, geometry=shapes, crs="EPSG:32648")


def test_small_terraces_make_blocks_of_half_a_hectare_and_large_plots_stand_alone():
    block = blocks(terraces([50, 50, 80, 60]))  # 0.25, 0.25, 0.64, 0.36 ha
    assert block.to_dict() == {"P0": "P0", "P1": "P0", "P2": "P2", "P3": "P2"}  # what is left joins its neighbour


def test_unlike_or_distant_terraces_are_not_joined():
    assert list(blocks(terraces([50, 50], group=["navel", "ponkan"]))) == ["P0", "P1"]
    assert list(blocks(terraces([50, 50], planted=[2000, 2010]))) == ["P0", "P1"]
    assert list(blocks(terraces([50, 50], elevation=[290.0, 310.0]))) == ["P0", "P1"]
    assert list(blocks(terraces([50, 50], gap=61.0))) == ["P0", "P1"]
    assert list(blocks(terraces([50, 50], gap=59.0, planted=[2000, None]))) == ["P0", "P0"]


def test_a_block_is_seen_through_all_its_plots_by_their_cells():
    rows = pd.concat(
        [
            table(DAYS[:1], [0.6], plot="P0", n_valid=3.0, valid_fraction=1.0),
            table(DAYS[:1], [0.8], plot="P1", n_valid=1.0, valid_fraction=0.25),
            table(DAYS[:1], [np.nan], plot="P2", n_valid=0.0, valid_fraction=0.0),
        ]
    )
    found = pooled(rows, pd.Series({"P0": "P0", "P1": "P0", "P2": "P0"})).iloc[0]
    assert found["plot"] == "P0"
    assert found["median"] == pytest.approx((3 * 0.6 + 0.8) / 4)
    assert found["n_valid"] == 4.0
    assert found["valid_fraction"] == pytest.approx(4 / 7)
