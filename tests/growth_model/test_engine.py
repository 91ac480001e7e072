import numpy as np
import pytest

from growth_model import DAILY, EVENTS, engine, load, names, perturbed, place_rows, run
from growth_model.lanes import LANES
from growth_model.state import STATE

FIRST = "2022-11-01"
LATITUDE = 30.5
GROUPS = ("navel", "orah", "satsuma")


def event(season, name, which=0):
    return season.dates[:, :, which, EVENTS.index(name)]


def same(one, other, **tolerance):
    np.testing.assert_allclose(one, other, equal_nan=True, **tolerance)


@pytest.fixture(scope="module")
def crops():
    return np.stack([load(key).row for key in GROUPS])[:, None]


@pytest.fixture(scope="module")
def places():
    """Three sites: a terrace, a steep southern slope with stony soil, a cold young orchard."""
    return place_rows(
        slope=[0.0, 22.0, 12.0], aspect=[0.0, 170.0, 20.0], stones=[0.1, 0.4, 0.1], depth=[0.9, 0.4, 0.6],
        age=[12.0, 9.0, 3.0], rise=[0.0, 150.0, -40.0], cold=[0.0, 0.0, 1.0], sky_view=[1.0, 0.95, 0.9],
    )  # fmt: skip


def test_a_batch_of_sites_and_members_equals_single_runs(chance, crops, places, tended):
    weather = np.concatenate([chance(FIRST, 600, seed=seed) for seed in (1, 2)], axis=1)
    horizons = np.random.default_rng(0).uniform(0, 25, (3, 32))
    works = tended(600)
    latitudes = [30.5, 29.0, 31.2]
    batch = run(weather, places, crops, FIRST, latitudes, horizons=horizons, works=works, dtype=np.float64, check=False)
    for site, latitude in enumerate(latitudes):
        one = slice(site, site + 1)
        for member in range(2):
            single = run(
                weather[one, member : member + 1], places[one], crops[one], FIRST, latitude, horizons=horizons[one],
                works=works, dtype=np.float64,
            )  # fmt: skip
            same(batch.daily[site, member], single.daily[0, 0], rtol=1e-12)
            same(batch.dates[site, member], single.dates[0, 0], rtol=1e-12)


def test_more_places_than_a_block_holds_of_two_latitudes_equal_single_runs(chance, crops):
    sites = LANES + 7
    latitudes = np.where(np.arange(sites) % 3 == 0, 29.0, 31.0)
    rises = np.linspace(-100, 500, sites)
    weather = chance(FIRST, 300, sites=1)
    all_ = run(weather, place_rows(rise=rises), crops[:1], FIRST, latitudes, cell=[0], dtype=np.float64)
    for site in (0, 1, LANES - 1, LANES, sites - 1):
        one = run(weather, place_rows(rise=rises[site]), crops[:1], FIRST, latitudes[site], dtype=np.float64)
        same(all_.daily[site], one.daily[0], rtol=1e-12)
    assert event(all_, "65")[-1, 0] > event(all_, "65")[0, 0] + 5  # 600 m higher


def test_cells_of_weather_and_plans_of_work_go_to_the_sites_and_members_that_name_them(chance, crops, tended):
    weather = chance(FIRST, 420, sites=2)
    works = np.concatenate([tended(420), tended(420, irrigation=25.0, nitrogen=1.0)])
    cells, plans = [1, 0, 1], np.array([[0, 1], [1, 0], [1, 1]])
    season = run(weather, place_rows(), crops, FIRST, LATITUDE, cell=cells, works=works, plan=plans, dtype=np.float64)
    for site in range(3):
        for member in range(2):
            plan = plans[site, member]
            one = run(
                weather[cells[site]][None], place_rows(), crops[site : site + 1], FIRST, LATITUDE,
                works=works[plan : plan + 1], dtype=np.float64,
            )  # fmt: skip
            same(season.daily[site, member], one.daily[0, 0], rtol=1e-12)
    assert (season["water_stress"][0, 1] > season["water_stress"][0, 0]).any()


def test_serial_and_parallel_give_the_same(chance, crops, places):
    weather = chance(FIRST, 400)
    serial, parallel = (run(weather, places, crops, FIRST, LATITUDE, parallel=parallel) for parallel in (False, True))
    same(serial.daily, parallel.daily)
    same(serial.dates, parallel.dates)
    state = [k for k, name in enumerate(STATE) if not name.startswith("audit.")]  # that is rounding alone
    same(serial.end.trees[..., state], parallel.end.trees[..., state])


