from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import growth_model
from agro import parameters
from agro.numeric import FAST, kernel
from growth_model.canopy import (
    Crown,
    beam_cover,
    canopy_assimilation,
    canopy_day,
    canopy_light,
    diffuse_cover,
    jackson_cover,
)
from growth_model.leaf import Kinetics, LeafTraits, leaf_gas

FILE = Path(growth_model.__file__).with_name("photosynthesis.toml")
KINETICS = parameters.load(FILE, "kinetics", Kinetics)
LEAF = parameters.load(FILE, "leaf", LeafTraits)
CROWN = parameters.load(FILE, "canopy", Crown)

orchards = {
    "lai": st.floats(0.05, 7),
    "cover": st.floats(0.2, 1),
    "shade": st.floats(0.2, 1),
    "sine": st.floats(-0.2, 1),
    "beam": st.floats(0, 1800),
    "diffuse": st.floats(0, 900),
}


def day_of(lai, cover, vigour=1.0, water=1.0):
    return canopy_day(lai, cover, vigour, water, 97.0, KINETICS, LEAF, CROWN)


def hour_of(lai, cover, shade, sine, beam, diffuse, temperature=25.0, vpd=1.2, **more):
    day = day_of(lai, cover, **more)
    return canopy_assimilation(temperature, vpd, 420.0, beam, diffuse, sine, shade, day, KINETICS, CROWN)


def layered(lai, cover, shade, sine, beam, diffuse, temperature, vpd, layers=2000):
    """Return net uptake and absorbed light, leaf by leaf: sunlit and shaded leaves of thin layers, in a loop."""
    black, scattered = CROWN.clumping * CROWN.projection / sine, np.sqrt(1 - CROWN.scattering)
    horizontal = (1 - scattered) / (1 + scattered)
    entering = 1 - 2 * horizontal * black / (1 + black)
    uptake = absorbed = 0.0
    for layer in range(layers):
        x = (layer + 0.5) / layers
        capacity = np.exp(-CROWN.nitrogen_profile * x)
        above_beam, above = lai / shade * x, lai / cover * x  # leaf area over the ground of the shadow
        kd = CROWN.diffuse_extinction * CROWN.clumping
        sky = (1 - CROWN.diffuse_reflection) * diffuse * kd * np.exp(-kd * above)
        gone = np.exp(-black * above_beam)
        stray = beam * (
            entering * scattered * black * np.exp(-scattered * black * above_beam)
            - (1 - CROWN.scattering) * black * gone
        )
        leaf = LEAF._replace(
            carboxylation=LEAF.carboxylation * capacity,
            transport=LEAF.transport * capacity,
            respiration=LEAF.respiration * capacity,
        )
        for part, light in ((gone, sky + stray + (1 - CROWN.scattering) * black * beam), (1 - gone, sky + stray)):
            fallen = max(light, 0.0) / (1 - CROWN.scattering)
            gas = leaf_gas(fallen, temperature, vpd, 420.0, 97.0, KINETICS, leaf)
            uptake += part * gas.assimilation * lai / layers
            absorbed += part * light * lai / layers
    return uptake, absorbed


def test_cover_agrees_with_jackson(table):
    for row in table("growth_jackson_cover"):
        assert jackson_cover(row["lai"], row["most"], 0.6) == pytest.approx(row["cover"], abs=0.001)


def test_the_shadow_of_a_row_is_drawn_with_a_ruler():
    # crowns 2.4 m wide, 2.0 m high, alleys of 2.6 m: the shadow at 45 degrees reaches 2 m into the alley
    assert beam_cover(1.0, 1.0, 2.4, 2.0, 2.6) == pytest.approx(4.4 / 5.0)
    assert beam_cover(0.0, 1.0, 2.4, 2.0, 2.6) == pytest.approx(2.4 / 5.0)  # the sun looks along the row
    assert beam_cover(1.0, 0.0, 2.4, 2.0, 2.6) == 1.0
    assert beam_cover(0.0, 0.0, 2.4, 2.0, 2.6) == pytest.approx(2.4 / 5.0)


