"""Arc tangents without branches: kernels over rasters spend most of their time in them, and libm's do not vectorise."""

import numpy as np
from numba import types
from numba.extending import overload, register_jitable

FLAGS = {"contract", "arcp", "nsz", "afn"}
"""Fast arithmetic that still knows NaN (voids stay voids) and keeps the order of differences."""

block = register_jitable(error_model="numpy", fastmath=FLAGS)
"""Marks the body of a raster kernel, which a serial and a parallel kernel share."""

_A0, _A1, _A2, _A3 = (np.float32(c) for c in (8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1))
_ONE, _ZERO, _NONE = np.float32(1), np.float32(0), np.float32(np.nan)
_TAN_PI_8, _QUARTER, _HALF, _PI = (np.float32(c) for c in (np.sqrt(2) - 1, np.pi / 4, np.pi / 2, np.pi))


def arctangent2(y, x):
    """Return the angle of the point (x, y) from the x axis [rad], -pi to pi."""
    return np.arctan2(y, x)


@overload(arctangent2, jit_options={"error_model": "numpy", "fastmath": FLAGS})
def _arctangent2(y, x):
    """Cephes `atanf` (S. Moshier) for float32, absolute error below 3e-7; libm for float64."""
    if y != types.float32 or x != types.float32:
        return lambda y, x: np.arctan2(y, x)

    def single(y, x):
        high, low = max(abs(x), abs(y)), min(abs(x), abs(y))
        wide = low > _TAN_PI_8 * high
        t = (low - high if wide else low) / (low + high if wide else (high if high > _ZERO else _ONE))
        s = t * t
        angle = (((_A0 * s + _A1) * s + _A2) * s + _A3) * s * t + t + (_QUARTER if wide else _ZERO)
        angle = _HALF - angle if abs(y) > abs(x) else angle
        angle = _PI - angle if x < _ZERO else angle
        angle = -angle if y < _ZERO else angle
        return angle if x == x and y == y else _NONE

    return single


def arctangent(x):
    """Return the angle whose tangent is `x` [rad]."""
    return np.arctan(x)


@overload(arctangent, jit_options={"error_model": "numpy", "fastmath": FLAGS})
def _arctangent(x):
    if x != types.float32:
        return lambda x: np.arctan(x)
    return lambda x: arctangent2(x, _ONE)
