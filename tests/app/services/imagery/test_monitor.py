"""What was planted is found, what is healthy is left alone, and each thing is told once."""

from datetime import date, timedelta

import pandas as pd
import pytest

from agro.errors import InputError, NotAllowedError
from agro.farm import Role, Treatment, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services.imagery import areas, diary_events, extent, field_notes, monitor
from app.services.pests import alert_marks, alerts
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import FALLEN, LAST, PATCHED, TODAY, patch, show


def open_areas(home):
    return home.store.areas(EVERYTHING, state="open")


def test_the_planted_places_are_found_and_no_healthy_plot_is_told(pictured):
    found = open_areas(pictured)
    assert set(found["plot"]) == {FALLEN, PATCHED}  # fourteen healthy plots, three years
    assert set(found.loc[found["sent"].notna(), "plot"]) == {FALLEN, PATCHED}


def test_a_fallen_plot_is_told_with_its_first_day_and_its_drop(pictured):
    row = open_areas(pictured).query("plot == @FALLEN and kind == 'time'").iloc[0]
    assert row["since"].date() == (LAST - timedelta(days=36)).date()
    assert row["drop"] == pytest.approx(0.14, abs=0.02)
    assert row["area_mu"] == pytest.approx(60.0, abs=0.1)  # 200 m by 200 m
    assert (row["rule"], row["state"], row["synthetic"]) == ("A", "open", True)


def test_a_weak_part_lies_where_it_was_planted(pictured):
    row = open_areas(pictured).query("plot == @PATCHED")
    assert list(row["kind"]) == ["within_new"]
    found = row.to_crs(truth.CRS).geometry.iloc[0]
    assert found.intersection(patch()).area / patch().area > 0.95
    assert found.area / patch().area < 1.6  # a mean over three cells widens it by one cell all round
    assert row["since"].iloc[0].date() == (LAST - timedelta(days=24)).date()


def test_a_second_run_of_the_day_changes_nothing(pictured_copy):
    before = open_areas(pictured_copy).drop(columns="geometry")
    again = monitor.run(OPERATOR, pictured_copy, TODAY)
    after = open_areas(pictured_copy).drop(columns="geometry")
    pd.testing.assert_frame_equal(before, after)
    assert again.counts["areas"] == len(before)


def test_an_earlier_day_is_not_judged_again_and_what_is_known_stays(pictured_copy):
    before = pictured_copy.store.areas(EVERYTHING).drop(columns="geometry")
    earlier = TODAY - timedelta(days=15)
    told = monitor.run(OPERATOR, pictured_copy, earlier)
    assert (told.on, told.counts["areas"], len(told.findings)) == (earlier, len(before), 1)
    assert f"判到 {TODAY}" in told.findings[0].zh
    assert str(TODAY) in told.findings[0].en
    pd.testing.assert_frame_equal(before, pictured_copy.store.areas(EVERYTHING).drop(columns="geometry"))
    assert monitor.state(OPERATOR, pictured_copy)["date"] == str(TODAY)


def test_a_day_that_has_not_come_is_refused_as_all_real_ones_would_lie_before_it(pictured_copy):
    with pytest.raises(InputError, match="not come") as refused:
        monitor.run(OPERATOR, pictured_copy, TODAY + timedelta(days=365))
    assert "还没有到" in refused.value.zh


def test_what_was_told_is_not_told_again_the_next_day(pictured_copy):
    pictured_copy.store.clock = lambda: pd.Timestamp(TODAY, tz="UTC").to_pydatetime() + timedelta(days=1, hours=4)
    later = monitor.run(OPERATOR, pictured_copy, TODAY + timedelta(days=1))
    found = open_areas(pictured_copy)
    assert later.counts["told"] == 0
    assert set(found["sent"].dropna().dt.date) == {TODAY}
    assert len(found) == len(set(found["id"])) == 3


def test_a_plot_that_has_recovered_is_closed_and_kept(pictured_copy):
    for days in (12, 24):
        show(pictured_copy, LAST + timedelta(days=days), truth.field(LAST + timedelta(days=days)))
    pictured_copy.store.clock = lambda: pd.Timestamp("2024-10-06T04:00Z").to_pydatetime()
    told = monitor.run(OPERATOR, pictured_copy, date(2024, 10, 6))
    closed = pictured_copy.store.areas(EVERYTHING, state="closed")
    assert told.counts["closed"] >= 1
    assert FALLEN in set(closed["plot"])
    assert (closed["closed"].dt.date == date(2024, 10, 6)).all()


