import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from agro.numeric import FAST, kernel
from growth_model.damage import (
    TABLE,
    Frost,
    HeatDrop,
    Sunburn,
    WaterPotential,
    WinterDrop,
    frost_dose,
    frost_loss,
    frost_threshold,
    fruit_surface,
    heat_dose,
    newly_frozen,
    stem_water_potential,
    sunburn_hour,
    winter_drop_hazard,
)

FROST = {group: parameters.load(TABLE, f"frost.{group}", Frost) for group in ("sweet_orange", "mandarin", "pummelo")}
HEAT = {group: parameters.load(TABLE, f"heat_drop.{group}", HeatDrop) for group in ("satsuma", "navel")}
SUN = {group: parameters.load(TABLE, f"sunburn.{group}", Sunburn) for group in ("orange", "murcott")}
DROP = parameters.load(TABLE, "winter_drop", WinterDrop)
POTENTIAL = parameters.load(TABLE, "water_potential", WaterPotential)

cold = st.floats(-12, 2)
hours = st.integers(1, 14)
nights = st.floats(-2, 22)


def lost(tissue, group, temperature, hours, mean_minimum=20.0):
    """Return the share that a night of some hours at one temperature costs."""
    frost = FROST[group]
    threshold = frost_threshold(
        getattr(frost, tissue), getattr(frost, f"{tissue}_hardening"), mean_minimum, frost.hard, frost.soft
    )
    return frost_loss(hours * frost_dose(temperature, threshold), frost.scale)


def test_cold_hurts_what_the_handbooks_say(table):
    for row in table("cold_damage"):
        loss = lost(row["tissue"], row["group"], row["temperature"], row["hours"], row["mean_minimum"])
        assert (loss > 0.05) == bool(row["hurt"]), row


@given(temperature=cold, hours=hours, mean_minimum=nights)
def test_fruit_freezes_before_leaves_and_oranges_before_satsuma(temperature, hours, mean_minimum):
    for group in FROST:
        assert lost("fruit", group, temperature, hours, mean_minimum) >= lost(
            "leaf", group, temperature, hours, mean_minimum
        )
    for tissue in ("fruit", "leaf"):
        pummelo, orange, mandarin = (
            lost(tissue, group, temperature, hours, mean_minimum) for group in ("pummelo", "sweet_orange", "mandarin")
        )
        assert pummelo >= orange >= mandarin


@given(temperature=cold, hours=hours, cool=nights, warmer=st.floats(0, 10))
def test_hardened_trees_are_never_hurt_more(temperature, hours, cool, warmer):
    for tissue in ("fruit", "leaf"):
        hardened = lost(tissue, "sweet_orange", temperature, hours, cool)
        assert 0 <= hardened <= lost(tissue, "sweet_orange", temperature, hours, cool + warmer) + 1e-12 <= 1 + 1e-12


@given(temperature=cold, colder=st.floats(0, 5), hours=hours, longer=st.integers(0, 6))
def test_a_colder_or_longer_night_never_costs_less(temperature, colder, hours, longer):
    mild = lost("fruit", "mandarin", temperature, hours)
    assert mild <= lost("fruit", "mandarin", temperature - colder, hours + longer) + 1e-12


@pytest.mark.parametrize(("mean_minimum", "threshold"), [(-1, -6.0), (6, -6.0), (9, -5.25), (12, -4.5), (20, -4.5)])
def test_cool_nights_harden_leaves_by_up_to_one_and_a_half_degrees(mean_minimum, threshold):
    assert frost_threshold(-4.5, 1.5, mean_minimum, 6.0, 12.0) == pytest.approx(threshold)


@pytest.mark.parametrize(("dose", "share"), [(0, 0), (4, 0.6321), (8, 0.9409), (1, 0.1175)])
def test_frost_loss_by_hand(dose, share):  # 1 - e**-1, 1 - e**-2.828, 1 - e**-0.125
    assert frost_loss(float(dose), 4.0) == pytest.approx(share, abs=1e-4)


@given(doses=st.lists(st.floats(0, 6), min_size=1, max_size=8))
def test_night_by_night_a_winter_costs_what_its_whole_dose_costs(doses):
    total, sound = 0.0, 1.0
    for dose in doses:
        sound *= 1 - newly_frozen(total, total + dose, 4.0)
        total += dose
    assert 1 - sound == pytest.approx(frost_loss(total, 4.0), abs=1e-12)


@pytest.mark.parametrize(
    ("group", "age", "tmax", "dose"),
    [
        ("satsuma", 0, 28, 0),
        ("satsuma", 5, 33, 5),
        ("satsuma", 20, 33, 2),
        ("satsuma", 30, 31, 0),
        ("satsuma", 11.5, 33, 3.5),
        ("satsuma", 70, 40, 0),
        ("navel", 5, 33, 3),
        ("navel", 20, 33, 0),
        ("navel", 52.5, 41, 4),
    ],
)
def test_heat_counts_above_the_limit_of_the_fruit_s_age(group, age, tmax, dose):
    assert heat_dose(float(tmax), float(age), HEAT[group]) == pytest.approx(dose)


