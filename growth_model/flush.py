"""The year's three flushes of shoots: when one starts, how its leaves grow, age and fall."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, exp, log, maximum, ramp, where


class FlushStart(NamedTuple):
    """What a flush needs to start."""

    coldest: Annotated[float, "degC"]
    warmest: Annotated[float, "degC"]
    water: Annotated[float, "1"]
    rain: Annotated[float, "mm"]
    age: Annotated[float, "d"]
    first: Annotated[float, "day of year"]
    last: Annotated[float, "day of year"]


class FlushGrowth(NamedTuple):
    """How long a flush grows, and its share of the leaves of a year."""

    duration: Annotated[float, "d"]
    share: Annotated[float, "1"]


class Leaves(NamedTuple):
    """What leaves of all flushes have in common."""

    spring_progress: Annotated[float, "1"]
    late_after: Annotated[float, "day of year"]
    turnover: Annotated[float, "1"]
    mass_per_area: Annotated[float, "g m-2"]
    share_of_shoot: Annotated[float, "1"]
    full_area: Annotated[float, "1"]
    young: Annotated[float, "1"]
    hardened: Annotated[float, "d"]
    second_year: Annotated[float, "1"]
    fall_rate: Annotated[float, "d-1"]
    fall_at_bloom: Annotated[float, "1"]
    bloom_fall_duration: Annotated[float, "d"]


class Recent(NamedTuple):
    """What shoots have felt of late."""

    temperature: float  # degC, mean of 10 days
    water: float  # soil water stress, 1 without
    rain: float  # mm, sum of 10 days
    age: float  # physiological days since full bloom, with fruit or without


class Flush(NamedTuple):
    """One cohort of leaves; `age` is the clock that pests of young tissue read."""

    started: float  # 1 or 0
    age: float  # physiological days since emergence
    leaf: float  # g m-2, dry mass


@equation
def spring_starts(started, progress, needed):
    """Return 1 on the day when the bloom clock reaches bud burst and no spring flush has started, else 0."""
    return where((started < 0.5) & (progress >= needed), 1.0, 0.0)


@equation
def flush_starts(started, recent, day_of_year, needs):
    """Return 1 on the day when a summer or autumn flush starts, else 0.

    Parameters
    ----------
    started : array_like
        1 when this year's has started. [1]
    recent : Recent
        Weather, soil water and stage.
    day_of_year : int
        1 to 366.
    needs : FlushStart
        Bounds, all of them inclusive.

    Returns
    -------
    array_like
        [1]

    Notes
    -----
    No published thermal requirement was found: a judgement from local practice.
    """
    warm = (recent.temperature >= needs.coldest) & (recent.temperature <= needs.warmest)
    moist = (recent.water >= needs.water) & (recent.rain >= needs.rain)
    season = (recent.age >= needs.age) & (day_of_year >= needs.first) & (day_of_year <= needs.last)
    return where((started < 0.5) & warm & moist & season, 1.0, 0.0)


@equation
def late_flush(starts, day_of_year, late_after):
    """Return 1 when the flush that starts today is late: the first tissue that frost takes."""
    return where((starts > 0.5) & (day_of_year > late_after), 1.0, 0.0)


@equation
def flush_share(age, growth, duration):
    """Return the share of a flush's growth that falls on a step; the shares add up to 1 however the days fall.

    Parameters
    ----------
    age : array_like
        Clock of the flush as the step begins. [d]
    growth : array_like
        Physiological days of the step. [d]
    duration : float
        Physiological days from emergence to the full leaf. [d]

    Returns
    -------
    array_like
        [1]

    Notes
    -----
    Difference of :math:`x^3 (10 - 15 x + 6 x^2)`, the integral of a bell that starts and ends without a jump or kink.

    Examples
    --------
    >>> round(float(flush_share(0.0, 15.0, 30.0)), 3)
    0.5
    """
    x = clip(age / duration, 0.0, 1.0)
    y = clip((age + growth) / duration, 0.0, 1.0)
    return y * y * y * (10.0 + y * (6.0 * y - 15.0)) - x * x * x * (10.0 + x * (6.0 * x - 15.0))


@equation
def flush_potential(leaf_area, full_area, turnover, share, mass_per_area):
    """Return the leaf mass that a flush would grow without shortage.

    Parameters
    ----------
    leaf_area, full_area : array_like
        Leaf area per ground: without this flush, and the orchard's at bud burst when it fills its space. [1]
    turnover : float
        Share of the full leaf area that a year sheds. [1]
    share : float
        Of the year's leaves that this flush brings. [1]
    mass_per_area : float
        Dry mass per leaf area. [g m-2]

    Returns
    -------
    array_like
        Deficit plus what the year will shed; 0 in a tree that is far too dense. [g m-2]

    Examples
    --------
    >>> round(float(flush_potential(3.5, 3.5, 0.7, 0.65, 120.0)), 1)
    191.1
    """
    return share * mass_per_area * maximum((1.0 + turnover) * full_area - leaf_area, 0.0)


@equation
def begun(flush, starts):
    """Return the flush after it may have started today: where `starts` is 1 its clock begins."""
    return Flush(maximum(flush.started, starts), where(starts > 0.5, 0.0, flush.age), flush.leaf)


@equation
def leaf_demand(flush, potential, growth, duration):
    """Return the leaf mass that a flush wants to grow in a step.

    Parameters
    ----------
    flush : Flush
        As the step begins.
    potential : array_like
        `flush_potential`, with the leaf area of all other leaves. [g m-2]
    growth : array_like
        Physiological days of the step. [d]
    duration : float
        Physiological days from emergence to the full leaf. [d]

    Returns
    -------
    array_like
        0 before the flush has started. [g m-2]
    """
    return flush.started * potential * flush_share(flush.age, growth, duration)


@equation
def grown_flush(flush, growth, leaves):
    """Return the flush after `growth` physiological days that brought `leaves` [g m-2], less what fell."""
    return Flush(flush.started, flush.age + growth * flush.started, flush.leaf + leaves)


@equation
def leaf_efficiency(age, young, hardened):
    """Return the photosynthesis of a leaf over a mature one's [1]: `young` at emergence, 1 from age `hardened` [d]."""
    return young + (1.0 - young) * ramp(age, 0.0, hardened)