@pytest.mark.parametrize(("width", "height", "alley"), [(2.5, 2.5, 2.0), (1.0, 0.5, 4.0), (3.0, 4.0, 1.0)])
def test_diffuse_cover_is_the_beam_cover_averaged_over_the_sky(width, height, alley):
    elevation = (np.arange(4000) + 0.5) / 4000 * np.pi / 2
    azimuth = (np.arange(720) + 0.5) / 720 * np.pi / 2
    shadow = beam_cover(np.sin(azimuth), np.tan(elevation)[:, None], width, height, alley)
    weight = np.sin(elevation) * np.cos(elevation)
    mean = float((shadow.mean(axis=1) * weight).sum() / weight.sum())
    assert diffuse_cover(width, height, alley) == pytest.approx(mean, abs=2e-4)


@given(**orchards)
def test_sunlit_and_shaded_leaves_are_all_leaves_and_catch_no_more_than_falls(lai, cover, shade, sine, beam, diffuse):
    light = canopy_light(beam, diffuse, sine, shade, day_of(lai, cover), CROWN)
    assert 0 <= light.sunlit_lai <= lai * (1 + 1e-9)
    assert 0 <= light.sunlit_share <= day_of(lai, cover).share
    assert light.sunlit >= 0
    assert light.shaded >= 0
    assert light.sunlit + light.shaded <= shade * beam + cover * diffuse + 1e-9


@given(more=st.floats(0, 500), temperature=st.floats(-5, 42), vpd=st.floats(0, 6), **orchards)
def test_more_light_never_gives_an_orchard_less(more, temperature, vpd, lai, cover, shade, sine, beam, diffuse):
    dim = hour_of(lai, cover, shade, sine, beam, diffuse, temperature, vpd)
    for bright in (
        hour_of(lai, cover, shade, sine, beam + more, diffuse, temperature, vpd),
        hour_of(lai, cover, shade, sine, beam, diffuse + more, temperature, vpd),
    ):
        assert bright.assimilation >= dim.assimilation - 1e-9
    assert np.isfinite(dim).all()


@given(drier=st.floats(0, 4), vpd=st.floats(0, 3), **orchards)
def test_drier_air_never_gives_an_orchard_more(drier, vpd, lai, cover, shade, sine, beam, diffuse):
    damp = hour_of(lai, cover, shade, sine, beam, diffuse, vpd=vpd)
    dry = hour_of(lai, cover, shade, sine, beam, diffuse, vpd=vpd + drier)
    assert dry.assimilation <= damp.assimilation + 1e-9


@given(water=st.floats(0.01, 1), **orchards)
def test_dry_soil_never_helps(water, lai, cover, shade, sine, beam, diffuse):
    wet = hour_of(lai, cover, shade, sine, beam, diffuse)
    assert hour_of(lai, cover, shade, sine, beam, diffuse, water=water).assimilation <= wet.assimilation + 1e-9


@given(temperature=st.floats(-5, 42), lai=st.floats(0.05, 7))
def test_by_night_leaves_only_respire(temperature, lai):
    hour = hour_of(lai, 0.8, 0.8, -0.5, 0.0, 0.0, temperature)
    assert hour.absorbed == 0
    assert hour.assimilation == pytest.approx(-hour.respiration, abs=1e-9)


def test_leaves_of_a_sparse_orchard_breathe_as_single_leaves():
    share = (1 - np.exp(-0.3)) / 0.3
    assert hour_of(0.05, 0.8, 0.8, 0.5, 0.0, 0.0).respiration == pytest.approx(0.05 * 0.75 * share)


