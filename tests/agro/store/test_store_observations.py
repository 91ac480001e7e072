from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agro.errors import NotAllowedError, NotFoundError
from agro.farm import Observation, Role, Viewer
from agro.observations import kinds
from agro.store import EVERYTHING, OBSERVATION_COLUMNS, Scope

DAY = date(2026, 7, 20)
ANONYMOUS = Scope(everything=True, anonymous=True)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["C"]), max_size=20)
observations = st.builds(
    Observation,
    id=st.uuids().map(str),
    plot=st.just("p1"),
    kind=st.sampled_from(list(kinds())),
    date=st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    value=st.none() | st.floats(-1e4, 1e4, allow_nan=False),
    n=st.none() | st.integers(1, 10_000),
    spread=st.none() | st.floats(0, 1e3),
    by=st.none() | st.uuids().map(str),
    evidence=st.sampled_from(["measured", "said"]),
    source=words,
    note=words,
    synthetic=st.booleans(),
    created=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC)),
)


def size(value, plot="p1", day=DAY, by="a1", **more):
    return Observation("", plot, "diameter", day, value, 20, by=by, **more)


def bloom(day, by="a1"):
    return Observation("", "p1", "bloom_65", day, by=by)


def told(store, scope=EVERYTHING, **asked):
    frame = store.observations(scope, **asked)
    return list(zip(frame["plot"], frame["kind"], frame["value"].fillna(-1), frame["conflict"], strict=True))


@given(one=observations)
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_observation_comes_back_as_it_was_noted(orchard, one):
    orchard.add_observations([one])
    assert orchard.observation(one.id, EVERYTHING) == one
    row = orchard.observations(EVERYTHING).iloc[0]
    for field in fields(Observation):
        expected = getattr(one, field.name)
        assert (
            pd.isna(row[field.name])
            if expected is None
            else row[field.name] == (pd.Timestamp(expected) if field.name == "date" else expected)
        )
    orchard.remove_observation(one.id)


def test_the_table_has_the_columns_that_calibration_reads(orchard):
    for frame in (orchard.observations(EVERYTHING), orchard.observations(ANONYMOUS)):
        assert tuple(frame.columns) == OBSERVATION_COLUMNS
        assert frame.empty
        assert str(frame["date"].dtype).startswith("datetime64")
        assert frame[["value", "spread", "sd"]].dtypes.astype(str).eq("float64").all()
        assert str(frame["n"].dtype) == "Int64"
        assert frame["conflict"].dtype == bool
    orchard.add_observations([size(45.0), bloom(date(2026, 4, 12))])
    frame = orchard.observations(EVERYTHING)
    assert list(frame["kind"]) == ["bloom_65", "diameter"]
    assert list(frame["sd"]) == pytest.approx([3.0, 1.157584], abs=1e-6)
    assert set(frame["farm_name"] + frame["name"]) == {"Upper TerraceNorth"}


def test_what_was_noted_already_is_stored_once(orchard, clock):
    assert orchard.add_observations([size(45.0), size(45.0)])[1:] == (1, [], [])
    again = orchard.add_observations([size(45.0000001, note="again"), bloom(date(2026, 4, 12))])
    assert (len(again.new), again.same, again.conflicts) == (1, 1, [])
    assert len(orchard.observations(EVERYTHING)) == 2
    assert set(orchard.observations(EVERYTHING)["created"]) == {pd.Timestamp(clock.now)}


def test_two_who_agree_are_two_witnesses(orchard):
    weighed = orchard.add_observations([size(45.0, by="a1"), size(45.0, by="a2")])
    assert (len(weighed.new), weighed.same, weighed.conflicts) == (2, 0, [])


def test_a_second_value_for_a_day_stands_beside_the_first_and_both_are_flagged(orchard):
    orchard.add_observations([size(45.0), size(46.0, day=date(2026, 7, 21)), size(47.0, plot="p2")])
    weighed = orchard.add_observations([size(48.0)])
    assert [[one.value for one in group] for group in weighed.conflicts] == [[45.0, 48.0]]
    assert told(orchard, plots=["p1"]) == [
        ("p1", "diameter", 45.0, True), ("p1", "diameter", 48.0, True), ("p1", "diameter", 46.0, False),
    ]  # fmt: skip


def test_full_bloom_has_one_date_a_year(orchard):
    weighed = orchard.add_observations([bloom(date(2026, 4, 12)), bloom(date(2025, 4, 9))])
    assert weighed.conflicts == []
    weighed = orchard.add_observations([bloom(date(2026, 4, 20), by="a2")])
    assert [[one.date.day for one in group] for group in weighed.conflicts] == [[12, 20]]
    assert orchard.observations(EVERYTHING)["conflict"].tolist() == [False, True, True]


