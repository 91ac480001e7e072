"""Trees keep their numbers, walks belong to who made them, visits to the plot."""

from datetime import date

import pandas as pd
import pytest
from shapely.geometry import LineString

from agro.errors import InputError, NotFoundError
from agro.store import EVERYTHING, OPERATOR, Scope, Visit, Walk

F1, F2 = (Scope(farms=frozenset({farm})) for farm in ("f1", "f2"))


def trees(*numbers):
    return pd.DataFrame({"number": list(numbers), "longitude": 108.5, "latitude": 30.9})


def test_a_tree_is_lost_and_found_again_under_its_number(orchard):
    assert orchard.save_trees("p1", trees(1, 2, 3), date(2026, 4, 1), by=OPERATOR) == {"new": 3, "seen": 0, "lost": 0}
    assert orchard.save_trees("p1", trees(1, 4), date(2026, 8, 1), unseen=[3]) == {"new": 1, "seen": 1, "lost": 1}
    assert list(orchard.trees(EVERYTHING, ["p1"])["number"]) == [1, 3, 4]
    assert orchard.save_trees("p1", trees(1, 2, 3, 4), date(2026, 9, 1))["lost"] == 0
    found = orchard.trees(EVERYTHING, ["p1"]).set_index("number")
    assert list(found.index) == [1, 2, 3, 4]
    assert found.loc[2, "first_seen"] == pd.Timestamp("2026-04-01")


def test_a_flight_that_comes_in_late_moves_and_loses_nothing(orchard):
    orchard.save_trees("p1", trees(1, 2), date(2026, 8, 1))
    late = trees(1).assign(longitude=108.6)
    assert orchard.save_trees("p1", late, date(2026, 4, 1)) == {"new": 0, "seen": 1, "lost": 0}
    assert list(orchard.trees(EVERYTHING, ["p1"])["longitude"]) == [108.5, 108.5]


def test_trees_are_seen_within_the_scope_and_by_nobody_anonymous(orchard):
    orchard.save_trees("p1", trees(1), date(2026, 8, 1))
    assert len(orchard.trees(F1)) == 1
    assert orchard.trees(F2).empty
    assert orchard.trees(Scope(everything=True, anonymous=True)).empty
    with pytest.raises(NotFoundError):
        orchard.save_trees("nowhere", trees(1), date(2026, 8, 1))


def test_a_walk_is_seen_by_who_made_it_and_by_who_sees_the_farm(orchard):
    stops = ({"plot": "p1", "order": 1, "longitude": 108.5},)
    walk = orchard.add_walk(Walk("f1", date(2026, 4, 1), "a1", 900.0, 60.0, stops, LineString([(0, 0), (1, 1)])))
    assert orchard.walk(walk.id, Scope(), "a1") == walk
    assert orchard.walk(walk.id, F1, "a2").stops == stops
    with pytest.raises(NotFoundError):
        orchard.walk(walk.id, F2, "a2")
    round_of_many = orchard.add_walk(Walk(None, date(2026, 4, 2), "a1", 1.0, 1.0, stops))
    with pytest.raises(NotFoundError):
        orchard.walk(round_of_many.id, EVERYTHING, "a2")
    assert [one.id for one in orchard.walks(F1, "a1")] == [round_of_many.id, walk.id]


def test_a_visit_outlives_its_walk_and_is_told_newest_first(orchard):
    for day, found in ((1, "dry"), (2, "nothing")):
        orchard.add_visit(Visit("p1", "plot", "p1", date(2026, 4, day), found, " seen "), by=OPERATOR)
    told = orchard.visits(F1)
    assert (list(told["found"]), set(told["note"])) == (["nothing", "dry"], {"seen"})
    assert orchard.visits(F2).empty
    assert len(orchard.visits(EVERYTHING, what="plot", targets=["p1"], start=date(2026, 4, 2))) == 1


@pytest.mark.parametrize("wrong", [{"found": "ufo"}, {"what": "roof"}, {"note": "x" * 2001}])
def test_a_visit_says_what_it_may_say(orchard, wrong):
    told = {"what": "plot", "target": "p1", "date": date(2026, 4, 1), "found": "weak", "plot": "p1"} | wrong
    with pytest.raises(InputError):
        orchard.add_visit(Visit(**told))
    with pytest.raises(NotFoundError):
        orchard.add_visit(Visit("nowhere", "plot", "x", date(2026, 4, 1), "weak"))
