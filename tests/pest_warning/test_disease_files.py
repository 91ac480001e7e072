from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from pest_warning import inoculum, organism, timing
from pest_warning.dispersal import Splash, WindRain
from pest_warning.infection_response import (
    Magarey,
    Penetration,
    penetration,
    penetration_by_temperature,
    temperature_response,
    wet_hours_needed,
)
from pest_warning.inoculum import (
    ascospore_onset,
    ascospore_onset_dry,
    ascospore_onset_moist,
    ascospores_released,
    ripe_pycnidia,
)

ROOT = Path(__file__).parents[2]
INFECTIONS = ("black_spot", "canker", "melanose", "alternaria_brown_spot", "scab", "brown_rot", "anthracnose")
FUNGI = tuple(key for key in INFECTIONS if key != "canker")
DISEASES = (*INFECTIONS, "greasy_spot")
EVIDENCE = {"F": "found", "C": "computed", "R": "recalled", "J": "judgement"}
RESPONSES = {"magarey": Magarey, "penetration": Penetration}
DISPERSALS = {"splash": Splash, "wind_rain": WindRain}


def response_of(key):
    one = organism.load(key)
    return one.parameters("infection", RESPONSES[one.model["response"]])


def number_of(row):
    return parameters.section(organism.load(row["organism"]).path, row["section"])[row["key"]]


@st.composite
def fungi(draw):
    tmin = draw(st.floats(0, 15))
    topt = tmin + draw(st.floats(2, 20))
    tmax = topt + draw(st.floats(2, 15))
    wmin = draw(st.floats(1, 24))
    return Magarey(tmin, topt, tmax, wmin, wmin + draw(st.floats(0, 48)), 6.0)


def test_response_and_wet_hours_agree_with_the_published_parameters(table):
    for row in table("pest_infection"):
        fungus = Magarey(row["tmin"], row["topt"], row["tmax"], row["wmin"], row["wmax"], 6.0)
        if row["response"] != "":
            response = temperature_response(row["temperature"], fungus.tmin, fungus.topt, fungus.tmax)
            assert response == pytest.approx(row["response"], rel=0.01), row
        if row["hours"] != "":
            assert wet_hours_needed(row["temperature"], fungus) == pytest.approx(row["hours"], rel=0.01), row


def test_ascospores_begin_and_fly_as_the_papers_compute(table):
    models = {
        "A1": lambda row: ascospore_onset(row["heat"], -2.725, 0.004),
        "A2": lambda row: ascospore_onset_moist(row["heat"], row["moist"], row["rain"]),
        "A3": lambda row: ascospore_onset_dry(row["heat"], row["wet"]),
        "release": lambda row: ascospores_released(row["wet"], 4.096, 0.005),
    }
    for row in table("pest_ascospores"):
        assert models[row["model"]](row) == pytest.approx(row["expected"], rel=0.01), row


def test_melanose_and_canker_infect_as_their_files_say(table):
    for row in table("pest_disease_files"):
        response = response_of(row["organism"])
        if row["organism"] == "melanose":
            assert wet_hours_needed(row["temperature"], response) == pytest.approx(row["expected"], rel=0.01), row
        else:
            entered = penetration(row["temperature"], row["wetness"], *response[:6])
            assert entered == pytest.approx(row["expected"], rel=0.01), row


def test_black_spot_starts_in_a_wet_chongqing_spring_as_the_transfer_warning_says():
    form = inoculum.form_of(organism.load("black_spot"))
    end_of_april, end_of_may = (ascospore_onset(heat, form.intercept, form.slope) for heat in (442.0, 845.0))
    assert end_of_april == pytest.approx(0.07, abs=0.005)
    assert end_of_may == pytest.approx(0.59, abs=0.006)
    assert ascospore_onset_dry(845.0, 700.0) == pytest.approx(0.0002, abs=0.0001)


def test_black_spot_at_20_degrees_varies_as_widely_as_the_bounds_allow():
    bounds = parameters.section(organism.load("black_spot").path, "infection")
    corners = [(bounds[key].low, bounds[key].high) for key in ("tmin", "topt", "tmax")]
    responses = [float(temperature_response(20.0, *corner)) for corner in product(*corners)]
    assert responses[0] == pytest.approx(0.72, abs=0.005)  # all three low, as the specification has it
    assert responses[-1] == pytest.approx(0.11, abs=0.005)  # all three high
    assert min(responses) < 0.11  # other corners lie outside these two
    assert max(responses) > 0.72


@given(fungus=fungi(), beyond=st.floats(0, 30))
def test_nothing_infects_at_and_beyond_the_cardinal_temperatures(fungus, beyond):
    outside = np.array([fungus.tmin - beyond, fungus.tmin, fungus.tmax, fungus.tmax + beyond])
    assert (temperature_response(outside, fungus.tmin, fungus.topt, fungus.tmax) == 0).all()
    assert np.isinf(wet_hours_needed(outside, fungus)).all()


