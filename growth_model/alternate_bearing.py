"""Why a heavy crop is followed by a light one: the resource budget of the years."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, maximum, minimum


class AlternateBearing(NamedTuple):
    """The budget's constants; the fruit cost over the flower cost is the cultivar group's own."""

    threshold: Annotated[float, "1"]
    surplus: Annotated[float, "1"]
    highest: Annotated[float, "1"]
    first_reserve: Annotated[float, "1"]


class BudgetYear(NamedTuple):
    """What one year spends, and what it leaves; all over the reserve at which trees flower."""

    flower_cost: float  # 1
    fruit_cost: float  # 1
    reserve: float  # 1


@equation
def budget_year(reserve, surplus, threshold, cost_ratio, carried):
    """Return one year of the resource budget: what exceeds the threshold goes into flowers, and these bear fruit.

    Parameters
    ----------
    reserve : array_like
        Left by the year before. [1]
    surplus : array_like
        What the year adds. [1]
    threshold : float
        Reserve above which a tree flowers; the budget's unit. [1]
    cost_ratio : array_like
        Fruit cost over flower cost: below 1 crops come to rest, above 1 they swing. [1]
    carried : array_like
        Crop that hung over the crop that these flowers would set: 1 by nature, less after thinning or frost. [1]

    Returns
    -------
    BudgetYear

    Notes
    -----
    Nothing is lost: reserve + surplus = flower cost + fruit cost + reserve left. Fruit never costs more than the
    flowers left.

    References
    ----------
    .. [1] Prasad, Sakai, Hoshino 2017. Sci. Rep. 7:39890, after Isagi et al. 1997.

    Examples
    --------
    >>> year = budget_year(0.8, 0.4, 1.0, 1.5, 1.0)
    >>> round(float(year.fruit_cost), 3), round(float(year.reserve), 3)
    (0.3, 0.7)
    """
    total = reserve + surplus
    flower_cost = maximum(total - threshold, 0.0)
    left = minimum(total, threshold)
    fruit_cost = minimum(cost_ratio * flower_cost * carried, left)
    return BudgetYear(flower_cost, fruit_cost, left - fruit_cost)


@equation
def year_surplus(usual_surplus, gain, usual_gain):
    """Return what a year adds to the budget [1]: the usual, scaled by the year's simulated net assimilation."""
    return usual_surplus * maximum(gain, 0.0) / usual_gain


@equation
def steady_flower_cost(surplus, cost_ratio):
    """Return the flower cost [1] that repeats itself year after year, the root of `budget_year`.

    >>> round(float(steady_flower_cost(0.4, 0.5)), 4)
    0.2667
    """
    return surplus / (1.0 + cost_ratio)


@equation
def reserve_factor(flower_cost, steady_cost, highest):
    """Return by how much reserves raise or lower the number of flowers [1]: 1 in a tree that does not swing."""
    return clip(flower_cost / steady_cost, 0.0, highest)
