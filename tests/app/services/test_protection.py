"""Sprays and counts noted one by one and brought as tables: whose plots, which rows, what stays with whom."""

from datetime import UTC, date, datetime

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import COUNT_COLUMNS, EVERYTHING, OPERATOR, TREATMENT_COLUMNS
from app.services import imports, protection
from app.services.platform import open_platform
from tests.app import small

SPRAYS = "果园,地块,日期,类型,药剂,作用机理,防治对象,用量,器械,面积比例,依据,备注\n"
COUNTS = "果园,地块,日期,病虫,方法,调查数,发生数,总数,天数,是否对照,备注\n"
GOOD_SPRAYS = (
    "甲果园,河边地,2024-05-06,喷药,药剂甲,FRAC M03,黑点病,600 倍,无人机,1,飞行日志,\n,屋后坡,2024-07-10,抹梢,,,,,,,,\n"
)
GOOD_COUNTS = ",河边地,2024-06-20,黑点病,查果,100,12,,,否,\n,屋后坡,2024-06-20,黑点病,查果,50,21,,,是,\n"
FLY = "chinese_citrus_fly"


@pytest.fixture(autouse=True)
def _names(monkeypatch):
    """Names as the files of organisms tell them, whichever of these files are there."""
    known = {"黑点病": "melanose", "砂皮病": "melanose", "大实蝇": FLY, "木虱": "psyllid", "melanose": "melanose"}
    monkeypatch.setattr(protection.organism, "named", known.get)
    monkeypatch.setattr(protection.organism, "confused", {"黑点病": ("不是黑斑病", "not black spot")}.get)


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 12, 31, 17, tzinfo=UTC)  # the new year has begun in Chongqing
    yield platform
    platform.store.close()


@pytest.fixture
def bring(home, tmp_path):
    """Give a function that imports rows for a viewer."""

    def bring_it(kind, rows, viewer=OPERATOR, head=None, encoding="utf-8-sig", do=imports.commit, **answers):
        path = tmp_path / "records.csv"
        path.write_bytes(((head or {"sprays": SPRAYS, "counts": COUNTS}[kind]) + rows).encode(encoding))
        return do(viewer, home, kind, path, **answers)

    return bring_it


def farm_id(home, name="甲果园"):
    return next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == name)


def someone(home, role=Role.GROWER, account="a5", farm="甲果园", kind="write"):
    own = role is Role.GROWER
    return Viewer(account, "某人", role, (farm_id(home, farm),) if own else (),
                  () if own else ((kind, farm_id(home, farm)),))  # fmt: skip


@pytest.mark.parametrize(("kind", "rows"), [("sprays", GOOD_SPRAYS), ("counts", GOOD_COUNTS)])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_table_comes_in_whole_and_a_second_time_changes_nothing(home, small_home, bring, kind, rows, encoding):
    first = bring(kind, rows, encoding=encoding).counts
    assert (first["added"], first["same"], first["skipped"]) == (2, 0, 0)
    before = small.standing(small_home)
    assert bring(kind, rows).counts["same"] == 2
    assert small.standing(small_home) == before


def test_what_came_in_is_told_with_its_file_and_organism(home, bring):
    report = bring("sprays", GOOD_SPRAYS)
    assert any("'黑点病': not black spot" in one.en for one in report.findings)
    row = protection.treatments(OPERATOR, home, plot="河边地").iloc[0]
    assert tuple(protection.treatments(OPERATOR, home).columns) == TREATMENT_COLUMNS
    assert (row["targets"], row["groups"], row["equipment"]) == (("melanose",), ("FRAC M03",), "drone")
    assert (row["source"], row["by"], row["evidence"]) == ("records.csv", "operator", "flight_log")
    bring("counts", GOOD_COUNTS)
    seen = protection.counts(OPERATOR, home, organism="砂皮病")
    assert tuple(seen.columns) == COUNT_COLUMNS
    assert dict(zip(seen["name"], seen["share"], strict=True)) == pytest.approx({"河边地": 0.12, "屋后坡": 0.42})
    assert dict(zip(seen["name"], seen["treated"].fillna(True), strict=True)) == {"河边地": True, "屋后坡": False}


