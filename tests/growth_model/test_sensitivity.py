"""Signs that the model promises to people who change one thing; sizes are in docs/growth-season.md."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from growth_model import load, names, place_rows, run, works
from growth_model.crop import PARAMETERS
from growth_model.place import Weather

FIRST = "2022-11-01"
DAYS = 420
RAIN, LIGHT, RADIATION = (Weather._fields.index(name) for name in ("rain", "light", "radiation"))
keys, seeds = st.sampled_from(names()), st.integers(0, 10_000)
chosen = settings(max_examples=10)


def grow(weather, row, done=None):
    """Return a season of one group in each cell of `weather` and under each plan of `done`."""
    plan = None if done is None else np.arange(len(done))
    cell = None if done is None else [0]
    return run(weather, place_rows(), row[None, None], FIRST, 30.5, cell=cell, works=done, plan=plan, dtype=np.float64)


def plans(tended, **deeds):
    """Return two plans, an ordinary one and one with more: lists of (day, amount) by deed."""
    usual, more = tended(DAYS)[0], tended(DAYS)[0]
    for name, days in deeds.items():
        for day, amount in days:
            more[day, works.FIELDS.index(name)] += amount
    return np.stack([usual, more])


@chosen
@given(seed=seeds, key=keys, share=st.floats(0, 0.95))
def test_where_load_and_food_are_alike_a_drier_year_never_makes_a_fruit_larger(chance, neutral, seed, key, share):
    # load and carbon have no hold here: a dry year that sheds fruit makes those that stay larger
    row = neutral(key)
    usual = load(key).row
    for name in ("fruit_limits.water_stop", "fruit_limits.water_full"):
        row[parameter(name)] = usual[parameter(name)]
    weather = np.repeat(chance(FIRST, DAYS, sites=1, seed=seed), 2, axis=0)
    weather[1, ..., RAIN] *= share
    diameter = grow(weather, row)["diameter"][:, 0]
    assert not np.any(diameter[1] > diameter[0] + 1e-9)


def parameter(name):
    return PARAMETERS.index(name)


@chosen
@given(seed=seeds, key=keys, share=st.floats(0, 0.95))
def test_a_drier_year_never_leaves_more_water_in_the_soil(chance, seed, key, share):
    weather = np.repeat(chance(FIRST, DAYS, sites=1, seed=seed), 2, axis=0)
    weather[1, ..., RAIN] *= share
    depletion = grow(weather, load(key).row)["root_depletion"][:, 0]
    assert depletion[1, -1] >= depletion[0, -1] - 1e-6
    assert depletion[1].mean() >= depletion[0].mean()


@chosen
@given(seed=seeds, key=keys, day=st.integers(180, 330), amount=st.floats(5, 60))
def test_watering_never_adds_to_the_water_stress_of_a_season(chance, tended, seed, key, day, amount):
    # a single later day may be drier: moist trees drink more, and from deeper layers less
    done = plans(tended, irrigation=[(day, amount)])
    stress = grow(chance(FIRST, DAYS, sites=1, seed=seed, wetness=0.4), load(key).row, done)["water_stress"][:, 0]
    assert stress[1, day + 1] >= stress[0, day + 1] - 1e-9
    assert stress[1].sum() >= stress[0].sum() - 1e-9


@chosen
@given(seed=seeds, key=keys, share=st.floats(0.1, 0.6))
def test_thinning_leaves_fewer_and_larger_fruit(chance, tended, seed, key, share):
    season = grow(chance(FIRST, DAYS, sites=1, seed=seed), load(key).row, plans(tended, thinning=[(240, share)]))
    number, diameter = season["fruit_number"][:, 0], season["diameter"][:, 0]
    assert number[1, 241] < number[0, 241]
    assert diameter[1, 400] >= diameter[0, 400] - 1e-9


@chosen
@given(seed=seeds, key=keys, share=st.floats(0.1, 0.9), day=st.integers(0, 300))
def test_a_net_takes_assimilation_on_every_day_it_hangs(chance, tended, seed, key, share, day):
    done = plans(tended, shade=[(day, share)])
    gain = grow(chance(FIRST, DAYS, sites=1, seed=seed), load(key).row, done)["assimilation"][:, 0]
    np.testing.assert_array_equal(gain[0, :day], gain[1, :day])
    assert gain[1, day] < gain[0, day]


@chosen
@given(seed=seeds, key=keys, amount=st.floats(10, 300), day=st.integers(60, 300))
def test_nitrogen_given_is_found_in_leaves_and_never_costs_them_any(chance, tended, seed, key, amount, day):
    season = grow(chance(FIRST, DAYS, sites=1, seed=seed), load(key).row, plans(tended, nitrogen=[(day, amount)]))
    nitrogen = season["leaf_n"][:, 0]
    assert np.all(nitrogen[1] >= nitrogen[0] - 0.005)  # a richer tree grows more tissue to share it
    assert nitrogen[1].sum() >= nitrogen[0].sum()


@chosen
@given(seed=seeds, key=keys, share=st.floats(0.4, 0.95))
def test_a_darker_year_makes_less_carbon_and_at_the_same_crop_less_sugar(chance, neutral, seed, key, share):
    weather = np.repeat(chance(FIRST, DAYS, sites=1, seed=seed), 2, axis=0)
    weather[1, ..., [LIGHT, RADIATION]] *= share
    season = grow(weather, neutral(key))
    assert season["assimilation"][1, 0].sum() < season["assimilation"][0, 0].sum()
    assert not np.any(season["tss"][1, 0] > season["tss"][0, 0] + 1e-9)


def test_a_heavier_crop_has_smaller_fruit(chance, tended):
    weather = chance(FIRST, DAYS, sites=1)
    rows = np.stack([load("navel").row] * 3)
    rows[:, parameter("bearing.flowers_max")] *= [0.5, 1.0, 1.5]
    season = run(weather, place_rows(), rows[:, None], FIRST, 30.5, cell=[0], works=tended(DAYS), dtype=np.float64)
    assert np.all(np.diff(season["load"][:, 0, 300]) > 0)
    assert np.all(np.diff(season["diameter"][:, 0, 400]) < 0)


def test_murcott_in_an_on_year_is_short_of_carbon_only_once_its_fruit_weigh_some_twenty_grams(climate, tended):
    # Bustan, Goldschmidt, Erner: limited by the sink for about three months, by the source thereafter
    row = load("w_murcott").row
    row[parameter("bearing.flowers_max")] *= 2.8  # twice a full crop
    season = grow(climate(FIRST, DAYS), row, tended(DAYS, irrigation=15.0, nitrogen=0.8))
    load_, mass, supply = (season[name][0, 0] for name in ("load", "fruit_mass", "source_sink"))
    settled = season["physiological_days"][0, 0] > 45
    week = np.convolve(supply, np.ones(7) / 7, "same")
    assert load_[settled][0] > 2
    short = np.argmax(settled & (week < 1))
    assert 12 < mass[short] < 30
    assert np.all(week[settled & (mass < 12)] > 1)


@pytest.mark.parametrize("key", ["navel", "ponkan"])
def test_a_warmer_winter_blooms_earlier(chance, key):
    weather = np.repeat(chance(FIRST, 280, sites=1), 2, axis=0)
    weather[1, :, :120, :3] += 2.0
    bloom = grow(weather, load(key).row).dates[:, 0, 0, 13]
    assert bloom[1] < bloom[0]