@pytest.mark.parametrize("cut", [1, 100, 166, 200, 365, 420, 640])
def test_two_runs_equal_one(chance, crops, places, tended, cut):
    weather, works = chance(FIRST, 800), tended(800)
    whole = run(weather, places, crops, FIRST, LATITUDE, works=works, dtype=np.float64)
    first = run(
        weather[:, :, : cut + 1], places, crops, FIRST, LATITUDE, works=works[:, : cut + 1], days=cut, dtype=np.float64
    )
    members = np.repeat(weather[:, :, cut:], 4, axis=1)
    second = run(
        members, places, crops, first.end.next_day, LATITUDE, works=works[:, cut:], start=first.end, dtype=np.float64
    )
    assert second.first_day == whole.first_day
    assert second.window_start == np.datetime64(FIRST) + cut
    for member in range(4):
        same(np.concatenate([first.daily[:, 0], second.daily[:, member]], axis=1), whole.daily[:, 0], rtol=1e-10)
        same(second.dates[:, member, : whole.dates.shape[2]], whole.dates[:, 0], rtol=1e-12)
        same(second.end.trees[:, member], whole.end.trees[:, 0], rtol=1e-9, atol=1e-12)


def test_a_window_shows_its_days_of_the_whole_run(chance, crops, places):
    weather = chance(FIRST, 500)
    whole = run(weather, places, crops, FIRST, LATITUDE)
    part = run(weather, places, crops, FIRST, LATITUDE, window=(300, 330))
    same(part.daily, whole.daily[:, :, 300:330])
    same(part["bbch_fruit"], whole["bbch_fruit"][:, :, 300:330])
    assert part.window_start == np.datetime64(FIRST) + 300


def test_what_is_shown_changes_nothing_of_what_is_computed(chance, crops, places):
    weather = chance(FIRST, 300)
    whole = run(weather, places, crops, FIRST, LATITUDE)
    some = run(weather, places, crops, FIRST, LATITUDE, shown=("tss", "diameter", "tree.body.wood"))
    same(some.daily[..., 1], whole["diameter"])
    same(some.end.trees, whole.end.trees)
    assert (some["tree.body.wood"] > 0).all()
    with pytest.raises(ValueError, match="nothing called 'sweetness'"):
        run(weather, places, crops, FIRST, LATITUDE, shown=("sweetness",))


def test_the_first_member_of_the_prior_is_the_crop_itself(chance):
    weather = chance(FIRST, 450, sites=1)
    members = run(weather, place_rows(), perturbed(load("navel"), 8)[None], FIRST, LATITUDE)
    alone = run(weather, place_rows(), load("navel").row[None, None], FIRST, LATITUDE)
    same(members.daily[:, 0], alone.daily[:, 0])
    assert np.ptp(event(members, "65")) > 3


def test_late_oranges_hang_past_the_next_bloom_and_leave_at_their_season_end(climate, tended):
    crop = load("valencia")
    season = run(
        climate(FIRST, 700), place_rows(), crop.row[None, None], FIRST, LATITUDE, works=tended(700), dtype=np.float64,
        shown=(*DAILY, "tree.sums.picked"),
    )  # fmt: skip
    day = np.datetime64(FIRST) + np.arange(700)
    hanging = np.isfinite(season["hanging_diameter"][0, 0])
    bloom = np.datetime64(FIRST) + int(event(season, "65", 1)[0, 0])
    assert day[hanging][0] == bloom
    last = np.datetime64("2024-01-01") + int(crop.crop.season.fruit_until) - 1
    assert day[hanging][-1] == last - 1  # taken on that day
    before = season["diameter"][0, 0][day == bloom - 1]
    assert season["hanging_diameter"][0, 0][day == bloom] == pytest.approx(before, abs=0.3)
    assert season["diameter"][0, 0][day == bloom] < 7
    assert season["hanging_number"][0, 0][day == bloom] > 0
    assert np.all(np.diff(season["hanging_ta"][0, 0][hanging]) <= 0)
    picked = season["tree.sums.picked"][0, 0]
    assert picked[day == last - 1] == 0
    assert picked[day == last] == pytest.approx(season["hanging_yield"][0, 0][day == last - 1], rel=0.02)


def test_satsuma_are_gone_in_january(climate):
    season = run(climate(FIRST, 500), place_rows(), load("satsuma").row[None, None], FIRST, LATITUDE)
    day = np.datetime64(FIRST) + np.arange(500)
    assert np.isfinite(season["diameter"][0, 0][day == np.datetime64("2023-12-20")])
    gone = day >= np.datetime64("2024-01-01")
    assert np.isnan(season["diameter"][0, 0][gone]).all()
    assert np.isnan(season["yield"][0, 0][gone]).all()


