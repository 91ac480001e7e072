"""The outlook of the sample county, as its users would look at it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR
from agro.terrain.sites import each_place, through_sites
from app.services import daily_run, ground, growth_run, outlooks, summaries
from app.services.crop_rows import CropRows
from app.services.platform import open_platform
from app.services.preparation import prepare
from growth_model.stages import EVENTS

SPREADS = ("bloom", "diameter", "expansion", "diameter30", "tss", "tss30", "ta", "ratio", "delay")


@pytest.fixture(scope="module")
def home(demo_home):
    return open_platform(demo_home)


@pytest.fixture(scope="module")
def county(home):
    return outlooks.county(OPERATOR, home)


def test_every_plot_has_its_outlook_with_its_spread(county):
    assert len(county) >= 60
    for name in SPREADS:
        low, middle, high = (county[f"{name}_{level}"] for level in ("p10", "p50", "p90"))
        assert middle.notna().all(), name
        assert ((low <= middle) & (middle <= high)).all(), name
    assert (county["evidence"] == "none").all()
    assert county["synthetic"].astype(bool).all()


def test_navels_higher_up_bloom_two_to_four_days_later_each_hundred_metres(county):
    navels = county[county["cultivar"] == "navel"]
    slope = np.polyfit(navels["elevation"], navels["bloom_p50"].map(pd.Timestamp.toordinal), 1)[0] * 100
    assert 2 <= slope <= 4


def test_the_causes_of_a_delay_sum_to_it_and_height_is_the_first_of_them(county):
    causes = county[["delay_elevation", "delay_sun", "delay_cold"]]
    assert causes.sum(axis=1).to_numpy() == pytest.approx(county["delay_p50"].to_numpy(), abs=1e-6)
    high = county["elevation"] > 400
    assert (causes.loc[high, "delay_elevation"] > causes.loc[high, "delay_sun"].abs()).mean() > 0.9


def test_a_plots_page_says_what_the_map_says(home, county):
    for row in county.iloc[[0, 20, 60]].itertuples():
        page = outlooks.plot_outlook(OPERATOR, home, row.id)
        fans = page.fans.set_index(["variable", "time"])
        for name, close in (("diameter", 0.3), ("tss", 0.1), ("ta", 0.05)):
            assert fans.loc[(name, page.issued), "p50"] == pytest.approx(getattr(row, f"{name}_p50"), abs=close)
        bloom = page.timeline.set_index(["organ", "event"]).loc[("bud", "65"), "p50"]
        assert abs((bloom - row.bloom_p50.date()).days) <= 1
        assert len(page.fans[page.fans["variable"] == "diameter"]) == 31
        assert page.limits
        assert page.sources


def test_stages_follow_one_another(home, county):
    page = outlooks.plot_outlook(OPERATOR, home, county["id"].iloc[5])
    for organ in ("bud", "fruit"):
        stages = page.timeline[page.timeline["organ"] == organ].sort_values("code")
        assert stages["p50"].dropna().is_monotonic_increasing


def test_a_grower_sees_only_their_own_and_others_do_not_exist_for_them(home, county):
    grower = home.store.viewer_of("grower")
    own = outlooks.county(grower, home)
    assert 0 < len(own) < len(county)
    assert set(own["farm"]) == set(grower.farms)
    foreign = county.loc[~county["farm"].isin(grower.farms), "id"].iloc[0]
    with pytest.raises(Exception, match="no plot"):
        outlooks.plot_outlook(grower, home, foreign)


def test_an_official_gets_no_plot_and_a_supplier_starts_no_run(home):
    with pytest.raises(NotAllowedError):
        outlooks.county(home.store.viewer_of("official"), home)
    with pytest.raises(NotAllowedError):
        daily_run.run(Viewer("x", "x", Role.SUPPLIER), home)


def test_a_day_without_observations_is_refused(home):
    with pytest.raises(InputError, match="outside the observed weather"):
        daily_run.run(OPERATOR, home, on=date(2031, 1, 1))


@pytest.fixture(scope="module")
def places(home):
    """Plots of the county, and what a run needs for them."""
    return prepare(home, None, members=24)


@pytest.fixture(scope="module")
def both_ways(places):
    """Dates of the growing crop (plot, member, event), of each plot run itself and read from shared sites."""
    plain, horizons = places.plots_themselves.assign(fitted=""), places.horizons[-len(places.plots) :]
    priors = CropRows(24, {})
    own, shared = (make(plain, daily_run.GROUPS, carried=daily_run.CARRIED) for make in (each_place, through_sites))
    return [
        made.at_places(
            growth_run.grow(
                places.observed, places.future, made.table, places.latitude, priors, lambda *_: None, around, shown=()
            ).dates,
            len(plain),
        )[:, :, 1]
        for made, around in ((own, horizons), (shared, None))
    ]


def test_bloom_read_from_sites_is_that_of_each_plot_run_itself(both_ways):
    bloom = np.abs(both_ways[0] - both_ways[1])[:, :, EVENTS.index("65")]
    assert np.nanpercentile(bloom, 95) < 0.2


def off(both_ways):
    return np.abs(both_ways[0] - both_ways[1])[:, :, EVENTS.index("ratio_12")]


def test_ratio_12_read_from_sites_is_mostly_within_hours(both_ways):
    assert np.nanmedian(off(both_ways)) < 0.3
    assert np.nanpercentile(off(both_ways), 80) < 1.0


def test_the_cultivars_ripeness_read_from_sites_is_within_a_day_in_95_of_100_plots(both_ways):
    ripe = (both_ways[0] - both_ways[1])[:, :, EVENTS.index("ripe")]
    assert np.nanpercentile(np.abs(ripe[:, 0]), 95) < 1.0  # the median of the parameters
    assert np.nanpercentile(np.abs(np.nanmean(ripe, axis=1)), 90) < 1.0  # all members of a plot together


@pytest.mark.xfail(
    strict=True,
    raises=AssertionError,
    reason="1.5 to 2 d: sugar over acid turns flat in winter, and a carbon-starved tree fails at one height and not "
    "at the next; half the steps of the sites and their mean horizon would bring it near 1 d",
)
def test_ratio_12_of_single_members_read_from_sites_is_within_a_day_in_95_of_100(both_ways):
    assert np.nanpercentile(off(both_ways), 95) < 1.0


def test_a_member_without_a_date_counts_as_late():
    days = np.array([[10.0, 20.0, np.nan, 30.0, np.nan]])
    low, middle, high = summaries.date_quantiles(days, axis=1)[:, 0]
    assert (low, middle) == (pytest.approx(14.0), 30.0)
    assert np.isnan(high)


def test_the_valley_floor_is_the_lowest_tenth_of_the_floors_below_the_plots(home):
    plots = home.store.plots(EVERYTHING)
    terrain = ground.of_plots(home, plots)
    floor = ground.valley_elevation(terrain)
    assert (terrain["valley_floor"] < floor).mean() == pytest.approx(0.1, abs=0.03)
    assert floor < float(terrain["elevation"].median())


def test_an_official_sees_sums_of_at_least_five_growers_only(home, county):
    told = outlooks.regional(home.store.viewer_of("official"), home)
    whole = told.table.iloc[0]
    assert whole["plots"] == len(county)
    assert whole["area_mu"] == pytest.approx(county["area"].sum() / (10_000 / 15), abs=0.1)
    assert (told.table["growers"] >= 5).all()
    assert len(told.table) - 1 + told.hidden >= county["township"].nunique()
    with pytest.raises(NotAllowedError):
        outlooks.regional(home.store.viewer_of("grower"), home)
