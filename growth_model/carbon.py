"""A day's carbon: what the canopy gained, what upkeep burns, and how the rest is shared."""

from typing import NamedTuple

from agro.numeric import equation, maximum, minimum, where
from growth_model import allocation, respiration
from growth_model.allocation import Allocated
from growth_model.body import leaf_mass
from growth_model.respiration import CARBOHYDRATE


class Carbon(NamedTuple):
    """What a day's carbon became."""

    gain: float  # g CH2O m-2
    shared: Allocated
    source_sink: float  # supply over what fruit and shoots would take without want
    to_growing: float  # g m-2, dry matter of the youngest crop
    to_hanging: float
    new_leaf: float  # g m-2


@equation
def upkeep(tree, air, last_sunset, stress, capacity, crop, today):
    """Return what the tree burns to live [g CH2O m-2 d-1]; poor and thirsty trees save."""
    body, cal = tree.body, crop.calibration
    masses = respiration.Organs(
        leaf_mass(tree), body.twig, body.wood, body.coarse_root, body.fine_root,
        tree.growing.present * tree.growing.dry,
    )  # fmt: skip
    young = where(tree.growing.diameter < crop.fruit_stages.bbch_74 * crop.fruit.diameter_final, 1.0, 0.0)
    night = 0.5 * (air.tmin + last_sunset)
    asked = respiration.maintenance(
        masses, crop.maintenance, respiration.q10_response(air.tmean, crop.maintenance.q10),
        today.dark * respiration.q10_response(night, crop.maintenance.q10_leaf), young,
    )  # fmt: skip
    poor = 1.0 - minimum(body.reserve / maximum(cal.thrift_from * capacity, 1e-6), 1.0)
    saved = (1.0 - cal.thrift * poor) * (1.0 - cal.thrift_drought * (1.0 - stress))
    return saved * respiration.total(asked)


@equation
def carbon_on(tree, hours, air, last_sunset, stress, growing, hanging, leaves, busy, crop, today):
    """Return the carbon of the day.

    Parameters
    ----------
    tree : Tree
    hours : Hours
    air : place.Air
    last_sunset : float
        [degC]
    stress : float
        Water stress of the day; 1 without. [1]
    growing, hanging : Growth
        How the two crops want to grow.
    leaves : float
        That flushes want to grow. [g m-2]
    busy : float
        1 from bud burst to the end of the drop, while the tree draws on its reserve, else 0. [1]
    crop : Crop
    today : Today

    Returns
    -------
    Carbon
    """
    rules, costs, body = crop.allocation, crop.growth_cost, tree.body
    gain = crop.calibration.assimilation * CARBOHYDRATE * hours.assimilation
    capacity = allocation.reserve_capacity(body.twig + body.wood + body.coarse_root, rules.reserve_share)
    burnt = upkeep(tree, air, last_sunset, stress, capacity, crop, today)
    freed = allocation.mobilised(busy, rules.mobilised_growing, rules.mobilised_resting)
    shoots = leaves / crop.leaves.share_of_shoot
    asked = growing.dry_asked + hanging.dry_asked
    shared = allocation.allocate(
        allocation.DayCarbon(gain, burnt, asked, shoots),
        allocation.Pools(body.reserve, capacity, leaf_mass(tree), freed),
        rules,
        costs,
    )
    source_sink = allocation.source_sink(
        gain - burnt + freed * body.reserve,
        costs.fruit * (growing.potential_asked + hanging.potential_asked) + costs.leaf * shoots,
        rules.sigma_highest,
    )
    to_growing = shared.fruit * where(hanging.dry_asked > 0.0, growing.dry_asked / maximum(asked, 1e-9), 1.0)
    return Carbon(
        gain, shared, source_sink, to_growing, shared.fruit - to_growing, crop.leaves.share_of_shoot * shared.shoot
    )
