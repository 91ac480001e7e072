import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.soil import crop_coefficient
from agro.soil.crop_coefficient import Basal, Climate

DRY = Climate(0.0, 0.2)
SHARE = st.floats(0, 1)


def test_cover_and_sward_give_the_coefficients_of_fao56(table):
    for row in table("soil_citrus_coefficients"):
        found = crop_coefficient.basal_coefficients(row["cover"], row["sward"], climate=DRY)
        assert found[:3] == pytest.approx((row["initial"], row["middle"], row["end"]))
        assert found.height_factor == pytest.approx((row["height"] / 3) ** 0.3)


def test_a_humid_climate_adds_a_tenth_to_grown_trees_and_nothing_to_bare_ground():
    assert crop_coefficient.basal_coefficients(0.5).middle == pytest.approx(0.65)
    assert crop_coefficient.basal_coefficients(0.1).middle == pytest.approx(0.275 + 0.05)
    assert crop_coefficient.basal_coefficients(0.0).middle == pytest.approx(0.15)


def test_many_orchards_are_looked_up_at_once():
    found = crop_coefficient.basal_coefficients(np.array([0.2, 0.6]), np.array([0.0, 1.0]), climate=DRY)
    np.testing.assert_allclose(found.middle, [0.40, 0.725])
    np.testing.assert_allclose(crop_coefficient.basal_coefficients(0.5, height=[3.0, 2.0]).height_factor[0], 1.0)


def test_wind_and_dry_air_raise_the_coefficients():
    # FAO-56 eq. 70 and 72: humid and still at 62 %, 1.2 m/s: -0.032 - 0.068
    humid = crop_coefficient.weather_term(1.2, 62.0, 1.0)
    assert crop_coefficient.highest_coefficient(0.6, humid) == pytest.approx(1.100)
    assert crop_coefficient.highest_coefficient(0.65, crop_coefficient.weather_term(1.0, 52.0, 1.0)) == pytest.approx(
        1.132
    )
    assert crop_coefficient.highest_coefficient(1.3, humid) == pytest.approx(1.35)
    assert crop_coefficient.weather_term(0.0, 100.0, 1.0) == crop_coefficient.weather_term(1.0, 80.0, 1.0)


def test_the_coefficient_moves_through_the_year():
    basal, stages = Basal(0.60, 0.50, 0.70, 1.0), crop_coefficient.stages()
    days = np.array([1.0, 59.0, 105.5, 152.0, 273.0, 319.0, 365.0])
    found = crop_coefficient.basal_coefficient(days, basal, stages, 0.0)
    np.testing.assert_allclose(found, [0.60, 0.60, 0.55, 0.50, 0.50, 0.60, 0.70])
    windy = crop_coefficient.basal_coefficient(days, basal, stages, 0.1)
    np.testing.assert_allclose(windy - found, [0, 0, 0.05, 0.1, 0.1, 0.1, 0.1])  # from FAO-56's mid season on
    sparse = Basal(0.3, 0.3, 0.3, 1.0)
    np.testing.assert_allclose(crop_coefficient.basal_coefficient(days, sparse, stages, 0.1), 0.3)  # not up to 0.45


@given(cover=SHARE, more=SHARE)
def test_a_closer_canopy_over_bare_ground_never_uses_less(cover, more):
    open_, closed = (crop_coefficient.basal_coefficients(share) for share in (cover, min(1, cover + more)))
    assert all(a <= b + 1e-12 for a, b in zip(open_, closed, strict=True))


@given(cover=SHARE, sward=SHARE, more=SHARE)
def test_grass_between_the_rows_never_saves_water(cover, sward, more):
    less, grown = (crop_coefficient.basal_coefficients(cover, share) for share in (sward, min(1, sward + more)))
    assert all(a <= b + 1e-12 for a, b in zip(less, grown, strict=True))