CARELESS = {
    "an unknown plot": ("sprays", ",河里地,2024-05-06,喷药,甲,,,,,,,\n", "no plot '河里地'; near names: 河边地"),
    "a plot of another farm": (
        "sprays",
        "乙果园,河边地,2024-05-06,喷药,甲,,,,,,,\n",
        "farm '乙果园' has no plot '河边地'",
    ),
    "an unknown target": ("sprays", ",河边地,2024-05-06,喷药,甲,,外星虫,,,,,\n", "unknown organism '外星虫'; known:"),
    "a spray of tomorrow": ("sprays", ",河边地,2025-01-02,喷药,甲,,,,,,,\n", "the date 2025-01-02 is in the future"),
    "a bare number": ("sprays", ",河边地,2024-05-06,喷药,甲,6,,,,,,\n", "'6' is no mode of action"),
    "an unknown organism": ("counts", ",河边地,2024-06-20,外星虫,查果,100,12,,,,\n", "unknown organism '外星虫'"),
    "more infested than seen": ("counts", ",河边地,2024-06-20,黑点病,查果,100,112,,,,\n", "112 infested of 100"),
    "words": ("counts", ",河边地,2024-06-20,黑点病,查果,100,很多,,,,\n", "the number infested is '很多'"),
    "nothing counted": ("counts", ",河边地,2024-06-20,黑点病,查果,100,,,,,\n", "neither the infested units nor"),
    "a count of tomorrow": (
        "counts",
        ",河边地,2025-01-02,黑点病,查果,100,1,,,,\n",
        "the date 2025-01-02 is in the future; it is",
    ),
}


@pytest.mark.parametrize(("kind", "row", "match"), CARELESS.values(), ids=CARELESS.keys())
def test_one_careless_row_keeps_all_out_unless_it_may_be_left_out(home, small_home, bring, kind, row, match):
    good = {"sprays": GOOD_SPRAYS, "counts": GOOD_COUNTS}[kind]
    before = small.standing(small_home)
    shown = bring(kind, good + row, do=imports.preview)
    assert [one.where for one in shown.findings if one.level == "refused"] == ["row 4"]
    assert len(shown.table) == 2
    with pytest.raises(InputError) as refused:
        bring(kind, good + row)
    assert f"row 4: {match}" in str(refused.value)
    assert "records.csv" in str(refused.value)
    assert "第 4 行" in refused.value.zh
    assert small.standing(small_home) == before
    report = bring(kind, good + row, skip_bad=True)
    assert (report.counts["added"], report.counts["skipped"]) == (2, 1)
    assert any(match in one.en and one.level == "warning" for one in report.findings)


def test_a_table_without_one_good_row_is_refused_even_then(bring):
    with pytest.raises(InputError, match=r"and 3 more.*No row can be used"):
        bring("counts", ",无此地,2024-06-20,黑点病,查果,100,12,,,,\n" * 8, skip_bad=True)


def test_a_name_in_two_farms_needs_its_farm(home, bring, tmp_path):
    path = small.write_plots(tmp_path / "p.geojson", {"name": "河边地", "farm": "乙果园", "at": (109.342, 30.906)})
    imports.commit(OPERATOR, home, "plots", path)
    with pytest.raises(InputError, match=r"row 2: several plots are called '河边地': .*乙果园/河边地.*name the farm"):
        bring("sprays", ",河边地,2024-05-06,喷药,甲,,,,,,,\n")
    assert bring("sprays", "乙果园,河边地,2024-05-06,喷药,甲,,,,,,,\n").counts["added"] == 1


def test_catches_of_traps_come_in_as_a_form_of_their_own(home, bring):
    rows = ",河边地,2024-06-14,大实蝇,3,21,14,\n,屋后坡,2024-06-14,大实蝇,1,0,7,\n"
    head = "果园,地块,日期,病虫,诱集器数,诱虫数,天数,备注\n"
    assert bring("traps", rows, head=head).counts["added"] == 2
    assert bring("counts", rows, head=head).counts["same"] == 2  # such a form is known by its heads
    seen = protection.counts(OPERATOR, home, plot="河边地")
    assert (seen["method"].tolist(), seen["catch"].tolist()) == (["trap"], [3.5])
    assert bring("traps", ",河边地,2024-06-21,大实蝇,4\n", head="果园,地块,日期,病虫,总数\n").counts["added"] == 1


def test_where_two_disagree_both_are_kept_and_told(home, bring):
    bring("counts", GOOD_COUNTS)
    other = ",河边地,2024-06-20,黑点病,查果,100,15,,,否,\n"
    assert "told differently: 12/100; 15/100" in str(bring("counts", other, do=imports.preview).findings)
    report = bring("counts", other)
    assert report.counts == {"added": 1, "same": 0, "conflicts": 1, "skipped": 0}
    assert protection.counts(OPERATOR, home, plot="河边地")["conflict"].tolist() == [True, True]


