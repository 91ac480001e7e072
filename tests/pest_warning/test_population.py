"""Populations through their days: the compiled course beside plain steps, and what sprays, cold and gaps may do."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from pest_warning import flush_feeder, mite, organism, population
from pest_warning.flush_feeder import FlushFeeder
from pest_warning.population import ADULTS, FEEDER_STATE, MOST_SUBSTAGES, OTHERS, Weather

MITES = ("red_mite", "yellow_mite", "rust_mite")
DAYS = 120


def form_of(key):
    kind = FlushFeeder if key == "leafminer" else mite.Mite
    return organism.load(key).parameters("population", kind)


def weather(seed, members=2, sites=2, rate=lambda tmean: np.maximum(tmean - 12.2, 0.0), shoots=None):
    rng = np.random.default_rng(seed)
    tmean = rng.uniform(5, 32, (DAYS, members, sites)) * 0.5 + rng.uniform(8, 16)
    day = np.arange(DAYS)[:, None, None]
    tender = ((day % 40) < 18) * np.ones_like(tmean) if shoots is None else np.full_like(tmean, shoots)
    return Weather(rate(tmean), tmean, tmean + 6.0, rng.exponential(4.0, tmean.shape), tender)


def mite_course(key, of, kill=None, start=3.0, forms=None, parallel=False):
    form = form_of(key)
    begin = np.array([start, form.predators, start])[None, None, None]
    kill = np.zeros((1, 1, DAYS)) if kill is None else kill
    return population.mites(np.array([1]), of, kill, begin, forms or [form], parallel=parallel)


def feeder_course(of, kill=None, adults=0.05, form=None, young=None, parallel=False):
    form = form or form_of("leafminer")
    begin = np.zeros((1, 1, 1, FEEDER_STATE))
    begin[..., ADULTS] = begin[..., OTHERS + ADULTS] = adults
    if young is not None:
        begin[..., :MOST_SUBSTAGES] = begin[..., OTHERS : OTHERS + MOST_SUBSTAGES] = young
    kill = np.zeros((1, 1, DAYS)) if kill is None else kill
    stages = flush_feeder.substages(form.cv)
    return population.feeders(np.array([0]), of, kill, begin, [form], [stages], parallel=parallel)


@pytest.mark.parametrize("key", MITES)
@given(seed=st.integers(0, 20), start=st.floats(0.01, 20))
@settings(max_examples=10)
def test_the_compiled_course_is_that_of_plain_steps(key, seed, start):
    of, form = weather(seed, rate=lambda tmean: 0.008 * np.maximum(tmean - 8.0, 0.0), shoots=0.4), form_of(key)
    found = mite_course(key, of, start=start)
    for member in (0, 1):
        now = mite.Mites(start, form.predators, start)
        for day in range(DAYS):
            values = (getattr(of, name)[day, member, 1] for name in ("rate", "shoots", "tmean", "tmax", "rain"))
            now = mite.next_evening(now, *values, 0.0, form)
            assert found.numbers[0, 0, member, day] == pytest.approx(now.sprayed, rel=1e-4)


KILLS = st.lists(st.tuples(st.integers(0, DAYS - 1), st.floats(0.1, 3.0)), max_size=4)


def losses(kills):
    found = np.zeros((1, 1, DAYS))
    for day, rate in kills:
        found[0, 0, day] += rate
    return found


@pytest.mark.parametrize("key", MITES)
@given(kills=KILLS, more=KILLS, seed=st.integers(0, 20), start=st.floats(0.01, 25))
def test_a_spray_never_raises_mites(key, kills, more, seed, start):
    of = weather(seed, rate=lambda tmean: 0.012 * np.maximum(tmean - 8.0, 0.0), shoots=0.5)
    fewer, all_of_them = (mite_course(key, of, losses(some), start).numbers for some in (kills, kills + more))
    assert (all_of_them <= fewer * (1 + 1e-5)).all()


@given(kills=KILLS, more=KILLS, seed=st.integers(0, 20), adults=st.floats(0.001, 20))
@example(
    kills=[], more=[(0, 3.0)], seed=0, adults=10.0
)  # the next flush had 18 % more, were crowding the sprayed ones'
def test_a_spray_never_raises_the_share_of_mined_leaves(kills, more, seed, adults):
    # crowded as they would be on few shoots: those that a spray leaves are not to profit from it
    of, form = weather(seed), form_of("leafminer")._replace(crowding=3.0, survival=0.5)
    fewer, all_of_them = (feeder_course(of, losses(some), adults, form).numbers for some in (kills, kills + more))
    assert (all_of_them <= fewer + 1e-5).all()


@given(seed=st.integers(0, 20), start=st.floats(0, 100))
def test_mites_stay_between_their_floor_and_capacity(seed, start):
    of, form = weather(seed, rate=lambda tmean: 0.012 * np.maximum(tmean - 8.0, 0.0), shoots=0.5), form_of("red_mite")
    found = mite_course("red_mite", of, start=start).numbers
    assert (found >= form.floor * (1 - 1e-6)).all()
    assert (found <= form.capacity * (1 + 1e-6)).all()


@pytest.mark.parametrize("warmth", [2.0, 9.0, 12.5, 21.0, 30.0])
def test_a_cohort_emerges_as_the_erlang_distribution_tells_however_warm_the_days_are(warmth):
    # T41 of pests.md 13 at every pace: shares 0.1878, 0.5297 and 0.8197 at 0.8, 1.0 and 1.2 of the sum
    form = form_of("leafminer")._replace(sum=250.0, eggs=0.0, adult_life=1e9, floor=0.0, hot_loss=0.0, rain_loss=0.0)
    stages = flush_feeder.substages(form.cv)
    assert stages == 20
    young = np.eye(1, MOST_SUBSTAGES)[0]
    of = weather(1)
    of = of._replace(rate=np.full_like(of.rate, warmth))
    ends = []
    for days in range(1, DAYS + 1):
        some = Weather(*(part[:days] for part in of))
        ends.append(feeder_course(some, np.zeros((1, 1, days)), 0.0, form, young).end[0, 0, 0, ADULTS])
    expected = stats.gamma.cdf(warmth * np.arange(1, DAYS + 1), a=20, scale=250.0 / 20)
    np.testing.assert_allclose(ends, expected, atol=2e-4)


def test_a_generation_at_25_degrees_takes_eighteen_days():
    # T39 of pests.md 13: 230.5 degree days above 12.2 at 25 degC
    form = form_of("leafminer")._replace(eggs=0.0, adult_life=1e9, floor=0.0, hot_loss=0.0, rain_loss=0.0)
    of = weather(1)
    of = of._replace(rate=np.full_like(of.rate, 25.0 - 12.2))
    emerged = []
    for days in range(1, 60):
        some = Weather(*(part[:days] for part in of))
        course = feeder_course(some, np.zeros((1, 1, days)), 0.0, form, np.eye(1, MOST_SUBSTAGES)[0])
        emerged.append(course.end[0, 0, 0, ADULTS])
    mean = (1.0 - np.array(emerged)).sum()  # of whole days, of which the first has not passed yet
    assert mean == pytest.approx(18.0 - 0.5, abs=0.6)


@given(warmth=st.floats(0, 40), keeps=st.floats(0, 1))
def test_whoever_does_not_stay_emerges(warmth, keeps):
    form = form_of("leafminer")
    young = np.concatenate([np.zeros(population.FARTHEST), np.full(MOST_SUBSTAGES, 0.3)])
    heat = warmth / form.sum * 20
    emerged = population.develop(young, np.zeros(population.FARTHEST), 20, heat, keeps)
    assert emerged >= 0
    assert emerged + young.sum() == pytest.approx(6.0 * keeps)


def test_nothing_is_mined_without_tender_shoots_and_a_new_flush_starts_clean():
    of = weather(3)
    mined = feeder_course(of, adults=2.0).numbers[0, 0, 0]
    tender = of.shoots[:, 0, 0] > 0
    assert (mined[~tender] == 0).all()
    for start in (0, 40, 80):
        assert mined[start] < mined[start + 17]
        assert (np.diff(mined[start : start + 18]) >= 0).all()  # within a flush it only grows
    assert mined[40] < mined[17]


def test_in_the_cold_no_egg_is_laid():
    of = weather(1)
    cold = of._replace(tmean=np.full_like(of.tmean, form_of("leafminer").active_from))
    assert (feeder_course(cold, adults=5.0).numbers == 0).all()


@pytest.mark.parametrize("day", [0, 40, DAYS - 1])
def test_a_day_without_weather_is_unknown_and_the_population_goes_on_as_it_was(day):
    of = weather(2, rate=lambda tmean: 0.01 * np.maximum(tmean - 8.0, 0.0), shoots=0.5)
    for name in ("rate", "tmean", "tmax"):
        part = np.array(getattr(of, name))
        part[day] = np.nan
        gap = of._replace(**{name: part})
        without = Weather(*(np.delete(each, day, axis=0) for each in of))
        for run, kill in ((lambda w, k: mite_course("red_mite", w, k), losses([(5, 1.0)])),
                          (lambda w, k: feeder_course(w, k), losses([(5, 1.0)]))):  # fmt: skip
            found = run(gap, kill).numbers[0, 0, 0]
            assert np.flatnonzero(np.isnan(found)).tolist() == [day]
            if day != 5:
                expected = run(without, np.delete(kill, day, axis=2)).numbers[0, 0, 0]
                np.testing.assert_array_equal(np.delete(found, day), expected)


def test_all_cores_give_what_one_gives():
    of = weather(4)
    np.testing.assert_array_equal(feeder_course(of).numbers, feeder_course(of, parallel=True).numbers)
    of = of._replace(rate=of.rate / 100)
    np.testing.assert_array_equal(mite_course("red_mite", of).end, mite_course("red_mite", of, parallel=True).end)


def test_draws_are_apart_and_the_same_form_may_serve_several():
    of, form = weather(1, rate=lambda tmean: 0.01 * np.maximum(tmean - 8.0, 0.0), shoots=0.5), form_of("red_mite")
    begin = np.array([[[[3.0, form.predators, 3.0]]] * 3])
    forms = [form, form._replace(young=0.1, old=0.1)]
    found = population.mites(np.array([0]), of, np.zeros((1, 1, DAYS)), begin, forms, [0, 1, 0]).numbers[0, :, 0]
    np.testing.assert_array_equal(found[0], found[2])
    assert (found[1, :10] < found[0, :10]).all()


def test_mites_on_young_leaves_grow_faster_and_heat_and_rain_take_them():
    form = form_of("red_mite")
    now = mite.Mites(2.0, 0.0, 2.0)
    calm = mite.next_evening(now, 0.1, 0.2, 22.0, 28.0, 0.0, 0.0, form).sprayed
    assert mite.next_evening(now, 0.1, 0.9, 22.0, 28.0, 0.0, 0.0, form).sprayed > calm
    assert mite.next_evening(now, 0.1, 0.2, 22.0, 38.0, 0.0, 0.0, form).sprayed < calm
    washed = mite.next_evening(now, 0.1, 0.2, 22.0, 28.0, 150.0, 0.0, form).sprayed
    # the file: 82 % in ten days with that much rain
    assert washed / calm == pytest.approx((1 - 0.82) ** 0.1)
