"""The gate: nothing is a bulletin that the station did not issue."""

from datetime import date

import pytest

from agro.errors import ConflictError, InputError, NotAllowedError
from agro.farm import Role, Viewer

DAY = date(2026, 5, 6)
AGRONOMIST = Viewer("g1", "agronomist", Role.AGRONOMIST)
STATION = Viewer("s1", "station", Role.STATION)


def states(store, **asked):
    return [one.state for one in store.releases(**asked)]


def issued(store, day=DAY, number="2026-7", **more):
    for state, who in (("draft", AGRONOMIST), ("signed", AGRONOMIST)):
        store.set_release(day, state, by=who, **more)
    return store.set_release(day, "issued", by=STATION, number=number, **more)


def test_a_bulletin_is_drafted_signed_issued_and_withdrawn(store, clock):
    assert store.release_of(DAY) is None
    made = issued(store)
    assert (made.state, made.number, made.by, made.at) == ("issued", "2026-7", "s1", clock.now)
    assert store.release_of(DAY) == made
    clock.forward(hours=1)
    gone = store.set_release(DAY, "withdrawn", by=STATION)
    assert (gone.state, gone.number) == ("withdrawn", "2026-7")
    assert store.release_of(DAY) == gone
    assert states(store) == ["draft", "signed", "issued", "withdrawn"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.STATION])
def test_only_the_station_issues_and_withdraws(store, role):
    who = Viewer("z9", "somebody", role, ("f1",))
    store.set_release(DAY, "signed", by=AGRONOMIST)
    with pytest.raises(NotAllowedError, match="may not issue or withdraw a bulletin"):
        store.set_release(DAY, "issued", by=who, number="1")
    store.set_release(DAY, "issued", by=STATION, number="1")
    with pytest.raises(NotAllowedError):
        store.set_release(DAY, "withdrawn", by=who)
    assert store.release_of(DAY).state == "issued"


def test_a_grower_does_not_sign(store):
    with pytest.raises(NotAllowedError, match="may not draft and sign"):
        store.set_release(DAY, "signed", by=Viewer("a1", "Li Na", Role.GROWER, ("f1",)))


@pytest.mark.parametrize(
    ("before", "state"),
    [((), "issued"), (("draft",), "issued"), ((), "withdrawn"), (("signed",), "signed"), (("signed",), "withdrawn")],
)
def test_no_state_is_leapt_over(store, before, state):
    for one in before:
        store.set_release(DAY, one, by=STATION)
    with pytest.raises(InputError, match=f"not {state}"):
        store.set_release(DAY, state, by=STATION, number="1")
    assert states(store) == list(before)


def test_an_issued_bulletin_is_withdrawn_before_it_is_changed(store):
    issued(store)
    with pytest.raises(InputError, match="is issued; next is withdrawn, not draft"):
        store.set_release(DAY, "draft", by=AGRONOMIST)


def test_a_bulletin_has_a_number_of_its_own(store):
    store.set_release(DAY, "signed", by=AGRONOMIST)
    with pytest.raises(InputError, match="issued with a number"):
        store.set_release(DAY, "issued", by=STATION, number=" ")
    store.set_release(DAY, "issued", by=STATION, number="2026-7")
    with pytest.raises(ConflictError, match="'2026-7' was given to the bulletin of 2026-05-06"):
        issued(store, date(2026, 5, 13))
    assert store.release_of(date(2026, 5, 13)).state == "signed"


def test_townships_have_their_own(store):
    issued(store)
    store.set_release(DAY, "draft", by=AGRONOMIST, scope="Hillside")
    assert (store.release_of(DAY).state, store.release_of(DAY, "Hillside").state) == ("issued", "draft")
    assert store.release_of(DAY, "Valley") is None


def test_releases_are_told_by_days_and_in_the_trail(store):
    store.set_release(DAY, "draft", by=AGRONOMIST)
    store.set_release(date(2026, 5, 13), "signed", by=AGRONOMIST)
    assert states(store, start=date(2026, 5, 7)) == ["signed"]
    assert states(store, end=DAY) == ["draft"]
    with pytest.raises(InputError, match="no state 'printed'"):
        store.set_release(DAY, "printed", by=STATION)
    row = store.audit().iloc[0]
    assert (row["action"], row["subject"], row["role"]) == ("release.signed", "2026-05-13", "agronomist")
