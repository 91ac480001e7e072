from pathlib import Path

import pytest

import agro.soil
from agro import parameters

FILES = sorted(Path(agro.soil.__file__).parent.glob("*.toml"))
MINE = {"crop_coefficient", "runoff", "soils", "water"}


def sections(table, name=""):
    """Yield the dotted names of the sections that hold values."""
    inner = {key: value for key, value in table.items() if isinstance(value, dict) and "value" not in value}
    if len(inner) < len(table):
        yield name
    for key, value in inner.items():
        yield from sections(value, f"{name}.{key}".lstrip("."))


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in MINE], ids=lambda path: path.stem)
def test_every_value_of_the_soil_has_a_source_and_lies_within_its_prior(path):
    found = [p for name in sections(parameters.document(path)) for p in parameters.section(path, name).values()]
    assert len(found) >= 8
    for parameter in found:
        if parameter.low is not None:
            assert parameter.low < parameter.value < parameter.high, parameter
