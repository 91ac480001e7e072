import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from agro.numeric import FAST, kernel
from growth_model import nutrition
from growth_model.nutrition import (
    ELEMENTS,
    TABLE,
    Applied,
    Organs,
    Pools,
    Soil,
    Turnover,
    content_of,
    growth_limit,
    leaching,
    leaf_content,
    mineralisation,
    nitrogen_effect,
    nutrient_day,
    nutrient_status,
    root_supply,
    soil_pool,
)

CONTENT, NITROGEN = nutrition.load("sweet_orange")["nitrogen"]
ORCHARD = Organs(4500.0, 2400.0, 17000.0, 10000.0, 4800.0)  # 370 trees of Morgan's size and 30 t of fruit
NONE = Organs(0.0, 0.0, 0.0, 0.0, 0.0)
GROWN = Organs(20.0, 8.0, 20.0, 15.0, 30.0)
WARM = Soil(25.0, 1.0, 0.0, 200.0, 6.5)
NOTHING = Applied(0.0, 0.0, 0.0)

soils = st.builds(Soil, st.floats(2, 33), st.floats(0, 1.2), st.floats(0, 80), st.floats(60, 300), st.floats(4.5, 8.5))


def still(mass=ORCHARD, growth=NONE, shed=NONE, exported=NONE):
    return Turnover(mass, growth, shed, exported)


def course(seed, days=300, element="nitrogen", more=0.0):
    """Return the days of an orchard under chance weather; `more` is fertiliser on top of the common one."""
    rng = np.random.default_rng(seed)
    content, nutrient = nutrition.load("mandarin")[element]
    mass, pools = np.array(ORCHARD), Pools(*rng.uniform([5, 500, 100], [200, 8000, 500]))
    seen = [(pools, None, None)]
    for day in range(days):
        growth, shed, exported = rng.uniform(0, 40, 5), rng.uniform(0, 0.004, 5) * mass, np.zeros(5)
        if day == 200:
            exported[4] = 0.8 * mass[4]
        applied = Applied(*(rng.uniform(0, 60, 3) * (rng.random(3) < 0.03) + np.array([more * (day % 50 == 10), 0, 0])))
        soil = Soil(
            rng.uniform(4, 32), rng.uniform(0, 1.1), rng.exponential(5), rng.uniform(80, 250), rng.uniform(5, 8.5)
        )
        done = nutrient_day(
            pools,
            Turnover(Organs(*mass), Organs(*growth), Organs(*shed), Organs(*exported)),
            applied,
            soil,
            content,
            nutrient,
        )
        pools, mass = Pools(done.mineral, done.organic, done.plant), mass + growth - shed - exported
        seen.append((pools, applied, done))
    return seen


def test_a_common_soil_frees_108_kg_of_nitrogen_in_a_warm_moist_year():  # T8.1
    organic = soil_pool(1000.0, 1.35, 0.4)
    assert organic == pytest.approx(5400)
    assert 365 * mineralisation(organic, WARM, NITROGEN) == pytest.approx(108, abs=0.5)


@pytest.mark.parametrize(
    ("organ", "nitrogen", "mass"),
    [("leaf", 0.38, 0.13), ("twig", 0.08, 0.07), ("wood", 0.27, 0.50), ("root", 0.27, 0.30)],
)
def test_organs_hold_the_nitrogen_of_a_measured_tree(organ, nitrogen, mass):  # T8.2
    measured = 100 * 0.79 * nitrogen / (94 * mass)
    assert getattr(CONTENT, organ) == pytest.approx(measured, abs=0.01)


def test_a_tree_of_94_kg_holds_790_g_of_nitrogen():
    tree = Organs(94 * 0.13, 94 * 0.07, 94 * 0.50, 94 * 0.30, 0.0)
    assert content_of(tree, CONTENT) == pytest.approx(0.79, abs=0.005)


