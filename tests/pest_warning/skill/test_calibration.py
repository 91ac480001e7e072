import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from agro.errors import InputError
from pest_warning.skill import (
    Calibration,
    brier,
    brier_skill,
    calibrate,
    conformal_margin,
    conformal_margins,
    cross_validated,
    fit_blend,
    in_force,
)
from pest_warning.skill.logistic import ridge


def few_events(made, events):
    pairs = made(n=400)
    return pairs.assign(observed=np.arange(400) < events)


def test_below_30_events_there_is_only_the_percentile(made):
    assert calibrate(few_events(made, 29)) is None
    assert calibrate(few_events(made, 30)).events == 30
    assert calibrate(few_events(made, 371)) is None  # 29 times without
    assert fit_blend(few_events(made, 29)) is None


def test_sprayed_and_clean_plots_are_not_fitted(made):
    pairs = made(n=400, treated=True)
    assert calibrate(pairs) is None  # what is left came everywhere
    assert calibrate(pairs.assign(treated=None)).pairs == 400


def test_isotonic_regression_waits_for_200_events(made):
    with pytest.raises(InputError, match="more than 200 events; got 120") as error:
        calibrate(few_events(made, 120), method="isotonic")
    assert "200" in error.value.zh
    pairs = made(n=900)
    found = calibrate(pairs, method="isotonic").predict(pairs)
    expected = IsotonicRegression(out_of_bounds="clip").fit_transform(pairs["index"], pairs["observed"])
    assert found == pytest.approx(np.clip(expected, 0.005, 0.995))


def test_the_ridge_is_the_most_likely_of_a_normal_prior():
    rng = np.random.default_rng(0)
    x, sd = rng.normal(size=(200, 3)) * [1, 5, 0.3], np.array([3.0, 0.5, 1.0])
    came = rng.random(200) < expit(x @ [1.0, -0.2, 2.0] - 0.5)

    def cost(b):
        z = b[0] + x @ b[1:]
        return np.logaddexp(0, np.where(came, -z, z)).sum() + ((b[1:] / sd) ** 2).sum() / 2

    intercept, coefficients = ridge(x, came, sd)
    assert [intercept, *coefficients] == pytest.approx(minimize(cost, np.zeros(4), tol=1e-10).x, abs=1e-4)


def test_a_known_law_is_found_again(made):
    rng = np.random.default_rng(1)
    pairs = made(n=40_000)
    month = pairs["issued"].dt.month
    index = rng.lognormal(size=len(pairs))
    logits = -1.0 + 1.5 * np.log(index) + np.where(month == 7, 0.8, 0.0)
    pairs = pairs.assign(index=index, observed=rng.random(len(pairs)) < expit(logits))
    found = calibrate(pairs)
    assert found.slope == pytest.approx(1.5, abs=0.05)
    effects = found.groups["month"]
    assert effects["7"] - effects["4"] == pytest.approx(0.8, abs=0.1)
    assert np.abs(found.predict(pairs) - expit(logits)).max() < 0.04


def test_a_month_with_little_data_leans_on_the_others(made):
    pairs = made(n=600)
    july, rest = pairs[pairs["issued"].dt.month == 7][:6], pairs[pairs["issued"].dt.month != 7]
    seen = pd.concat([rest, july.assign(observed=True)])
    found = calibrate(seen)
    assert 0 < found.groups["month"]["7"] < 1.0  # 6 of 6 alone would say infinity
    december = pairs.assign(issued=pd.Timestamp("2020-12-01"))
    plain = expit(found.intercept + found.slope * (np.log(pairs["index"]) - found.centre))
    assert found.predict(december) == pytest.approx(np.clip(plain, 0.005, 0.995))


