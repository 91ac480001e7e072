"""Modes of action: what may follow what, how often, and what burns leaves."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import NotFoundError
from pest_warning.advice import groups
from pest_warning.advice.rotation import Spray, allowed

MITE, SCALE = "citrus_red_mite", "arrowhead_scale"
DAY = date(2026, 5, 20)


def spray(month, day, group, organism=MITE):
    return Spray(date(2026, month, day), (group,) if isinstance(group, str) else group, (organism,))


def state(group, *sprays, on=DAY, generation=20, organism=MITE, partners=()):
    return allowed(group, organism, sprays, on, generation, partners).state


def test_groups_carry_the_classes_limits_and_bloom_rules_of_the_specification(table):
    for row in table("pest_spray_groups"):
        one = groups.group(row["group"])
        assert row["word"] in one.actives.en, row
        assert one.per_season == (None if row["per_season"] < 0 else row["per_season"]), row
        assert one.per_organism == (None if row["per_organism"] < 0 else row["per_organism"]), row
        assert (one.never_alone, one.at_bloom) == (bool(row["never_alone"]), row["at_bloom"]), row


def test_the_same_group_is_not_used_twice_in_a_row_against_one_organism():
    assert state("IRAC 4A", spray(3, 1, "IRAC 4A")) == "not now"
    assert state("IRAC 4A", spray(3, 1, "IRAC 4A"), spray(4, 10, "IRAC 28")) == "allowed"
    assert state("IRAC 4A", spray(3, 1, "IRAC 4A", SCALE)) == "allowed"
    assert allowed("IRAC 4A", MITE, [spray(3, 1, "IRAC 4A")], DAY, 20).until is None


def test_a_planned_spray_of_the_same_group_counts_as_well():
    assert state("IRAC 4A", spray(7, 1, "IRAC 4A")) == "not now"
    assert state("IRAC 4A", spray(6, 15, "IRAC 28"), spray(7, 1, "IRAC 4A")) == "allowed"


def test_two_sprays_of_one_day_are_both_the_last_one():
    both = spray(3, 1, "IRAC 4A"), spray(3, 1, "IRAC 28")
    assert state("IRAC 4A", *both) == state("IRAC 28", *both) == "not now"


def test_the_same_group_waits_for_the_next_generation():
    sprays = spray(4, 30, "IRAC 4A"), spray(5, 10, "IRAC 28")
    assert state("IRAC 4A", *sprays, generation=20) == "allowed"
    assert state("IRAC 4A", *sprays, generation=21) == "not now"
    assert allowed("IRAC 4A", MITE, sprays, DAY, 21).until == date(2026, 5, 21)


def test_sub_groups_at_one_site_are_one_family_in_a_row():
    assert state("IRAC 10B", spray(3, 1, "IRAC 10A")) == "not now"
    assert state("IRAC 4D", spray(3, 1, "IRAC 4A")) == "not now"
    assert state("IRAC 20D", spray(3, 1, "IRAC 10A")) == "allowed"


def test_an_acaricide_group_is_used_once_a_season_and_again_the_next():
    sprays = spray(1, 1, "IRAC 20D"), spray(3, 10, "IRAC 23"), spray(4, 10, "oil")
    assert state("IRAC 20D", *sprays) == "not now"
    assert allowed("IRAC 20D", MITE, sprays, DAY, 20).until == date(2027, 1, 1)
    last_year = Spray(date(2025, 12, 31), ("IRAC 20D",), (MITE,))
    assert state("IRAC 20D", last_year, *sprays[1:]) == "allowed"


def test_the_number_of_a_season_counts_all_organisms_of_the_plot():
    once = spray(2, 1, ("FRAC 11", "FRAC M03"), "scab")
    twice = once, spray(3, 1, ("FRAC 11", "FRAC M03"), "scab")
    assert state("FRAC 11", once, organism="melanose", partners=("FRAC M03",)) == "allowed"
    assert state("FRAC 11", *twice, organism="melanose", partners=("FRAC M03",)) == "not now"


def test_groups_that_must_not_stand_alone_need_another_family_in_the_tank():
    assert state("FRAC 4", organism="brown_rot") == "never"
    assert state("FRAC 4", organism="brown_rot", partners=("FRAC 4",)) == "never"
    assert state("FRAC 4", organism="brown_rot", partners=("FRAC M01",)) == "allowed"
    assert state("FRAC 11", organism="melanose") == "never"


def test_protectants_need_no_rotation():
    assert state("FRAC M03", spray(5, 1, "FRAC M03", "melanose"), organism="melanose") == "allowed"


def test_withdrawn_antibiotics_are_never_allowed():
    assert state("FRAC 25", organism="canker", partners=("FRAC M01",)) == "never"


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [("oil", "FRAC M02", 21), ("FRAC M01", "oil", 20), ("FRAC M02", "FRAC M01", 20), ("FRAC M05", "oil", 14)],
)
def test_oil_sulphur_and_copper_keep_their_days_apart(first, second, days):
    before = Spray(DAY - timedelta(days), (first,), (SCALE,))
    a_day_less = Spray(DAY - timedelta(days - 1), (first,), (SCALE,))
    assert state(second, before) == "allowed"
    assert state(second, a_day_less) == "not now"
    assert allowed(second, MITE, [a_day_less], DAY, 20).until == DAY + timedelta(1)
    assert state(second, Spray(DAY + timedelta(days - 1), (first,), (SCALE,))) == "not now"
    assert state(second, partners=(first,)) == "never"


def test_warnings_come_with_a_verdict():
    verdict = allowed("IRAC 21A", MITE, [], DAY, 20)
    assert any("predators" in words.en for words in verdict.warnings)
    assert any("蜜蜂" in words.zh for words in verdict.warnings)
    assert any("stipples" in words.en for words in allowed("copper", "canker", [], DAY, 20).warnings)


def test_unknown_groups_and_empty_generations_are_refused():
    with pytest.raises(NotFoundError, match="IRAC 99"):
        state("IRAC 99")
    with pytest.raises(ValueError, match="generation"):
        state("IRAC 6", generation=0)


KEYS = [one.key for one in groups.catalogue()]
RANK = {"allowed": 0, "not now": 1, "never": 2}
SPRAYS = st.builds(
    Spray,
    on=st.dates(date(2025, 10, 1), date(2027, 2, 1)),
    groups=st.tuples(st.sampled_from(KEYS)),
    organisms=st.sampled_from([(MITE,), (SCALE,), (MITE, SCALE)]),
)


@given(group=st.sampled_from(KEYS), sprays=st.lists(SPRAYS, max_size=6), more=SPRAYS, generation=st.floats(1, 60))
def test_another_spray_of_a_group_never_makes_it_more_allowed(group, sprays, more, generation):
    same = Spray(more.on, (group,), more.organisms)
    less = allowed(group, MITE, sprays, DAY, generation)
    after = allowed(group, MITE, [*sprays, same], DAY, generation)
    assert RANK[after.state] >= RANK[less.state]


@given(group=st.sampled_from(KEYS), sprays=st.lists(SPRAYS, max_size=5), more=SPRAYS)
def test_a_spray_against_something_else_never_makes_a_group_more_allowed(group, sprays, more):
    other = Spray(more.on, more.groups, (SCALE,))
    less = allowed(group, MITE, sprays, DAY, 20)
    assert RANK[allowed(group, MITE, [*sprays, other], DAY, 20).state] >= RANK[less.state]


@given(group=st.sampled_from(KEYS), sprays=st.lists(SPRAYS, max_size=5), days=st.floats(1, 40), more=st.floats(0, 40))
def test_a_longer_generation_never_makes_a_group_more_allowed(group, sprays, days, more):
    short, long = (allowed(group, MITE, sprays, DAY, length) for length in (days, days + more))
    assert RANK[long.state] >= RANK[short.state]
