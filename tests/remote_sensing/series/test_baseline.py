"""What is normal for a plot on a day: beside sums by hand and least squares of another program."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from remote_sensing.series import baseline, baseline_kernel, plot_series
from remote_sensing.series.baseline import LONG_AGO, first_days, history_levels


def table(days, values, plot="P", sensor="sentinel2_l2a", **given):
    return pd.DataFrame(
        {
            "plot": plot, "time": pd.to_datetime(days, utc=True), "scene": "S", "sensor": sensor, "orbit": 1,
            "index": "ndvi", "median": np.asarray(values, dtype=float), "n_valid": 20.0, "valid_fraction": 1.0,
            "near_cloud": 0.0, "small": False, "weight": 1.0,
        }
        | given
    )  # fmt: skip


def days_about(month, day, years, step=5, n=3):
    middle = [pd.Timestamp(year=year, month=month, day=day) for year in years]
    return [one + pd.Timedelta(days=step * k) for one in middle for k in range(-(n // 2), n // 2 + 1)]


def test_level_and_spread_are_median_and_mad_of_earlier_years_about_the_day():
    days = days_about(6, 15, (2021, 2022), n=3)
    values = [0.60, 0.70, 0.72, 0.74, 0.64, 0.80]
    found = baseline(table(days, values), [date(2023, 6, 15)])
    assert found.level[0] == pytest.approx(0.71)
    # about 0.71: 0.11 0.01 0.01 0.03 0.07 0.09, median 0.05; that of the plot is the same here
    assert found.spread[0] == pytest.approx(1.4826 * 0.05)
    assert (found.source[0], found.n[0]) == ("history", 6)


def test_the_scale_of_the_day_is_shrunk_to_that_of_the_plot():
    june = days_about(6, 15, (2021, 2022), n=3)
    winter = days_about(1, 1, (2021, 2022), n=3)
    found = baseline(table([*june, *winter], [0.7] * 6 + [0.4, 0.5, 0.6] * 2), [date(2023, 6, 15)])
    # all values have median 0.65 and distances 0.05 (x6), 0.25 0.15 0.05 (x2): median 0.05
    assert found.level[0] == pytest.approx(0.7)
    assert found.spread[0] == pytest.approx(np.sqrt((0 + (1.4826 * 0.05) ** 2) / 2))


def test_no_plot_is_steadier_than_two_hundredths():
    found = baseline(table(days_about(6, 15, (2021, 2022)), [0.7] * 6), [date(2023, 6, 15)])
    assert found.spread[0] == pytest.approx(0.02)


def test_the_window_goes_round_the_end_of_the_year():
    days = days_about(12, 28, (2020, 2021), step=8, n=3)
    assert baseline(table(days, [0.5] * 6), [date(2023, 1, 8)]).n[0] == 6  # 20 and 28 December, 5 January, twice
    assert baseline(table(days, [0.5] * 6), [date(2023, 1, 10)]).n[0] == 4
    assert baseline(table(days, [0.5] * 6), [date(2023, 1, 20)]).n[0] == 2


def test_the_season_that_is_asked_for_is_not_compared_with_itself():
    days = [*days_about(6, 15, (2021, 2022)), pd.Timestamp("2023-06-10"), pd.Timestamp("2023-06-14")]
    asked = [date(2023, 6, 9), date(2023, 6, 15)]
    found = baseline(table(days, [0.7] * 6 + [0.1, 0.1]), asked)
    assert found.level == pytest.approx(0.7)


def year_of(values_of_day, years=(2020, 2021), step=9):
    days = [pd.Timestamp(year=y, month=1, day=1) + pd.Timedelta(days=k) for y in years for k in range(0, 365, step)]
    return days, values_of_day(np.array([(d - pd.Timestamp("1970-01-01")).days for d in days], dtype=float))


def season(t, level=0.7, a=0.06, b=0.02):
    w = 2 * np.pi / 365.2425
    return level + a * np.cos(w * t - 3.0) + b * np.sin(2 * w * t)


def test_a_harmonic_serves_where_the_window_is_too_empty_and_recovers_the_season():
    days, values = year_of(season)
    near = [k for k, d in enumerate(days) if abs(d.day_of_year - 166) > 25]  # nothing within 20 days of mid June
    observed = table([days[k] for k in near], values[near])
    found = baseline(observed, [date(2022, 6, 15)])
    assert found.source[0] == "harmonic"
    assert found.level[0] == pytest.approx(float(season(np.array([19158.0]))[0]), abs=1e-4)


def test_the_harmonic_is_least_squares_when_nothing_lies_apart_and_shrugs_off_clouds():
    days, values = year_of(season)
    drawn = np.random.default_rng(1)
    values = values + drawn.normal(0, 0.01, len(values))
    t = np.array([(d - pd.Timestamp("1970-01-01")).days for d in days], dtype=float)
    w = 2 * np.pi * t / 365.2425
    design = np.column_stack([np.ones_like(t), np.cos(w), np.sin(w), np.cos(2 * w), np.sin(2 * w)])
    exact = np.linalg.lstsq(design, values, rcond=None)[0]
    own = plot_series(table(days, values), "ndvi")
    first = np.array([LONG_AGO], np.int32)
    plain, _ = baseline_kernel.harmonic_fits(own.start, own.day, own.value, first, 10**6, 12, 8, 0, 1e9, 0.01)
    assert plain[0] == pytest.approx(exact, abs=1e-6)
    cloudy = values.copy()
    cloudy[::8] -= 0.3
    terms = history_levels(plot_series(table(days, cloudy), "ndvi"), first, 10**6)[3][0]
    assert np.abs(design @ terms - design @ exact).max() < 0.015
    pulled = np.linalg.lstsq(design, cloudy, rcond=None)[0]
    assert np.abs(design @ pulled - design @ exact).max() > 0.03  # so that the test could fail


def test_a_harmonic_wants_twelve_values_and_eight_months():
    days, values = year_of(season, years=(2020,), step=30)
    half = [k for k, d in enumerate(days) if d.month <= 6]
    assert (
        baseline(table([days[k] for k in half] * 3, np.tile(values[half], 3)), [date(2022, 9, 15)]).source[0] == "none"
    )
    assert baseline(table(days[:11], values[:11]), [date(2022, 9, 15)]).source[0] == "none"


def test_sisters_serve_a_plot_without_history_and_nothing_is_said_without_them():
    none = table([pd.Timestamp("2023-06-01")], [0.5])
    asked = [date(2023, 6, 15)]
    alone = baseline(none, asked)
    assert alone.source[0] == "none"
    assert np.isnan(alone.level[0])
    sisters = pd.concat([table(days_about(6, 15, (2021, 2022)), [0.7 + 0.01 * k] * 6, plot=f"S{k}") for k in range(5)])
    found = baseline(none, asked, sister_observations=sisters)
    assert found.source[0] == "sisters"
    assert found.level[0] == pytest.approx(0.72)
    assert found.n[0] == 30


def test_history_starts_anew_with_the_last_replanting_and_not_with_light_pruning():
    events = pd.DataFrame(
        {
            "plot": ["P", "P", "P", "Q"],
            "date": [date(2020, 3, 1), date(2021, 12, 1), date(2022, 5, 1), date(2023, 1, 1)],
            "kind": ["top_working", "replanting", "pruning", "replanting"],
        }
    )
    first = first_days(["P", "R"], events)
    assert first[0] == (date(2021, 12, 1) - date(1970, 1, 1)).days
    assert first[1] == LONG_AGO
    days = days_about(6, 15, (2021, 2022))
    found = baseline(table(days, [0.4] * 3 + [0.7] * 3), [date(2023, 6, 15)], events)
    assert found.n[0] == 3
    assert found.source[0] == "none"


def test_values_of_the_history_are_compared_with_other_years_only():
    days, values = days_about(6, 15, (2020, 2021, 2022)), [0.6] * 3 + [0.7] * 3 + [0.8] * 3
    own = plot_series(table(days, values), "ndvi")
    level, source, count, *_ = history_levels(own, np.array([LONG_AGO], np.int32), 10**6)
    assert level == pytest.approx([0.75] * 3 + [0.7] * 3 + [0.65] * 3)
    assert (source == baseline_kernel.HISTORY).all()
    assert (count == 6).all()
