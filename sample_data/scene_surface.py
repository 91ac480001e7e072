"""The orchards of the sample county as a satellite would see them under even light, day by day. Synthetic."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from affine import Affine
from rasterio.features import rasterize
from scipy.ndimage import gaussian_filter
from scipy.signal import lfilter

from sample_data import SEED, scene_light, weak_patches
from sample_data.land_cover import BANDS, GREEN, SPECTRUM, Cover, by_year, flooded, kind_spectra, make_cover, mixed
from sample_data.scene_light import CELL, NORTH, SHAPE, WEST

FINE = 5  # cells of an edge into which a cell is cut, so that plots' borders are mixed as they lie
CURVE = (0.0, -0.005, 0.005, 0.025, 0.03, 0.03, 0.03, 0.02, -0.01, -0.05, -0.045, -0.01, 0.0)
"""NDVI of a bearing canopy on the first day of each month less its mean: flush in spring, dip in October; judgement."""
LATE = {"navel_late": 20, "valencia": 25, "w_murcott": 20, "orah": 20, "tarocco": 15}
"""Days by which late fruit takes its dip later; judgement."""
YEAR_EFFECT, ANOMALY, MEMORY, STEP = 0.015, 0.03, 0.8, 5  # NDVI, NDVI, 1 a step, d: monitoring of similar plots
ALIKE = 0.8  # of the anomaly's standard deviation is shared by all orchards of the county: what is left has 0.018
NOISE = (0.018, 0.017)  # NDVI of a plot on a picture: haze and calibration of all, and its own; 0.025 together
PLOTS, WITHIN, MOMENT = 0.02, 0.018, 0.008  # NDVI between plots, between cells of a plot, and of these day by day
LOST = 0.6  # share of a drop of NDVI that is missing leaves; the rest are yellow ones
TURN = (
    1,
    1,
    1,
    0.6,
    -0.5,
    -0.9,
    -1,
    -1,
    0.4,
    0.6,
)  # how `BANDS` go with red (1) or against it (-1); judgement
USUAL = 0.65  # share of ground under the leaves of an orchard of middle age


class Orchards(NamedTuple):
    """Cells that hold a part of an orchard; arrays of shape (cell,)."""

    cell: np.ndarray  # position in the flattened grid
    plot: np.ndarray  # row of the table of plots
    share: np.ndarray  # of the cell that is orchard [1]
    usual: np.ndarray  # NDVI by which it differs from a usual orchard for ever
    patch: np.ndarray  # shape (planted place, cell): share of the orchard that lies in it [1]


class Surface(NamedTuple):
    """All that pictures show, before light and air."""

    cover: Cover
    orchards: Orchards
    crowns: np.ndarray  # share of ground under leaves, shape (plot,)
    late: np.ndarray  # d, shape (plot,)
    relief: scene_light.Relief


@lru_cache(maxsize=2)
def surface(seed=SEED):
    """Return the `Surface` of the county of a seed."""
    plots = weak_patches.orchards(seed)
    relief = scene_light.relief(seed)
    cover = make_cover(relief.elevation, relief.slope, seed)
    age = 2025 - plots.planted.fillna(2010).to_numpy()
    crowns = 0.40 + 0.32 * (1 - np.exp(-age / 7.0))
    late = plots.cultivar.map(LATE).fillna(0).to_numpy()
    return Surface(cover, _orchards(plots, seed), crowns, late, relief)


def reflectance(ground, day, strays, moment=0.0):
    """Return the reflectance of a day under even light.

    Parameters
    ----------
    ground : Surface
        What lies where.
    day : datetime64 or str
        Season, pool and planted places follow it.
    strays : ndarray, shape (plot,)
        NDVI by which each orchard differs from a usual one on this day.
    moment : ndarray, shape (cell of an orchard,)
        The same by cell.

    Returns
    -------
    ndarray, dims (band, y, x), float32
        In the order of `BANDS`. [1]
    """
    kinds = flooded(ground.cover, ground.relief.elevation, day)
    table = kind_spectra(day)
    image = np.take(table.T, kinds.ravel(), axis=1).reshape(len(BANDS), *SHAPE)
    image *= ground.cover.brightness
    own, flat = orchard_reflectance(ground, day, strays, moment), image.reshape(len(BANDS), -1)
    at, share = ground.orchards.cell, ground.orchards.share
    flat[:, at] += share * (own - flat[:, at])
    return image


def orchard_reflectance(ground, day, strays, moment=0.0, planted=True):
    """Return the reflectance of the orchards' cells as if each were orchard alone, shape (band, cell) [1]."""
    orchards = ground.orchards
    season = np.array([by_year(CURVE, np.datetime64(day, "D") - int(late)) for late in ground.late])
    level = season[orchards.plot] + orchards.usual
    weak = weak_patches.strength(day) @ orchards.patch if planted else np.zeros(len(orchards.cell))
    under = 0.6 * mixed("grass", "straw", by_year(GREEN["grass"], day)) + 0.4 * SPECTRUM["soil"]
    per_leaf, per_pale = _worth(under)
    leaves = np.clip(ground.crowns[orchards.plot] + (level - LOST * weak) / per_leaf, 0.05, 0.97)
    pale = np.clip((1 - LOST) * weak / per_pale / leaves, 0, 1)
    crown = SPECTRUM["leaf"][:, None] * (1 - pale) + SPECTRUM["yellow"][:, None] * pale
    seen = leaves * crown + (1 - leaves) * under[:, None]
    return _shifted(seen, strays[orchards.plot] + moment).astype(np.float32)


