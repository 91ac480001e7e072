"""The outlook of populations: counts move them, sprays hold them, doubts stay apart, drivers add up."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro import parameters
from pest_warning import densities, organism, outlook, protection
from pest_warning.densities import Family
from pest_warning.setting import Spray
from tests.pest_warning import settings as made

KEYS = ("red_mite", "yellow_mite", "rust_mite", "leafminer")
MITES = KEYS[:3]
GROUPS = tuple(parameters.document(protection.FILE))
APRIL = made.setting(KEYS, on=date(2025, 4, 1))
JUNE = made.setting(KEYS, on=date(2025, 6, 20))
SPRAYS = st.lists(
    st.tuples(st.integers(20, 230), st.sampled_from(GROUPS), st.sampled_from((0.3, 1.0))), min_size=1, max_size=3
)


def outlooks(key, setting):
    table, course = densities.outlooks(organism.load(key), setting)
    return table, course


def rows(key, setting, horizon=30):
    table, _ = outlooks(key, setting)
    return table[table["horizon"] == horizon].reset_index(drop=True)


def past_end(key, setting):
    """Return what is on a leaf today at each plot by each draw."""
    family = Family.of(organism.load(key))
    return densities.past_of(family, setting, setting.asked.rate_names.index(key))


@pytest.mark.parametrize("key", KEYS)
@given(sprays=SPRAYS, more=SPRAYS)
@settings(max_examples=8)
def test_a_spray_never_raises_the_risk(key, sprays, more):
    some, all_of_them = (
        replace(JUNE, sprays={1: [Spray(day, (group,), (key,), share) for day, group, share in each]})
        for each in (sprays, sprays + more)
    )
    without, few, many = (rows(key, each, 90) for each in (JUNE, some, all_of_them))
    for name in ("index", "weather_low", "weather_high", "parameters_high", "state_high", "share", "percentile"):
        assert (few[name] <= without[name] * (1 + 1e-5) + 1e-7).all(), name
        assert (many[name] <= few[name] * (1 + 1e-5) + 1e-7).all(), name
    np.testing.assert_array_equal(few["index"][[0, 2]], without["index"][[0, 2]])


@given(total=st.integers(0, 1000), day=st.integers(20, 90))
@settings(max_examples=10)
def test_a_count_moves_the_mites_of_its_plot_towards_itself(total, day):
    counts = made.counted((1, "red_mite", day, "leaf", 50, np.nan, float(total)))
    plain, told = (past_end("red_mite", replace(APRIL, counts=each)) for each in (APRIL.counts, counts))
    before, after, seen = plain.numbers[1, 0, 0, day], told.numbers[1, 0, 0, day], total / 50
    assert abs(np.log(after / max(seen, 0.01))) <= abs(np.log(before / max(seen, 0.01))) + 0.25
    assert after > 0
    np.testing.assert_array_equal(told.numbers[[0, 2]], plain.numbers[[0, 2]])
    np.testing.assert_array_equal(told.numbers[1, ..., :day], plain.numbers[1, ..., :day])


@pytest.mark.parametrize("key", MITES)
def test_counting_nothing_lowers_the_mites_and_does_not_end_them(key):
    zero = made.counted((0, key, APRIL.now, "leaf", 100, np.nan, 0.0))
    plain, told = (rows(key, replace(APRIL, counts=each)) for each in (APRIL.counts, zero))
    assert 0 < told["index"][0] <= plain["index"][0]
    assert told["state_high"][0] >= told["state_low"][0]  # equal where both lie at what is always blown in


def test_infested_leaves_and_numbers_on_them_tell_alike():
    # 1 - (1 + 3 / 0.6)^-0.6 of the leaves are infested where three mites sit on the mean leaf: 66 of 100
    by_number = made.counted((0, "red_mite", 60, "leaf", 100, np.nan, 300.0))
    by_presence = made.counted((0, "red_mite", 60, "leaf", 100, 66.0, np.nan))
    found = [
        past_end("red_mite", replace(APRIL, counts=each)).numbers[0, 0, 0, 60] for each in (by_number, by_presence)
    ]
    assert found[0] == pytest.approx(3.0, rel=0.15)  # drawn a little to what was believed before
    assert found[1] == pytest.approx(3.0, rel=0.3)  # presence tells less


@pytest.mark.parametrize("key", KEYS)
def test_a_count_of_today_is_heard_once(key):
    # heard twice, it would weigh as two counts of the same leaves
    day = APRIL.now
    row = (0, key, day, "leaf", 20, 15.0, 200.0)
    once, twice = (
        past_end(key, replace(APRIL, counts=made.counted(*[row] * times))).end[0, :, 0, :3] for times in (1, 2)
    )
    yesterday = past_end(key, replace(APRIL, counts=made.counted((*row[:2], day - 1, *row[3:])))).numbers[0, 0, 0, -2]
    today = past_end(key, replace(APRIL, counts=made.counted(row))).numbers[0, 0, 0, -1]
    if key in MITES:
        assert not np.allclose(once, twice)
        assert today == pytest.approx(yesterday, rel=0.1)
    assert today > 0


def test_traps_and_days_to_come_say_nothing_of_a_density():
    silent = made.counted(
        (0, "red_mite", 40, "trap", 1, np.nan, 900.0), (0, "red_mite", APRIL.now + 1, "leaf", 50, np.nan, 900.0)
    )
    np.testing.assert_array_equal(
        rows("red_mite", replace(APRIL, counts=silent))["index"], rows("red_mite", APRIL)["index"]
    )


def test_mined_leaves_that_were_counted_are_believed():
    mined = made.counted((0, "leafminer", JUNE.now, "leaf", 100, 40.0, np.nan))
    tender = replace(JUNE, host=made.host(3, late=-10.0))  # the summer flush is out
    course = past_end("leafminer", replace(tender, counts=mined))
    assert course.numbers[0, 0, 0, -1] == pytest.approx(0.4, abs=0.01)
    looked, plain = (rows("leafminer", replace(tender, counts=each)) for each in (mined, tender.counts))
    assert looked["index"][0] >= 0.39
    assert looked["index"][0] > plain["index"][0]
    np.testing.assert_array_equal(looked["index"][1:], plain["index"][1:])


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("setting", [APRIL, JUNE], ids=["April", "June"])
def test_the_logs_of_all_five_drivers_add_up_to_that_of_the_peak_over_the_usual_one(key, setting):
    one = organism.load(key)
    setting = replace(setting, sprays={0: [Spray(setting.now - 5, ("IRAC 6",), (key,))]})
    family, row = Family.of(one), setting.asked.rate_names.index(key)
    ahead = family.weather(setting.future, setting.host, setting.now + 1, row, setting.past.rain)
    kill, past, usual = densities.kill_of(family, setting, "future"), densities.past_of(family, setting, row), None
    usual = densities.usual_of(family, setting, row)
    found = densities.drivers(family, setting, row, ahead, kill, past, usual)
    future = family.run(setting.site, ahead, kill, past.end).numbers[:, 0]
    for horizon in organism.HORIZONS:
        assert list(found[horizon]) == ["protection", "warmth", "rain", "shoots", "start"]
        now = setting.now + 1
        # three members and the first, second and last of four years, as they lie evenly
        peak = future[..., :horizon].max(axis=-1).mean(axis=1)
        others = usual.numbers[:, 0, [0, 1, 3], now : now + horizon].max(axis=-1).mean(axis=1)[setting.site]
        log = np.log(np.maximum(peak, densities.TINY) / np.maximum(others, densities.TINY))
        np.testing.assert_allclose(sum(each[0] for each in found[horizon].values()), log, atol=1e-5)
        assert (found[horizon]["protection"][0] <= 1e-6).all()
        assert (found[horizon]["protection"][0][1:] == 0).all()


def repeated(part, table):
    return table.isel(member=[0] * table.sizes["member"]) if part == "future" else table


@pytest.mark.parametrize("key", KEYS)
def test_one_member_repeated_leaves_no_doubt_of_the_weather(key):
    trees = made.host(3)
    alike = replace(trees, **{
        name: np.repeat(getattr(trees, name)[:, :1], 3, axis=1) for name in trees.__dataclass_fields__
    })  # fmt: skip
    found = rows(key, made.setting((key,), on=date(2025, 4, 1), change=repeated, host=alike), 90)
    np.testing.assert_array_equal(found["weather_low"], found["weather_high"])
    assert (found["parameters_low"] < found["parameters_high"]).all()


def test_without_widths_of_the_numbers_there_is_no_doubt_of_them(tmp_path, monkeypatch):
    text = (organism.FOLDER / "red_mite.toml").read_text(encoding="utf-8")
    lines = [line.split(", low = ")[0] + " }" if ", low = " in line else line for line in text.splitlines()]
    (tmp_path / "red_mite.toml").write_text("\n".join(lines), encoding="utf-8")
    certain = organism.read(tmp_path / "red_mite.toml")
    setting = made.setting(organisms=[certain], on=date(2025, 4, 1))
    table, _ = densities.outlooks(certain, setting)
    np.testing.assert_allclose(table["parameters_low"], table["index"], rtol=1e-6)
    np.testing.assert_allclose(table["parameters_high"], table["index"], rtol=1e-6)
    assert (table["weather_low"] < table["weather_high"]).all()
    early = made.setting(organisms=[certain], on=date(2025, 3, 5))  # before predators have levelled the starts
    table, _ = densities.outlooks(certain, early)
    assert (table["state_low"] < table["state_high"]).all()


def gap(part_of, days):
    def change(part, table):
        if part == part_of:
            table = table.copy(deep=True)
            table["rain"][:, :, days, 3] = np.nan
        return table

    return change


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_hour_in_january_does_not_silence_the_year(key):
    whole, lost = (
        rows(key, made.setting((key,), on=date(2025, 6, 20), **each)) for each in ({}, {"change": gap("past", [10])})
    )
    np.testing.assert_array_equal(whole["level"], lost["level"])
    assert lost["index"].notna().all()


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("part", ["past", "future"])
def test_too_much_missing_weather_cannot_be_computed_and_is_never_low(key, part):
    # T47 of pests.md 13
    found = rows(key, made.setting((key,), on=date(2025, 6, 20), change=gap(part, slice(0, 60))))
    assert (found["level"] == outlook.CANNOT).all()


@pytest.mark.parametrize("key", KEYS)
def test_percentiles_lie_between_none_and_all_and_rise_with_the_case(key):
    for setting in (APRIL, JUNE):
        table, _ = outlooks(key, setting)
        low, middle, high = (table[name] for name in ("percentile_low", "percentile", "percentile_high"))
        assert ((low >= 0) & (low <= middle) & (middle <= high) & (high <= 100)).all()
        for end in ("low", "high"):
            assert table[f"share_{end}"].between(0, 1).all()
        assert (table["share"].between(0, 1)).all()


def test_old_mines_are_no_threat_while_no_shoot_is_tender():
    between = made.setting(("leafminer",), on=date(2025, 7, 20))  # the summer flush is hard, the autumn one to come
    mined = made.counted((0, "leafminer", between.now, "leaf", 100, 60.0, np.nan))
    table, course = outlooks("leafminer", replace(between, counts=mined))
    assert (course["future"][0, :, :15] == 0).all()
    lower = (table["horizon"] == 15) & table["plot"].isin(["a", "b"])  # the upper site is a week behind
    assert (table["level"][lower] == outlook.NOTHING).all()


def test_the_threshold_of_mites_changes_with_bloom_and_autumn_and_begins_anew_each_year():
    family = Family.of(organism.load("red_mite"))
    winter = made.setting(("red_mite",), on=date(2025, 12, 10))
    bound = family.threshold(winter)[0]
    # petal fall of the middle member is day 115; 1 August is day 212
    dates = {100: 2.0, 115: 5.0, 211: 5.0, 212: 3.0, 364: 3.0, 366: 2.0, 400: 2.0}
    assert {day: bound[day] for day in dates} == dates


def test_days_to_the_threshold_are_dates_after_today_in_their_order():
    table, course = outlooks("red_mite", APRIL)
    today = APRIL.first_day + timedelta(days=APRIL.now)
    told = table.dropna(subset=["date_p50"])
    assert len(told)
    for row in told.itertuples():
        assert today < row.date_p50 <= today + timedelta(days=row.horizon)
        assert row.lead_days == (row.date_p50 - today).days
        assert row.date_p10 <= row.date_p50
    assert course["threshold"].shape == (3, APRIL.whole)