@pytest.mark.parametrize(
    ("group", "fresh"),
    [("sweet_orange", (1.6, 0.18, 1.6)), ("mandarin", (2.2, 0.25, 1.9)), ("pummelo", (1.5, 0.18, 1.7))],
)
def test_a_tonne_of_fruit_carries_away_its_kilograms(group, fresh):
    a_tonne = Organs(0.0, 0.0, 0.0, 0.0, 160.0)  # kg of dry matter
    for element, kilograms in zip(ELEMENTS, fresh, strict=True):
        assert content_of(a_tonne, nutrition.load(group)[element][0]) == pytest.approx(kilograms)


def test_one_day_by_hand():
    soil = Soil(18.5, 0.5, 20.0, 180.0, 7.8)
    turnover = still(growth=GROWN, shed=Organs(10.0, 0.0, 0.0, 0.0, 4.0), exported=Organs(0.0, 0.0, 0.0, 0.0, 480.0))
    day = nutrient_day(Pools(40.0, 5000.0, 200.0), turnover, Applied(5.0, 10.0, 3.0), soil, CONTENT, NITROGEN)

    required = 4500 * 0.0246 + 2400 * 0.0096 + 17000 * 0.0045 + 10000 * 0.0076 + 4800 * 0.01  # 334.24
    mineralised = 5000 * 0.02 / 365 * 2 ** (-0.65) * 0.5 / 0.6
    mineral = 40 + mineralised + 5 + 10 * 0.9
    leached = mineral * 20 / 200
    demand = 20 * 0.0246 + 8 * 0.0096 + 20 * 0.0045 + 15 * 0.0076 + 30 * 0.01 + (1.1 * required - 200) / 20
    uptake = 0.05 * (mineral - leached) * 0.5 * 0.5
    litter = 200 / required * (10 * 0.65 * 0.0246 + 4 * 0.01)
    exported = 200 / required * 4.8
    assert day.volatilised == pytest.approx(1.0)
    assert day.mineralised == pytest.approx(mineralised)
    assert day.leached == pytest.approx(leached)
    assert day.demand == pytest.approx(demand)
    assert day.uptake == pytest.approx(uptake)
    assert uptake < demand
    assert day.litter == pytest.approx(litter)
    assert day.exported == pytest.approx(exported)
    assert day.deficit == pytest.approx(required - 200)
    assert day.mineral == pytest.approx(mineral - leached - uptake)
    assert day.organic == pytest.approx(5000 - mineralised + 3 + litter)
    assert day.plant == pytest.approx(200 + uptake - litter - exported)


def test_a_well_fed_tree_takes_what_it_grows_and_no_more():
    full = NITROGEN.fullness * content_of(ORCHARD, CONTENT)
    day = nutrient_day(Pools(500.0, 0.0, full), still(growth=GROWN), NOTHING, WARM, CONTENT, NITROGEN)
    assert day.uptake == pytest.approx(content_of(GROWN, CONTENT))
    assert day.deficit == 0


@pytest.mark.parametrize(("temperature", "share"), [(5, 0), (12, 0), (18.5, 0.5), (25, 1), (30, 1)])
def test_roots_wake_with_the_soil(temperature, share):
    assert root_supply(100.0, WARM._replace(temperature=temperature), NITROGEN) == pytest.approx(5 * share)


@pytest.mark.parametrize(("drainage", "left"), [(0.0, 1.0), (200.0, 0.5), (600.0, 0.25)])
def test_drainage_takes_its_share_of_nitrate(drainage, left):
    assert 80 - leaching(80.0, WARM._replace(drainage=drainage), 1.0) == pytest.approx(80 * left)


@pytest.mark.parametrize(("ph", "lost"), [(5.0, 0.0), (7.5, 0.0), (7.6, 10.0)])
def test_urea_is_lost_to_the_air_on_alkaline_soil_only(ph, lost):
    day = nutrient_day(
        Pools(0.0, 0.0, 300.0), still(), Applied(0.0, 100.0, 0.0), WARM._replace(ph=ph), CONTENT, NITROGEN
    )
    assert day.volatilised == pytest.approx(lost)


