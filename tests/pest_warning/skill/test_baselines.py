import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pest_warning.skill import (
    calendar_rule,
    climatological_frequency,
    damped_density,
    persistent_probability,
    simple_rule,
)
from pest_warning.skill.rules import BASELINE


def history(rows):
    """Return pairs from (plot, issued, observed, days of window, year)."""
    frame = pd.DataFrame(rows, columns=["plot", "issued", "observed", "days", "year"])
    frame["issued"] = pd.to_datetime(frame["issued"])
    frame["target_end"] = frame["issued"] + pd.to_timedelta(frame["days"], unit="D")
    return frame.assign(organism="METTCI", horizon=15)


def test_frequency_by_hand():
    seen = history(
        [
            ("North", "2019-05-01", True, 15, 2019),
            ("North", "2019-05-12", False, 15, 2019),
            ("North", "2019-07-01", True, 15, 2019),  # another time of year
            ("North", "2020-05-05", True, 15, 2020),
            ("South", "2020-05-05", False, 15, 2020),
            ("North", "2021-05-01", False, 15, 2021),  # its own year
            ("North", "2022-05-01", False, 15, 2022),  # later
        ]
    )
    target = history([("North", "2021-05-03", None, 15, 2021), ("West", "2021-05-03", None, 15, 2021)])
    # all sites: 2 of 4, pooled (2 + 0.5) / (4 + 1) = 0.5; North 2 of 3, with one forecast's weight on 0.5
    assert climatological_frequency(seen, target, pooled=1.0) == pytest.approx([2.5 / 4, 0.5])


def test_the_window_goes_round_new_year():
    seen = history([("North", "2018-12-28", True, 1, 2018), ("North", "2019-01-05", True, 1, 2019)])
    target = history([("North", "2021-01-02", None, 1, 2021)])
    assert climatological_frequency(seen, target, half_window=15, pooled=0.0)[0] == 1.0
    assert climatological_frequency(seen, target, half_window=2, pooled=0.0) != [1.0]


def test_a_window_that_ends_in_the_targets_year_was_not_known_before():
    seen = history([("North", "2020-12-28", True, 90, 2020)])
    target = history([("North", "2021-01-02", None, 90, 2021), ("North", "2022-01-02", None, 90, 2022)])
    found = climatological_frequency(seen, target)
    assert np.isnan(found[0])
    assert found[1] > 0.5


def test_no_earlier_year_gives_no_frequency():
    seen = history([("North", "2020-05-01", True, 15, 2020)])
    assert np.isnan(climatological_frequency(seen, seen)).all()
    other = seen.assign(horizon=90, issued=pd.Timestamp("2022-05-01"), year=2022)
    assert np.isnan(climatological_frequency(seen, other)).all()


@given(seed=st.integers(0, 1000))
def test_a_years_own_outcomes_and_later_ones_never_change_its_frequency(made, seed):
    pairs = made(n=120, years=6, seed=seed)
    year = 2010 + seed % 6
    changed = pairs.assign(observed=pairs["observed"] ^ (pairs["year"] >= year))
    own = (pairs["year"] <= year).to_numpy()
    before, after = (climatological_frequency(frame, frame)[own] for frame in (pairs, changed))
    np.testing.assert_array_equal(before, after)


def test_a_long_even_record_is_its_frequency():
    days = pd.date_range("1990-01-01", "2019-12-31", freq="5D")
    rows = [("North", day, (place % 4) == 0, 3, day.year) for place, day in enumerate(days)]
    target = history([("North", "2021-06-15", None, 3, 2021)])
    assert climatological_frequency(history(rows), target)[0] == pytest.approx(0.25, abs=0.02)


@given(last=st.floats(0.01, 50), usual=st.floats(0.01, 50), weeks=st.floats(0, 20))
def test_the_last_count_fades_into_the_usual_one(last, usual, weeks):
    now, then, later = (damped_density(last, usual, at, BASELINE.rho_week) for at in (0.0, weeks, 200.0))
    assert now == pytest.approx(last)
    assert later == pytest.approx(usual)
    assert min(last, usual) * (1 - 1e-9) <= then <= max(last, usual) * (1 + 1e-9)


def test_damping_by_hand():
    assert damped_density(8.0, 2.0, 1.0, 0.5) == pytest.approx(4.0)  # sqrt(2 * 8)
    assert persistent_probability(1.0, 0.2, 2.0, 0.5) == pytest.approx(0.4)


def test_persistence_is_that_of_a_chain_of_two_states():
    # 10 % of clean plots become infested in a week, 30 % of infested ones clean
    chain = np.array([[0.9, 0.1], [0.3, 0.7]])
    for weeks in (0, 1, 5):
        step = np.linalg.matrix_power(chain, weeks)
        for now in (0, 1):
            assert persistent_probability(now, 0.25, weeks, 0.6) == pytest.approx(step[now, 1])


def test_rules_by_hand():
    np.testing.assert_array_equal(simple_rule([2.0, 3.0, np.nan], 3.0), [0, 1, np.nan])
    assert calendar_rule([10, 100, 130, 360], [(100, 120), (350, 20)]).tolist() == [True, True, False, True]
