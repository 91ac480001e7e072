"""Fits of the sample county: truths that were hidden, plots that were kept back, blooms that were seen."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from agro.errors import MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import fit, fit_county, fit_scores, fit_store, observations, sample_observations
from app.services.platform import open_platform

AGRONOMIST = Viewer("a", "示例农技员", Role.AGRONOMIST)


@pytest.fixture(scope="module")
def county(demo_home):
    platform = open_platform(demo_home)
    yield platform
    platform.store.close()


@pytest.fixture
def county_copy(demo_copy):
    platform = open_platform(demo_copy)
    yield platform
    platform.store.close()


@pytest.fixture(scope="module")
def noted(county):
    return county.store.observations(EVERYTHING)


@pytest.fixture(scope="module")
def scores(county):
    return fit_county.scores(OPERATOR, county)[1]


def grower(platform, farm):
    return Viewer("g", "示例果农", Role.GROWER, farms=(farm,))


def test_forty_plots_are_observed_and_all_of_it_is_marked_as_invented(noted):
    assert noted["plot"].nunique() == 40
    assert noted["synthetic"].all()
    assert {"bloom_65", "diameter", "tss", "ta", "yield", "soil_moisture"} == set(noted["kind"])
    assert 0.2 < (noted.loc[noted["kind"] == "bloom_65", "evidence"] == "said").mean() < 0.5


def test_about_twelve_plots_are_kept_back_and_fitted_by_nobody(county, noted, scores):
    back = [fit_county.held_out(*row) for row in noted[["farm_name", "name"]].drop_duplicates().to_numpy()]
    assert 9 <= sum(back) <= 15
    assert set(scores["held_out"]) == {sum(back)}
    fitted = set(fit_store.read(county, "posterior", fit_store.newest(county))["plot"])
    names = noted.drop_duplicates("plot").set_index("plot")[["farm_name", "name"]]
    assert not any(fit_county.held_out(*names.loc[plot]) for plot in fitted)
    assert len(fitted) == 40 - sum(back)


def test_the_80_percent_range_holds_eight_of_ten_readings_of_plots_kept_back(scores):
    # readings of one plot err together: each plot counts as one case of a binomial
    for row in scores.to_dict("records"):
        assert row["low"] <= 0.8 <= row["high"], row
    inside, cases, plots = (scores["share"] * scores["n"]).sum(), scores["n"].sum(), int(scores["plots"].max())
    low, high = (bound / plots for bound in binom.interval(0.999, plots, 0.8))
    assert low <= inside / cases <= high


def test_hidden_truths_lie_inside_the_ranges_of_the_fits(county, noted):
    truths = json.loads((county.home / "sample" / "observations_truth.json").read_text(encoding="utf-8"))["plots"]
    found = fit_store.read(county, "posterior", fit_store.newest(county))
    names = noted.drop_duplicates("plot").set_index("plot")
    spread = found.groupby(["plot", "parameter"])["value"].quantile([0.1, 0.9]).unstack()
    inside = [
        low <= truths[f"{names.loc[plot, 'farm_name']}/{names.loc[plot, 'name']}"][parameter] <= high
        for (plot, parameter), (low, high) in zip(spread.index, spread.to_numpy(), strict=True)
    ]
    plots = spread.index.get_level_values("plot").nunique()
    low, high = binom.interval(0.999, plots, 0.8)  # parameters of one plot are found or missed together
    assert low / plots <= np.mean(inside) <= high / plots


def test_the_fit_beats_the_usual_day_of_the_county(scores):
    by_kind = scores.set_index("kind")
    for kind in ("diameter", "bloom_65"):
        assert by_kind.loc[kind, "against_climatology"] > 0
        assert by_kind.loc[kind, "n_climatology"] >= 20


def test_the_sample_county_says_the_same_each_time(county, tmp_path):
    before = (county.home / "sample" / "observations.csv").read_bytes()
    assert sample_observations.make(county, tmp_path).read_bytes() == before


def test_models_stay_marked_as_uncalibrated_while_readings_are_invented(county, noted):
    found = fit.of_plot(OPERATOR, county, noted["plot"].iloc[0])
    assert found.evidence == "none"
    assert found.synthetic


def test_a_fit_brings_the_model_to_the_readings(county, noted):
    plot = noted.loc[noted["kind"] == "diameter", "plot"].iloc[-1]
    found = fit.of_plot(OPERATOR, county, plot).misfit.set_index("kind")
    assert found.loc["diameter", "after"] <= max(found.loc["diameter", "before"], 1.5)
    assert {"prior", "fitted"} == set(fit.of_plot(OPERATOR, county, plot).fans["which"])


def test_a_bloom_that_was_seen_restarts_the_clock_and_leaves_the_other_line(county_copy):
    noted = county_copy.store.observations(EVERYTHING)
    plots = county_copy.store.plots(EVERYTHING)
    plot = plots[(plots["cultivar"] == "navel") & ~plots["id"].isin(noted["plot"])].iloc[0]
    who = grower(county_copy, plot["farm"])
    with pytest.raises(MissingDataError):
        fit.of_plot(who, county_copy, plot["id"])
    seen = date(2026, 4, 24)
    fit.note_bloom(who, county_copy, plot["id"], seen)
    found = fit.of_plot(who, county_copy, plot["id"])
    bloom = found.biofix.set_index("event").loc["65"]
    assert found.seen == seen
    assert bloom["restarted_p50"] == pd.Timestamp(seen)
    assert bloom["restarted_p10"] == bloom["restarted_p90"]
    assert bloom["alone_p50"] != bloom["restarted_p50"]
    assert set(found.lines["which"]) == {"alone", "restarted"}
    assert set(found.blooms["which"]) == {"prior", "fitted", "seen"}
    assert found.moved["parameter"].tolist() == ["bloom.requirement"]


def test_a_diameter_of_today_moves_the_forecast_of_the_same_day(county_copy):
    noted = county_copy.store.observations(EVERYTHING)
    plot = noted.loc[noted["kind"] == "diameter", "plot"].iloc[0]
    before = fit.of_plot(OPERATOR, county_copy, plot)
    fan = before.fans[(before.fans["variable"] == "diameter") & (before.fans["which"] == "fitted")].set_index("time")
    now = float(fan["p50"].asof(pd.Timestamp(before.issued)))
    observations.add(
        OPERATOR, county_copy, plot=plot, kind="diameter", date=before.issued, value=round(0.9 * now, 1), n=30
    )
    after = fit.of_plot(OPERATOR, county_copy, plot).reading
    assert after["date"] == before.issued
    assert after["after"][1] < after["before"][1]
    assert after["after"][2] - after["after"][0] < after["before"][2] - after["before"][0]
    assert after["later_after"][1] < after["later_before"][1] - 1


def test_nobody_sees_or_notes_for_the_plot_of_another_farm(county, noted):
    mine, other = noted["farm"].iloc[0], noted.loc[noted["farm"] != noted["farm"].iloc[0], "plot"].iloc[0]
    with pytest.raises(NotFoundError):
        fit.of_plot(grower(county, mine), county, other)
    with pytest.raises(NotFoundError):
        fit.note_bloom(grower(county, mine), county, other, date(2026, 4, 10))


def test_an_agronomist_looks_and_does_not_note(county, noted):
    assert fit.of_plot(AGRONOMIST, county, noted["plot"].iloc[0]).counts
    with pytest.raises(NotAllowedError):
        fit.note_bloom(AGRONOMIST, county, noted["plot"].iloc[0], date(2026, 4, 10))


def test_sums_are_for_officials_and_fits_for_those_who_may_compute(county, noted):
    official = Viewer("o", "示例县农业科", Role.OFFICIAL)
    assert len(fit_county.scores(official, county)[1])
    with pytest.raises(NotAllowedError):
        fit.of_plot(official, county, noted["plot"].iloc[0])
    with pytest.raises(NotAllowedError):
        fit_county.scores(Viewer("s", "商", Role.SUPPLIER), county)
    with pytest.raises(NotAllowedError):
        fit_county.run(grower(county, noted["farm"].iloc[0]), county)


def test_a_county_without_readings_says_how_to_bring_them(small_home):
    platform = open_platform(small_home)
    with pytest.raises(MissingDataError, match="citrus import observations"):
        fit_county.run(OPERATOR, platform)
    assert fit_county.scores(OPERATOR, platform)[0] is None
    platform.store.close()


def test_the_interval_of_a_share_is_that_of_clopper_and_pearson():
    # 8 of 10: 0.4439 to 0.9748, Clopper and Pearson 1934, as in any table of exact binomial limits
    assert fit_scores.by_plots(0.8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert fit_scores.by_plots(1.0, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
