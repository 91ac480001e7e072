"""Every organism is a file: all its numbers load with their units, and what is wrong in one is refused by name."""

import copy
import re

import pytest

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from pest_warning import host, inoculum, organism, outlook, scouting, suitability, timing
from pest_warning.arrival import Arrival
from pest_warning.development import Development
from pest_warning.dispersal import Splash, WindRain
from pest_warning.flush_feeder import FlushFeeder, FlushThreshold
from pest_warning.infection_response import Magarey, Penetration
from pest_warning.mite import Mite, MiteThreshold
from pest_warning.rates import Points, Root

KEYS = organism.keys()
WORDS = {"name", "confused", "eppo", "about", "model", "check", "level", "control", "page", "event"}
BY_WORD = {
    "infection": ("response", {"magarey": Magarey, "penetration": Penetration}),
    "dispersal": ("dispersal", {"splash": Splash, "wind_rain": WindRain}),
    "inoculum": ("inoculum", inoculum.FORMS),
    "rate": ("rate", {"root": Root, "table": Points}),
    "population": ("family", {"mite": Mite, "flush_feeder": FlushFeeder}),
    "threshold": ("family", {"mite": MiteThreshold, "flush_feeder": FlushThreshold}),
}
ALWAYS = {
    "bounds": outlook.Bounds, "arrival": Arrival, "winter": suitability.Winter,
    "transmission": suitability.Transmission, "generation": Development, "parasitoid": Development, "life": Development,
}  # fmt: skip
ELSEWHERE = {"host", "mines"}  # points and shares with names of their own
NEEDED = {"infection": {"infection", "dispersal", "inoculum", "bounds", "host"}, "timing": {"event"}}
FAMILY = {"mite": {"rate", "population", "threshold"}, "flush_feeder": {"population", "threshold"},
          "arrival": {"rate", "arrival"}}  # fmt: skip


def sections(one):
    """Return {section: class} of all numbers that load by class."""
    found = {}
    for name, table in parameters.document(one.path).items():
        if name in WORDS | ELSEWHERE:
            continue
        if name == "development":
            found |= {f"development.{source}": Development for source in table}
        elif name in BY_WORD:
            word, classes = BY_WORD[name]
            found[name] = classes[one.model[word]]
        else:
            found[name] = ALWAYS[name]  # a section that nobody reads fails here
    return found


def load_all(one):
    """Read all numbers of an organism as the engines do."""
    for name, kind in sections(one).items():
        one.parameters(name, kind)
    timing.events(one)
    if one.has("host"):
        host._organs(one)
        host.cultivar_factor(one, "navel")


@pytest.mark.parametrize("key", KEYS)
def test_every_shipped_organism_loads_with_all_its_numbers(key):
    one = organism.load(key)
    load_all(one)
    needed = NEEDED.get(one.engine, FAMILY.get(one.model.get("family"), set()))
    assert needed
    assert needed <= set(parameters.document(one.path))


def numbers(table, path=()):
    """Yield (path, entry) of all numbers of a parsed file."""
    for key, entry in table.items() if isinstance(table, dict) else enumerate(table):
        if isinstance(entry, dict) and "value" in entry:
            yield (*path, key), entry
        elif (
            isinstance(entry, dict | list) and entry and not isinstance(entry[0] if isinstance(entry, list) else 0, str)
        ):
            yield from numbers(entry, (*path, key))


def at(table, path):
    for key in path:
        table = table[key]
    return table


@pytest.mark.parametrize("key", KEYS)
def test_a_number_that_is_wrong_in_any_way_is_refused_by_its_name(key, monkeypatch):
    one = organism.load(key)
    whole = parameters.document(one.path)
    tried = 0
    for path, _ in numbers({name: part for name, part in whole.items() if name not in ("check", "mines")}):
        for wrong in (
            {"unit": "furlong"}, {"unit": None}, {"source": " "}, {"source": None}, {"evidence": "hearsay"},
            {"value": None}, {"colour": "red"},
        ):  # fmt: skip
            table = copy.deepcopy(whole)
            entry = at(table, path)
            for name, value in wrong.items():
                entry[name] = value
                if value is None:
                    del entry[name]
            monkeypatch.setattr(parameters, "document", lambda path, table=table: table)
            with pytest.raises(ParameterError, match=re.escape(f"{key}.toml")) as refused:
                load_all(one)
            name = path[-1] if path[0] != "event" else whole["event"][path[1]]["key"]
            assert str(name) in str(refused.value), (path, wrong)
            tried += 1
    assert tried > 20


