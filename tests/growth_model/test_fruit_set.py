import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model import load, names
from growth_model.cultivar import HERE
from growth_model.damage import heat_dose
from growth_model.flush import Leaves
from growth_model.fruit import fruit_mass, grown_diameter
from growth_model.fruit_set import (
    DropStress,
    FruitDrop,
    Load,
    crop_load,
    fruit_left,
    full_crop,
    load_factor,
    natural_drop,
    susceptible_days,
)
from growth_model.induction import flowers

DROP = parameters.load(HERE / "bearing.toml", "fruit_drop", FruitDrop)
LOAD = parameters.load(HERE / "bearing.toml", "load", Load)
FULL_AREA = parameters.load(HERE / "bearing.toml", "leaves", Leaves).full_area
GROUPS = {name: load(name).crop for name in names()}
EASE, USUAL = DropStress(1.5, 0.0, 1.0), DropStress(0.74, 0.0, 1.0)
stresses = st.builds(DropStress, st.floats(0, 3), st.floats(0, 10), st.floats(0, 1))


def test_two_flowers_of_a_hundred_become_fruit_where_carbon_is_as_short_as_usual():
    assert natural_drop(0.0, 45.0, DROP) == pytest.approx(3.3)  # 15 x 0.11 + 30 x 0.055
    assert fruit_left(1000.0, 0.0, 45.0, EASE, DROP) == pytest.approx(1000 * math.exp(-3.3))
    assert fruit_left(1000.0, 0.0, 45.0, USUAL, DROP) == pytest.approx(20.2, abs=0.1)  # 3.3 x (1 + 0.7 x 0.26)


@pytest.mark.parametrize(
    ("age", "growth", "hazard"), [(0, 1, 0.11), (14, 2, 0.165), (20, 10, 0.55), (44, 2, 0.0555), (60, 100, 0.05)]
)
def test_drop_is_heaviest_in_flowers_and_ends_in_june(age, growth, hazard):
    assert natural_drop(float(age), float(growth), DROP) == pytest.approx(hazard)


@given(steps=st.lists(st.floats(0, 1), min_size=1, max_size=200), stress=stresses)
def test_fruit_never_increase_and_do_not_care_how_days_are_cut(steps, stress):
    age, fruit = 0.0, 800.0
    for growth in steps:
        after = fruit_left(fruit, age, growth, stress, DROP)
        assert 0 < after <= fruit
        age, fruit = age + growth, after
    assert fruit == pytest.approx(fruit_left(800.0, 0.0, sum(steps), stress, DROP), rel=1e-9)


@given(age=st.floats(0, 150), growth=st.floats(0.01, 1), stress=stresses, worse=st.floats(0, 1))
def test_want_of_carbon_or_water_and_heat_never_keep_fruit_on_the_tree(age, growth, stress, worse):
    harder = DropStress(stress.source_sink * (1 - worse), stress.heat + 5 * worse, stress.water * (1 - worse))
    assert fruit_left(10.0, age, growth, harder, DROP) <= fruit_left(10.0, age, growth, stress, DROP)


def test_a_day_of_stress_sheds_what_the_sum_by_hand_says():
    stress = DropStress(0.6, 4.0, 0.5)  # 0.055 x 1.28 + 0.02 x 4 + 0.05 x 0.5 = 0.1754
    assert fruit_left(100.0, 20.0, 1.0, stress, DROP) == pytest.approx(100 * math.exp(-0.1754))


def test_heat_counts_above_28_degrees_in_flowers_31_in_young_fruit_and_2_more_in_navels():
    found = [heat_dose(33.0, age, GROUPS[name].heat_drop) for name in ("satsuma", "navel") for age in (5.0, 30.0)]
    assert found == [5, 2, 3, 0]
    assert heat_dose(25.0, 5.0, GROUPS["satsuma"].heat_drop) == 0


def test_a_hot_dry_july_does_not_strip_a_tree():
    days, hot = 40, DropStress(1.0, 7.0, 0.3)
    assert susceptible_days(60.0, 1.0, DROP) == pytest.approx(0.02)
    assert fruit_left(100.0, 60.0, 0.7 * days, hot, DROP) > 85


def test_a_full_orchard_of_navels_bears_17_fruit_a_square_metre():
    assert full_crop(3.5, GROUPS["navel"].bearing.leaf_area_per_fruit) == pytest.approx(17.5)
    assert crop_load(35.0, 17.5) == 2
    assert crop_load(0.0, 0.0) == 0


def test_half_the_crop_makes_fruit_9_percent_wider_and_no_crop_makes_more_than_15():
    found = [load_factor(load, LOAD.exponent, LOAD.limit) for load in (0.5, 1.0, 0.0, 50.0)]
    assert found == pytest.approx([2**0.12, 1, 1.15, 0.85])


@given(load=st.floats(0, 5), more=st.floats(0, 5), age=st.floats(0, 160))
def test_more_fruit_on_a_tree_are_never_larger(load, more, age):
    light, heavy = (
        grown_diameter(6.9, 88.0 * load_factor(crop, LOAD.exponent, LOAD.limit), 0.0185, age)
        for crop in (load, load + more)
    )
    assert heavy <= light * (1 + 1e-12)


@pytest.mark.parametrize("name", GROUPS)
def test_a_full_orchard_with_the_usual_carbon_bears_what_good_blocks_bear(name):
    group, crop = GROUPS[name].bearing, GROUPS[name].fruit
    reference, load = full_crop(FULL_AREA, group.leaf_area_per_fruit), 1.0
    for _ in range(100):  # until the crop repeats itself
        bloom = flowers(group.flowers_max, 1.0, load, 1.0, 0.415)
        load = 0.5 * (load + crop_load(fruit_left(bloom, 0.0, 160.0, USUAL, DROP), reference))
    mass = fruit_mass(crop.diameter_final * load_factor(load, LOAD.exponent, LOAD.limit), crop.shape)
    assert 0.7 < load * reference * mass * 0.01 / 15 < 3.0  # t per mu; 4 would be an error
