import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model.cultivar import HERE
from growth_model.induction import Induction, chill_hour, drought_hours, flowers, induced_share

INDUCTION = parameters.load(HERE / "bearing.toml", "induction", Induction)
SUPPRESSION = INDUCTION.crop_suppression


@pytest.mark.parametrize(("temperature", "hours"), [(4.9, 0), (5.0, 1), (12.0, 1), (19.9, 1), (20.0, 0), (30.0, 0)])
def test_an_hour_chills_from_5_up_to_20_degrees(temperature, hours):
    assert chill_hour(temperature, INDUCTION.chill_lower, INDUCTION.chill_upper) == hours


@pytest.mark.parametrize(("potential", "hours"), [(-1.0, 0), (-2.2, 0), (-2.25, 24), (-3.5, 24)])
def test_a_day_of_drought_that_induces_limes_counts_as_24_hours(potential, hours):
    assert drought_hours(potential, INDUCTION.drought) == hours


def test_850_hours_induce_seven_buds_of_eight():
    assert induced_share(850.0, 0.0, INDUCTION.hours) == pytest.approx(0.865, abs=5e-4)


def test_a_winter_of_the_belt_induces_every_bud():
    assert induced_share(2880.0, 0.0, INDUCTION.hours) > 0.998  # hours with the normals of Wansheng to 28 February


def test_two_weeks_of_drought_induce_as_336_hours_of_chilling():
    drought = sum(drought_hours(-2.3, INDUCTION.drought) for _ in range(14))
    assert induced_share(0.0, drought, INDUCTION.hours) == induced_share(336.0, 0.0, INDUCTION.hours)


@given(most=st.floats(50, 2000), load=st.floats(0, 2), reserve=st.floats(0, 1.3))
def test_without_chilling_and_drought_no_tree_flowers(most, load, reserve):
    assert flowers(most, induced_share(0.0, 0.0, INDUCTION.hours), load, reserve, SUPPRESSION) == 0


def test_a_full_crop_takes_41_5_percent_of_the_flowers():
    assert flowers(600.0, 1.0, 1.0, 1.0, SUPPRESSION) == pytest.approx(600 * 0.585)
    assert flowers(600.0, 1.0, 0.5, 1.3, SUPPRESSION) == pytest.approx(600 * 0.7925 * 1.3)


@given(load=st.floats(0, 3), more=st.floats(0, 3), chill=st.floats(0, 3000), reserve=st.floats(0, 1.3))
def test_a_heavier_crop_is_never_followed_by_more_flowers(load, more, chill, reserve):
    induced = induced_share(chill, 0.0, INDUCTION.hours)
    light, heavy = (flowers(600.0, induced, crop, reserve, SUPPRESSION) for crop in (load, load + more))
    assert 0 <= heavy <= light


@given(chill=st.floats(0, 3000), more=st.floats(0, 3000))
def test_more_chilling_never_induces_fewer_buds(chill, more):
    assert 0 <= induced_share(chill, 0.0, 425.0) <= induced_share(chill + more, 0.0, 425.0) <= 1
