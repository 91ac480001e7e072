"""Hours to spray: both sides of every bound, and what more wind or rain never does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError, NotFoundError
from pest_warning.advice import equipment
from pest_warning.advice.spray_hours import SprayWeather, hours

AT = 3  # the hour that is looked at; eight follow
START = np.datetime64("2026-04-20T22:00", "ns")


def weather(count=14, **changes):
    """Return hours of a fine morning; a number is for the hour looked at, an array for all hours."""
    fine = {"temperature": 20.0, "rh": 60.0, "wind": 1.5, "rain": 0.0, "since_sunrise": 4.0, "until_sunset": 8.0}
    made = {name: np.full(count, value) for name, value in fine.items()}
    for name, value in changes.items():
        if np.ndim(value):
            made[name] = np.asarray(value, dtype=float)
        else:
            made.setdefault(name, np.zeros(count))
            made[name][AT] = value
    return SprayWeather(time=START + np.arange(count) * np.timedelta64(1, "h"), **made)


def verdict(sky, sprayer="knapsack", product="contact", **options):
    """Return (state, first reason) of the hour looked at."""
    found = hours(sky, sprayer, product, **options)
    reasons = found.reasons(AT)
    return equipment.STATES[int(found.state[AT])], reasons[0].rule if reasons else "none"


def test_every_rule_decides_on_both_sides_of_its_bound(table):
    rows = table("pest_spray_hours")
    for row in rows:
        rain = np.zeros(14)
        if row["rain_in"] < 99:
            rain[AT + int(row["rain_in"])] = row["rain_mm"]
        names = ("temperature", "rh", "wind", "gust", "since_sunrise", "until_sunset")
        sky = weather(rain=rain, **{name: row[name] for name in names})
        assert verdict(sky, row["sprayer"], row["product"]) == (row["state"], row["reason"]), row
    assert {row["reason"] for row in rows} >= set(equipment.reasons()) - {
        "thunder", "bloom", "bees_fly", "not_drying", "missing", "end", "better",
    }  # fmt: skip


def test_a_damp_still_spring_morning_stays_open_to_a_knapsack_and_closed_to_a_drone():
    morning = weather(temperature=15.0, rh=90.0, wind=0.2, since_sunrise=2.0)
    assert verdict(morning, "knapsack")[0] == "marginal"
    assert verdict(morning, "drone")[0] == "no"


def test_thunder_in_this_hour_or_the_next_closes_the_hour_and_later_thunder_does_not():
    near, far = np.zeros(14), np.zeros(14)
    near[AT + 1] = far[AT + 2] = 1
    assert verdict(weather(thunder=1.0)) == ("no", "thunder")
    assert verdict(weather(thunder=near)) == ("no", "thunder")
    assert verdict(weather(thunder=far)) == ("good", "none")


@pytest.mark.parametrize("product", ["copper", "mancozeb"])
def test_a_protectant_needs_an_hour_in_which_it_dries_and_a_contact_product_does_not(product):
    fog = np.full(14, 60.0)
    fog[AT + 1 : AT + 3] = 97.0
    assert verdict(weather(rh=fog), product=product) == ("no", "not_drying")
    fog[AT + 2] = 94.0
    assert verdict(weather(rh=fog), product=product) == ("good", "none")
    fog[AT + 2] = 97.0
    assert verdict(weather(rh=fog), product="contact") == ("good", "none")


def test_a_sensor_on_the_leaf_overrules_the_guess_from_the_rain_before():
    rain = np.zeros(14)
    rain[AT - 1] = 0.5
    assert verdict(weather(rain=rain)) == ("no", "leaf_wet")
    assert verdict(weather(rain=rain, wet_leaf=np.zeros(14))) == ("good", "none")
    assert verdict(weather(wet_leaf=1.0)) == ("no", "leaf_wet")


def test_rain_that_the_forecast_does_not_reach_is_unknown_and_not_good():
    found = hours(weather(count=10), "knapsack", "contact")
    assert [equipment.STATES[int(code)] for code in found.state] == ["good"] * 4 + ["unknown"] * 6
    assert found.reasons(5)[0].rule == "end"
    night = hours(weather(count=10, since_sunrise=np.full(10, -3.0)), "knapsack")
    assert set(night.state) == {equipment.NO}


def test_a_missing_value_is_unknown_unless_another_rule_says_no():
    assert verdict(weather(temperature=np.nan)) == ("unknown", "missing")
    assert verdict(weather(temperature=np.nan, wind=6.0)) == ("no", "wind_strong")


@pytest.mark.parametrize(
    ("group", "until_sunset", "expected"),
    [
        ("IRAC 4A", 1.5, ("no", "bloom")),
        ("IRAC 6", 1.5, ("no", "bloom")),
        ("IRAC 20D", 1.9, ("marginal", "bees_fly")),
        ("IRAC 20D", 2.1, ("no", "bees_fly")),
        ("bait", 8.0, ("good", "none")),
        (None, 1.5, ("no", "bloom")),
    ],
)
def test_at_bloom_the_class_and_the_hour_decide(group, until_sunset, expected):
    sky = weather(until_sunset=until_sunset)
    assert verdict(sky, bloom=True, group=group) == expected
    assert verdict(sky, group=group)[1] not in ("bloom", "bees_fly")


def test_copper_at_bloom_waits_for_dusk_without_being_named():
    assert verdict(weather(until_sunset=1.9), product="copper", bloom=True) == ("marginal", "bees_fly")
    assert verdict(weather(until_sunset=2.1), product="copper", bloom=True) == ("no", "bees_fly")


def test_reasons_say_the_value_in_both_languages():
    (reason,) = hours(weather(wind=4.9), "knapsack").reasons(AT)
    assert (reason.state, reason.share) == ("no", 1.0)
    assert "4.9 米/秒" in reason.words.zh
    assert "4.9 m/s" in reason.words.en


def test_the_gravest_reason_comes_first():
    rain = np.zeros(14)
    rain[AT + 5] = 3.0
    found = hours(weather(rain=rain, wind=5.0, temperature=11.0), "knapsack").reasons(AT)
    assert [reason.rule for reason in found] == ["wind_strong", "rain_soon", "cold"]


def test_the_table_has_local_hours_and_the_share_of_members():
    wind = np.full((4, 14), 1.5)
    wind[0, AT] = 3.6
    wind[1, AT] = 4.6
    made = hours(weather(wind=wind), "knapsack")
    row = made.table().iloc[AT]
    assert row["time"].isoformat() == "2026-04-21T09:00:00+08:00"
    assert (row["share_good"], row["share_usable"], row["state"]) == (0.5, 0.75, "marginal")
    (reason,) = made.reasons(AT)
    assert (reason.rule, reason.share) == ("wind_strong", 0.5)


def test_unknown_sprayers_and_gaps_in_the_hours_are_refused():
    with pytest.raises(NotFoundError, match="knapsack, mist_blower, drone, gun"):
        hours(weather(), "tractor")
    with pytest.raises(NotFoundError, match="contact"):
        hours(weather(), "gun", "dust")
    broken = weather()
    broken.time[5] += np.timedelta64(1, "h")
    with pytest.raises(InputError, match="without a gap"):
        hours(broken, "gun")


SPRAYERS = st.sampled_from(["knapsack", "mist_blower", "drone", "gun"])
PRODUCTS = st.sampled_from(["contact", "systemic", "copper", "mancozeb", "oil", "sulphur"])


@given(sprayer=SPRAYERS, wind=st.floats(0, 12), more=st.floats(0, 8), rh=st.floats(20, 99))
def test_more_wind_never_improves_an_hour_beyond_the_good_wind(sprayer, wind, more, rh):
    wind += equipment.equipment(sprayer).light
    first = hours(weather(wind=wind, rh=rh), sprayer).state[AT]
    assert hours(weather(wind=wind + more, rh=rh), sprayer).state[AT] >= first


@given(sprayer=SPRAYERS, product=PRODUCTS, later=st.integers(0, 6), rain=st.floats(0.1, 40))
def test_rain_inside_the_rain_free_time_is_never_good(sprayer, product, later, rain):
    later = min(later, int(equipment.product(product).rain_free))
    sky = np.zeros(14)
    sky[AT + later] = rain
    assert hours(weather(rain=sky), sprayer, product).state[AT] >= equipment.MARGINAL


@given(product=PRODUCTS, rain=st.lists(st.floats(0, 5), min_size=14, max_size=14), more=st.floats(0, 5))
def test_more_rain_never_improves_an_hour(product, rain, more):
    less = hours(weather(rain=rain), "gun", product).state[: AT + 1]
    assert (hours(weather(rain=np.array(rain) + more), "gun", product).state[: AT + 1] >= less).all()


@given(
    sprayer=SPRAYERS,
    temperature=st.floats(-5, 45),
    rh=st.floats(5, 100),
    wind=st.floats(0, 20),
    since=st.floats(-8, 14),
)
def test_an_hour_has_a_reason_exactly_when_it_is_not_good(sprayer, temperature, rh, wind, since):
    sky = weather(temperature=temperature, rh=rh, wind=wind, since_sunrise=since)
    found = hours(sky, sprayer)
    assert bool(found.reasons(AT)) == (found.state[AT] != equipment.GOOD)
    if found.reasons(AT):
        assert found.reasons(AT)[0].state == equipment.STATES[int(found.state[AT])]
