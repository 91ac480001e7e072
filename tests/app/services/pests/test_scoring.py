"""Which frequency a model has to beat: noise must not pass for skill because many plots make a smooth calendar."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from app.services.pests import scoring
from pest_warning.skill import climatological_frequency
from pest_warning.skill import scores as scored
from pest_warning.skill import verdict as judged


def season_pairs(skill=0.0, years=range(2014, 2024), plots=60, seed=0):
    """Return pairs of many plots: the event hangs on the month alone, the index knows it with chance `skill`."""
    rng = np.random.default_rng(seed)
    rows = [(year, month, plot) for year in years for month in range(3, 12) for plot in range(plots)]
    frame = pd.DataFrame(rows, columns=["year", "month", "plot"])
    issued = pd.to_datetime(frame[["year", "month"]].assign(day=10))
    observed = rng.random(len(frame)) < np.where(frame["month"] >= 7, 0.8, 0.1)
    knows = rng.random(len(frame)) < skill
    index = np.where(knows, np.where(observed, 0.9, 0.1), rng.random(len(frame)))
    pairs = pd.DataFrame({
        "organism": "red_mite", "horizon": 15, "district": "", "year": frame["year"], "plot": frame["plot"].astype(str),
        "issued": issued, "target_start": issued, "target_end": issued + pd.Timedelta(days=15), "p": np.nan,
        "index": index, "said": index > 0.5, "observed": observed, "density_p10": np.nan, "density_p50": np.nan,
        "density_p90": np.nan, "value": np.nan, "persistence": np.nan, "treated": False, "synthetic": False,
        "weather": "years",
    })  # fmt: skip
    return pairs.assign(climatology=climatological_frequency(pairs, pairs))


def state(pairs):
    return judged(scored(pairs))["state"].iloc[0]


@pytest.mark.parametrize("seed", [0, 1, 7])  # of 1 and 7 the slope is nought: a tie
def test_noise_on_many_plots_is_demoted_though_it_beats_the_frequency_of_single_sites(seed):
    pairs = season_pairs(seed=seed)
    pairs = scoring.with_probabilities(pairs, scoring.calibrations_of(pairs))
    assert state(pairs) == "holds"  # by the months that the calibration learned, not by the index
    assert state(scoring.with_usual(pairs)) == "demoted"
    last = scoring.verdicts_of(scoring.with_usual(pairs))["red_mite:15"][-1]
    assert (last["state"], last["since"]) == ("demoted", "2024-01-01")


def test_an_index_that_knows_something_still_holds():
    pairs = season_pairs(skill=0.3)
    pairs = scoring.with_usual(scoring.with_probabilities(pairs, scoring.calibrations_of(pairs)))
    assert state(pairs) == "holds"


def test_the_frequency_to_beat_is_chosen_by_earlier_seasons_only():
    pairs = season_pairs(years=range(2014, 2020))
    whole = season_pairs(years=range(2014, 2022))
    kept = len(pairs)
    same = whole.iloc[:kept].assign(observed=pairs["observed"], index=pairs["index"], said=pairs["said"])
    whole = pd.concat([same, whole.iloc[kept:].assign(observed=True)], ignore_index=True)
    whole["climatology"] = climatological_frequency(whole, whole)
    before, after = (scoring.with_usual(one)["climatology"] for one in (pairs, whole))
    pd.testing.assert_series_equal(after.iloc[:kept], before)
    assert before[pairs["year"] > 2014].notna().all()


def test_what_is_usual_is_told_by_half_months_and_unknown_where_nobody_looked():
    pairs = season_pairs()
    told = scoring.verdicts_of(pairs)["red_mite:15"][-1]
    usual = dict(map(tuple, told["usual"]))
    assert usual[date(2024, 1, 8).timetuple().tm_yday] is None
    # Jeffreys: (events + 1/2) / (looks + 1)
    april = pairs[pairs["issued"].dt.month == 4]
    expected = (april["observed"].sum() + 0.5) / (len(april) + 1)
    assert usual[date(2024, 4, 8).timetuple().tm_yday] == pytest.approx(expected, abs=1e-4)
