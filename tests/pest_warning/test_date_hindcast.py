"""Dates hindcast by sums of heat, against sums by hand; forecasts see nothing after their day of issue."""

from datetime import date

import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError, MissingDataError
from pest_warning import date_forecasts, date_hindcast, observed_dates, organism
from pest_warning.dates import HEIGHT

FLY = organism.load("minax")


def days(**of_year):
    """Return daily means, one number or one list a year: `y2001=20.0`. [degC]"""
    parts = []
    for word, means in of_year.items():
        index = pd.date_range(f"{word[1:]}-01-01", f"{word[1:]}-12-31")
        parts.append(pd.Series(np.broadcast_to(np.asarray(means, float), len(index)), index))
    return pd.concat(parts)


def said(table, event, year, of="day"):
    """Return one predicted date."""
    (value,) = table.loc[(table["event"] == event) & (table["generation"] == 1) & (table["year"] == year), of]
    return observed_dates.dated(year, value)


def seen(text):
    return observed_dates.read(text, "seen.csv", FLY)


# T40 of pests.md 13 and 6.6: a smooth year, days 124 and 144, computed there
@pytest.mark.parametrize(("event", "day"), [("first_adult", date(2001, 5, 4)), ("orchard_entry", date(2001, 5, 24))])
def test_the_citrus_fly_of_a_smooth_year_comes_on_the_computed_date(event, day):
    smooth = days(y2001=18.4 - 10.4 * np.cos(2 * np.pi * (np.arange(1, 366) - 20) / 365))
    assert said(date_hindcast.predicted(FLY, smooth), event, 2001) == day


def test_a_steady_year_reaches_a_thousand_degree_days_on_the_day_of_the_hand_sum_with_and_without_a_leap_day():
    # 16 degC a day: 1000 on day 63 (62.5), 971.1 on day 61 (60.7), 1012.6 on day 64 (63.3)
    table = date_hindcast.predicted(FLY, days(y2003=16.0, y2004=16.0))
    plain = [said(table, "first_adult", 2003, of) for of in ("low", "day", "high")]
    leap = [said(table, "first_adult", 2004, of) for of in ("low", "day", "high")]
    assert plain == [date(2003, 3, 2), date(2003, 3, 4), date(2003, 3, 5)]
    assert leap == [date(2004, 3, 1), date(2004, 3, 3), date(2004, 3, 4)]


def test_orchards_two_hundred_metres_above_wait_the_altitude_coefficient_longer():
    # 20 degC: day 50 of the sum, and twice 1.7 d; the 54th day is 23 February
    assert said(date_hindcast.predicted(FLY, days(y2001=20.0), HEIGHT), "first_adult", 2001) == date(2001, 2, 19)
    assert said(date_hindcast.predicted(FLY, days(y2001=20.0), HEIGHT + 200), "first_adult", 2001) == date(2001, 2, 23)


def test_the_air_of_higher_orchards_is_cooler_by_the_lapse_rate_of_the_month():
    higher = date_hindcast.at_height(days(y2001=10.0), station=200.0, elevation=400.0)
    assert higher["2001-01-15"] == pytest.approx(10 - 0.9)  # 5.0 by day and 4.0 by night, K per km
    assert higher["2001-07-15"] == pytest.approx(10 - 1.12)  # 6.2 and 5.0


def test_generations_follow_each_other_and_an_organism_without_heat_sums_is_refused():
    table = date_hindcast.predicted(organism.load("dorsalis"), days(y2001=25.0))
    dates = table.loc[table["event"] == "generation", "day"].dropna()
    assert len(dates) > 2
    assert dates.is_monotonic_increasing
    with pytest.raises(MissingDataError, match="no event follows a sum of heat"):
        date_hindcast.predicted(organism.load("whitefly"), days(y2001=25.0))


def test_a_long_gap_is_no_cold_spell_and_a_short_one_is_filled():
    gone = days(y2001=20.0, y2002=20.0, y2003=20.0)
    gone["2001-01-05":"2001-01-08"] = np.nan
    gone["2002-01-05":"2002-01-07"] = np.nan
    gone["2003-02-10":"2003-12-31"] = np.nan
    table = date_hindcast.predicted(FLY, gone).query("event == 'first_adult'").set_index("year")
    assert list(table["status"]) == ["weather missing", "predicted", "not reached"]
    assert observed_dates.dated(2002, table.loc[2002, "day"]) == date(2002, 2, 19)