def test_altitude_bands_have_intercepts_where_they_are_known(made):
    pairs = made(n=4000)
    pairs["altitude_band"] = np.where(np.arange(4000) // 60 % 2, "high", "low")
    pairs["observed"] &= (pairs["altitude_band"] == "low") | (np.arange(4000) % 2 == 0)
    effects = calibrate(pairs).groups["altitude_band"]
    assert effects["low"] - effects["high"] > 0.5


def test_an_index_that_runs_the_wrong_way_gets_no_slope(made):
    pairs = made(n=800)
    found = calibrate(pairs.assign(index=1 / (0.01 + pairs["index"])))
    assert found.slope == 0


@settings(max_examples=20)
@given(seed=st.integers(0, 500), link=st.sampled_from(["log", "logit"]))
def test_risk_never_falls_as_the_index_rises(made, seed, link):
    pairs = made(n=300, seed=seed)
    pairs["index"] /= pairs["index"].max()
    found = calibrate(pairs, link=link)
    at = pd.DataFrame({"index": np.linspace(0, 1, 50), "issued": pd.Timestamp("2021-06-01")})
    p = found.predict(at)
    assert (np.diff(p) >= -1e-12).all()
    assert ((p >= 0.005) & (p <= 0.995)).all()
    assert np.isnan(found.predict(at.assign(index=np.nan))).all()


def test_a_calibration_goes_through_json(made):
    pairs = made(n=900)
    for method in ("platt", "isotonic"):
        found = calibrate(pairs, valid_from=date(2020, 3, 1), method=method)
        again = Calibration.from_dict(json.loads(json.dumps(found.to_dict())))
        assert again == found
        assert again.fingerprint == found.fingerprint
        np.testing.assert_array_equal(again.predict(pairs), found.predict(pairs))
    assert calibrate(pairs[1:], valid_from=date(2020, 3, 1)).fingerprint != found.fingerprint


def test_a_season_is_calibrated_on_what_ended_before_it(made):
    pairs = made(n=900)
    frozen = calibrate(pairs, valid_from=date(2016, 1, 1))
    assert frozen.years == (2010, 2011, 2012, 2013, 2014, 2015)
    later = pairs["target_end"] >= "2016-01-01"
    assert calibrate(pairs.assign(observed=pairs["observed"] ^ later), valid_from=date(2016, 1, 1)) == frozen


def test_the_calibration_in_force_is_the_last_one_begun(made):
    pairs = made(n=900)
    old, new = (calibrate(pairs, valid_from=date(year, 3, 1)) for year in (2018, 2019))
    assert in_force([new, old], date(2019, 2, 28)) is old
    assert in_force([new, old], date(2019, 3, 1)) is new
    assert in_force([new, old], date(2018, 2, 1)) is None


@pytest.mark.parametrize(("index", "link"), [(-1.0, "log"), (1.5, "logit")])
def test_an_index_has_to_suit_its_link(made, index, link):
    pairs = made(n=400)
    pairs["index"] = np.where(np.arange(400) == 0, index, 0.5)
    with pytest.raises(InputError, match="does not suit"):
        calibrate(pairs, link=link)
    with pytest.raises(ValueError, match="known are"):
        calibrate(pairs, method="beta")


@settings(max_examples=8)
@given(seed=st.integers(0, 200))
def test_a_pair_is_predicted_without_its_year_and_without_its_district(made, seed):
    pairs = made(n=500, years=4, districts=("A", "B", "C"), seed=seed)
    own = ((pairs["year"] == 2011) | (pairs["district"] == "B")).to_numpy()
    changed = pairs.assign(observed=pairs["observed"] ^ own)
    inside = ((pairs["year"] == 2011) & (pairs["district"] == "B")).to_numpy()
    before, after = (cross_validated(frame)[inside] for frame in (pairs, changed))
    np.testing.assert_array_equal(before, after)
    assert np.isfinite(before).all()


def test_one_district_can_leave_out_years_only(made):
    pairs = made(n=500, districts=("A",))
    assert np.isnan(cross_validated(pairs)).all()
    p = cross_validated(pairs, leave=("year",))
    assert brier_skill(p, pairs["observed"], 1 / 3) > 0.05


def test_an_index_of_noise_gains_nothing_when_tested_on_other_years(made):
    pairs = made(n=600, skill=1.0)
    noise = pairs.assign(index=np.random.default_rng(5).lognormal(size=600))
    p = cross_validated(noise, leave=("year",))
    assert brier_skill(p, noise["observed"], noise["observed"].mean()) < 0.02


def test_the_blend_trusts_what_is_right(made):
    rng = np.random.default_rng(2)
    n = 20_000
    usual, said = rng.beta(2, 4, n), rng.beta(2, 4, n)
    truth = expit(0.2 + 0.7 * logit(said) + 0.4 * logit(usual))
    pairs = made(n=n).assign(p=said, climatology=usual, observed=rng.random(n) < truth)
    found = fit_blend(pairs)
    assert (found.intercept, found.model, found.climatology) == pytest.approx((0.2, 0.7, 0.4), abs=0.06)
    assert brier(found.predict(pairs), pairs["observed"]) < min(
        brier(said, pairs["observed"]), brier(usual, pairs["observed"])
    )


def test_the_blend_leaves_a_model_without_skill(made):
    rng = np.random.default_rng(2)
    usual = rng.beta(2, 4, 20_000)
    pairs = made(n=20_000).assign(p=rng.beta(2, 4, 20_000), climatology=usual, observed=rng.random(20_000) < usual)
    assert fit_blend(pairs).model == pytest.approx(0, abs=0.05)
    inverse = fit_blend(pairs.assign(p=1 - usual, climatology=0.5))
    assert inverse.model == 0


def test_conformal_margins_hold_the_share_they_promise():
    # 9 errors at 80 %: the 8th smallest
    assert conformal_margin(np.arange(1, 10), 0.8) == 8
    assert conformal_margin([1.0, 2.0, 3.0], 0.8) == np.inf
    rng = np.random.default_rng(0)
    held = [abs(rng.normal()) <= conformal_margin(rng.normal(size=19), 0.8) for _ in range(4000)]
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


def test_conformal_margins_come_from_other_years():
    errors, year = np.r_[np.full(9, 1.0), np.full(9, 5.0)], np.repeat([2020, 2021], 9)
    assert conformal_margins(errors, year).tolist() == [5.0] * 9 + [1.0] * 9
