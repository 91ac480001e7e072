"""What counts say: towards what was seen, and never quite nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from pest_warning import scouting
from tests.pest_warning import settings

MEANS, UNITS = st.floats(0.01, 20.0), st.integers(10, 200)


def mean_of(density, weight):
    return float((density * weight).sum())


@given(mean=MEANS, n=UNITS, seen=st.floats(0.0, 20.0))
def test_a_count_moves_the_density_towards_itself(mean, n, seen):
    total = round(seen * n)
    found = mean_of(*scouting.posterior(mean, n, total))
    low, high = sorted((mean, total / n))
    assert low * 0.99 - 0.02 <= found <= high * 1.25 + 0.02  # uneven counts lean upwards: 1 of 1 on ten leaves is 1.12
    if total / n > 1.5 * mean:
        assert found > mean
    if total / n < mean / 1.5:
        assert found < mean


@given(mean=MEANS, n=UNITS)
def test_zero_counts_lower_the_density_and_do_not_make_it_zero(mean, n):
    for density, weight in (scouting.posterior(mean, n, 0), scouting.posterior_of_presence(mean, n, 0)):
        assert 0 < mean_of(density, weight) < mean
        assert scouting.quantile(density, weight, 0.05) > 0


@given(mean=MEANS, n=UNITS, infested=st.integers(0, 200))
def test_more_infested_leaves_never_mean_fewer_mites(mean, n, infested):
    infested = min(infested, n - 1)
    fewer, more = (mean_of(*scouting.posterior_of_presence(mean, n, count)) for count in (infested, infested + 1))
    assert fewer < more


@given(mean=MEANS, few=st.integers(10, 50), seen=st.floats(0.2, 10.0))
def test_more_leaves_that_tell_the_same_leave_less_doubt(mean, few, seen):
    widths = []
    for n in (few, 8 * few):
        low, high = scouting.quantile(*scouting.posterior(mean, n, round(seen * n)), [0.1, 0.9])
        widths.append(np.log(high / low))
    assert widths[1] < widths[0]


def test_even_counts_give_the_textbook_answer_of_gamma_and_poisson():
    # prior Gamma(2, rate 2), 40 mites on 10 leaves: Gamma(42, rate 12)
    density, weight = scouting.posterior(1.0, 10, 40, k=np.inf, shape=2.0)
    assert mean_of(density, weight) == pytest.approx(42 / 12, rel=0.005)
    expected = stats.gamma.ppf([0.1, 0.5, 0.9], 42, scale=1 / 12)
    assert scouting.quantile(density, weight, [0.1, 0.5, 0.9]) == pytest.approx(expected, rel=0.01)


def test_uneven_counts_agree_with_a_plain_integral():
    mean, n, total, k, shape = 2.0, 20, 90, 0.6, 0.7

    def weight(density):
        prior = stats.gamma.pdf(density, shape, scale=mean / shape)
        return prior * stats.nbinom.pmf(total, n * k, k / (k + density))

    whole, moment = (integrate.quad(lambda d, p=p: d**p * weight(d), 1e-9, 60, limit=300)[0] for p in (0, 1))
    assert mean_of(*scouting.posterior(mean, n, total)) == pytest.approx(moment / whole, rel=0.01)


def test_the_share_of_infested_leaves_follows_the_beta_with_jeffreys_prior():
    assert scouting.share_quantiles(100, 20, [0.5])[0] == pytest.approx(stats.beta.ppf(0.5, 20.5, 80.5))
    assert scouting.share_quantiles(100, 0, [0.1])[0] > 0


def test_taylors_k_comes_back_from_thirty_samples_made_with_it():
    rng = np.random.default_rng(3)
    means = rng.uniform(1, 8, 400)
    made = rng.negative_binomial(0.8, (0.8 / (0.8 + means))[:, None], (400, 50))
    assert scouting.taylor_k(made) == pytest.approx(0.8, rel=0.1)
    assert scouting.taylor_k(made[:29]) is None
    assert scouting.taylor_k(np.ones((30, 10))) is None


def counted(*rows):
    return settings.counted(*((plot, "scab", day, method, n, seen, np.nan) for plot, day, method, n, seen in rows))


def test_lesions_seen_today_scale_the_inoculum_and_nothing_seen_leaves_a_tenth():
    looked = counted((0, 100, "shoot", 100, 0.0), (1, 100, "shoot", 100, 10.0), (2, 100, "shoot", 100, 80.0))
    assert scouting.source_factor(looked, 4, 100)[:, 0, 0] == pytest.approx([0.1, 1.0, 3.0, 1.0])


def test_the_last_count_of_a_plot_is_the_one_that_tells():
    looked = counted((0, 50, "shoot", 100, 80.0), (0, 100, "shoot", 100, 0.0))
    assert scouting.source_factor(looked, 1, 100)[0, 0, 0] == pytest.approx(0.1)


def test_an_old_count_tells_less_and_traps_and_empty_rows_nothing():
    old = scouting.source_factor(counted((0, 55, "shoot", 100, 0.0)), 1, 100)[0, 0, 0]
    assert old == pytest.approx(1 - 0.9 / np.e)  # 45 days ago
    silent = counted((0, 100, "trap", 5, 3.0), (1, 100, "shoot", 100, np.nan))
    assert scouting.source_factor(silent, 2, 100)[:, 0, 0].tolist() == [1.0, 1.0]
    assert scouting.source_factor(pd.DataFrame(), 2, 100)[:, 0, 0].tolist() == [1.0, 1.0]