def test_dates_and_ranges_are_scored_apart():
    table = date_hindcast.predicted(FLY, days(y2001=20.0, y2002=20.0, y2003=25.0))  # 19 and 19 February, 9 February
    by_year = seen("event,date\nfirst_adult,2001-02-16\nfirst_adult,2003-02-16\n")
    pairs = date_hindcast.compared(table, by_year)
    assert list(pairs["error"]) == [3, -7]
    row = date_hindcast.scores(pairs).iloc[0]
    assert (row["form"], row["n"], row["bias"], row["mae"], row["within"]) == ("date", 2, -2, 5, 0.5)
    over_years = seen("event,from_year,to_year,first,last\nfirst_adult,2001,2003,02-10,02-20\n")
    pairs = date_hindcast.compared(table, over_years)
    assert (list(pairs["error"]), list(pairs["inside"])) == ([0, 0, -1], [True, True, False])
    assert list(pairs["touches"]) == [True, True, True]  # 1012.6 at 25 degC is reached on 10 February
    row = date_hindcast.scores(pairs).iloc[0]
    assert (row["inside"], row["first_error"], row["last_error"]) == (pytest.approx(2 / 3), -1, -1)
    assert np.isnan([row["bias"], row["mae"], row["within"]]).all()


def test_years_without_weather_are_not_compared():
    other_year = seen("时期,日期\n成虫进入果园,2002/05/01\n")
    pairs = date_hindcast.compared(date_hindcast.predicted(FLY, days(y2001=20.0)), other_year)
    assert pairs.empty
    assert date_hindcast.scores(pairs).empty


def test_a_forecast_follows_the_observed_days_with_those_of_each_earlier_year():
    # by 31 January 2004 496 are reached; the other 504 take 51 days of 2001, 26 of 2002, 21 of 2003
    tmean = days(y2001=10.0, y2002=20.0, y2003=25.0, y2004=16.0)
    forecasts = date_forecasts.issued(FLY, tmean, [(1, 31)])
    (one,) = [found for found in forecasts if found.event == "first_adult"]
    dates = [observed_dates.dated(2004, day) for day in one.members]
    assert dates == [date(2004, 3, 22), date(2004, 2, 26), date(2004, 2, 21)]
    assert [observed_dates.dated(2001 + k, day) for k, day in enumerate(one.earlier)] == [
        date(2001, 4, 10), date(2002, 2, 19), date(2003, 2, 9)
    ]  # fmt: skip
    row = date_forecasts.scored([one], date_hindcast.predicted(FLY, tmean)).iloc[0]
    # 3 March came; by hand: 12 - 10, and 74 / 3 - 61 / 3
    assert (row["against"], observed_dates.dated(2004, row["came"])) == ("own", date(2004, 3, 3))
    assert (row["crps"], row["climatology"]) == (pytest.approx(2.0), pytest.approx(13 / 3))
    (row,) = date_forecasts.skill(date_forecasts.scored([one], date_hindcast.predicted(FLY, tmean))).to_dict("records")
    assert (row["issued"], row["n"], row["skill"]) == ("01-31", 1, pytest.approx(7 / 13))
    assert np.isnan(row["low"])  # one year tells nothing of the spread
    # weather of 10 degC never brings the adults into the orchards: that is no forecast, not one of two members
    assert not [found for found in forecasts if found.event == "orchard_entry"]


def test_dates_seen_go_before_the_models_own_and_only_earlier_ones_are_the_climatology():
    tmean = days(y2001=18.0, y2002=20.0, y2003=25.0, y2004=16.0)
    dates = "".join(f"first_adult,{day}\n" for day in ("2001-03-10", "2003-03-20", "2004-03-14", "2005-01-01"))
    forecasts = [one for one in date_forecasts.issued(FLY, tmean, [(1, 31)]) if one.event == "first_adult"]
    table = date_forecasts.scored(forecasts, date_hindcast.predicted(FLY, tmean), seen("event,date\n" + dates))
    row = table.iloc[0]
    assert (row["against"], observed_dates.dated(2004, row["came"])) == ("seen", date(2004, 3, 14))
    assert row["climatology"] == pytest.approx(5 - 5)  # 4 and 6 days off, 10 days apart


