import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from growth_model import EVENTS, load, place_rows, run
from growth_model.bloom import bloom_progress, heat, standard_days

FIRST = "2022-11-01"


def april_days(weather, key, event):
    season = run(weather, place_rows(), load(key).row[None, None], FIRST, 30.5, window=(0, 0), dtype=np.float64)
    date = season.dates[:, 0, 0, EVENTS.index(event)]
    return date - (np.datetime64("2023-03-31") - season.first_day).astype(int)


def test_the_day_count_of_the_published_constants_is_that_of_the_papers(table):
    for row in table("growth_day_count"):
        bloom = load(row["cultivar"]).crop.bloom
        rate = standard_days(row["temperature"], bloom.activation_energy, 20.0)
        assert bloom.requirement / rate == pytest.approx(row["days"], abs=0.1)


@pytest.mark.parametrize(("energy", "ratio"), [(79_496, 1.728), (37_700, 1.296), (112_968, 2.176)])
def test_five_degrees_speed_up_the_buds_as_the_activation_energy_says(energy, ratio):
    assert standard_days(25.0, energy, 20.0) == pytest.approx(ratio, abs=0.001)


@pytest.mark.parametrize(("base", "requirement"), [(7.5, 108.6), (10.0, 196.2)])
def test_the_heat_sums_of_jeju_are_reached_exactly(base, requirement):
    days = np.full(12, base + requirement / 12)
    assert heat(days, base).sum() == pytest.approx(requirement)
    assert heat(np.full(50, base - 1), base).sum() == 0


def test_the_day_count_blooms_on_the_dates_of_the_reference_run(table, climate):
    for row in table("growth_bloom_dates"):
        date = april_days(climate(FIRST, 250, warmer=row["warmer"]), row["cultivar"], "bloom_dts")[0]
        assert np.floor(date) == pytest.approx(row["april_day"], abs=1)


def test_one_clock_blooms_between_the_dates_of_its_two_models(climate):
    weather = climate(FIRST, 250)
    by_days, by_heat, bloom = (april_days(weather, "navel", event)[0] for event in ("bloom_dts", "bloom_heat", "65"))
    assert by_heat < bloom < by_days
    assert bloom == pytest.approx(0.8 * by_days + 0.2 * by_heat, abs=3)


def test_groups_bloom_in_the_order_of_the_county_and_within_twenty_days(climate):
    weather = climate(FIRST, 250)
    dates = [april_days(weather, key, "65")[0] for key in ("pummelo", "navel", "tarocco", "orah", "valencia")]
    assert dates == sorted(dates)
    assert 8 <= dates[1] <= 25
    late = [april_days(weather, key, "65")[0] for key in ("ponkan", "satsuma", "w_murcott", "navel_late")]
    assert max(dates + late) - min(dates + late) < 20


def test_a_degree_brings_bloom_forward_by_three_to_six_days(climate):
    warm, normal = (april_days(climate(FIRST, 250, warmer=dt), "navel", "65")[0] for dt in (1, 0))
    assert 3 < normal - warm < 6.5


@given(seed=st.integers(0, 10_000), start=st.integers(0, 200), length=st.integers(1, 60), warmer=st.floats(0, 8))
def test_warmth_never_delays_bloom_and_cold_never_brings_it_forward(chance, seed, start, length, warmer):
    weather = np.repeat(chance(FIRST, 260, sites=1, seed=seed), 3, axis=0)
    weather[1, :, start : start + length, :3] += warmer
    weather[2, :, start : start + length, :3] -= warmer
    for event in ("bloom_dts", "bloom_heat", "65"):
        normal, warm, cold = april_days(weather, "navel", event)
        assert warm <= normal + 1e-9
        assert not cold < normal - 1e-9


@given(days=st.floats(0, 80), warm=st.floats(0, 400), more=st.floats(0, 20))
def test_progress_rises_with_either_model(days, warm, more):
    here = bloom_progress(days, 55.6, warm, 196.2, 0.2)
    assert bloom_progress(days + more, 55.6, warm, 196.2, 0.2) >= here
    assert bloom_progress(days, 55.6, warm + more, 196.2, 0.2) >= here
    assert bloom_progress(55.6, 55.6, 196.2, 196.2, 0.2) == pytest.approx(1)