@pytest.mark.parametrize("key", KEYS)
def test_a_number_that_is_missing_or_unknown_is_refused_by_its_name(key, monkeypatch):
    one = organism.load(key)
    whole = parameters.document(one.path)
    for name, kind in sections(one).items():
        for field in kind._fields:
            table = copy.deepcopy(whole)
            del at(table, name.split("."))[field]
            monkeypatch.setattr(parameters, "document", lambda path, table=table: table)
            with pytest.raises(ParameterError, match=rf"{key}.toml \[{re.escape(name)}\]: needs {field}"):
                load_all(one)
        table = copy.deepcopy(whole)
        at(table, name.split("."))["colour"] = copy.deepcopy(at(whole, name.split("."))[field])
        monkeypatch.setattr(parameters, "document", lambda path, table=table: table)
        with pytest.raises(ParameterError, match=rf"{key}.toml \[{re.escape(name)}\]: does not know colour"):
            load_all(one)


@pytest.mark.parametrize("key", [key for key in KEYS if organism.load(key).engine == "timing"])
def test_an_event_that_lacks_or_has_too_much_or_adds_up_otherwise_is_refused_by_its_name(key, monkeypatch):
    one = organism.load(key)
    whole = parameters.document(one.path)
    for place, entry in enumerate(whole["event"]):
        for wrong, says in (
            *((name, f"needs {name}") for name in ("sum", "amount", "lead", "lasts", "zh", "en")),
            ("colour", "does not know colour"), ("sums", "does not know sums"),
        ):  # fmt: skip
            table = copy.deepcopy(whole)
            if wrong in table["event"][place]:
                del table["event"][place][wrong]
            else:
                table["event"][place][wrong] = "active"
            monkeypatch.setattr(parameters, "document", lambda path, table=table: table)
            with pytest.raises(ParameterError, match=rf"{key}.toml \[event\] {entry['key']}: {says}"):
                timing.events(one)
        table = copy.deepcopy(whole)
        table["event"][place]["sum"] = "guess"
        monkeypatch.setattr(parameters, "document", lambda path, table=table: table)
        with pytest.raises(ParameterError, match=r"sum 'guess'; known: active, effective, calendar"):
            timing.events(one)


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('kind = "disease"', 'kind = "weather"', r"about.kind.*'weather'"),
        ('engine = "infection"', 'engine = "magic"', r"about.engine.*'magic'"),
        ('d15 = "level"', 'd15 = "certainty"', r"about.products.d15"),
        ('latin = "Elsinoe fawcettii"', "", r"\[name\]: needs latin"),
        ('method = "', 'colour = "red"\nmethod = "', r"\[check\]: does not know colour"),
        ("code = 2", "code = 7", r"\[level\]: needs the codes 2, 3 and 4"),
        ("[eppo]", "[epo]", r"needs eppo"),
    ],
)
def test_words_that_are_wrong_are_refused_by_their_section(tmp_path, written, instead, says):
    text = (organism.FOLDER / "scab.toml").read_text(encoding="utf-8")
    assert written in text
    (tmp_path / "scab.toml").write_text(text.replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=f"scab.toml.*{says}"):
        organism.read(tmp_path / "scab.toml")


def test_an_organism_without_a_file_is_not_found_and_a_broken_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="no organism 'phoma'; known: alternaria"):
        organism.load("phoma")
    (tmp_path / "phoma.toml").write_text("[name", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"phoma.toml: cannot be read as TOML"):
        organism.read(tmp_path / "phoma.toml")


def test_what_all_organisms_share_loads():
    assert 0 < outlook.gate_of_share().medium < outlook.gate_of_share().high < 1
    gate = parameters.load(outlook.FILE, "gate", outlook.Gate)
    assert 0 < gate.medium < gate.high
    assert 0 < parameters.load(outlook.FILE, "missing", outlook.Missing).most < 1
    assert scouting.uneven().k > 0


@pytest.mark.parametrize("key", [one.key for one in organism.of_engine("infection")])
def test_the_bounds_of_percentiles_stand_in_order(key):
    bounds = organism.load(key).parameters("bounds", outlook.Bounds)
    assert 50 <= bounds.medium < bounds.high < 100
