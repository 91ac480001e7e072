"""Few messages: merged, matched, kept quiet, within a budget, closed."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from remote_sensing.condition import alerts, ranked
from remote_sensing.condition.alerts import ALERT_COLUMNS, merged
from remote_sensing.condition.areas import empty, table

CRS = "EPSG:32648"
ON = date(2026, 6, 1)


def area(plot="P1", kind="time", rule="A", x=0.0, side=100.0, severity=2, **given):
    shape = shapely.box(x, 0, x + side, side)
    return {
        "plot": plot, "kind": kind, "rule": rule, "since": pd.Timestamp("2026-05-01"), "last_seen": pd.Timestamp(ON),
        "n_obs": 3, "index": "ndvi", "drop": 0.1, "loss": 0.2, "z": -3.0, "area_m2": shape.area,
        "area_mu": shape.area * 0.0015, "area_error_mu": 0.1, "share_of_plot": 0.2, "severity": severity,
        "explained_by": (), "false_alarms": 0.02, "geometry": shape,
    } | given  # fmt: skip


def found(*rows):
    return table(list(rows), CRS)


def named(open_):
    return open_.assign(id=[f"A{k}" for k in range(len(open_))])


def test_a_new_area_is_open_and_sent():
    now, sent, closed = alerts(None, found(area()), ON)
    assert list(now["state"]) == ["open"]
    assert set(ALERT_COLUMNS) <= set(now.columns)
    assert len(sent) == 1
    assert sent["sent"].iloc[0] == pd.Timestamp(ON)
    assert closed.empty


def test_watch_explained_and_persistent_areas_are_shown_and_not_sent():
    rows = found(
        area("P1", rule="watch", severity=1),
        area("P2", explained_by=("work.pruning",)),
        area("P3", kind="within_persistent", rule="persistent"),
    )
    now, sent, _ = alerts(None, rows, ON)
    assert sent.empty
    assert now.set_index("plot")["held"].to_dict() == {"P1": "watch", "P2": "explained", "P3": "persistent"}


def test_the_same_area_is_told_once_and_again_only_when_worse_and_two_weeks_have_passed():
    now, _, _ = alerts(None, found(area()), ON)
    now = named(now)
    worse = area(severity=3, rule="B")
    soon, sent, _ = alerts(now, found(area()), date(2026, 6, 20))
    assert list(soon["held"]) == ["told"]
    assert list(soon["id"]) == ["A0"]
    early, sent, _ = alerts(now, found(worse), date(2026, 6, 10))
    assert sent.empty
    assert list(early["held"]) == ["quiet"]
    _, sent, _ = alerts(named(early), found(worse | {"last_seen": pd.Timestamp("2026-06-20")}), date(2026, 6, 20))
    assert list(sent["severity"]) == [3]


def test_a_plot_that_declines_and_lies_below_its_history_is_told_once():
    _, sent, _ = alerts(None, found(area(kind="time"), area(kind="decline", rule="cusum")), ON)
    assert len(sent) == 1


def test_a_closed_alert_keeps_its_plot_quiet_for_two_weeks():
    now, *_ = alerts(None, found(area(kind="within_new", rule="patch")), ON)
    _, _, closed = alerts(named(now), empty(CRS), date(2026, 6, 4), pd.Series([2]))
    assert list(closed["state"]) == ["closed"]
    elsewhere = area(kind="within_new", rule="patch", x=500)
    before = closed.reset_index(drop=True)
    assert alerts(before, found(elsewhere), date(2026, 6, 10))[1].empty
    assert len(alerts(before, found(elsewhere), date(2026, 6, 16))[1]) == 1


def test_an_area_stays_open_until_two_good_dates_and_without_news():
    now = named(alerts(None, found(area()), ON)[0])
    for good in (None, pd.Series([1])):
        still, sent, closed = alerts(now, empty(CRS), date(2026, 6, 8), good)
        assert list(still["id"]) == ["A0"]
        assert closed.empty
        assert sent.empty
    gone, _, closed = alerts(now, empty(CRS), date(2026, 6, 8), pd.Series([2]))
    assert gone.empty
    assert closed["closed"].iloc[0] == pd.Timestamp("2026-06-08")


def test_what_is_found_again_is_not_closed_by_good_dates():
    now = named(alerts(None, found(area()), ON)[0])
    still, _, closed = alerts(now, found(area()), date(2026, 6, 8), pd.Series([2]))
    assert len(still) == 1
    assert closed.empty


def test_patches_less_than_twenty_metres_apart_are_one_and_a_chain_of_them_too():
    rows = found(
        *(area(kind="within_new", rule="patch", x=x, side=50, severity=s) for x, s in ((0, 2), (69, 3), (138, 1))),
        area(kind="within_new", rule="patch", x=300, side=50),
        area("P2", kind="within_new", rule="patch", x=0, side=50),
    )
    one = merged(rows)
    assert len(one) == 3
    chain = one[one["area_m2"] == 7500.0].iloc[0]
    assert chain["severity"] == 3
    assert chain["share_of_plot"] == pytest.approx(0.6)
    assert chain["drop"] == pytest.approx(0.1)
    assert chain.geometry.area == pytest.approx(7500.0)


def test_a_patch_continues_the_alert_that_it_lies_on_and_keeps_the_earlier_onset():
    first = named(alerts(None, found(area(kind="within_new", rule="patch", since=pd.Timestamp("2026-04-01"))), ON)[0])
    moved, _, _ = alerts(first, found(area(kind="within_new", rule="patch", x=20)), date(2026, 6, 20))
    assert list(moved["id"]) == ["A0"]
    assert moved["since"].iloc[0] == pd.Timestamp("2026-04-01")
    assert moved["found"].iloc[0] == pd.Timestamp(ON)
    away, _, _ = alerts(first, found(area(kind="within_new", rule="patch", x=500)), date(2026, 6, 20))
    assert sorted(away["id"]) == ["", "A0"]


def test_at_most_the_budget_goes_out_in_a_week_the_worst_and_largest_first_and_the_rest_is_listed():
    rows = [area(f"P{k}", x=1000.0 * k, side=50 + 10 * k, severity=2) for k in range(8)]
    rows.append(area("bad", x=90_000, side=60, severity=3, rule="B"))
    now, sent, _ = alerts(None, found(*rows), ON, budget=3)
    # severity times area: 2 x 1.44 for P7, 2 x 1.21 for P6, 2 x 1.0 for P5 against 3 x 0.36
    assert list(sent["plot"]) == ["P7", "P6", "P5"]
    assert (now["held"] == "budget").sum() == 6
    _, sent, _ = alerts(named(now), found(*rows), date(2026, 6, 4), budget=3)
    assert sent.empty
    _, sent, _ = alerts(named(now), found(*rows), date(2026, 6, 9), budget=3)
    assert list(sent["plot"]) == ["P4", "P3", "bad"]


def test_each_viewer_has_a_budget():
    rows = found(*(area(f"P{k}", x=1000.0 * k, side=50 + 10 * k) for k in range(6)))
    farms = {f"P{k}": "north" if k < 4 else "south" for k in range(6)}
    now, sent, _ = alerts(None, rows, ON, budget=1, told_to=farms)
    assert set(sent["plot"]) == {"P3", "P5"}
    _, sent, _ = alerts(named(now), rows, date(2026, 6, 4), budget=2, told_to=pd.Series(farms))
    assert set(sent["plot"]) == {"P2", "P4"}


def test_ranking_puts_explained_areas_last():
    rows = found(area("P1", severity=3, explained_by=("work.pruning",)), area("P2", severity=1), area("P3", severity=2))
    assert list(ranked(rows)["plot"]) == ["P3", "P2", "P1"]


def test_nothing_found_and_nothing_open_is_nothing():
    now, sent, closed = alerts(None, empty(CRS), ON)
    assert now.empty
    assert sent.empty
    assert closed.empty


def test_columns_that_the_caller_added_are_kept():
    now, *_ = alerts(None, found(area(), area("P2", x=500)), ON)
    again, *_ = alerts(named(now).assign(extra=["a", "b"]), found(area()), date(2026, 6, 2))
    assert set(again["extra"]) == {"a", "b"}
    assert again["severity"].dtype == np.int64