@pytest.mark.parametrize("sine", [0.15, 0.4, 0.9])
@pytest.mark.parametrize(("beam", "diffuse"), [(0.0, 150.0), (300.0, 300.0), (1000.0, 250.0)])
@pytest.mark.parametrize(("lai", "cover", "shade"), [(1.0, 0.5, 0.6), (3.5, 0.85, 0.75), (6.0, 0.95, 1.0)])
def test_two_kinds_of_leaves_stand_for_two_thousand_layers(sine, beam, diffuse, lai, cover, shade):
    hour = hour_of(lai, cover, shade, sine, beam, diffuse, 24.0, 1.0)
    uptake, absorbed = layered(lai, cover, shade, sine, beam, diffuse, 24.0, 1.0)
    assert hour.absorbed == pytest.approx(absorbed, rel=1e-4)
    assert hour.assimilation + hour.respiration == pytest.approx(uptake + hour.respiration, rel=0.06)


@kernel(fastmath=FAST)
def uptake_of_blocks(orchard, weather, kinetics, leaf, crown, out):
    """Add up the hours of a day; orchard (block, 2, lane), weather (block, hour, 6, lane), out (block, 3, lane)."""
    for block in range(out.shape[0]):
        for hour in range(weather.shape[1]):
            row = weather[block, hour]
            for lane in range(out.shape[2]):
                day = canopy_day(
                    orchard[block, 0, lane], orchard[block, 1, lane], orchard[block, 2, lane],
                    orchard[block, 3, lane], orchard[block, 4, lane], kinetics, leaf, crown,
                )  # fmt: skip
                found = canopy_assimilation(
                    row[0, lane], row[1, lane], orchard[block, 5, lane], row[2, lane], row[3, lane], row[4, lane],
                    row[5, lane], day, kinetics, crown,
                )  # fmt: skip
                out[block, 0, lane] += found.assimilation
                out[block, 1, lane] += found.absorbed
                out[block, 2, lane] += found.sunlit_lai


def of_kind(values, dtype):
    return type(values)(*(dtype(value) for value in values))


def made_up(dtype, blocks=4, hours=24, lanes=64):
    rng = np.random.default_rng(0)
    orchard = np.stack(
        [rng.uniform(low, high, (blocks, lanes))
         for low, high in ((0.05, 6), (0.4, 1), (0.5, 1.1), (0.3, 1), (92, 100), (400, 430))], axis=1,
    )  # fmt: skip
    weather = np.stack(
        [rng.uniform(low, high, (blocks, hours, lanes))
         for low, high in ((2, 38), (0.1, 4), (0, 1400), (20, 700), (-0.1, 1), (0.4, 1))], axis=2,
    )  # fmt: skip
    given_ = [of_kind(values, dtype) for values in (KINETICS, LEAF, CROWN)]
    return orchard.astype(dtype), weather.astype(dtype), *given_, np.zeros((blocks, 3, lanes), dtype)


def test_one_canopy_serves_both_precisions_and_plain_python():
    single, double = made_up(np.float32), made_up(np.float64)
    uptake_of_blocks(*single)
    uptake_of_blocks(*double)
    np.testing.assert_allclose(single[-1], double[-1], rtol=1e-4)
    lai, cover, vigour, water, pressure, co2 = np.moveaxis(double[0], 1, 0)[:, :, None]
    day = canopy_day(lai, cover, vigour, water, pressure, KINETICS, LEAF, CROWN)
    temperature, vpd, beam, diffuse, sine, shade = np.moveaxis(double[1], 2, 0)
    plain = canopy_assimilation(temperature, vpd, co2, beam, diffuse, sine, shade, day, KINETICS, CROWN)
    np.testing.assert_allclose(plain.assimilation.sum(axis=1), double[-1][:, 0], rtol=1e-9)


def test_the_hour_runs_in_vectors_of_single_precision():
    uptake_of_blocks(*made_up(np.float32))
    signature = next(kind for kind in uptake_of_blocks.compiled.signatures if kind[0].dtype == numba.float32)
    # the optimised code is kept beside a compiled kernel, assembly is not: a kernel from the cache shows none
    loop = str(uptake_of_blocks.compiled.overloads[signature].library._get_module_for_linking())
    assert " x float>" in loop
    assert "fpext" not in loop
