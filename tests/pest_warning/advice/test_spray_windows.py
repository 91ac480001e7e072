"""Blocks of spray hours: two hours at least, in local time, with doubt and with the reason for their end."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pest_warning.advice.equipment import GOOD, MARGINAL, NO
from pest_warning.advice.spray_hours import SprayWeather, hours
from pest_warning.advice.spray_windows import windows

START = np.datetime64("2026-05-06T22:00", "ns")  # 06:00 of 7 May in Chongqing


def sky(wind, rain=None):
    wind = np.asarray(wind, dtype=float)
    count = wind.shape[-1]
    every = {"temperature": 20.0, "rh": 60.0, "since_sunrise": 4.0, "until_sunset": 8.0}
    fine = {name: np.full(count, value) for name, value in every.items()}
    rain = np.zeros(count) if rain is None else np.asarray(rain, dtype=float)
    return SprayWeather(time=START + np.arange(count) * np.timedelta64(1, "h"), wind=wind, rain=rain, **fine)


def test_good_hours_make_a_window_that_says_when_and_why_it_ends():
    (one,) = windows(hours(sky([9, 1, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9]), "knapsack"))
    assert (one.start.isoformat(), one.end.isoformat()) == ("2026-05-07T07:00:00+08:00", "2026-05-07T10:00:00+08:00")
    assert (one.hours, one.quality, one.share_good, one.limits) == (3, "good", 1.0, None)
    assert one.ends.en.startswith("wind 9.0 m/s")
    assert one.ends.zh.startswith("风大")


def test_one_hour_is_no_window_and_two_are():
    calm_after = [9] * 8
    assert windows(hours(sky([9, 1, 9, 9, *calm_after]), "gun")) == ()
    assert [one.hours for one in windows(hours(sky([9, 1, 1, 9, *calm_after]), "gun"))] == [2]


def test_marginal_hours_beside_a_good_block_become_a_block_of_their_own():
    first, second = windows(hours(sky([1, 1, 1, 3.6, 3.7, 9, 9, 9, 9, 9, 9, 9]), "knapsack"))
    assert (first.quality, first.hours, second.quality, second.hours) == ("good", 3, "marginal", 2)
    assert first.ends.en.startswith("wind 3.6")
    assert second.limits.en.startswith("wind")
    assert second.share_good == 0.0


def test_a_marginal_block_before_a_good_one_ends_because_better_hours_follow():
    first, second = windows(hours(sky([0.4, 0.4, 1, 1, 1, 9, 9, 9, 9, 9, 9, 9]), "knapsack"))
    assert (first.quality, first.ends.en, second.quality) == ("marginal", "better hours follow", "good")


def test_a_window_at_the_edge_of_the_forecast_says_so():
    (one,) = windows(hours(sky([1] * 9), "knapsack"))
    assert one.hours == 3  # six more hours have to be dry
    assert one.ends.en == "the forecast ends here"


def test_a_window_before_rain_ends_when_the_rain_free_time_reaches_it():
    rain = [0.0] * 14
    rain[8] = 5.0  # 14:00; a contact product needs 4 h at least, 6 h to be safe
    found = windows(hours(sky([1] * 14, rain), "knapsack"))
    assert [(one.start.hour, one.end.hour, one.quality) for one in found] == [(6, 8, "good"), (8, 10, "marginal")]
    assert found[0].ends.en == "rain 6 h later; 6 h without rain are needed"


def test_members_that_disagree_show_as_shares_and_too_few_make_no_window():
    wind = np.full((10, 14), 1.5)
    wind[:3, 4] = 9.0  # three of ten members close the fifth hour
    found = windows(hours(sky(wind), "knapsack"))
    assert [one.hours for one in found] == [8]
    assert found[0].share_usable == 0.7
    wind[3, 4] = 9.0
    assert [one.hours for one in windows(hours(sky(wind), "knapsack"))] == [4, 3]


def test_a_window_ends_by_what_closes_the_hour_and_not_by_what_all_members_share():
    wind = np.full((10, 14), 0.7)  # marginal everywhere
    wind[:4, 4] = 9.0
    (first, *_) = windows(hours(sky(wind), "knapsack"))
    assert first.limits.en.startswith("hardly any wind")
    assert first.ends.en.startswith("wind 9.0")


def test_the_clock_of_another_zone_shifts_the_window():
    (one,) = windows(hours(sky([1] * 9), "gun"), zone="UTC")
    assert one.start.isoformat() == "2026-05-06T22:00:00+00:00"


@given(wind=st.lists(st.sampled_from([0.1, 1.0, 2.0, 3.6, 5.0]), min_size=9, max_size=40))
def test_windows_never_overlap_and_hold_usable_hours_only(wind):
    table = hours(sky(wind), "mist_blower")
    found = windows(table)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for one in found:
        first = int((one.start.timestamp() - START.astype("datetime64[s]").astype(int)) // 3600)
        states = table.state[first : first + one.hours]
        assert one.hours >= 2
        assert (states <= (GOOD if one.quality == "good" else MARGINAL)).all()
        assert one.quality == "good" or (states < NO).all()
