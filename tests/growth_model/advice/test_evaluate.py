"""Which advice a plot gets: every shipped rule in a season where it speaks and in one where it is silent."""

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import InputError, NotFoundError
from growth_model.advice import advise, frost_order, rules
from growth_model.advice.evaluate import cases_in_words

MEMBERS = 50
KNOWN = {
    "load": 1.0, "leaf_n": 2.6, "leaf_p": 0.14, "leaf_k": 1.4, "water_stress": 0.95, "stem_potential": -0.9,
    "root_depletion": 15.0, "source_sink": 1.0, "rain": 2.0, "vpd": 1.0, "frost_dose_fruit": 0.0,
    "frost_dose_leaf": 0.0, "sunburn_hours": 0.0, "heat_drop": 0.0, "winter_drop": 0.0, "frost_loss": 0.0,
}  # fmt: skip
JANUARY = KNOWN | {"bud_progress": 0.05, "bbch_bud": 0, "tmin": 5.0, "tmax": 11.0, "tmean": 8.0}
MARCH = KNOWN | {"bud_progress": 0.4, "bbch_bud": 7, "tmin": 8.0, "tmax": 16.0, "tmean": 12.0}
BUDS = MARCH | {"bud_progress": 0.75, "bbch_bud": 55}
BLOOM = KNOWN | {
    "bud_progress": 1.0, "bbch_bud": 65, "bbch_fruit": 69, "physiological_days": 8.0, "diameter": 8.0,
    "tmin": 13.0, "tmax": 23.0, "tmean": 18.0,
}  # fmt: skip
JULY = BLOOM | {
    "bbch_fruit": 74, "physiological_days": 70.0, "diameter": 45.0, "expansion": 0.45,
    "tmin": 22.0, "tmax": 31.0, "tmean": 26.0,
}  # fmt: skip
AUTUMN = JULY | {
    "bbch_fruit": 81, "physiological_days": 150.0, "diameter": 74.0, "expansion": 0.1, "tss": 11.0, "ta": 1.2,
    "water_stress": 0.7, "tmin": 12.0, "tmax": 20.0, "tmean": 15.5,
}  # fmt: skip
WINTER = AUTUMN | JANUARY | {"water_stress": 0.9, "bbch_fruit": 85, "tss": 12.5, "ta": 0.9}
HANGING = BUDS | {"hanging_diameter": 75.0, "hanging_tss": 12.0, "hanging_ta": 0.9}

