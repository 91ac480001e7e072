"""All plots against their own history at once: what similar plots did is taken off, then dates in a row count."""

import numpy as np

from agro.numeric import FAST, kernel
from remote_sensing.series.baseline_kernel import MOST, apart_in_year, middle, scale_about

RAW, REGION, SISTERS = 0, 1, 2
"""What was taken off a plot's anomaly: nothing, the region's middle, the sisters' middle."""


@kernel(fastmath=FAST)
def common_anomaly(start, seen, anomaly, sister_start, sister, fewest, from_pass):
    """Return the median anomaly of each value's sister plots in the same pass, NaN where too few were seen.

    Parameters
    ----------
    start, seen : arrays of a `PlotSeries`
    anomaly : array of float32, shape (value,)
        Value less its level, NaN without a level.
    sister_start, sister : arrays
        Rows of `Sisters` in the order of the series' plots.
    fewest : int
        Fewest sisters seen.
    from_pass : int
        Earlier passes are not asked for: NaN.
    """
    common = np.full(len(seen), np.nan, np.float32)
    plots = len(start) - 1
    most = 1
    for p in range(plots):
        most = max(most, sister_start[p + 1] - sister_start[p])
    at, held = np.empty(most, np.int64), np.empty(most)
    for p in range(plots):
        group = sister[sister_start[p] : sister_start[p + 1]]
        for g in range(len(group)):
            at[g] = start[group[g]]
        for i in range(start[p], start[p + 1]):
            if seen[i] < from_pass:
                continue
            n = 0
            for g in range(len(group)):
                # both series are in order of time: the place in the sister's only moves on
                j, end = at[g], start[group[g] + 1]
                while j < end and seen[j] < seen[i]:
                    j += 1
                at[g] = j
                if j < end and seen[j] == seen[i] and not np.isnan(anomaly[j]):
                    held[n] = anomaly[j]
                    n += 1
            if n >= fewest:
                common[i] = middle(held, n)
    return common


@kernel(fastmath=FAST)
def scores(start, day, difference, cut, half, fewest, floor, fitted):
    """Return z of each value after `cut`: its difference over the scale of the plot's own earlier differences.

    The scale is the root mean square of that about the same day of earlier years and that of all of them, so that few
    values do not make it small by chance; NaN with fewer than eight earlier differences. `fitted`, shape (plot,), are
    the numbers that the plot's levels were fitted with: residuals of a fit are smaller than what comes after it.
    """
    z = np.full(len(day), np.nan, np.float32)
    scale = np.full(len(day), np.nan, np.float32)
    held = np.empty(MOST)
    for p in range(len(start) - 1):
        n = 0
        for j in range(start[p], start[p + 1]):
            if day[j] > cut:
                break
            if not np.isnan(difference[j]) and n < MOST:
                held[n] = difference[j]
                n += 1
        if n < 8:
            continue
        widened = np.sqrt(n / max(n - fitted[p], 1.0))
        of_plot = scale_about(held, n, middle(held, n))
        for i in range(start[p], start[p + 1]):
            if day[i] <= cut or np.isnan(difference[i]):
                continue
            n = 0
            for j in range(start[p], start[p + 1]):
                if day[j] > cut:
                    break
                if not np.isnan(difference[j]) and n < MOST and apart_in_year(day[j], day[i]) <= half:
                    held[n] = difference[j]
                    n += 1
            s = of_plot
            if n >= fewest:
                of_day = scale_about(held, n, middle(held, n))
                s = np.sqrt(0.5 * (of_day * of_day + of_plot * of_plot))
            s = max(s * widened, floor)
            scale[i] = s
            z[i] = difference[i] / s
    return z, scale


@kernel(fastmath=FAST)
def runs(start, day, low, apart, within, needed):
    """Return for each plot the place where its last run of low dates began, or -1.

    Parameters
    ----------
    start, day : arrays of a `PlotSeries`
    low : array of int8, shape (value,)
        1 low, 0 not low, -1 no judgement (left out).
    apart : int
        A low date sooner than this after the one before adds nothing. [d]
    within : int
        `needed` dates must lie within this. [d]
    needed : int

    Returns
    -------
    begun : array of int64, shape (plot,)
        Place of the first low date of the latest run of at least `needed`.
    last : array of int64
        Place of its last low date.
    length : array of int32
        Its counted dates.
    """
    plots = len(start) - 1
    begun, last = np.full(plots, -1, np.int64), np.full(plots, -1, np.int64)
    length = np.zeros(plots, np.int32)
    for p in range(plots):
        n, first = 0, -1
        recent = np.full(needed, -(2**30), np.int64)
        for i in range(start[p], start[p + 1]):
            if low[i] < 0:
                continue
            if low[i] == 0:
                n, first = 0, -1
                recent[:] = -(2**30)
                continue
            if n and day[i] - recent[needed - 1] < apart:
                continue
            if n == 0:
                first = i
            n += 1
            for r in range(needed - 1):
                recent[r] = recent[r + 1]
            recent[needed - 1] = day[i]
            if n >= needed and day[i] - recent[0] <= within:
                begun[p], last[p], length[p] = first, i, n
            elif begun[p] == first and first >= 0:
                last[p], length[p] = i, n
    return begun, last, length


@kernel(fastmath=FAST)
def onsets(start, day, z, cut, clip, begun, ended):
    """Return the place from which each plot is best described as lower: no later than `begun`, -1 where that is -1.

    Of all steps from 0 down to one level that end at `ended` it is the one that leaves least unexplained; one good
    date in between, by chance, does not move it.

    Parameters
    ----------
    start, day, z, cut, clip
        As for `declines`.
    begun, ended : arrays of int64, shape (plot,)
        Places of the first and last date of the run that found the plot.
    """
    at = begun.copy()
    for p in range(len(start) - 1):
        total, n, best = 0.0, 0, -1.0
        if begun[p] < 0:
            continue
        for i in range(ended[p], start[p] - 1, -1):
            if day[i] <= cut:
                break
            if np.isnan(z[i]):
                continue
            total += min(max(z[i], -clip), clip)
            n += 1
            explained = total * total / n if total < 0.0 else 0.0
            if i <= begun[p] and explained > best:
                best, at[p] = explained, i
    return at


@kernel(fastmath=FAST)
def declines(start, day, z, cut, slack, clip, limit):
    """Return where Page's sum S = max(0, S - z - slack) stands above its limit after `cut`.

    Returns
    -------
    begun : array of int64, shape (plot,)
        Place where the sum last left zero before it crossed; -1 where it stands below.
    last : array of int64
        Place of the plot's last judged value, -1 with none.
    total : array of float32
        The sum at the end.
    highest : array of float32
        The largest sum of the season.
    """
    plots = len(start) - 1
    begun, last = np.full(plots, -1, np.int64), np.full(plots, -1, np.int64)
    total, highest = np.zeros(plots, np.float32), np.zeros(plots, np.float32)
    for p in range(plots):
        s, from_here, first = 0.0, -1, -1
        for i in range(start[p], start[p + 1]):
            if day[i] <= cut or np.isnan(z[i]):
                continue
            last[p] = i
            step = -min(max(z[i], -clip), clip) - slack
            if s == 0.0 and step > 0.0:
                from_here = i
            s = max(0.0, s + step)
            highest[p] = max(highest[p], s)
            if s > limit[p]:
                first = from_here
            elif s == 0.0:
                first = -1
        begun[p], total[p] = first, s
    return begun, last, total, highest
