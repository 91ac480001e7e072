"""Scores of parameters against the groups' own draws, and pooling against sums by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.parameters import Parameter
from growth_model.calibration import Prior, SiteYears, plot_prior
from growth_model.calibration.prior import pool_weights, season_alone
from growth_model.crop import PARAMETERS
from growth_model.cultivar import Z_80, load, names, perturbed

POOL = {
    "site_years": 3.0, "distance": 10.0, "height_difference": 100.0,
    "plot_share": 0.3, "year_share": 0.25, "slope_sd": 0.2,
}  # fmt: skip


def of(low, value, high, unit):
    return Prior.from_parameters({"x": Parameter(value, unit, "hand", "judgement", low, high)})


@pytest.mark.parametrize("key", names())
def test_scores_stand_for_the_values_that_the_group_draws(key):
    cultivar = load(key)
    prior = Prior.of(cultivar)
    rows = perturbed(cultivar, 64)[:, [PARAMETERS.index(name) for name in prior.names]]
    scores = prior.scores(rows)
    np.testing.assert_allclose(scores[0], 0, atol=1e-12)
    np.testing.assert_allclose(prior.values(scores), rows, rtol=1e-12)
    assert np.abs(scores).max() < 2.5 + 1e-9
    # half of the draws lie below the value and eight in ten between the bounds
    assert (scores[1:] < 0).mean(axis=0) == pytest.approx(0.5, abs=0.05)
    assert (np.abs(scores[1:]) < Z_80).mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("prior", "score", "value"),
    [
        (of(2.0, 4.0, 16.0, "d"), 0.0, 4.0),
        (of(2.0, 4.0, 16.0, "d"), -Z_80, 2.0),
        (of(2.0, 4.0, 16.0, "d"), Z_80, 16.0),
        (of(2.0, 4.0, 16.0, "d"), 2 * Z_80, 64.0),  # each step up is a factor of four
        (of(-1.0, 0.0, 3.0, "degC"), 2 * Z_80, 6.0),
        (of(-1.0, 0.0, 3.0, "degC"), -2 * Z_80, -2.0),
    ],
)
def test_each_side_of_the_value_has_its_own_width(prior, score, value):
    assert prior.values([[score]])[0, 0] == pytest.approx(value)
    assert prior.scores([[value]])[0, 0] == pytest.approx(score)


@given(st.floats(-4, 4))
def test_scores_come_back_and_positive_numbers_stay_positive(score):
    prior = of(0.003, 0.005, 0.009, "d-1")
    value = prior.values([[score]])
    assert value[0, 0] > 0
    assert prior.scores(value)[0, 0] == pytest.approx(score, abs=1e-9)


def test_draws_are_those_of_a_standard_normal():
    scores = Prior.of(load("navel"), ("fruit.growth", "sugar.rate")).draw(1000, seed=3)
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(scores.std(axis=0), 1, atol=0.03)
    assert (np.abs(scores) <= 4).all()


def test_crop_rows_take_the_values_and_keep_the_corners_in_order():
    navel = load("navel")
    prior = Prior.of(navel, ("warmth.optimum_from", "warmth.optimum_to", "acid.rate"))
    rows = prior.rows(navel, np.array([[31.0, 29.0, 0.006]]))
    corners = [PARAMETERS.index(f"warmth.{name}") for name in ("lower", "optimum_from", "optimum_to", "upper")]
    assert rows[0, corners].tolist() == sorted([navel.row[corners[0]], 31.0, 29.0, navel.row[corners[3]]])
    assert rows[0, PARAMETERS.index("acid.rate")] == 0.006
    changed = {*corners, PARAMETERS.index("acid.rate")}
    others = [k for k in range(len(PARAMETERS)) if k not in changed]
    np.testing.assert_array_equal(rows[0, others], navel.row[others])


def test_a_number_without_bounds_is_not_calibrated():
    with pytest.raises(ValueError, match=r"maturity\.ratio_ripe"):
        Prior.of(load("navel"), ("maturity.ratio_ripe",))


def seasons(plots, scores, sd=0.5, elevation=300.0, distance=0.0):
    count = len(plots)
    return SiteYears(
        np.array(plots),
        np.array(scores, float),
        np.full(count, sd),
        np.full(count, elevation),
        np.full(count, distance),
    )


def test_without_seasons_a_plot_has_the_prior_of_its_cultivar():
    assert plot_prior("North", 300.0, seasons([], []), POOL) == (0.0, 1.0)


def test_a_plots_own_seasons_weigh_as_by_hand():
    # long-run part 0.75 of the variance; a season errs by 0.25 (sd 0.5) and 0.25 (year): gain 0.75 / 1.25
    mean, sd = plot_prior("North", 300.0, seasons(["North"], [1.0]), POOL)
    assert (mean, sd) == (pytest.approx(0.6), pytest.approx(np.sqrt(1 - 0.6 * 0.75)))
    # three: precision 1 / 0.75 + 3 / 0.5, and the coming year's 0.25 on top
    mean, sd = plot_prior("North", 300.0, seasons(["North"] * 3, [1.0] * 3), POOL)
    assert (mean, sd) == (pytest.approx(6 / (4 / 3 + 6)), pytest.approx(np.sqrt(1 / (4 / 3 + 6) + 0.25)))


def test_no_pool_counts_more_than_three_site_years():
    three = plot_prior("North", 300.0, seasons(["North"] * 3, [1.0] * 3), POOL)
    many = plot_prior("North", 300.0, seasons(["North"] * 60, [1.0] * 60), POOL)
    assert many == pytest.approx(three)


def test_a_neighbour_tells_less_than_the_plot_and_a_far_plot_nothing():
    own, beside, far, high = (
        plot_prior("North", 300.0, seasons([name], [1.0], distance=distance, elevation=elevation), POOL)
        for name, distance, elevation in (
            ("North", 0.0, 300.0), ("South", 1.0, 300.0), ("South", 11.0, 300.0), ("South", 1.0, 405.0)
        )
    )  # fmt: skip
    assert own[0] > beside[0] > 0
    assert own[1] < beside[1] < 1
    assert far == high == (0.0, 1.0)


def test_a_season_alone_is_the_posterior_without_its_prior():
    # prior N(0.2, 1), a season's own N(1, 0.5^2): precision 5, mean (0.2 + 4) / 5
    score, sd = season_alone(np.array([4.2 / 5, 0.2]), np.array([np.sqrt(0.2), 1.0]), 0.2, 1.0)
    np.testing.assert_allclose(score, [1.0, 0.2])
    np.testing.assert_allclose(sd, [0.5, np.inf])


def test_a_season_that_told_nothing_weighs_nothing():
    assert plot_prior("North", 300.0, seasons(["North"], [0.0], sd=np.inf), POOL) == (0.0, 1.0)


def test_the_shipped_pool_ends_at_ten_kilometres_and_a_hundred_metres():
    np.testing.assert_array_equal(pool_weights(np.array([0.0, 10.0, 0.0]), np.array([0.0, 0.0, -100.0])), [1, 0, 0])
