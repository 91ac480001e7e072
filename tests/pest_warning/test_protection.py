"""What was sprayed wears off and never harms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from pest_warning import protection

GROUPS = tuple(parameters.document(protection.FILE))
SPRAY = st.tuples(st.integers(-30, 90), st.lists(st.sampled_from(GROUPS), min_size=1, max_size=2), st.floats(0, 1))
DAYS = 80


def rain(seed, members=2, gap=False):
    rng = np.random.default_rng(seed)
    found = np.where(rng.random((members, DAYS)) < 0.3, rng.exponential(12, (members, DAYS)), 0.0)
    if gap:
        found[:, rng.integers(0, DAYS, 5)] = np.nan
    return found


def flushes(*days, members=2):
    return np.broadcast_to(np.array(days, float), (members, len(days)))


@given(st.lists(SPRAY, max_size=4), st.integers(0, 9), st.booleans())
def test_protection_is_a_share_and_nothing_is_protected_before_the_first_spray(sprays, seed, gap):
    left = protection.protected(sprays, rain(seed, gap=gap), flushes(20.0, np.nan), DAYS)
    assert ((left >= 0) & (left <= 1)).all()
    first = min([day for day, *_ in sprays], default=DAYS)
    assert (left[:, : max(first, 0)] == 0).all()


@given(st.lists(SPRAY, max_size=3), SPRAY, st.integers(0, 9))
def test_one_more_spray_never_protects_or_kills_less(sprays, more, seed):
    for what in (protection.protected, protection.kill):
        fewer, all_of_them = (what(some, rain(seed), flushes(20.0), DAYS) for some in (sprays, [*sprays, more]))
        assert (all_of_them >= fewer - 1e-12).all()


@given(SPRAY, st.integers(0, 9), st.floats(0, 30))
def test_more_rain_never_leaves_more(spray, seed, more):
    dry, wet = (protection.protected([spray], rain(seed) + add, flushes(), DAYS) for add in (0.0, more))
    assert (wet <= dry + 1e-12).all()


@given(SPRAY, st.integers(0, 9))
def test_a_flush_after_the_spray_is_bare_and_one_before_it_is_not(spray, seed):
    without, before, after = (
        protection.protected([spray], rain(seed), flushes(day), DAYS) for day in (np.nan, spray[0] - 1, spray[0] + 5)
    )
    np.testing.assert_array_equal(without, before)
    assert (after <= without + 1e-12).all()


def test_mancozeb_after_ten_days_and_sixty_millimetres_is_at_the_computed_rest():
    fell = np.zeros((1, DAYS))
    fell[0, 3:9] = 10.0  # pests.md: 0.833 exp(-10/20) exp(-60/120)
    left = protection.protected([(0, ("FRAC M03",), 1.0)], fell, flushes(members=1), DAYS)
    assert left[0, 10] == pytest.approx(0.833 * np.exp(-0.5) * np.exp(-0.5), rel=1e-6)
    half = protection.protected([(0, ("FRAC M03",), 0.5)], fell, flushes(members=1), DAYS)
    assert half[0, 10] == pytest.approx(left[0, 10] / 2)


def test_rain_that_nobody_measured_counts_as_a_wet_day():
    known, unknown = np.zeros((1, DAYS)), np.zeros((1, DAYS))
    known[0, 5], unknown[0, 5] = 20.0, np.nan
    sprays = [(0, ("FRAC M01",), 1.0)]
    np.testing.assert_array_equal(
        *(protection.protected(sprays, fell, flushes(members=1), DAYS) for fell in (known, unknown))
    )


def test_a_new_flush_is_wholly_bare_after_three_weeks_unless_the_product_moves_into_it():
    dry = np.zeros((1, DAYS))
    contact, systemic = (
        protection.protected([(0, (group,), 1.0)], dry, flushes(10.0, members=1), DAYS)[0, 31]
        for group in ("FRAC M01", "FRAC 4")
    )
    assert contact == 0
    assert systemic == pytest.approx(0.8 * np.exp(-31 / 21))


def test_a_mixture_is_as_good_as_its_best_and_an_unknown_product_is_counted_below_the_known():
    best = protection.residue(("oil", "FRAC M03"))
    assert best == protection.residue_of("FRAC M03")
    assert protection.residue(("something",)) == protection.residue(()) == protection.residue_of("unknown")
    assert protection.residue_of("unknown").efficacy < best.efficacy


def test_the_day_of_a_spray_kills_what_the_product_can_and_a_later_day_a_tenth():
    rates = protection.kill([(10, ("FRAC M03",), 1.0)], np.zeros((1, DAYS)), flushes(members=1), DAYS)[0]
    assert 1 - np.exp(-rates[10]) == pytest.approx(0.833)
    assert rates[11] == pytest.approx(-np.log(1 - 0.833 * np.exp(-1 / 20)) / 10)
    assert (rates[:10] == 0).all()


@pytest.mark.parametrize("group", GROUPS)
def test_every_class_of_products_is_told_in_full(group):
    found = protection.residue_of(group)
    assert 0 < found.efficacy <= 1
    assert found.days > 0
    assert found.rain > 0
    assert 0 <= found.covers_growth <= 1