JAN, MAR, APR, JUL, OCT, DEC = (date(2026, month, 15) for month in (1, 3, 4, 7, 10, 12))
SPEAKS = {  # key: (group, today, what the season is, what of it silences the rule)
    "no_nitrogen_at_rest": ("satsuma", JAN, JANUARY, {"tmean": 14.0}),
    "cover_hanging_fruit": ("orah", JAN, WINTER | {"tmin": 1.0}, {"tmin": 3.0}),
    "check_fruit_drop": ("orah", JAN, WINTER, {"bbch_fruit": np.nan}),
    "spring_fertiliser_late": ("orah", MAR, MARCH, {"bud_progress": 0.2}),
    "spring_fertiliser": ("satsuma", MAR, MARCH, {"bud_progress": 0.6}),
    "prune_after_harvest": ("satsuma", MAR, MARCH, {"bbch_fruit": 85}),
    "thin_twigs_in_on_year": ("orah", MAR, MARCH | {"load": 1.3}, {"load": 1.0}),
    "thin_flowers": ("navel", MAR, BUDS | {"load": 1.5}, {"load": 1.2}),
    "boron_at_bud": ("navel", MAR, BUDS, {"bud_progress": 0.5}),
    "water_at_set": ("navel", APR, BLOOM | {"water_stress": 0.7}, {"water_stress": 0.9}),
    "heat_at_set": ("satsuma", APR, BLOOM | {"tmax": 31.0}, {"tmax": 29.0}),
    "heat_drop": ("satsuma", APR, BLOOM | {"heat_drop": 2.0}, {"heat_drop": 1.0}),
    "competing_spring_shoots": ("navel", APR, BLOOM | {"flush_spring": 20.0, "tmax": 33.0}, {"tmax": 28.0}),
    "girdle_vigorous_navel": ("navel", APR, BLOOM | {"load": 0.4, "source_sink": 1.2}, {"source_sink": 0.8}),
    "thin_fruit": ("orah", JUL, JULY | {"load": 1.4}, {"load": 1.1}),
    "summer_fertiliser": ("navel", JUL, JULY, {"physiological_days": 100.0}),
    "irrigate_expansion": ("navel", JUL, JULY | {"water_stress": 0.5}, {"rain": 15.0}),
    "mild_deficit_is_fine": ("navel", JUL, JULY | {"stem_potential": -1.4}, {"stem_potential": -1.2}),
    "remove_summer_shoots": ("navel", JUL, JULY | {"flush_summer": 6.0}, {"flush_summer": 40.0}),
    "sunburn": ("w_murcott", JUL, JULY | {"sunburn_hours": 0.5}, {"sunburn_hours": 0.2}),
    "low_supply": ("navel", JUL, JULY | {"source_sink": 0.4}, {"source_sink": 0.8}),
    "irrigate_early_ripening": ("navel", OCT, AUTUMN | {"bbch_fruit": 79, "stem_potential": -1.4}, {"rain": 20.0}),
    "dry_regime": ("navel", OCT, AUTUMN | {"water_stress": 1.0}, {"water_stress": 0.6}),
    "too_dry_while_colouring": ("navel", OCT, AUTUMN | {"water_stress": 0.4}, {"water_stress": 0.6}),
    "drain_before_rain": ("navel", OCT, AUTUMN | {"rain": 12.0}, {"rain": 5.0}),
    "reflective_mulch": ("navel", OCT, AUTUMN | {"bbch_fruit": 79}, {"bbch_fruit": 83}),
    "no_nitrogen_while_colouring": ("navel", OCT, AUTUMN, {"bbch_fruit": 74}),
    "autumn_manure": ("orah", OCT, AUTUMN | {"tmean": 20.0}, {"tmean": 15.0}),
    "measure_taste": ("navel", OCT, AUTUMN, {"bbch_fruit": 74}),
    "harvest_near": ("navel", OCT, AUTUMN | {"bbch_fruit": "83 in ten days"}, {"bbch_fruit": 81}),
    "harvest_open": ("navel", DEC, WINTER, {"ta": 1.4}),
    "harvest_close_loss": ("navel", DEC, WINTER | {"frost_loss": 0.2}, {"frost_loss": 0.05}),
    "harvest_close_age": ("navel", DEC, WINTER | {"bbch_fruit": 89}, {"bbch_fruit": 85}),
    "on_tree_limit_near": ("navel", JAN, WINTER, {"bbch_fruit": np.nan}),
    "on_tree_limit_passed": ("navel", date(2026, 2, 15), WINTER, {"bbch_fruit": np.nan}),
    "bigger_fruit_first": ("navel", DEC, WINTER, {"bbch_fruit": 81}),
    "regreening": ("valencia", APR, HANGING | {"tmin": 17.0}, {"tmin": 13.0}),
    "frost_night": ("navel", DEC, WINTER | {"tmin": -3.0}, {"tmin": -1.0}),
    "frost_leaves": ("navel", JAN, JANUARY | {"tmin": -5.0}, {"tmin": -4.0}),
    "frost_young_shoots": ("navel", MAR, MARCH | {"tmin": 0.0}, {"tmin": 3.0}),
    "after_frost": ("navel", JAN, WINTER | {"frost_dose_fruit": 0.3}, {"frost_dose_fruit": 0.0}),
    "winter_drop": ("orah", JAN, WINTER | {"tmin": 1.0}, {"tmin": 4.0}),
    "late_flush": ("navel", OCT, AUTUMN | {"flush_autumn": 5.0}, {"tmean": 20.0}),
    "leaf_nitrogen_low": ("navel", MAR, MARCH | {"leaf_n": 2.2}, {"leaf_n": 2.5}),
    "leaf_nitrogen_high": ("navel", JUL, JULY | {"leaf_n": 3.2}, {"leaf_n": 2.9}),
    "leaf_phosphorus_low": ("navel", JUL, JULY | {"leaf_p": 0.10}, {"leaf_p": 0.13}),
    "leaf_potassium_low": ("navel", JUL, JULY | {"leaf_k": 1.0}, {"leaf_k": 1.3}),
    "unknown_leaf_nutrients": ("navel", JUL, JULY | {"leaf_k": np.nan}, {"leaf_k": 1.3}),
    "unknown_load": ("navel", JUL, JULY | {"load": np.nan}, {"load": 1.0}),
    "unknown_soil_water": ("navel", JUL, JULY | {"water_stress": np.nan}, {"water_stress": 1.0}),
    "unknown_cold": ("navel", JUL, JULY | {"tmin": np.nan}, {"tmin": 20.0}),
}


