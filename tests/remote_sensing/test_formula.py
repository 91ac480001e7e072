"""Formulas as data: what the grammar reads, and what it refuses."""

import numpy as np
import pytest

from agro.errors import ParameterError
from remote_sensing.formula import LONGEST, parsed, value

NAMES = ("a", "b", "c")
BANDS = {"a": np.array([3.0, 0.5]), "b": np.array([2.0, 4.0]), "c": np.array([0.0, -1.5])}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b - 1", [0.0, -4.5]),
        ("a - (b - 1)", [2.0, -2.5]),
        ("a / b / 2", [0.75, 0.0625]),
        ("a + b * 2 ^ 2", [11.0, 16.5]),
        ("-a ^ 2", [-9.0, -0.25]),
        ("(-a) ^ 2", [9.0, 0.25]),
        ("b ^ -1", [0.5, 0.25]),
        ("2 ^ 3 ^ 2", [512.0, 512.0]),  # powers bind to the right
        ("--a", [3.0, 0.5]),
        ("1.5e1 * .5", [7.5, 7.5]),
        ("sqrt(b * 8)", [4.0, np.sqrt(32)]),
        ("abs(c) + min(a, b) - max(a, b)", [-1.0, -2.0]),
    ],
)
def test_arithmetic_is_read_as_it_is_written_on_paper(text, expected):
    np.testing.assert_allclose(np.broadcast_to(value(parsed(text, NAMES), BANDS), 2), expected, rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a > b", [True, False]), ("a >= 3", [True, False]), ("b < 3", [True, False]), ("c <= -1.5", [False, True])],
)
def test_a_condition_is_one_comparison(text, expected):
    np.testing.assert_array_equal(value(parsed(text, NAMES, condition=True), BANDS), expected)


def test_steps_come_in_postfix_order_and_names_in_order_of_use():
    formula = parsed("(b - a) / (b + a)", NAMES)
    assert formula.steps == ("b", "a", "-", "b", "a", "+", "/")
    assert formula.names == ("b", "a")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a +", "the end"),
        ("a b", "'b' is not expected"),
        ("(a + b", r"'\)' is needed"),
        ("min(a)", "',' is needed"),
        ("d + a", "'d' is no number and no band; known: a, b, c"),
        ("a.__class__", "no formula has"),
        ("__import__('os')", "__import__"),
        ("exp(a)", "'exp' is no number"),
        ("a ** 2", r"'\*'"),
        ("a = 2", "no formula has"),
        ("", "the end"),
        ("a > b", "'>' is not expected"),
        ("(" * 60 + "a" + ")" * 60, "too many brackets"),
        ("2 ^ " * 60 + "a", "exponents"),
        ("a + " * LONGEST + "a", "longer than"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, what):
    with pytest.raises(ParameterError, match=what) as caught:
        parsed(text, NAMES)
    assert "公式" in caught.value.zh


@pytest.mark.parametrize("text", ["a + b", "a > b > c", "a >"])
def test_a_condition_needs_exactly_one_comparison(text):
    with pytest.raises(ParameterError):
        parsed(text, NAMES, condition=True)


def test_division_by_zero_gives_no_error():
    assert np.isinf(value(parsed("a / c", NAMES), BANDS)[0])
