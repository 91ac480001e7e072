"""From observations to areas: the whole walk, what is told of each plot, and what is not judged and why."""

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from agro.errors import InputError
from remote_sensing.condition import alerts, areas, good_dates_of, judge
from remote_sensing.condition.areas import COLUMNS as AREA_COLUMNS
from remote_sensing.condition.judge import COLUMNS
from remote_sensing.condition.severity import relative_loss, severity
from tests.remote_sensing.condition.simulated import PASSES, orchard

FIRST = pd.Timestamp("2020-01-01")
YEARS = 4
ON = date(2020, 1, 1) + timedelta(days=5 * PASSES * (YEARS + 1) - 1)
GROUP = 20
CRS = "EPSG:32648"


def table_of(county, index="ndvi"):
    plot, at = np.nonzero(county.clear)
    return pd.DataFrame(
        {
            "plot": county.plots[plot],
            "time": (FIRST + pd.to_timedelta(at * 5, unit="D") + pd.Timedelta(hours=3)).tz_localize("UTC"),
            "scene": [f"S{k}" for k in at],
            "sensor": "sentinel2_l2a",
            "orbit": 118,
            "index": index,
            "median": county.values[plot, at],
            "n_valid": 30.0,
            "valid_fraction": 1.0,
            "near_cloud": 0.0,
            "small": False,
            "weight": 1.0,
        }
    )


def plots_of(county):
    names = county.plots
    shapes = [shapely.box(500_000 + 110 * k, 3_300_000, 500_000 + 110 * k + 100, 3_300_100) for k in range(len(names))]
    group = np.arange(len(names)) // GROUP
    return gpd.GeoDataFrame(
        {"plot": names, "group": [f"cultivar {k}" for k in group], "planted": 2010, "elevation": 300.0},
        geometry=shapes,
        crs=CRS,
    )


@pytest.fixture(scope="module")
def county():
    """Five groups of twenty; the first of each has lost 0.12 since the middle of the last year."""
    return orchard(100, YEARS, 0.35, seed=31, step=0.12)


@pytest.fixture(scope="module")
def walk(county):
    """Observations -> judge -> areas, as a service does it every day."""
    observations, plots = table_of(county), plots_of(county)
    judged = judge(observations, plots, ON)
    return observations, plots, judged, areas(judged, plots)


def test_every_plot_has_one_row_of_each_kind(walk, county):
    _, _, judged, _ = walk
    assert tuple(judged.columns) == COLUMNS
    assert judged.groupby("kind")["plot"].nunique().to_dict() == {"time": 100, "decline": 100, "neighbours": 100}
    assert len(judged) == 300
    assert set(judged["plot"]) == set(county.plots)


