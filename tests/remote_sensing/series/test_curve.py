"""Smoothed curves and what a season's curve tells: beside another implementation and planted seasons."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import solveh_banded

from remote_sensing.series import expected, season_measures, smooth_curve
from tests.remote_sensing.series.test_baseline import season, table

DIP = 0.16
EPOCH = pd.Timestamp("1970-01-01")


def numbers(days):
    return np.array([(day - EPOCH).days for day in days], dtype=float)


def banded(y, w, lmbda):
    """Whittaker's equations solved by LAPACK."""
    n = len(y)
    d = np.diff(np.eye(n), 2, axis=0)
    full = np.diag(w) + lmbda * d.T @ d
    bands = np.zeros((3, n))
    for k in range(3):
        bands[2 - k, k:] = np.diag(full, k)
    return solveh_banded(bands, w * y)


def test_the_curve_of_clear_dates_is_whittakers_with_the_stiffness_of_the_file():
    days = pd.date_range("2024-01-01", periods=30, freq="9D")
    t = numbers(days)
    values = season(t)
    found = smooth_curve(table(days, values))
    y, w = np.zeros(262), np.zeros(262)
    y[::9], w[::9] = values, 1.0
    plain = banded(y, w, 1e4)
    assert found.value == pytest.approx(plain, abs=1e-3)  # bisquare takes a little weight from what lies off
    assert found.days[0] == np.datetime64("2024-01-01")
    assert len(found.days) == 262


def test_a_missed_cloud_does_not_pull_the_curve():
    days = pd.date_range("2023-01-01", periods=80, freq="9D")
    values = season(numbers(days)) + np.random.default_rng(1).normal(0, 0.01, 80)
    clear = smooth_curve(table(days, values))
    cloudy = values.copy()
    cloudy[[20, 41, 60]] -= 0.25
    found = smooth_curve(table(days, cloudy))
    assert np.abs(found.value - clear.value).max() < 0.02
    # no upper envelope: a real loss stays in the curve
    lost = values - np.where(np.arange(80) >= 50, 0.12, 0.0)
    assert (clear.value - smooth_curve(table(days, lost)).value)[-100:].mean() == pytest.approx(0.12, abs=0.02)


def test_thin_cloud_counts_for_less():
    days = pd.date_range("2023-01-01", periods=40, freq="9D")
    values = np.full(40, 0.7)
    weight = np.ones(40)
    values[18:23], weight[18:23] = 0.66, 0.3
    light = smooth_curve(table(days, values, weight=weight))
    full = smooth_curve(table(days, values))
    middle = 20 * 9
    assert 0.66 < full.value[middle] < light.value[middle] < 0.7


def test_the_end_is_provisional_and_long_gaps_are_dashed():
    days = [*pd.date_range("2023-01-01", periods=10, freq="10D"), *pd.date_range("2023-06-01", periods=10, freq="10D")]
    found = smooth_curve(table(days, np.full(20, 0.6)))
    assert found.provisional.sum() == 30
    assert found.provisional[-30:].all()
    at = {str(day): dashed for day, dashed in zip(found.days, found.dashed, strict=True)}
    assert not at["2023-04-01"]  # the last day before the gap was seen
    assert at["2023-04-02"]
    assert at["2023-05-31"]
    assert not at["2023-06-01"]
    near = [*days[:10], pd.Timestamp("2023-05-31")]  # sixty days
    assert not smooth_curve(table(near, np.full(11, 0.6))).dashed.any()


def test_fewer_than_three_days_make_no_curve():
    days = pd.to_datetime(["2024-01-01 03:00", "2024-01-01 09:00", "2024-02-01 03:00"])
    found = smooth_curve(table(days, [0.5, 0.6, 0.7]))
    assert len(found.days) == 0
    assert len(season_measures(found).table) == 0
    assert len(smooth_curve(table([], []), "ndvi").days) == 0


def planted(days, dip=0.10, rise_day=105, dip_day=288, fall=0.0):
    """A year of an evergreen: a flush about mid April, a dip in mid October, the yearly level falling by `fall`."""
    t = pd.DatetimeIndex(days)
    doy = t.day_of_year.to_numpy(float)
    level = 0.65 - fall * (t.year.to_numpy() - 2020)
    flush = 0.08 / (1 + np.exp(-(doy - rise_day) / 12)) - 0.08 / (1 + np.exp(-(doy - 350) / 8))
    return level + flush - dip * np.exp(-0.5 * ((doy - dip_day) / 22) ** 2)


@pytest.fixture(scope="module")
def five_years():
    days = pd.date_range("2020-01-03", "2024-12-28", freq="8D")
    return days, planted(days, dip=DIP, fall=0.01) + np.random.default_rng(2).normal(0, 0.012, len(days))


def test_flush_dip_level_and_trend_of_planted_seasons_come_back(five_years):
    days, values = five_years
    found = season_measures(smooth_curve(table(days, values)))
    rows = found.table.set_index(["measure", "year"])
    dips = rows.loc["october_dip"]
    assert dips["counts"].all()
    clean = planted(pd.date_range("2022-01-01", "2022-12-31"), dip=DIP)
    lowest = clean[273:304].argmin() + 273
    depth = min(clean[200:lowest].max(), clean[lowest:].max()) - clean[lowest]
    assert 0.4 * depth < dips["value"].median() < depth  # the smoother flattens what is shorter than two months
    assert ((dips["low"] <= depth + 0.02) & (dips["high"] >= 0.7 * depth)).all()
    assert (dips["date"].dt.day_of_year - 288).abs().max() <= 12
    assert (dips["precision"] == "day").all()
    rises = rows.loc["spring_rise"]
    assert (rises["date"].dt.day_of_year - 105).abs().median() <= 12
    steepest = 30 * 0.08 / (4 * 12)  # of the logistic; the smoother flattens it
    assert (rises["value"] < steepest * 1.3).all()
    assert rises["value"].median() > 0.4 * steepest
    # the level of July and August with the flush and the shoulder of the dip on it
    clean = planted(pd.date_range("2022-07-01", "2022-08-31"), dip=DIP, fall=0.01).mean()
    assert rows.loc[("summer_level", 2022), "value"] == pytest.approx(clean, abs=0.012)
    assert found.trend == pytest.approx(-0.01, abs=0.003)
    assert found.trend_low < found.trend < found.trend_high
    assert found.trend_high < 0


