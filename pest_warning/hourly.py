"""The compiled hours: what each hour's wetness, warmth, rain and wind mean for all organisms at once.

Sixteen columns (a site in one member's weather) go through the hours side by side. Weather stays with its cell: a site
has its own daily extremes, and reads the course of the hours between them from its cell. Organisms are rows of numbers
and a tabulated response to temperature, so one more costs one more pass over sixteen numbers and no code.
"""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel, maximum, minimum, where
from agro.weather.humidity import relative_humidity
from agro.weather.wetness import wet_by_cart
from pest_warning.rates import GRID

LANES = 16
NAN = float("nan")
STATES = 5  # dose (or what waits), dry hours, rain of the spell, whether its first rain has come, total of the day
COLDEST, PER_DEGREE, LAST = float(GRID[0]), 10.0, float(len(GRID) - 1)
SUMMARY = ("wet_hours", "rain", "tmean", "rh")
NOT_DRYING = 95.0
"""Humidity at which an hour that is not wet does not dry leaves either. [%]"""
DAY = 24 * LANES
T, RH, RAIN, DRIVEN, WIND, AT, BY_RAIN, BY_CART, WET, DRIES, CURVE = range(0, 11 * DAY, DAY)
"""Where the 24 hours of each quantity begin in a block's day, `LANES` columns an hour."""
LOW, HIGH, UP, WET_AT, GONE, HEAT, DAMP, FELL, MOIST = range(0, 9 * LANES, LANES)
"""Rows of what a block keeps through a day."""
DOSE, DRY, SPELL, ARRIVED, TOTAL = range(0, 5 * LANES, LANES)


class Model(NamedTuple):
    """One organism (or one draw of its numbers) as the loop reads it; `penetrates` is 1 for canker's kind, else 0."""

    penetrates: float
    by_cart: float  # 1: wet by CART, 0: by rain and humidity
    cap: float  # dose at which a spell cannot do more
    patience: float  # dry hours that a spell survives
    gate: float  # mm of the spell (of the hour where it penetrates)
    dry_share: float
    stays: float  # share of the waiting bacteria that an hour leaves outside
    later: float  # share of the first rain hour's bacteria that a later one carries


@equation
def hour_temperature(warmth, tmin, tmax):
    """Return the temperature [degC] of an hour at `warmth` 0 to 1 of the way from the day's minimum to its maximum."""
    return tmin + warmth * (tmax - tmin)


