"""A block of columns through the hours of one day, step by step: its air, its wetness, its organisms.

Sixteen columns go side by side. All that a vector loop touches lies in flat arrays at constant distances, so that no
loop has to ask whether two rows overlap; what is read at computed places is first copied into rows.
"""

import numpy as np

from agro.numeric import equation, maximum, minimum, where
from agro.weather.humidity import relative_humidity
from agro.weather.wetness import wet_by_cart
from pest_warning.rates import GRID

LANES = 16
NAN = float("nan")
COLDEST, PER_DEGREE, LAST = float(GRID[0]), 10.0, float(len(GRID) - 1)
NOT_DRYING = 95.0
"""Humidity at which an hour that is not wet does not dry leaves either. [%]"""
REACHED = 0.9999
"""Dose that counts as 1: a sum of tenths is not to miss it by its rounding."""
HOURS = 24 * LANES
T, RH, RAIN, DRIVEN, WIND, AT, BY_RAIN, BY_CART, WET, DRIES, CURVE = range(0, 11 * HOURS, HOURS)
"""Where the 24 hours of each quantity begin in a block's day `d`, `LANES` columns an hour."""
LOW, HIGH, UP, WET_AT, GONE, HEAT, DAMP, FELL, MOIST = range(0, 9 * LANES, LANES)
"""Rows of what a block keeps of a day, `w`: extremes, site's numbers, unknown hours, sums over the hours."""
DOSE, DRY, SPELL, SECOND, TOTAL = range(0, 5 * LANES, LANES)
"""Rows of an organism's state `x`: dose (or what waits), dry hours, rain of the spell, the second dose (or whether the
spell's first rain has come), and the total of the day."""
PENETRATES, TAKES_CART, CAP, PATIENCE, GATE, DRY_SHARE, STAYS, LATER = range(8)
"""Columns of a model's row, see `pest_warning.hourly.Model`."""


@equation
def hour_temperature(warmth, tmin, tmax):
    """Return the temperature [degC] of an hour at `warmth` 0 to 1 of the way from the day's minimum to its maximum."""
    return tmin + warmth * (tmax - tmin)


@equation
def counted(before, after):
    """Return what a dose [1] that grew from `before` to `after` adds to infection [1].

    Nothing until it has reached 1; then all that it came to, and from then on what it grows by.
    """
    return where(after >= REACHED, where(before >= REACHED, after - before, after), 0.0)


@equation
def take_air(d, source, day, warmth, vapour, rain, wind, driven):
    """Copy the hours of a day from the airs that the columns breathe."""
    for h in range(24):
        warm_now, vapour_now, rain_now = warmth[day * 24 + h], vapour[day * 24 + h], rain[day * 24 + h]
        driven_now, wind_now = driven[day * 24 + h], wind[day * 24 + h]
        for j in range(LANES):
            s = source[j]
            k = h * LANES + j
            d[T + k] = warm_now[s]
            d[RH + k] = vapour_now[s]
            d[RAIN + k] = rain_now[s]
            d[DRIVEN + k] = driven_now[s]
            d[WIND + k] = wind_now[s]


@equation
def wet_hours(d, w):
    """Turn warmth and vapour into temperature, humidity and wetness, and add the hours up.

    An unknown hour goes on as a dry one at 20 degC, so that what follows can be computed at all; it is counted in GONE,
    and nothing of its day is told.
    """
    for j in range(LANES):
        w[GONE + j] = 0.0
        w[HEAT + j] = 0.0
        w[DAMP + j] = 0.0
        w[FELL + j] = 0.0
        w[MOIST + j] = 0.0
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


@equation
def wet_by_tree(d):
    """Fill the wetness of the hours by the decision tree; where the wind is unknown it is taken as 1 m/s."""
    for k in range(HOURS):
        by_tree = wet_by_cart(d[T + k], d[RH + k], where(np.isnan(d[WIND + k]), 1.0, d[WIND + k]))
        d[BY_CART + k] = where(d[RAIN + k] >= 0.1, 1.0, by_tree)


@equation
def read_rates(rates, place, pace):
    """Add up what each table of rates says of the hours."""
    for r in range(rates.shape[0]):
        curve = rates[r]
        for j in range(LANES):
            total = 0.0
            for h in range(24):
                total += curve[place[h * LANES + j]]
            pace[r, j] = total


@equation
def read_response(d, curve, place, takes_cart):
    """Copy an organism's response to the hours' temperatures, and the wetness that it goes by."""
    for k in range(HOURS):
        d[CURVE + k] = curve[place[k]]
    if takes_cart > 0.5:
        for k in range(HOURS):
            d[WET + k] = d[BY_CART + k]
    else:
        for k in range(HOURS):
            d[WET + k] = d[BY_RAIN + k]


@equation
def enter(d, x, model):
    """Take bacteria that wait outside through a day: rain brings them, wet hours let them in, drought ends them."""
    patience, gate, stays, later = model[PATIENCE], model[GATE], model[STAYS], model[LATER]
    for h in range(24):
        for j in range(LANES):
            k = h * LANES + j
            wet = d[WET + k]
            gap = (1.0 - wet) * (x[DRY + j] + d[DRIES + k])
            over = gap >= patience
            waiting = where(over, 0.0, x[DOSE + j])
            came = where(over, 0.0, x[SECOND + j])
            falls = d[RAIN + k] >= gate
            waiting += where(falls, d[DRIVEN + k] * where(came > 0.0, later, 1.0), 0.0)
            x[TOTAL + j] += wet * d[CURVE + k] * (1.0 - stays) * waiting
            x[DOSE + j] = waiting * (1.0 - wet * (1.0 - stays))
            x[SECOND + j] = where(falls, 1.0, came)
            x[DRY + j] = gap


@equation
def germinate(d, x, model):
    """Take the spores of wet spells through a day: those that fly at any time, and those that came with the rain.

    A spell goes on infecting however long it lasts: ten days of rain bring new spores every day. `cap`, the dose of the
    longest spell that was studied, only says how much a whole infection is.
    """
    cap, patience, gate, share = model[CAP], model[PATIENCE], model[GATE], model[DRY_SHARE]
    most = 1.0 / cap
    for h in range(24):
        for j in range(LANES):
            k = h * LANES + j
            wet = d[WET + k]
            gap = (1.0 - wet) * (x[DRY + j] + d[DRIES + k])
            over = gap > patience
            fallen = where(over, 0.0, x[SPELL + j]) + d[RAIN + k]
            dose = wet * d[CURVE + k]
            flown, splashed = where(over, 0.0, x[DOSE + j]), where(over, 0.0, x[SECOND + j])
            flown_on = flown + dose
            splashed_on = splashed + where(fallen >= gate, dose, 0.0)
            x[TOTAL + j] += (share * counted(flown, flown_on) + (1.0 - share) * counted(splashed, splashed_on)) * most
            x[DOSE + j] = flown_on
            x[SECOND + j] = splashed_on
            x[SPELL + j] = fallen
            x[DRY + j] = gap