@given(fungus=fungi(), share=st.floats(0.001, 0.999))
def test_the_best_temperature_is_best_and_no_fungus_needs_less_than_its_least_wetness(fungus, share):
    temperature = fungus.tmin + share * (fungus.tmax - fungus.tmin)
    best = temperature_response(fungus.topt, fungus.tmin, fungus.topt, fungus.tmax)
    assert best == pytest.approx(1.0)
    assert 0 <= temperature_response(temperature, fungus.tmin, fungus.topt, fungus.tmax) <= best * (1 + 1e-9)
    assert wet_hours_needed(fungus.topt, fungus) == pytest.approx(fungus.wmin)
    assert fungus.wmin * (1 - 1e-9) <= wet_hours_needed(temperature, fungus) <= fungus.wmax


@given(fungus=fungi(), first=st.floats(0, 1), second=st.floats(0, 1))
def test_a_fungus_needs_longer_wetness_the_further_from_its_best_temperature(fungus, first, second):
    near, far = sorted((first, second))
    for edge in (fungus.tmin, fungus.tmax):
        hours = [wet_hours_needed(fungus.topt + share * (edge - fungus.topt), fungus) for share in (near, far)]
        assert hours[0] <= hours[1] * (1 + 1e-9)


@given(temperature=st.floats(-10, 50), wetness=st.floats(0, 100), more=st.floats(0, 48))
def test_longer_wetness_never_lets_in_fewer_canker_bacteria(temperature, wetness, more):
    numbers = response_of("canker")[:6]
    shorter, longer = (penetration(temperature, hours, *numbers) for hours in (wetness, wetness + more))
    assert 0 <= shorter <= longer <= 1 + 1e-9


@given(beyond=st.floats(0, 30), wetness=st.floats(0, 100))
def test_canker_enters_neither_in_the_cold_nor_in_the_heat_nor_dry(beyond, wetness):
    response = response_of("canker")
    for temperature in (response.tmin - beyond, response.tmax + beyond):
        assert penetration(temperature, wetness, *response[:6]) == 0
    assert penetration(response.topt, 0.0, *response[:6]) == 0


def test_the_shape_of_canker_peaks_at_its_best_temperature():
    response = response_of("canker")
    temperatures = np.linspace(0, 50, 5001)
    entered = penetration_by_temperature(temperatures, *response[:5])
    assert temperatures[entered.argmax()] == pytest.approx(response.topt, abs=0.02)
    assert entered.max() == pytest.approx(1.0)
    tied = response.p * (response.tmax - response.topt) / (response.topt - response.tmin)
    assert response.q == pytest.approx(tied)  # where the derivative of the shape is 0


def test_an_unknown_temperature_stays_unknown():
    fungus = response_of("melanose")
    assert np.isnan(temperature_response(np.nan, fungus.tmin, fungus.topt, fungus.tmax))
    assert np.isnan(wet_hours_needed(np.nan, fungus))
    assert np.isnan(penetration(np.nan, 24.0, *response_of("canker")[:6]))


@given(heat=st.floats(0, 3000), more=st.floats(0, 500))
def test_more_heat_never_takes_spores_back(heat, more):
    form = inoculum.form_of(organism.load("black_spot"))
    for first, second in (
        [ascospore_onset(h, form.intercept, form.slope) for h in (heat, heat + more)],
        [ascospores_released(h, form.release_intercept, form.release_slope) for h in (heat, heat + more)],
        [ripe_pycnidia(h, 600.0) for h in (heat, heat + more)],
    ):
        assert 0 <= first <= second <= 1


@given(wood=st.floats(0, 3), warmth=st.floats(-5, 35), seed=st.integers(0, 100))
def test_inoculum_of_every_disease_lies_between_none_and_all(wood, warmth, seed):
    random = np.random.default_rng(seed)
    tmean = warmth + random.normal(0, 4, (2, 365))
    wet = random.random((2, 365)) < 0.5
    for key in INFECTIONS:
        days = inoculum.daily(organism.load(key), tmean, wet, 0, wood=wood)
        assert days.shape == tmean.shape
        assert (days >= 0).all()
        assert (days <= 1).all()


def test_canker_has_no_source_unless_it_was_confirmed():
    days = np.full(365, 22.0)
    assert (inoculum.daily(organism.load("canker"), days, days > 0, 0) == 0).all()
    assert (inoculum.daily(organism.load("canker"), days, days > 0, 0, level=0.7) == 0.7).all()


