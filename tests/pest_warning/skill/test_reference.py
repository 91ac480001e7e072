import numpy as np
import pandas as pd
import pytest

from pest_warning.skill import Gauge, gauge, paired_return


def trials(made, n, right, districts=("Wuxi",), **columns):
    """Return `n` plots in as many seasons of ten years, of which `right` were called rightly."""
    came = np.arange(n) % 2 == 0
    said = came ^ (np.arange(n) >= right)
    return made(n=n, districts=districts).assign(plot=[str(i) for i in range(n)], said=said, observed=came, **columns)


def test_an_empty_gauge_says_whose_bar_it_is():
    empty = Gauge()
    assert (empty.needed, empty.bar, empty.min_hits, empty.return_bar) == (200, 0.8, 170, 35)
    assert not empty.reached
    assert empty.return_reached is None
    assert "soybean in Argentina" in empty.sentence("en")
    assert "not evidence" in empty.sentence("en")
    assert "0 of 200" in empty.sentence("en")
    assert "阿根廷大豆" in empty.sentence("zh")
    assert "不是本地柑橘的证据" in empty.sentence("zh")
    assert "0/200" in empty.sentence("zh")


@pytest.mark.parametrize("columns", [{"synthetic": True}, {"treated": True}, {"treated": None}])
def test_invented_and_sprayed_plots_do_not_fill_it(made, columns):
    found = gauge(trials(made, 200, 200, **columns))
    assert (found.trials, found.left_out) == (0, 200)
    assert not found.reached


def test_clustered_trials_count_for_less(made):
    # 200 plots in 10 years of one district, 20 each: 200 / (1 + 19 * 0.3)
    found = gauge(trials(made, 200, 180))
    assert (found.trials, found.correct, found.clusters) == (200, 180, 10)
    assert found.n_eff == pytest.approx(200 / 6.7)
    assert found.share == 0.9
    assert not found.reached
    for language in ("en", "zh"):
        assert "30" in found.sentence(language)
        assert "90%" in found.sentence(language)


def test_many_independent_trials_pass(made):
    pairs = trials(made, 400, 360).assign(district=[str(i) for i in range(400)])
    found = gauge(pairs)
    assert found.n_eff == 400
    assert found.reached
    assert "passed" in found.sentence("en")
    assert not gauge(pairs.assign(said=lambda t: t["said"] ^ (np.arange(400) < 40))).reached  # 80 %


def test_a_plot_seen_often_in_a_season_is_one_trial(made):
    one = trials(made, 4, 3)
    often = pd.concat([one] * 12)
    found = gauge(often)
    assert (found.trials, found.correct) == (4, 3)
    halves = gauge(pd.concat([one, one.assign(said=~one["said"])]))
    assert (halves.trials, halves.correct) == (4, 2)


def test_accuracy_is_not_enough_where_events_are_rare(made):
    pairs = trials(made, 300, 300).assign(said=False, observed=np.arange(300) < 15)
    found = gauge(pairs)
    assert found.share == 0.95
    assert not found.accuracy_tells
    assert "5%" in found.sentence("en")
    assert "说明不了问题" in found.sentence("zh")


def test_trials_that_the_share_seen_would_need():
    # 1.645^2 * 0.8 * 0.2 / 0.05^2 = 173
    assert Gauge(trials=100, correct=85, n_eff=100).trials_needed == 174
    assert Gauge(trials=100, correct=80, n_eff=100).trials_needed == -1


def test_a_return_is_stated_when_it_was_observed_on_20_pairs(made):
    ours, standard = np.full(20, 120.0), np.full(20, 100.0)  # 20 yuan a mu, 300 a ha, USD 41.7
    seen = gauge(trials(made, 10, 9), paired_return(ours, standard, observed=True))
    assert seen.return_usd_per_ha == pytest.approx(41.67, abs=0.01)
    assert seen.return_reached
    assert "42" in seen.sentence("en")
    few = gauge(trials(made, 10, 9), paired_return(ours[:19], standard[:19], observed=True))
    assert few.return_reached is None
    assert "19 of 20" in few.sentence("en")
    invented = gauge(trials(made, 10, 9), paired_return(ours, standard, observed=False))
    assert invented.return_usd_per_ha is None


def test_35_dollars_a_hectare_are_about_17_yuan_a_mu():
    assert gauge_usd(17.0) == pytest.approx(35, abs=0.6)


def gauge_usd(yuan_per_mu):
    nothing = pd.DataFrame({"synthetic": np.array([], bool), "treated": np.array([], bool)})
    return gauge(nothing, {"kind": "observed", "n": 20, "yuan_per_mu": yuan_per_mu}).return_usd_per_ha
