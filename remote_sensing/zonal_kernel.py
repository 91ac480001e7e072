"""Compiled sums over the cells that outlines cover; see `remote_sensing.zonal`."""

import numpy as np

from agro.numeric import FAST, equation, kernel


@kernel(fastmath=FAST)
def means(start, cell, cover, values, out):
    """Fill `out` with the mean of each outline, NaN where no cell is known."""
    for k in range(out.size):
        above, below = 0.0, 0.0
        for i in range(start[k], start[k + 1]):
            value, share = np.float64(values[cell[i]]), np.float64(cover[i])
            known = value == value
            above += share * value if known else 0.0
            below += share if known else 0.0
        out[k] = above / below if below > 0.0 else np.nan


@kernel(fastmath=FAST)
def weighted_means(start, cell, cover, values, weights, out):
    """Fill `out` with the mean of each outline over cells that count by their weights."""
    for k in range(out.size):
        above, below = 0.0, 0.0
        for i in range(start[k], start[k + 1]):
            value = np.float64(values[cell[i]])
            share = np.float64(cover[i]) * np.float64(weights[cell[i]])
            known = value == value
            above += share * value if known else 0.0
            below += share if known else 0.0
        out[k] = above / below if below > 0.0 else np.nan


@equation
def _quantile(values, sums, n, total, q):
    """Return a weighted quantile of sorted values as exactextract defines it.

    `sums` holds, for the value of rank i, `i * weight + (n - 1) * (weights before it)`.
    """
    at = q * total * (n - 1)
    low, high = 0, n  # the first value whose sum lies above
    while low < high:
        middle = (low + high) // 2
        if sums[middle] > at:
            high = middle
        else:
            low = middle + 1
    if low >= n:
        return np.float64(values[n - 1])
    if low == 0:
        return np.float64(values[0])
    left, right = np.float64(values[low - 1]), np.float64(values[low])
    return left + (at - sums[low - 1]) * (right - left) / (sums[low] - sums[low - 1])


@equation
def _packed(bits, weight_bits, n, keys):
    """Sort numbers with their weights: both lie in one integer, which sorts as the number does."""
    for i in range(n):
        high = np.int64(bits[i])
        high = high if high >= 0 else high ^ np.int64(0x7FFFFFFF)
        keys[i] = (high << 32) | np.int64(weight_bits[i])
    keys[:n].sort()
    for i in range(n):
        high = keys[i] >> 32
        bits[i] = np.int32(high if high >= 0 else high ^ np.int64(0x7FFFFFFF))
        weight_bits[i] = np.int32(keys[i] & 0xFFFFFFFF)


@kernel(fastmath=FAST)
def statistics(start, cover, values, weights, size, out):
    """Fill the rows of `out` with mean, median, q10, q90, sd, n_valid, valid_fraction, weight of each outline.

    `values`, and `weights` unless they are one number, lie in the order of `cover`.
    """
    longest = 1
    for k in range(out.shape[0]):
        longest = max(longest, start[k + 1] - start[k])
    number, share = np.empty(longest, np.float32), np.empty(longest, np.float32)
    bits, share_bits = number.view(np.int32), share.view(np.int32)
    keys, sums = np.empty(longest, np.int64), np.empty(longest)
    for k in range(out.shape[0]):
        n, covered, total, above = 0, 0.0, 0.0, 0.0
        for i in range(start[k], start[k + 1]):
            weight = weights[i] if weights.size > 1 else weights[0]
            if values[i] == values[i] and weight > 0 and cover[i] > 0:
                number[n], share[n] = values[i], cover[i] * weight
                covered += np.float64(cover[i])
                total += np.float64(share[n])
                above += np.float64(share[n]) * np.float64(values[i])
                n += 1
        row = out[k]
        row[:5] = np.nan
        row[5], row[6], row[7] = covered, covered / size[k] if size[k] > 0 else np.nan, 0.0
        if n > 0:
            _packed(bits, share_bits, n, keys)
            mean, before, spread = above / total, 0.0, 0.0
            for i in range(n):
                weight = np.float64(share[i])
                sums[i] = i * weight + (n - 1) * before
                before += weight
                spread += weight * (np.float64(number[i]) - mean) ** 2
            row[0], row[4], row[7] = mean, np.sqrt(spread / total), total / covered
            row[1] = _quantile(number, sums, n, before, 0.5)
            row[2] = _quantile(number, sums, n, before, 0.1)
            row[3] = _quantile(number, sums, n, before, 0.9)
