"""The compiled hours beside a plain loop, and what must hold of wetness, warmth and rain whatever the numbers."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pest_warning import models, organism
from pest_warning.dispersal import Splash, WindRain
from pest_warning.hour_block import LANES
from pest_warning.hourly import Hours, through_hours
from pest_warning.infection_response import Magarey, Penetration
from pest_warning.rates import GRID
from tests.pest_warning import plain_hours

INFECTIONS = tuple(one.key for one in organism.of_engine("infection"))
FUNGI = tuple(key for key in INFECTIONS if key != "canker")
RHS, RAINS = (35.0, 72.0, 85.5, 89.0, 91.0, 94.0, 96.0, 100.0), (0.0, 0.0, 0.0, 0.0625, 0.125, 0.5, 1.5, 6.0)
NO_RATES = np.zeros((0, len(GRID)))


def numbers(key):
    """Return an organism's numbers as the plain loop takes them."""
    one = organism.load(key)
    if key == "canker":
        found, carried = one.parameters("infection", Penetration), one.parameters("dispersal", WindRain)
        q = found.p * (found.tmax - found.topt) / (found.topt - found.tmin)
        return plain_hours.Bacterium(*found[:4], q, found.k, found.reset, carried.gate, carried.later_share)
    return plain_hours.Fungus(*one.parameters("infection", Magarey), *one.parameters("dispersal", Splash))


def through_plain(key, hours, by_tree=False):
    days = plain_hours.bacterial_days if key == "canker" else plain_hours.fungal_days
    return np.array(days(numbers(key), hours, plain_hours.wet_by_tree if by_tree else plain_hours.wet_by_humidity))


