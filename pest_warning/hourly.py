"""The compiled hours: what each hour's wetness, warmth, rain and wind mean for all organisms at once.

Sixteen columns (a site in one member's weather) go through the hours side by side. Weather stays with its cell: a site
has its own daily extremes, and reads the course of the hours between them from its cell. Organisms are rows of numbers
and a tabulated response to temperature, so one more costs one more pass over sixteen numbers and no code. The steps of
a day are those of `pest_warning.hour_block`.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel
from pest_warning.hour_block import (
    AT,
    DAMP,
    FELL,
    GONE,
    HEAT,
    HIGH,
    HOURS,
    LANES,
    LOW,
    MOIST,
    NAN,
    PENETRATES,
    TAKES_CART,
    TOTAL,
    UP,
    WET_AT,
    enter,
    germinate,
    read_rates,
    read_response,
    take_air,
    wet_by_tree,
    wet_hours,
)
from pest_warning.rates import GRID

STATES = 5
SUMMARY = ("wet_hours", "rain", "tmean", "rh")


class Model(NamedTuple):
    """One organism (or one draw of its numbers) as the loop reads it; `penetrates` is 1 for canker's kind, else 0."""

    penetrates: float
    by_cart: float  # 1: wet by CART, 0: by rain and humidity
    cap: float  # dose of a whole infection
    patience: float  # dry hours that a spell survives
    gate: float  # mm of the spell (of the hour where it penetrates)
    dry_share: float
    stays: float  # share of the waiting bacteria that an hour leaves outside
    later: float  # share of the first rain hour's bacteria that a later one carries


def _through_block(first, count, air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at, models, responses,
                   rates, day_sums, day_rates, summary):  # fmt: skip
    """Take up to `LANES` columns from `first` on through all hours."""
    days, number = tmin.shape[0], models.shape[0]
    column, source = np.zeros(LANES, np.uint32), np.zeros(LANES, np.uint32)
    place = np.zeros(HOURS, np.uint32)  # unsigned: no lane has to ask whether an index counts from the end
    d = np.zeros(11 * HOURS, warmth.dtype)
    w = np.zeros(9 * LANES, warmth.dtype)
    x = np.zeros(STATES * LANES, warmth.dtype)
    states = np.zeros((number, STATES * LANES), warmth.dtype)
    pace = np.zeros((rates.shape[0], LANES), warmth.dtype)
    any_cart = False
    for m in range(number):
        any_cart |= models[m, TAKES_CART] > 0.5
    for j in range(LANES):
        column[j] = first + min(j, count - 1)  # lanes beyond the last column repeat it and are not written
        source[j] = air[column[j]]
        w[UP + j] = lift[column[j]]
        w[WET_AT + j] = wet_at[column[j]]
    for day in range(days):
        for j in range(LANES):
            w[LOW + j] = tmin[day, column[j]]
            w[HIGH + j] = tmax[day, column[j]]
        take_air(d, source, day, warmth, vapour, rain, wind, driven)
        wet_hours(d, w)
        for k in range(HOURS):
            place[k] = np.uint32(d[AT + k])
        if any_cart:
            wet_by_tree(d)
        read_rates(rates, place, pace)
        for m in range(number):
            read_response(d, responses[m], place, models[m, TAKES_CART])
            kept = states[m]
            for j in range(STATES * LANES):
                x[j] = kept[j]
            for j in range(LANES):
                x[TOTAL + j] = 0.0
            if models[m, PENETRATES] > 0.5:
                enter(d, x, models[m])
            else:
                germinate(d, x, models[m])
            for j in range(STATES * LANES):
                kept[j] = x[j]
        for j in range(count):
            c = column[j]
            unsure = 1.0 if w[GONE + j] == 0.0 else NAN
            summary[day, 0, c] = w[DAMP + j] * unsure
            summary[day, 1, c] = w[FELL + j] * unsure
            summary[day, 2, c] = w[HEAT + j] / 24.0 * unsure
            summary[day, 3, c] = w[MOIST + j] / 24.0 * unsure
            for m in range(number):
                day_sums[day, m, c] = states[m, TOTAL + j] * unsure
            for r in range(rates.shape[0]):
                day_rates[day, r, c] = pace[r, j] / 24.0 * unsure