def test_pickings_on_several_days_do_not_contradict_each_other(orchard):
    picked = [Observation("", "p1", "harvest", date(2026, 12, day), value) for day, value in ((1, None), (9, 12.0))]
    assert orchard.add_observations(picked).conflicts == []


def test_weighing_stores_nothing(orchard):
    orchard.add_observations([size(45.0)])
    weighed = orchard.weigh_observations([size(45.0), size(48.0)])
    assert (len(weighed.new), weighed.same, len(weighed.conflicts)) == (1, 1, 1)
    assert told(orchard) == [("p1", "diameter", 45.0, False)]


def test_when_a_mistake_is_removed_the_other_one_is_no_longer_flagged(orchard):
    orchard.add_observations([size(45.0), replace(size(450.0), id="slip")])
    orchard.remove_observation("slip")
    assert told(orchard) == [("p1", "diameter", 45.0, False)]
    with pytest.raises(NotFoundError, match="no observation 'slip'"):
        orchard.remove_observation("slip")


def test_observations_are_picked_by_plot_kind_and_days(orchard):
    days = [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
    orchard.add_observations([size(40.0 + i, day=day) for i, day in enumerate(days)] + [bloom(date(2026, 4, 12))])
    orchard.add_observations([size(50.0, plot="p3")])
    assert [row[2] for row in told(orchard, plots=["p1"], kind="diameter", start=days[1], end=days[2])] == [41.0, 42.0]
    assert [row[0] for row in told(orchard, plots=["p3", "p2"])] == ["p3"]
    assert told(orchard, plots=[]) == []


def test_an_unknown_plot_leaves_nothing_stored(orchard):
    with pytest.raises(NotFoundError, match="no plot 'p9'"):
        orchard.add_observations([size(45.0), size(45.0, plot="p9")])
    assert told(orchard) == []


def test_a_scope_hears_of_its_own_plots_only(orchard):
    orchard.add_observations([replace(size(45.0), id="o1"), replace(size(50.0, plot="p3"), id="o3")])
    assert [row[0] for row in told(orchard, Scope(farms=frozenset({"f2"})))] == ["p3"]
    assert [row[0] for row in told(orchard, Scope(townships=frozenset({"Hillside"})))] == ["p1"]
    assert told(orchard, Scope()) == []
    with pytest.raises(NotAllowedError, match="only sums"):
        orchard.observations(Scope(everything=True, sums_only=True))
    for scope in (Scope(farms=frozenset({"f2"})), ANONYMOUS):
        with pytest.raises(NotFoundError):
            orchard.observation("o1", scope)


def test_a_researcher_learns_neither_who_nor_where(orchard):
    orchard.add_observations([replace(size(45.0, note="behind Li Na's house", source="li_na.csv"), id="o1")])
    row = orchard.observations(ANONYMOUS).iloc[0]
    assert not {"o1", "p1", "f1", "North", "Upper Terrace", "a1", "behind Li Na's house", "li_na.csv"} & set(
        map(str, row)
    )
    assert (row["value"], row["n"]) == (45.0, 20)
    assert row["plot"] in set(orchard.plots(ANONYMOUS)["id"])
    assert len(orchard.observations(ANONYMOUS, plots=[row["plot"]])) == 1
    assert orchard.observations(ANONYMOUS, plots=["p1"]).empty


def test_what_was_observed_at_a_removed_plot_goes_with_it(orchard):
    orchard.add_observations([size(45.0), size(50.0, plot="p3")])
    orchard.remove_plot("p1")
    assert [row[0] for row in told(orchard)] == ["p3"]


def test_the_trail_names_the_owner_for_whom_a_helper_noted(orchard):
    helper = Viewer("a7", "helper", Role.HELPER, grants=(("write", "f1"),))
    orchard.add_observations([size(45.0), size(46.0)], by=helper)
    row = orchard.audit().iloc[0]
    assert (row["action"], row["on_behalf_of"]) == ("observation.add", ["f1"])
    assert row["counts"] == {"added": 2, "same": 0, "conflicts": 1}
    assert row["subject"] == "2 observations of 1 plots: diameter"


def test_thousands_of_readings_go_in_and_out_in_seconds(orchard):
    days = pd.date_range("2020-01-01", periods=2500).date
    many = [Observation("", plot, "soil_moisture", day, 0.2) for plot in ("p1", "p2", "p3") for day in days]
    assert len(orchard.add_observations(many).new) == 7500
    assert orchard.add_observations(many).same == 7500
    assert len(orchard.observations(EVERYTHING)) == 7500
