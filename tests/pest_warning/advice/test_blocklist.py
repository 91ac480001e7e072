"""Actives that no advice may name, and that no file of ours does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pest_warning
from agro import parameters
from agro.errors import ParameterError
from pest_warning.advice import blocklist
from pest_warning.advice.blocklist import blocked

FOLDER = Path(pest_warning.__file__).parent
FILES = sorted(path for path in FOLDER.rglob("*.toml") if path.name != "blocklist.toml")
SPECIFIED = [
    *("omethoate", "carbofuran", "isocarbophos", "methomyl", "aldicarb", "phorate", "fipronil", "dimethoate"),
    *("acephate", "carbosulfan", "methidathion", "dicofol", "endosulfan", "paraquat"),
]


def texts(entry):
    """Yield all texts of a parsed file."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for value in entry.values():
            yield from texts(value)
    elif isinstance(entry, list):
        for value in entry:
            yield from texts(value)


@pytest.mark.parametrize("active", SPECIFIED)  # pests.md 9.2
def test_what_the_provincial_notice_blocks_is_blocked(active):
    assert blocked(f"spray {active} 40 % EC 1:1000") is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_file_of_the_science_names_a_blocked_active(path):
    found = {text: name for text in texts(parameters.document(path)) if (name := blocked(text))}
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "用40%氧乐果乳油",
        "氧 乐 果",
        "速扑杀1000倍",
        "水胺-硫磷",
        "METHOMYL",
        "methyl-parathion",
        "ｄｉｃｏｆｏｌ",
        "农用链霉素",
    ],
)
def test_width_case_spaces_and_hyphens_do_not_hide_a_name(text):
    assert blocked(text) is not None


@pytest.mark.parametrize(
    "text", ["快乐果园的炔螨特", "丁醚脲", "demetonite", "代森锰锌 600 倍", "mancozeb", "", "乐 观"]
)
def test_other_words_are_not_blocked(text):
    assert blocked(text) is None


def test_the_answer_names_the_active_in_both_languages():
    assert blocked("杀扑磷") == "杀扑磷 (methidathion)"


def test_every_entry_has_a_source_and_a_date():
    entries = blocklist.blocklist()
    assert len(entries) >= len(SPECIFIED)
    assert all(one.source.strip() and one.dated.startswith("20") for one in entries)


def test_an_entry_without_a_source_is_refused():
    with pytest.raises(ParameterError, match="source"):
        blocklist._entry({"zh": ["甲"], "en": ["a"], "source": "", "evidence": "found", "dated": "2020"})


NAMES = [name for one in blocklist.blocklist() for name in (*one.zh, *one.en)]
FILLER = st.text(alphabet="在柑橘上喷0123456789 ，。%", max_size=12)


@given(name=st.sampled_from(NAMES), before=FILLER, after=FILLER)
def test_a_blocked_name_is_found_anywhere_in_a_text(name, before, after):
    assert blocked(f"{before} {name} {after}") is not None