def _through_block(first, count, air, warmth, vapour, rain, wind, driven, tmin, tmax, lift, wet_at, models, responses,
                   rates, day_sums, day_rates, summary):  # fmt: skip
    """Take up to `LANES` columns from `first` on through all hours.

    All that a vector loop touches lies in one flat array at constant distances, so that no loop has to ask whether two
    rows overlap; what is read at computed places is first copied into rows.
    """
    days, number = tmin.shape[0], models.shape[0]
    column, source = np.zeros(LANES, np.uint32), np.zeros(LANES, np.uint32)
    place = np.zeros(DAY, np.uint32)  # unsigned: no lane has to ask whether an index counts from the end
    d = np.zeros(11 * DAY, warmth.dtype)
    w = np.zeros(9 * LANES, warmth.dtype)
    x = np.zeros(STATES * LANES, warmth.dtype)
    states = np.zeros((number, STATES * LANES), warmth.dtype)
    pace = np.zeros((rates.shape[0], LANES), warmth.dtype)
    any_cart = False
    for m in range(number):
        any_cart |= models[m, 1] > 0.5
    for j in range(LANES):
        column[j] = first + min(j, count - 1)  # lanes beyond the last column repeat it and are not written
        source[j] = air[column[j]]
        w[UP + j] = lift[column[j]]
        w[WET_AT + j] = wet_at[column[j]]
    for day in range(days):
        for j in range(LANES):
            w[LOW + j] = tmin[day, column[j]]
            w[HIGH + j] = tmax[day, column[j]]
        for j in range(LANES):
            w[GONE + j] = 0.0
            w[HEAT + j] = 0.0
            w[DAMP + j] = 0.0
            w[FELL + j] = 0.0
            w[MOIST + j] = 0.0
        for h in range(24):
            warm_now, vapour_now, rain_now = warmth[day * 24 + h], vapour[day * 24 + h], rain[day * 24 + h]
            driven_now, wind_now = driven[day * 24 + h], wind[day * 24 + h]
            for j in range(LANES):
                s = source[j]
                d[T + h * LANES + j] = warm_now[s]
                d[RH + h * LANES + j] = vapour_now[s]
                d[RAIN + h * LANES + j] = rain_now[s]
                d[DRIVEN + h * LANES + j] = driven_now[s]
                d[WIND + h * LANES + j] = wind_now[s]
        for h in range(24):
            for j in range(LANES):
                k = h * LANES + j
                temperature = hour_temperature(d[T + k], w[LOW + j], w[HIGH + j])
                humidity = relative_humidity(temperature, d[RH + k] * w[UP + j])
                drops = d[RAIN + k]
                unknown = np.isnan(temperature + humidity + drops)
                temperature = where(unknown, 20.0, temperature)
                humidity = where(unknown, 0.0, humidity)
                drops = where(unknown, 0.0, drops)
                wet = where((drops >= 0.1) | (humidity >= w[WET_AT + j]), 1.0, 0.0)
                d[AT + k] = minimum(maximum((temperature - COLDEST) * PER_DEGREE + 0.5, 0.0), LAST)
                d[T + k] = temperature
                d[RH + k] = humidity
                d[RAIN + k] = drops
                d[BY_RAIN + k] = wet
                d[DRIES + k] = where(humidity >= NOT_DRYING, 0.0, 1.0)
                w[GONE + j] += where(unknown, 1.0, 0.0)
                w[HEAT + j] += temperature
                w[DAMP + j] += wet
                w[FELL + j] += drops
                w[MOIST + j] += humidity
        for k in range(DAY):
            place[k] = np.uint32(d[AT + k])
        if any_cart:
            for k in range(DAY):
                by_tree = wet_by_cart(d[T + k], d[RH + k], where(np.isnan(d[WIND + k]), 1.0, d[WIND + k]))
                d[BY_CART + k] = where(d[RAIN + k] >= 0.1, 1.0, by_tree)
        for r in range(rates.shape[0]):
            curve = rates[r]
            for j in range(LANES):
                total = 0.0
                for h in range(24):
                    total += curve[place[h * LANES + j]]
                pace[r, j] = total
        for m in range(number):
            cap, patience, gate, share = models[m, 2], models[m, 3], models[m, 4], models[m, 5]
            stays, later = models[m, 6], models[m, 7]
            most = 1.0 / cap
            curve, kept = responses[m], states[m]
            for k in range(DAY):
                d[CURVE + k] = curve[place[k]]
            if models[m, 1] > 0.5:
                for k in range(DAY):
                    d[WET + k] = d[BY_CART + k]
            else:
                for k in range(DAY):
                    d[WET + k] = d[BY_RAIN + k]
            for j in range(STATES * LANES):
                x[j] = kept[j]
            for j in range(LANES):
                x[TOTAL + j] = 0.0
            if models[m, 0] > 0.5:
                for h in range(24):
                    for j in range(LANES):
                        k = h * LANES + j
                        wet = d[WET + k]
                        gap = (1.0 - wet) * (x[DRY + j] + d[DRIES + k])
                        over = gap >= patience
                        waiting = where(over, 0.0, x[DOSE + j])
                        came = where(over, 0.0, x[ARRIVED + j])
                        falls = d[RAIN + k] >= gate
                        waiting += where(falls, d[DRIVEN + k] * where(came > 0.0, later, 1.0), 0.0)
                        x[TOTAL + j] += wet * d[CURVE + k] * (1.0 - stays) * waiting
                        x[DOSE + j] = waiting * (1.0 - wet * (1.0 - stays))
                        x[ARRIVED + j] = where(falls, 1.0, came)
                        x[DRY + j] = gap
            else:
                for h in range(24):
                    for j in range(LANES):
                        k = h * LANES + j
                        wet = d[WET + k]
                        gap = (1.0 - wet) * (x[DRY + j] + d[DRIES + k])
                        over = gap > patience
                        fallen = where(over, 0.0, x[SPELL + j]) + d[RAIN + k]
                        reach = where(fallen >= gate, 1.0, share)
                        before = where(over, 0.0, x[DOSE + j])
                        after = minimum(before + where(reach > 0.0, wet * d[CURVE + k], 0.0), cap)
                        more = where(before >= 1.0, after - before, after)
                        x[TOTAL + j] += where(after >= 1.0, more, 0.0) * reach * most
                        x[DOSE + j] = after
                        x[SPELL + j] = fallen
                        x[DRY + j] = gap
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
