"""Observations noted one by one and brought as tables: whose plots, which rows, what is kept where people disagree."""

from datetime import UTC, date, datetime

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OBSERVATION_COLUMNS, OPERATOR
from app.services import accounts, imports, observations
from app.services.platform import open_platform
from tests.app import small

HEAD = "果园,地块,日期,项目,数值,数量\n"
GOOD = "甲果园,河边地,2024-04-12,盛花,,\n,河边地,2024-07-20,果径,45.2,20\n,屋后坡,2024-11-02,糖度,10.8,10\n"


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 12, 31, 17, tzinfo=UTC)  # the new year has begun in Chongqing
    yield platform
    platform.store.close()


@pytest.fixture
def table(tmp_path):
    """Give a function that writes a table of observations."""

    def write(rows, head=HEAD, encoding="utf-8-sig"):
        path = tmp_path / "records.csv"
        path.write_bytes((head + rows).encode(encoding))
        return path

    return write


@pytest.fixture
def bring(home, table):
    """Give a function that imports rows for a viewer."""
    return lambda rows, viewer=OPERATOR, **answers: imports.commit(viewer, home, "observations", table(rows), **answers)


def farm_id(home, name):
    return next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == name)


def owner(home, farm="甲果园"):
    account = accounts.add(OPERATOR, home, "果农", Role.GROWER, None)
    accounts.own(OPERATOR, home, account, farm)
    return Viewer(account, "果农", Role.GROWER, (farm_id(home, farm),))


def two_of_a_name(home, folder):
    """Give the other farm a plot that is called as one of the first."""
    path = small.write_plots(folder / "p.geojson", {"name": "河边地", "farm": "乙果园", "at": (109.342, 30.906)})
    imports.commit(OPERATOR, home, "plots", path)


def test_a_table_comes_in_whole_and_a_second_time_changes_nothing(home, small_home, bring):
    assert bring(GOOD).counts == {"added": 3, "same": 0, "conflicts": 0, "skipped": 0}
    seen = observations.table(OPERATOR, home)
    assert tuple(seen.columns) == OBSERVATION_COLUMNS
    assert dict(zip(seen["kind"], seen["name"], strict=True)) == {
        "bloom_65": "河边地", "diameter": "河边地", "tss": "屋后坡",
    }  # fmt: skip
    assert set(seen["by"]) == {"operator"}
    assert set(seen["source"]) == {"records.csv"}
    before = small.standing(small_home)
    assert bring(GOOD).counts == {"added": 0, "same": 3, "conflicts": 0, "skipped": 0}
    assert small.standing(small_home) == before


def test_a_wide_table_in_gbk_comes_in_too(home, table):
    path = table("河边地,2024-07-20,45.2,,20\n屋后坡,2024-07-20,47.1,9.1,20\n", "地块,日期,果径mm,糖度,数量\n", "gbk")
    assert imports.commit(OPERATOR, home, "observations", path).counts["added"] == 3


def test_a_preview_shows_what_was_understood_and_stores_nothing(home, small_home, table):
    before = small.standing(small_home)
    path = table(GOOD + ",河边的地,2024-07-20,果径,45,\n,河边地,2024-07-20,果径,48,\n")
    shown = imports.preview(OPERATOR, home, "observations", path)
    assert list(shown.table["name"]) == ["河边地", "河边地", "屋后坡", "河边地"]
    assert list(shown.table["row"]) == [2, 3, 4, 6]
    assert shown.questions == []
    by_level = {level: [one.en for one in shown.findings if one.level == level] for level in ("refused", "warning")}
    assert by_level["refused"] == ["row 5: no plot '河边的地'; near names: 河边地"]
    assert "told differently: 2024-07-20 45.2; 2024-07-20 48" in by_level["warning"][0]
    assert small.standing(small_home) == before


