"""What acting is worth at a probability that somebody sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from pest_warning.advice.scenario import scenario


def test_acting_gains_probability_times_loss_less_cost():
    made = scenario(0.25, 1000.0, 100.0)  # by hand: 250 saved, 150 net, pays from 1 in 10
    assert (made.saved, made.gain, made.break_even) == (250.0, 150.0, 0.1)
    assert "+150" in made.words.zh
    assert "no forecast" in made.words.en


@pytest.mark.parametrize(("cost", "expected"), [(50.0, 1.0), (50.1, None), (0.0, 0.0)])
def test_a_cost_above_the_loss_never_pays(cost, expected):
    assert scenario(0.5, 50.0, cost).break_even == expected


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_a_probability_lies_between_0_and_1(probability):
    with pytest.raises(InputError, match="probability"):
        scenario(probability, 100.0, 10.0)


@pytest.mark.parametrize(("loss", "cost"), [(-1.0, 1.0), (1.0, -1.0), (float("inf"), 1.0)])
def test_amounts_are_numbers_that_are_not_negative(loss, cost):
    with pytest.raises(InputError, match="loss and cost"):
        scenario(0.5, loss, cost)


@given(probability=st.floats(0, 1), loss=st.floats(1, 1e5), cost=st.floats(0, 1e5))
def test_acting_pays_exactly_from_the_break_even_on(probability, loss, cost):
    made = scenario(probability, loss, cost)
    if made.break_even is None:
        assert made.gain <= 0
    elif abs(probability - made.break_even) > 1e-9:
        assert (made.gain > 0) == (probability > made.break_even)
