"""Organisms as rows of numbers: which row is whose, and what draws may and may not change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from pest_warning import draws, models, organism
from pest_warning.dispersal import Splash, WindRain
from pest_warning.hourly import Model
from pest_warning.infection_response import Magarey, Penetration
from pest_warning.rates import GRID

INFECTING = tuple(organism.of_engine("infection"))
KEYS = [one.key for one in INFECTING]
RESPONSE = {"magarey": Magarey, "penetration": Penetration}
DISPERSAL = {"splash": Splash, "wind_rain": WindRain}


def test_each_organism_has_its_own_values_first_and_then_its_draws():
    table = models.table(list(INFECTING), draws=3)
    for key in KEYS:
        assert table.draw[table.of(key)].tolist() == [0, 1, 2, 3]
    plain = models.table(list(INFECTING))
    first = table.draw == 0
    np.testing.assert_array_equal(table.responses[first], plain.responses)
    np.testing.assert_array_equal(table.rows[first], plain.rows)


def test_odd_draws_take_the_other_wetness():
    column = Model._fields.index("by_cart")
    for wetness, expected in (("humidity", [0, 1, 0, 1]), ("cart", [1, 0, 1, 0])):
        assert models.table([organism.load("melanose")], 3, wetness).rows[:, column].tolist() == expected


@pytest.mark.parametrize("one", INFECTING, ids=KEYS)
def test_a_response_peaks_at_its_best_temperature_and_ends_at_its_limits(one):
    response = models.table([one]).responses[0]
    numbers = one.parameters("infection", RESPONSE[one.model["response"]])
    inside = (numbers.tmin < GRID) & (numbers.tmax > GRID)
    edge = np.isclose(GRID, numbers.tmin) | np.isclose(GRID, numbers.tmax)
    assert (response[~inside & ~edge] == 0).all()
    assert (response[inside & ~edge] > 0).all()
    assert GRID[response.argmax()] == pytest.approx(numbers.topt, abs=0.051)
    best = 1.0 if one.model["response"] == "penetration" else 1.0 / numbers.wmin
    assert response.max() == pytest.approx(best, rel=2e-3)


@pytest.mark.parametrize("one", INFECTING, ids=KEYS)
def test_draws_of_a_response_keep_within_one_and_peak_within_the_bounds_of_the_best_temperature(one):
    bounds = parameters.section(one.path, "infection")["topt"]
    for response in models.table([one], draws=20).responses[1:]:
        assert bounds.low - 0.06 <= GRID[response.argmax()] <= bounds.high + 0.06
        assert response.max() <= 1.0 + 1e-9


@pytest.mark.parametrize("one", INFECTING, ids=KEYS)
@given(count=st.integers(1, 30), seed=st.integers(0, 5))
def test_draws_lie_within_the_bounds_and_fill_them_evenly(one, count, seed):
    kind = RESPONSE[one.model["response"]]
    found, rows = parameters.section(one.path, "infection"), draws.drawn(one, "infection", kind, count, seed)
    assert rows[0] == one.parameters("infection", kind)
    for name in kind._fields:
        low, high = found[name].low, found[name].high
        values = np.array([getattr(row, name) for row in rows[1:]])
        if low is None:
            assert (values == found[name].value).all()
        else:  # one in each of `count` equal parts: a Latin hypercube
            assert sorted(np.floor((values - low) / (high - low) * count)) == list(range(count))


def test_numbers_without_a_width_are_not_drawn():
    assert len(set(draws.drawn(organism.load("canker"), "dispersal", WindRain, 5))) == 6
    widths = parameters.section(organism.load("canker").path, "dispersal")
    assert widths["reference"].low is None
    assert {row.reference for row in draws.drawn(organism.load("canker"), "dispersal", WindRain, 5)} == {8.0}


def test_without_an_organism_that_is_blown_nothing_is_driven():
    assert (models.driven(None, np.array([0.0, 20.0])) == 0).all()


@given(gust=st.floats(0, 40), more=st.floats(0, 10))
def test_a_stronger_gust_never_carries_less(gust, more):
    low, high = models.driven(organism.load("canker"), np.array([gust, gust + more]), 0.6)
    assert 0 < low <= high


def test_wind_in_rain_carries_what_was_measured_between_calm_and_a_storm():
    # Bock, Parker and Gottwald 2004: 6,168 bacteria in calm air and 320,700 at 15 m/s; the boost comes on top
    calm, storm = models.driven(organism.load("canker"), np.array([0.0, 15.0]))
    assert storm / calm == pytest.approx(320_700 / 6_168 * 5.0, rel=0.01)
