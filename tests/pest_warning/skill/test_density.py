import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pest_warning.skill import crps, crpss, date_scores, fair_crps, interval_score

MEMBERS = st.lists(st.floats(0, 50), min_size=2, max_size=12)


def test_four_members_by_hand():
    assert crps([1, 2, 3, 4], 2.5) == pytest.approx(0.375)
    assert fair_crps([1, 2, 3, 4], 2.5) == pytest.approx(0.16667, abs=5e-6)


@given(members=MEMBERS, value=st.floats(0, 50))
def test_the_score_is_the_integral_over_the_squared_difference_of_distributions(members, value):
    at = np.sort(np.r_[members, value])
    middle = (at[1:] + at[:-1]) / 2
    below = (np.array(members)[:, None] <= middle).mean(axis=0)
    assert crps(members, value) == pytest.approx((((below - (middle >= value)) ** 2) * np.diff(at)).sum(), abs=1e-9)


def test_the_fair_score_does_not_depend_on_the_number_of_members():
    rng = np.random.default_rng(1)
    value = rng.normal(size=60_000)
    few, many = (fair_crps(rng.normal(size=(60_000, n)), value).mean() for n in (3, 30))
    assert few == pytest.approx(1 / np.sqrt(np.pi), abs=0.01)  # expected score of the right normal distribution
    assert many == pytest.approx(1 / np.sqrt(np.pi), abs=0.01)
    assert crps(rng.normal(size=(60_000, 3)), value).mean() > few + 0.1


def test_one_member_has_an_error_and_no_fair_score():
    assert crps([3.0], 5.0) == 2
    assert np.isnan(fair_crps([3.0], 5.0))


def test_missing_members_or_counts_are_missing_scores():
    found = crps([[1, 2], [1, np.nan], [1, 2]], [np.nan, 1, 1.5])
    assert np.isnan(found[:2]).all()
    assert found[2] == pytest.approx(0.25)


@given(low=st.floats(0, 10), up=st.floats(0, 10), top=st.floats(0, 10), value=st.floats(0, 40))
def test_the_interval_score_is_the_mean_of_three_doubled_pinball_losses(low, up, top, value):
    quantiles, levels = np.array([low, low + up, low + up + top]), np.array([0.1, 0.5, 0.9])
    losses = np.where(value >= quantiles, levels * (value - quantiles), (1 - levels) * (quantiles - value))
    assert interval_score(*quantiles, value) == pytest.approx(2 * losses.mean(), abs=1e-9)


def test_skill_of_densities_uses_cases_known_to_both():
    assert crpss([1.0, np.nan, 1.0], [2.0, 5.0, 2.0]) == 0.5
    assert np.isnan(crpss([1.0], [0.0]))


def test_dates_by_hand():
    predicted = np.array(["2024-05-01", "2024-05-10", "2024-05-20", "NaT"], "datetime64[D]")
    observed = np.array(["2024-05-03", "2024-05-05", "2024-05-10", "2024-05-01"], "datetime64[D]")
    found = date_scores(predicted, observed)  # -2, 5, 10
    assert found == (pytest.approx(13 / 3), pytest.approx(17 / 3), pytest.approx(2 / 3), 3)
    assert date_scores([121, 130, 141], [123, 125, 131]) == found
    assert date_scores([], []).n == 0
