from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import growth_model
from agro import parameters
from growth_model.respiration import (
    GrowthCost,
    Maintenance,
    Organs,
    carbohydrate,
    growth_respiration,
    maintenance,
    new_tissue,
    q10_response,
    total,
)

FILE = Path(growth_model.__file__).with_name("photosynthesis.toml")
RATES = parameters.load(FILE, "maintenance", Maintenance)
COST = parameters.load(FILE, "growth_cost", GrowthCost)
# leaf area 3.5 at 120 g m-2, 3.5 kg m-2 of wood and roots of which fine roots and twigs a small part, 600 g of fruit
MATURE = Organs(420.0, 150.0, 2330.0, 920.0, 100.0, 600.0)


def burnt(temperature, night=0.5, young=0.0, organs=MATURE):
    warm, warm_leaf = q10_response(temperature, RATES.q10), q10_response(temperature, RATES.q10_leaf)
    return total(maintenance(organs, RATES, warm, night * warm_leaf, young))


def test_a_mature_orchard_burns_13_g_of_carbohydrate_on_a_day_at_25_degc():
    assert burnt(25.0) == pytest.approx(13, rel=0.05)


def test_a_mature_orchard_burns_1180_g_of_carbon_in_a_year_of_the_gorges(table):
    rows = table("growth_normals_wansheng")
    at, mean = (np.array([row[name] for row in rows]) for name in ("day_of_year", "tmean"))
    days = np.interp(np.arange(1, 366), np.r_[at[-1] - 365, at, at[0] + 365], np.r_[mean[-1], mean, mean[0]])
    # fruit fills from bloom on 18 April to harvest on 28 November
    fruit = np.interp(np.arange(1, 366), [108, 332, 332.001], [0.0, MATURE.fruit, 0.0])
    assert 0.4 * burnt(days, organs=MATURE._replace(fruit=fruit)).sum() == pytest.approx(1180, rel=0.1)


@pytest.mark.parametrize(("q10", "temperature", "response"), [(2.0, 35.0, 2.0), (2.0, 5.0, 0.25), (1.5, 25.0, 1.0)])
def test_ten_degrees_change_upkeep_by_the_q10(q10, temperature, response):
    assert q10_response(temperature, q10) == pytest.approx(response)


def test_upkeep_of_leaves_is_their_dark_respiration():
    # 0.75 umol m-2 s-1 for a day, on leaves of 120 g m-2
    assert 24 * carbohydrate(0.75) / 120 == pytest.approx(RATES.leaf, rel=0.02)


@given(supply=st.floats(0, 80), organ=st.sampled_from(["leaf", "wood", "root", "fruit"]))
def test_carbon_supplied_is_carbon_built_in_and_burnt(supply, organ):
    cost = getattr(COST, organ)
    grown = new_tissue(supply, cost)
    burnt_ = growth_respiration(grown, cost, COST.held)
    assert burnt_ >= 0
    assert 0.45 * grown + 0.4 * burnt_ == pytest.approx(0.4 * supply, abs=1e-12)


@given(cool=st.floats(-5, 35), warmer=st.floats(0, 10), young=st.floats(0, 1))
def test_warm_days_and_young_fruit_cost_more(cool, warmer, young):
    assert burnt(cool + warmer, young=young) >= burnt(cool, young=young) >= burnt(cool)
