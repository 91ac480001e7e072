"""Scores, calibrations and verdicts of two planted organisms: one that knows, one that only guesses."""

import shutil
from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest

from agro.errors import MissingDataError, NotAllowedError
from agro.farm import Count, Role, Viewer
from agro.store.ids import uuid7
from agro.store.rights import EVERYTHING, OPERATOR
from app.services.pests import skill, standing
from app.services.platform import open_platform
from pest_warning import outlook
from pest_warning.outlook import HIGH, LOW, MEDIUM, NOTHING

YEARS = range(2014, 2024)
KNOWS, GUESSES = "red_mite", "rust_mite"
WAYS = {KNOWS: ("leaf", 900), GUESSES: ("lens", 900)}


def issue_days(year):
    return [date(year, 2, 20) + timedelta(days=15 * k) for k in range(18)]


def came(rng, day):
    """Return whether the mites came: mostly in the second half of the season, whatever anybody said."""
    return rng.random() < (0.8 if day.month >= 7 else 0.1)


def table(rows):
    """Return an outlook table of (plot, organism, share)."""
    made = pd.DataFrame(rows, columns=["plot", "organism", "share"]).assign(
        horizon=15, index=1.0, unit="leaf-1", weather_low=0.5, weather_high=2.0, calibration="percentile",
        demoted=False, share_low=lambda all: all["share"], share_high=lambda all: all["share"], p=np.nan, p_lo=np.nan,
        p_hi=np.nan, event="threshold",
    )  # fmt: skip
    made["level"] = outlook.level_by_share(made["share"], False)
    return made.reindex(columns=list(outlook.COLUMNS))


def plant(platform, years, seed=0, weather="years", synthetic=False, treated=None):
    """Keep replays and counts of some years; the counts of a year do not hang on which years are planted."""
    plots = list(platform.store.plots(EVERYTHING)["id"])
    for year in years:
        rng = np.random.default_rng([seed, year])
        counts = []
        for day in issue_days(year):
            rows = []
            for plot, (organism, (method, most)) in product(plots, WAYS.items()):
                event = came(rng, day)
                share = (0.7 if event else 0.2) + 0.2 * rng.random() if organism == KNOWS else rng.random()
                rows.append((plot, organism, share))
                seen = day + timedelta(days=15)
                counts.append(Count(uuid7(), plot, organism, seen, method, 100, None, most if event else 0,
                                    treated=treated, synthetic=synthetic))  # fmt: skip
            if weather == "issued":
                run = platform.store.start_run(day)
                platform.store.save_pests(run, day, table(rows))
                platform.store.finish_run(run)
            else:
                platform.store.save_replay(day, weather, table(rows))
        platform.store.add_counts(counts)


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    yield platform
    platform.store.close()


@pytest.fixture(scope="module")
def _planted(_small_made, tmp_path_factory):
    folder = shutil.copytree(_small_made, tmp_path_factory.mktemp("planted") / "home")
    platform = open_platform(folder)
    plant(platform, YEARS)
    skill.refresh(OPERATOR, platform)
    platform.store.close()
    return folder


@pytest.fixture
def scored(_planted, tmp_path):
    """A platform with ten planted and scored seasons."""
    platform = open_platform(shutil.copytree(_planted, tmp_path / "planted"))
    yield platform
    platform.store.close()


def test_the_one_that_knows_holds_and_the_one_that_guesses_is_demoted(scored):
    told = standing.verdicts(scored)
    assert (told[f"{KNOWS}:15"]["state"], told[f"{GUESSES}:15"]["state"]) == ("holds", "demoted")
    table = skill.scores(OPERATOR, scored).set_index("organism")
    assert table.loc[KNOWS, "bss_climatology_low"] > 0 >= table.loc[GUESSES, "bss_climatology_low"]
    assert (table.loc[KNOWS, "misses"], table.loc[KNOWS, "false_alarms"], table.loc[KNOWS, "auc"]) == (0, 0, 1.0)
    assert table.loc[GUESSES, "n"] == 10 * 18 * 2 == table.loc[GUESSES, list(skill.CELLS)].sum()
    assert "未能证明更好" in table.loc[GUESSES, "zh"]


def test_a_probability_appears_only_after_enough_seasons(home):
    plot = home.store.plots(EVERYTHING)["id"].iloc[0]
    said = table([(plot, KNOWS, 0.8)])
    known = {}
    for year in YEARS:
        plant(home, [year])
        skill.refresh(OPERATOR, home)
        known[year + 1] = standing.applied(home, date(year + 1, 3, 1), said).iloc[0]
    shown = [year for year, row in known.items() if np.isfinite(row["p"])]
    # the season after thirty events, then five seasons with probabilities before a verdict
    events = skill.pairs_of(home, KNOWS).groupby("year")["observed"].sum().cumsum()
    first = standing.calibrations(home)[f"{KNOWS}:15"][0]
    assert first.valid_from == f"{events.index[events >= 30][0] + 1}-01-01"
    assert shown == [year for year in known if year >= int(first.valid_from[:4]) + 5]
    row = known[2024]
    assert row["p_lo"] <= row["p"] <= row["p_hi"]
    assert (row["p"] > 0.5, row["calibration"]) == (True, "calibrated")
    assert known[2018]["calibration"] == "percentile"


