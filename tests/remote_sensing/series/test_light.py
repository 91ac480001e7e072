"""An index that still follows the light on slopes is told of, one that follows the season is not."""

import numpy as np
import pandas as pd
import pytest

from remote_sensing.series import light_left
from tests.remote_sensing.series.test_baseline import table

DAYS = pd.date_range("2025-10-01", periods=6, freq="15D")


def season(plots=60, share=0.0, seed=1):
    """Slopes of all sides under a sinking sun; `share` is what a whole step of cos i adds to the index."""
    drawn = np.random.default_rng(seed)
    slope = drawn.uniform(-0.3, 0.3, plots)
    rows = []
    for k, day in enumerate(DAYS):
        light = 0.8 - 0.05 * k + slope
        value = 0.8 - 0.04 * k + drawn.normal(0, 0.02, plots) + share * light
        names = [f"P{p}" for p in range(plots)]
        rows.append(table([day] * plots, value, plot=names, scene=f"S{k}", mean_cos_i=light))
    return pd.concat(rows, ignore_index=True)


def test_what_the_correction_left_is_found_and_the_season_is_not_taken_for_it():
    left, n = light_left(season(share=0.1))
    assert n == 60
    # slopes' share has a standard deviation of 0.1 x 0.3 / sqrt(3) = 0.0173 beside noise of 0.02
    assert left == pytest.approx(0.0173 / np.hypot(0.0173, 0.02), abs=0.06)
    assert abs(light_left(season())[0]) < 0.15


def test_too_few_plots_and_unknown_light_tell_nothing():
    few, n = light_left(season(plots=20, share=0.1))
    assert np.isnan(few)
    assert n == 20
    assert np.isnan(light_left(season().drop(columns="mean_cos_i"))[0])
    assert np.isnan(light_left(season().assign(mean_cos_i=np.nan))[0])
    assert np.isnan(light_left(season().assign(mean_cos_i=0.7))[0])
