from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from agro.errors import InputError
from agro.farm import Observation
from agro.observations import assumed_error, checked, kinds
from agro.observations.kinds import TABLE

TODAY = date(2026, 11, 1)
FULL_BLOOM = Observation("o1", "p1", "bloom_65", date(2026, 4, 12))
SIZE = Observation("o2", "p1", "diameter", date(2026, 7, 20), 45.0, 20)


def test_the_error_of_an_observation_agrees_with_sums_by_hand(table):
    rows = table("observation_error")
    assert {row["kind"] for row in rows} == set(kinds())
    for row in rows:
        known = {name: None if row[name] == "" else row[name] for name in ("value", "n", "spread")}
        told = assumed_error(row["kind"], known["value"], known["n"], known["spread"], row["evidence"])
        assert told == pytest.approx(row["expected"], abs=1e-6)


@given(n=st.integers(1, 10_000), more=st.integers(1, 10_000), kind=st.sampled_from(["diameter", "tss", "ta"]))
def test_more_fruit_never_make_a_mean_less_sure_nor_surer_than_the_instrument(n, more, kind):
    few, many = assumed_error(kind, 10.0, n), assumed_error(kind, 10.0, n + more)
    assert kinds()[kind].base <= many <= few


def test_a_picking_of_unknown_amount_tells_nothing_of_the_crop():
    assert np.isnan(assumed_error("harvest", None))


@pytest.mark.parametrize("key", kinds())
def test_every_kind_is_whole(key):
    kind = kinds()[key]
    assert kind.zh
    assert kind.en
    assert kind.unit
    assert kind.words
    assert kind.base or kind.share
    assert all(
        one.source and one.unit in (kind.unit, "1") for one in parameters.section(TABLE, f"{key}.error").values()
    )
    if not kind.dates:
        assert kind.possible[0] <= kind.usual[0] < kind.usual[1] <= kind.possible[1]


def test_no_word_names_two_kinds():
    words = [word.lower() for kind in kinds().values() for word in {kind.key, kind.zh, kind.en, *kind.words}]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("usual", [FULL_BLOOM, SIZE, Observation("o", "p", "harvest", TODAY)])
def test_what_is_usual_passes_in_silence(usual):
    assert checked(usual, TODAY) == []


@pytest.mark.parametrize(
    "odd",
    [
        replace(FULL_BLOOM, date=date(2026, 2, 20)),
        replace(SIZE, value=150.0),
        Observation("o", "p", "yield", date(2025, 12, 1), 2.3),  # t per mu written as t per ha
        Observation("o", "p", "colour_break", date(2026, 1, 20)),
    ],
)
def test_what_is_odd_but_may_be_true_is_told(odd):
    (told,) = checked(odd, TODAY)
    assert told.level == "warning"
    assert told.en != told.zh


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (replace(FULL_BLOOM, kind="taste"), "unknown kind 'taste'; known: bloom_10"),
        (replace(FULL_BLOOM, date=date(2026, 11, 2)), "2026-11-02 is in the future"),
        (replace(FULL_BLOOM, date=date(2025, 11, 2)), "a day from 01-15 to 08-15"),
        (replace(FULL_BLOOM, value=65.0), "is a date and has no value; got 65"),
        (replace(SIZE, value=None), "is none; 0.5 to 220 mm is needed"),
        (replace(SIZE, value=float("nan")), "is nan"),
        (replace(SIZE, value=0.0), "is 0; 0.5 to 220 mm"),
        (replace(SIZE, n=0), "the number is 0"),
        (replace(SIZE, spread=-1.0), "the spread is -1"),
        (replace(SIZE, evidence="dreamt"), "measured or said"),
        (Observation("o", "p", "soil_moisture", TODAY, 25.0), "0.01 to 0.75 m3 m-3"),  # percent written as a share
    ],
)
def test_what_cannot_be_is_refused_in_two_languages(wrong, match):
    with pytest.raises(InputError, match=match) as caught:
        checked(wrong, TODAY)
    assert caught.value.zh != str(caught.value)


@pytest.mark.parametrize(
    ("kind", "day", "group"),
    [
        ("bloom_65", date(2026, 4, 12), "2026"),
        ("colour_break", date(2026, 10, 12), "2026"),
        ("colour_break", date(2027, 1, 12), "2026"),  # a late orange of the same season
        ("diameter", date(2026, 7, 20), "2026-07-20"),
    ],
)
def test_full_bloom_comes_once_a_season_and_a_diameter_once_a_day(kind, day, group):
    assert kinds()[kind].group(day) == group
