from datetime import date

import pytest

from agro.errors import InputError, NotAllowedError
from agro.farm import Role, Viewer

GROWER = Viewer("a1", "Li Na", Role.GROWER, ("f1",))


def test_the_newest_mark_of_an_account_and_key_counts(store, clock):
    store.mark_alert(GROWER, "p1|melanose", "acknowledged")
    clock.forward(minutes=1)
    store.mark_alert(GROWER, "p1|melanose", "snoozed", date(2026, 4, 9), " rain tomorrow ")
    store.mark_alert(GROWER, "p1|canker", "wrong")
    store.mark_alert(Viewer("a2", "Wang", Role.AGRONOMIST), "p1|melanose", "wrong")
    marks = store.alert_marks("a1")
    assert {key: mark.state for key, mark in marks.items()} == {"p1|melanose": "snoozed", "p1|canker": "wrong"}
    mark = marks["p1|melanose"]
    assert (mark.until, mark.note, mark.at) == (date(2026, 4, 9), "rain tomorrow", clock.now)
    assert store.alert_marks("a3") == {}


def test_of_two_marks_in_one_moment_the_later_one_counts(store, clock):
    for state in ("acknowledged", "wrong"):
        store.mark_alert(GROWER, "k", state)
    assert store.alert_marks("a1")["k"].state == "wrong"


def test_what_was_put_off_comes_back_on_its_day(store):
    mark = store.mark_alert(GROWER, "k", "snoozed", date(2026, 4, 9))
    assert (mark.holds(date(2026, 4, 8)), mark.holds(date(2026, 4, 9))) == (True, False)
    assert store.mark_alert(GROWER, "k", "acknowledged").holds(date(2030, 1, 1))


def test_marks_that_say_nothing_are_refused(store):
    for key, state, match in (("k", "eaten", "no mark 'eaten'"), ("k", "snoozed", "until when"), ("", "wrong", "key")):
        with pytest.raises(InputError, match=match):
            store.mark_alert(GROWER, key, state)
    with pytest.raises(InputError, match="1 to 200 letters"):
        store.mark_alert(GROWER, "k" * 201, "wrong")
    with pytest.raises(NotAllowedError, match="may not mark alerts"):
        store.mark_alert(Viewer("a4", "seller", Role.SUPPLIER), "k", "wrong")
    assert store.alert_marks("a1") == {}
    assert store.audit().empty


def test_a_mark_leaves_a_row_in_the_trail(store):
    store.mark_alert(GROWER, "k", "snoozed", date(2026, 4, 9))
    row = store.audit().iloc[0]
    assert (row["action"], row["subject"]) == ("alert.mark", "k")
    assert row["counts"] == {"state": "snoozed", "until": "2026-04-09"}
