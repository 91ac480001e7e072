"""What grows and stands around the orchards of the sample county, and how bright it is through the year. Synthetic."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from sample_data.boundaries import wave
from sample_data.scene_light import CELL, SHAPE, X, Y

BANDS = ("blue", "green", "red", "re1", "re2", "re3", "nir", "nir_narrow", "swir1", "swir2")
SPECTRA = {
    "leaf": (0.022, 0.050, 0.028, 0.080, 0.235, 0.300, 0.330, 0.345, 0.165, 0.075),
    "yellow": (0.040, 0.095, 0.080, 0.165, 0.270, 0.315, 0.335, 0.345, 0.210, 0.110),
    "soil": (0.065, 0.095, 0.135, 0.160, 0.180, 0.195, 0.210, 0.220, 0.290, 0.240),
    "grass": (0.035, 0.075, 0.055, 0.115, 0.245, 0.290, 0.315, 0.330, 0.220, 0.120),
    "straw": (0.055, 0.080, 0.110, 0.150, 0.195, 0.215, 0.235, 0.250, 0.300, 0.210),
    "conifer": (0.017, 0.035, 0.022, 0.058, 0.185, 0.235, 0.255, 0.265, 0.120, 0.055),
    "broadleaf": (0.021, 0.052, 0.027, 0.085, 0.250, 0.320, 0.350, 0.365, 0.170, 0.076),
    "bare": (0.036, 0.052, 0.058, 0.092, 0.150, 0.180, 0.200, 0.215, 0.215, 0.140),
    "crop": (0.024, 0.060, 0.034, 0.095, 0.260, 0.320, 0.345, 0.355, 0.180, 0.085),
    "mud": (0.050, 0.072, 0.090, 0.118, 0.145, 0.162, 0.178, 0.188, 0.215, 0.165),
    "water": (0.045, 0.050, 0.035, 0.030, 0.022, 0.020, 0.018, 0.016, 0.008, 0.006),
    "roof": (0.130, 0.150, 0.170, 0.185, 0.200, 0.210, 0.220, 0.230, 0.270, 0.250),
}
"""Reflectance of pure covers in the order of `BANDS`; of the usual shape of such covers, judgement. [1]"""
SPECTRUM = {name: np.array(values, np.float32) for name, values in SPECTRA.items()}
YEAR = np.array([0, 32, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366])  # first days of months
GREEN = {
    "grass": (0.25, 0.25, 0.45, 0.75, 0.95, 1.0, 1.0, 0.95, 0.9, 0.7, 0.5, 0.35, 0.25),
    "broadleaf": (0.0, 0.0, 0.15, 0.6, 0.95, 1.0, 1.0, 1.0, 0.95, 0.8, 0.45, 0.1, 0.0),
    "rice": (0.15, 0.15, 0.15, 0.15, 0.25, 0.6, 1.0, 1.0, 0.6, 0.15, 0.15, 0.15, 0.15),
    "rape": (0.6, 0.7, 0.85, 0.95, 0.5, 0.2, 0.6, 0.8, 0.6, 0.2, 0.3, 0.5, 0.6),
    "garden": (0.5, 0.5, 0.55, 0.55, 0.6, 0.65, 0.6, 0.55, 0.5, 0.5, 0.55, 0.5, 0.5),
}
"""Green share of a cover on the first day of each month; judgement."""
KINDS = ("water", "belt", "conifer", "broadleaf", "scrub", "rice", "rape", "garden", "village", "road")
TEXTURE = (0.04, 0.08, 0.13, 0.11, 0.11, 0.05, 0.06, 0.10, 0.20, 0.10)
"""Standard deviation of brightness within each of `KINDS` [1]."""
POOL = (174.5, 172.0, 168.0, 163.0, 160.0, 157.0, 157.0, 157.0, 157.0, 163.0, 174.0, 175.0, 174.5)
"""Level of the reservoir on the first day of each month [m], low in the rains and full in winter; judgement."""


class Cover(NamedTuple):
    """What lies where, dims (y, x): index into `KINDS`, and how much brighter than its kind a cell is."""

    kind: np.ndarray
    brightness: np.ndarray


def make_cover(elevation, slope, seed):
    """Return the `Cover` of the pictures' ground: forest on the steep, fields and villages on the gentle."""
    random = np.random.default_rng([int(seed), 32])
    wood, wet = wave(SHAPE, 18, random), wave(SHAPE, 30, random)
    kind = np.full(SHAPE, KINDS.index("scrub"), np.int8)
    steep = 0.2 * slope + 6.0 * wood + (elevation - 330) / 60
    kind[steep > 4] = KINDS.index("broadleaf")
    kind[(steep > 4) & (wet > 0.1)] = KINDS.index("conifer")
    gentle = 0.3 * slope + 3.5 * wave(SHAPE, 10, random)
    parcels, crop, shade = _parcels(random)
    field = (gentle < 6) & (steep < 4.5) & (elevation < 560) & (elevation > 176)
    kind[field] = (KINDS.index("rice") + crop)[parcels[field]]
    homes = np.argwhere(field & (slope < 9))
    for row, column in homes[random.choice(len(homes), 70, replace=False)]:
        reach = random.integers(2, 7)
        box = np.s_[max(row - reach, 0) : row + reach, max(column - reach, 0) : column + reach]
        kind[box] = np.where(random.random(kind[box].shape) < 0.7, KINDS.index("village"), kind[box])
    kind[np.abs(elevation - 183) < 0.12 * np.maximum(slope, 4)] = KINDS.index("road")
    kind[elevation < 175.5] = KINDS.index("belt")
    noise = gaussian_filter(random.standard_normal(SHAPE).astype(np.float32), 1.0)
    noise = 0.75 * noise / noise.std() + 0.25 * wave(SHAPE, 6, random)
    brightness = np.exp(np.array(TEXTURE, np.float32)[kind] * noise.astype(np.float32))
    brightness = np.where(field, brightness * shade[parcels], brightness)
    return Cover(kind, gaussian_filter(brightness.astype(np.float32), 0.5))


