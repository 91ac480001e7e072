import numba
import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro import numeric
from agro.numeric import FAST, kernel
from agro.soil import water_balance
from agro.soil.crop_coefficient import Basal, Stages, basal_coefficient, highest_coefficient, stages, weather_term
from agro.soil.runoff import with_small_losses
from agro.soil.water_balance import Crop, Ground, Rules, Soil, Water, depleted, layered, water_day

RULES = Rules(0.05, 0.5, 3.0)
OPEN = Ground(1.0, 1.0, 0.0, 0.0, 1.0, 1.0)  # nothing runs off
SHARE = st.floats(0, 1)
PLACES = 64
DEPTH = st.sampled_from([0.05, 0.15, 0.20, 0.21, 0.35, 0.40, 0.60, 1.0])


def bucket(evaporable, available):
    return Soil(evaporable, 9.0, available, 0.0, 0.0, 1.0, 0.0, 0.0)


def gained(before, after):
    return float(water_balance.root_zone_depletion(before) - water_balance.root_zone_depletion(after))


def entered(day, rain):
    return rain + day.irrigation - day.runoff - day.evaporation - day.transpiration - day.percolation


def test_seven_days_of_one_bucket_agree_with_the_worked_example(table):
    soil = bucket(water_balance.total_evaporable(0.317, 0.158, 0.10), 1000 * (0.317 - 0.158) * 0.6)
    assert (soil.evaporable, soil.upper) == pytest.approx((23.8, 95.4))
    number = with_small_losses(72.0)
    ground = Ground(number, number, 0.0, 0.0, 1.0, 1.0)
    water = Water(10.0, 20.0, 0.0, 0.0, 1.0)
    for row in table("soil_seven_days"):
        day = water_day(water, row["et0"], row["rain"], row["irrigation"], Crop(0.60, 1.10, 0.5), soil, ground, RULES)
        found = {
            "runoff": day.runoff,
            "coefficient": day.evaporation / row["et0"],
            "evapotranspiration": day.evaporation + day.transpiration,
            "free_share": water_balance.free_share(0.5, day.demand),
            "percolation": day.percolation,
            "surface": day.water.surface,
            "depletion": day.water.upper,
        }
        assert found == pytest.approx({name: row[name] for name in found}, abs=2e-3)
        wetted = max(0.0, water.surface - (row["rain"] - day.runoff) - row["irrigation"])
        assert water_balance.evaporation_reduction(wetted, soil) == pytest.approx(row["reduction"], abs=2e-3)
        water = day.water


def test_a_dry_day_agrees_with_the_worked_example():
    # growth specification T7.3: FC 0.32, WP 0.18, 0.8 m, De 12, TEW 23, REW 9, Dr 80, Kcb 0.65, cover 0.7, ET0 4.31
    highest = highest_coefficient(0.65, weather_term(1.0, 52.0, 1.0))
    soil, crop = bucket(23.0, 112.0), Crop(0.65, highest, 0.7)
    assert highest == pytest.approx(1.132, abs=2e-3)
    assert water_balance.evaporation_reduction(12.0, soil) == pytest.approx(0.786, abs=2e-3)
    day = water_day(Water(12.0, 80.0, 0.0, 0.0, 1.0), 4.31, 0.0, 0.0, crop, soil, OPEN, RULES)
    assert day.evaporation / 4.31 == pytest.approx(0.340, abs=2e-3)
    assert day.demand == pytest.approx(4.265, abs=2e-3)
    assert water_balance.free_share(0.5, day.demand) == pytest.approx(0.529, abs=2e-3)
    assert day.stress == pytest.approx(0.607, abs=2e-3)
    assert day.transpiration == pytest.approx(1.701, abs=2e-3)
    assert day.evaporation + day.transpiration == pytest.approx(3.165, abs=2e-3)
    assert day.water.upper == pytest.approx(83.16, abs=6e-3)  # 83.165, cut to two decimals there


@pytest.mark.parametrize(("depletion", "expected"), [(55.332, 1.0), (70.0, 0.6339), (90.0, 0.1348), (200.0, 0.0)])
def test_stress_agrees_with_the_worked_example(depletion, expected):
    assert water_balance.water_stress(depletion, 95.4, 0.58) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("depletion", "expected"), [(15.0, 0.5946), (22.0, 0.1216), (5.0, 1.0)])
