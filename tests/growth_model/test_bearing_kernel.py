"""All equations of flowering, flushes, fruit set, carbon and limits in one loop over a block of places."""

from typing import NamedTuple

import numba
import numpy as np
import pytest

from agro import parameters
from agro.numeric import FAST, equation, kernel
from growth_model.allocation import (
    Allocated,
    Allocation,
    DayCarbon,
    Pools,
    allocate,
    fruit_demand,
    mobilised,
    reserve_capacity,
)
from growth_model.alternate_bearing import budget_year, reserve_factor, steady_flower_cost, year_surplus
from growth_model.bearing import BEARING
from growth_model.flush import (
    Flush,
    FlushStart,
    Leaves,
    Recent,
    begun,
    canopy_efficiency,
    flush_potential,
    flush_share,
    flush_starts,
    grown_flush,
    last_years_leaves,
    late_flush,
    leaf_demand,
    leaf_fall,
    spring_starts,
)
from growth_model.fruit_limits import (
    DrySpell,
    FruitLimits,
    after_day,
    light_sugar,
    load_sugar,
    lost_share,
    rain_dilution,
    recovery_factor,
    shrinkage,
    source_limit,
    water_limit,
    water_sugar,
)
from growth_model.fruit_set import (
    DropStress,
    FruitDrop,
    crop_load,
    fruit_left,
    full_crop,
    heat_dose,
    load_factor,
)
from growth_model.induction import chill_hour, drought_hours, flowers, induced_share
from growth_model.lanes import LANES, flat, size, write
from growth_model.respiration import GrowthCost

CLASSES = {"leaves": Leaves, "autumn_start": FlushStart, "fruit_drop": FruitDrop, "allocation": Allocation}
LEAVES, START, DROP, RULES = (parameters.load(BEARING, name, cls) for name, cls in CLASSES.items())
LIMITS = parameters.load(BEARING, "fruit_limits", FruitLimits)
COSTS = GrowthCost(leaf=1.48, wood=1.42, root=1.39, fruit=1.30, held=1.125)


class Numbers(NamedTuple):
    """Results that are single numbers."""

    induced: float
    fruit_cost: float
    resource: float
    bloom: float
    starts: float
    late: float
    aim: float
    want: float
    load: float
    factor: float
    left: float
    asked: float
    recovery: float
    canopy: float
    fallen: float
    old: float
    grow: float
    sugar: float
    dilution: float


class Everything(NamedTuple):
    """All results."""

    numbers: Numbers
    autumn: Flush
    spell: DrySpell
    allocated: Allocated


