"""The plan against huanglongbing: three measures, due days, and never a tree felled on suspicion."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from pest_warning.advice.blocklist import blocked
from pest_warning.advice.huanglongbing import Flush, Plants, Sample, Winter, flush_name, legal_note, plan

ON = date(2026, 4, 10)


def by_key(steps):
    return {step.key: step for step in steps}


def test_a_spring_flush_is_sprayed_twice_seven_to_ten_days_apart():
    steps = by_key(plan([Flush(date(2026, 4, 9))], [], ON))
    assert (steps["first_spray"].state, steps["first_spray"].due) == ("open", date(2026, 4, 12))
    assert (steps["second_spray"].state, steps["second_spray"].starts) == ("later", date(2026, 4, 19))
    assert set(steps) == {"first_spray", "second_spray"}
    assert "1–3 厘米" in steps["first_spray"].words.zh


def test_the_second_spray_counts_from_the_first():
    steps = by_key(plan([Flush(date(2026, 3, 28), sprayed=(date(2026, 4, 1),))], [], ON))
    second = steps["second_spray"]
    assert (steps["first_spray"].state, second.state) == ("done", "open")
    assert (second.starts, second.due) == (date(2026, 4, 8), date(2026, 4, 11))
    both = by_key(plan([Flush(date(2026, 3, 28), sprayed=(date(2026, 4, 9), date(2026, 4, 1)))], [], ON))
    assert both["second_spray"].done == date(2026, 4, 9)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ((2, 28), None),
        ((3, 1), "spring"),
        ((5, 15), "spring"),
        ((5, 16), "summer"),
        ((7, 31), "summer"),
        ((8, 1), "autumn"),
        ((9, 20), "autumn"),
        ((9, 21), "late_autumn"),
        ((11, 16), None),
    ],
)
def test_a_flush_is_named_by_its_day(day, name):
    assert flush_name(date(2026, *day)) == name


def test_stray_summer_shoots_go_before_mid_june():
    step = by_key(plan([Flush(date(2026, 6, 25))], [], date(2026, 6, 1)))["stray"]
    assert (step.due, step.state) == (date(2026, 6, 15), "later")
    assert by_key(plan([Flush(date(2026, 6, 25))], [], date(2026, 6, 16)))["stray"].state == "overdue"


def test_late_autumn_shoots_are_taken_off_and_not_sprayed():
    steps = by_key(plan([Flush(date(2026, 9, 25))], [], date(2026, 9, 26)))
    assert set(steps) == {"late_shoots"}
    assert steps["late_shoots"].due == date(2026, 10, 2)


def test_a_winter_has_two_sprays():
    winter = Winter(date(2026, 12, 10), date(2027, 2, 20), after_harvest=date(2026, 12, 20))
    steps = by_key(plan([], [], date(2027, 2, 21), winters=[winter]))
    assert (steps["winter_after_harvest"].state, steps["winter_before_buds"].state) == ("done", "overdue")


def test_plants_come_with_a_certificate():
    bare, good = Plants("脐橙苗 200 株", date(2026, 4, 9)), Plants("b", date(2026, 4, 9), date(2026, 4, 9))
    assert [step.state for step in plan([], [], ON, plants=[bare, good])] == ["overdue", "done"]


def test_a_suspected_tree_is_marked_reported_and_sampled_and_nothing_else():
    steps = plan([], [Sample("A-12", date(2026, 4, 10))], ON)
    assert [step.key for step in steps] == ["mark", "report", "sample"]
    assert all(step.state == "open" and step.confidential for step in steps)
    assert by_key(steps)["sample"].due == date(2026, 4, 13)
    assert all("A-12" in step.words.zh and "A-12" in step.words.en for step in steps)
    assert by_key(plan([], [Sample("A-12", date(2026, 4, 9))], ON))["report"].state == "overdue"


def test_a_sampled_tree_waits_for_the_laboratory():
    steps = by_key(plan([], [Sample("A", date(2026, 4, 1), sampled=date(2026, 4, 2))], ON))
    assert (steps["result"].state, steps["result"].due) == ("open", date(2026, 4, 16))
    assert "remove" not in steps


def test_a_positive_tree_loses_its_psyllids_and_is_then_removed_and_replanted():
    found = Sample("A", date(2026, 3, 20), sampled=date(2026, 3, 21), result="positive", result_on=date(2026, 4, 9))
    steps = by_key(plan([], [found], ON))
    assert (steps["psyllid"].due, steps["remove"].due) == (date(2026, 4, 10), date(2026, 4, 16))
    assert "replant" not in steps
    gone = Sample("A", date(2025, 3, 20), result="positive", result_on=date(2025, 4, 1), removed=date(2025, 4, 10))
    assert by_key(plan([], [gone], ON))["replant"].starts == date(2026, 4, 10)


def test_a_negative_tree_is_looked_at_once_more():
    clear = Sample("A", date(2026, 3, 20), sampled=date(2026, 3, 21), result="negative", result_on=date(2026, 4, 9))
    steps = by_key(plan([], [clear], ON))
    assert steps["look_again"].due == date(2026, 7, 8)
    assert "remove" not in steps


def test_a_result_needs_a_known_word_and_a_day():
    with pytest.raises(InputError, match="negative or positive"):
        plan([], [Sample("A", ON, result="perhaps", result_on=ON)], ON)
    with pytest.raises(InputError, match="its day"):
        plan([], [Sample("A", ON, result="positive")], ON)


def test_the_law_stands_beside_the_plan():
    note = legal_note()
    assert "12 小时" in note.zh
    assert "12 hours" in note.en
    assert "only authorities publish" in note.en


def test_overdue_steps_come_first_and_done_ones_last():
    steps = plan([Flush(date(2026, 3, 10), sprayed=(date(2026, 3, 11),))], [Sample("A", ON)], ON)
    assert [step.state for step in steps] == ["overdue", "open", "open", "open", "done"]


DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@st.composite
def trees(draw):
    seen = draw(DAYS)
    later = [seen + timedelta(draw(st.integers(0, 60))) if draw(st.booleans()) else None for _ in range(5)]
    result = draw(st.sampled_from([None, "negative", "positive"]))
    on = seen + timedelta(draw(st.integers(0, 90))) if result else None
    marked, reported, sampled, killed, removed = later
    return Sample("T", seen, marked, reported, sampled, result, on, killed, removed)


@given(flushes=st.lists(st.builds(Flush, DAYS), max_size=4), samples=st.lists(trees(), max_size=3), on=DAYS)
def test_no_plan_ever_treats_a_tree_or_fells_one_without_a_positive_result(flushes, samples, on):
    steps = plan(flushes, samples, on)
    assert all(step.starts <= step.due for step in steps)
    for step in steps:
        assert "治疗" not in step.words.zh
        assert "treat" not in step.words.en.lower()
        assert "cure" not in step.words.en.lower()
        assert blocked(f"{step.words.zh} {step.words.en}") is None
    positive = sum(one.result == "positive" for one in samples)
    assert sum(step.key == "remove" for step in steps) == positive
