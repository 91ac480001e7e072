from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model.alternate_bearing import (
    AlternateBearing,
    budget_year,
    reserve_factor,
    steady_flower_cost,
    year_surplus,
)
from growth_model.cultivar import HERE

RULES = parameters.load(HERE / "bearing.toml", "alternate_bearing", AlternateBearing)


def years(cost_ratio, count, surplus=0.4, carried=1.0):
    reserve, found = RULES.first_reserve, []
    for _ in range(count):
        found.append(budget_year(reserve, surplus, RULES.threshold, cost_ratio, carried))
        reserve = found[-1].reserve
    return found


def test_six_years_of_crops_agree_with_the_budget_by_hand(table):
    rows = table("growth_resource_budget")
    for ratio in (0.5, 1.5):
        expected = [row["fruit_cost"] for row in rows if row["cost_ratio"] == ratio]
        assert [year.fruit_cost for year in years(ratio, 6)] == pytest.approx(expected, abs=1e-4)


@given(reserve=st.floats(0, 1), surplus=st.floats(0, 1), ratio=st.floats(0, 4), carried=st.floats(0, 1.5))
def test_no_resource_is_lost_and_none_is_owed(reserve, surplus, ratio, carried):
    year = budget_year(reserve, surplus, 1.0, ratio, carried)
    assert sum(year) == pytest.approx(reserve + surplus, abs=1e-12)
    assert min(year) >= 0


@given(ratio=st.floats(0, 0.9))
def test_a_regular_bearer_comes_to_the_same_crop_each_year(ratio):
    assert years(ratio, 200)[-1].flower_cost == pytest.approx(steady_flower_cost(0.4, ratio), rel=1e-6)


def test_an_alternating_tree_keeps_swinging():
    costs = [year.flower_cost for year in years(1.5, 60)][-20:]
    assert max(costs) > 2 * min(costs)
    swings = [b > a for a, b in pairwise(costs)]
    assert sum(a != b for a, b in pairwise(swings)) >= 12


def test_thinning_an_on_year_leaves_more_for_the_next():
    natural, thinned = (budget_year(0.9, 0.4, 1.0, 1.5, carried) for carried in (1.0, 0.5))
    assert thinned.reserve == pytest.approx(natural.reserve + 0.225)


def test_flowers_follow_the_reserve_between_none_and_1_3():
    steady = steady_flower_cost(0.4, 0.6)
    assert steady == pytest.approx(0.25)
    found = [reserve_factor(cost, steady, RULES.highest) for cost in (0.0, 0.125, 0.25, 1.0)]
    assert found == pytest.approx([0, 0.5, 1, 1.3])


def test_a_year_of_half_the_light_adds_half_and_a_year_of_loss_adds_nothing():
    assert [year_surplus(0.4, gain, 1200.0) for gain in (600.0, 1200.0, -50.0)] == pytest.approx([0.2, 0.4, 0.0])