@pytest.mark.parametrize("element", ELEMENTS)
def test_litter_of_each_element_goes_where_it_belongs(element):
    content, nutrient = nutrition.load("pummelo")[element]
    pools = Pools(0.0, 0.0, content_of(ORCHARD, content))
    day = nutrient_day(pools, still(shed=Organs(100.0, 0.0, 0.0, 0.0, 0.0)), NOTHING, WARM, content, nutrient)
    assert day.litter == pytest.approx(content.leaf * 0.65)
    assert (day.organic, day.mineral + day.uptake) == pytest.approx(
        (day.litter, 0) if element == "nitrogen" else (0, day.litter)
    )


@pytest.mark.parametrize(("leaf", "effect"), [(0.5, 0.4), (1.2, 0.4), (1.9, 0.5), (2.46, 0.9), (2.6, 1.0), (3.4, 1.1)])
def test_leaf_nitrogen_paces_photosynthesis(leaf, effect):
    table = parameters.section(TABLE, "photosynthesis")
    corners = [table[name].value for name in ("none", "full", "least", "most")]
    assert nitrogen_effect(leaf, *corners) == pytest.approx(effect)


@pytest.mark.parametrize(
    ("element", "leaf", "limit"),
    [
        ("phosphorus", 0.05, 0.6),
        ("phosphorus", 0.09, 0.6),
        ("phosphorus", 0.105, 0.8),
        ("phosphorus", 0.14, 1.0),
        ("potassium", 0.7, 0.6),
        ("potassium", 1.10, 0.92),
        ("potassium", 1.2, 1.0),
    ],
)
def test_poor_leaves_hold_growth_back(element, leaf, limit):
    table = parameters.section(TABLE, f"growth_limit.{element}")
    assert growth_limit(leaf, *(table[name].value for name in ("deficient", "sufficient", "least"))) == pytest.approx(
        limit
    )


def test_orchards_of_the_survey_start_rich_in_nitrogen_and_poor_in_potassium():
    survey = parameters.section(TABLE, "survey")
    status = {e: survey[e].value / nutrition.load("sweet_orange")[e][0].leaf for e in ELEMENTS}
    assert status["nitrogen"] > 1.05
    assert status["phosphorus"] == pytest.approx(1.0)
    assert status["potassium"] < 0.8


def test_leaves_show_the_tree_s_status_and_bare_ground_has_none():
    required = content_of(ORCHARD, CONTENT)
    assert leaf_content(nutrient_status(0.8 * required, required), CONTENT.leaf) == pytest.approx(0.8 * 2.46)
    assert nutrient_status(0.0, 0.0) == 0
    assert nutrient_status(9 * required, required) == 1.5


@pytest.mark.parametrize("element", ELEMENTS)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_balance_closes_over_300_days_of_chance(element, seed):
    seen = course(seed, element=element)
    given_ = sum(sum(applied) for _, applied, _ in seen[1:])
    lost = sum(day.leached + day.volatilised + day.exported for *_, day in seen[1:])
    before, after = sum(seen[0][0]), sum(seen[-1][0])
    assert after - before == pytest.approx(given_ - lost, abs=1e-9 * (before + given_))
    assert min(min(pools) for pools, *_ in seen) >= 0
    assert min(min(day) for *_, day in seen[1:]) >= 0


@given(soil=soils, growth=st.floats(0, 500))
def test_no_nitrogen_comes_out_of_nothing(soil, growth):
    turnover = still(growth=Organs(growth, growth, growth, growth, growth), exported=ORCHARD)
    day = nutrient_day(Pools(0.0, 0.0, 0.0), turnover, NOTHING, soil, CONTENT, NITROGEN)
    assert (day.mineral, day.organic, day.plant, day.uptake, day.leached, day.exported) == (0, 0, 0, 0, 0, 0)
    assert day.demand >= 0


@given(fallen=st.floats(0, 2), taken=st.floats(0, 2))
def test_a_tree_cannot_lose_more_than_it_holds(fallen, taken):
    turnover = still(shed=Organs(*(fallen * m for m in ORCHARD)), exported=Organs(*(taken * m for m in ORCHARD)))
    day = nutrient_day(Pools(0.0, 0.0, 250.0), turnover, NOTHING, WARM, CONTENT, NITROGEN)
    assert day.plant >= day.uptake - 1e-9
    assert day.litter + day.exported <= 250 + 1e-9


