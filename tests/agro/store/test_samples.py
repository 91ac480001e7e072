"""Who may know of a suspected tree: nobody learns of one under embargo who has no business with it."""

from dataclasses import replace
from datetime import date

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Sample, Step, Viewer
from agro.store import EVERYTHING, OPERATOR, SAMPLE_COLUMNS, Scope

DAY = date(2026, 10, 8)
F1 = Scope(farms=frozenset({"f1"}))
SUBMITTER = Viewer("a1", "Li Na", Role.HELPER, grants=(("write", "f1"),))
STATION = Viewer("s1", "station", Role.STATION)
AGRONOMIST = Viewer("g1", "agronomist", Role.AGRONOMIST)


def tree(identity="x1", plot="p1", mark="T12", by="a1", **more):
    return Sample(identity, plot, "huanglongbing", DAY, 108.5, 30.9, tree=mark, by=by, **more)


def ids(store, viewer, scope=EVERYTHING, **asked):
    return list(store.samples(scope, viewer, **asked)["id"])


def tell(store, state, day=DAY, who=STATION, identity="x1", **more):
    return store.add_step(identity, Step(state, day), EVERYTHING, who, **more)


@pytest.fixture
def suspected(orchard):
    orchard.add_sample(tree(), by=SUBMITTER)
    return orchard


def test_a_sample_begins_with_its_suspicion(suspected, clock):
    found = suspected.sample("x1", EVERYTHING, STATION)
    assert found.steps == (Step("suspected", DAY, "a1", ""),)
    assert (found.state, found.embargo, found.tree, found.longitude) == ("suspected", True, "T12", 108.5)
    row = suspected.samples(EVERYTHING, STATION).iloc[0]
    assert tuple(suspected.samples(EVERYTHING, STATION).columns) == SAMPLE_COLUMNS
    assert (row["township"], row["name"], row["since"].date()) == ("Hillside", "North", DAY)


def test_the_way_from_suspicion_to_replanting_appends_and_overwrites_nothing(suspected):
    days = [date(2026, 10, day) for day in (10, 20, 22, 25)]
    for state, day in zip(("sampled", "confirmed", "removed"), days, strict=False):
        tell(suspected, state, day)
    with pytest.raises(InputError, match="where do the seedlings come from"):
        tell(suspected, "replanted", days[3])
    found = tell(suspected, "replanted", days[3], seedlings="net house, batch 7")
    assert [step.state for step in found.steps] == ["suspected", "sampled", "confirmed", "removed", "replanted"]
    assert [step.date for step in found.steps[1:]] == days
    assert (found.state, found.seedlings, found.embargo) == ("replanted", "net house, batch 7", True)
    assert found.date == DAY


@pytest.mark.parametrize(
    ("before", "state", "match"),
    [
        ((), "confirmed", "the tree is suspected; next is sampled, not confirmed"),
        ((), "removed", "next is sampled"),
        ((), "released", "next is sampled, not released"),
        (("sampled",), "sampled", "next is confirmed or refuted, not sampled"),
        (("sampled",), "released", "next is confirmed or refuted"),
        (("sampled", "refuted"), "removed", "the tree is refuted; next is released, not removed"),
        (("sampled", "refuted", "released"), "released", "next is nothing more"),
        (("sampled", "confirmed"), "replanted", "next is removed or released"),
        (("sampled", "confirmed"), "suspected", "next is removed or released"),
        ((), "eaten", "unknown state 'eaten'"),
    ],
)
def test_a_step_out_of_order_is_refused_and_nothing_is_stored(suspected, before, state, match):
    for one in before:
        tell(suspected, one)
    with pytest.raises(InputError, match=match):
        tell(suspected, state)
    assert len(suspected.sample("x1", EVERYTHING, STATION).steps) == 1 + len(before)


def test_no_step_lies_before_the_last_one(suspected):
    with pytest.raises(InputError, match="the step of 2026-10-07 lies before the last one of 2026-10-08"):
        tell(suspected, "sampled", date(2026, 10, 7))


@pytest.mark.parametrize("role", Role)
def test_under_embargo_only_submitter_agronomist_and_station_know(suspected, role):
    viewer = Viewer("z9", "somebody", role, ("f1",), (("write", "f1"), ("township", "Hillside")))
    knows = role in (Role.AGRONOMIST, Role.STATION, Role.ADMIN)
    for scope in (EVERYTHING, F1, Scope(townships=frozenset({"Hillside"}))):
        assert ids(suspected, viewer, scope) == (["x1"] if knows else [])
        if not knows:
            with pytest.raises(NotFoundError) as hidden:
                suspected.sample("x1", scope, viewer)
            with pytest.raises(NotFoundError) as missing:
                suspected.sample("x7", scope, viewer)
            assert str(hidden.value).replace("x1", "x7") == str(missing.value)
    assert ids(suspected, replace(viewer, account="a1"), F1) == ["x1"]


