"""A walk goes to the worst places, what was found is noted, and nobody walks through another's plots."""

from xml.etree import ElementTree

import pandas as pd
import pytest

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR, StoredScene
from agro.store.scenes import GAPS
from app.services.imagery import field_notes, walk_sheet, walks, worth_a_look
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import FALLEN, PATCHED


def test_the_places_are_the_open_areas_the_worst_first_and_a_plot_is_one_stop(pictured):
    found = worth_a_look.candidates(OPERATOR, pictured)
    areas = pictured.store.areas(EVERYTHING, state="open")
    assert sorted(areas["kind"]) == ["decline", "time", "within_new"]  # the first two are one plot
    assert list(found["plot"]) == [FALLEN, PATCHED]  # 60 mu before 13
    assert found["score"].iloc[0] == pytest.approx(2 * 60.0, abs=0.1)  # severity times area
    assert set(found["what"]) == {"area"}


def test_a_grower_walks_own_plots_only(pictured):
    assert set(worth_a_look.candidates(truth.grower(pictured, "f1"), pictured)["plot"]) == {FALLEN}
    assert set(worth_a_look.candidates(truth.grower(pictured, "f2"), pictured)["plot"]) == {PATCHED}
    for role in (Role.OFFICIAL, Role.SUPPLIER, Role.RESEARCHER):
        with pytest.raises(NotAllowedError):
            worth_a_look.candidates(Viewer("x", "x", role), pictured)


def test_a_walk_is_kept_with_its_way_and_hidden_from_other_growers(pictured_copy):
    who = truth.grower(pictured_copy, "f1")
    walk = walks.begin(who, pictured_copy, "f1", entrance=(109.33, 30.9))
    assert walks.one(who, pictured_copy, walk.id).stops == walk.stops
    assert [stop["order"] for stop in walk.stops] == list(range(1, len(walk.stops) + 1))
    assert walk.metres > 100
    assert walk.synthetic
    with pytest.raises(NotFoundError):
        walks.one(truth.grower(pictured_copy, "f2"), pictured_copy, walk.id)


def test_a_withdrawn_grant_takes_the_stops_and_the_way_to_them_out_of_a_kept_walk(pictured_copy):
    both = Viewer("w1", "w", Role.WORKER, grants=(("write", "f1"), ("write", "f2")))
    walk = walks.begin(both, pictured_copy)
    assert {stop["plot"] for stop in walk.stops} == {FALLEN, PATCHED}
    left = Viewer("w1", "w", Role.WORKER, grants=(("write", "f2"),))
    hidden = truth.outlines().to_crs(4326).iloc[2]  # of `FALLEN`
    (listed,) = walks.listed(left, pictured_copy)
    for found in (listed, walks.one(left, pictured_copy, walk.id)):
        assert [stop["plot"] for stop in found.stops] == [PATCHED]
        assert not found.geometry.intersects(hidden)
    root = ElementTree.fromstring(walks.gpx(left, pictured_copy, walk.id).encode())  # noqa: S314
    names = [one.findtext("{*}name") for one in root.findall("{*}rte/{*}rtept")]
    assert (len(root.findall("{*}wpt")), [name[:4] for name in names]) == (1, ["起点 s", "1 地块", "起点 s"])
    assert "地块03" not in walk_sheet.html(left, pictured_copy, walk.id)
    nothing = Viewer("w1", "w", Role.WORKER)
    assert walks.listed(nothing, pictured_copy) == []
    with pytest.raises(NotFoundError, match="no walk"):
        walks.one(nothing, pictured_copy, walk.id)


def test_a_walk_on_a_phone_names_every_stop(pictured_copy):
    walk = walks.begin(OPERATOR, pictured_copy)
    root = ElementTree.fromstring(walks.gpx(OPERATOR, pictured_copy, walk.id).encode())  # noqa: S314
    names = [one.findtext("{*}name") for one in root.findall("{*}wpt")]
    assert len(names) == len(walk.stops)
    assert any("地块10" in name for name in names)
    assert "合成示例" in root.find("{*}metadata").findtext("{*}desc")
    assert walks.kml(OPERATOR, pictured_copy, walk.id, "en").count("<Placemark>") == len(walk.stops) + 1
    page = walk_sheet.html(OPERATOR, pictured_copy, walk.id)
    assert page.count("☐") >= len(walk.stops)


