"""Zones: how many, where, in which order, and when there is one (T9.1); criteria by hand and beside scikit-learn."""

import numpy as np
import pytest
import shapely
import xarray as xr
from sklearn.metrics import cohen_kappa_score, silhouette_score

from agro.errors import MissingDataError
from remote_sensing.condition import zone_features, zones
from remote_sensing.condition.fuzzy import classification_entropy, fuzzy_means, performance_index, silhouette
from remote_sensing.condition.zone_shapes import cleaned
from remote_sensing.condition.zones import between

CRS = "EPSG:32648"
SIDE = 36


def plot_of(levels, seed, years=4, noise=0.03, repeated=True):
    """Three winding strips of `levels`, twelve dates a year; not `repeated`: strips of each year lie elsewhere."""
    drawn = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    strip = np.digitize(columns + 5 * np.sin(rows / 6), [SIDE / 3, 2 * SIDE / 3])
    dates = 12 * years
    values = drawn.normal(0, 0.03, (dates, 1, 1)) + drawn.normal(0, noise, (dates, SIDE, SIDE))
    for year in range(years):
        here = strip if repeated else np.rot90(drawn.permutation(strip.ravel()).reshape(strip.shape), year)
        values[12 * year : 12 * (year + 1)] += np.array(levels)[here]
    time = np.concatenate([np.datetime64(f"{2021 + y}-01-15") + 30 * np.arange(12) for y in range(years)])
    place = {"time": time, "y": 3_300_000 - 10.0 * np.arange(SIDE), "x": 500_000 + 10.0 * np.arange(SIDE)}
    return xr.DataArray(values, dims=("time", "y", "x"), coords=place), strip


def cut(stack, **given):
    features, seasons = zone_features(stack, np.ones((SIDE, SIDE)))
    return zones(features, seasons=seasons, plot="A7", crs=CRS, **given)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_three_strips_are_three_zones_by_all_three_criteria(seed):
    stack, strip = plot_of((0.55, 0.65, 0.75), seed)
    found = cut(stack)
    assert found.criteria["fpi"].idxmin() == 3
    assert found.criteria["nce"].idxmin() == 3
    assert found.criteria["silhouette"].idxmax() == 3
    assert (found.label - 1 == strip).mean() > 0.95
    assert found.stable
    assert found.reason == ""
    assert found.variance_share > 0.8


def test_zones_are_ordered_from_the_weakest_and_cover_the_plot_without_overlap():
    stack, _ = plot_of((0.75, 0.55, 0.65), 4)  # the middle strip is the weakest
    table = cut(stack).table
    assert list(table["zone"]) == [1, 2, 3]
    assert table["mean"].is_monotonic_increasing
    assert table.geometry.iloc[0].centroid.x == pytest.approx(500_000 + 10 * SIDE / 2, abs=30)
    whole = shapely.box(499_995, 3_300_005 - 10 * SIDE, 499_995 + 10 * SIDE, 3_300_005)
    assert shapely.union_all(table.geometry.values).symmetric_difference(whole).area < 1.0
    assert table["area_m2"].sum() == pytest.approx(whole.area)
    assert table["area_mu"].sum() == pytest.approx(whole.area * 0.0015)
    assert table["share_of_plot"].sum() == pytest.approx(1.0)
    assert table.crs == CRS


def test_an_even_plot_is_one_zone():
    stack, _ = plot_of((0.65, 0.65, 0.65), 5)
    found = cut(stack)
    assert len(found.table) == 1
    assert found.reason in ("no_structure", "not_repeated")
    assert found.table["share_of_plot"].iloc[0] == pytest.approx(1.0)


def test_zones_that_lie_elsewhere_every_year_are_no_zones():
    stack, _ = plot_of((0.55, 0.65, 0.75), 6, repeated=False)
    found = cut(stack)
    assert len(found.table) == 1 or found.stable is False


def test_fewer_than_three_seasons_are_refused_in_both_languages():
    stack, _ = plot_of((0.55, 0.65, 0.75), 7, years=2)
    with pytest.raises(MissingDataError, match="3 seasons") as refused:
        cut(stack)
    assert "生长季" in refused.value.zh