def test_plots_that_lost_a_tenth_are_found_with_onset_and_drop(walk, county):
    _, _, judged, _ = walk
    time = judged[(judged["kind"] == "time") & judged["plot"].isin(county.plots[::GROUP])]
    decline = judged[(judged["kind"] == "decline") & judged["plot"].isin(county.plots[::GROUP])]
    assert decline["found"].sum() >= 4
    found = time[time["found"]]
    assert len(found) >= 4
    begun = FIRST + pd.Timedelta(days=5 * (PASSES * YEARS + PASSES // 2))
    late = (found["since"] - begun).dt.days
    assert late.median() <= 60
    assert (late >= -40).all()  # a run that began before by chance may reach back a date or two
    assert found["drop"].median() == pytest.approx(0.12, abs=0.02)
    assert (found["z"] < -2).all()
    assert found["loss"].median() == pytest.approx(0.12 / (0.70 - 0.15), abs=0.06)


def test_few_healthy_plots_are_found(walk, county):
    _, _, judged, _ = walk
    healthy = judged[~judged["plot"].isin(county.plots[::GROUP])]
    assert healthy[healthy["rule"].isin(["A", "B"])]["plot"].nunique() <= 5  # of 95
    assert healthy[healthy["rule"] == "cusum"]["plot"].nunique() <= 7


def test_the_area_table_has_its_columns_the_plots_area_in_mu_and_the_stated_rate(walk):
    _, plots, judged, table = walk
    assert tuple(table.columns) == AREA_COLUMNS
    assert table.crs == plots.crs
    assert len(table) == judged["found"].sum()
    assert table["area_mu"].to_numpy() == pytest.approx(15.0)  # 100 m x 100 m
    assert (table["area_error_mu"] == 0).all()
    of_a = table[table["rule"] == "A"]["false_alarms"]
    of_a = of_a if len(of_a) else pd.Series([0.017])
    assert of_a.between(0.013, 0.021).all()  # four years: between 0.021 after three and 0.013 after five


def test_areas_of_nothing_are_an_empty_table(walk):
    _, plots, judged, _ = walk
    none = areas(judged.assign(found=False), plots)
    assert tuple(none.columns) == AREA_COLUMNS
    assert none.crs == plots.crs
    assert len(none) == 0


def test_a_loss_that_all_sisters_share_is_told_apart_and_flags_nobody(county):
    observations = table_of(county)
    late = observations["time"] >= pd.Timestamp(ON - timedelta(days=100), tz="UTC")
    hazy = observations.assign(median=observations["median"].mask(late, observations["median"] - 0.15))
    before, after = (judge(one, plots_of(county), ON) for one in (observations, hazy))
    quiet = ~after["plot"].isin(county.plots[::GROUP])
    assert after[quiet & (after["kind"] != "neighbours")]["found"].sum() <= before[quiet]["found"].sum() + 1
    assert after.loc[after["kind"] == "time", "common"].median() == pytest.approx(-0.15, abs=0.06)


def test_without_a_history_of_two_years_only_neighbours_are_judged_and_the_table_says_so(county):
    observations = table_of(county)
    recent = observations[observations["time"] >= pd.Timestamp(ON - timedelta(days=500), tz="UTC")]
    judged = judge(recent, plots_of(county), ON)
    assert (judged[judged["kind"] == "time"]["reason"] == "short_history").all()
    assert not judged[judged["kind"] != "neighbours"]["found"].any()
    assert (judged[judged["kind"] == "neighbours"]["reason"] == "").all()
    weakest = judged[judged["found"]]["plot"]
    assert set(weakest) & set(county.plots[::GROUP])
    rows = judged[judged["found"]].set_index("plot")
    assert (rows["rank"] <= 3).all()
    assert (rows["of"] == GROUP).all()


def test_pictures_that_are_comparable_within_themselves_only_rank_plots_among_similar_ones_and_no_more(county):
    observations = table_of(county)
    # each date with its own gain, as raw counts under another sky have
    gain = 1 + 0.2 * np.sin(observations["time"].dt.day_of_year.to_numpy())
    raw = observations.assign(sensor="four_band", relative=True, median=observations["median"] * gain)
    judged = judge(raw, plots_of(county), ON)
    assert not judged[judged["kind"] != "neighbours"]["found"].any()
    assert (judged[judged["kind"] == "time"]["reason"] == "no_observation").all()
    weakest = judged[judged["found"]]
    assert len(weakest) >= 3
    assert set(weakest["plot"]) <= set(county.plots[::GROUP])
    mixed = judge(pd.concat([observations.assign(relative=False), raw], ignore_index=True), plots_of(county), ON)
    plain = judge(observations, plots_of(county), ON)
    of_time = [one[one["kind"] != "neighbours"].reset_index(drop=True) for one in (mixed, plain)]
    pd.testing.assert_frame_equal(*of_time)


def test_a_replanted_plot_starts_anew_and_one_that_nobody_sees_says_so(county):
    observations = table_of(county)
    lost, gone = county.plots[0], county.plots[1]
    events = pd.DataFrame({"plot": [lost], "date": [ON - timedelta(days=300)], "kind": ["replanting"]})
    judged = judge(observations[observations["plot"] != gone], plots_of(county), ON, events).set_index(["plot", "kind"])
    assert judged.loc[(lost, "time"), "reason"] == "short_history"
    assert judged.loc[(gone, "time"), "reason"] == "no_observation"
    assert judged.loc[(gone, "neighbours"), "reason"] == "no_observation"


def test_work_in_the_farm_log_explains_a_drop_that_followed_it_and_no_other(county):
    observations, plots = table_of(county), plots_of(county)
    plain = judge(observations, plots, ON).set_index(["plot", "kind"])
    plot = next(p for p in county.plots[::GROUP] if plain.loc[(p, "time"), "found"])
    since, drop = (plain.loc[(plot, "time"), name] for name in ("since", "drop"))
    days = {
        "pruning": since - pd.Timedelta(days=3),
        "harvest": since - pd.Timedelta(days=3),
        "whitewash": since + pd.Timedelta(days=9),
    }
    last = plain.loc[(plot, "time"), "last_seen"]
    assert drop <= 0.15
    assert (last - days["pruning"]).days > 100  # so that pruning's 120 days decide
    events = pd.DataFrame({"plot": plot, "date": list(days.values()), "kind": list(days)})
    explained = judge(observations, plots, ON, events).set_index(["plot", "kind"]).loc[(plot, "time"), "explained_by"]
    allowed = {"work.pruning"} if (last - days["pruning"]).days <= 120 else set()
    assert set(explained) == allowed  # harvest is too small a cause, whitewash came after


def test_a_stage_explains_a_small_dip_within_it():
    from remote_sensing.condition.innocent import explained

    found = pd.DataFrame(
        {
            "plot": ["a", "b", "c"],
            "since": pd.to_datetime(["2025-10-05", "2025-10-05", "2025-07-01"]),
            "last_seen": pd.to_datetime(["2025-10-25"] * 3),
            "drop": [0.05, 0.20, 0.05],
        }
    )
    stages = pd.DataFrame(
        {"plot": ["a", "b", "c"], "stage": "colouring", "start": date(2025, 9, 20), "end": date(2025, 11, 30)}
    )
    assert list(explained(found, None, stages)) == [("stage.colouring",), (), ()]
    assert list(explained(found, None, None)) == [(), (), ()]


def test_later_observations_are_not_known_yet(walk, county):
    observations, plots, *_ = walk
    day = ON - timedelta(days=30)
    early = judge(observations, plots, day)
    cut = judge(observations[observations["time"] < pd.Timestamp(day + timedelta(days=1), tz="UTC")], plots, day)
    pd.testing.assert_frame_equal(early, cut)


def test_what_is_open_closes_once_two_good_dates_have_come(walk, county):
    observations, plots, _, table = walk
    open_, *_ = alerts(None, table, ON)
    open_ = open_.assign(id=[f"A{k}" for k in range(len(open_))])
    later = ON + timedelta(days=60)
    healed = county.values.copy()
    # the year after, without the step: as the year before it
    more = table_of(type(county)(healed[:, -PASSES:], county.clear[:, -PASSES:], county.group))
    more["time"] += pd.Timedelta(days=5 * PASSES * (YEARS + 1))
    more = more[more["time"] <= pd.Timestamp(later, tz="UTC")]
    judged = judge(pd.concat([observations, more]), plots, later)
    good = good_dates_of(open_, judged)
    _, _, closed = alerts(open_, areas(judged, plots), later, good)
    over = set(judged[(judged["kind"] == "time") & (judged["good_dates"] >= 2)]["plot"]) & set(open_["plot"])
    again = set(judged[judged["found"]]["plot"])
    assert over - again <= set(closed["plot"])
    assert len(closed) >= 1


def test_a_fall_of_nbr_makes_a_found_plot_severe(county):
    observations, plots = table_of(county), plots_of(county)
    lost = county.plots[::GROUP]
    begun = FIRST.tz_localize("UTC") + pd.Timedelta(days=5 * (PASSES * YEARS + PASSES // 2))
    mild = observations["plot"].isin(lost) & (observations["time"] >= begun)
    # some of what was lost is given back, so that the loss alone is no severe one
    rows = observations.assign(median=observations["median"].mask(mild, observations["median"] + 0.05))
    burnt = rows.assign(index="nbr", median=rows["median"].mask(mild, rows["median"] - 0.2))
    alone, together = (judge(one, plots, ON) for one in (rows, pd.concat([rows, burnt], ignore_index=True)))
    was = alone[(alone["kind"] == "time") & alone["rule"].isin(["A", "cusum"]) & alone["plot"].isin(lost)]
    now = together[together["kind"] == "time"].set_index("plot").loc[was["plot"]]
    assert len(was) >= 1
    assert (was["severity"] == 2).any()
    assert (now["severity"] == 3).all()


def test_a_table_without_needed_columns_is_refused():
    with pytest.raises(InputError, match="valid_fraction") as refused:
        judge(
            pd.DataFrame(
                {"plot": ["a"], "time": [pd.Timestamp("2025-01-01")], "sensor": "s", "index": "ndvi", "median": 0.5}
            ),
            pd.DataFrame({"plot": ["a"], "x": [0.0], "y": [0.0]}),
            ON,
        )
    assert "观测表" in refused.value.zh


@pytest.mark.parametrize(
    ("rule", "loss", "share", "nbr", "expected"),
    [
        ("watch", 0.5, 0.0, 0.0, 1),
        ("A", 0.05, 0.0, 0.0, 2),
        ("A", 0.26, 0.0, 0.0, 3),
        ("B", 0.05, 0.0, 0.0, 3),
        ("cusum", 0.05, 0.0, 0.0, 1),
        ("cusum", 0.15, 0.0, 0.0, 2),
        ("patch", 0.05, 0.10, 0.0, 2),
        ("patch", 0.05, 0.31, 0.0, 3),
        ("patch", np.nan, 0.01, 0.16, 3),
    ],
)
def test_severity_follows_rule_loss_share_and_burn(rule, loss, share, nbr, expected):
    assert severity([rule], [loss], [share], [nbr])[0] == expected


def test_loss_is_a_share_of_what_stands_above_bare_ground():
    assert float(relative_loss(0.11, 0.70, "ndvi")) == pytest.approx(0.2)
    assert np.isnan(relative_loss(0.11, 0.18, "ndvi"))
    assert np.isnan(relative_loss(0.5, 3.0, "cire"))
