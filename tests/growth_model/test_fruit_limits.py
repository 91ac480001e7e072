import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model.cultivar import HERE
from growth_model.fruit_limits import (
    DrySpell,
    FruitLimits,
    SugarLimits,
    after_day,
    light_sugar,
    load_sugar,
    lost_share,
    rain_dilution,
    recovery_factor,
    shrinkage,
    source_limit,
    water_limit,
    water_sugar,
)

LIMITS = parameters.load(HERE / "bearing.toml", "fruit_limits", FruitLimits)
SUGAR = parameters.load(HERE / "bearing.toml", "sugar_limits", SugarLimits)
NONE = DrySpell(0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("sigma", "age", "left"),
    [(0.25, 59, 1), (0.25, 60, 0.5), (0.81, 90, 0.9), (0.0, 90, 0), (1.0, 90, 1), (3.0, 90, 1)],
)
def test_want_of_carbon_slows_fruit_after_the_sink_limited_phase(sigma, age, left):
    found = source_limit(sigma, float(age), LIMITS.source_from, LIMITS.source_exponent)
    assert found == pytest.approx(left, abs=1e-4)


@pytest.mark.parametrize(("water", "left"), [(1, 1), (0.8, 1), (0.5, 0.5), (0.2, 0), (0.1, 0)])
def test_dry_soil_slows_fruit_and_stops_them(water, left):
    assert water_limit(water, LIMITS.water_full, LIMITS.water_stop) == pytest.approx(left)


def test_a_fruit_of_60_mm_shrinks_by_an_eighth_of_a_millimetre_a_day_in_parched_soil():
    found = [shrinkage(60.0, water, LIMITS.water_stop, LIMITS.shrinkage) for water in (0.1, 0.2, 0.9)]
    assert found == pytest.approx([0.12, 0, 0])


def drought(days, water=0.5, potential=0.4, spell=NONE):
    for _ in range(days):
        spell = after_day(spell, potential, potential * water_limit(water, 0.8, 0.2), water, LIMITS)
    return spell


def test_half_the_growth_lost_comes_back_at_15_percent_for_ten_days():
    spell = drought(20)
    assert lost_share(spell) == pytest.approx(0.5)
    factors = []
    for _ in range(12):
        factors.append(recovery_factor(lost_share(spell), 1.0, 90.0, LIMITS))
        spell = after_day(spell, 0.3, 0.3, 1.0, LIMITS)
    assert factors == pytest.approx([1.15] * 10 + [1, 1])


def test_recovery_waits_until_the_soil_is_moist_and_never_repairs_stress_before_june():
    lost = lost_share(drought(20))
    assert recovery_factor(lost, 0.85, 90.0, LIMITS) == 1
    assert recovery_factor(lost, 1.0, 30.0, LIMITS) == 1


def test_a_day_of_drizzle_between_does_not_end_a_dry_spell():
    spell = drought(10, spell=drought(1, water=0.85, spell=drought(10)))
    assert spell == pytest.approx(DrySpell(4.0, 8.0, 0.0))


@given(waters=st.lists(st.floats(0, 1), max_size=60), age=st.floats(0, 200))
def test_recovery_stays_between_nothing_and_30_percent(waters, age):
    spell = NONE
    for water in waters:
        assert 1 <= recovery_factor(lost_share(spell), water, age, LIMITS) <= 1.3
        spell = after_day(spell, 0.4, 0.4 * water_limit(water, 0.8, 0.2), water, LIMITS)


def test_light_of_a_dull_month_costs_sugar_within_bounds():
    found = [light_sugar(light, 0.6, 1.2, 0.15) for light in (0.2, 0.6, 1.0, 2.0)]
    assert found == pytest.approx([0.6**0.15, 0.6**0.15, 1, 1.2**0.15])


@pytest.mark.parametrize(("water", "factor"), [(1, 1), (0.9, 1.05), (0.7, 1.15), (0.6, 1.2), (0.0, 1.2)])
def test_mild_drought_sweetens_by_a_fifth_at_most(water, factor):
    assert water_sugar(water, SUGAR.water, SUGAR.water_highest) == pytest.approx(factor)


def test_a_light_crop_and_small_fruit_are_sweeter():
    usual = load_sugar(1.0, 78.0, 78.0, SUGAR.load, SUGAR.size_exponent)
    assert usual == 1
    light, heavy = (load_sugar(load, 78.0, 78.0, SUGAR.load, SUGAR.size_exponent) for load in (0.5, 2.0))
    assert (light, heavy) == pytest.approx((1 + 0.06 * math.log(2), 1 - 0.06 * math.log(2)))
    large, small = (load_sugar(1.0, size, 75.0, SUGAR.load, SUGAR.size_exponent) for size in (82.5, 65.0))
    assert (large, small) == pytest.approx(((75 / 82.5) ** 0.25, (75 / 65) ** 0.25))


@given(load=st.floats(0, 5), more=st.floats(0, 5), size=st.floats(1, 170), wider=st.floats(0, 50))
def test_more_or_larger_fruit_are_never_sweeter(load, more, size, wider):
    first = load_sugar(load, size, 78.0, SUGAR.load, SUGAR.size_exponent)
    assert 0 < load_sugar(load + more, size + wider, 78.0, SUGAR.load, SUGAR.size_exponent) <= first * (1 + 1e-12)


@pytest.mark.parametrize(("rain", "taken"), [(150, 0), (200, 0), (250, 0.1), (300, 0.2), (400, 0.4)])
def test_100_mm_of_rain_above_the_autumns_normal_take_a_fifth_of_a_degree(rain, taken):
    assert rain_dilution(float(rain), 200.0, SUGAR.rain) == pytest.approx(taken)