def test_a_drying_surface_evaporates_less(depletion, expected):
    assert water_balance.evaporation_reduction(depletion, bucket(23.8, 95.4)) == pytest.approx(expected, abs=1e-4)


def test_roots_end_with_the_soil():
    layers = water_balance.layers()
    deep = layered(0.32, 0.18, 0.8, layers)
    assert (deep.upper, deep.middle, deep.lower) == pytest.approx((28, 28, 56))
    assert deep[5:] == pytest.approx((0.45, 0.35, 0.20))
    shallow = layered(0.32, 0.18, 0.3, layers)
    assert (shallow.upper, shallow.middle, shallow.lower) == pytest.approx((28, 14, 0))
    assert shallow[5:] == pytest.approx((0.45, 0.175, 0.0))
    assert water_balance.total_available(shallow) == pytest.approx(42)


def test_rain_fills_the_layers_from_the_top():
    soil = layered(0.32, 0.18, 0.6, water_balance.layers())
    dry = Water(10.0, 20.0, 15.0, 10.0, 1.0)
    still = Crop(0.6, 1.1, 0.5)
    for rain, left in [(12, (8, 15, 10)), (30, (0, 5, 10)), (40, (0, 0, 5)), (60, (0, 0, 0))]:
        day = water_day(dry, 0.0, float(rain), 0.0, still, soil, OPEN, RULES)
        assert day.water[1:4] == pytest.approx(left)
        assert day.percolation == pytest.approx(max(0, rain - 45))


def test_roots_turn_to_the_moist_layers():
    soil = layered(0.32, 0.18, 0.6, water_balance.layers())
    no_sun_on_the_ground = Crop(0.6, 0.6, 0.5)
    # from moist soil by the weights, 3 mm: 1.35, 1.05, 0.60; with a dry upper layer only the others: 35 to 20
    moist = water_day(depleted(soil, 0.0), 5.0, 0.0, 0.0, no_sun_on_the_ground, soil, OPEN, RULES)
    assert moist.water[1:4] == pytest.approx((1.35, 1.05, 0.60))
    top_dry = Water(0.0, soil.upper, 0.0, 0.0, 1.0)
    day = water_day(top_dry, 5.0, 0.0, 0.0, no_sun_on_the_ground, soil, OPEN, RULES)
    assert day.stress == 1
    assert day.water[1:4] == pytest.approx((soil.upper, 3 * 35 / 55, 3 * 20 / 55))


def test_drip_wets_a_part_of_the_ground_until_it_rains():
    soil, crop = layered(0.32, 0.18, 0.6, water_balance.layers()), Crop(0.6, 1.1, 0.5)
    drip = water_balance.system("drip")
    ground = OPEN._replace(efficiency=drip.efficiency, irrigated=water_balance.wetted_by_drip(0.5, drip.irrigated))
    assert ground.irrigated == pytest.approx(0.2)
    dry = depleted(soil, 0.9)
    first = water_day(dry, 4.0, 0.0, 10.0, crop, soil, ground, RULES)
    assert first.irrigation == pytest.approx(9)
    assert first.water.wetted == pytest.approx(0.2)
    assert first.evaporation == pytest.approx(0.2 * 1.1 * 4)  # all the wet ground gives, eq. 71
    second = water_day(first.water, 4.0, 0.0, 0.0, crop, soil, ground, RULES)
    assert second.water.wetted == pytest.approx(0.2)
    third = water_day(second.water, 4.0, 5.0, 0.0, crop, soil, ground, RULES)
    assert third.water.wetted == 1


def test_a_terrace_keeps_runoff_and_mulch_keeps_water():
    soil, crop = layered(0.32, 0.18, 0.6, water_balance.layers()), Crop(0.6, 1.1, 0.5)
    slope, water = Ground(60.0, 80.0, 0.0, 0.0, 1.0, 1.0), depleted(soil, 0.5)
    bare = water_day(water, 4.0, 60.0, 0.0, crop, soil, slope, RULES)
    bench = water_day(water, 4.0, 60.0, 0.0, crop, soil, slope._replace(retained=0.6), RULES)
    assert bench.retained == pytest.approx(0.6 * bare.runoff)
    assert bench.runoff == pytest.approx(0.4 * bare.runoff)
    straw = water_day(water, 4.0, 60.0, 0.0, crop, soil, slope._replace(mulched=0.5), RULES)
    assert straw.evaporation == pytest.approx(0.5 * bare.evaporation)