@equation
def canopy_efficiency(spring, summer, autumn, old, leaves):
    """Return the canopy's photosynthesis over mature leaves' [1], by leaf mass; `old` [g m-2] are last year's leaves.

    1 in a tree without leaves.
    """
    working = leaves.second_year * old
    working = working + spring.leaf * leaf_efficiency(spring.age, leaves.young, leaves.hardened)
    working = working + summer.leaf * leaf_efficiency(summer.age, leaves.young, leaves.hardened)
    working = working + autumn.leaf * leaf_efficiency(autumn.age, leaves.young, leaves.hardened)
    all_leaves = old + spring.leaf + summer.leaf + autumn.leaf
    return where(all_leaves > 1e-3, working / maximum(all_leaves, 1e-3), 1.0)


@equation
def leaf_fall(old, days, bloom_share, rate, at_bloom):
    """Return the leaves that fall in a step, all of them last year's.

    Parameters
    ----------
    old : array_like
        Leaves of last year and before. [g m-2]
    days : float
        Of the step. [d]
    bloom_share : array_like
        Share of the fall at bloom within the step: `flush_share` of the physiological days since full bloom. [1]
    rate : float
        All year round. [d-1]
    at_bloom : float
        Share of old leaves that fall at bloom. [1]

    Returns
    -------
    array_like
        [g m-2]

    Notes
    -----
    Exact over a step, so that a year sheds the same however it is cut.
    """
    return old * (1.0 - exp(bloom_share * log(1.0 - at_bloom) - rate * days))


@equation
def last_years_leaves(old, spring, summer, autumn):
    """Return last year's leaves [g m-2] as a new spring flush starts; the three flushes then become zeros."""
    return old + spring.leaf + summer.leaf + autumn.leaf
