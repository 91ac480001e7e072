"""Whether a day's books balance: water, carbon and each nutrient, and the worst gap so far with its day."""

import numpy as np

from agro.numeric import equation, maximum, where
from agro.soil.water_balance import root_zone_depletion
from growth_model.body import held_carbon, leaf_mass
from growth_model.state import Audit


@equation
def worst(gap, day, worst_gap, worst_day):
    """Return the larger of two gaps and its day."""
    lost = np.isnan(gap) & (worst_gap == worst_gap)  # what is lost stays lost
    larger = (np.abs(gap) > np.abs(worst_gap)) | lost
    return where(larger, gap, worst_gap), where(larger, day, worst_day)


@equation
def nutrient_gap(before, day, applied):
    """Return what is missing in a nutrient's balance, over all that there is."""
    start = before.mineral + before.organic + before.plant
    end = day.mineral + day.organic + day.plant
    brought = applied.fertiliser + applied.urea + applied.manure
    return (end - start - brought + day.leached + day.volatilised + day.exported) / maximum(start, 1.0)


@equation
def audited(tree, body, leaf, growing, hanging, carbon, leaving, drink, fed, weather, crop, today):
    """Return the worst gaps so far; all but `tree` are tonight's or of the day.

    Each balance is drawn up from states and flows that were computed apart: nothing is made to fit.
    """
    held, shared, water, a = crop.growth_cost.held, carbon.shared, drink.day, tree.audit
    before = held_carbon(tree.body, leaf_mass(tree), tree.growing, tree.hanging, held)
    lost = held * (leaving.leaf + leaving.twig + leaving.wood + leaving.root + leaving.dropped + leaving.picked)
    kept = carbon.gain - shared.maintenance - shared.growth_respiration - lost
    gap = (held_carbon(body, leaf, growing, hanging, held) - before - kept) / maximum(before, 1.0)
    entered = weather.rain + water.irrigation - water.runoff - water.evaporation - water.transpiration
    leak = drink.depletion - root_zone_depletion(tree.water) + entered - water.percolation
    day = today.number
    of_water = worst(leak, day, a.water, a.water_day)
    of_carbon = worst(gap, day, a.carbon, a.carbon_day)
    n = worst(nutrient_gap(tree.nitrogen, fed.nitrogen, fed.nitrogen_in), day, a.nitrogen, a.nitrogen_day)
    p = worst(nutrient_gap(tree.phosphorus, fed.phosphorus, fed.phosphorus_in), day, a.phosphorus, a.phosphorus_day)
    k = worst(nutrient_gap(tree.potassium, fed.potassium, fed.potassium_in), day, a.potassium, a.potassium_day)
    return Audit(of_water[0], of_water[1], of_carbon[0], of_carbon[1], n[0], n[1], p[0], p[1], k[0], k[1])
