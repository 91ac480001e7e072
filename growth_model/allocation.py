"""Where a day's carbon goes: upkeep first, then fruit and shoots, roots, wood, and what is left into reserve."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, maximum, minimum


class Allocation(NamedTuple):
    """Rules of sharing."""

    mobilised_growing: Annotated[float, "d-1"]
    mobilised_resting: Annotated[float, "d-1"]
    root_share: Annotated[float, "1"]
    wood_share: Annotated[float, "1"]
    reserve_share: Annotated[float, "1"]
    sigma_highest: Annotated[float, "1"]


class Pools(NamedTuple):
    """What the tree can draw on in the morning."""

    reserve: float  # g CH2O m-2
    capacity: float  # g CH2O m-2, `reserve_capacity`
    leaf: float  # g m-2, leaves that may be given up
    mobilised: float  # d-1, share of the reserve that a day sets free


class DayCarbon(NamedTuple):
    """What a day brings and asks for."""

    assimilation: float  # g CH2O m-2
    maintenance: float  # g CH2O m-2
    fruit: float  # g m-2, dry matter that the fruit's own law asks for
    shoot: float  # g m-2, dry matter that flushes ask for


class Allocated(NamedTuple):
    """What a day's carbon became."""

    fruit: float  # g m-2
    shoot: float  # g m-2, leaves and twigs
    root: float  # g m-2
    wood: float  # g m-2
    reserve: float  # g CH2O m-2, in the evening
    growth_respiration: float  # g CH2O m-2
    maintenance: float  # g CH2O m-2, paid
    leaf_consumed: float  # g m-2
    sigma: float  # supply over the demand of fruit and shoots, 0 to `sigma_highest`


@equation
def mobilised(growing, rate_growing, rate_resting):
    """Return the share of reserve set free in a day [d-1]; `growing` is 1 from bud burst to the end of drop, else 0."""
    return rate_resting + (rate_growing - rate_resting) * growing


@equation
def reserve_capacity(woody, share):
    """Return the most carbohydrate that `woody` dry mass stores, in the unit of `woody`."""
    return share * woody


@equation
def fruit_demand(fruit, mass, grown_mass, dry_share):
    """Return the dry matter [g m-2] that `fruit` [m-2] ask for as one grows from `mass` to `grown_mass` [g, fresh]."""
    return fruit * maximum(grown_mass - mass, 0.0) * dry_share


@equation
def source_sink(supply, demand, highest):
    """Return supply over demand [1], 0 where upkeep is not met, at most `highest`, which a tree without demand has."""
    return clip(supply / maximum(demand, 1e-6), 0.0, highest)


@equation
def allocate(day, pools, rules, costs):
    """Return what becomes of one day's carbon.

    Parameters
    ----------
    day : DayCarbon
        Assimilation, upkeep, and what fruit and shoots ask for.
    pools : Pools
        Reserve, its capacity, leaves.
    rules : Allocation
        Shares.
    costs : respiration.GrowthCost
        Carbohydrate that a gram of new dry matter takes, and that it holds. [g g-1]

    Returns
    -------
    Allocated

    Notes
    -----
    Fruit and shoots share the day's supply (assimilation less upkeep plus mobilised reserve) by their demand. The
    fruit's law decides its growth, so what it lacks comes from reserve, then from the shoots' part, then from leaves;
    it gets less than it asks for only when all are gone. Upkeep draws on reserve and leaves before it. Roots, then
    wood, take their share of the supply from what is left; reserve above its capacity becomes wood.

    Carbon closes:
    assimilation + reserve + `held` x leaves consumed = maintenance + growth respiration + `held` x growth +
    reserve in the evening.

    References
    ----------
    .. [1] Harpaz, Gal, Goldschmidt, Rabber, Gelb 1990. Acta Hort. 276: growth priorities of a citrus tree.

    Examples
    --------
    >>> from growth_model.respiration import GrowthCost
    >>> rules = Allocation(0.02, 0.005, 0.15, 0.1, 0.08, 3.0)
    >>> costs = GrowthCost(leaf=1.48, wood=1.42, root=1.39, fruit=1.30, held=1.125)
    >>> out = allocate(DayCarbon(20.0, 10.0, 2.0, 1.0), Pools(100.0, 300.0, 400.0, 0.02), rules, costs)
    >>> round(float(out.root), 4), round(float(out.reserve), 2)
    (1.295, 102.92)
    """
    supply = day.assimilation - day.maintenance + pools.mobilised * pools.reserve
    stored = pools.reserve - pools.mobilised * pools.reserve
    fruit, shoot = costs.fruit * day.fruit, costs.leaf * day.shoot
    sigma = source_sink(supply, fruit + shoot, rules.sigma_highest)
    met = minimum(sigma, 1.0)
    positive = maximum(supply, 0.0)

    upkeep_lack = maximum(-supply, 0.0)
    upkeep_stored = minimum(upkeep_lack, stored)
    upkeep_lack = upkeep_lack - upkeep_stored
    stored = stored - upkeep_stored

    fruit_lack = fruit * (1.0 - met)
    fruit_stored = minimum(fruit_lack, stored)
    stored = stored - fruit_stored
    fruit_lack = fruit_lack - fruit_stored
    given_up = minimum(fruit_lack, met * shoot)
    fruit_lack = fruit_lack - given_up

    consumed = minimum(upkeep_lack + fruit_lack, costs.held * pools.leaf)
    unmet = upkeep_lack + fruit_lack - consumed
    fruit_unmet = minimum(unmet, fruit_lack)

    left = maximum(positive - met * (fruit + shoot), 0.0)
    root = minimum(left, rules.root_share * positive)
    wood = minimum(left - root, rules.wood_share * positive)
    stored = stored + left - root - wood
    overflow = maximum(stored - pools.capacity, 0.0)

    fruit_growth = (fruit - fruit_unmet) / costs.fruit
    shoot_growth = (met * shoot - given_up) / costs.leaf
    root_growth = root / costs.root
    wood_growth = (wood + overflow) / costs.wood
    respired = fruit_growth * (costs.fruit - costs.held) + shoot_growth * (costs.leaf - costs.held)
    respired = respired + root_growth * (costs.root - costs.held)
    respired = respired + wood_growth * (costs.wood - costs.held)
    return Allocated(
        fruit_growth,
        shoot_growth,
        root_growth,
        wood_growth,
        stored - overflow,
        respired,
        day.maintenance - (unmet - fruit_unmet),
        consumed / costs.held,
        sigma,
    )
