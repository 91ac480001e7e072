"""What was said beside what was seen: each case is a handful of looks whose outcome can be read off."""

import numpy as np
import pandas as pd
import pytest

from app.services.pests import pairs
from pest_warning import outlook

END = pd.Timestamp("2024-12-31")
SPREAD = {"weather_low": 0.5, "weather_high": 4.0, "event": "", "date_p50": None}


def said(*issued, organism="red_mite", horizon=15, level=outlook.HIGH, plot="a", weather="issued", **more):
    """Return forecasts of one plot, one a day of issue."""
    rows = [
        {"plot": plot, "organism": organism, "horizon": horizon, "level": level, "index": 2.0, "share": 0.7,
         "share_low": 0.5, "share_high": 0.9, "parameters_low": 1.0, "parameters_high": 3.0, "state_low": 1.0,
         "state_high": 3.0, "issued": pd.Timestamp(day), "weather": weather} | SPREAD | more
        for day in issued
    ]  # fmt: skip
    return pd.DataFrame(rows)


def seen(*looks, organism="red_mite", method="leaf", plot="a"):
    """Return counts (day, number on 100 leaves or the like) of one plot; a third entry False is an untreated strip."""
    rows = [
        {"plot": plot, "organism": organism, "date": pd.Timestamp(day), "method": method, "n": 100, "total": total,
         "infested": total, "mean": total / 100, "share": total / 100, "catch": float(total),
         "treated": None if not strip else strip[0], "synthetic": False, "conflict": False}
        for day, total, *strip in looks
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    for name in ("total", "infested"):
        table[name] = table[name].astype("Int64")
    return table.assign(treated=table["treated"].astype("boolean"))


def sprays(*rows, plot="a"):
    """Return treatments (day, kind, groups, targets)."""
    columns = ["plot", "date", "kind", "groups", "targets"]
    return pd.DataFrame([(plot, pd.Timestamp(day), *rest) for day, *rest in rows], columns=columns)


def paired(forecasts, counts, treatments=None, until=END):
    none = sprays() if treatments is None else treatments
    return pairs.of_tables(forecasts, counts, none, {"a": "甲镇"}, until)


def test_a_count_within_the_window_tells_whether_the_mites_came():
    told = paired(said("2024-09-01"), seen(("2024-08-30", 900), ("2024-09-10", 310), ("2024-09-17", 800)))
    one = told.iloc[0]
    assert (len(told), one["observed"], one["said"], one["district"]) == (1, True, True, "甲镇")
    assert one["value"] == pytest.approx(3.1)  # the look of the 17th lies a day outside, that of 30 August before
    assert (one["target_start"], one["target_end"]) == (pd.Timestamp("2024-09-02"), pd.Timestamp("2024-09-16"))


@pytest.mark.parametrize(
    ("day", "count", "came"),
    [("2024-04-10", 200, True), ("2024-05-20", 200, False), ("2024-05-20", 500, True), ("2024-09-10", 300, True),
     ("2024-09-10", 299, False)],
)  # fmt: skip
def test_what_counts_as_an_outbreak_of_mites_is_2_before_bloom_5_after_and_3_in_autumn(day, count, came):
    issued = pd.Timestamp(day) - pd.Timedelta(days=9)
    assert paired(said(issued), seen((day, count))).iloc[0]["observed"] == came


def test_the_first_and_the_last_day_of_the_window_count_and_the_day_of_issue_does_not():
    for day, found in (("2024-09-01", 0), ("2024-09-02", 1), ("2024-09-16", 1), ("2024-09-17", 0)):
        assert len(paired(said("2024-09-01"), seen((day, 50)))) == found


def test_a_window_that_has_not_ended_tells_nothing_yet():
    counts = seen(("2024-09-10", 0))
    assert len(paired(said("2024-09-01"), counts, until=pd.Timestamp("2024-09-15"))) == 0
    assert len(paired(said("2024-09-01"), counts, until=pd.Timestamp("2024-09-16"))) == 1


@pytest.mark.parametrize(
    ("looks", "pairs_made"),
    [
        (["2024-06-20", "2024-07-10", "2024-07-30", "2024-08-19"], 1),  # 19, 20, 20, 20 days and 11 to the end
        (["2024-06-20", "2024-07-11", "2024-07-30", "2024-08-19"], 0),  # 21 days between the first two
        (["2024-06-23", "2024-07-10", "2024-07-30", "2024-08-19"], 0),  # 22 days before the first
        (["2024-06-20", "2024-07-10", "2024-07-30"], 0),  # 31 days at the end
    ],
)
def test_three_months_count_only_when_somebody_looked_throughout_whatever_was_found(looks, pairs_made):
    for total in (0, 900):
        told = paired(said("2024-06-01", horizon=90), seen(*((day, total) for day in looks)))
        assert len(told) == pairs_made


def test_lesions_are_looked_for_three_weeks_later_and_one_look_near_the_end_is_enough():
    forecast = said("2024-05-01", organism="scab")
    early = seen(("2024-05-10", 40), organism="scab", method="shoot")
    assert len(paired(forecast, early)) == 0  # older infections
    late = seen(("2024-06-05", 40), organism="scab", method="shoot")  # until 6 June: 15 and 21 days
    told = paired(forecast, late)
    assert (told.iloc[0]["observed"], told.iloc[0]["target_end"]) == (True, pd.Timestamp("2024-06-06"))


def test_an_untreated_strip_is_asked_instead_of_the_sprayed_part():
    counts = seen(("2024-09-08", 0), ("2024-09-08", 700, False))
    sprayed = sprays(("2024-09-03", "spray", (), ("red_mite",)))
    one = paired(said("2024-09-01"), counts, sprayed).iloc[0]
    assert (one["observed"], one["value"], one["treated"]) == (True, 7.0, False)


@pytest.mark.parametrize(
    ("spray", "treated"),
    [
        (("2024-09-03", "spray", (), ("red_mite",)), True),
        (("2024-08-18", "spray", (), ("red_mite",)), True),  # two weeks before the day of issue
        (("2024-08-17", "spray", (), ("red_mite",)), False),
        (("2024-09-03", "spray", (), ("melanose",)), False),
        (("2024-09-03", "spray", ("FRAC M01",), ()), False),  # copper does nothing to mites
        (("2024-09-03", "spray", (), ()), None),  # who knows what it was
        (("2024-09-03", "pruning", (), ()), False),
        (("2023-09-03", "spray", (), ("red_mite",)), None),  # nothing written down this year
    ],
)
def test_whether_a_plot_was_treated_is_yes_no_or_unknown(spray, treated):
    assert paired(said("2024-09-01"), seen(("2024-09-08", 0)), sprays(spray)).iloc[0]["treated"] is treated


def test_a_group_without_a_target_works_on_what_its_group_controls():
    group = next(g for one in pairs.organism.load("red_mite").controls for g in one.groups)
    told = paired(said("2024-09-01"), seen(("2024-09-08", 0)), sprays(("2024-09-03", "spray", (group,), ())))
    assert told.iloc[0]["treated"] is True


def test_no_diary_at_all_never_reads_as_not_sprayed():
    assert paired(said("2024-09-01"), seen(("2024-09-08", 0))).iloc[0]["treated"] is None


def test_only_the_first_catch_of_a_year_is_an_event_and_traps_alone_tell_of_it():
    forecast = said("2024-04-20", "2024-05-05", "2024-05-20", organism="minax", event="first_adult",
                    date_p50=pd.Timestamp("2024-05-02").date())  # fmt: skip
    weeks = [("2024-04-28", 0), ("2024-05-04", 0), ("2024-05-11", 3), ("2024-05-18", 9), ("2024-05-25", 20)]
    told = paired(forecast, seen(*weeks, organism="minax", method="trap")).set_index("issued")
    assert told["observed"].to_dict() == {pd.Timestamp("2024-04-20"): False, pd.Timestamp("2024-05-05"): True}
    assert told["said"].tolist() == [True, False]  # 2 May lies within the first window and before the second
    fruit = seen(*weeks, organism="minax", method="cut_fruit")
    assert len(paired(forecast, fruit)) == 0  # maggots in fruit tell no day of emergence


def test_later_events_of_the_fly_are_not_held_against_its_traps():
    later = said("2024-05-01", organism="minax", event="orchard_entry", date_p50=pd.Timestamp("2024-05-05").date())
    assert len(paired(later, seen(("2024-05-08", 2), organism="minax", method="trap"))) == 0


def test_what_cannot_be_computed_or_must_not_be_said_is_not_scored():
    counts = seen(("2024-09-08", 0))
    assert len(paired(said("2024-09-01", level=outlook.CANNOT), counts)) == 0
    assert len(paired(said("2024-09-01", level=outlook.NOTHING), counts)) == 1
    month = seen(("2024-06-10", 40), ("2024-06-19", 40), organism="scab", method="shoot")
    assert len(paired(said("2024-05-01", organism="scab", horizon=30), month)) == 0


def test_counts_that_contradict_each_other_tell_nothing():
    counts = seen(("2024-09-08", 900)).assign(conflict=True)
    assert len(paired(said("2024-09-01"), counts)) == 0


def test_the_usual_frequency_comes_from_earlier_years_and_leaves_out_the_censored():
    forecasts = said("2022-09-01", "2023-09-01", "2024-09-01")
    counts = seen(("2022-09-08", 900), ("2023-09-08", 0), ("2024-09-08", 900))
    told = paired(forecasts, counts).set_index("year")["climatology"]
    # one event in one look: pooled (1 + 0.5) / 2 = 0.75, own (1 + 0.75) / 2; then 1 of 2: 0.5
    assert told.to_dict() == {2022: pytest.approx(np.nan, nan_ok=True), 2023: pytest.approx(0.875),
                              2024: pytest.approx(0.5)}  # fmt: skip
    sprayed = sprays(("2023-09-03", "spray", (), ("red_mite",)))
    assert paired(forecasts, counts, sprayed).set_index("year")["climatology"][2024] == pytest.approx(0.875)
    changed = seen(("2022-09-08", 900), ("2023-09-08", 0), ("2024-09-08", 0))
    assert paired(forecasts, changed).set_index("year")["climatology"].equals(told)


def test_persistence_fades_from_the_last_look_to_the_middle_of_the_window():
    forecasts = said("2022-09-01", "2023-09-01")
    counts = seen(("2022-09-08", 0), ("2023-08-25", 900), ("2023-09-08", 0))
    one = paired(forecasts, counts).set_index("year").loc[2023]
    # usual: pooled (0 + 0.5) / 2 = 0.25, own 0.125; 7 days old and 7.5 to the middle
    assert one["climatology"] == pytest.approx(0.125)
    assert one["persistence"] == pytest.approx(0.125 + 0.8 ** (14.5 / 7) * 0.875)


def test_densities_are_compared_in_mites_and_the_scored_index_is_the_share_of_cases():
    one = paired(said("2024-09-01"), seen(("2024-09-08", 310))).iloc[0]
    assert (one["index"], one["density_p10"], one["density_p50"], one["density_p90"]) == (0.7, 0.5, 2.0, 4.0)
    disease = seen(("2024-06-05", 40), organism="scab", method="shoot")
    other = paired(said("2024-05-01", organism="scab"), disease).iloc[0]
    assert other["index"] == 2.0
    assert np.isnan(other["density_p50"])


def test_a_late_count_changes_no_pair_whose_window_was_over():
    early = seen(("2024-08-20", 100), ("2024-09-08", 310))
    late = pd.concat([early, seen(("2024-09-20", 900), ("2024-12-01", 0))], ignore_index=True)
    assert paired(said("2024-09-01"), early).equals(paired(said("2024-09-01"), late))
