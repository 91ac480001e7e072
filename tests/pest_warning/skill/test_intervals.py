import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from pest_warning.skill import bootstrap, effective_sample_size, fewest_hits, wilson
from pest_warning.skill.intervals import bounds


def share_right(frame):
    return frame["right"].mean()


def test_160_of_200_by_hand():
    assert wilson(160, 200) == pytest.approx((0.7391, 0.8495), abs=5e-5)


@given(n=st.integers(1, 300), share=st.floats(0, 1))
def test_wilson_agrees_with_scipy(n, share):
    k = round(share * n)
    expected = binomtest(k, n).proportion_ci(0.9, method="wilson")
    assert wilson(k, n, 0.9) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_no_trials_have_no_interval():
    assert np.isnan(wilson(0, 0)).all()


def test_170_of_200_are_needed_to_show_more_than_80_percent():
    assert fewest_hits(200, 0.8) == 170
    assert wilson(169, 200, 0.9)[0] < 0.8 < wilson(170, 200, 0.9)[0]
    assert fewest_hits(13, 0.8) is None  # 0.8^13 = 0.055
    assert fewest_hits(14, 0.8) == 14  # 0.8^14 = 0.044


def test_200_plots_in_20_district_years_are_worth_54():
    assert effective_sample_size(200, 10, 0.3) == pytest.approx(54.05, abs=0.01)
    assert effective_sample_size(200, 1, 0.3) == 200
    assert effective_sample_size(200, 10, 1.0) == 20


def seasons(years, plots=20, seed=0):
    rng = np.random.default_rng(seed)
    rate = np.repeat(rng.uniform(0.3, 0.9, years), plots)
    return pd.DataFrame({"year": np.repeat(np.arange(years), plots), "right": rng.random(years * plots) < rate})


def test_the_interval_of_a_mean_over_years_is_that_of_the_years_means():
    frame = seasons(40)
    found = bootstrap(share_right, frame, n=2000)
    error = frame.groupby("year")["right"].mean().std() / np.sqrt(40)
    assert found.value == frame["right"].mean()
    assert found.high - found.low == pytest.approx(2 * 1.645 * error, rel=0.1)
    assert found.blocks == 40


@settings(max_examples=20)
@given(seed=st.integers(0, 200))
def test_fewer_years_give_a_wider_interval(seed):
    few = seasons(6, seed=seed)
    more = pd.concat([few.assign(year=few["year"] + 10 * copy) for copy in range(4)])
    wide, narrow = (bootstrap(share_right, frame, n=300) for frame in (few, more))
    assert wide.value == pytest.approx(narrow.value)
    assert wide.high - wide.low > narrow.high - narrow.low
    assert (wide.blocks, narrow.blocks) == (6, 24)


def test_one_year_gives_a_value_and_no_interval_however_many_plots():
    found = bootstrap(share_right, seasons(1, plots=5000))
    assert np.isfinite(found.value)
    assert np.isnan([found.low, found.high]).all()
    assert found.blocks == 1


def test_districts_and_years_can_be_drawn_together_and_a_seed_repeats():
    frame = seasons(10).assign(district=["A", "B"] * 100)
    found = bootstrap(share_right, frame, blocks=["district", "year"], n=200, seed=4)
    assert found.blocks == 20
    assert found == bootstrap(share_right, frame, blocks=["district", "year"], n=200, seed=4)
    assert found != bootstrap(share_right, frame, blocks=["district", "year"], n=200, seed=5)


def test_draws_without_a_value_are_left_out_unless_they_are_most():
    assert bounds([1.0, 2.0, 3.0, np.nan], 1.0) == (1, 3)
    assert np.isnan(bounds([1.0, np.nan, np.nan], 1.0)).all()
    some = np.random.default_rng(0).normal(size=(101, 2))
    assert np.allclose(bounds(some, 0.8), np.quantile(some, [0.1, 0.9], axis=0))
