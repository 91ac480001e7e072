"""Light of many slopes and hours in one pass: the sun is shared, a slope costs a few multiplications an hour.

`hours` holds for each hour the vector to the sun (up, east, north), its height [degrees], its beam, and the light of a
slope without beam: `hours[5] * sky view + hours[6]`.
"""

import numpy as np
from numba import prange
from numba.extending import register_jitable

from agro.numeric import kernel

FAST = {"contract", "reassoc", "arcp", "nsz", "afn"}
"""Fast arithmetic that still knows NaN: an hour without radiation stays unknown."""

block = register_jitable(error_model="numpy", fastmath=FAST)

BLOCK = 1024
"""Pixels whose sums stay in the nearest cache while the hours of a day pass over them."""


@block
def _open(hour, flat, east, north, out):
    """Add the beam of one hour on open slopes."""
    up, e, n, beam, zero = hour[0], hour[1], hour[2], hour[4], np.float32(0)
    for j in range(out.size):
        facing = up * flat[j] + e * east[j] + n * north[j]
        out[j] += beam * (facing if facing > zero else zero)


@block
def _hidden(hour, low, high, share, flat, east, north, out):
    """Add the beam of one hour where the sun stands above the horizon, given in the two directions beside the sun."""
    up, e, n, elevation, beam, zero = hour[0], hour[1], hour[2], hour[3], hour[4], np.float32(0)
    for j in range(out.size):
        facing = up * flat[j] + e * east[j] + n * north[j]
        facing = facing if facing > zero else zero
        out[j] += beam * (facing if elevation > low[j] + (high[j] - low[j]) * share else zero)


@block
def _period(hours, below, share, first, last, flat, east, north, view, hidden, out):
    """Fill `out` (px,) with the light of the hours from `first` to before `last`."""
    sky, ground = np.float32(0), np.float32(0)
    for i in range(first, last):
        sky += hours[i, 5]
        ground += hours[i, 6]
    for j in range(out.size):
        out[j] = ground + sky * view[j]
    directions = hidden.shape[0]
    for i in range(first, last):
        if hours[i, 4] == np.float32(0):
            continue
        if directions == 0:
            _open(hours[i], flat, east, north, out)
        else:
            k = below[i]
            _hidden(hours[i], hidden[k], hidden[(k + 1) % directions], share[i], flat, east, north, out)


@block
def _strip(b, hours, below, share, first, flat, east, north, view, hidden, out):
    """Fill the `b`th block of pixels for all periods."""
    lo = b * BLOCK
    hi = min(out.shape[1], lo + BLOCK)
    f, e, n, v, h = flat[lo:hi], east[lo:hi], north[lo:hi], view[lo:hi], hidden[:, lo:hi]
    for d in range(out.shape[0]):
        _period(hours, below, share, first[d], first[d + 1], f, e, n, v, h, out[d, lo:hi])


@kernel(fastmath=FAST)
def serial(hours, below, share, first, flat, east, north, view, hidden, out):
    """Fill `out` (period, px); period d begins with hour `first[d]`, an open plane has no direction in `hidden`."""
    for b in range((out.shape[1] + BLOCK - 1) // BLOCK):
        _strip(b, hours, below, share, first, flat, east, north, view, hidden, out)


@kernel(parallel=True, fastmath=FAST)
def parallel(hours, below, share, first, flat, east, north, view, hidden, out):
    """As `serial`, on all cores."""
    for b in prange((out.shape[1] + BLOCK - 1) // BLOCK):
        _strip(b, hours, below, share, first, flat, east, north, view, hidden, out)