def test_a_day_without_weather_is_not_passed_over():
    soil = layered(0.32, 0.18, 0.6, water_balance.layers())
    for et0, rain in [(np.nan, 0.0), (4.0, np.nan)]:
        day = water_day(depleted(soil, 0.5), et0, rain, 0.0, Crop(0.6, 1.1, 0.5), soil, OPEN, RULES)
        assert np.isnan(day.water.upper)


@given(seed=st.integers(0, 2**32 - 1), depth=DEPTH, start=SHARE, cover=SHARE, retained=SHARE, mulched=SHARE)
def test_water_closes_on_every_day_of_two_hundred(seed, depth, start, cover, retained, mulched):
    rng = np.random.default_rng(seed)
    soil = layered(0.32, 0.18, depth, water_balance.layers())
    ground = Ground(55.0, 85.0, retained, mulched, rng.uniform(0.5, 1), rng.uniform(0.1, 1))
    water = depleted(soil, start)
    for _ in range(200):
        rain = rng.exponential(15) * (rng.random() < 0.25)
        irrigation = rng.uniform(0, 30) * (rng.random() < 0.05)
        basal = rng.uniform(0.1, 1.1)
        crop = Crop(basal, max(1.2, basal + 0.05), cover)
        day = water_day(water, rng.uniform(0, 9), rain, irrigation, crop, soil, ground, RULES)
        assert abs(gained(water, day.water) - entered(day, rain)) < 1e-9
        assert min(day[1:]) >= 0
        assert day.evaporation + day.transpiration <= day.demand + 1e-9
        for left, held in zip(day.water[:4], (soil.evaporable, *soil[2:5]), strict=True):
            assert -1e-9 <= left <= held + 1e-9
        water = day.water


@given(surface=SHARE, shares=st.tuples(SHARE, SHARE, SHARE), drying=SHARE, et0=st.floats(0, 10), rain=st.floats(0, 60))
def test_wetter_soil_is_never_more_stressed(surface, shares, drying, et0, rain):
    soil, crop = layered(0.32, 0.18, 0.7, water_balance.layers()), Crop(0.7, 1.2, 0.5)
    wetter, drier = (
        Water(
            surface * soil.evaporable,
            *(held * (share + more * (1 - share)) for held, share in zip(soil[2:5], shares, strict=True)),
            1.0,
        )
        for more in (0.0, drying)
    )
    wet, dry = (water_day(water, et0, rain, 0.0, crop, soil, OPEN, RULES) for water in (wetter, drier))
    assert dry.stress <= wet.stress + 1e-12
    assert dry.percolation <= wet.percolation + 1e-9


@given(seed=st.integers(0, 2**32 - 1), depth=st.floats(0.05, 0.2))
def test_shallow_soil_is_one_bucket(seed, depth):
    rng = np.random.default_rng(seed)
    soil = layered(0.32, 0.18, depth, water_balance.layers())
    single = Soil(soil.evaporable, soil.readily_evaporable, soil.upper, 0.0, 0.0, 1.0, 0.0, 0.0)
    water = same = depleted(soil, 0.3)
    for _ in range(60):
        et0, rain = rng.uniform(0, 8), rng.exponential(10) * (rng.random() < 0.3)
        crop = Crop(0.65, 1.15, 0.6)
        water = water_day(water, et0, rain, 0.0, crop, soil, OPEN, RULES).water
        same = water_day(same, et0, rain, 0.0, crop, single, OPEN, RULES).water
        assert water_balance.root_zone_depletion(water) == pytest.approx(same.upper, abs=1e-9)
        assert (water.middle, water.lower) == (0, 0)


def test_orchards_take_labelled_arrays():
    soil = layered(
        0.32, 0.18, xr.DataArray([0.3, 0.8], dims="plot", coords={"plot": ["a", "b"]}), water_balance.layers()
    )
    day = water_day(depleted(soil, 0.6), 5.0, 2.0, 0.0, Crop(0.6, 1.1, 0.5), soil, OPEN, RULES)
    assert list(day.transpiration["plot"].values) == ["a", "b"]
    np.testing.assert_allclose(
        water_day(depleted(soil, 0.6), 5.0, 2.0, 0.0, Crop(0.6, 1.1, 0.5), soil, OPEN, RULES).water.lower[0], 0.0
    )


