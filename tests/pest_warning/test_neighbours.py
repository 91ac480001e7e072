"""What confirmed places around send over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pest_warning import neighbours

METRES = st.floats(-5000, 5000)


def at(distance, strength=1.0, near=500.0):
    return neighbours.pressure([distance], [0.0], [0.0], [0.0], [strength], near)[0]


def test_nothing_found_presses_on_nobody():
    assert (neighbours.pressure([0.0, 1.0], [0.0, 1.0], [], [], [], 500.0) == 0).all()


def test_pressure_falls_to_a_third_over_its_distance_and_ends_at_five_times_as_far():
    assert at(0.0) == 1.0
    assert at(500.0) == pytest.approx(0.3679, abs=1e-4)
    assert at(2500.0) > 0
    assert at(2501.0) == 0


@given(near=st.floats(10, 5000), distance=st.floats(0, 30_000), further=st.floats(0, 5000), strength=st.floats(0, 1))
def test_a_find_further_off_never_presses_more(near, distance, further, strength):
    assert 0 <= at(distance + further, strength, near) <= at(distance, strength, near) <= strength


@given(st.lists(st.tuples(METRES, METRES, st.floats(0, 1)), max_size=8), METRES, METRES)
def test_one_more_find_never_lowers_the_pressure(finds, x, y):
    finds = [*finds, (x, y, 0.7)]
    columns = np.array(finds).T
    fewer, all_of_them = (
        neighbours.pressure([0.0, 300.0], [0.0, -50.0], *columns[:, :count], 500.0) for count in (-1, len(finds))
    )
    assert (all_of_them >= fewer - 1e-12).all()
    assert ((all_of_them >= 0) & (all_of_them <= 1)).all()


def test_two_halves_make_three_quarters():
    assert neighbours.pressure([0.0], [0.0], [0.0, 0.0], [0.0, 0.0], [0.5, 0.5], 500.0)[0] == pytest.approx(0.75)


@given(st.integers(1, 7))
def test_places_are_the_same_in_any_chunks(chunk):
    rng = np.random.default_rng(1)
    x, y, fx, fy = rng.uniform(0, 2000, 11), rng.uniform(0, 2000, 11), rng.uniform(0, 2000, 5), rng.uniform(0, 2000, 5)
    whole = neighbours.pressure(x, y, fx, fy, np.ones(5), 500.0)
    np.testing.assert_array_equal(neighbours.pressure(x, y, fx, fy, np.ones(5), 500.0, chunk=chunk), whole)