def test_a_dry_or_a_cold_year_sends_black_spot_no_ascospores():
    one = organism.load("black_spot")
    only_conidia = inoculum.form_of(one).conidia
    cold, warm = np.full(365, 9.0), np.full(365, 22.0)
    assert inoculum.daily(one, cold, cold > 0, 0) == pytest.approx(only_conidia)
    assert inoculum.daily(one, warm, warm < 0, 0) == pytest.approx(only_conidia)
    assert inoculum.daily(one, warm, warm > 0, 0).max() > only_conidia


def test_every_number_has_the_value_and_the_evidence_of_the_specification(table):
    for row in table("pest_disease_evidence"):
        number = number_of(row)
        assert number.evidence == EVIDENCE[row["label"]], row
        for field in ("value", "low", "high"):
            if row[field] != "":
                assert getattr(number, field) == row[field], (row, field)


def test_the_cap_of_melanose_is_called_a_judgement():
    assert parameters.section(organism.load("melanose").path, "infection")["wmax"].evidence == "judgement"


@pytest.mark.parametrize("key", DISEASES)
def test_no_code_of_a_disease_is_called_looked_up(key):
    assert organism.load(key).eppo_evidence == "recalled"


@pytest.mark.parametrize("key", INFECTIONS)
def test_the_numbers_of_a_disease_load_and_stay_in_order_over_their_whole_width(key):
    one = organism.load(key)
    one.parameters("dispersal", DISPERSALS[one.model["dispersal"]])
    inoculum.form_of(one)
    bounds = parameters.section(one.path, "bounds")
    assert 0 < bounds["medium"].value < bounds["high"].value < 100
    response = response_of(key)
    width = parameters.section(one.path, "infection")
    assert response.tmin < response.topt < response.tmax
    assert width["tmin"].high < width["topt"].low
    assert width["topt"].high < width["tmax"].low
    if key in FUNGI:
        assert 0 < width["wmin"].high <= width["wmax"].low


@pytest.mark.parametrize("key", INFECTIONS)
def test_each_width_holds_its_value(key):
    path = organism.load(key).path
    for section in ("infection", "dispersal", "inoculum", "host.cultivar"):
        for name, number in parameters.section(path, section).items():
            low, high = (number.value if one is None else one for one in (number.low, number.high))
            assert low <= number.value <= high, (section, name)


@pytest.mark.parametrize("key", INFECTIONS)
def test_tissue_of_every_disease_grows_out_of_its_susceptible_age(key):
    stages = parameters.section(organism.load(key).path, "host")
    assert stages
    assert set(stages) <= {"fruit", "shoots", "ripe"}
    for stage in stages.values():
        days, shares = zip(*stage.value, strict=True)
        assert (np.diff(days) > 0).all()
        assert all(0 <= share <= 1 for share in shares)
        assert max(shares) > 0
        assert shares[-1] == 0


@pytest.mark.parametrize("key", INFECTIONS)
def test_factors_of_cultivars_are_shares_of_groups_that_the_platform_knows(key):
    groups = {path.stem for path in (ROOT / "growth_model" / "crops").glob("*.toml")}
    factors = parameters.section(organism.load(key).path, "host.cultivar")
    assert set(factors) - {"default"} <= groups
    assert "default" in factors
    assert all(number.unit == "1" and 0 <= number.value <= 1 for number in factors.values())


def test_greasy_spot_is_protected_in_june_and_july_and_nothing_more_is_claimed():
    one = organism.load("greasy_spot")
    (event,) = timing.events(one)
    assert event.sum == "calendar"
    assert event.evidence == "recalled"
    assert 152 <= event.amount - event.lead < event.amount + event.lasts <= 212  # 1 June to 31 July
    assert one.products[30] == one.products[90] == "nothing"


@pytest.mark.parametrize("key", ["brown_rot", "scab", "anthracnose"])
def test_diseases_known_as_an_index_only_promise_no_events(key):
    assert organism.load(key).products == {15: "level", 30: "nothing", 90: "nothing"}


@pytest.mark.parametrize("key", DISEASES)
def test_milder_means_come_before_sprays(key):
    types = [control.type for control in organism.load(key).controls]
    first = types.index("chemical")
    assert first > 0
    assert set(types[first:]) == {"chemical"}
    assert all(control.groups for control in organism.load(key).controls if control.type == "chemical")


def test_canker_is_reported_before_anything_is_done():
    one = organism.load("canker")
    assert one.quarantine
    assert one.controls[0].type == "report"
    assert one.controls[0].when == "low"
    assert not any(organism.load(key).quarantine for key in DISEASES if key != "canker")


def test_no_file_names_an_active_that_must_not_be_used_on_citrus(table):
    blocked = [row["word"] for row in table("pest_blocked")]
    for path in organism.FOLDER.glob("*.toml"):
        text = path.read_text(encoding="utf-8").lower()
        assert [word for word in blocked if word in text] == [], path.name