def test_a_plot_of_few_cells_is_one_zone():
    stack, _ = plot_of((0.55, 0.65, 0.75), 8)
    inside = np.zeros((SIDE, SIDE))
    inside[:3, :4] = 1.0
    features, _ = zone_features(stack, inside)
    found = zones(features, plot="A7", crs=CRS)
    assert (len(found.table), found.reason, found.stable) == (1, "few_cells", None)
    assert found.table["area_m2"].iloc[0] == pytest.approx(1200.0)


def test_ranks_run_from_nought_to_one_within_the_plot_and_seasons_are_years():
    stack, _ = plot_of((0.55, 0.65, 0.75), 9)
    inside = np.ones((SIDE, SIDE))
    inside[:, :6] = 0.2
    features, seasons = zone_features(stack, inside)
    assert list(features["feature"].values) == ["rank", "steadiness", "usual"]
    assert list(seasons["season"].values) == [2021, 2022, 2023, 2024]
    assert np.isnan(features.values[:, :, :6]).all()
    one = seasons.values[0][:, 6:]
    n = one.size
    assert np.sort(one.ravel()) == pytest.approx((np.arange(n) + 0.5) / n)


def test_criteria_of_sharp_and_of_no_clusters():
    sharp, none = np.eye(3)[[0, 1, 2, 1]], np.full((4, 3), 1 / 3)
    assert performance_index(sharp) == pytest.approx(0.0)
    assert classification_entropy(sharp) == pytest.approx(0.0, abs=1e-9)
    assert performance_index(none) == pytest.approx(1.0)
    assert classification_entropy(none) == pytest.approx(1.0)
    # by hand: F = (0.64 + 0.04 + 0.25 + 0.25) / 2 = 0.59; H = (0.50040 + 0.69315) / 2
    two = np.array([[0.8, 0.2], [0.5, 0.5]])
    assert performance_index(two) == pytest.approx(1 - (2 * 0.59 - 1))
    assert classification_entropy(two) == pytest.approx(0.596776 / 0.693147, abs=1e-5)


def test_memberships_solve_the_equations_of_fuzzy_means():
    x = np.random.default_rng(10).normal(size=(200, 2)) + np.repeat([[0, 0], [6, 0]], 100, axis=0)
    found = fuzzy_means(x, 2, exponent=2.0)
    apart = ((x[:, None, :] - found.centres[None]) ** 2).sum(axis=2)
    assert found.member == pytest.approx((1 / apart) / (1 / apart).sum(axis=1, keepdims=True), abs=1e-4)
    u2 = found.member**2
    assert found.centres == pytest.approx(u2.T @ x / u2.sum(axis=0)[:, None], abs=1e-3)
    assert sorted(found.centres[:, 0].round()) == [0, 6]


def test_silhouette_is_scikit_learns():
    x = np.random.default_rng(11).normal(size=(300, 3))
    label = np.random.default_rng(12).integers(0, 4, 300)
    assert silhouette(x, label) == pytest.approx(silhouette_score(x, label), abs=1e-9)
    assert silhouette(x, np.zeros(300)) == -1.0


def test_agreement_between_years_is_cohens_kappa():
    from remote_sensing.condition.zones import _kappa

    a, b = np.random.default_rng(13).integers(0, 3, (2, 500))
    b = np.where(np.arange(500) % 2, a, b)
    assert _kappa(a, b, 3) == pytest.approx(cohen_kappa_score(a, b))


def test_share_between_groups_is_that_of_an_analysis_of_variance():
    # groups (1, 3) and (5, 7): means 2 and 6 about 4, so 4 of the variance 5
    assert between(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0, 0, 1, 1])) == pytest.approx(0.8)


def test_islands_join_the_neighbour_with_the_longest_border():
    label = np.ones((30, 30), dtype=int)
    label[:, 20:] = 2
    label[10:13, 17:21] = 3  # 12 cells of 10 m: more than 400 m2, less than 3 % of the plot
    result = cleaned(label, 10.0)
    assert set(np.unique(result)) == {1, 2}
    assert (result[:, :15] == 1).all()
    assert (result[:, 24:] == 2).all()
