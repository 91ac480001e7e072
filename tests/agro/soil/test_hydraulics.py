import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.numeric import FAST, kernel
from agro.soil import hydraulics
from agro.soil.hydraulics import Retention

SAND, CLAY, MATTER = st.floats(0.05, 0.6), st.floats(0.05, 0.38), st.floats(0.3, 5)


def test_texture_gives_the_water_of_saxton_and_rawls(table):
    for row in table("soil_saxton_rawls"):
        held = hydraulics.retention(row["sand"] / 100, row["clay"] / 100, 2.5, 1.0)
        assert 100 * held.wilting_point == pytest.approx(row["wilting_point"], abs=0.01)
        assert 100 * held.field_capacity == pytest.approx(row["field_capacity"], abs=0.01)
        assert 100 * held.saturation == pytest.approx(row["saturation"], abs=0.01)
        # the table prints two decimals: 1.14 is known to half a per cent
        assert hydraulics.conductivity(held) == pytest.approx(row["conductivity"], rel=1e-3, abs=0.0051)


def test_a_loamy_sand_agrees_with_an_independent_program():
    # 85 % sand, 4 % clay, 2.08 % organic matter: SWCharEst, conductivity in cm/s
    held = hydraulics.retention(0.85, 0.04, 2.08, 1.0)
    assert held == pytest.approx((0.0400, 0.09785, 0.4545), rel=1e-3)
    assert hydraulics.conductivity(held) / 36000 == pytest.approx(0.003096, rel=1e-3)


def test_purple_soils_hold_little(table):
    soils = hydraulics.textures()
    rows = table("soil_purple_textures")
    assert {row["texture"] for row in rows} == set(soils)
    for row in rows:
        held = hydraulics.retention(*soils[row["texture"]], 1.0)
        assert held == pytest.approx((row["wilting_point"], row["field_capacity"], row["saturation"]), abs=0.0006)
        assert hydraulics.conductivity(held) == pytest.approx(row["conductivity"], abs=0.06)
        assert hydraulics.bulk_density(held.saturation) == pytest.approx(row["density"], abs=0.006)


def test_a_trodden_soil_has_fewer_pores_and_a_stony_one_less_of_all():
    # by hand: saturation 0.4595, tenth denser: 1 - 1.1 * 0.5405 = 0.40545; field capacity less a fifth of 0.05405
    loose = hydraulics.retention(0.40, 0.20, 2.5, 1.0)
    dense = hydraulics.retention(0.40, 0.20, 2.5, 1.1)
    assert dense.saturation == pytest.approx(0.40545, abs=1e-4)
    assert loose.field_capacity - dense.field_capacity == pytest.approx(0.01081, abs=1e-4)
    assert hydraulics.with_stones(Retention(0.1, 0.3, 0.5), 0.2) == pytest.approx((0.08, 0.24, 0.40))


@given(sand=SAND, clay=CLAY, matter=MATTER)
def test_the_suction_curve_passes_through_field_capacity_and_wilting_point(sand, clay, matter):
    held = hydraulics.retention(sand, clay, matter, 1.0)
    assert 0 < held.wilting_point < held.field_capacity < held.saturation < 1
    assert hydraulics.suction(held.field_capacity, held) == pytest.approx(33)
    assert hydraulics.suction(held.wilting_point, held) == pytest.approx(1500)


def test_where_nothing_is_known_the_soil_is_a_middling_one():
    held, place = hydraulics.unknown_soil(), hydraulics.unknown_place()
    assert held.field_capacity - held.wilting_point == pytest.approx(0.14)
    assert 0 < place.stones < 0.5
    assert 0.4 <= place.depth <= 1.0


@kernel(fastmath=FAST)
def conductivities(sand, clay, out):
    for k in range(out.size):
        matter = sand[k] * 0.0 + 1.5
        held = hydraulics.retention(sand[k], clay[k], matter, matter / matter)
        out[k] = hydraulics.conductivity(hydraulics.with_stones(held, 0.0 * sand[k]))


def test_compiled_soils_agree_in_single_precision():
    sand, clay = (grid.ravel() for grid in np.meshgrid(np.linspace(0.1, 0.6, 20), np.linspace(0.08, 0.35, 20)))
    out = np.empty(sand.size, np.float32)
    conductivities(sand.astype(np.float32), clay.astype(np.float32), out)
    plain = hydraulics.conductivity(hydraulics.retention(sand, clay, 1.5, 1.0))
    np.testing.assert_allclose(out, plain, rtol=1e-4)
