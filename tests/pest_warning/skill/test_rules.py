import tomllib

import pytest

from agro import parameters
from pest_warning.skill.rules import FILE, REFERENCE, VALUE

SECTIONS = list(tomllib.loads(FILE.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", SECTIONS)
def test_each_rule_lies_within_its_bounds(name):
    for key, rule in parameters.section(FILE, name).items():
        if rule.low is not None:
            assert rule.low <= rule.value <= rule.high, key


def test_the_reference_is_called_the_clients_and_not_found():
    assert {REFERENCE[key].evidence for key in ("needed", "bar", "return")} == {"judgement"}
    assert all("client" in REFERENCE[key].source for key in ("needed", "bar", "return"))


def test_the_efficacies_have_the_mean_of_the_16_trials():
    assert VALUE.efficacy_alpha / (VALUE.efficacy_alpha + VALUE.efficacy_beta) == pytest.approx(0.833, abs=0.002)