def flooded(cover, elevation, day):
    """Return the kinds of a day: the belt below the pool's level is water."""
    return np.where((cover.kind == KINDS.index("belt")) & (elevation < by_year(POOL, day)), np.int8(0), cover.kind)


def kind_spectra(day):
    """Return the reflectance of each kind on a day, shape (kind, band) [1]."""
    grass = mixed("grass", "straw", by_year(GREEN["grass"], day))
    summer = by_year(GREEN["broadleaf"], day)
    wood = mixed("broadleaf", "bare", summer)
    made = {
        "water": SPECTRUM["water"],
        "belt": 0.7 * SPECTRUM["mud"] + 0.3 * grass,
        "conifer": SPECTRUM["conifer"] * (0.94 + 0.06 * summer),
        "broadleaf": 0.7 * wood + 0.3 * SPECTRUM["conifer"],
        "scrub": 0.55 * grass + 0.30 * wood + 0.15 * SPECTRUM["soil"],
        "village": 0.6 * SPECTRUM["roof"] + 0.4 * grass,
        "road": 0.5 * SPECTRUM["roof"] + 0.5 * grass,
    }
    for crop in ("rice", "rape", "garden"):
        made[crop] = mixed("crop", "mud", by_year(GREEN[crop], day))
    return np.stack([made[kind] for kind in KINDS]).astype(np.float32)


def mixed(green, dry, share):
    """Return the spectrum of a cover of which a share is green."""
    return np.float32(share) * SPECTRUM[green] + np.float32(1 - share) * SPECTRUM[dry]


def by_year(months, day):
    """Return values of the first days of months on a day, linear between them."""
    day = np.datetime64(day, "D")
    return float(np.interp((day - day.astype("M8[Y]").astype("M8[D]")).astype(int), YEAR, months))


def _parcels(random):
    """Return which parcel each cell belongs to, and each parcel's crop (0-2) and brightness."""
    count = 5000
    seats = np.column_stack([random.uniform(Y[-1], Y[0], count), random.uniform(X[0], X[-1], count)])
    at = np.stack(np.meshgrid(Y, X, indexing="ij"), axis=-1).reshape(-1, 2)
    parcels = cKDTree(seats).query(at, eps=CELL / 20)[1].reshape(SHAPE)
    crop = random.choice(3, count, p=[0.35, 0.4, 0.25]).astype(np.int8)
    return parcels, crop, np.exp(0.08 * random.standard_normal(count)).astype(np.float32)
