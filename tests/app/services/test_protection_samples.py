"""Suspected trees through the services: reported by many, known to few, released by one."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import imports, samples
from app.services.platform import open_platform
from tests.app import small

HEAD = "果园,地块,日期,病虫,株号,经度,纬度,状态,苗木来源,备注\n"
DAY = date(2024, 10, 8)
STATION = Viewer("s1", "植保站", Role.STATION)
NOTED = {"plot": "河边地", "date": DAY, "tree": "T12"}


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 12, 31, 17, tzinfo=UTC)
    yield platform
    platform.store.close()


@pytest.fixture
def bring(home, tmp_path):
    """Give a function that imports rows for a viewer."""

    def bring_it(rows, viewer=OPERATOR, do=imports.commit, **answers):
        path = tmp_path / "trees.csv"
        path.write_text(HEAD + rows, encoding="utf-8-sig")
        return do(viewer, home, "samples", path, **answers)

    return bring_it


@pytest.fixture
def helper(home):
    return someone(home, Role.HELPER, "h1")


def someone(home, role, account):
    farm = next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == "甲果园")
    own = role is Role.GROWER
    return Viewer(account, f"某{account}", role, (farm,) if own else (), () if own else (("write", farm),))


def walk(home, found, *states, who=STATION, day=DAY):
    for state in states:
        found = samples.step(who, home, found.id, state, date=day, seedlings="网室苗")
    return found


def test_the_record_of_huanglongbing_tells_every_step_of_every_tree(home, helper):
    found, findings = samples.suspect(helper, home, **NOTED)
    assert (found.organism, found.embargo, found.by) == ("huanglongbing", True, "h1")
    assert "tell the plant protection station today" in findings[-1].en
    for state, day in (("sampled", 10), ("confirmed", 20), ("removed", 22), ("replanted", 30)):
        samples.step(STATION, home, found.id, state, date=date(2024, 10, day), seedlings="网室苗" if day == 30 else "")
    samples.suspect(STATION, home, **NOTED | {"tree": "T13"})
    table = samples.record(STATION, home).set_index("tree")
    assert tuple(table.reset_index().columns[:1]) == ("tree",)
    first = table.loc["T12"]
    assert [first[name].day for name in ("marked", "sampled", "answered", "removed", "replanted")] == [
        8,
        10,
        20,
        22,
        30,
    ]
    assert (first["answer"], first["seedlings"], first["township"]) == ("confirmed", "网室苗", "")
    second = table.loc["T13"]
    assert (second["answer"], second["marked"]) == ("", pd.Timestamp(DAY))
    assert second[["sampled", "answered", "removed", "replanted", "released"]].isna().all()


@pytest.mark.parametrize("role", [Role.GROWER, Role.WORKER, Role.HELPER, Role.COOPERATIVE])
def test_others_of_the_farm_learn_of_it_after_the_release_only(home, helper, role):
    found, _ = samples.suspect(helper, home, **NOTED)
    other = someone(home, role, "z9")
    for _ in range(2):
        assert samples.table(other, home).empty
        assert samples.record(other, home).empty
        assert samples.on_map(other, home).empty
        with pytest.raises(NotFoundError, match=f"no sample '{found.id}'"):
            samples.sample(other, home, found.id)
        with pytest.raises(NotFoundError, match=f"no sample '{found.id}'"):
            samples.step(other, home, found.id, "sampled", date=DAY)
        assert list(samples.table(helper, home)["id"]) == [found.id]
        if found.state == "suspected":
            found = walk(home, found, "sampled", "refuted")
    samples.release(STATION, home, found.id, date=DAY)
    assert list(samples.table(other, home)["state"]) == ["refuted"]


@pytest.mark.parametrize(
    "role", [Role.OFFICIAL, Role.SUPPLIER, Role.CONTRACTOR, Role.PACKING_HOUSE, Role.SCHEME_CLERK, Role.RESEARCHER]
)
def test_some_roles_never_see_or_report_samples(home, helper, role):
    found, _ = samples.suspect(helper, home, **NOTED)
    walk(home, found, "sampled", "confirmed")
    samples.release(STATION, home, found.id, date=DAY)
    viewer = someone(home, role, "z9")
    for deed in (samples.table, samples.record, samples.on_map, lambda *who: samples.sample(*who, found.id)):
        with pytest.raises(NotAllowedError, match="may not see samples"):
            deed(viewer, home)
    with pytest.raises(NotAllowedError, match="may not report suspected trees"):
        samples.suspect(viewer, home, **NOTED)


def test_only_the_station_lifts_the_embargo_and_only_after_an_answer(home, helper):
    found, _ = samples.suspect(helper, home, **NOTED)
    for who in (helper, OPERATOR, Viewer("g1", "农技员", Role.AGRONOMIST)):
        for identity in (found.id, "none"):
            with pytest.raises(NotAllowedError, match="may not lift the embargo"):
                samples.release(who, home, identity, date=DAY)
    with pytest.raises(InputError, match="next is sampled, not released"):
        samples.release(STATION, home, found.id, date=DAY)
    with pytest.raises(InputError, match="a release is no step of the tree"):
        samples.step(STATION, home, found.id, "released", date=DAY)
    walk(home, found, "sampled", "confirmed")
    assert samples.release(STATION, home, found.id, date=DAY).embargo is False
    assert home.store.samples(EVERYTHING, None, for_neighbours=True)["id"].tolist() == [found.id]


def test_who_may_tell_what_next(home, helper):
    found, _ = samples.suspect(helper, home, **NOTED)
    assert samples.may_follow(helper, found) == ("sampled",)
    found = samples.step(helper, home, found.id, "sampled", date=DAY, note=" 送检 ")
    assert found.steps[-1].note == "送检"
    assert samples.may_follow(helper, found) == ()
    assert samples.may_follow(STATION, found) == ("confirmed", "refuted")
    with pytest.raises(NotAllowedError, match="laboratory's answer"):
        samples.step(helper, home, found.id, "confirmed", date=DAY)
    found = walk(home, found, "confirmed")
    assert samples.may_follow(STATION, found) == ("removed", "released")
    with pytest.raises(InputError, match="in the future"):
        samples.step(STATION, home, found.id, "removed", date=date(2025, 1, 2))


def test_a_sample_without_a_place_stands_in_its_plot_on_the_map(home):
    samples.suspect(OPERATOR, home, **NOTED)
    _, findings = samples.suspect(OPERATOR, home, **NOTED | {"tree": "T13"}, longitude=109.3351, latitude=30.9052)
    assert not any("far from plot" in one.en for one in findings)
    _, findings = samples.suspect(OPERATOR, home, **NOTED | {"tree": "T14"}, longitude=109.35, latitude=30.9052)
    assert "far from plot '河边地'" in findings[0].en
    shown = samples.on_map(OPERATOR, home).set_index("tree")
    assert dict(shown["exact"]) == {"T12": False, "T13": True, "T14": True}
    west, south, east, north = home.store.plot("河边地", EVERYTHING).geometry.bounds
    assert west < shown.loc["T12", "longitude"] < east
    assert south < shown.loc["T12", "latitude"] < north
    assert shown.loc["T13", "longitude"] == 109.3351


def test_the_same_suspicion_is_noted_once_and_a_stranger_is_not_told_of_it(home, helper):
    first, _ = samples.suspect(helper, home, **NOTED)
    again, findings = samples.suspect(helper, home, **NOTED)
    assert (again.id, findings[0].en) == (first.id, "this was noted already")
    other, findings = samples.suspect(someone(home, Role.WORKER, "w1"), home, **NOTED)
    assert other.id != first.id
    assert len(findings) == 1


def test_what_is_under_no_quarantine_is_under_no_embargo(home, monkeypatch):
    monkeypatch.setattr(samples, "organism_key", lambda text: "melanose")
    monkeypatch.setattr(samples, "embargoed", lambda: frozenset({"huanglongbing"}))
    monkeypatch.setattr(samples, "confusions", lambda texts: [])
    found, findings = samples.suspect(OPERATOR, home, **NOTED, organism="黑点病")
    assert (found.embargo, findings) == (False, [])
    assert list(samples.table(someone(home, Role.GROWER, "a1"), home)["id"]) == [found.id]


STEPS = (
    ",河边地,2024-10-08,黄龙病,T12,109.3351,30.9052,疑似,,斑驳\n,河边地,2024-10-20,黄龙病,T12,,,确诊,,\n"
    ",河边地,2024-10-10,黄龙病,T12,,,已取样,,\n,屋后坡,2024-10-09,HLB,,,,,,\n"
)


def test_trees_come_in_step_by_step_in_any_order_and_a_second_time_change_nothing(home, small_home, bring):
    before = small.standing(small_home)
    shown = bring(STEPS, do=imports.preview)
    assert list(shown.table["row"]) == [2, 5, 4, 3]
    assert list(shown.table["state"]) == ["suspected", "suspected", "sampled", "confirmed"]
    assert small.standing(small_home) == before
    assert bring(STEPS).counts == {"added": 2, "steps": 2, "same": 0, "skipped": 0}
    found = samples.table(OPERATOR, home).set_index("tree")
    assert (found.loc["T12", "state"], found.loc["T12", "longitude"]) == ("confirmed", 109.3351)
    after = small.standing(small_home)
    assert bring(STEPS).counts == {"added": 0, "steps": 0, "same": 4, "skipped": 0}
    assert small.standing(small_home) == after
    more = ",河边地,2024-10-22,黄龙病,T12,,,已挖除,,\n,河边地,2024-11-22,黄龙病,T12,,,补种,网室苗,\n"
    assert bring(more).counts["steps"] == 2
    assert samples.record(OPERATOR, home).set_index("tree")["seedlings"].to_dict() == {"T12": "网室苗", "": ""}
    assert bring(",河边地,2024-12-20,黄龙病,T12,,,疑似,,又黄了\n").counts["added"] == 1  # the young tree there


CARELESS = {
    "a step too far": (",河边地,2024-10-10,黄龙病,T12,,,已挖除,,\n", "row 2: no suspected tree 'T12' that you can see"),
    "two suspicions": (
        ",河边地,2024-10-08,黄龙病,T12,,,,,\n,河边地,2024-10-09,黄龙病,T12,,,,,\n",
        "row 3: tree 'T12' is suspected since 2024-10-08; it cannot be suspected anew",
    ),
    "tomorrow": (",河边地,2025-01-02,黄龙病,T12,,,,,\n", "row 2: the date 2025-01-02 is in the future"),
    "half a place": (",河边地,2024-10-08,黄龙病,T12,109.3,,,,\n", "row 2: longitude and latitude are both needed"),
    "an unknown organism": (",河边地,2024-10-08,外星虫,T12,,,,,\n", "row 2: unknown organism '外星虫'"),
    "an unknown plot": (",河里地,2024-10-08,黄龙病,T12,,,,,\n", "row 2: no plot '河里地'; near names: 河边地"),
}


@pytest.mark.parametrize(("rows", "match"), CARELESS.values(), ids=CARELESS.keys())
def test_a_careless_row_keeps_all_out(home, small_home, bring, rows, match):
    before = small.standing(small_home)
    with pytest.raises(InputError) as refused:
        bring(rows + ",屋后坡,2024-10-09,HLB,T1,,,,,\n")
    assert match in str(refused.value)
    assert small.standing(small_home) == before


def test_a_helper_brings_no_answers_and_hears_of_no_others_trees(home, helper, bring):
    samples.suspect(STATION, home, **NOTED)
    with pytest.raises(InputError, match="row 2: no suspected tree 'T12' that you can see"):
        bring(",河边地,2024-10-10,黄龙病,T12,,,已取样,,\n", helper)
    rows = ",河边地,2024-10-08,黄龙病,T12,,,,,\n,河边地,2024-10-10,黄龙病,T12,,,已取样,,\n"
    assert bring(rows, helper).counts == {"added": 1, "steps": 1, "same": 0, "skipped": 0}
    with pytest.raises(InputError, match="may not enter a laboratory's answer"):
        bring(",河边地,2024-10-20,黄龙病,T12,,,确诊,,\n", helper)
    assert len(samples.table(STATION, home)) == 2
    assert len(samples.table(helper, home)) == 1


def test_every_deed_leaves_a_row_in_the_trail(home, helper):
    found, _ = samples.suspect(helper, home, **NOTED)
    walk(home, found, "sampled", "refuted")
    samples.release(STATION, home, found.id, date=DAY)
    trail = home.store.audit(n=4)
    assert list(trail["action"]) == ["sample.step"] * 3 + ["sample.add"]
    assert list(trail["name"]) == ["植保站"] * 3 + ["某h1"]