@given(soil=soils, mineral=st.floats(0, 300), plant=st.floats(50, 500), dose=st.floats(0, 200), more=st.floats(0, 200))
def test_more_fertiliser_never_lowers_a_day_s_uptake(soil, mineral, plant, dose, more):
    pools, turnover = Pools(mineral, 5000.0, plant), still(growth=GROWN)
    less = nutrient_day(pools, turnover, Applied(dose, 0.0, 0.0), soil, CONTENT, NITROGEN)
    rich = nutrient_day(pools, turnover, Applied(dose + more, 0.0, 0.0), soil, CONTENT, NITROGEN)
    assert less.uptake <= rich.uptake + 1e-12
    assert less.uptake <= less.demand + 1e-12
    assert less.leached <= rich.leached + 1e-12


@pytest.mark.parametrize("element", ELEMENTS)
@given(seed=st.integers(0, 2**32 - 1), more=st.floats(0.1, 100))
def test_more_fertiliser_never_lowers_a_season_s_uptake(element, seed, more):
    def taken_up(seen):
        return sum(day.uptake for *_, day in seen[1:])

    assert taken_up(course(seed, element=element)) <= taken_up(course(seed, element=element, more=more)) + 1e-9


@kernel(fastmath=FAST)
def _seasons(start, weather, content, nutrient, out):
    """Each lane lives through the days of its weather: temperature, wetness, drainage, fertiliser, growth."""
    for lane in range(start.shape[1]):
        mineral, organic, plant = start[0, lane], start[1, lane], start[2, lane]
        for day in range(weather.shape[0]):
            growth = weather[day, 4, lane]
            none = growth - growth
            mass = start[3, lane]
            turnover = Turnover(
                Organs(mass, mass, mass, mass, mass),
                Organs(growth, growth, growth, growth, growth),
                Organs(growth, none, none, none, none),
                Organs(none, none, none, none, growth),
            )
            soil = Soil(
                weather[day, 0, lane], weather[day, 1, lane], weather[day, 2, lane], start[4, lane], start[5, lane]
            )
            applied = Applied(weather[day, 3, lane], weather[day, 3, lane], none)
            done = nutrient_day(Pools(mineral, organic, plant), turnover, applied, soil, content, nutrient)
            mineral, organic, plant = done.mineral, done.organic, done.plant
        out[0, lane], out[1, lane], out[2, lane] = mineral, organic, plant


@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_compiled_seasons_agree_with_plain_python(dtype, close):
    rng = np.random.default_rng(1)
    lanes, days = 16, 200
    start = rng.uniform([5, 500, 100, 2000, 80, 5], [200, 8000, 400, 9000, 250, 8.5], (lanes, 6)).T
    weather = rng.uniform([4, 0, 0, 0, 0], [32, 1.1, 20, 3, 40], (days, lanes, 5)).transpose(0, 2, 1)
    start, weather = np.ascontiguousarray(start, dtype), np.ascontiguousarray(weather, dtype)
    out = np.empty((3, lanes), dtype)
    content, nutrient = (type(part)(*(dtype(x) for x in part)) for part in (CONTENT, NITROGEN))
    _seasons(start, weather, content, nutrient, out)

    start, weather = start.astype(float), weather.astype(float)
    pools, mass = Pools(*start[:3]), Organs(*[start[3]] * 5)
    none = np.zeros(lanes)
    for temperature, wetness, drainage, fertiliser, growth in weather:
        turnover = Turnover(mass, Organs(*[growth] * 5), NONE._replace(leaf=growth), NONE._replace(fruit=growth))
        soil = Soil(temperature, wetness, drainage, start[4], start[5])
        done = nutrient_day(pools, turnover, Applied(fertiliser, fertiliser, none), soil, CONTENT, NITROGEN)
        pools = Pools(done.mineral, done.organic, done.plant)
    np.testing.assert_allclose(out, pools, rtol=close)