def test_a_platform_without_pictures_says_so_and_stores_nothing(bare):
    told = monitor.run(OPERATOR, bare, TODAY)
    assert told.counts == {"scenes": 0}
    assert "没有卫星影像" in told.findings[0].zh
    assert monitor.state(OPERATOR, bare) is None


def test_pruning_in_the_diary_stands_beside_the_finding_and_holds_the_message(pictured_copy):
    done = Treatment("", FALLEN, (LAST - timedelta(days=40)).date(), "pruning", evidence="said")
    pictured_copy.store.add_treatments([done], by=OPERATOR)
    monitor.run(OPERATOR, pictured_copy, TODAY)
    row = open_areas(pictured_copy).query("plot == @FALLEN and kind == 'time'").iloc[0]
    assert row["explained_by"] == ["work.pruning"]
    assert (row["held"], pd.isna(row["sent"])) == ("explained", True)
    assert areas.told(OPERATOR, pictured_copy, row["id"])["explained"][0]["zh"] == "修剪"


def with_rows(home, monkeypatch, change):
    """Let the pictures' numbers be read as `change` makes them."""
    read = home.store.plot_pictures
    monkeypatch.setattr(home.store, "plot_pictures", lambda *told, **more: change(read(*told, **more), more))


def test_a_fallen_plot_whose_burn_index_fell_too_is_severe(pictured_copy, monkeypatch):
    was = open_areas(pictured_copy).query("plot == @FALLEN and kind == 'time'").iloc[0]
    late = pd.Timestamp(LAST - timedelta(days=36), tz="UTC")

    def felled(rows, asked):
        if "nbr" not in (asked.get("indices") or ()):
            return rows
        gone = (rows["plot"] == FALLEN) & (pd.to_datetime(rows["time"], utc=True) >= late)
        burnt = rows.assign(index="nbr", median=rows["median"].where(~gone, rows["median"] - 0.2))
        return pd.concat([rows, burnt], ignore_index=True)

    with_rows(pictured_copy, monkeypatch, felled)
    monitor.run(OPERATOR, pictured_copy, TODAY)
    now = open_areas(pictured_copy).query("plot == @FALLEN and kind == 'time'").iloc[0]
    assert (was["severity"], now["severity"]) == (2, 3)


def test_pictures_that_are_relative_are_not_compared_with_earlier_ones(pictured_copy, monkeypatch):
    with_rows(pictured_copy, monkeypatch, lambda rows, asked: rows.assign(sensor="four_band") if len(rows) else rows)
    monitor.run(OPERATOR, pictured_copy, TODAY)
    state = monitor.state(OPERATOR, pictured_copy)
    assert (state["judged"], state["no_observation"]) == (0, 16)


def test_an_index_that_follows_the_light_on_slopes_is_a_finding(pictured_copy, monkeypatch):
    monkeypatch.setattr(monitor, "light_left", lambda rows: (0.41, 88))
    told = monitor.run(OPERATOR, pictured_copy, TODAY)
    assert any("r = 0.41，88 个地块" in one.zh and "NDVI" in one.zh for one in told.findings)


def test_a_replanting_that_somebody_found_on_a_walk_counts_as_an_event(pictured_copy):
    area = open_areas(pictured_copy).query("plot == @FALLEN").iloc[0]
    field_notes.tick(
        truth.grower(pictured_copy), pictured_copy, what="area", target=area["id"], plot=FALLEN, found="replanted"
    )
    events = diary_events.events(pictured_copy, date(2020, 1, 1), TODAY)
    assert events[["plot", "kind"]].to_numpy().tolist() == [[FALLEN, "replanting"]]


