import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from growth_model import DAILY, EVENTS, engine, load, names, perturbed, run
from growth_model.day_curve import sunset_weight, weights
from growth_model.tree import STATE

FIRST = "2022-11-01"
LATITUDE = 30.5


def field(season, name):
    return season.daily[..., DAILY.index(name)]


def event(season, name, which=0):
    return season.dates[:, :, which, EVENTS.index(name)]


def same(one, other, **tolerance):
    np.testing.assert_allclose(one, other, equal_nan=True, **tolerance)


@pytest.fixture(scope="module")
def crops():
    return np.stack([load(key).row for key in ("navel", "orah", "satsuma")])[:, None]


def test_a_batch_of_sites_and_members_equals_single_runs(chance, crops):
    weather = np.concatenate([chance(FIRST, 600, seed=seed) for seed in (1, 2)], axis=1)
    batch = run(weather, crops, FIRST, [30.5, 29.0, 31.2], dtype=np.float64)
    for site, latitude in enumerate([30.5, 29.0, 31.2]):
        for member in range(2):
            single = run(
                weather[site : site + 1, member : member + 1], crops[site : site + 1], FIRST, latitude, dtype=np.float64
            )
            same(batch.daily[site, member], single.daily[0, 0], rtol=1e-12)
            same(batch.dates[site, member], single.dates[0, 0], rtol=1e-12)


def test_compiled_code_equals_plain_python(chance, crops):
    weather = chance(FIRST, 330)[:1]
    compiled = run(weather, crops[:1], FIRST, LATITUDE, dtype=np.float64)
    day_of_year, winter = engine._calendar(np.datetime64(FIRST) + np.arange(330))
    states = engine.resting(1, 1, crops[:1], np.datetime64(FIRST)).trees
    dates, daily = np.full((1, 1, 1, len(EVENTS)), np.nan), np.empty((1, 1, 330, len(DAILY)))
    engine.grow_one(
        0, weather, weights(LATITUDE)[None], sunset_weight(LATITUDE)[None], np.zeros(1, int), day_of_year, winter,
        np.array([0, 330]), crops[:1], states, dates, daily, np.array([0, 330]),
    )  # fmt: skip
    same(compiled.daily, daily, rtol=1e-9, atol=1e-12)
    same(compiled.dates, dates, rtol=1e-9)


def test_serial_and_parallel_give_the_same(chance, crops):
    weather = chance(FIRST, 400)
    serial, parallel = (run(weather, crops, FIRST, LATITUDE, parallel=parallel) for parallel in (False, True))
    same(serial.daily, parallel.daily)
    same(serial.dates, parallel.dates)


@pytest.mark.parametrize("cut", [1, 100, 166, 200, 420, 640])
def test_two_runs_equal_one(chance, crops, cut):
    weather = chance(FIRST, 800)
    whole = run(weather, crops, FIRST, LATITUDE, dtype=np.float64)
    first = run(weather[:, :, : cut + 1], crops, FIRST, LATITUDE, days=cut, dtype=np.float64)
    members = np.broadcast_to(weather[:, :, cut:], (3, 4, 800 - cut, 4))
    second = run(members, crops, first.end.next_day, LATITUDE, start=first.end, dtype=np.float64)
    assert second.first_day == whole.first_day
    for member in range(4):
        same(np.concatenate([first.daily[:, 0], second.daily[:, member]], axis=1), whole.daily[:, 0])
        same(second.dates[:, member, : whole.dates.shape[2]], whole.dates[:, 0])
        same(second.end.trees[:, member], whole.end.trees[:, 0])


def test_a_window_shows_its_days_of_the_whole_run(chance, crops):
    weather = chance(FIRST, 500)
    whole, part = run(weather, crops, FIRST, LATITUDE), run(weather, crops, FIRST, LATITUDE, window=(300, 330))
    same(part.daily, whole.daily[:, :, 300:330])
    assert part.window_start == np.datetime64(FIRST) + 300


def test_single_precision_agrees_with_double(chance):
    rows = np.stack([perturbed(load(key), 4) for key in names()])
    weather = chance(FIRST, 900, sites=len(rows))
    single, double = (run(weather, rows, FIRST, LATITUDE, dtype=dtype) for dtype in (np.float32, np.float64))
    same(single.dates, double.dates, atol=0.5)
    for name, tolerance in (
        ("diameter", 0.1),
        ("tss", 0.05),
        ("ta", 0.01),
        ("hanging_diameter", 0.1),
        ("hanging_tss", 0.05),
    ):
        same(field(single, name), field(double, name), atol=tolerance)


def test_the_first_member_of_the_prior_is_the_crop_itself(chance):
    weather = chance(FIRST, 450, sites=1)
    members = run(weather, perturbed(load("navel"), 8)[None], FIRST, LATITUDE)
    alone = run(weather, load("navel").row[None, None], FIRST, LATITUDE)
    same(members.daily[:, 0], alone.daily[:, 0])
    assert np.ptp(event(members, "65")) > 3