CARELESS = {
    "an unknown plot": (",河里地,2024-07-20,果径,45,\n", "row 5: no plot '河里地'; near names: 河边地"),
    "a plot of another farm": ("乙果园,河边地,2024-07-20,果径,45,\n", "row 5: farm '乙果园' has no plot '河边地'"),
    "tomorrow": (",河边地,2025-01-02,果径,45,\n", "row 5: the date 2025-01-02 is in the future; it is 2025-01-01"),
    "no date": (",河边地,七月,果径,45,\n", "row 5: '七月' is no date"),
    "centimetres": (",河边地,2024-07-20,果径,0.45,\n", "row 5: fruit diameter is 0.45; 0.5 to 220 mm is needed"),
    "bloom in November": (",河边地,2024-11-12,盛花,,\n", "row 5: full bloom, 50 % open on 2024-11-12"),
    "words": (",河边地,2024-07-20,果径,不大,\n", "row 5: fruit diameter is '不大'; a number is needed"),
}


@pytest.mark.parametrize(("row", "match"), CARELESS.values(), ids=CARELESS.keys())
def test_one_careless_row_keeps_all_out_unless_it_may_be_left_out(home, small_home, bring, row, match):
    before = small.standing(small_home)
    with pytest.raises(InputError, match=match) as refused:
        bring(GOOD + row)
    assert "records.csv" in str(refused.value)
    assert "第 5 行" in refused.value.zh
    assert small.standing(small_home) == before
    report = bring(GOOD + row, skip_bad=True)
    assert report.counts == {"added": 3, "same": 0, "conflicts": 0, "skipped": 1}
    assert any(match.split(": ", 1)[1] in found.en and found.level == "warning" for found in report.findings)


def test_a_table_without_one_good_row_is_refused_even_then(bring):
    with pytest.raises(InputError, match="No row can be used"):
        bring(",无此地,2024-07-20,果径,45,\n", skip_bad=True)


def test_many_careless_rows_are_counted(bring):
    with pytest.raises(InputError, match="and 3 more"):
        bring(",无此地,2024-07-20,果径,45,\n" * 8)


def test_a_name_in_two_farms_needs_its_farm(home, bring, tmp_path):
    two_of_a_name(home, tmp_path)
    with pytest.raises(InputError, match=r"row 2: several plots are called '河边地': .*乙果园/河边地.*name the farm"):
        bring(",河边地,2024-07-20,果径,45,\n")
    assert bring("乙果园,河边地,2024-07-20,果径,45,\n,甲果园/河边地,2024-07-20,果径,44,\n").counts["added"] == 2
    seen = observations.table(OPERATOR, home)
    assert dict(zip(seen["farm_name"], seen["value"], strict=True)) == {"乙果园": 45.0, "甲果园": 44.0}


def test_where_two_disagree_both_are_kept_and_told(home, bring):
    bring(GOOD)
    report = bring(",河边地,2024-04-18,盛花,,\n,河边地,2024-07-20,果径,49,\n")
    assert report.counts == {"added": 2, "same": 0, "conflicts": 2, "skipped": 0}
    assert sum("told differently" in found.en for found in report.findings) == 2
    seen = observations.table(OPERATOR, home)
    assert list(seen[seen["conflict"]]["kind"]) == ["bloom_65"] * 2 + ["diameter"] * 2
    assert len(seen) == 5


def test_a_grower_notes_for_own_plots_and_sees_no_others(home, bring):
    grower = owner(home)
    assert bring(",河边地,2024-07-20,果径,45,\n", viewer=grower).counts["added"] == 1
    bring(",屋后坡,2024-07-20,果径,47,\n")
    with pytest.raises(InputError, match="row 2: no plot '屋后坡'; known: 河边地") as refused:
        bring(",屋后坡,2024-07-20,果径,46,\n", viewer=grower)
    assert "屋后坡" not in str(refused.value).split(";")[1]
    assert list(observations.table(grower, home)["name"]) == ["河边地"]
    theirs = home.store.plot("屋后坡", EVERYTHING).id
    with pytest.raises(NotFoundError):
        observations.of_plot(grower, home, theirs)
    with pytest.raises(NotFoundError):
        observations.add(grower, home, plot=theirs, kind="diameter", date=date(2024, 7, 20), value=45.0)