def test_what_was_found_is_noted_for_the_trail_and_the_place_is_not_proposed_again(pictured_copy):
    who = truth.grower(pictured_copy, "f2")
    walk = walks.begin(who, pictured_copy, "f2")
    stop = walk.stops[0]
    told = {name: stop[name] for name in ("what", "target", "plot")}
    visit = field_notes.tick(who, pictured_copy, **told, found="dry", note=" 坎边缺水 ", walk=walk.id)
    assert (visit.note, visit.by, visit.synthetic) == ("坎边缺水", who.account, True)
    assert field_notes.done(who, pictured_copy, walk.id)[stop["key"]]["found"] == "dry"
    trail = pictured_copy.store.audit(1).iloc[0]
    assert (trail["action"], trail["account"], trail["counts"]["found"]) == ("visit.add", who.account, "dry")
    with pytest.raises(MissingDataError, match="nothing is flagged"):
        walks.propose(who, pictured_copy)
    assert len(field_notes.visits(who, pictured_copy)) == 1
    assert field_notes.visits(truth.grower(pictured_copy, "f1"), pictured_copy).empty


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"found": "magic"}, InputError, "finds nothing, weak"),
        ({"target": "nobody"}, NotFoundError, "no area"),
        ({"plot": PATCHED}, NotFoundError, "no plot"),
        ({"what": "tree"}, NotFoundError, "no tree"),
        ({"what": "tree", "target": f"{FALLEN}|7"}, NotFoundError, "no tree"),
        ({"what": "tree", "target": f"{FALLEN}|" + "9" * 5000}, NotFoundError, "no tree"),
        ({"what": "gap", "target": f"{FALLEN}|gap|109.33000,30.90000"}, NotFoundError, "no gap"),
        ({"date": truth.datetime(2030, 1, 1).date()}, InputError, "ahead of today"),
        ({"note": "x" * 3000}, InputError, "at most 2000"),
    ],
)
def test_a_wrong_note_is_refused(pictured_copy, change, error, match):
    who = truth.grower(pictured_copy, "f1")
    area = pictured_copy.store.areas(EVERYTHING, plots=[FALLEN]).iloc[0]["id"]
    told = {"what": "area", "target": area, "plot": FALLEN, "found": "weak"} | change
    with pytest.raises(error, match=match):
        field_notes.tick(who, pictured_copy, **told)
    assert pictured_copy.store.visits(EVERYTHING).empty


def test_a_tree_and_a_gap_that_a_flight_saw_can_be_noted(pictured_copy):
    who, day = truth.grower(pictured_copy, "f1"), truth.datetime(2024, 9, 1, tzinfo=truth.UTC)
    at = {"longitude": [109.33], "latitude": [30.9]}
    gaps = pd.DataFrame({"plot": [FALLEN], "gap": [f"{FALLEN}|gap|109.33000,30.90000"], "n_missing": [1], **at})
    flight = StoredScene("drone_rgb", "odm", "drone", day, truth.CRS, (109.3, 30.8, 109.4, 31.0))
    pictured_copy.store.save_scene(flight, {GAPS: gaps.to_parquet}, by=OPERATOR)
    pictured_copy.store.save_trees(FALLEN, pd.DataFrame({"number": [7], **at}), day.date(), by=OPERATOR)
    for what, target in (("tree", f"{FALLEN}|7"), ("gap", gaps["gap"].iloc[0])):
        assert field_notes.tick(who, pictured_copy, what=what, target=target, plot=FALLEN, found="gap").target == target


def test_a_worker_with_a_grant_to_read_may_walk_and_not_note(pictured_copy):
    reader = Viewer("w1", "w", Role.WORKER, grants=(("farm", "f1"),))
    assert len(worth_a_look.candidates(reader, pictured_copy))
    area = pictured_copy.store.areas(EVERYTHING, plots=[FALLEN]).iloc[0]["id"]
    with pytest.raises(NotAllowedError):
        field_notes.tick(reader, pictured_copy, what="area", target=area, plot=FALLEN, found="weak")
    writer = Viewer("w2", "w", Role.WORKER, grants=(("write", "f1"),))
    assert field_notes.tick(writer, pictured_copy, what="area", target=area, plot=FALLEN, found="weak").found == "weak"


def test_all_findings_have_names_in_both_languages():
    assert all(set(one) == {"zh", "en"} for one in field_notes.findings().values())