def season(fields, today, members=MEMBERS, past=70, ahead=30):
    """Return a state whose fields hold all the time; "83 in ten days" rises from 81."""
    times = pd.date_range(today - timedelta(days=past), today + timedelta(days=ahead))
    shape = (members, len(times))
    values = {name: np.full(shape, np.nan if isinstance(value, str) else value) for name, value in fields.items()}
    if fields.get("bbch_fruit") == "83 in ten days":
        values["bbch_fruit"] = np.where(np.arange(len(times)) < past + 10, 81.0, 83.0) * np.ones(shape)
    return xr.Dataset(
        {name: (("member", "time"), array.astype(float)) for name, array in values.items()},
        {"member": np.arange(members), "time": times},
    )


def keys(advice):
    return {found.key for found in advice}


def test_every_shipped_rule_has_an_example():
    assert set(SPEAKS) == {rule.key for rule in rules()}


@pytest.mark.parametrize("key", sorted(rule.key for rule in rules()))
def test_a_rule_speaks_in_its_season_and_is_silent_beside_it(key):
    group, today, fields, silent = SPEAKS[key]
    (found,) = [found for found in advise(season(fields, today), group, today) if found.key == key]
    assert (found.cases, found.members) == (MEMBERS, MEMBERS)
    for sentence in (found.what, found.why, found.lead):
        for text in sentence.values():
            assert not re.search(r"[{}]|nan", text)
            assert not re.search(r"(?<!\d)–|–(?!\d)", text), "a value is missing in the sentence"
    assert key not in keys(advise(season(fields | silent, today), group, today))


def test_a_frost_night_in_some_of_the_members_is_counted_in_cases():
    state = season(WINTER, DEC)
    state["tmin"][:20, 70 + 3] = -3.0
    (frost,) = [found for found in advise(state, "navel", DEC) if found.key == "frost_night"]
    assert frost.chance("en") == "in 20 of 50 cases"
    assert "in 20 of 50 cases" in frost.why["en"]
    assert "50 种情形中有 20 种" in frost.why["zh"]
    assert "18 Dec" in frost.lead["en"]
    assert (frost.deadline, frost.urgency) == ("17:00", "today")
    assert frost.until == date(2026, 12, 18), "once the night is today's, no frost lies ahead"
    assert frost.since == date(2026, 12, 11), "it came within seven days on the 11th"
    assert "probab" not in frost.why["en"]


def test_the_end_of_the_forecast_is_no_all_clear():
    (frost,) = [
        found for found in advise(season(WINTER | {"tmin": -3.0}, DEC), "navel", DEC) if found.key == "frost_night"
    ]
    assert frost.until is None


@pytest.mark.parametrize("group", ["navel_late", "valencia"])
def test_young_fruit_of_june_has_no_limit_on_the_tree(group):
    june = date(2026, 6, 20)
    assert "on_tree_limit_passed" not in keys(advise(season(JULY, june), group, june))


def test_a_frost_night_in_a_tenth_of_the_members_raises_no_alarm():
    state = season(WINTER, DEC)
    state["tmin"][:5, 70 + 3] = -3.0
    assert "frost_night" not in keys(advise(state, "navel", DEC))


