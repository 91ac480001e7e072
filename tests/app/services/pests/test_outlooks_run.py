"""Days of a plot, what would change them, the coming weeks, and files: with a run of a small platform."""

import csv
import json
import math
import shutil
import warnings
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import daily_run, exports, protection
from app.services.pests import changes, courses, ipm_decisions, outlooks, release, weeks
from app.services.platform import open_platform
from pest_warning import organism, outlook

ON = date(2024, 3, 31)
INFECTIONS = [one.key for one in organism.catalogue() if one.engine == "infection"]
STATION, RESEARCHER = Viewer("s", "站", Role.STATION), Viewer("r", "学者", Role.RESEARCHER)


@pytest.fixture(scope="module")
def home(_small_made, tmp_path_factory):
    platform = open_platform(shutil.copytree(_small_made, tmp_path_factory.mktemp("pests") / "home"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        daily_run.run(OPERATOR, platform, members=4)
    yield platform
    platform.store.close()


@pytest.fixture(scope="module")
def plot(home):
    return home.store.plot("河边地", EVERYTHING)


@pytest.fixture(scope="module")
def course(home, plot):
    return courses.of_plot(STATION, home, plot.id)


def test_days_run_to_the_day_of_issue_and_on_from_the_next(course):
    for _, rows in course.days.groupby("organism"):
        assert rows["time"].is_monotonic_increasing
        past, ahead = rows[rows["p50"].isna()], rows[rows["p50"].notna()]
        assert past["time"].iloc[-1] == ON
        assert ahead["time"].iloc[0] == ON + timedelta(days=1)
        assert len(ahead) == outlook.AHEAD
        assert ahead["past"].isna().all()
        assert past["past"].notna().all()
        assert (ahead["p10"] <= ahead["p50"] + 1e-12).all()
        assert (ahead["p50"] <= ahead["p90"] + 1e-12).all()


def test_mites_have_a_threshold_and_infections_have_none(course):
    bounds = course.days.groupby("organism")["threshold"].agg(lambda values: values.notna().all())
    assert bounds["red_mite"]
    assert not bounds[INFECTIONS].any()


@pytest.mark.parametrize("key", INFECTIONS)
def test_beyond_day_ten_an_infection_is_a_mean_of_weeks(course, key):
    rows = course.days[(course.days["organism"] == key) & course.days["p50"].notna()]
    late = rows.iloc[10:]
    week = np.arange(len(late)) // 7
    for name in ("p10", "p50", "p90"):
        assert (late.groupby(week)[name].nunique() == 1).all()
    assert all(ON < day <= ON + timedelta(days=10) for day in course.soonest.values())


def test_dates_are_told_by_event_with_names_in_both_languages(course):
    minax = course.events[course.events["organism"] == "minax"]
    assert {"first_adult", "fruit_drop"} <= set(minax["event"])
    assert minax[["zh", "en"]].map(bool).all().all()
    assert (pd.to_datetime(minax["p10"]) <= pd.to_datetime(minax["p90"])).all()


def test_a_strangers_plot_has_no_days_and_a_researcher_none_at_all(home, plot):
    with pytest.raises(NotFoundError):
        courses.of_plot(Viewer("g", "别人", Role.GROWER, ("other",)), home, plot.id)
    with pytest.raises(NotAllowedError):
        courses.of_plot(RESEARCHER, home, plot.id)
    with pytest.raises(NotAllowedError):
        changes.what_changes(RESEARCHER, home, plot.id, "red_mite")


def test_who_may_see_the_outlook_but_no_diary_gets_days_without_marks(home, plot):
    buyer = Viewer("b", "收购方", Role.PACKING_HOUSE, grants=(("farm", plot.farm),))
    found = courses.of_plot(buyer, home, plot.id)
    assert len(found.days)
    assert not len(found.marks)


@pytest.mark.parametrize("key", [one.key for one in organism.catalogue()])
def test_a_spray_never_makes_it_worse_and_dates_do_not_answer_to_sprays(home, plot, key):
    for change in changes.what_changes(STATION, home, plot.id, key):
        assert organism.load(key).engine != "timing"
        if change.key in ("sprayed", "treated"):
            assert change.after["index"] <= change.before["index"]
            assert change.after["level"] <= change.before["level"]
        else:
            assert organism.load(key).engine == "infection"
            assert 1 <= change.values["hours"] <= 12


def test_what_stands_before_is_what_the_run_issued(home, plot):
    rows = outlooks.table(STATION, home, None, None, 15, [plot.id]).set_index("organism")
    for key in ("red_mite", "rust_mite"):
        found = changes.what_changes(STATION, home, plot.id, key)
        assert found
        assert found[0].before["index"] == pytest.approx(rows.loc[key, "index"], rel=0.02)


def test_mites_that_somebody_did_not_find_are_fewer_and_many_are_more(home, plot):
    few = changes.if_counted(STATION, home, plot.id, "red_mite", 100, None, 0)
    many = changes.if_counted(STATION, home, plot.id, "red_mite", 100, None, 2000)
    assert few.after["index"] < few.before["index"] < many.after["index"]
    assert many.after["scouted"] == 0
    assert len(home.store.counts(EVERYTHING)) == 0  # a trial is not noted


@pytest.mark.parametrize("numbers", [(0, None, 3), (10, 11, None), (10, None, -1)])
def test_a_count_that_cannot_be_is_refused(home, plot, numbers):
    with pytest.raises(InputError, match="no more infested"):
        changes.if_counted(STATION, home, plot.id, "red_mite", *numbers)


def test_what_was_noted_after_the_run_shows_as_then_and_now_and_as_marks(home, plot, tmp_path):
    folder = shutil.copytree(home.home, tmp_path / "home")
    platform = open_platform(folder)
    protection.add_count(OPERATOR, platform, plot=plot.id, organism="red_mite", date=ON, method="leaf", n=50, total=400)
    protection.add_treatment(OPERATOR, platform, plot=plot.id, date=ON - timedelta(days=5), groups=("FRAC M03",))
    found = {change.key: change for change in changes.what_changes(STATION, platform, plot.id, "red_mite")}
    assert found["written"].after["index"] > 1.3 * found["written"].before["index"]
    assert "written" not in {one.key for one in changes.what_changes(STATION, platform, plot.id, "yellow_mite")}
    marks = courses.of_plot(STATION, platform, plot.id).marks
    assert marks[marks["kind"] == "count"][["organism", "said"]].to_numpy().tolist() == [["red_mite", "400 / 50"]]
    assert "melanose" in set(marks[marks["kind"] == "spray"]["organism"])
    assert "red_mite" not in set(marks[marks["kind"] == "spray"]["organism"])


@pytest.fixture(scope="module")
def coming(home):
    return weeks.of_viewer(STATION, home)


def test_weeks_follow_each_other_from_tomorrow(coming):
    assert coming.starts == [ON + timedelta(days=1 + 7 * k) for k in range(5)]
    assert (coming.looked_at, coming.plots) == (2, 2)
    assert set(coming.table["level"]) <= set(range(5))
    assert len(coming.table) == 2 * 5 * len(organism.catalogue())


def test_a_threshold_passed_in_a_week_was_passed_within_fifteen_days(home, coming):
    soon = outlooks.table(STATION, home, None, None, 15).set_index(["plot", "organism"])["level"]
    first = coming.table[coming.table["week"] < 2].groupby(["plot", "organism"])["level"].max()
    for key in ("red_mite", "rust_mite", "yellow_mite"):
        assert (first.xs(key, level=1) <= soon.xs(key, level=1)).all()


def test_shares_count_the_plots_of_each_group_by_hand(coming):
    table = pd.DataFrame(
        {"plot": list("abcabc"), "township": list("甲甲乙甲甲乙"), "week": [0, 0, 0, 1, 1, 1]}
    ).assign(level=[4, 2, 0, 3, 3, 1]).assign(organism="red_mite", name="x")  # fmt: skip
    found = weeks.shares(weeks.Weeks(ON, table, coming.starts, coming.rows, 3, 3)).set_index("week")
    assert found[["warned", "counted", "plots", "level"]].to_numpy().tolist() == [[1, 2, 3, 4], [2, 2, 3, 3]]
    by = weeks.shares(weeks.Weeks(ON, table, coming.starts, coming.rows, 3, 3), "township").set_index(["group", "week"])
    assert by.loc[("甲", 0), ["warned", "plots"]].tolist() == [1, 2]
    assert by.loc[("乙", 1), ["warned", "counted", "level"]].tolist() == [0, 0, 1]


def test_nobody_without_plots_of_ones_own_gets_weeks(home):
    with pytest.raises(NotAllowedError):
        weeks.of_viewer(RESEARCHER, home)
    with pytest.raises(MissingDataError, match="no plots"):
        weeks.of_viewer(Viewer("g", "无地", Role.GROWER), home)


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_the_pests_table_opens_in_a_spreadsheet_and_every_row_says_what_it_is_worth(home, tmp_path):
    rows = rows_of(exports.pests(OPERATOR, home, tmp_path / "p.csv", "csv"))
    assert len(rows) == 2 * 3 * len(organism.catalogue())
    assert list(rows[0])[:4] == ["farm_name", "name", "township", "cultivar"]
    assert {row["release"] for row in rows} == {"draft"}
    assert {row["issued"] for row in rows} == {"2024-03-31"}
    assert {row["p"] for row in rows} == {""}  # nothing is calibrated, so nothing has a probability
    assert {row["calibration"] for row in rows} <= {"none", "percentile"}
    assert all(row["level_zh"] for row in rows)


def test_the_pests_go_out_as_outlines_too(home, tmp_path):
    found = gpd.read_file(exports.pests(OPERATOR, home, tmp_path / "p.gpkg", "gpkg"))
    assert found.crs.to_epsg() == 4326
    assert {"organism", "horizon", "level", "percentile_low", "release"} <= set(found.columns)
    assert len(found) == 2 * 3 * len(organism.catalogue())


def test_the_form_of_ipm_decisions_has_what_its_schema_asks_for(home, tmp_path):
    """dss_model_output.json of H2020-IPM-Decisions: these keys, numbers only, rows as wide as the parameters."""
    document = json.loads(exports.pests(OPERATOR, home, tmp_path / "p.json", "json").read_text("utf-8"))
    assert len(document["models"]) == 3 * len(organism.catalogue())
    for model in document["models"]:
        output = model["output"]
        assert set(output) == {
            "timeStart", "timeEnd", "interval", "resultParameters", "locationResult", "message", "messageType"
        }  # fmt: skip
        begins, ends = (datetime.fromisoformat(output[name]) for name in ("timeStart", "timeEnd"))
        assert begins.isoformat() == "2024-04-01T00:00:00+08:00"
        assert ends - begins == timedelta(days=model["horizon"] - 1)
        assert output["interval"] == 86_400 * model["horizon"]
        assert output["resultParameters"][0] == "WARNING_STATUS"
        assert "PROBABILITY" not in output["resultParameters"]
        assert "draft, not issued" in output["message"]
        assert output["messageType"] == 1
        assert len(output["locationResult"]) == 2
        for place in output["locationResult"]:
            (values,) = place["data"]
            assert len(values) == place["width"] == len(output["resultParameters"])
            assert all(isinstance(value, int | float) and math.isfinite(value) for value in values)
            assert place["warningStatus"] == [values[0]]
            assert values[0] in range(5)
            assert 109 < place["longitude"] < 110
            assert 30 < place["latitude"] < 31
            assert 200 < place["altitude"] < 600


def test_a_calibrated_organism_takes_its_probability_along():
    base = dict.fromkeys(outlook.COLUMNS, 1.0) | {"plot": "p", "organism": "red_mite", "horizon": 15, "level": 3}
    rows = pd.DataFrame([base | {"calibration": "calibrated", "p": 0.4, "longitude": 109.0, "latitude": 30.0}])
    made = ipm_decisions.output(rows, ON, "Asia/Shanghai", synthetic=False, draft=False)
    assert "PROBABILITY" in made["resultParameters"]
    assert made["messageType"] == 0


def test_what_the_station_issued_is_no_draft_in_the_file(home, tmp_path):
    platform = open_platform(shutil.copytree(home.home, tmp_path / "home"))
    release.sign(STATION, platform, ON)
    release.issue(STATION, platform, ON, "2024-3")
    document = json.loads(exports.pests(OPERATOR, platform, tmp_path / "p.json", "json").read_text("utf-8"))
    assert {one["output"]["messageType"] for one in document["models"]} == {0}
    assert {row["release"] for row in rows_of(exports.pests(OPERATOR, platform, tmp_path / "p.csv", "csv"))} == {
        "issued"
    }


def test_a_grower_takes_own_plots_a_researcher_no_names_and_others_nothing(home, plot, tmp_path):
    grower = Viewer("g", "果农", Role.GROWER, (plot.farm,))
    rows = rows_of(exports.pests(grower, home, tmp_path / "g.csv", "csv"))
    assert {row["name"] for row in rows} == {"河边地"}
    assert {row["release"] for row in rows} == {"private"}
    known = home.store.plots(EVERYTHING)
    for format in ("csv", "json", "gpkg"):
        content = (
            exports.pests(RESEARCHER, home, tmp_path / f"r.{format}", format).read_bytes().decode("utf-8", "ignore")
        )
        for secret in (*known["name"], *known["farm_name"], *known["id"], *known["farm"]):
            assert secret not in content
    for role in (Role.WORKER, Role.SUPPLIER, Role.OFFICIAL, Role.PACKING_HOUSE):
        with pytest.raises(NotAllowedError):
            exports.pests(Viewer("x", "某", role, (plot.farm,)), home, tmp_path / "x", "csv")


def test_an_unknown_form_and_a_day_without_a_run_are_refused(home, tmp_path):
    with pytest.raises(InputError, match="unknown format 'kml'"):
        exports.pests(OPERATOR, home, tmp_path / "x", "kml")
    with pytest.raises(MissingDataError, match="last ones: 2024-03-31"):
        exports.pests(OPERATOR, home, tmp_path / "x", "csv", on=date(2024, 4, 2))
