import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model.allocation import (
    Allocation,
    DayCarbon,
    Pools,
    allocate,
    fruit_demand,
    mobilised,
    reserve_capacity,
    source_sink,
)
from growth_model.cultivar import HERE
from growth_model.respiration import GrowthCost

RULES = parameters.load(HERE / "bearing.toml", "allocation", Allocation)
COSTS = GrowthCost(leaf=1.48, wood=1.42, root=1.39, fruit=1.30, held=1.125)
days = st.builds(DayCarbon, st.floats(-5, 60), st.floats(0, 40), st.floats(0, 30), st.floats(0, 30))
pools = st.builds(Pools, st.floats(0, 400), st.floats(0, 400), st.floats(0, 500), st.floats(0, 0.05))


@given(day=days, pool=pools)
def test_no_carbon_appears_or_is_lost(day, pool):
    out = allocate(day, pool, RULES, COSTS)
    came = day.assimilation + pool.reserve + COSTS.held * out.leaf_consumed
    grown = COSTS.held * (out.fruit + out.shoot + out.root + out.wood)
    went = out.maintenance + out.growth_respiration + grown + out.reserve
    assert went == pytest.approx(came, rel=1e-9, abs=1e-9)


@given(day=days, pool=pools)
def test_organs_grow_by_what_they_asked_for_at_most(day, pool):
    out = allocate(day, pool, RULES, COSTS)
    assert -1e-9 <= out.shoot <= day.shoot + 1e-9
    assert out.fruit <= day.fruit + 1e-9
    assert min(out.root, out.wood, out.reserve, out.growth_respiration, out.leaf_consumed) >= -1e-9
    assert out.reserve <= max(pool.capacity, 0) + 1e-9
    assert out.leaf_consumed <= pool.leaf + 1e-9
    assert 0 <= out.sigma <= RULES.sigma_highest


@given(day=days, pool=pools)
def test_fruit_go_short_only_when_reserve_shoots_and_leaves_are_gone(day, pool):
    out = allocate(day, pool, RULES, COSTS)
    if out.fruit < day.fruit - 1e-6 or out.maintenance < day.maintenance - 1e-6:
        assert out.reserve == pytest.approx(0, abs=1e-6)
        assert out.shoot == pytest.approx(0, abs=1e-6)
        assert out.leaf_consumed == pytest.approx(pool.leaf)
    if out.leaf_consumed > 1e-6:
        assert out.shoot == pytest.approx(0, abs=1e-6)


@given(day=days, pool=pools, more=st.floats(0, 10))
def test_more_fruit_never_leave_more_for_shoots_roots_or_reserve(day, pool, more):
    light = allocate(day, pool, RULES, COSTS)
    heavy = allocate(day._replace(fruit=day.fruit + more), pool, RULES, COSTS)
    assert heavy.sigma <= light.sigma + 1e-9
    assert heavy.shoot <= light.shoot + 1e-9
    assert heavy.root <= light.root + 1e-9
    assert heavy.reserve <= light.reserve + 1e-9


def test_a_rich_day_feeds_all_and_fills_the_reserve():
    out = allocate(DayCarbon(20.0, 10.0, 2.0, 1.0), Pools(100.0, 300.0, 400.0, 0.02), RULES, COSTS)
    # supply 20 - 10 + 2 = 12; fruit 2.6, shoots 1.48, roots 1.8, wood 1.2, the rest 4.92 into reserve
    assert out[:5] == pytest.approx((2, 1, 1.8 / 1.39, 1.2 / 1.42, 98 + 4.92))
    assert (out.maintenance, out.leaf_consumed) == (10, 0)
    assert out.sigma == pytest.approx(12 / 4.08) == pytest.approx(2.941, abs=1e-3)


def test_a_short_day_gives_shoots_their_part_and_fruit_the_reserve():
    out = allocate(DayCarbon(11.0, 10.0, 2.0, 1.0), Pools(100.0, 300.0, 400.0, 0.01), RULES, COSTS)
    # supply 2 for 4.08; shoots get 2 / 4.08; fruit's lack 2.6 x (1 - 0.4902) = 1.3255 comes from the 99 stored
    assert out.sigma == pytest.approx(0.4902, abs=1e-4)
    assert out[:5] == pytest.approx((2, 0.4902, 0, 0, 97.6745), abs=1e-4)
    assert out.leaf_consumed == 0


def test_a_dark_week_eats_reserve_then_leaves():
    out = allocate(DayCarbon(2.0, 10.0, 1.0, 1.0), Pools(5.0, 300.0, 400.0, 0.02), RULES, COSTS)
    # 8 missing for upkeep, 5 stored: 3 from leaves, and 1.3 more for the fruit
    assert out[:5] == pytest.approx((1, 0, 0, 0, 0))
    assert out.leaf_consumed == pytest.approx(4.3 / 1.125)
    assert (out.maintenance, out.sigma) == (pytest.approx(10), 0)


def test_a_bare_tree_without_reserve_starves_its_fruit_first_and_then_itself():
    out = allocate(DayCarbon(2.0, 10.0, 1.0, 1.0), Pools(0.0, 300.0, 1.0, 0.02), RULES, COSTS)
    assert out[:5] == pytest.approx((0, 0, 0, 0, 0))
    assert out.maintenance == pytest.approx(3.125)
    assert out.leaf_consumed == pytest.approx(1)


def test_a_full_reserve_turns_into_wood():
    out = allocate(DayCarbon(10.0, 0.0, 0.0, 0.0), Pools(100.0, 100.0, 400.0, 0.0), RULES, COSTS)
    assert out.reserve == 100
    assert out.wood == pytest.approx(8.5 / 1.42)  # all but the roots' 1.5


def test_a_tree_without_demand_has_a_finite_source():
    assert source_sink(5.0, 0.0, 3.0) == 3
    assert source_sink(-5.0, 0.0, 3.0) == 0
    assert source_sink(2.0, 4.0, 3.0) == 0.5


def test_reserve_moves_four_times_as_fast_from_bud_burst_to_june():
    assert [mobilised(state, RULES.mobilised_growing, RULES.mobilised_resting) for state in (1.0, 0.0)] == [0.02, 0.005]
    assert reserve_capacity(3500.0, RULES.reserve_share) == pytest.approx(350)


def test_fruit_ask_for_the_dry_matter_of_their_growth():
    assert fruit_demand(17.5, 100.0, 102.0, 0.16) == pytest.approx(5.6)
    assert fruit_demand(17.5, 100.0, 99.0, 0.16) == 0  # shrinking fruit ask for nothing
