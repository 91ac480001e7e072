from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from agro.errors import NotFoundError
from agro.farm import Count, Role, Viewer
from agro.store import COUNT_COLUMNS, EVERYTHING, Scope

DAY = date(2026, 6, 20)
ANONYMOUS = Scope(everything=True, anonymous=True)


def fruit(infested, plot="p1", day=DAY, by="a1", n=100, **more):
    return Count("", plot, "melanose", day, "fruit", n, infested, by=by, **more)


def catch(total, n=1, days=7.0, by="a1", **more):
    return Count("", "p1", "chinese_citrus_fly", DAY, "trap", n, total=total, days=days, by=by, **more)


def told(store, **asked):
    frame = store.counts(EVERYTHING, **asked)
    return list(zip(frame["plot"], frame["infested"], frame["conflict"], strict=True))


def test_a_count_comes_back_as_it_was_noted(orchard, clock):
    one = replace(fruit(12, total=30, treated=False, stage="scale 3", source="a.csv", note="two rows"), id="c1")
    orchard.add_counts([one])
    assert orchard.count("c1", EVERYTHING) == replace(one, created=clock.now)
    row = orchard.counts(EVERYTHING).iloc[0]
    assert (row["n"], row["infested"], row["total"], row["treated"]) == (100, 12, 30, False)
    assert (row["farm_name"], row["name"], row["date"]) == ("Upper Terrace", "North", pd.Timestamp(DAY))


def test_shares_means_and_catches_are_reckoned_where_they_can_be(orchard):
    # 12 of 100 fruits; 583 mites on 100 leaves; 21 flies of 3 traps in 14 days: 7 a trap, 3.5 a trap and week
    leaves = Count("", "p1", "red_mite", DAY, "leaf", 100, total=583)
    orchard.add_counts([fruit(12), leaves, catch(21, 3, 14.0), catch(4, days=None, note="2")])
    frame = orchard.counts(EVERYTHING).sort_values(["method", "note"])
    assert list(frame["method"]) == ["fruit", "leaf", "trap", "trap"]
    assert list(frame["share"].fillna(-1)) == pytest.approx([0.12, -1, -1, -1])
    assert list(frame["mean"].fillna(-1)) == pytest.approx([-1, 5.83, 7, 4])
    assert list(frame["catch"].fillna(-1)) == pytest.approx([-1, -1, 3.5, -1])


def test_the_table_has_its_columns_when_it_is_empty_and_when_it_is_not(orchard):
    for given in ([], [fruit(12)]):
        orchard.add_counts(given)
        for scope in (EVERYTHING, ANONYMOUS):
            frame = orchard.counts(scope)
            assert tuple(frame.columns) == COUNT_COLUMNS
            assert frame[["n", "infested", "total"]].dtypes.astype(str).eq("Int64").all()
            assert str(frame["treated"].dtype) == "boolean"
            assert frame[["days", "share", "mean", "catch"]].dtypes.astype(str).eq("float64").all()
    assert orchard.counts(ANONYMOUS)["by"].tolist() == [""]


def test_what_was_noted_already_is_stored_once_and_two_who_agree_are_two(orchard):
    assert orchard.add_counts([fruit(12), fruit(12)])[1:] == (1, [], [])
    again = orchard.add_counts([fruit(12, note="again"), fruit(12, by="a2")])
    assert (len(again.new), again.same, again.conflicts) == (1, 1, [])
    assert len(orchard.counts(EVERYTHING)) == 2


def test_a_second_count_of_a_day_stands_beside_the_first_and_both_are_flagged(orchard):
    orchard.add_counts([fruit(12), fruit(14, day=date(2026, 6, 21)), fruit(20, plot="p2")])
    weighed = orchard.add_counts([fruit(15, by="a2")])
    assert [[one.infested for one in group] for group in weighed.conflicts] == [[12, 15]]
    assert told(orchard, plots=["p1"]) == [("p1", 12, True), ("p1", 15, True), ("p1", 14, False)]


def test_an_untreated_strip_and_other_stages_are_other_counts(orchard):
    given = [fruit(12), fruit(40, treated=False), fruit(3, stage="young"), replace(fruit(5), method="leaf")]
    assert orchard.add_counts(given).conflicts == []


def test_two_traps_of_a_plot_do_not_contradict_each_other_when_their_notes_tell_them_apart(orchard):
    assert orchard.add_counts([catch(5, note="No. 1"), catch(3, note="No. 2")]).conflicts == []
    weighed = orchard.add_counts([catch(4, note="no.2 ")])
    assert [[one.total for one in group] for group in weighed.conflicts] == [[3, 4]]


def test_weighing_stores_nothing(orchard):
    orchard.add_counts([fruit(12)])
    weighed = orchard.weigh_counts([fruit(12), fruit(15)])
    assert (len(weighed.new), weighed.same, len(weighed.conflicts)) == (1, 1, 1)
    assert told(orchard) == [("p1", 12, False)]


def test_when_a_mistake_is_removed_the_other_one_is_no_longer_flagged(orchard):
    orchard.add_counts([fruit(12), replace(fruit(90), id="slip")])
    orchard.remove_count("slip")
    assert told(orchard) == [("p1", 12, False)]
    with pytest.raises(NotFoundError, match="no count 'slip'"):
        orchard.remove_count("slip")


def test_of_three_that_disagree_the_rest_stays_flagged(orchard):
    orchard.add_counts([fruit(12), fruit(15), replace(fruit(90), id="slip")])
    orchard.remove_count("slip")
    assert told(orchard) == [("p1", 12, True), ("p1", 15, True)]


def test_counts_are_picked_by_plot_organism_and_days(orchard):
    days = [date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)]
    orchard.add_counts([fruit(10 + i, day=day) for i, day in enumerate(days)] + [catch(5), fruit(50, plot="p3")])
    picked = orchard.counts(EVERYTHING, ["p1"], "melanose", days[1], days[2])
    assert picked["infested"].tolist() == [11, 12]
    assert orchard.counts(EVERYTHING, organism="chinese_citrus_fly")["total"].tolist() == [5]
    assert told(orchard, plots=[]) == []
    assert len(orchard.counts(Scope(farms=frozenset({"f2"})))) == 1


def test_the_trail_tells_what_was_counted(orchard):
    helper = Viewer("a7", "helper", Role.HELPER, grants=(("write", "f1"),))
    orchard.add_counts([fruit(12), fruit(15)], by=helper)
    row = orchard.audit().iloc[0]
    assert (row["action"], row["on_behalf_of"]) == ("count.add", ["f1"])
    assert row["counts"] == {"added": 2, "same": 0, "conflicts": 1}
    assert row["subject"] == "2 counts of 1 plots: melanose"
