import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth_model import delay

days = st.lists(st.floats(0, 400), min_size=8, max_size=8)


@given(days)
def test_the_shares_of_the_causes_sum_to_the_whole_delay(values):
    dates = dict(zip(delay.variants(), values, strict=True))
    whole = dates[frozenset(delay.CAUSES)] - dates[frozenset()]
    assert sum(delay.shapley(dates).values()) == pytest.approx(whole, abs=1e-9)


@given(days)
def test_a_cause_that_changes_nothing_has_no_share(values):
    dates = dict(zip(delay.variants(), values, strict=True))
    blind = {own: dates[own - {"cold"}] for own in dates}
    assert delay.shapley(blind)["cold"] == pytest.approx(0, abs=1e-9)


def test_a_joint_effect_is_halved_between_two_causes_by_hand():
    # elevation alone 10 d, sun alone 2 d, both 16 d; cold nothing: 10 + 2, (16 - 2) + (16 - 10) -> 12 and 4
    alone = {"elevation": 10.0, "sun": 2.0}
    dates = {}
    for own in delay.variants():
        kept = own - {"cold"}
        dates[own] = 16.0 if len(kept) == 2 else sum(alone[cause] for cause in kept)
    assert delay.shapley(dates) == pytest.approx({"elevation": 12.0, "sun": 4.0, "cold": 0.0})
