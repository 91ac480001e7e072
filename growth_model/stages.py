"""The stages of a crop year: their names in order, and the moment one is passed."""

from typing import NamedTuple

import numpy as np

from agro.numeric import equation, minimum, where

BUD_EVENTS = ("01", "03", "07", "09", "31", "51", "53", "55", "56", "57", "59", "60", "61", "65")
FRUIT_EVENTS = ("67", "69", "71", "72", "73", "74", "79", "81", "83", "85", "89")
EVENTS = (*BUD_EVENTS, "bloom_dts", "bloom_heat", *FRUIT_EVENTS, "ripe", "ratio_12")
"""What has a date: BBCH codes; full bloom of each of the two models alone; ripe to the taste; ratio 12."""

BUD_CODES = tuple(int(code) for code in BUD_EVENTS)
FRUIT_CODES = tuple(int(code) for code in FRUIT_EVENTS)
BLOOM = EVENTS.index("65")
FIRST_FRUIT = EVENTS.index("67")
NEVER = float("nan")
LAST_MOMENT = 0.999  # a stage that is reached as the day ends belongs to that day


class BudDates(NamedTuple):
    """When the buds of one season passed their stages; days since the first day, NaN until then."""

    bbch_01: float
    bbch_03: float
    bbch_07: float
    bbch_09: float
    bbch_31: float
    bbch_51: float
    bbch_53: float
    bbch_55: float
    bbch_56: float
    bbch_57: float
    bbch_59: float
    bbch_60: float
    bbch_61: float
    bbch_65: float
    bloom_dts: float
    bloom_heat: float


class FruitDates(NamedTuple):
    """When one crop passed its stages; days since the first day, NaN until then."""

    bbch_67: float
    bbch_69: float
    bbch_71: float
    bbch_72: float
    bbch_73: float
    bbch_74: float
    bbch_79: float
    bbch_81: float
    bbch_83: float
    bbch_85: float
    bbch_89: float
    ripe: float
    ratio_12: float


@equation
def passed(date, day, before, after, threshold, pace):
    """Return the moment at which a rising quantity passed `threshold` for the first time.

    Parameters
    ----------
    date : float
        The moment if it has come already, else NaN. [d]
    day : float
        Number of the day, from midnight. [d]
    before, after : float
        The quantity on the evening before and on this one.
    threshold : float
        In their unit.
    pace : float
        1 / (after - before), which several thresholds share.

    Returns
    -------
    float
        NaN until then; the fraction is the time of day. [d]
    """
    moment = day + minimum((threshold - before) * pace, LAST_MOMENT)
    return where(np.isnan(date) & (before < threshold) & (after >= threshold), moment, date)


@equation
def bud_dates(dates, day, before, after, buds, grown, stages, bloom, clock):
    """Return the dates of the bud stages and of the two bloom models alone [d].

    `before` and `after` are the bloom progress of the two evenings, `buds` and `grown` the clocks behind it.
    """
    pace = 1.0 / (after - before)
    days, heat = grown.days - buds.days, grown.heat - buds.heat
    return BudDates(
        passed(dates.bbch_01, day, before, after, stages.bbch_01, pace),
        passed(dates.bbch_03, day, before, after, stages.bbch_03, pace),
        passed(dates.bbch_07, day, before, after, stages.bbch_07, pace),
        passed(dates.bbch_09, day, before, after, stages.bbch_09, pace),
        passed(dates.bbch_31, day, before, after, stages.bbch_31, pace),
        passed(dates.bbch_51, day, before, after, stages.bbch_51, pace),
        passed(dates.bbch_53, day, before, after, stages.bbch_53, pace),
        passed(dates.bbch_55, day, before, after, stages.bbch_55, pace),
        passed(dates.bbch_56, day, before, after, stages.bbch_56, pace),
        passed(dates.bbch_57, day, before, after, stages.bbch_57, pace),
        passed(dates.bbch_59, day, before, after, stages.bbch_59, pace),
        passed(dates.bbch_60, day, before, after, stages.bbch_60, pace),
        passed(dates.bbch_61, day, before, after, stages.bbch_61, pace),
        passed(dates.bbch_65, day, before, after, stages.bbch_65, pace),
        passed(dates.bloom_dts, day, buds.days, grown.days, bloom.requirement, 1.0 / days),
        passed(dates.bloom_heat, day, buds.heat, grown.heat, clock.heat_requirement, 1.0 / heat),
    )


def last_stage(dates, codes):
    """Return the highest code that has come by the end of each day.

    A code never goes back, even where fruit turns green again.

    Parameters
    ----------
    dates : ndarray, shape (..., event)
        NaN where never reached. [d]
    codes : sequence of int
        One an event.

    Returns
    -------
    callable
        Of a day's number; gives ndarray, shape (...), 0 where none has come.
    """
    codes = np.asarray(codes)
    return lambda day: np.where(dates < np.asarray(day)[..., None] + 1, codes, 0).max(axis=-1)
