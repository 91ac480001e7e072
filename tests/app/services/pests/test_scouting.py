"""What a count says at once, against which threshold, and to whom it is told."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from agro.errors import InputError, MissingDataError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services.pests import plot_year, scouting
from app.services.platform import open_platform

DAY = date(2024, 5, 6)


@pytest.fixture
def home(small_home, monkeypatch):
    def refuse(viewer, home, plot_id):
        raise MissingDataError("no weather", zh="没有气象")

    monkeypatch.setattr(scouting.plot_year, "of_plot", refuse)
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 7, 1, 4, tzinfo=UTC)
    yield platform
    platform.store.close()


def says(*told, **more):
    return scouting.says(OPERATOR, None, *told, **more)


def someone(home, role, account):
    farm = next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == "甲果园")
    return Viewer(account, account, role, (farm,) if role is Role.GROWER else (),
                  () if role is Role.GROWER else (("write", farm),))  # fmt: skip


def test_the_protocol_is_the_organisms_own():
    found = scouting.protocols(OPERATOR, None)
    mite = found["red_mite"]
    assert (mite.method, mite.n, mite.measure, mite.threshold) == ("leaf", 50, "mean", 2.0)
    assert [key for key, one in found.items() if one.confidential] == list(found)[-2:]
    assert {key for key, one in found.items() if one.confidential} == {"psyllid", "canker"}


def test_an_infested_share_has_jeffreys_range():
    said = says("melanose", "fruit", 100, infested=12)
    expected = stats.beta.ppf([0.1, 0.5, 0.9], 12.5, 88.5)
    assert [said.low, said.middle, said.high] == pytest.approx(expected)
    assert (said.measure, said.threshold, said.verdict) == ("share", 0.2, "below")


@pytest.mark.parametrize(("infested", "verdict"), [(5, "below"), (20, "unsure"), (40, "above")])
def test_a_range_that_holds_the_threshold_leaves_it_open(infested, verdict):
    assert says("melanose", "fruit", 100, infested=infested).verdict == verdict


def test_a_density_lies_by_the_mean_that_was_counted():
    said = says("red_mite", "leaf", 50, total=250, season="before_bloom")
    assert said.low < 5.0 < said.high
    assert (said.threshold, said.verdict) == (2.0, "above")


@pytest.mark.parametrize(("season", "bound"), [("before_bloom", 2.0), ("after_bloom", 5.0), ("autumn", 3.0)])
def test_the_mites_threshold_goes_by_the_part_of_the_year(season, bound):
    said = says("red_mite", "leaf", 50, total=10, season=season)
    assert (said.threshold, said.season) == (bound, season)


def test_infested_leaves_alone_tell_a_density_too():
    few, many = (says("red_mite", "leaf", 50, infested=n) for n in (5, 40))
    assert few.measure == many.measure == "mean"
    assert few.high < many.middle


@given(n=st.integers(10, 300), share=st.floats(0, 1))
def test_more_leaves_never_widen_the_range_of_a_share(n, share):
    k = round(n * share)
    one, four = says("melanose", "fruit", n, infested=k), says("melanose", "fruit", 4 * n, infested=4 * k)
    assert four.high - four.low <= one.high - one.low + 1e-9


@given(total=st.integers(0, 2000))
def test_more_mites_never_lower_the_density(total):
    one, two = (says("red_mite", "leaf", 50, total=k) for k in (total, total + 50))
    assert one.low <= two.low
    assert one.middle <= two.middle
    assert one.high <= two.high


def test_a_catch_is_told_a_trap_and_week():
    said = says("dorsalis", "trap", 5, total=100, days=14.0)
    assert said.measure == "catch"
    assert said.low < 10.0 < said.high
    assert said.verdict == "above"


def test_another_way_of_looking_has_no_threshold():
    said = says("minax", "trap", 3, total=7, days=7.0)
    assert (said.threshold, said.verdict, said.report) == (None, "none", False)


def test_one_find_under_quarantine_is_to_be_reported_whatever_the_threshold():
    assert says("psyllid", "shoot", 50, infested=1).report
    assert says("canker", "shoot", 100, infested=1).threshold is None
    assert not says("psyllid", "shoot", 50, infested=0).report


@pytest.mark.parametrize("told", [{}, {"total": None, "days": 7.0}])
def test_nothing_counted_says_nothing(told):
    assert says("red_mite", "leaf", 50, **told) is None


def test_traps_without_days_say_nothing():
    assert says("dorsalis", "trap", 5, total=3) is None


@pytest.mark.parametrize("infested", [-1, 51])
def test_more_infested_than_looked_at_is_a_slip(infested):
    with pytest.raises(InputError):
        says("melanose", "fruit", 50, infested=infested)


def test_autumn_begins_in_august_and_unknown_petal_fall_keeps_the_strict_bound(home):
    assert scouting.season_of(OPERATOR, home, "河边地", date(2024, 8, 1)) == "autumn"
    assert scouting.season_of(OPERATOR, home, "河边地", DAY) == "before_bloom"


def test_after_petal_fall_the_bound_is_wider(home, monkeypatch):
    year = plot_year.PlotYear(DAY, DAY, np.zeros((1, 1)), np.full((1, 1), np.nan), (), (date(2024, 4, 20),), ())
    monkeypatch.setattr(scouting.plot_year, "of_plot", lambda *given: year)
    assert scouting.season_of(OPERATOR, home, "河边地", DAY) == "after_bloom"
    assert scouting.season_of(OPERATOR, home, "河边地", date(2024, 4, 19)) == "before_bloom"


def test_counts_that_contradict_each_other_are_told_and_both_kept(home):
    count = {"plot": "河边地", "organism": "melanose", "date": DAY, "method": "fruit", "n": 100}
    scouting.note(OPERATOR, home, **count, infested=12)
    _, findings = scouting.note(someone(home, Role.GROWER, "g1"), home, **count, infested=40)
    assert any("told differently" in one.en for one in findings)
    told = scouting.of_plot(OPERATOR, home, "河边地", date(2024, 1, 1))
    assert told["conflict"].tolist() == [True, True]
    assert sorted(one.verdict for one in told["says"]) == ["above", "below"]


def test_an_untreated_strip_is_no_contradiction(home):
    count = {"plot": "河边地", "organism": "melanose", "date": DAY, "method": "fruit", "n": 100}
    scouting.note(OPERATOR, home, **count, infested=12)
    scouting.note(OPERATOR, home, **count, infested=40, treated=False)
    assert not scouting.of_plot(OPERATOR, home, "河边地", date(2024, 1, 1))["conflict"].any()


def test_a_find_of_psyllids_is_told_to_who_counted_and_the_station_only(home):
    counter, other = someone(home, Role.WORKER, "w1"), someone(home, Role.GROWER, "g1")
    scouting.note(counter, home, plot="河边地", organism="psyllid", date=DAY, method="shoot", n=50, infested=2)
    since = date(2024, 1, 1)
    assert len(scouting.of_plot(counter, home, "河边地", since)) == 1
    assert len(scouting.of_plot(Viewer("s", "站", Role.STATION), home, "河边地", since)) == 1
    assert not len(scouting.of_plot(other, home, "河边地", since))