def ndvi(spectrum):
    """Return the NDVI of reflectances in the order of `BANDS`."""
    red, nir = spectrum[BANDS.index("red")], spectrum[BANDS.index("nir")]
    return (nir - red) / (nir + red)


def _shifted(spectra, by):
    """Return spectra whose NDVI differs by `by`: what is red brightens as what is near infrared darkens."""
    usual = ndvi(spectra)
    wanted = np.clip(usual + by, -0.5, 0.95)
    ratio = np.sqrt((1 + usual) / (1 - usual) * (1 - wanted) / (1 + wanted))
    return spectra * ratio ** np.array(TURN)[:, None]


def _worth(under):
    """Return the NDVI that a usual orchard loses with a share of its ground bare of leaves, and under yellow ones."""
    usual = USUAL * SPECTRUM["leaf"] + (1 - USUAL) * under
    lost = 0.15 * (under - SPECTRUM["leaf"])
    pale = 0.15 * (SPECTRUM["yellow"] - SPECTRUM["leaf"])
    return (ndvi(usual) - ndvi(usual + lost)) / 0.15, (ndvi(usual) - ndvi(usual + pale)) / 0.15


def strays(days, count, seed=SEED):
    """Return by how much each orchard differs from a usual one, shape (day, plot) [NDVI].

    Years are good or bad, spells come and go (AR(1) by five days, most of it alike for all), and each picture is a
    little off.
    """
    days = np.asarray(days, "M8[D]")
    start = np.datetime64("2023-01-01")
    step = (days - start).astype(int) // STEP
    random = np.random.default_rng([int(seed), 33])
    years = YEAR_EFFECT * random.standard_normal((5, count))
    draws = random.standard_normal((400, count + 1)) * np.sqrt(1 - MEMORY**2)
    spells = lfilter([1.0], [1.0, -MEMORY], draws, axis=0)[step + 40]
    seen = np.random.default_rng([int(seed), 34]).standard_normal((400, count + 1))[step]
    own, all_ = spells[:, 1:], spells[:, :1]
    anomaly = ANOMALY * (ALIKE * all_ + np.sqrt(1 - ALIKE**2) * own)
    return (
        years[days.astype("M8[Y]").astype(int) - 53] + anomaly + NOISE[0] * seen[:, :1] + NOISE[1] * seen[:, 1:]
    ).astype(np.float32)


def moment(ground, random):
    """Return by how much cells of orchards differ on one day, alike within some 20 m, shape (cell,) [NDVI]."""
    relief = ground.relief
    rows, columns = relief.rows.shape[1], relief.columns.shape[1]
    coarse = gaussian_filter(random.standard_normal((rows, columns)).astype(np.float32), 0.5)
    fine = relief.rows @ (coarse / coarse.std()) @ relief.columns.T
    return MOMENT * fine.ravel()[ground.orchards.cell]


def _orchards(plots, seed):
    """Return the `Orchards` of the county: cells, and how much of them is orchard."""
    random = np.random.default_rng([int(seed), 35])
    number = _burnt([(outline, k + 1) for k, outline in enumerate(plots.geometry)])
    share = np.count_nonzero(number, axis=(1, 3)) / FINE**2
    plot = number.max(axis=(1, 3))
    cell = np.flatnonzero(share)
    patches = np.zeros((len(weak_patches.PLANTED), len(cell)), np.float32)
    for k, outline in enumerate(weak_patches.truth(plots).geometry):
        inside = np.count_nonzero(_burnt([(outline, 1)]), axis=(1, 3)).ravel()[cell]
        patches[k] = inside / (share.ravel()[cell] * FINE**2)
    own = plot.ravel()[cell] - 1
    noise = gaussian_filter(random.standard_normal(SHAPE), 0.9)
    usual = PLOTS * random.standard_normal(len(plots))[own] + WITHIN * (noise / noise.std()).ravel()[cell]
    return Orchards(cell, own, share.ravel()[cell].astype(np.float32), usual.astype(np.float32), patches)


def _burnt(shapes):
    """Return the numbers of polygons on cells cut `FINE` by `FINE`, dims (y, part, x, part)."""
    size = CELL / FINE
    burnt = rasterize(
        shapes, (SHAPE[0] * FINE, SHAPE[1] * FINE), transform=Affine(size, 0, WEST, 0, -size, NORTH), dtype="int16"
    )
    return burnt.reshape(SHAPE[0], FINE, SHAPE[1], FINE)
