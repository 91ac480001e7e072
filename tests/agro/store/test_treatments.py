from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from agro.errors import NotAllowedError, NotFoundError
from agro.farm import Role, Treatment, Viewer
from agro.store import EVERYTHING, TREATMENT_COLUMNS, Scope

DAY = date(2026, 5, 6)
ANONYMOUS = Scope(everything=True, anonymous=True)


def spray(plot="p1", day=DAY, by="a1", **more):
    told = {"product": "Kupfer", "groups": ("FRAC M01",), "targets": ("melanose",)} | more
    return Treatment("", plot, day, "spray", by=by, **told)


def told(store, scope=EVERYTHING, **asked):
    frame = store.treatments(scope, **asked)
    return list(zip(frame["plot"], frame["date"].dt.date, frame["again"], strict=True))


def test_a_treatment_comes_back_as_it_was_noted(orchard, clock):
    one = replace(
        spray(dose="600 x", equipment="drone", share=0.5, evidence="flight_log", source="log.csv", note="east half"),
        id="t1", synthetic=True,
    )  # fmt: skip
    orchard.add_treatments([one])
    assert orchard.treatment("t1", EVERYTHING) == replace(one, created=clock.now)
    row = orchard.treatments(EVERYTHING).iloc[0]
    assert (row["groups"], row["targets"], row["share"]) == (("FRAC M01",), ("melanose",), 0.5)
    assert (row["farm_name"], row["name"], row["date"]) == ("Upper Terrace", "North", pd.Timestamp(DAY))


def test_the_table_has_its_columns_when_it_is_empty_and_when_it_is_not(orchard):
    for scope in (EVERYTHING, ANONYMOUS):
        assert tuple(orchard.treatments(scope).columns) == TREATMENT_COLUMNS
    orchard.add_treatments([spray()])
    for scope in (EVERYTHING, ANONYMOUS):
        frame = orchard.treatments(scope)
        assert tuple(frame.columns) == TREATMENT_COLUMNS
        assert str(frame["date"].dtype).startswith("datetime64")
        assert (frame["again"].dtype, frame["share"].dtype) == (bool, float)


def test_what_was_noted_already_is_stored_once(orchard):
    assert orchard.add_treatments([spray(), spray()])[1:] == (1, [], [])
    again = orchard.add_treatments([spray(product=" kupfer ", note="again"), spray(day=date(2026, 5, 7))])
    assert (len(again.new), again.same, len(again.twins)) == (1, 1, 1)
    assert len(orchard.treatments(EVERYTHING)) == 2


def test_two_witnesses_of_one_spray_stay_and_the_weaker_one_is_not_counted(orchard):
    orchard.add_treatments([spray(by="a1", evidence="said")])
    orchard.add_treatments([spray(by="a2", evidence="flight_log", groups=()), spray(by="a1", evidence="invoice")])
    frame = orchard.treatments(EVERYTHING)
    assert dict(zip(frame["evidence"], frame["again"], strict=True)) == {
        "said": True, "flight_log": True, "invoice": False,
    }  # fmt: skip
    orchard.add_treatments([spray(product="Schwefel"), spray(share=0.5), spray(plot="p2")])
    assert (~orchard.treatments(EVERYTHING)["again"]).sum() == 4


def test_weighing_stores_nothing(orchard):
    orchard.add_treatments([spray()])
    weighed = orchard.weigh_treatments([spray(), spray(plot="p2")])
    assert (len(weighed.new), weighed.same) == (1, 1)
    assert len(orchard.treatments(EVERYTHING)) == 1


def test_a_mistake_is_taken_back(orchard):
    orchard.add_treatments([replace(spray(), id="slip")])
    orchard.remove_treatment("slip")
    assert told(orchard) == []
    for deed in (orchard.remove_treatment, lambda one: orchard.treatment(one, EVERYTHING)):
        with pytest.raises(NotFoundError, match="no treatment 'slip'"):
            deed("slip")


def test_treatments_are_picked_by_plot_and_days(orchard):
    days = [date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)]
    orchard.add_treatments([spray(day=day) for day in days] + [spray(plot="p3")])
    assert [day for _, day, _ in told(orchard, plots=["p1"], start=days[1], end=days[2])] == days[1:]
    assert [plot for plot, *_ in told(orchard, plots=["p3", "p2"])] == ["p3"]
    assert told(orchard, plots=[]) == []


def test_an_unknown_plot_leaves_nothing_stored(orchard):
    with pytest.raises(NotFoundError, match="no plot 'p9'"):
        orchard.add_treatments([spray(), spray(plot="p9")])
    assert told(orchard) == []


def test_a_scope_hears_of_its_own_plots_only(orchard):
    orchard.add_treatments([replace(spray(), id="t1"), spray(plot="p3")])
    assert [plot for plot, *_ in told(orchard, Scope(farms=frozenset({"f2"})))] == ["p3"]
    assert told(orchard, Scope()) == []
    with pytest.raises(NotAllowedError, match="only sums"):
        orchard.treatments(Scope(everything=True, sums_only=True))
    for scope in (Scope(farms=frozenset({"f2"})), ANONYMOUS):
        with pytest.raises(NotFoundError):
            orchard.treatment("t1", scope)


def test_a_researcher_learns_neither_who_nor_where(orchard):
    orchard.add_treatments([replace(spray(note="behind Li Na's house", source="li_na.csv"), id="t1")])
    row = orchard.treatments(ANONYMOUS).iloc[0]
    assert not {"t1", "p1", "f1", "North", "Upper Terrace", "a1", "behind Li Na's house", "li_na.csv"} & set(
        map(str, row)
    )
    assert (row["product"], row["groups"]) == ("Kupfer", ("FRAC M01",))
    assert len(orchard.treatments(ANONYMOUS, plots=[row["plot"]])) == 1


def test_what_was_done_at_a_removed_plot_goes_with_it(orchard):
    orchard.add_treatments([spray(), spray(plot="p3")])
    orchard.remove_plot("p1")
    assert [plot for plot, *_ in told(orchard)] == ["p3"]


def test_the_trail_names_the_owner_for_whom_a_helper_noted(orchard):
    helper = Viewer("a7", "helper", Role.HELPER, grants=(("write", "f1"),))
    orchard.add_treatments([replace(spray(), id="t1")], by=helper)
    orchard.remove_treatment("t1", by=helper)
    trail = orchard.audit()
    assert list(trail["action"]) == ["treatment.remove", "treatment.add"]
    assert trail["on_behalf_of"].tolist() == [["f1"], ["f1"]]
    assert trail["counts"][1] == {"added": 1, "same": 0}
    assert trail["subject"][1] == "1 treatments of 1 plots: spray"