def test_the_rule_counts_members_in_which_all_its_conditions_meet():
    state = season(WINTER, DEC)
    state["tmin"][:20, 70 + 3] = -3.0
    state["bbch_fruit"][:8] = np.nan  # in eight of them nothing hangs any more
    (frost,) = [found for found in advise(state, "navel", DEC) if found.key == "frost_night"]
    assert frost.cases == 12


def test_a_mild_week_of_january_asks_nothing_of_a_satsuma_without_fruit():
    bare = {name: JANUARY[name] for name in ("bud_progress", "bbch_bud", "tmin", "tmax", "tmean", "rain")}
    for fields in (JANUARY, bare):
        assert {found.kind for found in advise(season(fields, JAN), "satsuma", JAN)} == {"info"}


def test_a_harvest_opens_when_eight_of_ten_cases_are_ripe():
    state = season(WINTER | {"ratio": 12.0}, DEC)
    state["ta"][:11] = 1.6  # 12.5 / 1.6 is below the navel's 10
    assert "harvest_open" not in keys(advise(state, "navel", DEC))
    state["ta"][:10] = 1.6
    state["ta"][10] = 0.9
    (opened,) = [found for found in advise(state, "navel", DEC) if found.key == "harvest_open"]
    assert opened.chance("zh") == "50 种情形中有 40 种"


def test_ripe_fruit_of_last_year_opens_the_harvest_beside_the_new_bloom():
    state = season(BLOOM | {"hanging_diameter": 72.0, "hanging_tss": 12.0, "hanging_ta": 0.9}, APR)
    assert {"harvest_open", "bigger_fruit_first", "measure_taste"} <= keys(advise(state, "valencia", APR))


def test_what_must_be_done_comes_before_what_is_good_to_know():
    kinds = [found.kind for found in advise(season(WINTER | {"tmin": -3.0}, DEC), "navel", DEC)]
    assert kinds == sorted(kinds, key=("act", "prepare", "watch", "info").index)
    assert advise(season(WINTER | {"tmin": -3.0}, DEC), "navel", DEC)[0].key == "frost_night"


def test_an_advice_knows_when_it_began_and_when_it_ends():
    state = season(MARCH, MAR)
    course = 0.30 + 0.01 * (np.arange(state.sizes["time"]) - 60)  # 0.30 ten days ago, 0.55 in fifteen days
    state["bud_progress"] = (("member", "time"), np.tile(course.round(4), (MEMBERS, 1)))
    (fertiliser,) = [found for found in advise(state, "orah", MAR) if found.key == "spring_fertiliser_late"]
    assert (fertiliser.since, fertiliser.until) == (date(2026, 3, 5), date(2026, 3, 30))


def test_weather_without_members_serves_all_of_them():
    state = season(WINTER, DEC)
    state["tmin"] = ("time", np.full(state.sizes["time"], -3.0))
    (frost,) = [found for found in advise(state, "navel", DEC) if found.key == "frost_night"]
    assert frost.cases == MEMBERS


def test_one_course_of_weather_is_not_called_a_count_of_cases():
    assert cases_in_words(1, 1)["en"] == "from a single case"


def test_a_state_that_does_not_reach_today_is_refused():
    with pytest.raises(InputError, match="2027-01-15"):
        advise(season(WINTER, DEC), "navel", date(2027, 1, 15))
    with pytest.raises(InputError, match="follow each other"):
        advise(season(WINTER, DEC).isel(time=[*range(60), *range(65, 90)]), "navel", DEC)
    with pytest.raises(NotFoundError, match="apple"):
        advise(season(WINTER, DEC), "apple", DEC)


def test_frost_protection_begins_at_the_valley_floor():
    plots = pd.DataFrame(
        {
            "plot": ["ridge", "hollow", "unknown", "warm", "worst"],
            "height": [90.0, 3.0, np.nan, 0.0, 60.0],
            "cases": [20, 20, 20, 0, 45],
            "members": 50,
        }
    )
    assert list(frost_order(plots)["plot"]) == ["worst", "hollow", "ridge", "unknown"]