def test_an_agronomist_sees_all_plots_and_notes_for_shared_ones(home, bring):
    agronomist = Viewer("a5", "农技员", Role.AGRONOMIST, grants=(("write", farm_id(home, "甲果园")),))
    assert bring(",河边地,2024-07-20,果径,45,\n", viewer=agronomist).counts["added"] == 1
    with pytest.raises(InputError, match="'农技员' may not note observations of plots"):
        bring(",屋后坡,2024-07-20,果径,45,\n", viewer=agronomist)
    with pytest.raises(NotAllowedError, match="may not note observations"):
        observations.add(agronomist, home, plot="屋后坡", kind="diameter", date=date(2024, 7, 20), value=45.0)
    bring(",屋后坡,2024-07-20,果径,47,\n")
    assert len(observations.table(agronomist, home)) == 2


def test_a_researcher_sees_values_without_names(home, bring):
    bring(GOOD)
    researcher = Viewer("a6", "研究员", Role.RESEARCHER)
    seen = observations.table(researcher, home)
    assert set(seen["name"]) == {""}
    assert sorted(seen["value"].dropna()) == [10.8, 45.2]
    assert len(observations.of_plot(researcher, home, seen["plot"].iloc[0])) > 0
    with pytest.raises(NotAllowedError):
        bring(GOOD, viewer=researcher)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SUPPLIER, Role.CONTRACTOR, Role.PACKING_HOUSE, Role.SCHEME_CLERK])
def test_who_has_no_business_with_it_sees_nothing(home, role):
    viewer = Viewer("a9", "某人", role, (farm_id(home, "甲果园"),))
    for deed in (observations.table, lambda *who: observations.of_plot(*who, "河边地")):
        with pytest.raises(NotAllowedError, match="may not see what was observed"):
            deed(viewer, home)
    with pytest.raises(NotAllowedError, match="may not note observations"):
        observations.add(viewer, home, plot="河边地", kind="diameter", date=date(2024, 7, 20), value=45.0)


def test_one_observation_is_noted_told_and_taken_back(home):
    grower = owner(home)
    noted = {"plot": "河边地", "kind": "bloom_65", "date": date(2024, 4, 12)}
    made, findings = observations.add(grower, home, **noted, evidence="said", note=" 东边先开 ")
    assert findings == []
    row = observations.of_plot(grower, home, "河边地").iloc[0]
    assert (row["id"], row["sd"], row["note"], row["by"]) == (made.id, 6.0, "东边先开", grower.account)
    again = observations.add(grower, home, **noted)
    assert (again[0].id, [found.en for found in again[1]]) == (made.id, ["this was noted already"])
    _, findings = observations.add(grower, home, **noted | {"date": date(2024, 4, 20)})
    assert "told differently: 2024-04-12; 2024-04-20" in findings[0].en
    observations.remove(grower, home, made.id)
    assert list(observations.of_plot(grower, home, "河边地")["conflict"]) == [False]
    with pytest.raises(NotFoundError):
        observations.remove(Viewer("a8", "别人", Role.GROWER), home, row["id"])


def test_what_cannot_be_is_not_noted(home):
    with pytest.raises(InputError, match="in the future"):
        observations.add(OPERATOR, home, plot="河边地", kind="tss", date=date(2025, 1, 2), value=10.0)
    with pytest.raises(InputError, match="unknown kind"):
        observations.add(OPERATOR, home, plot="河边地", kind="taste", date=date(2024, 1, 2), value=10.0)
    assert observations.table(OPERATOR, home).empty
    assert {"bloom_65", "diameter", "tss"} <= set(observations.kinds())


def test_observations_of_an_invented_region_are_marked_as_invented(tmp_path, small_files, table):
    from app.services import regions

    home = open_platform(tmp_path / "invented")
    regions.create(OPERATOR, home, name="假县", crs="EPSG:32649", synthetic=True)
    imports.commit(OPERATOR, home, "plots", small_files.plots)
    imports.commit(OPERATOR, home, "observations", table(GOOD))
    assert observations.table(OPERATOR, home)["synthetic"].all()


def test_templates_are_of_weather_or_observations():
    assert imports.template("observations") == imports.observation_template()
    with pytest.raises(InputError, match="there are weather, observations"):
        imports.template("pests")
