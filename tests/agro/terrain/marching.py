"""Horizons the slow way, for comparison: march along the ray, linear between the two cells on either side."""

import numpy as np
from numba import njit


@njit
def marched_horizon(z, y, x, azimuth, dx, dy):
    """Return the horizon [degrees] of one cell: a step for each column (or row) of centres, in float64."""
    m, n = z.shape
    right, down = np.sin(np.radians(azimuth)) / dx, -np.cos(np.radians(azimuth)) / dy
    step = 1 / max(abs(right), abs(down))
    right, down = right * step, down * step
    best = 0.0
    for s in range(1, m + n):
        column, row = x + right * s, y + down * s
        if not (-1e-6 < column < n - 1 + 1e-6 and -1e-6 < row < m - 1 + 1e-6):
            break
        column, row = min(max(column, 0.0), n - 1.0), min(max(row, 0.0), m - 1.0)
        i, j = min(int(row), m - 2), min(int(column), n - 2)
        f, g = row - i, column - j
        upper = z[i, j] * (1 - g) + z[i, j + 1] * g
        lower = z[i + 1, j] * (1 - g) + z[i + 1, j + 1] * g
        best = max(best, (upper * (1 - f) + lower * f - z[y, x]) / (s * step))
    return np.degrees(np.arctan(best))


@njit
def finely_marched_horizon(z, y, x, azimuth, dx, dy):
    """Return the horizon [degrees] of one cell: steps of a quarter cell over the bilinear surface, in float64."""
    m, n = z.shape
    size = min(dx, dy) / 4
    right, down = np.sin(np.radians(azimuth)) / dx * size, -np.cos(np.radians(azimuth)) / dy * size
    best = 0.0
    for s in range(4, 8 * (m + n)):
        column, row = x + right * s, y + down * s
        if not (0 <= column <= n - 1 and 0 <= row <= m - 1):
            break
        i, j = min(int(row), m - 2), min(int(column), n - 2)
        f, g = row - i, column - j
        upper = z[i, j] * (1 - g) + z[i, j + 1] * g
        lower = z[i + 1, j] * (1 - g) + z[i + 1, j + 1] * g
        best = max(best, (upper * (1 - f) + lower * f - z[y, x]) / (s * size))
    return np.degrees(np.arctan(best))


def mountains(n, seed=3):
    """Return a synthetic mountain range of n by n cells [m], float32: a power spectrum, 200 to 1700 m."""
    rng = np.random.default_rng(seed)
    k, c = np.fft.fftfreq(n)[:, None], np.fft.rfftfreq(n)[None, :]
    size = np.sqrt((k * 2.5) ** 2 + c**2 + 1e-12)
    size[0, 0] = 1
    waves = rng.normal(size=(n, n // 2 + 1)) + 1j * rng.normal(size=(n, n // 2 + 1))
    z = np.fft.irfft2(waves * size**-2.1, s=(n, n))
    return ((z - z.min()) / (z.max() - z.min()) * 1500 + 200).astype(np.float32)