@equation
def everything(u, v, w, leaves, start, drop, rules, limits, costs):
    """Return a number from every equation, for three numbers between 0 and 1."""
    day = 200.0 + 130.0 * v
    chill = chill_hour(40.0 * u, 5.0, 20.0) * 900.0 * v
    induced = induced_share(chill, drought_hours(-4.0 * w, -2.25), 425.0)
    year = budget_year(u, year_surplus(0.4, 900.0 * v, 700.0), 1.0, 2.0 * w, v)
    bloom = flowers(600.0, induced, 1.5 * v, reserve_factor(year.flower_cost, steady_flower_cost(0.4, w), 1.3), 0.415)
    recent = Recent(15.0 + 15.0 * u, v, 60.0 * w, 100.0 * u)
    starts = flush_starts(0.0, recent, day, start)
    spring = begun(Flush(spring_starts(0.0, u, 0.38), 70.0 * u, 90.0 * v), starts)
    aim = flush_potential(3.0 * u, 3.5, 0.7, 0.65, 120.0)
    want = leaf_demand(spring, aim, w, 30.0)
    autumn = grown_flush(spring, w, want)
    reference = full_crop(4.0 * v, 0.2)
    load = crop_load(20.0 * u, reference)
    age = 80.0 * v
    stress = DropStress(1.5 * u, heat_dose(20.0 + 20.0 * w, age, 28.0, 31.0, 15.0), w)
    left = fruit_left(bloom + 5.0, age, w, stress, drop)
    asked = fruit_demand(left, 100.0 * u, 100.0 * u + 2.0 * w, 0.16)
    free = mobilised(w, rules.mobilised_growing, rules.mobilised_resting)
    pools = Pools(200.0 * w * u, reserve_capacity(2000.0 * v, rules.reserve_share), 300.0 * v, free)
    out = allocate(DayCarbon(25.0 * u, 15.0 * v, asked, want), pools, rules, costs)
    spell = after_day(DrySpell(5.0 * u, 6.0, 9.0 * v), 0.4, 0.3 * v, w, limits)
    recovery = recovery_factor(lost_share(spell), w, age, limits)
    canopy = canopy_efficiency(spring, autumn, spring, 100.0 * w, leaves)
    fallen = leaf_fall(100.0 * u, 1.0, flush_share(12.0 * v, w, 15.0), leaves.fall_rate, leaves.fall_at_bloom)
    old = last_years_leaves(10.0 * u, spring, autumn, spring)
    grow = source_limit(1.5 * u, age, 60.0, 0.5) * water_limit(w, 0.8, 0.2) - shrinkage(70.0 * u, w, 0.2, 0.002)
    sugar = light_sugar(2.0 * u, 0.6, 1.2, 0.15) * water_sugar(w, 0.5, 1.2)
    dilution = load_sugar(load, 60.0 + 30.0 * v, 78.0, 0.06, 0.25) - rain_dilution(400.0 * w, 200.0, 0.002)
    late, factor = late_flush(starts, day, 283.0), load_factor(load, 0.12, 0.15)
    numbers = Numbers(
        induced, year.fruit_cost, year.reserve, bloom, starts, late, aim, want, load, factor, left, asked, recovery,
        canopy, fallen, old, grow, sugar, dilution,
    )  # fmt: skip
    return Everything(numbers, autumn, spell, out)


@kernel(fastmath=FAST)
def over_lanes(u, v, w, leaves, start, drop, rules, limits, costs, out):
    for lane in range(LANES):
        write(out, 0, lane, everything(u[lane], v[lane], w[lane], leaves, start, drop, rules, limits, costs))


@pytest.mark.parametrize(("dtype", "close"), [(np.float64, 1e-9), (np.float32, 3e-5)])
def test_compiled_equations_agree_with_plain_python(dtype, close):
    u, v, w = np.random.default_rng(3).uniform(0.01, 1, (3, LANES)).astype(dtype)
    tables = [
        type(values)(*(dtype(value) for value in values)) for values in (LEAVES, START, DROP, RULES, LIMITS, COSTS)
    ]
    out = np.empty(size(Everything) * LANES, dtype)
    over_lanes(u, v, w, *tables, out)
    for lane in range(LANES):
        place = [float(numbers[lane]) for numbers in (u, v, w)]
        plain = everything(*place, LEAVES, START, DROP, RULES, LIMITS, COSTS)
        np.testing.assert_allclose(out[lane::LANES], list(flat(plain)), rtol=close, atol=close)


def test_eight_or_more_places_are_computed_a_step_in_their_own_precision():
    block = np.full(LANES, 0.5, np.float32)
    tables = [type(one)(*(np.float32(value) for value in one)) for one in (LEAVES, START, DROP, RULES, LIMITS, COSTS)]
    over_lanes(block, block, block, *tables, np.empty(size(Everything) * LANES, np.float32))
    single = next(signature for signature in over_lanes.compiled.signatures if signature[0].dtype == numba.float32)
    loop = over_lanes.compiled.inspect_asm(single)
    assert loop.count("mulps") > 0.8 * loop.count(
        "mulss"
    )  # beside the loop stands its scalar twin, for arrays that overlap
    assert "cvtss2sd" not in loop
    assert "cvtps2pd" not in loop