def test_a_grower_notes_for_own_plots_and_sees_no_others(home, bring):
    grower = someone(home)
    bring("sprays", GOOD_SPRAYS)
    assert list(protection.treatments(grower, home)["name"]) == ["河边地"]
    with pytest.raises(InputError, match="row 2: no plot '屋后坡'; known: 河边地"):
        bring("sprays", ",屋后坡,2024-05-06,喷药,甲,,,,,,,\n", grower)
    for deed in (
        lambda: protection.treatments(grower, home, plot="屋后坡"),
        lambda: protection.counts(grower, home, plot="屋后坡"),
        lambda: protection.add_treatment(grower, home, plot="屋后坡", date=date(2024, 5, 6), product="a"),
    ):
        with pytest.raises(NotFoundError):
            deed()


def test_an_agronomist_sees_all_plots_and_notes_for_shared_ones(home, bring):
    agronomist = someone(home, Role.AGRONOMIST)
    assert bring("counts", GOOD_COUNTS.splitlines(keepends=True)[0], agronomist).counts["added"] == 1
    with pytest.raises(InputError, match=r"'某人' may not note sprays and pest counts of plots \(plot '屋后坡'\)"):
        bring("counts", GOOD_COUNTS, agronomist)
    bring("counts", GOOD_COUNTS)
    assert set(protection.counts(agronomist, home)["name"]) == {"河边地", "屋后坡"}


def test_a_contractor_returns_the_flight_log_and_reads_nothing(home, bring):
    contractor = someone(home, Role.CONTRACTOR)
    assert bring("sprays", GOOD_SPRAYS.splitlines(keepends=True)[0], contractor).counts["added"] == 1
    made, _ = protection.add_treatment(
        contractor, home, plot="河边地", date=date(2024, 6, 1), product="a", evidence="flight_log"
    )
    assert made.by == "a5"
    with pytest.raises(NotAllowedError, match="may not see sprays and pest counts"):
        protection.treatments(contractor, home)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SUPPLIER, Role.PACKING_HOUSE, Role.SCHEME_CLERK])
def test_who_has_no_business_with_it_sees_and_notes_nothing(home, role):
    viewer = someone(home, role)
    for deed in (protection.treatments, protection.counts):
        with pytest.raises(NotAllowedError, match="may not see sprays"):
            deed(viewer, home)
    with pytest.raises(NotAllowedError, match="may not note sprays"):
        protection.add_treatment(viewer, home, plot="河边地", date=date(2024, 5, 6), product="a")
    with pytest.raises(NotAllowedError, match="may not note sprays"):
        protection.add_count(
            viewer, home, plot="河边地", organism="黑点病", date=date(2024, 5, 6), method="fruit", n=9, infested=1
        )


def test_a_researcher_sees_values_without_names(home, bring):
    bring("sprays", GOOD_SPRAYS)
    bring("counts", GOOD_COUNTS)
    researcher = Viewer("a6", "研究员", Role.RESEARCHER)
    for seen in (protection.treatments(researcher, home), protection.counts(researcher, home)):
        assert (set(seen["name"]), set(seen["farm_name"]), set(seen["by"]), len(seen)) == ({""}, {""}, {""}, 2)
    assert len(protection.counts(researcher, home, plot=seen["plot"].iloc[0])) == 1


def test_one_treatment_is_noted_told_and_taken_back(home):
    grower = someone(home)
    noted = {"plot": "河边地", "date": date(2024, 5, 6), "product": " 药剂甲 ", "groups": ["m3"], "targets": ["黑点病"]}
    made, findings = protection.add_treatment(grower, home, **noted, evidence="photo")
    assert (made.product, made.groups, made.targets, made.by) == ("药剂甲", ("FRAC M03",), ("melanose",), "a5")
    assert [one.en for one in findings] == ["'黑点病': not black spot"]
    again, findings = protection.add_treatment(grower, home, **noted, evidence="photo")
    assert (again.id, findings[-1].en) == (made.id, "this was noted already")
    with pytest.raises(NotFoundError):
        protection.remove_treatment(Viewer("a8", "别人", Role.GROWER), home, made.id)
    protection.remove_treatment(grower, home, made.id)
    assert protection.treatments(grower, home).empty
    assert list(home.store.audit(account="a5")["action"]) == ["treatment.remove", "treatment.add", "treatment.add"]


