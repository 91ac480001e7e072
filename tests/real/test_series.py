"""Curves, baselines and seasons of real plots: how near they come to dates that were held out."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from remote_sensing import series
from remote_sensing.series.observations import day_numbers
from tests.real.ljubljana import masked_series, observations, squares

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def rows(real_data):
    return observations(squares(*masked_series(real_data)))


def test_curves_come_nearer_to_held_out_dates_than_the_mean_of_the_season(rows):
    drawn = np.random.default_rng(1)
    kept = series.usable(rows)
    off_curve, off_mean = [], []
    for _, own in rows[kept].groupby("plot"):
        out = drawn.random(len(own)) < 0.15
        curve = series.smooth_curve(own[~out])
        day = day_numbers(own["time"]).astype("datetime64[D]")
        inside = out & (day > curve.days[0]) & (day < curve.days[-1])
        value = own["median"].to_numpy()
        off_curve.append(value[inside] - curve.value[(day[inside] - curve.days[0]).astype(int)])
        off_mean.append(value[inside] - value[~out].mean())
    rmse, plain = (np.sqrt(np.mean(np.concatenate(one) ** 2)) for one in (off_curve, off_mean))
    print(f"held out: curve {rmse:.3f}, mean {plain:.3f}, {sum(map(len, off_curve))} dates of plots")
    # monitoring.md 7.2 has 0.104 for single cells; squares of 144 cells are steadier
    assert rmse < 0.105
    assert rmse < 0.7 * plain


def test_a_curve_marks_the_cloudy_winter_and_its_end(rows):
    own = rows[rows["plot"] == rows["plot"].iloc[0]]
    own = own[series.usable(own)]
    curve = series.smooth_curve(own)
    assert np.isfinite(curve.value).all()
    assert curve.provisional.sum() == 30
    gaps = np.diff(np.unique(curve.seen)).astype(int)
    assert curve.dashed.sum() == (gaps[gaps > 60] - 1).sum()
    assert curve.dashed.any()


def test_woodland_turns_green_in_april_and_is_lowest_in_winter(rows):
    rises, lowest = [], []
    for _, own in rows[series.usable(rows)].groupby("plot"):
        found = series.season_measures(series.smooth_curve(own)).table
        rises += list(found[found["measure"] == "spring_rise"]["date"].dt.day_of_year)
        lowest += list(found[found["measure"] == "minimum"]["date"].dt.month)
    assert len(rises) >= 30
    assert 90 <= np.median(rises) <= 135
    assert np.mean(np.isin(lowest, (11, 12, 1, 2, 3))) > 0.9


def test_the_past_and_the_sisters_foretell_the_third_summer_better_than_the_past_alone(rows):
    """Two cloudy years: windows of earlier years on some days, a harmonic on others, for some plots nothing."""
    first, last = date(2017, 7, 1), date(2017, 10, 31)
    off: dict[str, list] = {"alone": [], "sisters": [], "mean": []}
    kept = rows[series.usable(rows)]
    for plot, own in list(kept.groupby("plot"))[::3]:
        now = own[(own["time"].dt.date >= first) & (own["time"].dt.date <= last)]
        value, at = now["median"].to_numpy(), day_numbers(now["time"]) - day_numbers(pd.Series([first]))[0]
        alone = series.expected(own, first, last)
        together = series.expected(own, first, last, kept[kept["plot"] != plot])
        assert np.isfinite(together.value).sum() >= np.isfinite(alone.value).sum()
        known = np.isfinite(alone.value[at])
        off["alone"].append((value - alone.value[at])[known])
        off["sisters"].append((value - together.value[at])[known])
        off["mean"].append((value - own[own["time"].dt.date < first]["median"].mean())[known])
    rmse = {name: np.sqrt(np.mean(np.concatenate(one) ** 2)) for name, one in off.items()}
    print(f"third summer: {rmse}")
    assert rmse["sisters"] < 0.85 * rmse["alone"]
    assert rmse["alone"] < rmse["mean"]