def test_a_district_that_the_calibration_never_saw_gets_no_probability(scored, monkeypatch):
    plots = list(scored.store.plots(EVERYTHING)["id"])
    monkeypatch.setattr(standing, "_districts", lambda home: {plots[0]: "", plots[1]: "新镇"})
    told = standing.applied(scored, date(2024, 8, 1), table([(plot, KNOWS, 0.8) for plot in plots]))
    assert np.isfinite(told["p"]).tolist() == [True, False]


def test_a_demoted_organism_shows_the_level_of_the_usual_frequency_of_that_time_of_the_year(scored):
    plot = scored.store.plots(EVERYTHING)["id"].iloc[0]
    said = table([(plot, GUESSES, share) for share in (0.99, 0.0)] + [(plot, GUESSES, 0.9)])
    said.loc[2, "level"] = NOTHING
    spring = standing.applied(scored, date(2024, 4, 20), said)
    autumn = standing.applied(scored, date(2024, 9, 1), said)
    usual = {day: standing.usual(standing.verdicts(scored)[f"{GUESSES}:15"], day)
             for day in (date(2024, 4, 20), date(2024, 9, 1))}  # fmt: skip
    assert usual[date(2024, 4, 20)] == pytest.approx(0.1, abs=0.1)
    assert usual[date(2024, 9, 1)] == pytest.approx(0.8, abs=0.1)
    assert spring["level"].iloc[0] == spring["level"].iloc[1] < HIGH
    assert autumn["level"].tolist() == [HIGH, HIGH, NOTHING]
    assert spring["demoted"].all()
    assert spring["p"].isna().all()
    assert (spring["level"].iloc[0] == MEDIUM) == (usual[date(2024, 4, 20)] >= 0.1)
    assert said["level"].tolist() == [HIGH, LOW, NOTHING]  # the run's own table stays


def test_nothing_of_an_earlier_season_changes_with_what_came_later(home):
    plant(home, range(2014, 2022))
    skill.refresh(OPERATOR, home)
    plot = home.store.plots(EVERYTHING)["id"].iloc[0]
    said = table([(plot, KNOWS, 0.8), (plot, GUESSES, 0.8)])
    days = [date(year, 6, 1) for year in range(2014, 2023)]

    def standing_then():
        verdicts = [one for day in days for one in sorted(standing.verdicts(home, day).items())]
        calibrations = {
            key: [one.fingerprint for one in some if one.valid_from <= "2022-12-31"]
            for key, some in standing.calibrations(home).items()
        }
        return verdicts, calibrations, [standing.applied(home, day, said).to_json() for day in days]

    before, pairs = standing_then(), skill.pairs_of(home)
    plant(home, range(2022, 2024), seed=9)
    skill.refresh(OPERATOR, home)
    assert standing_then() == before
    after = skill.pairs_of(home)
    kept = after[after["year"] < 2022].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, pairs.reset_index(drop=True), check_dtype=False)


def test_no_pair_was_judged_by_a_calibration_that_had_seen_it(scored):
    pairs = skill.pairs_of(scored)
    for key, some in standing.calibrations(scored).items():
        for one in some:
            assert max(one.years) < int(one.valid_from[:4]), key
    first = min(one.valid_from for some in standing.calibrations(scored).values() for one in some)
    assert pairs.loc[pairs["issued"] < first, "p"].isna().all()
    assert pairs.loc[pairs["year"] == 2023, "p"].notna().all()


def test_scores_are_stale_when_somebody_counted_or_took_a_count_back(home):
    assert not skill.stale(home)
    plant(home, [2020])
    assert skill.stale(home)
    skill.refresh(OPERATOR, home)
    assert not skill.stale(home)
    home.store.remove_count(home.store.counts(EVERYTHING)["id"].iloc[0])
    assert skill.stale(home)


def test_issued_forecasts_replays_and_perfect_weather_are_told_apart(home):
    plant(home, [2021])
    plant(home, [2022], weather="forecast")
    plant(home, [2023], weather="issued")
    plots = list(home.store.plots(EVERYTHING)["id"])
    home.store.save_replay(date(2021, 2, 20), "perfect", table([(plot, KNOWS, 0.9) for plot in plots]))
    home.store.save_replay(date(2023, 2, 20), "years", table([(plot, KNOWS, 0.0) for plot in plots]))
    told = skill.refresh(OPERATOR, home)
    n = told[told["organism"] == KNOWS].set_index("weather")["n"]
    assert n.to_dict() == {"real": 108, "issued": 36, "forecast": 36, "years": 36, "perfect": 2}
    rows = skill.told(OPERATOR, home).scores
    assert set(rows["weather"]) == set(n.index)
    assert skill.table_of(OPERATOR, home, KNOWS, 15, "issued").n.tolist() == [36]


