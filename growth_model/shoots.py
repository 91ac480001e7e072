"""The year's shoots through a day: which flush begins, what each asks for, and what leaves are left tonight."""

from typing import NamedTuple

from agro.numeric import clip, equation, maximum, where
from growth_model import flush
from growth_model.body import leaf_area
from growth_model.flush import Flush
from growth_model.memory import remembered
from growth_model.phenology import share_above


class Shoots(NamedTuple):
    """The three flushes this morning, after one may have begun, and the leaves that they ask for."""

    spring: Flush
    summer: Flush
    autumn: Flush
    old: float  # g m-2, last year's leaves
    wanted_spring: float  # g m-2
    wanted_summer: float
    wanted_autumn: float
    late: float  # 1 on the day a late flush begins
    warmth_spring: float  # d, physiological days since the spring flush began today


class Leaves(NamedTuple):
    """The leaves tonight."""

    spring: Flush
    summer: Flush
    autumn: Flush
    old: float  # g m-2


@equation
def emptied(shoots, anew):
    """Return a flush of which nothing is left where `anew` holds."""
    return Flush(where(anew, 0.0, shoots.started), where(anew, 0.0, shoots.age), where(anew, 0.0, shoots.leaf))


@equation
def shoots_on(tree, warmth, mean10, rain10, before, progress, place, crop, today):
    """Return the shoots of the day.

    As the spring flush begins, all leaves that hang become last year's.

    Parameters
    ----------
    tree : Tree
    warmth : float
        Physiological days of the day. [d]
    mean10, rain10 : float
        Means of ten days. [degC], [mm d-1]
    before, progress : float
        Of the buds last night and tonight. [1]
    place : Place
    crop : Crop
    today : Today

    Returns
    -------
    Shoots
    """
    water = remembered(tree.memory.water3, 1.0)
    age = where(tree.growing.present > 0.0, tree.growing.age, -1.0)
    recent = flush.Recent(mean10, water, 10.0 * rain10, age)
    begins = flush.spring_starts(tree.spring.started, progress, crop.leaves.spring_progress)
    autumn_begins = flush.flush_starts(tree.autumn.started, recent, today.day_of_year, crop.autumn_start)
    anew = begins > 0.5
    old = where(anew, flush.last_years_leaves(tree.body.leaf, tree.spring, tree.summer, tree.autumn), tree.body.leaf)
    spring = flush.begun(Flush(tree.spring.started, tree.spring.age, where(anew, 0.0, tree.spring.leaf)), begins)
    summer = flush.begun(
        emptied(tree.summer, anew),
        flush.flush_starts(tree.summer.started, recent, today.day_of_year, crop.summer_start),
    )
    autumn = flush.begun(emptied(tree.autumn, anew), autumn_begins)
    area = leaf_area(tree, crop)
    since_burst = warmth * where(anew, share_above(before, progress, crop.leaves.spring_progress), 1.0)
    return Shoots(
        spring,
        summer,
        autumn,
        old,
        water
        * leaf_demand(spring, crop.spring, spring.leaf + summer.leaf + autumn.leaf, area, since_burst, place, crop),
        water * leaf_demand(summer, crop.summer, summer.leaf + autumn.leaf, area, warmth, place, crop),
        water * leaf_demand(autumn, crop.autumn, autumn.leaf, area, warmth, place, crop),
        flush.late_flush(autumn_begins, today.day_of_year, crop.leaves.late_after),
        since_burst,
    )


@equation
def leaf_demand(shoots, growth, since, area, warmth, place, crop):
    """Return the leaves that a flush wants to grow today; `since` are those of it and later ones, both [g m-2]."""
    lv = crop.leaves
    full = lv.full_area * place.orchard.fullness
    room = flush.flush_potential(area - since / lv.mass_per_area, full, lv.turnover, growth.share, lv.mass_per_area)
    return flush.leaf_demand(shoots, room, warmth, growth.duration)


@equation
def leaves_wanted(shoots):
    """Return the leaves that all flushes want to grow today [g m-2]."""
    return shoots.wanted_spring + shoots.wanted_summer + shoots.wanted_autumn


@equation
def grown(flushing, wants, warmth, granted, consumed, stays):
    """Return one flush tonight; `granted` is the share of what it `wants` that carbon allows."""
    return Flush(
        flushing.started, flushing.age + warmth * flushing.started, (flushing.leaf * consumed + granted * wants) * stays
    )


@equation
def leaves_on(shoots, tree, warmth, new_leaf, consumed, stays, place, crop):
    """Return the leaves tonight.

    Parameters
    ----------
    shoots : Shoots
    tree : Tree
    warmth : float
        Physiological days of the day. [d]
    new_leaf : float
        Leaves that carbon allows. [g m-2]
    consumed : float
        Share of the leaves that the tree does not live on. [1]
    stays : float
        Share that frost and knife leave. [1]
    place : Place
    crop : Crop
    """
    lv = crop.leaves
    granted = new_leaf / maximum(leaves_wanted(shoots), 1e-9)
    at_bloom = tree.growing.present * flush.flush_share(tree.growing.age, warmth, lv.bloom_fall_duration)
    crowded = leaf_area(tree, crop) / maximum(lv.full_area * place.orchard.fullness, 0.1)
    hold = clip(crowded, crop.turnover.holding, 1.0)  # trees hold on to their last leaves
    fallen = hold * flush.leaf_fall(shoots.old * consumed, 1.0, at_bloom, lv.fall_rate, lv.fall_at_bloom)
    return Leaves(
        grown(shoots.spring, shoots.wanted_spring, shoots.warmth_spring, granted, consumed, stays),
        grown(shoots.summer, shoots.wanted_summer, warmth, granted, consumed, stays),
        grown(shoots.autumn, shoots.wanted_autumn, warmth, granted, consumed, stays),
        (shoots.old * consumed - fallen) * stays,
    )