@given(tmax=st.floats(10, 45), hotter=st.floats(0, 8), age=st.floats(0, 200))
def test_hotter_days_never_spare_fruit_and_petal_fall_is_the_tenderest_age(tmax, hotter, age):
    for heat in HEAT.values():
        assert (
            0
            <= heat_dose(tmax, age, heat)
            <= heat_dose(tmax + hotter, age, heat)
            <= heat_dose(tmax + hotter, 0.0, heat)
        )
    assert heat_dose(tmax, age, HEAT["navel"]) <= heat_dose(tmax, age, HEAT["satsuma"])


@pytest.mark.parametrize(
    ("temperature", "beam", "wind", "surface"),
    [(36, 700, 0, 44.4), (36, 700, 2, 42.4), (36, 0, 0, 36), (36, 0, 5, 36), (30, 100, 4, 30)],
)
def test_peel_warms_in_the_sun_and_wind_cools_it_to_the_air(temperature, beam, wind, surface):
    found = fruit_surface(temperature, beam, wind, SUN["orange"].heating, SUN["orange"].cooling)
    assert found == pytest.approx(surface)


def test_murcott_burns_where_valencia_does_not():
    hour = (36.0, 600.0, 0.5)  # peel at 42.7 degC
    assert sunburn_hour(*hour, SUN["murcott"]) == 1
    assert sunburn_hour(*hour, SUN["orange"]) == 0
    assert sunburn_hour(38.0, 700.0, 0.5, SUN["orange"]) == 1


@pytest.mark.parametrize(
    ("tmin", "water_stress", "mean_week", "mature", "index"),
    [
        (5, 1.0, 10, 1, 0.0),
        (2, 0.5, 14, 1, 0.0),
        (0, 1.0, 10, 1, 0.25),
        (-3, 1.0, 10, 0, 0.5),
        (5, 0.25, 10, 0, 0.25),
        (5, 1.0, 20, 1, 0.5),
        (5, 1.0, 20, 0, 0.0),
        (-3, 0.0, 25, 1, 0.875),
    ],
)
def test_cold_drought_and_warm_ripeness_threaten_hanging_fruit(tmin, water_stress, mean_week, mature, index):
    assert winter_drop_hazard(tmin, water_stress, mean_week, float(mature), DROP) == pytest.approx(index)


@given(tmin=st.floats(-10, 20), stress=st.floats(0, 1), week=st.floats(-5, 30), mature=st.sampled_from([0.0, 1.0]))
def test_the_hazard_is_an_index_that_each_cause_can_only_raise(tmin, stress, week, mature):
    found = winter_drop_hazard(tmin, stress, week, mature, DROP)
    assert 0 <= found <= 1
    assert found <= winter_drop_hazard(tmin - 1, stress, week, mature, DROP) + 1e-12
    assert found <= winter_drop_hazard(tmin, 0.8 * stress, week, mature, DROP) + 1e-12
    assert found <= winter_drop_hazard(tmin, stress, week + 1, 1.0, DROP) + 1e-12


@pytest.mark.parametrize(("stress", "deficit", "potential"), [(1, 0, -0.7), (0, 0, -2.3), (0.5, 2, -1.8), (1, 4, -1.3)])
def test_stem_water_potential_by_hand(stress, deficit, potential):
    assert stem_water_potential(float(stress), float(deficit), POTENTIAL) == pytest.approx(potential)


@kernel(fastmath=FAST)
def _damages(x, frost, heat, sun, drop, potential, out):
    for k in range(x.shape[1]):
        threshold = frost_threshold(frost.fruit, frost.fruit_hardening, x[1, k], frost.hard, frost.soft)
        dose = frost_dose(x[0, k], threshold)
        out[0, k] = frost_loss(dose, frost.scale)
        out[1, k] = newly_frozen(dose, dose + dose, frost.scale)
        out[2, k] = heat_dose(x[2, k], x[3, k], heat)
        out[3, k] = sunburn_hour(x[2, k], x[4, k], x[5, k], sun)
        out[4, k] = winter_drop_hazard(x[0, k], x[6, k], x[1, k], x[6, k], drop)
        out[5, k] = stem_water_potential(x[6, k], x[5, k], potential)


@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-12), (np.float32, 2e-5)])
def test_compiled_damage_agrees_with_plain_python(dtype, close):
    rng = np.random.default_rng(2)
    low, high = [-8, -2, 20, 0, 0, 0, 0], [4, 22, 44, 80, 900, 4, 1]
    x = np.ascontiguousarray(rng.uniform(low, high, (999, 7)).T, dtype)
    out = np.empty((6, 999), dtype)
    parts = FROST["mandarin"], HEAT["satsuma"], SUN["murcott"], DROP, POTENTIAL
    _damages(x, *(type(part)(*(dtype(value) for value in part)) for part in parts), out)

    expected = np.empty((6, 999))
    _damages_plain(x.astype(float), *parts, expected)
    np.testing.assert_allclose(out, expected, rtol=close, atol=close)


def _damages_plain(x, *rest):
    _damages.__wrapped__(x, *rest)
