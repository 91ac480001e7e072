"""What the viewer's plots are advised: rights, a frost that is forecast, and the peace of July."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from agro.errors import MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import advice, plot_states, preparation
from app.services.platform import open_platform
from growth_model.advice import fields, rules
from growth_model.advice.evaluate import Advice
from growth_model.engine import SHOWN

DERIVED = {"ratio", "picked_tss", "picked_ta", "picked_ratio", "days_past_on_tree_limit"}
WINTER, JULY = date(2024, 1, 12), date(2023, 7, 20)
FROST = {"frost_night", "frost_leaves", "frost_young_shoots", "cover_hanging_fruit"}


@pytest.fixture
def home(small_home, monkeypatch):
    """Two plots and a finished run; the day of issue and the weather to come are chosen by the test."""
    plot_states._kept.cache_clear()
    platform = open_platform(small_home)
    run = platform.store.start_run(WINTER, members=10, by=OPERATOR)
    platform.store.finish_run(run, counts={}, warnings=[], by=OPERATOR)
    yield platform
    plot_states._kept.cache_clear()
    platform.store.close()


@pytest.fixture
def forecast(monkeypatch):
    """Give a function that makes the night two days ahead `degrees` cold in the first `cases` members."""
    prepared = preparation.prepare

    def told(degrees: float, cases: int) -> None:
        def colder(home, on, members, ids=None):
            found = prepared(home, on, members, ids)
            future = found.future.copy(deep=True)
            night = future["time"] == np.datetime64(found.on + timedelta(days=2))
            struck = future["member"] < cases
            future["tmin"] = future["tmin"].where(~night, 3.0).where(~(night & struck), degrees)
            return replace(found, future=future)

        monkeypatch.setattr(preparation, "prepare", colder)

    return told


def owner(home, name="甲果园"):
    farm = next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == name)
    return Viewer("a1", "果农", Role.GROWER, farms=(farm,))


def test_every_field_of_the_rules_is_brought_by_the_engine_or_made_here():
    made_here = {"frost_loss", "bbch_bud", "bbch_fruit"} | DERIVED
    assert set(fields()) - made_here <= set(plot_states.READ)
    assert set(plot_states.READ) - set(SHOWN) == {"tree.hanging.spoiled", "tree.bearing.flowers"}
    assert {name for name, about in fields().items() if about.get("derived")} == DERIVED - {"ratio"}


def test_a_frost_in_seven_of_twenty_cases_is_told_as_such_with_its_hour(home, forecast):
    forecast(-9.0, 7)
    told = advice.of_plot(owner(home), home, "河边地")
    frost = {one.key: one for one in told.said if one.key in FROST}
    assert {"frost_leaves"} <= set(frost)
    leaves = frost["frost_leaves"]
    assert leaves.chance("en") == "in 7 of 20 cases"
    assert leaves.chance("zh") == "20 种情形中有 7 种"
    assert leaves.deadline == "17:00"
    assert leaves.urgency == "today"
    assert "official weather warning comes first" in leaves.why["en"]
    assert told.said[0].urgency == "today"


def test_without_a_cold_night_nobody_is_sent_out(home, forecast):
    forecast(3.0, 20)
    near = {"frost_leaves", "frost_night"}
    assert not {one.key for one in advice.of_plot(OPERATOR, home, "河边地").said} & near


def test_july_knows_no_frost_and_no_harvest_of_green_fruit(home):
    run = home.store.start_run(JULY, members=10, by=OPERATOR)
    home.store.finish_run(run, counts={}, warnings=[], by=OPERATOR)
    told = advice.of_viewer(OPERATOR, home, JULY)
    said = {plot: {one.key for one in each} for plot, each in _by_plot(told).items()}
    assert told.issued == JULY
    assert set(said) == {"河边地", "屋后坡"}
    for keys in said.values():
        assert not keys & (FROST | {"after_frost", "no_nitrogen_at_rest", "thin_flowers", "prune_after_harvest"})
    assert not said["河边地"] & {"harvest_open", "harvest_near", "measure_taste", "winter_drop"}  # a navel


def _by_plot(told):
    out: dict[str, list[Advice]] = {}
    for rule in told.rules:
        for _, name, one in rule.plots:
            out.setdefault(name, []).append(one)
    return out


def test_a_grower_is_advised_on_own_plots_and_hears_of_no_others(home):
    grower = owner(home)
    assert {name for rule in advice.of_viewer(grower, home).rules for _, name, _ in rule.plots} == {"河边地"}
    theirs = home.store.plot("屋后坡", EVERYTHING).id
    with pytest.raises(NotFoundError):
        advice.of_plot(grower, home, theirs)
    assert advice.of_plots(grower, home, (theirs,)) == {}


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SUPPLIER, Role.CONTRACTOR, Role.SCHEME_CLERK, Role.RESEARCHER])
def test_advice_is_not_for_officials_sellers_or_research(home, role):
    with pytest.raises(NotAllowedError):
        advice.of_viewer(Viewer("a2", "某人", role), home)


def test_before_the_first_run_there_is_no_advice(small_home):
    platform = open_platform(small_home)
    with pytest.raises(MissingDataError, match="no outlook"):
        advice.of_viewer(OPERATOR, platform)
    platform.store.close()


def test_the_most_urgent_stands_first_and_plots_share_a_rule(home, forecast):
    forecast(-9.0, 20)
    told = advice.of_viewer(OPERATOR, home)
    ranks = [advice.urgency(rule.first) for rule in told.rules]
    assert ranks == sorted(ranks)
    assert told.rules[0].first.urgency == "today"
    assert len(told.rules[0].plots) == told.plots == told.looked_at == 2


def test_what_was_computed_for_one_visitor_serves_the_next(home, monkeypatch):
    advice.of_viewer(OPERATOR, home)
    monkeypatch.setattr(preparation, "prepare", None)
    assert advice.of_viewer(owner(home), home).plots == 1


def test_once_picked_a_crop_has_no_stage_and_no_taste_and_buds_begin_at_nought():
    nan = np.nan
    daily = {name: np.array([[0.0, 0.0]]) for name in plot_states.READ}
    daily |= {
        "physiological_days": np.array([[160.0, nan]]), "bbch_fruit": np.array([[85.0, 85.0]]),
        "tss": np.array([[12.0, 12.0]]), "ta": np.array([[0.8, 0.8]]), "colour": np.array([[1.0, 1.0]]),
        "hanging_number": np.array([[nan, nan]]), "spoiled": np.array([[0.2, nan]]),
        "bud_progress": np.array([[0.1, 1.0]]), "bbch_bud": np.array([[65.0, 65.0]]),
    }  # fmt: skip
    state = plot_states.resolved(daily)
    for name in ("bbch_fruit", "tss", "ta", "colour"):
        assert np.isnan(state[name]).tolist() == [[False, True]]
    assert state["bbch_bud"].tolist() == [[0.0, 65.0]]
    assert state["frost_loss"][0, 0] == 0.2
    assert np.isnan(state["frost_loss"][0, 1])


def test_the_load_before_the_drop_is_what_stays_and_before_bloom_what_is_expected():
    # two blooms of 300 and 500 flowers: usual 400; the coming one is 1.25 of it
    daily = {name: np.zeros((1, 6)) for name in plot_states.READ}
    daily |= {
        "physiological_days": np.array([[150.0, 155.0, 2.0, 20.0, 70.0, 75.0]]),
        "bbch_fruit": np.array([[85, 85, 65, 71, 74, 74]]),
        "load": np.array([[0.6, 0.6, 4.0, 2.5, 0.9, 0.9]]),
        "bud_progress": np.array([[0.4, 0.7, 1.0, 1.0, 1.0, 1.0]]),
        "tree.bearing.flowers": np.array([[300.0, 300.0, 500.0, 500.0, 500.0, 500.0]]),
        "bbch_bud": np.zeros((1, 6)),
    }
    assert plot_states.resolved(daily)["load"][0] == pytest.approx([1.25, 1.25, 0.9, 0.9, 0.9, 0.9])


def test_frost_rules_send_people_to_the_official_warning():
    for rule in rules():
        if rule.key in FROST:
            assert "气象部门的预警为先" in rule.why["zh"], rule.key
            assert rule.deadline == "17:00"
