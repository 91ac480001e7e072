"""What is normal for each plot on each day, for all plots at once: earlier years about the same day, or a harmonic."""

import numpy as np

from agro.numeric import FAST, equation, kernel

YEAR = 365.2425
HALF_YEAR = 183
NONE, HISTORY, HARMONIC = 0, 1, 2
TO_SD = 1.4826
TERMS = 5
"""Level and two pairs of sine and cosine."""
GAPS = (301, 132, 57, 23, 10, 4, 1)
MOST = 4096
"""Values that a window may hold; later ones are left out."""


@equation
def middle(values, n):
    """Return the median of the first `n` of `values`, which are put in order of size."""
    for gap in GAPS:  # Shell's sort: few values, and a tenth of the machine code of numpy's
        for i in range(gap, n):
            one = values[i]
            j = i
            while j >= gap and values[j - gap] > one:
                values[j] = values[j - gap]
                j -= gap
            values[j] = one
    half = n // 2
    return values[half] if n % 2 == 1 else 0.5 * (values[half - 1] + values[half])


@equation
def scale_about(values, n, centre):
    """Return 1.4826 times the median distance of the first `n` of `values` from `centre`; `values` are overwritten."""
    for i in range(n):
        values[i] = abs(values[i] - centre)
    return TO_SD * middle(values, n)


@equation
def apart_in_year(a, b):
    """Return the days between two days' places in the year, 0 to 183."""
    gap = abs(a - b) % YEAR
    return min(gap, YEAR - gap)


@equation
def wave(day, out):
    """Fill `out` with the five terms of the harmonic on a day."""
    angle = 2.0 * np.pi * day / YEAR
    out[0] = 1.0
    out[1] = np.cos(angle)
    out[2] = np.sin(angle)
    out[3] = np.cos(2.0 * angle)
    out[4] = np.sin(2.0 * angle)


@equation
def on_wave(terms, day, f):
    """Return the harmonic's value on a day; `f` is room for its terms."""
    wave(day, f)
    total = 0.0
    for r in range(TERMS):
        total += terms[r] * f[r]
    return total


@equation
def solve_five(a, b, x):
    """Solve a symmetric positive system of five by Cholesky in place; return whether it could be solved."""
    for i in range(TERMS):
        for j in range(i + 1):
            total = a[i, j]
            for k in range(j):
                total -= a[i, k] * a[j, k]
            if i == j:
                if total <= 1e-9:
                    return False
                a[i, i] = np.sqrt(total)
            else:
                a[i, j] = total / a[j, j]
    for i in range(TERMS):
        total = b[i]
        for k in range(i):
            total -= a[i, k] * x[k]
        x[i] = total / a[i, i]
    for i in range(TERMS - 1, -1, -1):
        total = x[i]
        for k in range(i + 1, TERMS):
            total -= a[k, i] * x[k]
        x[i] = total / a[i, i]
    return True


@kernel(fastmath=FAST)
def harmonic_fits(start, day, value, first, cut, fewest, months, rounds, tuning, floor):
    """Return the robust harmonic of each plot's history and its residual scale.

    Parameters
    ----------
    start, day, value : arrays
        Of a `PlotSeries`.
    first : array of int32, shape (plot,)
        History begins on this day (a replanting, or the first day of all).
    cut : int
        Last day of history.
    fewest, months : int
        Values and months of the year that a fit needs.
    rounds, tuning, floor : int, float, float
        Rounds and constant of the bisquare weights; least scale.

    Returns
    -------
    terms : array of float64, shape (plot, 5)
        NaN where there is no fit.
    spread : array of float64, shape (plot,)
        Robust scale of the residuals, widened for the five numbers fitted.
    """
    plots = len(start) - 1
    terms = np.full((plots, TERMS), np.nan)
    spread = np.full(plots, np.nan)
    longest = 1
    for p in range(plots):
        longest = max(longest, start[p + 1] - start[p])
    f, x = np.empty(TERMS), np.empty(TERMS)
    a, b = np.empty((TERMS, TERMS)), np.empty(TERMS)
    weight, rest, sorting = np.empty(longest), np.empty(longest), np.empty(longest)
    met = np.empty(12, np.bool_)
    for p in range(plots):
        n = 0
        met[:] = False
        for i in range(start[p], start[p + 1]):
            if first[p] <= day[i] <= cut:
                met[min(int((day[i] % YEAR) / YEAR * 12.0), 11)] = True
                n += 1
        if n < fewest or met.sum() < months:
            continue
        weight[:n] = 1.0
        fine = True
        for turn in range(rounds + 1):
            a[:] = 0.0
            b[:] = 0.0
            k = 0
            for i in range(start[p], start[p + 1]):
                if first[p] <= day[i] <= cut:
                    wave(day[i], f)
                    for r in range(TERMS):
                        b[r] += weight[k] * f[r] * value[i]
                        for c in range(r + 1):
                            a[r, c] += weight[k] * f[r] * f[c]
                    k += 1
            fine = solve_five(a, b, x)
            if not fine:
                break
            k = 0
            for i in range(start[p], start[p + 1]):
                if first[p] <= day[i] <= cut:
                    wave(day[i], f)
                    fitted = 0.0
                    for r in range(TERMS):
                        fitted += x[r] * f[r]
                    rest[k] = value[i] - fitted
                    sorting[k] = abs(rest[k])
                    k += 1
            s = max(TO_SD * middle(sorting, n), floor)
            for k in range(n):
                u = rest[k] / (tuning * s)
                # only low outliers first: cloud lowers, nothing raises
                low_only = turn == 0 and u > 0.0
                weight[k] = 1.0 if low_only else (1.0 - u * u) ** 2 if abs(u) < 1.0 else 0.0
        if fine:
            terms[p] = x
            spread[p] = s * np.sqrt(n / max(n - TERMS, 1.0))
    return terms, spread


@kernel(fastmath=FAST)
def levels(start, day, value, first, cut, half, fewest, terms, harmonic_first):
    """Return the level that each value is to be compared with, where it came from and from how many values.

    A value of the history is compared with the other years only: else a short history looks steadier than it is.

    Parameters
    ----------
    start, day, value, first, cut
        As for `harmonic_fits`.
    half, fewest : int
        Half width of the window [d]; fewest values in it.
    terms : array, shape (plot, 5)
        Harmonics, used where the window is too empty.
    harmonic_first : bool
        Use them wherever there are any.

    Returns
    -------
    level : array of float32, shape (value,)
    source : array of uint8
        NONE, HISTORY or HARMONIC.
    n : array of int16
    """
    size = len(day)
    level = np.full(size, np.nan, np.float32)
    source = np.zeros(size, np.uint8)
    count = np.zeros(size, np.int16)
    held, f = np.empty(MOST), np.empty(TERMS)
    for p in range(len(start) - 1):
        for i in range(start[p], start[p + 1]):
            if day[i] < first[p]:
                continue
            if harmonic_first and not np.isnan(terms[p, 0]):
                level[i] = on_wave(terms[p], day[i], f)
                source[i] = HARMONIC
                continue
            n = 0
            for j in range(start[p], start[p + 1]):
                if day[j] > cut:
                    break
                other_year = day[j] >= first[p] and abs(day[j] - day[i]) >= HALF_YEAR
                if other_year and n < MOST and apart_in_year(day[j], day[i]) <= half:
                    held[n] = value[j]
                    n += 1
            count[i] = n
            if n >= fewest:
                level[i] = middle(held, n)
                source[i] = HISTORY
            elif not np.isnan(terms[p, 0]):
                level[i] = on_wave(terms[p], day[i], f)
                source[i] = HARMONIC
    return level, source, count