def test_what_has_already_happened_is_no_forecast_to_be_proud_of():
    tmean = days(y2001=16.0, y2002=20.0, y2003=25.0, y2004=16.0)
    table = date_forecasts.scored(
        date_forecasts.issued(FLY, tmean, [(3, 2), (3, 3)]), date_hindcast.predicted(FLY, tmean)
    )
    adults = table[table["event"] == "first_adult"]
    assert list(adults["decided"]) == [False, True]  # 3 March is the day itself
    assert "03-03" not in set(date_forecasts.skill(adults)["issued"])


@given(
    change=st.lists(st.one_of(st.just(np.nan), st.floats(-5, 35)), min_size=1, max_size=300),
    gap=st.integers(0, 3),
    day=st.sampled_from([(2, 10), (2, 28), (4, 15)]),
)
def test_no_forecast_knows_the_weather_after_its_day_of_issue(change, gap, day):
    rng = np.random.default_rng(3)
    known = days(y2001=18.0, y2002=19.0, y2003=20.0, y2004=17.0) + rng.normal(0, 3, 1461)
    on = pd.Timestamp(2004, *day)
    known[on - pd.Timedelta(days=20 + gap) : on - pd.Timedelta(days=21)] = np.nan
    known[on - pd.Timedelta(days=gap - 1) : on] = np.nan  # would be filled from the days after it
    other = known.copy()
    after = other.index[other.index > on][: len(change)]
    other[after] = change[: len(after)]
    before, then = (
        [one for one in date_forecasts.issued(FLY, tmean, [day]) if one.on == on.date()] for tmean in (known, other)
    )
    assert len(before) == len(then)
    assert bool(before) == (gap == 0)
    for one, two in zip(before, then, strict=True):
        np.testing.assert_array_equal(one.members, two.members)
        np.testing.assert_array_equal(one.earlier, two.earlier)
        assert (one.low, one.high, one.decided) == (two.low, two.high, two.decided)


def test_the_published_dates_of_luxi_are_ranges_over_four_years():
    table = observed_dates.shipped(FLY)
    assert list(table["event"]) == ["first_adult", "orchard_entry"]
    assert set(zip(table["from_year"], table["to_year"], strict=True)) == {(2012, 2015)}
    ends = [[observed_dates.dated(2013, day) for day in table[of]] for of in ("first", "last")]
    # pests.md 6.6: 5 to 17 May, 21 to 28 May
    assert ends == [[date(2013, 5, 5), date(2013, 5, 21)], [date(2013, 5, 17), date(2013, 5, 28)]]
    assert observed_dates.shipped(organism.load("whitefly")).empty


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("event,day\nfirst_adult,1\n", "needs the columns event and date"),
        ("event,date\nfirst_moth,2013-05-01\n", "line 2: unknown event 'first_moth'"),
        ("event,date\nfirst_adult,2013-02-30\n", "line 2"),
        ("event,from_year,to_year,first,last\nfirst_adult,2015,2012,05-05,05-17\n", "runs backwards"),
        ("event,from_year,to_year,first,last\nfirst_adult,2012,2015,05-17,05-05\n", "runs backwards"),
    ],
)
def test_a_table_of_dates_that_cannot_be_understood_is_refused_with_its_line(text, told):
    with pytest.raises(InputError, match=told):
        seen(text)


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)))
def test_a_date_comes_back_from_its_place_in_the_calendar(day):
    assert observed_dates.dated(day.year, observed_dates.position(day)) == day


def test_places_farther_than_asked_and_places_unknown_are_not_near():
    table = observed_dates.shipped(FLY)
    metres = pyproj.Geod(ellps="WGS84").inv(110.2, 28.3, 116.3333, 25.75)[2]
    assert observed_dates.distance(table, 25.75, 116.3333) == pytest.approx([metres / 1000] * 2, rel=0.005)
    assert not observed_dates.near(table, 25.75, 116.3333, 50.0).any()
    assert observed_dates.near(table, 28.25, 110.25, 50.0).all()
    assert not observed_dates.near(table, np.nan, np.nan, 50.0).any()
    anywhere = seen("event,date\nfirst_adult,2013-05-01\n")
    assert observed_dates.near(anywhere, np.nan, np.nan, 50.0).all()
