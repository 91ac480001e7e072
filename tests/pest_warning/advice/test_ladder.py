"""The ladder: law first, waiting with a date, mild before strong, and each check on both sides."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from pest_warning import organism
from pest_warning.advice.blocklist import blocked
from pest_warning.advice.ladder import ORDER, State, ladder, quarantine, rescout_on
from pest_warning.advice.rotation import Spray
from pest_warning.organism import Control

DAY = date(2026, 6, 10)


def control(kind, text="x", **more):
    return Control(type=kind, zh=f"措施 {text}", en=f"measure {text}", source="by hand", evidence="judgement", **more)


def pest(*controls, **more):
    """Return a shipped organism that is no matter of law, with other measures."""
    return replace(organism.load("melanose"), controls=controls, **more)


def state(level="high", **more):
    return State(level, DAY, generation_days=40, bbch=more.pop("bbch", 74), **more)


def kinds(made):
    return [option.kind for option in made.options]


def test_mild_measures_come_before_strong_ones():
    measures = [control(kind) for kind in ("chemical", "biological", "cultural", "scout")]
    assert kinds(ladder(pest(*measures), state())) == ["wait", "scout", "cultural", "biological", "chemical"]


@pytest.mark.parametrize(("level", "days"), [("low", 14), ("medium", 7), ("high", 3)])
def test_waiting_is_always_offered_and_names_a_day(level, days):
    first = ladder(pest(), state(level)).options[0]
    assert (first.kind, first.state, first.due) == ("wait", "open", DAY + timedelta(days))
    assert first.due.isoformat() in first.words.zh
    assert first.due.isoformat() in first.words.en


def test_a_short_generation_brings_the_next_look_forward():
    assert rescout_on(State("low", DAY, generation_days=8)) == DAY + timedelta(4)
    assert rescout_on(State("low", DAY, generation_days=40)) == DAY + timedelta(14)


@pytest.mark.parametrize(
    ("when", "level", "offered"),
    [("low", "low", True), ("medium", "low", False), ("medium", "medium", True), ("high", "medium", False)],
)
def test_a_measure_is_offered_from_its_level_on(when, level, offered):
    assert ("cultural" in kinds(ladder(pest(control("cultural", when=when)), state(level)))) is offered


@pytest.mark.parametrize(
    ("months", "offered"), [((6, 6), True), ((7, 9), False), ((3, 5), False), ((11, 6), True), ((11, 2), False)]
)
def test_a_measure_is_offered_in_its_months_over_new_year_too(months, offered):
    assert ("cultural" in kinds(ladder(pest(control("cultural", months=months)), state()))) is offered


@pytest.mark.parametrize(("bbch", "offered"), [(68, False), (69, True), (74, True), (75, False), (None, True)])
def test_a_measure_is_offered_at_its_stages_and_where_the_stage_is_unknown(bbch, offered):
    made = ladder(pest(control("cultural", stage=(69, 74))), state(bbch=bbch))
    assert ("cultural" in kinds(made)) is offered
    if bbch is None:
        assert made.options[-1].checks[0].state == "unknown"


def test_a_group_used_last_time_steps_behind_another_and_closes_the_option_when_alone():
    last = (Spray(date(2026, 4, 1), ("FRAC 3",), ("melanose",)),)
    two = ladder(pest(control("chemical", groups=("FRAC 3", "FRAC 7"))), state(sprays=last)).options[-1]
    assert [(one.group.key, one.state) for one in two.groups] == [("FRAC 7", "open"), ("FRAC 3", "not now")]
    assert two.state == "open"
    assert ladder(pest(control("chemical", groups=("FRAC 3",))), state(sprays=last)).options[-1].state == "not now"


def test_selective_groups_come_before_broad_ones():
    made = ladder(pest(control("chemical", groups=("IRAC 21A", "IRAC 20D"))), state())
    assert [one.group.key for one in made.options[-1].groups] == ["IRAC 20D", "IRAC 21A"]


@pytest.mark.parametrize(("bbch", "expected"), [(58, "open"), (59, "not now"), (69, "not now"), (70, "open")])
def test_bloom_closes_what_harms_bees(bbch, expected):
    made = ladder(pest(control("chemical", groups=("IRAC 4A",))), state(bbch=bbch))
    assert made.options[-1].state == expected


def test_bloom_limits_a_selective_acaricide_to_dusk():
    assert ladder(pest(control("chemical", groups=("IRAC 20D",))), state(bbch=65)).options[-1].state == "limited"


def interval_check(**more):
    made = ladder(pest(control("chemical", groups=("FRAC M03",))), state(**more)).options[-1]
    return made.state, next(check for check in made.groups[0].checks if check.name == "harvest")


def test_the_harvest_interval_is_the_users_and_unknown_without_a_table():
    option, check = interval_check(harvest=DAY + timedelta(20))
    assert (option, check.state) == ("open", "unknown")
    assert "label table" in check.words.en


@pytest.mark.parametrize(("days", "option", "expected"), [(21, "open", "passed"), (20, "not now", "failed")])
def test_a_harvest_within_the_interval_closes_the_spray(days, option, expected):
    found, check = interval_check(intervals={"FRAC M03": 21}, harvest=DAY + timedelta(days))
    assert (found, check.state) == (option, expected)


def test_an_interval_without_a_date_of_harvest_says_the_earliest_day():
    _, check = interval_check(intervals={"FRAC M03": 21})
    assert (check.state, "2026-07-01" in check.words.en) == ("unknown", True)


def test_a_group_that_must_not_stand_alone_is_offered_as_a_mixture():
    group = ladder(pest(control("chemical", groups=("FRAC 11",))), state()).options[-1].groups[0]
    assert group.state == "open"
    assert "only mixed" in group.checks[0].words.en


def test_quarantine_organisms_are_reported_and_eradicated_before_anything_else():
    made = ladder(organism.load("canker"), state())
    found = kinds(made)
    assert found[0] == "report"
    assert "wait" not in found
    assert found.index("eradicate") < min(found.index(kind) for kind in ("scout", "cultural", "chemical"))
    assert {option.state for option in made.options if option.kind == "chemical"} == {"not now"}
    assert "12 小时" in made.options[0].words.zh


def test_a_reported_find_opens_the_sprays():
    made = ladder(organism.load("canker"), state(reported=True))
    assert {option.state for option in made.options if option.kind == "chemical"} == {"open"}


@pytest.mark.parametrize(
    ("key", "eppo"),
    [("canker", ""), ("chinese_citrus_fly", ""), ("x", "DIAACI"), ("x", "LIBEAS"), ("huanglongbing", "")],
)
def test_the_law_knows_its_organisms_by_name_or_code_even_where_a_file_forgets(key, eppo):
    assert quarantine(pest(key=key, eppo=eppo)) is not None
    assert quarantine(pest()) is None


def test_any_other_quarantine_organism_is_reported_too():
    assert kinds(ladder(pest(quarantine=True), state())) == ["report", "eradicate", "scout"]


def test_a_text_that_names_a_blocked_active_is_withheld():
    made = ladder(pest(control("chemical", "速扑杀 1000 倍"), control("cultural")), state())
    assert kinds(made) == ["wait", "cultural"]
    assert made.withheld == ("杀扑磷 (methidathion)",)


def test_an_unknown_level_is_refused():
    with pytest.raises(InputError, match="low, medium, high"):
        ladder(pest(), State("extreme", DAY, 20))


@given(
    key=st.sampled_from(organism.keys()),
    level=st.sampled_from(["low", "medium", "high"]),
    bbch=st.one_of(st.none(), st.integers(0, 99)),
    on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_every_shipped_organism_has_an_ordered_ladder_without_blocked_actives(key, level, bbch, on):
    made = ladder(organism.load(key), State(level, on, generation_days=25, bbch=bbch))
    assert [ORDER.index(kind) for kind in kinds(made)] == sorted(ORDER.index(kind) for kind in kinds(made))
    assert made.options[0].kind == ("report" if organism.load(key).quarantine else "wait")
    assert made.withheld == ()
    said = [option.words for option in made.options]
    said += [check.words for option in made.options for group in option.groups for check in group.checks]
    assert not [words for words in said if blocked(f"{words.zh} {words.en}")]
