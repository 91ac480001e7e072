"""The catalogue: whole in both languages, and the same as what the pages ask for."""

import re
import string
from pathlib import Path

import pytest

from app.strings import catalogue, text

FRONT = Path(__file__).parents[2] / "app"
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for path in FRONT.rglob("*.py")
    if path.relative_to(FRONT).parts[0] not in ("services", "cli")
}
ASKED = {key for source in SOURCES.values() for key in re.findall(r"""["']([a-z_]+\.[a-z_0-9]+)["']""", source)} & {
    key
    for source in SOURCES.values()
    for key in re.findall(r"""(?:\bt|text)\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""", source)
}
TABLES = {
    table for source in SOURCES.values() for table in re.findall(r"""f["']([a-z_]+)\.(?:[a-z_]*)\{""", source)
} | {"tone", "resolution"}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_sentence_exists_in_both_languages(key):
    entry = catalogue()[key]
    assert set(entry) == {"zh", "en"}
    assert key == "unit.BBCH" or all(entry.values())


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_are_filled_with_the_same_values(key):
    fields = [
        {name for _, name, _, _ in string.Formatter().parse(sentence) if name} for sentence in catalogue()[key].values()
    ]
    assert fields[0] == fields[1]


def test_every_sentence_asked_for_exists():
    assert len(ASKED) > 100
    assert ASKED - set(catalogue()) == set()


def test_every_sentence_is_asked_for():
    unused = {key for key in set(catalogue()) - ASKED if key.split(".")[0] not in TABLES}
    everything = "\n".join(SOURCES.values())
    assert {key for key in unused if f'"{key}"' not in everything} == set()


def test_values_are_filled_in():
    assert text("words.later", "en", days=3) == "3 days later"
