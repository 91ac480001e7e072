"""How numbers become percentiles, levels and drivers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pest_warning import organism, outlook

VALUES = st.lists(st.one_of(st.just(np.nan), st.floats(0, 50)), min_size=1, max_size=12)
MELANOSE = organism.load("melanose")


def test_a_value_stands_above_those_below_it_and_half_of_its_equals():
    usual = np.array([[1.0, 2.0, 2.0, 4.0]])
    assert [float(outlook.percentile(np.array([value]), usual)[0]) for value in (0.0, 2.0, 3.0, 9.0)] == [
        0,
        50,
        75,
        100,
    ]


@given(VALUES, st.floats(0, 50), st.floats(0, 10))
def test_percentiles_are_bounded_and_a_larger_value_never_stands_lower(usual, value, more):
    low, high = outlook.percentile(np.array([value, value + more]), np.array([usual, usual]))
    if np.isfinite(usual).any():
        assert 0 <= low <= high <= 100
    else:
        assert np.isnan(low)


def test_an_unknown_value_or_no_year_at_all_has_no_percentile():
    assert np.isnan(outlook.percentile(np.array([np.nan]), np.ones((1, 3)))[0])
    assert np.isnan(outlook.percentile(np.array([1.0]), np.ones((1, 0)))[0])


def level(index, percentile, in_season=True, unknown=False):
    return outlook.level_by_percentile(
        MELANOSE, np.array([index]), np.array([percentile]), np.array([in_season]), np.array([unknown])
    )[0]


@pytest.mark.parametrize(
    ("index", "percentile", "code"),
    [(0.0, 50.0, 2), (0.0, 100.0, 2), (0.04, 100.0, 2), (0.05, 60.0, 3), (0.05, 100.0, 3), (0.3, 84.0, 3),
     (0.3, 85.0, 4), (9.0, 59.0, 2), (0.0, np.nan, 2), (0.3, np.nan, 1), (np.nan, np.nan, 1)],
)  # fmt: skip
def test_an_infection_is_judged_by_its_percentile_above_a_floor(index, percentile, code):
    assert level(index, percentile) == code


@given(st.floats(0, 5), st.floats(0, 100), st.booleans())
def test_what_is_missing_cannot_be_computed_whatever_the_rest_says(index, percentile, in_season):
    assert level(index, percentile, in_season, unknown=True) == outlook.CANNOT
    assert level(index, percentile, in_season=False) == outlook.NOTHING


@pytest.mark.parametrize(("share", "code"), [(0.0, 2), (0.09, 2), (0.1, 3), (0.49, 3), (0.5, 4), (1.0, 4), (np.nan, 1)])
def test_a_share_of_cases_is_judged_by_two_bounds(share, code):
    assert outlook.level_by_share([share], False)[0] == code
    assert outlook.level_by_share([share], True)[0] == outlook.CANNOT
    if np.isfinite(share):
        assert outlook.level_by_share([share], False, in_season=False)[0] == outlook.NOTHING


@given(VALUES)
def test_quantiles_are_those_of_numpy_among_the_known(values):
    found = outlook.quantiles([values])[:, 0]
    known = [value for value in values if np.isfinite(value)]
    expected = np.quantile(known, (0.1, 0.5, 0.9)) if known else np.full(3, np.nan)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@given(VALUES)
def test_a_mean_is_that_of_the_known_and_a_sum_counts_the_unknown_as_the_mean(values):
    known = [value for value in values if np.isfinite(value)]
    mean, total = outlook.mean(np.array(values)), outlook.sums(np.array(values))
    assert mean == pytest.approx(np.mean(known)) if known else np.isnan(mean)
    if len(values) - len(known) > 0.2 * len(values):
        assert np.isnan(total)
    else:
        assert total == pytest.approx(np.mean(known) * len(values))


def test_a_sum_of_days_of_which_a_fifth_is_missing_is_still_told_and_of_more_is_not():
    days = np.ones(10)
    days[:2] = np.nan
    assert outlook.sums(days) == pytest.approx(10.0)
    days[2] = np.nan
    assert np.isnan(outlook.sums(days))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_the_three_largest_drivers_are_told_in_their_order(logs):
    named = {f"k{place}": (np.array([log]), np.array([place]), np.array([-place])) for place, log in enumerate(logs)}
    found = outlook.driver_columns(named)
    told = [found[f"driver{k + 1}_log"][0] for k in range(3)]
    largest = sorted((abs(log) for log in logs), reverse=True)[:3]
    assert [abs(log) for log in told if np.isfinite(log)] == pytest.approx(largest)
    for k in range(3):
        key = found[f"driver{k + 1}_key"][0]
        if key:
            assert found[f"driver{k + 1}_log"][0] == logs[int(key[1:])]
            assert found[f"driver{k + 1}_now"][0] == int(key[1:])
        else:
            assert len(logs) <= k


def test_a_driver_that_is_not_known_is_not_named():
    unknown = np.array([np.nan])
    found = outlook.driver_columns({"heat": (unknown, unknown, unknown)})
    assert found["driver1_key"][0] == ""
