"""Arthropods as their files tell them: development, growth and dates against published numbers, widths and words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from agro.errors import ParameterError
from pest_warning import development, flush_feeder, mite, organism, rates, suitability, timing
from pest_warning.advice import blocklist, groups

MITES = ("red_mite", "yellow_mite", "rust_mite")
TIMED = ("minax", "dorsalis", "arrowhead_scale", "whitefly")
ALL = (*MITES, "leafminer", "psyllid", *TIMED)
ENSEMBLES = ("red_mite", "yellow_mite", "leafminer", "psyllid", "dorsalis")


def test_development_takes_as_long_as_published(table):
    for row in table("pest_development"):
        found = organism.load(row["organism"]).parameters(row["section"], development.Development)
        days = development.days(row["temperature"], found.lower, found.sum)
        assert days == pytest.approx(row["days"], rel=row["tolerance"]), row


def test_growth_follows_the_published_curves_and_tables(table):
    for row in table("pest_growth"):
        grown = np.interp(row["temperature"], rates.GRID, rates.on_grid(organism.load(row["organism"])))
        assert grown == pytest.approx(row["growth"], abs=row["tolerance"]), row


def test_huanglongbing_is_passed_on_between_its_limits_only(table):
    limits = organism.load("psyllid").parameters("transmission", suitability.Transmission)
    for row in table("pest_transmission"):
        found = suitability.transmission(row["temperature"], *limits)
        assert found == pytest.approx(row["suitability"], abs=0.0006), row


# T41 of pests.md 13: Erlang distribution of 20 substages with a mean of 250 degree days
@pytest.mark.parametrize(("heat", "share"), [(200, 0.1878), (250, 0.5297), (300, 0.8197)])
def test_a_cohort_passes_a_stage_as_twenty_substages_tell(heat, share):
    stages = flush_feeder.substages(organism.load("leafminer").parameters("population", flush_feeder.FlushFeeder).cv)
    assert stages == 20
    assert flush_feeder.share_past(heat, 250.0, stages) == pytest.approx(share, abs=0.0001)


# T40 of pests.md 13: a smooth year at 250 m in Chongqing, computed there
@pytest.mark.parametrize(("key", "day"), [("first_adult", 124), ("orchard_entry", 144)])
def test_the_citrus_fly_of_a_smooth_year_comes_on_the_computed_day(key, day):
    tmean = 18.4 - 10.4 * np.cos(2 * np.pi * (np.arange(1, 366) - 20) / 365)
    event = next(one for one in timing.events(organism.load("minax")) if one.key == key)
    reached = timing.day_reached(timing.heat_of(event, tmean), event.amount)  # days from 0
    assert np.ceil(reached) == day


def test_a_hundred_metres_of_altitude_delay_the_citrus_fly_between_what_heat_tells_and_what_was_seen():
    day = np.arange(1, 366)
    entry = next(one for one in timing.events(organism.load("minax")) if one.key == "orchard_entry")
    below, above = (18.4 - 0.6 * up - 10.4 * np.cos(2 * np.pi * (day - 20) / 365) for up in (0, 1))
    dates = [timing.day_reached(timing.heat_of(entry, tmean), entry.amount) for tmean in (below, above)]
    assert dates[1] - dates[0] == pytest.approx(3.8, abs=0.5)  # pests.md 6.6, computed there
    assert 3.8 < dates[1] - dates[0] + entry.altitude < 7.2


def test_the_citrus_fly_goes_through_its_year_in_order():
    tmean = 18.4 - 10.4 * np.cos(2 * np.pi * (np.arange(1, 366) - 20) / 365)
    dates = [
        one.amount if one.sum == "calendar" else timing.day_reached(timing.heat_of(one, tmean), one.amount)
        for one in timing.events(organism.load("minax"))
    ]
    assert dates == sorted(dates)


def test_scouted_crawlers_are_followed_by_sprays_after_one_and_three_weeks():
    first, *sprays = timing.events(organism.load("arrowhead_scale"))
    assert [one.amount - first.amount for one in sprays] == [7, 21]


def test_only_the_oriental_fruit_fly_runs_through_generations():
    repeating = {key for key in TIMED for one in timing.events(organism.load(key)) if one.repeats}
    assert repeating == {"dorsalis"}


@pytest.mark.parametrize("key", ALL)
def test_every_number_names_its_source_and_a_judgement_of_a_population_has_a_width(key):
    found = organism.load(key)
    sections = [name for name, part in parameters.document(found.path).items() if isinstance(part, dict)]
    numeric = set(sections) - {"name", "eppo", "about", "model", "page", "check"}
    for name in numeric:
        for field, value in parameters.section(found.path, name).items():
            if value.low is not None:
                assert value.low <= value.value <= value.high, (name, field)
            if value.evidence == "judgement" and name == "population":
                assert value.low < value.high, (name, field)


@pytest.mark.parametrize("key", MITES)
def test_mites_have_a_threshold_and_a_population(key):
    found = organism.load(key)
    threshold = found.parameters("threshold", mite.MiteThreshold)
    population = found.parameters("population", mite.Mite)
    assert population.floor < threshold.before_bloom < population.capacity
    assert population.old <= population.young


@pytest.mark.parametrize("key", ALL)
def test_no_text_names_a_blocked_active_and_every_group_is_known(key):
    found = organism.load(key)
    assert blocklist.blocked(found.path.read_text(encoding="utf-8")) is None
    for control in found.controls:
        for group in control.groups:
            assert groups.group(group).key == group


@pytest.mark.parametrize("key", ALL)
def test_advice_begins_with_a_report_where_the_law_wants_one_and_ends_with_chemistry(key):
    found = organism.load(key)
    kinds = [control.type for control in found.controls]
    assert (kinds[0] == "report") == found.quarantine
    assert kinds == sorted(kinds, key=organism.CONTROLS.index)


@pytest.mark.parametrize(
    ("word", "key"),
    [("红蜘蛛", "red_mite"), ("黄蜘蛛", "yellow_mite"), ("锈壁虱", "rust_mite"), ("小实蝇", "dorsalis"),
     ("柑蛆", "minax"), ("蜜柑大实蝇", None), ("实蝇", None)],
)  # fmt: skip
def test_names_that_growers_mix_up_lead_to_the_right_file(word, key):
    assert organism.named(word) == key
    assert key or organism.confused(word)


@pytest.mark.parametrize("key", ENSEMBLES)
def test_sources_of_one_development_stay_apart(key):
    found = development.ensemble(organism.load(key))
    assert len(found) == len(set(found.values())) >= 2


def test_an_ensemble_that_a_file_lacks_is_refused():
    with pytest.raises(ParameterError, match=r"rust_mite.*development"):
        development.ensemble(organism.load("rust_mite"))


@given(st.floats(-20, 45), st.floats(0, 10), st.sampled_from(ENSEMBLES))
def test_warmth_never_slows_the_line_and_cold_stops_it(temperature, more, key):
    for one in development.ensemble(organism.load(key)).values():
        cool, warm = (development.days(t, one.lower, one.sum) for t in (temperature, temperature + more))
        assert warm <= cool
        assert np.isinf(cool) == (temperature <= one.lower)


@given(st.floats(-30, 60))
def test_suitability_is_a_share_and_zero_outside_the_limits(temperature):
    found = suitability.transmission(temperature, 16.0, 33.0)
    assert 0 <= found <= 1
    assert (found > 0) == (16 < temperature < 33) or found == pytest.approx(0, abs=1e-9)


@given(st.lists(st.floats(-8, 15), min_size=1, max_size=120), st.floats(0, 5))
def test_a_colder_winter_never_spares_psyllids(tmin, colder):
    winter = organism.load("psyllid").parameters("winter", suitability.Winter)
    mild, hard = (suitability.cold_days(np.array(tmin) - k, winter.cold) for k in (0, colder))
    survived = [suitability.winter_survival(days, winter.half, winter.width) for days in (mild, hard)]
    assert 0 <= survived[1] <= survived[0] <= 1


def test_a_winter_without_frost_lets_nearly_all_psyllids_live():
    winter = organism.load("psyllid").parameters("winter", suitability.Winter)
    assert suitability.winter_survival(0.0, winter.half, winter.width) > 0.95
    assert suitability.winter_survival(winter.half, winter.half, winter.width) == pytest.approx(0.5)


def test_unknown_days_make_unknown_winters_and_durations():
    assert np.isnan(suitability.cold_days([-3.0, np.nan], -1.0))
    assert np.isnan(suitability.transmission(np.nan, 16.0, 33.0))
    assert np.isnan(development.days(np.nan, 12.2, 230.5))


def test_cold_days_are_counted_below_the_bound_only():
    assert list(suitability.cold_days([[-1.5, -1.0, 0.0], [-2.0, -3.0, -1.1]], -1.0)) == [1, 3]


@given(st.floats(-20, 55), st.sampled_from((*MITES, "psyllid")))
def test_growth_lies_between_nothing_and_a_quarter_a_day(temperature, key):
    curve = rates.on_grid(organism.load(key))
    found = np.interp(temperature, rates.GRID, curve)
    assert 0 <= found <= curve.max() < 0.25
    assert curve[0] == curve[-1] == 0