def through_kernel(keys, hours, kind=np.float64, wetness="humidity", columns=1, parallel=False, wet_at=90.0):
    """Return what each day came to, shape (day, model, column): all columns breathe the same air."""
    temperature, rh, rain, wind, carried = (np.array([getattr(one, name) for one in hours]) for name in (
        "temperature", "rh", "rain", "wind", "carried"
    ))  # fmt: skip
    vapour = rh / 100.0 * np.array([plain_hours.saturation(t) for t in temperature])
    # between 0 and 100 degC an hour's warmth is its temperature
    made = [np.asarray(part, kind)[:, None] for part in (temperature / 100.0, vapour, rain, wind, carried)]
    table = models.table([organism.load(key) for key in keys], wetness=wetness)
    low = np.zeros((len(hours) // 24, columns), kind)
    return through_hours(
        np.zeros(columns, int), Hours(*made), low, low + 100.0, table.rows, table.responses, NO_RATES,
        wet_at=wet_at, parallel=parallel,
    )  # fmt: skip


@st.composite
def weather(draw, days=4, gaps=True):
    """Hours in runs of a few, on temperatures of the grid, with hours that nobody measured."""
    hours = []
    while len(hours) < 24 * days:
        one = plain_hours.Hour(
            draw(st.integers(0, 450)) / 10.0, draw(st.sampled_from(RHS)), draw(st.sampled_from(RAINS)),
            draw(st.sampled_from((0.3, 1.0, 2.4, 3.0))), draw(st.sampled_from((0.05, 1.0, 12.0))),
        )  # fmt: skip
        hours += [one] * draw(st.integers(1, 12))
    hours = hours[: 24 * days]
    for hour in draw(st.lists(st.integers(0, 24 * days - 1), max_size=3)) if gaps else ():
        name = draw(st.sampled_from(("temperature", "rh", "rain")))
        hours[hour] = plain_hours.Hour(**(vars(hours[hour]) | {name: math.nan}))
    return hours


def steady(temperature, rh=100.0, rain=0.0, hours=24, carried=1.0):
    return [plain_hours.Hour(temperature, rh, rain, 1.0, carried)] * hours


def dry(temperature, hours):
    return steady(temperature, rh=40.0, hours=hours)


@pytest.mark.parametrize(("kind", "close"), [(np.float64, 1e-10), (np.float32, 1e-5)], ids=["float64", "float32"])
@pytest.mark.parametrize("wetness", models.WETNESS)
@given(hours=weather())
def test_compiled_hours_are_those_of_the_plain_loop(kind, close, wetness, hours):
    found = through_kernel(INFECTIONS, hours, kind, wetness).conducive[..., 0]
    for place, key in enumerate(INFECTIONS):
        expected = through_plain(key, hours, by_tree=wetness == "cart")
        np.testing.assert_allclose(found[:, place], expected, rtol=close, atol=close, err_msg=key)


@given(hours=weather(days=2), columns=st.sampled_from((1, LANES - 1, LANES, LANES + 1, 3 * LANES + 5)))
def test_columns_beside_each_other_do_not_disturb_each_other(hours, columns):
    alone, many, shared = (
        through_kernel(INFECTIONS, hours, np.float32, columns=count, parallel=parallel)
        for count, parallel in ((1, False), (columns, False), (columns, True))
    )
    for one, several, spread in zip(alone, many, shared, strict=True):
        np.testing.assert_array_equal(np.repeat(one, columns, axis=-1), several)
        np.testing.assert_array_equal(several, spread)


@pytest.mark.parametrize("key", INFECTIONS)
def test_between_the_tenths_of_a_degree_the_table_is_off_by_little(key):
    one, rng = organism.load(key), np.random.default_rng(1)
    rows = models.table([one])
    found = numbers(key)
    for temperature in rng.uniform(found.tmin + 0.3, found.tmax - 0.3, 200):
        read = rows.responses[0, int((temperature + 20.0) * 10.0 + 0.5)]
        near = [rows.responses[0, int((temperature + 20.0) * 10.0) + k] for k in (0, 1)]
        assert min(near) <= read <= max(near)
        assert abs(near[1] - near[0]) < 0.08 * rows.responses[0].max()


@given(hours=weather(gaps=False))
def test_no_rain_and_dry_air_never_infect(hours):
    dried = [plain_hours.Hour(one.temperature, min(one.rh, 89.0), 0.0, one.wind, one.carried) for one in hours]
    assert (through_kernel(INFECTIONS, dried, np.float32).conducive == 0.0).all()


@given(hours=weather(gaps=False))
def test_out_of_range_temperatures_never_infect(hours):
    for key in INFECTIONS:
        found = numbers(key)
        for temperature in (found.tmin - 0.1, found.tmin, found.tmax, found.tmax + 0.1):
            moved = [plain_hours.Hour(round(temperature, 1), one.rh, one.rain, one.wind, one.carried) for one in hours]
            assert (through_kernel((key,), moved, np.float32).conducive == 0.0).all()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("key", FUNGI)
def test_the_least_wetness_at_the_best_temperature_is_enough_and_an_hour_less_is_not(key, kind):
    found = numbers(key)
    for hours, infects in ((math.ceil(found.wmin), True), (math.ceil(found.wmin) - 1, False)):
        rained = steady(round(found.topt, 1), rain=6.0, hours=hours) + dry(found.topt, 48 - hours)
        assert (through_kernel((key,), rained, kind).conducive.sum() > 0) == infects


@given(key=st.sampled_from(INFECTIONS), before=st.integers(0, 30), after=st.integers(0, 30), more=st.integers(1, 20),
       first=st.booleans(), rain=st.sampled_from((0.0, 0.5, 6.0)))  # fmt: skip
@example(key="anthracnose", before=23, after=23, more=13, first=True, rain=6.0)
def test_a_longer_wet_spell_at_the_best_temperature_never_infects_less(key, before, after, more, first, rain):
    warm = round(numbers(key).topt, 1)

    def spell(lead, tail):
        wet = steady(warm, hours=lead) + steady(warm, rain=rain, hours=1) + steady(warm, hours=tail)
        return dry(warm, 10) + wet + dry(warm, 24 * 5 - 10 - len(wet))

    short, long = spell(before, after), spell(before + more * first, after + more * (not first))
    assert through_kernel((key,), long).conducive.sum() >= through_kernel((key,), short).conducive.sum() * (1 - 1e-9)


@given(hours=weather(gaps=False), hour=st.integers(0, 95), name=st.sampled_from(("temperature", "rh", "rain")))
def test_a_missing_hour_makes_its_day_missing_and_no_other(hours, hour, name):
    gap = list(hours)
    gap[hour] = plain_hours.Hour(**(vars(gap[hour]) | {name: math.nan}))
    found = through_kernel(INFECTIONS, gap, np.float32)
    lost = np.arange(4) == hour // 24
    for values in (found.conducive, found.summary):
        assert (np.isnan(values).all(axis=(1, 2)) == lost).all()
        assert (np.isnan(values).any(axis=(1, 2)) == lost).all()


def test_a_rain_hour_whose_wind_nobody_measured_makes_canker_unknown_until_the_spell_is_over():
    hours = steady(30.0, hours=30) + steady(30.0, rain=2.0, hours=1, carried=math.nan) + steady(30.0, hours=29)
    found = through_kernel(("canker", "melanose"), hours + dry(30.0, 36)).conducive[..., 0]
    assert np.isnan(found[:, 0]).tolist() == [False, True, True, False]
    assert not np.isnan(found[:, 1]).any()


@pytest.mark.parametrize(("rh", "infects"), [(96.0, True), (94.0, False)])
def test_hours_of_moist_air_that_are_not_wet_do_not_dry_leaves_either(rh, infects):
    half = steady(26.0, rain=2.0, hours=6)  # melanose needs ten hours, and a gap of more than six ends a spell
    hours = half + steady(26.0, rh=rh, hours=8) + half + dry(26.0, 28)
    assert (through_kernel(("melanose",), hours, wet_at=99.0).conducive.sum() > 0) == infects


def test_rain_of_the_gauges_least_tip_wets_in_both_precisions():
    hours = steady(26.0, rh=50.0, rain=0.1, hours=24)
    for kind in (np.float32, np.float64):
        assert through_kernel(("melanose",), hours, kind).summary[0, 0, 0] == 24


def test_hours_that_do_not_fill_their_days_are_refused():
    with pytest.raises(ValueError, match="2 days need 48 hours; got 47"):
        through_hours(
            np.zeros(1, int), Hours(*np.zeros((5, 47, 1))), np.zeros((2, 1)), np.ones((2, 1)),
            np.zeros((0, 8)), np.zeros((0, len(GRID))), NO_RATES,
        )  # fmt: skip


@given(st.lists(st.floats(-15, 50), min_size=24, max_size=24))
@settings(max_examples=20)
def test_rates_are_means_over_the_hours(temperatures):
    warmth = (np.array(temperatures)[:, None] + 20.0) / 75.0
    tables = np.stack([np.maximum(GRID - 10.0, 0.0), np.ones(len(GRID))])
    found = through_hours(
        np.zeros(1, int), Hours(warmth, *np.zeros((4, 24, 1))), np.full((1, 1), -20.0), np.full((1, 1), 55.0),
        np.zeros((0, 8)), np.zeros((0, len(GRID))), tables,
    )  # fmt: skip
    assert found.rates[0, 0, 0] == pytest.approx(np.mean(np.maximum(np.array(temperatures) - 10.0, 0.0)), abs=0.0501)
    assert found.rates[0, 1, 0] == 1.0
    assert found.summary[0, 2, 0] == pytest.approx(np.mean(temperatures))