@kernel(fastmath=FAST)
def season(weather, soils, basal, turns, ground, rules, state):
    for day in range(weather.size // (3 * PLACES)):
        today = weather[3 * PLACES * day : 3 * PLACES * (day + 1)]
        for k in range(PLACES):
            wind = today[2 * PLACES + k]
            term = weather_term(wind, 20.0 * wind, basal.height_factor)
            coefficient = basal_coefficient(200.0 + 0.0 * wind, basal, turns, term)
            crop = Crop(coefficient, highest_coefficient(coefficient, term), soils[8 * PLACES + k])
            soil = Soil(
                soils[k],
                soils[PLACES + k],
                soils[2 * PLACES + k],
                soils[3 * PLACES + k],
                soils[4 * PLACES + k],
                soils[5 * PLACES + k],
                soils[6 * PLACES + k],
                soils[7 * PLACES + k],
            )
            water = Water(
                state[k], state[PLACES + k], state[2 * PLACES + k], state[3 * PLACES + k], state[4 * PLACES + k]
            )
            done = water_day(water, today[k], today[PLACES + k], 0.0 * wind, crop, soil, ground, rules)
            state[k] = done.water.surface
            state[PLACES + k] = done.water.upper
            state[2 * PLACES + k] = done.water.middle
            state[3 * PLACES + k] = done.water.lower
            state[4 * PLACES + k] = done.water.wetted
            state[5 * PLACES + k] += done.runoff
            state[6 * PLACES + k] += done.evaporation
            state[7 * PLACES + k] += done.transpiration
            state[8 * PLACES + k] += done.percolation


def run(dtype, compiled=True):
    """Return the water of 64 places after 240 days, and the sums of what left them."""
    rng = np.random.default_rng(5)
    days, places = 240, PLACES
    et0, wind = rng.uniform(1, 7, (days, places)), rng.uniform(0.5, 4, (days, places))
    rain = rng.exponential(14, (days, places)) * (rng.random((days, places)) < 0.2)
    soil = layered(0.32, 0.18, rng.uniform(0.1, 1.0, places), water_balance.layers())
    soils = np.stack([*np.broadcast_arrays(*soil), rng.uniform(0.1, 0.8, places)])
    start = [*np.broadcast_arrays(*depleted(soil, 0.4)), *np.zeros((4, places))]
    weather, soils, state = (
        np.array(values, dtype).ravel() for values in (np.stack([et0, rain, wind], 1), soils, start)
    )
    fixed = [
        type(values)(*(dtype(value) for value in values))
        for values in (Basal(0.7, 0.65, 0.7, 1.0), stages(), Ground(50.0, 80.0, 0.3, 0.1, 0.9, 0.5), RULES)
    ]
    (season if compiled else season.__wrapped__)(weather, soils, *fixed, state)
    return state.reshape(9, PLACES)


def test_compiled_water_agrees_with_plain_python():
    np.testing.assert_allclose(run(np.float64), run(np.float64, compiled=False), atol=1e-9, rtol=1e-11)


def test_single_precision_keeps_a_hundredth_of_a_millimetre():
    single, double = run(np.float32), run(np.float64)
    np.testing.assert_allclose(single[:5], double[:5], atol=0.01)
    np.testing.assert_allclose(single[5:], double[5:], atol=0.02)  # sums over 240 days


def test_places_are_computed_together_in_single_precision():
    fresh = numba.njit(  # a kernel from the cache does not show its code
        season.__wrapped__, fastmath=FAST, error_model="numpy", pipeline_class=numeric._Compiler
    )
    block, ground = numba.float32[::1], [Basal, Stages, Ground, Rules]
    tuples = [numba.types.NamedUniTuple(numba.float32, len(cls._fields), cls) for cls in ground]
    fresh.compile((block, block, *tuples, block))
    loop = fresh.inspect_asm(fresh.signatures[0])
    assert "cvtss2sd" not in loop
    assert "mulps" in loop
