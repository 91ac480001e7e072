"""What a reading is worth and when a number is held: against the specification's own table."""

from datetime import date

import numpy as np
import pytest

from agro.errors import NotFoundError
from growth_model.calibration.errors import fixed_now, kind, kinds, observation_sd, taper
from growth_model.crop import PARAMETERS


def test_a_reading_errs_as_the_table_says(table):
    rows = table("calibration_errors")
    assert {row["kind"] for row in rows} == set(kinds())
    for row in rows:
        sd = observation_sd(row["kind"], row["n"], row["value"], bool(row["sharp"]))
        assert sd == pytest.approx(row["expected"], abs=1e-6), row


def test_many_readings_get_their_errors_at_once():
    np.testing.assert_allclose(observation_sd("fruit_diameter", np.array([1, 25])), [5.008992, 1.044031], atol=1e-6)
    np.testing.assert_allclose(observation_sd("bloom_date", sharp=np.array([True, False])), [3, 6])
    np.testing.assert_allclose(observation_sd("yield", value=np.array([20.0, 40.0])), [3, 6])


@pytest.mark.parametrize("name", ["bloom_date", "fruit_diameter", "brix", "acid", "colour_break_date"])
def test_readings_of_fruit_move_numbers_that_a_crop_has(name):
    assert set(kind(name).informs) <= set(PARAMETERS)


def test_each_parameter_is_moved_by_its_own_readings_only():
    names = ("bloom.requirement", "fruit.growth", "sugar.limit", "acid.rate", "colour.night")
    readings = ("bloom_date", "fruit_diameter", "brix", "acid", "colour_break_date")
    np.testing.assert_array_equal(taper(names, readings), np.eye(5))


@pytest.mark.parametrize(
    ("day", "size", "acid_days", "held"),
    [
        (date(2025, 6, 1), 0.3, 0, ("fruit.growth", "sugar.rate", "acid.rate")),
        (date(2025, 9, 1), 0.6, 1, ("sugar.rate", "acid.rate")),
        (date(2025, 10, 31), 0.9, 2, ("sugar.rate",)),
        (date(2025, 11, 1), 0.9, 2, ()),
        (date(2026, 2, 1), 1.0, 2, ()),  # late oranges, read in the year after bloom
        (date(2025, 12, 1), float("nan"), 2, ("fruit.growth",)),  # no diameter read
    ],
)
def test_what_cannot_be_told_apart_yet_is_held(day, size, acid_days, held):
    assert fixed_now(day, 2025, size, {"acid": acid_days}) == held


def test_an_unknown_kind_is_named_with_those_that_are_known():
    with pytest.raises(NotFoundError, match="no kind of reading 'sap'; known: bloom_date"):
        kind("sap")
