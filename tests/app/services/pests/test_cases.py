"""The plan against huanglongbing from what was recorded, and what nobody else may learn of a tree under embargo."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from agro.errors import MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import samples
from app.services.pests import cases, diary, plot_year
from app.services.platform import open_platform

DAY = date(2024, 6, 1)
STATION = Viewer("s1", "植保站", Role.STATION)
SUMMER = plot_year.Shoots("summer", date(2024, 5, 28), date(2024, 6, 1), date(2024, 6, 5))
SPRING = plot_year.Shoots("spring", date(2024, 3, 18), date(2024, 3, 20), date(2024, 3, 25))


@pytest.fixture
def home(small_home, monkeypatch):
    year = plot_year.PlotYear(
        date(2024, 6, 12), date(2024, 1, 1), np.zeros((1, 164)), np.full((1, 1), np.nan), (SPRING, SUMMER), (), ()
    )
    monkeypatch.setattr(cases.plot_year, "of_plot", lambda *given: year)
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 6, 12, 4, tzinfo=UTC)
    yield platform
    platform.store.close()


def someone(home, role, account):
    farm = next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == "甲果园")
    return Viewer(account, account, role, (farm,) if role is Role.GROWER else (),
                  () if role is Role.GROWER else (("write", farm),))  # fmt: skip


def steps(home, viewer=OPERATOR):
    return {(one.key, one.subject): one for one in cases.plan(viewer, home, "河边地").steps}


def test_sprays_against_psyllids_tick_off_the_flush_they_fell_into(home):
    for day in (2, 10):
        diary.write(OPERATOR, home, plots=["河边地"], whats=["IRAC 4A"], targets=["psyllid"], date=date(2024, 6, day))
    found = steps(home)
    assert found["first_spray", "summer flush of 2024"].done == date(2024, 6, 2)
    assert found["second_spray", "summer flush of 2024"].done == date(2024, 6, 10)
    assert found["first_spray", "spring flush of 2024"].state == "overdue"


def test_a_spray_against_something_else_ticks_off_nothing(home):
    diary.write(OPERATOR, home, plots=["河边地"], whats=["IRAC 4A"], targets=["leafminer"], date=date(2024, 6, 2))
    assert steps(home)["first_spray", "summer flush of 2024"].done is None


def test_stray_shoots_that_were_taken_off_are_done(home):
    diary.write(OPERATOR, home, plots=["河边地"], whats=["flush_removal"], date=date(2024, 5, 29))
    assert steps(home)["stray", "summer flush of 2024"].done == date(2024, 5, 29)


def test_plants_without_a_certificate_seen_stay_due(home):
    for origin, evidence in (("甲苗圃", "photo"), ("乙苗圃", "said")):
        cases.seedlings(OPERATOR, home, plot="河边地", date=DAY, origin=origin, evidence=evidence)
    found = steps(home)
    assert found["certificate", "甲苗圃"].done == DAY
    assert found["certificate", "乙苗圃"].state == "overdue"
    assert set(cases.plants(OPERATOR, home, "河边地")["product"]) == {"甲苗圃", "乙苗圃"}


def test_plants_are_no_deed_of_the_diary(home, monkeypatch):
    cases.seedlings(OPERATOR, home, plot="河边地", date=DAY, origin="甲苗圃")
    assert not diary.of_plot(OPERATOR, home, "河边地").entries
    assert diary.last(OPERATOR, home, ()) is None


def test_a_tree_goes_through_its_steps_and_only_a_positive_one_is_felled(home):
    grower = someone(home, Role.GROWER, "g1")
    tree, _ = samples.suspect(grower, home, plot="河边地", date=DAY, tree="T1")
    assert steps(home)["report", "T1"].state == "overdue"  # to write it down is no report
    assert ("remove", "T1") not in steps(home)
    samples.step(STATION, home, tree.id, "sampled", date=date(2024, 6, 3))
    samples.step(STATION, home, tree.id, "confirmed", date=date(2024, 6, 8))
    found = steps(home)
    assert (found["sample", "T1"].done, found["result", "T1"].done) == (date(2024, 6, 3), date(2024, 6, 8))
    assert found["remove", "T1"].state == "open"
    assert found["psyllid", "T1"].done is None
    diary.write(OPERATOR, home, plots=["河边地"], whats=["IRAC 3A"], targets=["psyllid"], date=date(2024, 6, 9))
    assert steps(home)["psyllid", "T1"].done == date(2024, 6, 9)


@pytest.mark.parametrize("released", [False, True])
def test_nobody_else_learns_of_a_tree_until_its_release(home, released):
    worker, grower = someone(home, Role.WORKER, "w1"), someone(home, Role.GROWER, "g1")
    before = cases.plan(grower, home, "河边地")
    tree, _ = samples.suspect(worker, home, plot="河边地", date=DAY, tree="T1")
    samples.step(STATION, home, tree.id, "sampled", date=date(2024, 6, 3))
    samples.step(STATION, home, tree.id, "confirmed", date=date(2024, 6, 8))
    if released:
        samples.release(STATION, home, tree.id, date=date(2024, 6, 9))
    assert [len(cases.table(one, home)) for one in (worker, STATION, grower)] == [1, 1, int(released)]
    assert (cases.plan(grower, home, "河边地") == before) is not released


def test_who_may_not_know_of_a_tree_tells_no_step_of_it(home):
    worker, grower = someone(home, Role.WORKER, "w1"), someone(home, Role.GROWER, "g1")
    tree, _ = samples.suspect(worker, home, plot="河边地", date=DAY, tree="T1")
    with pytest.raises(NotFoundError):
        samples.step(grower, home, tree.id, "sampled", date=DAY)


def test_the_steps_offered_are_those_that_one_may_tell(home):
    grower = someone(home, Role.GROWER, "g1")
    tree, _ = samples.suspect(grower, home, plot="河边地", date=DAY, tree="T1")
    samples.step(STATION, home, tree.id, "sampled", date=DAY)
    assert cases.table(grower, home)["next"].tolist() == [()]
    assert cases.table(STATION, home)["next"].tolist() == [("confirmed", "refuted")]
    samples.step(STATION, home, tree.id, "confirmed", date=DAY)
    assert cases.table(STATION, home)["next"].tolist() == [("removed", "released")]
    assert cases.table(grower, home)["next"].tolist() == [("removed",)]


def test_every_tree_has_a_place_on_the_map_within_its_plot(home):
    samples.suspect(OPERATOR, home, plot="河边地", date=DAY, tree="T1")
    row = cases.table(OPERATOR, home).iloc[0]
    plot = home.store.plot("河边地", EVERYTHING)
    west, south, east, north = plot.geometry.bounds
    assert west < row["longitude"] < east
    assert south < row["latitude"] < north
    assert not row["exact"]


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.SUPPLIER, Role.OFFICIAL, Role.RESEARCHER, Role.PACKING_HOUSE])
def test_who_has_nothing_to_do_with_trees_sees_none(home, role):
    with pytest.raises(NotAllowedError):
        cases.table(Viewer("x", "某人", role), home)


def test_what_a_tree_can_be_suspected_of_begins_with_huanglongbing():
    found = list(cases.organisms(OPERATOR, None))
    assert found[0] == "huanglongbing"
    assert {"canker", "psyllid"} <= set(found)
    assert "melanose" not in found


def test_without_weather_the_trees_and_plants_are_still_planned(home, monkeypatch):
    def refuse(*given):
        raise MissingDataError("no weather", zh="没有气象")

    monkeypatch.setattr(cases.plot_year, "of_plot", refuse)
    samples.suspect(OPERATOR, home, plot="河边地", date=DAY, tree="T1")
    found = cases.plan(OPERATOR, home, "河边地")
    assert (found.shoots, found.issued) == ((), None)
    assert {one.measure for one in found.steps} == {3}


def test_a_winter_after_harvest_asks_for_two_sprays(home, monkeypatch):
    year = plot_year.PlotYear(
        date(2024, 6, 12), date(2024, 1, 1), np.zeros((1, 164)), np.full((1, 1), np.nan), (SPRING,), (),
        (date(2023, 12, 1), date(2024, 7, 20)),
    )  # fmt: skip
    monkeypatch.setattr(cases.plot_year, "of_plot", lambda *given: year)
    found = [one for one in cases.plan(OPERATOR, home, "河边地").steps if one.key.startswith("winter")]
    assert [one.key for one in found] == ["winter_after_harvest", "winter_before_buds"]
    assert found[0].starts == date(2024, 7, 20)
    assert found[1].due == date(2025, 3, 20)
