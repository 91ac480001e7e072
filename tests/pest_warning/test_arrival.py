"""The outlook of an insect that is not here yet: look where it could come from and settle."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from pest_warning import arrival, organism, outlook
from pest_warning.arrival import Arrival
from tests.pest_warning import settings as made

PSYLLID = organism.load("psyllid")
ABOUT = PSYLLID.parameters("arrival", Arrival)
JUNE = made.setting(("psyllid",), on=date(2025, 6, 20))


def rows(setting, horizon=30):
    table, _ = arrival.outlooks(PSYLLID, setting)
    return table[table["horizon"] == horizon].reset_index(drop=True)


def pressed(setting, *pressure):
    return replace(setting, pressure={"psyllid": np.array(pressure)})


def test_far_from_any_find_the_level_is_medium_at_most():
    for on in (date(2025, 3, 10), date(2025, 6, 20), date(2025, 8, 10)):
        table, _ = arrival.outlooks(PSYLLID, made.setting(("psyllid",), on=on))
        assert (table["level"] <= outlook.MEDIUM).all()
        assert (table["level"] == outlook.MEDIUM).any()


def test_beside_a_find_the_level_is_high_while_shoots_are_tender():
    assert rows(pressed(JUNE, 1.0, 0.0, 1.0))["level"].tolist() == [outlook.HIGH, outlook.MEDIUM, outlook.HIGH]


def test_pressure_scales_the_index_above_the_background():
    found = rows(pressed(JUNE, 0.8, 0.4, 0.0))["index"]
    assert found[0] / found[1] == pytest.approx(2.0)
    assert rows(JUNE)["index"][0] / found[0] == pytest.approx(ABOUT.background / 0.8)


def test_without_tender_shoots_there_is_nothing_to_settle_on():
    trees = made.host(3)
    bare = replace(JUNE, host=replace(trees, flush=np.full_like(trees.flush, np.nan)))
    found = rows(bare)
    assert (found["index"] == 0).all()
    assert (found["level"] == outlook.NOTHING).all()
    assert found["date_p50"].isna().all()


@pytest.mark.parametrize("horizon", organism.HORIZONS)
def test_the_logs_of_both_drivers_add_up_to_that_of_the_index_over_the_usual_one(horizon):
    setting = pressed(JUNE, 0.8, 0.4, 0.0)
    found = rows(setting, horizon)
    days = arrival.welcome_of(setting.future, setting.host, setting.now + 1, 0, setting.asked.rate_tables[0].max())
    pressure = np.maximum([0.8, 0.4, 0.0], ABOUT.background)
    mean = days[setting.site][..., :horizon].sum(axis=-1).mean(axis=1) * pressure
    np.testing.assert_allclose(found["driver1_log"] + found["driver2_log"], np.log(mean / found["usual"]), atol=1e-6)


def test_near_a_find_nobody_doubts_the_background():
    found = rows(pressed(JUNE, 1.0, 0.0, 0.0))
    assert found["state_low"][0] == found["state_high"][0] == found["index"][0]
    assert (found["state_low"] < found["index"])[1:].all()
    assert (found["index"] < found["state_high"])[1:].all()


def test_too_much_missing_weather_cannot_be_computed_and_is_never_low():
    def gap(part, table):
        if part == "future":
            table = table.copy(deep=True)
            table["rain"][:, 0, :30, 3] = np.nan
        return table

    found = rows(made.setting(("psyllid",), on=date(2025, 6, 20), change=gap))
    assert (found["level"] == outlook.CANNOT).all()


def test_percentiles_rise_with_the_case_and_look_dates_are_days_of_tender_shoots():
    found = rows(JUNE)
    assert (found["percentile_low"] <= found["percentile"]).all()
    assert (found["percentile"] <= found["percentile_high"]).all()
    # a quarter of the shoots of day 176 (26 June), a day later in each member, is tender on the day after
    assert found["date_p10"][0] == date(2025, 6, 27)
    assert found["date_p50"][2] > found["date_p50"][0]


def test_one_member_repeated_leaves_no_doubt_of_the_weather():
    def repeated(part, table):
        return table.isel(member=[0] * 3) if part == "future" else table

    trees = made.host(3)
    alike = replace(trees, flush=np.repeat(trees.flush[:, :1], 3, axis=1))
    found = rows(made.setting(("psyllid",), on=date(2025, 6, 20), change=repeated, host=alike))
    np.testing.assert_array_equal(found["weather_low"], found["weather_high"])
