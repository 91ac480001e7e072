import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from growth_model.cultivar import HERE
from growth_model.flush import (
    Flush,
    FlushGrowth,
    FlushStart,
    Leaves,
    Recent,
    begun,
    canopy_efficiency,
    flush_potential,
    flush_share,
    flush_starts,
    grown_flush,
    last_years_leaves,
    late_flush,
    leaf_demand,
    leaf_efficiency,
    leaf_fall,
    spring_starts,
)

FILE = HERE / "bearing.toml"
LEAVES = parameters.load(FILE, "leaves", Leaves)
SPRING, SUMMER, AUTUMN = (parameters.load(FILE, name, FlushGrowth) for name in ("spring", "summer", "autumn"))
SUMMER_START, AUTUMN_START = (parameters.load(FILE, f"{name}_start", FlushStart) for name in ("summer", "autumn"))
NONE = Flush(0.0, 0.0, 0.0)


def test_spring_shoots_break_with_the_buds_and_once():
    assert [spring_starts(0.0, progress, LEAVES.spring_progress) for progress in (0.37, 0.38, 0.9)] == [0, 1, 1]
    assert spring_starts(1.0, 0.9, LEAVES.spring_progress) == 0


@pytest.mark.parametrize(
    ("recent", "day", "starts"),
    [
        (Recent(24.0, 0.9, 0.0, 30.0), 160, 1),
        (Recent(21.0, 0.9, 0.0, 30.0), 160, 0),  # cool
        (Recent(24.0, 0.6, 0.0, 30.0), 160, 0),  # dry
        (Recent(24.0, 0.9, 0.0, 8.0), 160, 0),  # in bloom
        (Recent(24.0, 0.9, 0.0, 90.0), 220, 0),  # August: the autumn flush's time
    ],
)
def test_summer_shoots_want_warmth_moist_soil_and_set_fruit(recent, day, starts):
    assert flush_starts(0.0, recent, day, SUMMER_START) == starts
    assert flush_starts(1.0, recent, day, SUMMER_START) == 0


@pytest.mark.parametrize(
    ("recent", "day", "starts"),
    [
        (Recent(24.0, 0.3, 30.0, 120.0), 250, 1),
        (Recent(28.0, 0.3, 30.0, 120.0), 250, 0),  # hot
        (Recent(17.0, 0.3, 30.0, 120.0), 280, 0),  # cool
        (Recent(24.0, 1.0, 15.0, 120.0), 250, 0),  # no rain
        (Recent(24.0, 0.3, 30.0, 60.0), 200, 0),  # July
        (Recent(24.0, 0.3, 30.0, 120.0), 330, 0),  # nothing sprouts in late November
    ],
)
def test_autumn_shoots_want_rain_after_the_heat(recent, day, starts):
    assert flush_starts(0.0, recent, day, AUTUMN_START) == starts


def test_shoots_that_start_after_10_october_are_late():
    assert [late_flush(1.0, day, LEAVES.late_after) for day in (250, 283, 284)] == [0, 0, 1]
    assert late_flush(0.0, 300, LEAVES.late_after) == 0


@given(steps=st.lists(st.floats(0, 6), min_size=1, max_size=80), duration=st.floats(5, 60))
def test_the_shares_of_a_flush_add_up_to_one_however_the_days_fall(steps, duration):
    age, shares = 0.0, []
    for growth in [*steps, duration]:
        shares.append(flush_share(age, growth, duration))
        age += growth
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert min(shares) >= -1e-12


def test_a_flush_grows_as_a_bell():
    shares = [flush_share(float(day), 1.0, 30.0) for day in range(30)]
    assert shares == pytest.approx(shares[::-1])
    assert max(shares) == pytest.approx(1.875 / 30, rel=0.01)  # top of 30 x^2 (1 - x)^2
    assert shares[0] < 0.001


def test_a_tree_in_balance_grows_in_three_flushes_what_a_year_sheds():
    assert pytest.approx(1) == SPRING.share + SUMMER.share + AUTUMN.share
    grown = [flush_potential(3.5, 3.5, 0.7, flush.share, 120.0) for flush in (SPRING, SUMMER, AUTUMN)]
    assert sum(grown) == pytest.approx(0.7 * 3.5 * 120)
    assert flush_potential(8.0, 3.5, 0.7, 0.65, 120.0) == 0


def test_a_defoliated_tree_grows_more():
    assert flush_potential(1.5, 3.5, 0.7, 0.5, 120.0) == pytest.approx(0.5 * 120 * (0.7 * 3.5 + 2.0))


def test_a_flush_that_starts_grows_to_its_potential_and_keeps_its_clock():
    flush = begun(NONE, 0.0)
    assert leaf_demand(flush, 200.0, 1.0, 30.0) == 0
    assert grown_flush(flush, 0.9, 0.0) == NONE
    flush = begun(flush, 1.0)
    for _ in range(100):
        flush = grown_flush(begun(flush, 0.0), 0.5, leaf_demand(flush, 200.0, 0.5, 30.0))
    assert flush == pytest.approx(Flush(1.0, 50.0, 200.0))
    assert last_years_leaves(100.0, flush, NONE, NONE) == pytest.approx(300)


@pytest.mark.parametrize(("age", "pace"), [(0, 0.5), (30, 0.75), (60, 1), (150, 1)])
def test_young_leaves_work_half_as_well(age, pace):
    assert leaf_efficiency(float(age), LEAVES.young, LEAVES.hardened) == pytest.approx(pace)


def test_a_canopy_works_as_the_mean_of_its_leaves():
    young, mature = Flush(1.0, 0.0, 100.0), Flush(1.0, 80.0, 50.0)
    assert canopy_efficiency(young, mature, NONE, 250.0, LEAVES) == pytest.approx((50 + 50 + 200) / 400)
    assert canopy_efficiency(NONE, NONE, NONE, 0.0, LEAVES) == 1


def test_a_year_sheds_seven_tenths_of_old_leaves_however_bloom_falls():
    old = 420.0
    for day in range(365):
        bloom = flush_share(0.6 * (day - 40), 0.6, LEAVES.bloom_fall_duration) if day >= 40 else 0.0
        old -= leaf_fall(old, 1.0, bloom, LEAVES.fall_rate, LEAVES.fall_at_bloom)
    assert old == pytest.approx(420 * 0.3, rel=0.002)
    assert LEAVES.turnover == pytest.approx(0.7)


def test_leaves_live_17_to_24_months():
    """Standing leaves over yearly growth, of an orchard in balance: spring flush in days 0 to 50, then 100, 190."""
    old, standing = LEAVES.full_area, []
    for _ in range(10):
        new = np.zeros(3)
        for day in range(365):
            for k, (first, flush) in enumerate(((0, SPRING), (100, SUMMER), (190, AUTUMN))):
                other = old + new.sum() - new[k]
                aim = flush_potential(other, LEAVES.full_area, LEAVES.turnover, flush.share, 1.0)
                new[k] += aim * flush_share(0.6 * (day - first), 0.6, flush.duration) * (day >= first)
            bloom = flush_share(0.6 * (day - 40), 0.6, LEAVES.bloom_fall_duration)
            old -= leaf_fall(old, 1.0, bloom, LEAVES.fall_rate, LEAVES.fall_at_bloom)
            standing.append(old + new.sum())
        grown, old = new.sum(), old + new.sum()
    assert old == pytest.approx(LEAVES.full_area, rel=0.15)
    assert 17 <= 12 * np.mean(standing[-365:]) / grown <= 24
