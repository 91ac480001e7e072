"""The order of picking, from the members' days of ripeness and end."""

from datetime import date

import pandas as pd
import pytest

from growth_model.advice import harvest_order, harvest_windows, ripening_by
from growth_model.advice.harvest import BIGGER_FIRST


def members(plot, ripe, end):
    """Return ten members that ripen on ten days from `ripe` and end on ten days from `end`."""
    days = pd.to_timedelta(range(10), unit="D")
    return pd.DataFrame({"plot": plot, "ripe": pd.Timestamp(ripe) + days, "end": pd.Timestamp(end) + days})


@pytest.fixture
def windows():
    return harvest_windows(
        pd.concat(
            [
                members("ridge", "2026-12-20", "2027-02-20"),
                members("valley", "2026-11-01", "2027-01-20"),
                members("hollow", "2026-11-10", "2026-12-20"),
                members("past", "2026-09-01", "2026-11-01"),
                members("cold", "2027-01-01", "2027-03-01").assign(ripe=pd.NaT),
            ]
        )
    )


def test_a_window_opens_when_eight_of_ten_members_are_ripe(windows):
    # ten members one day apart: the 8th is ripe on day 7, the 1st, 5th and 9th are P10, P50 and P90
    row = windows.loc["valley"]
    assert row["opens"] == pd.Timestamp("2026-11-08")
    assert [row[f"ripe_p{share}"].day for share in (10, 50, 90)] == [1, 5, 9]
    assert row["closes"] == pd.Timestamp("2027-01-24")
    assert row["days"] == 77


def test_members_that_never_ripen_count_as_late():
    dates = members("half", "2026-11-01", "2027-01-01")
    dates.loc[6:, "ripe"] = pd.NaT
    row = harvest_windows(dates).loc["half"]
    assert row["ripe_p50"] == pd.Timestamp("2026-11-05")
    assert pd.isna(row["ripe_p90"])
    assert pd.isna(row["opens"])
    assert row["ripe_cases"] == 6


def test_plots_are_picked_by_what_closes_first(windows):
    order = harvest_order(windows, date(2026, 12, 1))
    assert list(order.index) == ["past", "hollow", "valley", "ridge", "cold"]
    assert list(order["status"]) == ["closed", "open", "open", "later", "unripe"]
    assert list(order["rank"]) == [1, 2, 3, 4, 5]
    assert order.loc["hollow", "days_left"] == 23  # 24 December


def test_a_plot_that_takes_long_begins_sooner(windows):
    order = harvest_order(windows, date(2026, 12, 1), workdays=pd.Series({"valley": 40.0, "hollow": 2.0}))
    assert list(order.index)[:3] == ["past", "valley", "hollow"]
    assert order.loc["valley", "begin_by"] == pd.Timestamp("2026-12-15")


def test_the_valley_ripens_before_the_ridge(windows):
    plots = pd.DataFrame(
        {
            "band": ["600 m", "300 m", "300 m", "300 m", "800 m"],
            "aspect": ["N", "S", "S", "S", "N"],
            "area": [2000.0, 3000.0, 1000.0, 500.0, 900.0],
        },
        index=pd.Index(["ridge", "valley", "hollow", "past", "cold"], name="plot"),
    )
    parts = ripening_by(windows, plots, ["band", "aspect"])
    assert list(parts["band"]) == ["300 m", "600 m", "800 m"]
    assert parts.loc[0, "plots"] == 3
    assert parts.loc[0, "area"] == 4500.0
    assert parts.loc[0, "opens"] == pd.Timestamp("2026-11-08")  # 500 of 4500 m2 by September, 3500 by 8 November
    assert parts.loc[1, "days_after_first"] == 49  # 27 December
    assert pd.isna(parts.loc[2, "opens"])
    assert parts.loc[2, "open_share"] == 0.0


def test_plots_of_unknown_area_count_alike(windows):
    blocks = pd.DataFrame({"block": ["a", "a", "b", "b"]}, index=["ridge", "valley", "hollow", "past"])
    assert list(ripening_by(windows, blocks, ["block"])["block"]) == ["b", "a"]


def test_no_plots_give_an_empty_order():
    nothing = harvest_windows(pd.DataFrame({"plot": [], "ripe": [], "end": []}))
    assert harvest_order(nothing, date(2026, 12, 1)).empty


def test_bigger_fruit_go_first_is_told_in_both_languages():
    assert set(BIGGER_FIRST) == {"zh", "en"}
