from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import growth_model
from agro import parameters
from growth_model.leaf import (
    Kinetics,
    LeafTraits,
    arrhenius,
    compensation_point,
    electron_transport,
    gross_uptake,
    leaf_gas,
    leaf_respiration,
    michaelis_constant,
    peaked,
    shoulder,
    smaller,
    warmth,
)

FILE = Path(growth_model.__file__).with_name("photosynthesis.toml")
KINETICS = parameters.load(FILE, "kinetics", Kinetics)
LEAF = parameters.load(FILE, "leaf", LeafTraits)
LEMON = KINETICS._replace(
    carboxylation_energy=72270.0, carboxylation_entropy=0.0, transport_energy=45870.0, transport_entropy=0.0
)

temperatures, drynesses, lights = st.floats(0, 42), st.floats(0, 6), st.floats(0, 2200)


def test_the_enzyme_answers_to_warmth_as_published(table):
    for row in table("growth_leaf_kinetics"):
        term = warmth(row["temperature"])
        assert compensation_point(term, KINETICS) == pytest.approx(row["compensation"], abs=0.01)
        assert michaelis_constant(term, 1.0, KINETICS) == pytest.approx(row["michaelis"], abs=0.1)


def test_a_leaf_exchanges_gas_as_the_reference_runs_say(table):
    for row in table("growth_leaf_gas"):
        leaf = LeafTraits(row["carboxylation"], row["transport"], row["respiration"], row["q10"], row["slope"])
        gas = leaf_gas(row["light"], row["temperature"], row["vpd"], row["co2"], 100.0, KINETICS, leaf)
        for name, close in (("assimilation", row["tolerance"]), ("conductance", 0.002), ("internal", 0.005)):
            if row[name] != "":
                assert getattr(gas, name) == pytest.approx(row[name], abs=close), row


def test_a_lemon_leaf_is_followed_with_its_own_answer_to_warmth(table):
    for row in table("growth_lemon_leaf"):
        term = warmth(row["temperature"])
        enzyme = 35.14 * peaked(term, LEMON.carboxylation_energy, LEMON.deactivation, shoulder(0.0, LEMON.deactivation))
        most = 62.64 * peaked(term, LEMON.transport_energy, LEMON.deactivation, shoulder(0.0, LEMON.deactivation))
        dark = leaf_respiration(row["temperature"], 0.748, np.log(1.518) / 10)
        for share, expected in ((0.70, row["at_070"]), (0.75, row["at_075"])):
            gross = gross_uptake(
                370.0 * share,
                compensation_point(term, LEMON),
                michaelis_constant(term, 1.0, LEMON),
                enzyme,
                electron_transport(1500.0, most, LEMON),
                LEMON.co_limitation,
            )
            assert gross - dark == pytest.approx(expected, rel=0.1)


def test_without_deactivation_only_arrhenius_is_left():
    assert peaked(warmth(38.0), 72270.0, 2e5, shoulder(0.0, 2e5)) == pytest.approx(arrhenius(warmth(38.0), 72270.0))


@given(a=st.floats(0, 200), b=st.floats(0, 200), curvature=st.floats(0.3, 0.9999))
def test_the_smooth_minimum_solves_its_quadratic_below_both(a, b, curvature):
    x = smaller(a, b, curvature)
    assert -1e-9 <= x <= min(a, b) + 1e-9
    assert curvature * x * x - (a + b) * x + a * b == pytest.approx(0, abs=1e-7 * (1 + a + b) ** 2)


@given(light=lights, more=st.floats(0, 800), temperature=temperatures, vpd=drynesses)
def test_more_light_never_gives_a_leaf_less(light, more, temperature, vpd):
    dim = leaf_gas(light, temperature, vpd, 420.0, 95.0, KINETICS, LEAF)
    bright = leaf_gas(light + more, temperature, vpd, 420.0, 95.0, KINETICS, LEAF)
    assert bright.assimilation >= dim.assimilation - 1e-9
    assert bright.conductance >= dim.conductance - 1e-12


@given(light=lights, temperature=temperatures, vpd=drynesses, drier=st.floats(0, 3))
def test_drier_air_narrows_stomata(light, temperature, vpd, drier):
    damp = leaf_gas(light, temperature, vpd, 420.0, 95.0, KINETICS, LEAF)
    dry = leaf_gas(light, temperature, vpd + drier, 420.0, 95.0, KINETICS, LEAF)
    assert dry.conductance <= damp.conductance + 1e-12
    assert dry.assimilation <= damp.assimilation + 1e-9


@given(light=lights, temperature=temperatures, vpd=drynesses)
def test_what_enters_the_stomata_is_what_the_leaf_fixes(light, temperature, vpd):
    gas = leaf_gas(light, temperature, vpd, 420.0, 100.0, KINETICS, LEAF)
    if gas.assimilation > 0:  # Fick's law, the conductance for CO2 being 1 / 1.57; g1 / (g1 + root) is exact then
        assert gas.assimilation == pytest.approx(gas.conductance / 1.57 * (420 - gas.internal), rel=1e-9)


@given(light=st.floats(600, 2000), temperature=st.floats(15, 35))
def test_the_same_mixture_is_worth_less_in_thin_mountain_air(light, temperature):
    valley = leaf_gas(light, temperature, 1.2, 420.0, 100.0, KINETICS, LEAF)
    ridge = leaf_gas(light, temperature, 1.2, 420.0, 93.0, KINETICS, LEAF)
    assert 0.95 * valley.assimilation < ridge.assimilation <= valley.assimilation
