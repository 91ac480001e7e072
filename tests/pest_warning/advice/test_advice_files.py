"""Every number of the advice has a source, a kind of evidence, and lies within its own bounds."""

from pathlib import Path

import pytest

import pest_warning.advice
from agro import parameters
from pest_warning.advice import equipment, groups

FILES = sorted(Path(pest_warning.advice.__file__).parent.glob("*.toml"))


def values(table):
    """Yield all entries that carry a value."""
    for entry in table.values():
        if isinstance(entry, dict) and "value" in entry:
            yield entry
        elif isinstance(entry, dict):
            yield from values(entry)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_numbers_have_a_source_and_lie_within_their_bounds(path):
    found = list(values(parameters.document(path)))
    assert found or path.stem == "blocklist"
    for entry in found:
        assert set(entry) <= parameters.KEYS
        assert entry["source"].strip()
        assert entry["evidence"] in parameters.EVIDENCE
        if "low" in entry:
            assert entry["low"] <= entry["value"] <= entry["high"], entry


@pytest.mark.parametrize("name", equipment.names())
def test_bounds_of_a_sprayer_stand_in_order(name):
    one = equipment.equipment(name)
    assert 0 < one.calm <= one.light < one.steady < one.strong
    assert one.strong < one.gust_strong
    assert one.steady < one.gust_steady < one.gust_strong
    assert one.damp_least < one.damp < one.dry < one.driest
    assert one.heat < one.most_heat


def test_names_of_groups_are_not_claimed_twice():
    names = [name for one in groups.catalogue() for name in (one.key, *one.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", groups.KINDS)
def test_every_kind_of_group_has_its_rain_free_time(kind):
    product = equipment.product(kind)
    assert 0 < product.rain_free_least <= product.rain_free
    assert kind in {one.kind for one in groups.catalogue()}


def test_every_group_that_an_organism_names_is_known():
    from pest_warning import organism

    named = [name for one in organism.catalogue() for control in one.controls for name in control.groups]
    assert named
    assert all(groups.group(name) for name in named)