def test_one_count_is_noted_told_and_taken_back(home):
    grower = someone(home)
    noted = {"plot": "河边地", "organism": "melanose", "date": date(2024, 6, 20), "method": "fruit", "n": 100}
    made, findings = protection.add_count(grower, home, **noted, infested=12)
    assert findings == []
    _, findings = protection.add_count(grower, home, **noted, infested=15)
    assert "told differently: 12/100; 15/100" in findings[0].en
    again, findings = protection.add_count(grower, home, **noted, infested=12)
    assert (again.id, findings[-1].en) == (made.id, "this was noted already")
    protection.remove_count(grower, home, made.id)
    assert protection.counts(grower, home, start=date(2024, 6, 20))["conflict"].tolist() == [False]
    assert protection.counts(grower, home, start=date(2024, 6, 21)).empty


def test_what_cannot_be_is_not_noted(home):
    noted = {"plot": "河边地", "organism": "黑点病", "date": date(2024, 6, 20), "method": "fruit", "n": 100}
    for more, match in (
        ({"infested": 101}, "101 infested"),
        ({"infested": 1, "organism": "外星虫"}, "unknown organism"),
        ({"infested": 1, "date": date(2025, 1, 2)}, "in the future"),
    ):
        with pytest.raises(InputError, match=match):
            protection.add_count(OPERATOR, home, **noted | more)
    with pytest.raises(InputError, match="the part of the plot is 2"):
        protection.add_treatment(OPERATOR, home, plot="河边地", date=date(2024, 5, 6), product="a", share=2.0)
    assert protection.counts(OPERATOR, home).empty
    assert protection.treatments(OPERATOR, home).empty


def test_a_find_of_quarantine_stays_with_who_counted_agronomist_and_station(home):
    noted = {"plot": "河边地", "organism": "木虱", "date": date(2024, 6, 20), "method": "shoot", "n": 50}
    helper, grower = someone(home, Role.HELPER, "h1"), someone(home)
    find, _ = protection.add_count(helper, home, **noted, infested=2)
    _, findings = protection.add_count(grower, home, **noted, infested=0)
    assert findings == []  # a contradiction would tell that somebody found it
    assert "psyllid" in protection.secret() & protection.embargoed()
    for viewer, seen in (
        (grower, [0]), (Viewer("r1", "研究员", Role.RESEARCHER), [0]), (helper, [2, 0]),
        (someone(home, Role.AGRONOMIST, "g1"), [2, 0]), (Viewer("s1", "站", Role.STATION), [2, 0]),
    ):  # fmt: skip
        frame = protection.counts(viewer, home)
        assert sorted(frame["infested"], reverse=True) == seen
        assert frame["conflict"].all() == (viewer.role in (Role.AGRONOMIST, Role.STATION))
    with pytest.raises(NotFoundError, match=f"no count '{find.id}'"):
        protection.remove_count(grower, home, find.id)


def test_the_owner_sees_what_a_helper_s_fly_traps_caught(home):
    noted = {"plot": "河边地", "organism": "大实蝇", "date": date(2024, 6, 14), "method": "trap", "n": 1, "days": 7.0}
    protection.add_count(someone(home, Role.HELPER, "h1"), home, **noted, total=5)
    assert protection.counts(someone(home), home)["catch"].tolist() == [5.0]


def test_an_import_does_not_tell_of_somebody_elses_find(home, bring):
    noted = {"plot": "河边地", "organism": "木虱", "date": date(2024, 6, 20), "method": "shoot", "n": 50}
    protection.add_count(Viewer("s1", "站", Role.STATION), home, **noted, infested=2)
    row, grower = ",河边地,2024-06-20,木虱,查梢,50,0,,,,\n", someone(home)
    assert "differently" not in str(bring("counts", row, grower, do=imports.preview).findings)
    report = bring("counts", row, grower)
    assert (report.counts["conflicts"], "differently" in str(report.findings)) == (0, False)


def test_records_of_an_invented_region_are_marked_as_invented(tmp_path, small_files):
    from app.services import regions

    home = open_platform(tmp_path / "invented")
    regions.create(OPERATOR, home, name="假县", crs="EPSG:32649", synthetic=True)
    imports.commit(OPERATOR, home, "plots", small_files.plots)
    protection.add_treatment(OPERATOR, home, plot="河边地", date=date(2024, 5, 6), product="a")
    assert protection.treatments(OPERATOR, home)["synthetic"].all()


def test_every_organism_file_and_the_disease_without_one_can_be_named():
    told = protection.organisms()
    assert told["huanglongbing"] == ("黄龙病", "huanglongbing")
    assert all(zh and en for zh, en in told.values())
    assert protection.organism_key("HLB") == "huanglongbing"