def test_dates_follow_the_order_of_the_scale(chance, tended):
    for key in names():
        season = run(chance(FIRST, 700), place_rows(), load(key).row[None, None], FIRST, LATITUDE, works=tended(700))
        buds = season.dates[:, 0, 0, : EVENTS.index("65") + 1]
        assert np.isfinite(buds).all(), key
        assert np.all(np.diff(buds) >= 0), key
        growing = [event(season, code)[:, 0] for code in ("67", "69", "71", "72", "73", "74", "79")]
        assert not np.any(np.diff(growing, axis=0) < 0), key
        late = [event(season, code)[:, 0] for code in ("81", "83", "85", "89")]
        assert not np.any(np.diff(late, axis=0) < 0), key
        assert not np.any(np.diff(season["bbch_fruit"][:, :, :450]) < 0), key


def test_a_tree_stands_still_on_missing_days_and_counts_them(chance, crops):
    weather = chance(FIRST, 400)
    holed = weather.copy()
    holed[:, :, 250:260] = np.nan
    shown = (*DAILY, "tree.body.wood", "tree.water.lower", "tree.nitrogen.plant")
    season, whole = (run(rows, place_rows(), crops, FIRST, LATITUDE, shown=shown) for rows in (holed, weather))
    assert np.all(season.end.trees[..., STATE.index("missing")] == 10)
    assert np.all(whole.end.trees[..., STATE.index("missing")] == 0)
    for name in ("diameter", "tree.body.wood", "tree.water.lower", "tree.nitrogen.plant", "fruit_number"):
        assert np.all(season[name][:, :, 250:260] == season[name][:, :, 249:250]), name
    assert np.isnan(season["expansion"][:, :, 250:260]).all()
    assert np.isfinite(season["leaf_area"][:, :, 260:]).all()
    assert np.isfinite(season.end.trees[..., STATE.index("audit.water")]).all()


def test_the_window_of_a_bloom_that_somebody_saw_moves_that_bloom_and_no_other(climate, tended):
    weather, works, row = climate(FIRST, 900), tended(900), load("navel").row[None, None]

    def bloom(seen, which):
        season = run(
            weather, place_rows(bloom_seen=seen), row, FIRST, LATITUDE, works=works, window=(0, 0), dtype=np.float64
        )
        return event(season, "65", which)[:, 0]

    free, next_free = (bloom(np.nan, which)[0] for which in (0, 1))
    seen = np.floor(free) + np.array([-12.0, -3.0, 0.0, 4.0, 11.0])
    assert np.all(np.floor(bloom(seen, 0)) == seen)
    assert np.all(bloom(seen, 1) == next_free)
    assert np.all(bloom(np.floor(next_free) + seen - np.floor(free), 0) == free)


def test_wrong_calls_are_refused_with_what_was_found(climate, crops):
    weather, place = climate(FIRST, 30), place_rows()
    with pytest.raises(ValueError, match="weather need shape"):
        run(weather[..., :3], place, crops[:1], FIRST, LATITUDE)
    with pytest.raises(ValueError, match="places need shape"):
        run(weather, place[:, :5], crops[:1], FIRST, LATITUDE)
    with pytest.raises(ValueError, match="crops need shape"):
        run(weather, place, crops[:1, :, :5], FIRST, LATITUDE)
    with pytest.raises(ValueError, match="works need shape"):
        run(weather, place, crops[:1], FIRST, LATITUDE, works=np.zeros((1, 1, 2)))
    with pytest.raises(ValueError, match="window must lie"):
        run(weather, place, crops[:1], FIRST, LATITUDE, window=(0, 31))
    with pytest.raises(ValueError, match="days must lie"):
        run(weather, place, crops[:1], FIRST, LATITUDE, days=31)
    with pytest.raises(ValueError, match="nothing called warmth"):
        place_rows(warmth=3.0)
    end = run(weather, place, crops[:1], FIRST, LATITUDE).end
    with pytest.raises(ValueError, match="the weather starts on 2022-12-05"):
        run(weather, place, crops[:1], "2022-12-05", LATITUDE, start=end)


def test_short_lists_serve_all_sites_and_a_day_of_latitude_is_a_tenth(chance, crops):
    weather = chance(FIRST, 200, sites=1)
    near = run(weather, place_rows(), crops, FIRST, [30.52, 30.48, 30.5], cell=[0])
    same(near.daily, run(weather, place_rows(), crops, FIRST, LATITUDE, cell=[0]).daily)
    assert near.names == engine.DAILY