def test_intervals_hold_the_true_date_about_as_often_as_they_say():
    days = pd.date_range("2023-01-03", "2023-12-28", freq="8D")
    drawn = np.random.default_rng(3)
    held = []
    for seed in range(25):
        values = planted(days) + drawn.normal(0, 0.015, len(days))
        rows = season_measures(smooth_curve(table(days, values)), seed=seed).table.set_index("measure")
        early, late = rows.loc["october_dip", ["early", "late"]]
        held.append(early <= pd.Timestamp("2023-10-15") <= late)
    assert np.mean(held) >= 0.72  # nine tenths are stated; three standard errors of 25 draws


def test_a_flat_evergreen_has_no_dip_to_speak_of_and_no_sure_date():
    days = pd.date_range("2023-01-03", "2023-12-28", freq="8D")
    values = 0.7 + np.random.default_rng(4).normal(0, 0.02, len(days))
    row = season_measures(smooth_curve(table(days, values))).table.set_index("measure").loc["october_dip"]
    assert not row["counts"]
    assert row["precision"] == "month"


def test_a_gap_feeds_no_date(five_years):
    days, values = five_years
    seen = ~((days >= "2022-08-20") & (days <= "2022-11-25"))
    rows = season_measures(smooth_curve(table(days[seen], values[seen]))).table.set_index(["measure", "year"])
    assert ("october_dip", 2022) not in rows.index
    assert ("october_dip", 2021) in rows.index


def test_the_step_after_harvest_is_told_for_a_harvest_in_the_log():
    days = pd.date_range("2023-06-01", "2024-04-28", freq="6D")
    values = np.where(days < "2023-12-10", 0.70, 0.64) + np.random.default_rng(5).normal(0, 0.004, len(days))
    found = season_measures(smooth_curve(table(days, values)), [date(2023, 12, 10)]).table
    step = found[found["measure"] == "harvest_step"].iloc[0]
    assert step["value"] == pytest.approx(-0.06, abs=0.025)
    assert step["year"] == 2023


def test_no_trend_is_told_before_four_years(five_years):
    days, values = five_years
    assert np.isnan(season_measures(smooth_curve(table(days[:135], values[:135]))).trend)  # under three years


def test_the_expected_curve_is_the_own_past_plus_what_sisters_do_this_year():
    past = pd.date_range("2021-01-02", "2023-12-30", freq="7D")
    now = pd.date_range("2024-01-04", "2024-07-30", freq="7D")
    own = table(past, season(numbers(past)))
    drawn = np.random.default_rng(6)
    sisters = pd.concat(
        table([*past, *now], np.concatenate([season(numbers(past), 0.6), season(numbers(now), 0.6) - 0.05])
              + drawn.normal(0, 0.005, len(past) + len(now)), plot=f"S{k}")
        for k in range(8)
    )  # fmt: skip
    found = expected(own, date(2024, 1, 1), date(2024, 12, 31), sisters)
    usual = season(numbers(pd.date_range("2024-01-01", "2024-12-31")))
    early, late = slice(10, 200), slice(260, None)
    assert found.value[early] == pytest.approx(usual[early] - 0.05, abs=0.012)
    assert found.value[late] == pytest.approx(usual[late], abs=0.012)  # nobody was seen: nothing is added
    assert (found.common[late] == 0).all()
    assert set(found.source) == {"history"}
    assert (found.high - found.low >= 0.08 - 1e-9).all()  # twice two of the least spread on either side
    alone = expected(own, date(2024, 1, 1), date(2024, 12, 31))
    assert alone.value == pytest.approx(usual, abs=0.012)
    nothing = expected(own.iloc[:0].assign(index="ndvi"), date(2024, 1, 1), date(2024, 1, 3))
    assert np.isnan(nothing.value).all()
    assert set(nothing.source) == {"none"}


def test_earlier_years_are_moved_to_this_years_stages():
    past = pd.date_range("2021-01-02", "2023-12-30", freq="5D")
    own = table(past, planted(past, dip=0.15))
    stages = {year: [date(year, 4, 15), date(year, 10, 15)] for year in (2021, 2022, 2023)}
    stages[2024] = [date(2024, 4, 15), date(2024, 9, 15)]
    found = expected(own, date(2024, 1, 1), date(2024, 12, 31), stages=stages)
    plain = expected(own, date(2024, 1, 1), date(2024, 12, 31))
    assert found.aligned
    assert not plain.aligned
    # by hand: day 258 of this year is what day 288 was, day 105 stays
    doy = np.arange(1, 367)
    before = np.interp(doy, [1, 106, 259, 366], [1, 105, 288, 366]).round().astype(int).clip(1, 365)
    truth = planted(pd.date_range("2023-01-01", "2023-12-31"), dip=0.15)[before - 1]
    off, off_plain = (np.sqrt(np.mean((one.value - truth) ** 2)) for one in (found, plain))
    assert off < 0.02
    assert off_plain > 2 * off