def test_a_stranger_who_tells_a_step_hears_what_he_would_hear_of_no_sample(suspected):
    stranger = Viewer("z9", "somebody", Role.GROWER, ("f1",))
    said = []
    for identity in ("x1", "x7"):
        with pytest.raises(NotFoundError) as refused:
            suspected.add_step(identity, Step("sampled", DAY), F1, stranger)
        said.append(str(refused.value).replace(identity, "?"))
        with pytest.raises(NotAllowedError, match="may not enter a laboratory's answer") as refused:
            suspected.add_step(identity, Step("confirmed", DAY), F1, stranger)
        said.append(str(refused.value))
    assert said[:2] == said[2:]


def test_a_submitter_of_another_farm_no_longer_reaches_it(suspected):
    assert ids(suspected, SUBMITTER, Scope(farms=frozenset({"f2"}))) == []
    assert ids(suspected, SUBMITTER, Scope(everything=True, anonymous=True)) == []
    with pytest.raises(NotAllowedError, match="only sums"):
        suspected.samples(Scope(everything=True, sums_only=True), STATION)


def test_the_platform_itself_and_the_neighbours_learn_nothing_before_the_release(suspected):
    suspected.add_sample(replace(tree("x2", mark="T13"), embargo=False))  # no organism of quarantine
    assert ids(suspected, None) == ["x2"]
    assert ids(suspected, STATION, for_neighbours=True) == ["x2"]
    tell(suspected, "sampled")
    tell(suspected, "confirmed")
    assert ids(suspected, STATION, for_neighbours=True) == ["x2"]
    tell(suspected, "released", date(2026, 10, 30))
    assert ids(suspected, STATION, for_neighbours=True) == ["x1", "x2"]
    owner = Viewer("o1", "owner", Role.GROWER, ("f1",))
    frame = suspected.samples(F1, owner).set_index("id")
    assert (frame["state"]["x1"], frame["embargo"]["x1"]) == ("confirmed", False)
    assert str(frame["released"]["x1"].date()) == "2026-10-30"
    assert ids(suspected, owner, F1, organism="canker") == []


@pytest.mark.parametrize("who", [AGRONOMIST, OPERATOR, SUBMITTER], ids=lambda who: who.role.value)
def test_only_the_station_releases(suspected, who):
    tell(suspected, "sampled")
    tell(suspected, "refuted")
    with pytest.raises(NotAllowedError, match="may not lift the embargo"):
        tell(suspected, "released", who=who)
    assert tell(suspected, "released").embargo is False


def test_a_submitter_samples_but_does_not_enter_the_answer(suspected):
    assert suspected.add_step("x1", Step("sampled", DAY, note="sent"), F1, SUBMITTER).steps[1].by == "a1"
    with pytest.raises(NotAllowedError, match="may not enter a laboratory's answer"):
        suspected.add_step("x1", Step("confirmed", DAY), F1, SUBMITTER)
    assert tell(suspected, "confirmed", who=AGRONOMIST).state == "confirmed"


def test_the_same_sample_of_the_same_account_is_stored_once(suspected):
    assert suspected.add_sample(tree("x9")).id == "x1"
    assert suspected.add_sample(tree("x2", by="a2")).id == "x2"  # who does not see the first is not told of it
    assert len(suspected.samples(EVERYTHING, STATION)) == 2


def test_a_history_comes_in_at_once_when_its_order_is_right(orchard):
    steps = (Step("suspected", DAY), Step("sampled", DAY), Step("confirmed", DAY))
    assert orchard.add_sample(tree(steps=steps), by=AGRONOMIST).state == "confirmed"
    with pytest.raises(InputError, match="the tree is new; next is suspected, not sampled"):
        orchard.add_sample(tree("x2", steps=steps[1:]))
    with pytest.raises(NotAllowedError):
        orchard.add_sample(tree("x3", steps=steps), by=SUBMITTER)
    with pytest.raises(NotFoundError, match="no plot 'p9'"):
        orchard.add_sample(tree("x4", plot="p9"))
    assert ids(orchard, STATION) == ["x1"]


def test_a_sample_outlives_its_plot(suspected):
    suspected.remove_plot("p1")
    found = suspected.sample("x1", EVERYTHING, STATION)
    assert (found.plot, found.longitude) == ("", 108.5)
    assert suspected.samples(EVERYTHING, STATION)["name"].tolist() == [""]
    assert ids(suspected, SUBMITTER, F1) == []


def test_samples_are_picked_by_plot(suspected):
    suspected.add_sample(tree("x3", plot="p3"))
    assert ids(suspected, STATION, plots=["p3", "p2"]) == ["x3"]
    assert ids(suspected, STATION, plots=[]) == []
    assert set(suspected.samples(EVERYTHING, STATION, plots=[]).columns) == set(SAMPLE_COLUMNS)


def test_every_step_leaves_a_row_in_the_trail(suspected):
    suspected.add_step("x1", Step("sampled", DAY), F1, SUBMITTER)
    trail = suspected.audit()
    assert list(trail["action"]) == ["sample.step", "sample.add"]
    assert trail["counts"][0] == {"state": "sampled", "date": "2026-10-08"}
    assert trail["on_behalf_of"].tolist() == [["f1"], ["f1"]]