def test_only_issued_forecasts_beside_untreated_strips_are_trials(home):
    plant(home, [2021], treated=False)
    assert skill.reference(OPERATOR, home).trials == 0
    skill.refresh(OPERATOR, home)
    assert skill.reference(OPERATOR, home).trials == 0  # replays
    plant(home, [2022], weather="issued", treated=False)
    skill.refresh(OPERATOR, home)
    gauge = skill.reference(OPERATOR, home)
    assert (gauge.trials, gauge.needed, gauge.min_hits, gauge.reached) == (4, 200, 170, False)
    assert 2 < gauge.correct < 4  # the one that knows is always right


def test_the_worth_at_the_users_prices_is_a_sum_by_hand(scored):
    cells = skill.table_of(OPERATOR, scored, KNOWS, 15)
    n, events = cells.n.sum(), cells.came.sum()
    found = skill.worth(OPERATOR, scored, KNOWS, 15, spray=60.0, loss=300.0).set_index("against")
    # it never missed and never cried wolf: a spray for each event, against 60 yuan always or 300 for each event
    assert found.loc["always", "yuan_per_mu"] == pytest.approx(60 - 60 * events / n)
    assert found.loc["never", "yuan_per_mu"] == pytest.approx((300 - 60) * events / n)
    assert found.loc["always", "yuan_per_ha"] == pytest.approx(15 * found.loc["always", "yuan_per_mu"])
    assert found.loc["always", "yuan_per_mu_low"] < found.loc["always", "yuan_per_mu"]
    assert set(found["kind"]) == {"simulated"}
    with pytest.raises(MissingDataError):
        skill.worth(OPERATOR, scored, "scab", 15, 60.0, 300.0)


def test_rows_of_fewer_than_five_growers_are_for_who_may_see_their_plots(scored):
    farms = tuple(farm.id for farm in scored.store.farms(EVERYTHING))
    for viewer, rows in (
        (Viewer("a", "站", Role.STATION), 2), (Viewer("b", "甲", Role.GROWER, farms[:1]), 0),
        (Viewer("c", "全", Role.GROWER, farms), 2), (Viewer("d", "农资", Role.SUPPLIER), 0),
    ):  # fmt: skip
        told = skill.told(viewer, scored)
        assert (len(skill.scores(viewer, scored)), len(told.scores) == 0, told.hidden > 0) == (rows, not rows, not rows)
        assert (len(told.verdicts), len(told.reliability) > 0) == (rows, bool(rows))
    with pytest.raises(MissingDataError):
        skill.table_of(Viewer("d", "农资", Role.SUPPLIER), scored, KNOWS, 15)


def test_suppliers_see_no_single_district(home, monkeypatch):
    rows = [(KNOWS, 15, "", True, "", "real"), (KNOWS, 15, "甲镇", True, "", "real")]
    columns = ["organism", "horizon", "district", "open", "farms", "weather"]
    monkeypatch.setattr(skill, "_read", lambda home, name: pd.DataFrame(rows, columns=columns))
    for role, districts in ((Role.SUPPLIER, [""]), (Role.OFFICIAL, ["", "甲镇"]), (Role.GROWER, ["", "甲镇"])):
        assert skill.scores(Viewer("x", "x", role), home)["district"].tolist() == districts


def test_what_is_not_scored_says_why(home):
    plant(home, [2022])
    plots = home.store.plots(EVERYTHING)["id"]
    home.store.add_counts([
        Count(uuid7(), plots.iloc[0], "scab", date(2022, 5, 1), "shoot", 100, 3),
        Count(uuid7(), plots.iloc[0], "psyllid", date(2022, 5, 1), "shoot", 50, 3),
    ])  # fmt: skip
    skill.refresh(OPERATOR, home)
    why = skill.told(OPERATOR, home).unscored.set_index("organism")["why"]
    assert (why["scab"], why["psyllid"], why["canker"], why["melanose"]) == (
        "no_pairs", "secret", "secret", "no_counts"
    )  # fmt: skip
    assert KNOWS not in why


def test_before_the_first_score_there_is_nothing_and_after_the_last_count_is_gone_again(home):
    told = skill.told(OPERATOR, home)
    assert (told.at, len(told.scores), told.gauge.trials, told.verdicts) == (None, 0, 0, {})
    assert skill.scored_at(OPERATOR, home) == ""
    assert len(skill.refresh(OPERATOR, home)) == 0
    assert skill.scored_at(OPERATOR, home) == skill.told(OPERATOR, home).at


def test_invented_counts_stay_marked(home):
    plant(home, [2022], synthetic=True)
    assert (skill.refresh(OPERATOR, home)["n_synthetic"] > 0).all()
    assert (skill.scores(OPERATOR, home)["n_synthetic"] == 36).all()


def test_only_who_may_start_runs_may_score(home):
    with pytest.raises(NotAllowedError):
        skill.refresh(Viewer("g", "某人", Role.GROWER), home)
