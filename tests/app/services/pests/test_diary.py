"""The diary of protection: written in a few taps, by whom it may be, and told with what is left of a spray."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services.pests import diary, plot_year
from app.services.platform import open_platform

DAY = date(2024, 5, 6)


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    platform.store.clock = lambda: datetime(2024, 7, 1, 4, tzinfo=UTC)
    yield platform
    platform.store.close()


@pytest.fixture(autouse=True)
def dry(monkeypatch):
    """A year without rain or flushes up to the last of June."""
    year = dry_year()
    monkeypatch.setattr(diary.plot_year, "of_plot", lambda viewer, home, plot_id: year)


def dry_year(rain=0.0):
    days = (date(2024, 6, 30) - date(2024, 1, 1)).days + 1
    return plot_year.PlotYear(
        date(2024, 6, 30), date(2024, 1, 1), np.full((2, days), rain), np.full((2, 2), np.nan), (), (), ()
    )


def farm_id(home, name="甲果园"):
    return next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == name)


def someone(home, role, farm="甲果园", account="a5"):
    own = role is Role.GROWER
    return Viewer(account, "某人", role, (farm_id(home, farm),) if own else (),
                  () if own else (("write", farm_id(home, farm)),))  # fmt: skip


def test_classes_of_products_are_one_tank_and_deeds_stand_apart():
    found = diary.made_of(["FRAC M03", "IRAC 23", "oil", "flush_removal"], "某牌")
    assert found == [("spray", ("FRAC M03", "IRAC 23"), "某牌 + 矿物油"), ("flush_removal", (), "")]


def test_bait_is_a_deed_of_its_own_kind():
    assert diary.made_of(["bait"]) == [("bait", (), "")]


def test_a_product_alone_is_a_spray():
    assert diary.made_of([], "某牌") == [("spray", (), "某牌")]


@pytest.mark.parametrize("keys", [[], ["no such class"]])
def test_nothing_or_an_unknown_deed_is_refused(keys):
    with pytest.raises(InputError):
        diary.made_of(keys)


@given(keys=st.lists(st.sampled_from(sorted(diary.whats())), min_size=1, unique=True))
def test_what_was_tapped_is_read_back_from_the_records_it_made(keys):
    read = {key for kind, codes, product in diary.made_of(keys) for key in diary.keys_of(kind, codes, product)}
    assert read == set(keys)


def test_nobody_is_offered_huanglongbing_as_a_target():
    assert "huanglongbing" not in diary.organisms()
    assert "psyllid" in diary.targets(("IRAC 4A",))
    assert set(diary.targets(())) == set(diary.organisms())


def test_a_helper_notes_one_deed_at_several_plots(home):
    noted, findings = diary.write(
        OPERATOR, home, plots=["河边地", "屋后坡"], whats=["FRAC M03"], targets=["melanose"], date=DAY, evidence="photo"
    )
    assert len({one.plot for one in noted}) == 2
    assert {(one.groups, one.evidence, one.source) for one in noted} == {(("FRAC M03",), "photo", "diary")}
    assert not findings


def test_one_plot_of_another_farm_stops_all_of_them(home):
    helper = someone(home, Role.HELPER)
    with pytest.raises((NotAllowedError, NotFoundError)):
        diary.write(helper, home, plots=["河边地", "屋后坡"], whats=["FRAC M03"], date=DAY)
    assert not len(home.store.treatments(EVERYTHING))


def test_no_plot_is_no_deed(home):
    with pytest.raises(InputError):
        diary.write(OPERATOR, home, plots=[], whats=["FRAC M03"], date=DAY)


@pytest.mark.parametrize("role", [Role.GROWER, Role.WORKER, Role.CONTRACTOR, Role.COOPERATIVE])
def test_who_works_on_a_farm_notes_for_its_plots_only(home, role):
    who = someone(home, role)
    assert diary.writable(who, home)["name"].tolist() == ["河边地"]
    diary.write(who, home, plots=["河边地"], whats=["FRAC M01"], date=DAY)
    assert len(home.store.treatments(EVERYTHING)) == 1


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.OFFICIAL, Role.PACKING_HOUSE, Role.RESEARCHER])
def test_who_does_not_work_on_farms_notes_nothing(home, role):
    who = Viewer("x", "某人", role, (), (("write", farm_id(home)),))
    with pytest.raises(NotAllowedError):
        diary.writable(who, home)
    with pytest.raises(NotAllowedError):
        diary.write(who, home, plots=["河边地"], whats=["FRAC M01"], date=DAY)


def test_a_contractor_is_told_nothing_of_what_others_noted(home):
    diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M03"], date=DAY)
    contractor = someone(home, Role.CONTRACTOR)
    assert diary.last(contractor, home, ("河边地",)) is None
    with pytest.raises(NotAllowedError):
        diary.of_plot(contractor, home, "河边地")


def test_the_same_as_last_time_repeats_the_newest_deed_of_ones_own(home):
    farmer = someone(home, Role.GROWER)
    diary.write(farmer, home, plots=["河边地"], whats=["FRAC M03"], targets=["melanose"], date=DAY, dose="600 倍")
    diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M01"], date=date(2024, 6, 1))
    before = diary.last(farmer, home, ())
    assert before.groups == ("FRAC M03",)
    noted, _ = diary.again(farmer, home, like=before.id, plots=["河边地"], date=date(2024, 6, 20))
    assert (noted[0].groups, noted[0].targets, noted[0].dose, noted[0].date) == (
        ("FRAC M03",), ("melanose",), "600 倍", date(2024, 6, 20),
    )  # fmt: skip


def test_an_invoice_of_last_time_is_no_witness_of_today(home):
    diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M03"], date=DAY, evidence="invoice")
    before = diary.last(OPERATOR, home, ())
    assert diary.again(OPERATOR, home, like=before.id, plots=["河边地"], date=date(2024, 6, 1))[0][0].evidence == "said"


def test_what_one_uses_most_is_offered_first(home):
    for day in (1, 9):
        diary.write(OPERATOR, home, plots=["河边地"], whats=["IRAC 23"], date=date(2024, 6, day))
    assert diary.suggested(OPERATOR, home, 6)[0] == "IRAC 23"


def test_a_plot_without_entries_has_none_and_says_since_when(home):
    told = diary.of_plot(OPERATOR, home, "河边地")
    assert (told.entries, told.since) == ((), date(2024, 1, 1))


def test_the_season_is_told_newest_first_with_what_is_left(home):
    for day, what in ((date(2024, 3, 1), "FRAC M03"), (date(2024, 6, 30), "FRAC M03"), (date(2024, 6, 12), "pruning")):
        diary.write(OPERATOR, home, plots=["河边地"], whats=[what], date=day)
    told = diary.of_plot(OPERATOR, home, "河边地")
    assert [one.treatment["date"].month * 100 + one.treatment["date"].day for one in told.entries] == [630, 612, 301]
    assert [one.left for one in told.entries] == ["much", None, "none"]
    assert [one.due.due if one.due else None for one in told.entries] == [date(2024, 7, 28), None, date(2024, 3, 29)]


def test_what_is_left_follows_the_equation_of_the_residue(home):
    # 0.833 exp(-20 / 20) exp(-100 / 120), by hand: twenty dry days but for one of 100 mm
    year = dry_year()
    year.rain[:, 175] = 100.0
    row = pd.Series({"kind": "spray", "date": date(2024, 6, 10), "groups": ("FRAC M03",), "product": "", "share": 1.0})
    assert diary.left(row, year) == pytest.approx(0.833 * np.exp(-1.0) * np.exp(-100 / 120), rel=1e-6)


@given(day=st.integers(0, 181), rain=st.floats(0, 60), share=st.floats(0.1, 1))
def test_more_rain_and_more_days_never_leave_more(day, rain, share):
    def row(on):
        when = date(2024, 1, 1).toordinal() + on
        return pd.Series(
            {"kind": "spray", "date": date.fromordinal(when), "groups": ("FRAC M01",), "product": "", "share": share}
        )

    dry, wet = (diary.left(row(day), dry_year(mm)) for mm in (0.0, rain))
    assert 0 <= wet <= dry <= share
    assert day == 0 or diary.left(row(day - 1), dry_year(rain)) <= wet


def test_a_spray_after_the_last_rain_known_is_unknown_and_not_gone(home):
    diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M03"], date=date(2024, 7, 1))
    assert diary.of_plot(OPERATOR, home, "河边地").entries[0].left == "unknown"


def test_without_weather_the_diary_is_still_told(home, monkeypatch):
    def refuse(viewer, home, plot_id):
        raise MissingDataError("no weather", zh="没有气象")

    monkeypatch.setattr(diary.plot_year, "of_plot", refuse)
    diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M03"], date=DAY)
    told = diary.of_plot(OPERATOR, home, "河边地")
    assert (told.until, told.entries[0].left) == (None, "unknown")


def test_a_second_witness_of_one_deed_is_marked_and_not_weighed(home):
    for evidence in ("said", "invoice"):
        diary.write(OPERATOR, home, plots=["河边地"], whats=["FRAC M03"], date=DAY, evidence=evidence)
    told = diary.of_plot(OPERATOR, home, "河边地").entries
    assert [one.left for one in told if one.treatment["again"]] == [None]


@pytest.mark.parametrize(("share", "word"), [(0.83, "much"), (0.5, "half"), (0.2, "little"), (0.05, "none")])
def test_shares_are_told_in_words(share, word):
    assert diary.word(share) == word


def test_a_flush_starts_where_its_clock_starts_anew():
    nan = np.nan
    ages = np.array([[nan, nan, 0.4, 1.2, 3.0, nan, 0.2, 5.0], [40.0, 41.0, 42.0, nan, nan, 0.5, 2.0, 9.0]])
    assert np.array_equal(plot_year.starts(ages), [[2, 6], [5, nan]], equal_nan=True)
    assert np.array_equal(plot_year.starts(ages, 2.5), [[4, 7], [7, nan]], equal_nan=True)


def test_a_flush_that_follows_at_once_is_a_new_one():
    assert plot_year.starts(np.array([[30.0, 31.0, 0.5, 1.0]])).tolist()[0][0] == 2