def test_late_oranges_hang_past_the_next_bloom_and_leave_at_their_season_end(climate):
    season = run(climate(FIRST, 700), load("valencia").row[None, None], FIRST, LATITUDE, dtype=np.float64)
    day = np.datetime64(FIRST) + np.arange(700)
    hanging = np.isfinite(field(season, "hanging_diameter")[0, 0])
    bloom = np.datetime64(FIRST) + int(event(season, "65", 1)[0, 0])
    assert day[hanging][0] == bloom
    assert day[hanging][-1] == np.datetime64("2024-07-29")  # day 211 of a leap year, the evening before
    before = field(season, "diameter")[0, 0][day == bloom - 1]
    assert field(season, "hanging_diameter")[0, 0][day == bloom] == pytest.approx(before, abs=0.3)
    assert field(season, "diameter")[0, 0][day == bloom] < 7
    assert np.all(np.diff(field(season, "hanging_ta")[0, 0][hanging]) <= 0)


def test_satsuma_are_gone_in_january(climate):
    season = run(climate(FIRST, 500), load("satsuma").row[None, None], FIRST, LATITUDE)
    day = np.datetime64(FIRST) + np.arange(500)
    assert np.isfinite(field(season, "diameter")[0, 0][day == np.datetime64("2023-12-20")])
    assert np.isnan(field(season, "diameter")[0, 0][day >= np.datetime64("2024-01-01")]).all()


def test_dates_follow_the_order_of_the_scale(chance):
    for key in names():
        season = run(chance(FIRST, 700), load(key).row[None, None], FIRST, LATITUDE)
        buds = season.dates[:, 0, 0, : EVENTS.index("65") + 1]
        assert np.all(np.diff(buds) >= 0), key
        picking = [event(season, code)[:, 0] for code in ("67", "69", "71", "72", "73", "74", "79")]
        assert np.all(np.diff(picking, axis=0) >= 0), key
        late = [event(season, code)[:, 0] for code in ("81", "83", "85", "89")]
        assert not np.any(np.diff(late, axis=0) < 0), key


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), key=st.sampled_from(names()))
def test_fruit_only_grows_acid_only_falls_and_sugar_stays_below_its_limit(chance, seed, key):
    crop = load(key)
    season = run(chance(FIRST, 520, sites=1, seed=seed), crop.row[None, None], FIRST, LATITUDE, dtype=np.float64)
    diameter, ta = field(season, "diameter")[0, 0], field(season, "ta")[0, 0]
    assert not np.any(np.diff(diameter) < 0) or crop.key == "satsuma"
    assert not np.any(np.diff(ta) > 0)
    assert np.nanmax(field(season, "tss")) <= crop.crop.sugar.limit * 1.2**0.15
    assert np.nanmax(diameter) < crop.crop.fruit.diameter_max
    assert not np.any(np.diff(field(season, "bbch_fruit")[0, 0]) < 0)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), warmer=st.floats(0.1, 4))
def test_a_warmer_year_blooms_earlier(chance, seed, warmer):
    weather = np.repeat(chance(FIRST, 300, sites=1, seed=seed), 2, axis=0)
    weather[1, ..., :3] += warmer
    season = run(weather, load("navel").row[None, None], FIRST, LATITUDE, dtype=np.float64)
    normal, warm = event(season, "65")[:, 0]
    assert warm < normal


def test_a_tree_stands_still_on_missing_days_and_counts_them(chance, crops):
    weather = chance(FIRST, 400)
    holed = weather.copy()
    holed[:, :, 250:260, :3] = np.nan
    season, whole = run(holed, crops, FIRST, LATITUDE), run(weather, crops, FIRST, LATITUDE)
    assert np.all(season.end.trees[..., STATE.index("missing")] == 10)
    assert np.all(whole.end.trees[..., STATE.index("missing")] == 0)
    diameter = field(season, "diameter")
    assert np.all(diameter[:, :, 250:260] == diameter[:, :, 249:250])
    assert np.isnan(field(season, "expansion")[:, :, 250:260]).all()
    assert np.all(diameter[:, :, 380] < field(whole, "diameter")[:, :, 380])


def test_missing_light_leaves_growth_as_it_is(chance, crops):
    weather = chance(FIRST, 400)
    dark = weather.copy()
    dark[..., 3] = np.nan
    season, normal = run(dark, crops, FIRST, LATITUDE), run(weather, crops, FIRST, LATITUDE)
    same(field(season, "diameter"), field(normal, "diameter"))
    assert np.isfinite(field(season, "tss")[0, 0, 380])


def test_wrong_calls_are_refused_with_what_was_found(climate, crops):
    weather = climate(FIRST, 30)
    with pytest.raises(ValueError, match="drivers need shape"):
        run(weather[..., :3], crops[:1], FIRST, LATITUDE)
    with pytest.raises(ValueError, match="crops need shape"):
        run(weather, crops[:1, :, :5], FIRST, LATITUDE)
    with pytest.raises(ValueError, match="window must lie"):
        run(weather, crops[:1], FIRST, LATITUDE, window=(0, 31))
    with pytest.raises(ValueError, match="days must lie"):
        run(weather, crops[:1], FIRST, LATITUDE, days=31)
    end = run(weather, crops[:1], FIRST, LATITUDE).end
    with pytest.raises(ValueError, match="the weather starts on 2022-12-05"):
        run(weather, crops[:1], "2022-12-05", LATITUDE, start=end)