_block = equation(_through_block)


@kernel(fastmath=FAST)
def _serial(air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at, models, responses, rates, day_sums,
            day_rates, summary):  # fmt: skip
    columns = tmin.shape[1]
    for block in range((columns + LANES - 1) // LANES):
        first = block * LANES
        _block(first, min(LANES, columns - first), air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at,
               models, responses, rates, day_sums, day_rates, summary)  # fmt: skip


@kernel(parallel=True, fastmath=FAST)
def _parallel(air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at, models, responses, rates, day_sums,
              day_rates, summary):  # fmt: skip
    columns = tmin.shape[1]
    for block in prange((columns + LANES - 1) // LANES):
        first = block * LANES
        _block(first, min(LANES, columns - first), air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at,
               models, responses, rates, day_sums, day_rates, summary)  # fmt: skip


class Hours(NamedTuple):
    """The weather of the cells' hours, each of shape (hour, air); an air is a cell in one member.

    `driven` is what rain and wind carry, see `pest_warning.dispersal.wind_driven`.
    """

    warmth: np.ndarray  # 1, way from the day's minimum to its maximum
    vapour: np.ndarray  # kPa
    rain: np.ndarray  # mm
    wind: np.ndarray  # m s-1
    driven: np.ndarray  # 1


class Days(NamedTuple):
    """What the hours came to, by day.

    `conducive` (day, model, column) is the sum over the hours of what dispersal and infection allow; NaN where an hour
    of the day is missing. `rates` (day, rate, column) are means over the hours; `summary` (day, 4, column) see
    `SUMMARY`.
    """

    conducive: np.ndarray
    rates: np.ndarray
    summary: np.ndarray


def through_hours(air, hours: Hours, tmin, tmax, models, responses, rates, lift=None, wet_at=90.0, parallel=False):
    """Return the `Days` of columns, each a site in one member's weather.

    Parameters
    ----------
    air : ndarray of int, shape (column,)
        Which air of `hours` a column breathes.
    hours : Hours
        float32 (or float64) arrays of shape (hour, air), 24 hours for each day of `tmin`.
    tmin, tmax : ndarray, shape (day, column)
        At the site. [degC]
    models : ndarray, shape (model, 8)
        Rows of `Model`.
    responses : ndarray, shape (model, 751)
        Dose of a wet hour (or temperature factor of penetration) on `rates.GRID`.
    rates : ndarray, shape (rate, 751)
        Rates on the same grid.
    lift : array_like, shape (column,) or scalar, optional
        Vapour pressure at the site over that of the cell; 1 by default.
    wet_at : array_like, shape (column,) or scalar
        Humidity from which a leaf counts as wet. [%]

    Returns
    -------
    Days
    """
    kind = hours.warmth.dtype
    days, columns = tmin.shape
    if len(hours.warmth) != days * 24:
        raise ValueError(f"{days} days need {days * 24} hours; got {len(hours.warmth)}")
    given = [np.ascontiguousarray(part, kind) for part in hours]
    full = [np.array(np.broadcast_to(1.0 if part is None else part, columns), kind) for part in (lift, wet_at)]
    out = Days(
        np.empty((days, len(models), columns), kind),
        np.empty((days, len(rates), columns), kind),
        np.empty((days, len(SUMMARY), columns), kind),
    )
    (_parallel if parallel else _serial)(
        np.ascontiguousarray(air, np.int64), *given, np.ascontiguousarray(tmin, kind), np.ascontiguousarray(tmax, kind),
        *full, np.ascontiguousarray(models, kind).reshape(-1, len(Model._fields)),
        np.ascontiguousarray(responses, kind).reshape(-1, len(GRID)),
        np.ascontiguousarray(rates, kind).reshape(-1, len(GRID)), *out,
    )  # fmt: skip
    return out
