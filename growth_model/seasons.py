"""Where one season turns into the next: 1 November, and full bloom."""

from agro.numeric import equation, exp, minimum
from growth_model.alternate_bearing import budget_year, reserve_factor, steady_flower_cost
from growth_model.body import leaf_area
from growth_model.flush import Flush
from growth_model.fruit import grown_diameter
from growth_model.fruit_limits import DrySpell
from growth_model.fruit_set import natural_drop
from growth_model.induction import flowers, induced_share
from growth_model.stages import NEVER, BudDates, FruitDates
from growth_model.state import Bearing, Buds, Fruit, Memory, Sums, Tree


@equation
def turned(tree):
    """Return the tree on the morning of 1 November: buds rest and count anew, the sums of the year begin."""
    missing = NEVER * tree.missing
    return Tree(
        Buds(0.0, 0.0, 1.0, tree.buds.season + 1.0, 0.0, 0.0),
        Flush(0.0, tree.spring.age, tree.spring.leaf),
        tree.summer,
        tree.autumn,
        tree.growing, tree.hanging, tree.body, tree.water, tree.nitrogen, tree.phosphorus, tree.potassium,
        tree.bearing, tree.spell,
        Memory(
            tree.memory.sunset, tree.memory.nights3, tree.memory.nights, tree.memory.nights30, tree.memory.mean10,
            tree.memory.rain10, tree.memory.light, tree.memory.light30, tree.memory.water3, tree.memory.water45,
            tree.memory.source5, tree.memory.source10, 0.0, 0.0,
        ),
        tree.audit,
        Sums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        tree.missing,
        BudDates(
            missing, missing, missing, missing, missing, missing, missing, missing,
            missing, missing, missing, missing, missing, missing, missing, missing,
        ),
        tree.growing_dates,
        tree.hanging_dates,
    )  # fmt: skip


@equation
def bloomed(tree, moment, warmth, place, crop, today):
    """Return the tree on the evening of full bloom: last year's crop hangs, a new one grows since `moment` [d]."""
    budget = crop.alternate_bearing
    ratio = crop.bearing.fruit_cost_ratio
    year = budget_year(tree.bearing.resource, budget.surplus, budget.threshold, ratio, 1.0)
    steady = steady_flower_cost(budget.surplus, ratio)
    reserve = reserve_factor(year.flower_cost, steady, budget.highest)
    induced = induced_share(tree.buds.chill, tree.buds.stress, crop.induction.hours)
    area = minimum(leaf_area(tree, crop) / crop.leaves.full_area, 1.0)
    opened = area * flowers(
        crop.bearing.flowers_max, induced, tree.bearing.load, reserve, crop.induction.crop_suppression
    )
    age = (today.number + 1.0 - moment) * warmth
    # drop begins within the day: without it the hour of bloom would change the crop by a tenth
    number = opened * exp(-natural_drop(0.0 * age, age, crop.fruit_drop))
    diameter = grown_diameter(crop.fruit.diameter_bloom, crop.fruit.diameter_max, crop.fruit.growth, age)
    missing = NEVER * tree.missing
    young = Fruit(
        1.0, tree.buds.season, moment, age, diameter, 0.0, crop.sugar.first, crop.acid.first, 0.0, number, 0.0, 0.0
    )
    return Tree(
        tree.buds, tree.spring, tree.summer, tree.autumn, young, tree.growing, tree.body, tree.water, tree.nitrogen,
        tree.phosphorus, tree.potassium, Bearing(year.reserve, tree.bearing.load, opened, tree.bearing.rain),
        DrySpell(0.0, 0.0, 0.0), tree.memory, tree.audit, tree.sums, tree.missing, tree.bud_dates,
        FruitDates(
            missing, missing, missing, missing, missing, missing, missing, missing, missing, missing, missing,
            missing, missing,
        ),
        tree.growing_dates,
    )  # fmt: skip
