import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from pest_warning.skill import (
    Contingency,
    Prices,
    economic_value,
    paired_return,
    return_per_hectare,
    simulated_return,
)
from pest_warning.skill.value import efficacy

HAND = Contingency(30, 10, 20, 140)
PRICES = Prices(spray=40.0, loss=200.0)
COUNT = st.integers(1, 200)


def test_value_of_cost_and_loss_agrees_with_the_hand_vector(table):
    for row in table("pest_skill_value"):
        assert economic_value(HAND, row["cost_loss"]) == pytest.approx(row["value"], abs=0.006)


@given(came=COUNT, quiet=COUNT, ratio=st.floats(0.02, 0.98))
def test_a_perfect_forecast_is_worth_all_and_a_constant_one_nothing_or_less(came, quiet, ratio):
    assert economic_value(Contingency(came, 0, 0, quiet), ratio) == pytest.approx(1)
    always = economic_value(Contingency(came, 0, quiet, 0), ratio)
    never = economic_value(Contingency(0, came, 0, quiet), ratio)
    assert max(always, never) == pytest.approx(0, abs=1e-9)


@given(h=COUNT, m=COUNT, f=COUNT, c=COUNT)
def test_value_is_greatest_where_cost_over_loss_is_the_base_rate_and_is_then_the_peirce_skill(h, m, f, c):
    table = Contingency(h, m, f, c)
    assert economic_value(table, table.base_rate) == pytest.approx(table.pss, abs=1e-9)


def test_money_by_hand():
    # 200 pairs: 50 sprays of 40 and 10 misses of 200 cost 4000, 20 a mu; always 40, never 0.2 * 200 = 40
    found = return_per_hectare(HAND, PRICES).set_index("against")
    assert found.loc["always", "yuan_per_mu"] == pytest.approx(20)
    assert found.loc["never", "yuan_per_mu"] == pytest.approx(20)
    assert found.loc["climatology", "yuan_per_ha"] == pytest.approx(300)
    assert (found["kind"] == "simulated").all()
    assert found["enough"].all()
    dear = return_per_hectare(HAND, Prices(spray=10.0, loss=200.0)).set_index("against")
    # 50 * 10 + 10 * 200 = 2500, 12.5 a mu; always 10 is what the base rate says, never 40
    assert dear["yuan_per_mu"].tolist() == pytest.approx([-2.5, 27.5, -2.5])


@given(h=COUNT, m=COUNT, f=COUNT, c=COUNT, spray=st.floats(5, 95))
def test_money_and_value_tell_the_same(h, m, f, c, spray):
    table, prices = Contingency(h, m, f, c), Prices(spray, 100.0)
    saved = return_per_hectare(table, prices, n=50).set_index("against").loc["climatology", "yuan_per_mu"]
    s, a = table.base_rate, spray / 100
    perfect = 100 * (min(a, s) - s * a)
    assert saved == pytest.approx(economic_value(table, a) * perfect, abs=1e-9)


def test_the_interval_of_money_over_pairs_is_that_of_its_mean():
    found = return_per_hectare(HAND, PRICES, n=4000).set_index("against").loc["always"]
    gain = np.repeat([0.0, 40 - 200, 0.0, 40.0], [30, 10, 20, 140])
    width = 2 * 1.645 * gain.std() / np.sqrt(200)
    assert found["yuan_per_mu_high"] - found["yuan_per_mu_low"] == pytest.approx(width, rel=0.07)


def test_money_over_years_needs_years():
    years = Contingency(*(np.array([each, 2 * each]) for each in (3, 1, 2, 14)))
    found, one = (return_per_hectare(table, PRICES) for table in (years, Contingency(*np.array([[3], [1], [2], [14]]))))
    assert found["yuan_per_mu"].tolist() == pytest.approx([20, 20, 20])
    assert found["yuan_per_mu_low"].tolist() == pytest.approx([20, 20, 20])  # both years alike
    assert one["yuan_per_mu"].tolist() == pytest.approx([20, 20, 20])
    assert one[["yuan_per_mu_low", "yuan_per_mu_high"]].isna().all(axis=None)


def test_fewer_than_20_pairs_are_marked_and_none_have_no_return():
    assert not return_per_hectare(Contingency(5, 5, 5, 4), PRICES)["enough"].any()
    nothing = return_per_hectare(Contingency(0, 0, 0, 0), PRICES)
    assert nothing[["yuan_per_mu", "yuan_per_mu_low"]].isna().all(axis=None)


def test_paired_plots_by_hand():
    ours, standard = [110.0, 95.0, 130.0, np.nan], [100.0, 100.0, 100.0, 100.0]
    found = paired_return(ours, standard, observed=True)
    assert (found["kind"], found["n"], found["enough"]) == ("observed", 3, False)
    assert found["yuan_per_mu"] == pytest.approx(35 / 3)
    assert found["yuan_per_ha"] == pytest.approx(175)
    assert found["share_positive"] == pytest.approx(2 / 3)
    assert found["quartiles"] == pytest.approx((2.5, 10, 20))
    assert -5 <= found["yuan_per_mu_low"] < 35 / 3 < found["yuan_per_mu_high"] <= 30
    one_year = paired_return(ours, standard, observed=True, blocks=[2024] * 4)
    assert np.isnan(one_year["yuan_per_mu_low"])


def test_efficacy_is_spread_as_the_16_citrus_trials_were():
    # pests specification 5.1, from KenSyn: mean 0.833, median 0.926
    drawn = efficacy(200_000, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(0.833, abs=0.003)
    assert np.median(drawn) == pytest.approx(0.926, abs=0.02)


def test_simulated_returns_are_marked_and_nothing_is_gained_where_risk_is_sure():
    sure = simulated_return(np.ones(50), PRICES, n=100)
    assert (sure["kind"], sure["yuan_per_mu"]) == ("simulated", 0)  # both spray
    quiet = simulated_return(np.zeros(50), PRICES, n=100)
    assert quiet["yuan_per_mu"] == PRICES.spray  # every spray is saved
    mixed = simulated_return(np.tile([0.9, 0.02], 2000), PRICES, "never", n=100)
    # half the plots gain 0.9 * 200 * 0.834 - 40
    assert mixed["yuan_per_mu"] == pytest.approx((0.9 * 200 * 0.834 - 40) / 2, abs=3)
    with pytest.raises(ValueError, match="always"):
        simulated_return([0.5], PRICES, "calendar")


@pytest.mark.parametrize(("spray", "loss"), [(0, 10), (10, -1), (float("nan"), 10)])
def test_prices_need_to_be_positive(spray, loss):
    with pytest.raises(InputError, match="positive") as error:
        Prices(spray, loss)
    assert "价格" in error.value.zh
