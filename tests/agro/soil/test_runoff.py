import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.soil import runoff
from agro.soil.runoff import SteepGround

GENTLE = SteepGround(9.0, 0.0)
NUMBER, SLOPE, RAIN = st.floats(30, 95), st.floats(0, 1.4), st.floats(0, 250)


def test_a_storm_runs_off_as_in_the_handbook():
    assert runoff.storage(72.0) == pytest.approx(98.778, abs=1e-3)
    assert runoff.runoff(60.0, runoff.storage(72.0), 0.2) == pytest.approx(11.650, abs=1e-3)


def test_small_losses_need_their_own_curve_number():
    number = runoff.with_small_losses(72.0)
    assert number == pytest.approx(61.192, abs=1e-3)
    assert runoff.storage(number) == pytest.approx(161.087, abs=1e-2)
    assert runoff.runoff(60.0, runoff.storage(number), 0.05) == pytest.approx(12.666, abs=1e-3)


def test_a_slope_sheds_a_little_more():
    assert runoff.sloping(72.0, 0.30, GENTLE) == pytest.approx(72.814, abs=1e-3)
    assert runoff.sloping(72.0, 0.50, runoff.steep_ground()) == pytest.approx(77.0)
    assert runoff.sloping(72.0, 0.0, GENTLE) == 72.0


def test_wet_ground_sheds_more_than_dry():
    # by hand, 72: 72 / 1.35868 and 72 / 0.83956
    assert runoff.dry_curve_number(72.0) == pytest.approx(52.993, abs=1e-3)
    assert runoff.wet_curve_number(72.0) == pytest.approx(85.759, abs=1e-3)
    numbers = runoff.CurveNumbers(50.0, 80.0)
    # wet up to 4.5 mm, dry from 0.7 * 9 + 0.3 * 24 = 13.5 mm, half way at 9 mm
    found = [
        float(runoff.curve_number_today(numbers, depletion, 9.0, 24.0)) for depletion in (0.0, 4.5, 9.0, 13.5, 24.0)
    ]
    assert found == pytest.approx([80, 80, 65, 50, 50])


def test_orchards_on_purple_slopes_have_soil_of_group_c():
    assert runoff.orchard_curve_number("good") == 72
    assert [runoff.orchard_curve_number("poor", group) for group in "ABCD"] == [57, 73, 82, 86]
    with pytest.raises(ValueError, match="group is one of A, B, C, D"):
        runoff.orchard_curve_number("good", "E")
    assert 0 < runoff.terrace_retention() < 1


@given(number=NUMBER, slope=SLOPE, more=st.floats(0, 1), rain=RAIN)
def test_more_slope_never_sheds_less(number, slope, more, rain):
    steep = runoff.steep_ground()
    gentle, steeper = (runoff.curve_numbers(number, tilt, steep) for tilt in (slope, slope + more))
    for here, there in zip(gentle, steeper, strict=True):
        less, further = (runoff.runoff(rain, runoff.storage(n), 0.05) for n in (here, there))
        assert 0 <= less <= further * (1 + 1e-9) + 1e-9
        assert further <= rain


@given(number=NUMBER, rain=RAIN, more=st.floats(0, 50))
def test_more_rain_never_sheds_less_nor_leaves_less(number, rain, more):
    stored = runoff.storage(number)
    less, further = runoff.runoff(rain, stored, 0.05), runoff.runoff(rain + more, stored, 0.05)
    assert less <= further
    assert rain - less <= rain + more - further + 1e-9


def test_concrete_keeps_nothing():
    assert runoff.runoff(30.0, runoff.storage(100.0), 0.05) == pytest.approx(30)
    assert runoff.runoff(0.0, runoff.storage(100.0), 0.05) == 0
    assert np.all(np.isfinite(runoff.runoff(np.zeros(3), 0.0, 0.05)))