def test_new_plots_are_read_from_pictures_that_are_kept(pictured_copy):
    shape = truth.outlines().iloc[4].buffer(-40)
    grown = pictured_copy.store.plot("p05", EVERYTHING)
    degrees = truth.gpd.GeoSeries([shape], crs=truth.CRS).to_crs(4326).iloc[0]
    new = type(grown)(**{**vars(grown), "id": "p99", "name": "新地块", "geometry": degrees, "area": shape.area})
    pictured_copy.store.save_plots([new], by=OPERATOR)
    monitor.run(OPERATOR, pictured_copy, TODAY)
    seen = pictured_copy.store.plot_pictures(EVERYTHING, plots=["p99"], indices=["ndvi"])
    assert len(seen) == len(pictured_copy.store.scenes())
    assert seen["median"].mean() == pytest.approx(0.8, abs=0.05)


def test_only_who_may_start_runs_may_judge(pictured):
    with pytest.raises(NotAllowedError):
        monitor.run(truth.grower(pictured), pictured, TODAY)


def test_the_grower_finds_own_weak_plots_in_the_inbox_and_no_others(pictured):
    mine = alerts.of_viewer(truth.grower(pictured, "f1"), pictured)
    assert [one.organism for one in mine.alerts] == ["condition"]
    assert mine.alerts[0].names == ("地块03",)
    other = alerts.of_viewer(truth.grower(pictured, "f2"), pictured)
    assert other.alerts[0].names == ("地块10",)
    assert "不说原因" in other.alerts[0].sure.zh


def test_a_mark_hides_the_card_and_a_foreign_plot_cannot_be_marked(pictured_copy):
    who = truth.grower(pictured_copy, "f1")
    card = alerts.of_viewer(who, pictured_copy).alerts[0]
    alert_marks.mark(who, pictured_copy, card.keys, "acknowledged")
    box = alerts.of_viewer(who, pictured_copy)
    assert (box.alerts, len(box.marked)) == ((), 1)
    with pytest.raises(Exception, match="no plot"):
        alert_marks.mark(who, pictured_copy, [f"{PATCHED}|condition|3"], "acknowledged")


def test_the_station_gets_one_card_for_the_region(pictured):
    station = Viewer("s1", "station", Role.STATION)
    cards = alerts.of_viewer(station, pictured).alerts
    assert len(cards) == 1
    assert cards[0].names == ("甲果园", "乙果园")
    assert "2 个地块" in cards[0].head.zh


def test_an_official_gets_sums_only_and_small_groups_are_hidden(pictured):
    official = Viewer("o1", "official", Role.OFFICIAL)
    with pytest.raises(NotAllowedError):
        areas.table(official, pictured)
    assert areas.sums(official, pictured).empty  # two growers are fewer than five
    told = areas.sums(Viewer("a1", "admin", Role.ADMIN), pictured)
    assert told.empty


def test_the_measured_rate_of_false_alarms_comes_from_visits(pictured_copy):
    who, found = truth.grower(pictured_copy), open_areas(pictured_copy)
    nothing = areas.measured(who, pictured_copy)
    assert (nothing["visits"], nothing["rate"]) == (0, None)
    for area, what in zip(found.query("plot == @FALLEN")["id"], ("nothing", "dry"), strict=True):
        field_notes.tick(who, pictured_copy, what="area", target=area, plot=FALLEN, found=what)
    rate = areas.measured(who, pictured_copy)
    assert (rate["visits"], rate["nothing"], rate["rate"]) == (2, 1, 0.5)
    assert (rate["low"], rate["high"]) == pytest.approx((0.0945, 0.9055), abs=1e-3)  # Wilson, 1 of 2


def test_a_plot_below_four_cells_is_called_too_small(pictured):
    from app.services.imagery import curves

    small = pictured.store.plot("p16", EVERYTHING)
    said = curves.view(small, None)
    assert "太小" in said[-1]["zh"]
    assert extent.plots(pictured).set_index("id").geometry.area["p16"] == pytest.approx(225.0, abs=1)


@pytest.mark.parametrize(("doubt", "said"), [(0.0, "约 14.3 亩"), (0.04, "约 14.3 亩"), (0.2, "约 14.3 ± 0.2 亩")])
def test_an_area_is_told_with_its_doubt_where_it_has_one(pictured, doubt, said):
    who = truth.grower(pictured)
    row = open_areas(pictured).iloc[0].to_dict() | {"area_mu": 14.3, "area_error_mu": doubt, "name": "甲"}
    told = areas.sentences(row, areas.measured(who, pictured))
    assert told["head"]["zh"].endswith(said)
