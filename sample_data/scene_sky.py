"""When a satellite saw the sample county, what clouds hid and shaded, and what its own mask says. Synthetic."""

from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from sample_data import SEED, climate, scene_light, weather
from sample_data.scene_light import CELL, EAST, NORTH, SHAPE, SOUTH, WEST, Relief, Sun

FIRST = datetime(2023, 9, 5, 3, 27, 41)  # UTC; of the cycle whose days fit the county's clear ones
REVISIT = timedelta(days=5)
CLEAR_FROM = 0.42  # share of the sun above the air that must have reached the ground on that day
WINTER = 0.7  # how far dull months are forgiven their haze: their clear hours come at the satellite's time
VIEW_ZENITH, VIEW_AZIMUTH = 9.6, 284.0  # degrees: the county lies near the eastern edge of the swath
EDGE_AT, EDGE_LEAN = (347640.0, 3421400.0), 0.231  # m: where the swath ends, and m that it comes west a metre south
BASES = (1300.0, 2700.0)  # m above the sea, of clouds
SKY_CELL, MARGIN = 40.0, 5200.0  # m
CLOUD, CIRRUS = 0.70, 0.036  # how bright the thickest cloud and a full veil are [1]
SHADE = 0.82  # share of the beam that a thick cloud keeps away
MISSED, THIN = 0.03, 0.20  # share of clear ground under cloud that the mask does not know, and how thick that is
OVERLOOKED = 0.15  # share of cloud shadow that the mask does not find
SOFT = 0.55  # depth of a cloud's edge, in standard deviations of the field
SCL = {
    "nodata": 0, "shadow": 3, "vegetation": 4, "bare": 5, "water": 6, "unclassified": 7, "medium": 8, "high": 9,
    "cirrus": 10, "dark": 2,
}  # fmt: skip


class Pass(NamedTuple):
    """One picture's moment and what the air was like."""

    number: int  # of the pass since the first one
    time: datetime  # UTC
    satellite: str
    sun: Sun
    cloud: float  # share of the sky that cloud covers [1]
    veil: float  # depth of thin high cloud [1]


class Sky(NamedTuple):
    """What is between sun, ground and satellite; dims (y, x) on cells of 20 m, all 0 to 1."""

    cloud: np.ndarray  # how much of what the satellite sees is cloud
    known: np.ndarray  # the same without what the mask misses
    shade: np.ndarray  # share of the beam that is kept away
    veil: np.ndarray  # depth of thin high cloud


def passes(seed=SEED):
    """Return the passes of three years on which the county was not all under cloud, as its own weather has it."""
    days = weather.make_daily(seed)["middle"]
    last = weather.LAST_DAY.astype("M8[D]").item()
    outside = climate.sun(days.time.values)[0]
    usual = climate.by_day(climate.RADIATION, days.time.values) / outside
    share = days.radiation.values / outside - WINTER * (usual - usual.mean())
    found, number, time = [], 0, FIRST
    while time.date() <= last:
        random = np.random.default_rng([int(seed), 36, number])
        clear = float(share[(np.datetime64(time.date()) - weather.FIRST_DAY).astype(int)])
        if clear >= CLEAR_FROM:
            cover = float(np.clip(1.1 * (0.60 - clear) / 0.60 + 0.09 * random.standard_normal(), 0.0, 0.5))
            veil = float(np.clip(random.normal(0.15, 0.3), 0, 1))
            at = scene_light.sun(time)
            found.append(Pass(number, time, "AB"[number % 2], at, cover if cover > 0.02 else 0.0, veil))
        number, time = number + 1, time + REVISIT
    return found


def make_sky(ground: Relief, one: Pass, seed=SEED):
    """Return the `Sky` of a pass.

    Clouds lie in one level sheet above the sea. Each place looks up to it twice: towards the satellite, which finds the
    cloud that hides it, and towards the sun, which finds the cloud that shades it; so relief and both angles are right.
    """
    random = np.random.default_rng([int(seed), 37, one.number])
    shape = tuple(round((size + 2 * MARGIN) / SKY_CELL) for size in (NORTH - SOUTH, EAST - WEST))
    thick = _depth(random, shape, one.cloud, (24, 8, 2.5))
    thin = THIN * _depth(random, shape, MISSED * random.exponential(), (7, 2.5))
    height = ground.elevation[::2, ::2] * 0.5 + ground.elevation[1::2, 1::2] * 0.5
    base = random.uniform(*BASES) - height
    towards_view = _above(base, VIEW_ZENITH, VIEW_AZIMUTH)
    towards_sun = _above(base, one.sun.zenith, one.sun.azimuth)
    known = _looked_up(thick, towards_view)
    hidden = _looked_up(thin, towards_view)
    shade = SHADE * np.maximum(_looked_up(thick, towards_sun), 0.5 * _looked_up(thin, towards_sun))
    veil = np.zeros_like(known)
    if one.veil > 0:
        field = _field(random, tuple(n // 4 + 1 for n in known.shape), (20, 8))
        grown = field.repeat(4, axis=0).repeat(4, axis=1)[: known.shape[0], : known.shape[1]]
        veil = one.veil * np.clip(0.5 + 0.5 * gaussian_filter(grown, 2), 0, 1)
    return Sky(*(np.asarray(a, np.float32) for a in (np.maximum(known, hidden), known, shade, veil)))


def classes(sky, image, water, one, seed=SEED):
    """Return what the producer's mask says, uint8 on cells of 20 m: right mostly, with shadows and clouds overlooked.

    Parameters
    ----------
    sky : Sky
        What is truly there.
    image : dict of ndarray, dims (y, x)
        "blue", "red" and "nir" as seen, on cells of 20 m. [1]
    water : ndarray of bool, dims (y, x)
        Where truly water lies.
    """
    random = np.random.default_rng([int(seed), 38, one.number])
    ndvi = (image["nir"] - image["red"]) / np.maximum(image["nir"] + image["red"], 0.02)
    found = np.where(ndvi > 0.4, SCL["vegetation"], SCL["bare"]).astype(np.uint8)
    found[(ndvi > 0.25) & (ndvi <= 0.4)] = SCL["unclassified"]
    found[water | ((ndvi < 0.05) & (image["nir"] < 0.06))] = SCL["water"]
    found[(image["nir"] < 0.09) & ~water & (ndvi > 0.1)] = SCL["dark"]
    patches = _field(random, sky.cloud.shape, (8,))
    seen = patches > np.quantile(patches[::4, ::4], OVERLOOKED)
    found[(sky.shade > 0.3) & seen & ~water] = SCL["shadow"]
    found[sky.veil > 0.45] = SCL["cirrus"]
    found[sky.known > 0.25] = SCL["medium"]
    found[sky.known > 0.6] = SCL["high"]
    return found


def swath():
    """Tell which cells of 10 m the satellite's swath reaches, dims (y, x)."""
    edge = EDGE_AT[0] + EDGE_LEAN * (scene_light.Y - EDGE_AT[1])
    return scene_light.X[None, :] < edge[:, None]


def _above(base, zenith, azimuth):
    """Return the rows and columns of the sheet of clouds that places look up to."""
    reach = base * np.tan(np.radians(zenith))
    turned = np.radians(azimuth)
    size = 2 * CELL
    rows = np.arange(SHAPE[0] // 2)[:, None] * size + CELL - reach * np.cos(turned)
    columns = np.arange(SHAPE[1] // 2)[None, :] * size + CELL + reach * np.sin(turned)
    return [(rows + MARGIN) / SKY_CELL - 0.5, (columns + MARGIN) / SKY_CELL - 0.5]


def _looked_up(field, places):
    return map_coordinates(field, places, order=1, mode="nearest") if field.any() else np.zeros(places[0].shape)


def _depth(random, shape, share, lengths):
    """Return how thick cloud is, 0 to 1, of which a share of the sky has some."""
    field = _field(random, shape, lengths)
    if share <= 0.001:
        return np.zeros(shape, np.float32)
    least = np.quantile(field[::3, ::3], 1 - share)
    return np.clip((field - least) / SOFT, 0, 1)


def _field(random, shape, lengths):
    """Return fractal noise of mean 0 and standard deviation 1, lengths in cells from the longest to the shortest."""
    total = np.zeros(shape, np.float32)
    for k, length in enumerate(lengths):
        step = max(int(length / 2), 1)
        small = random.standard_normal(tuple(n // step + 9 for n in shape)).astype(np.float32)
        layer = gaussian_filter(small, length / step, mode="wrap")
        if step > 1:
            rows = scene_light.between(np.arange(shape[0]) / step + 4, layer.shape[0])
            columns = scene_light.between(np.arange(shape[1]) / step + 4, layer.shape[1])
            layer = rows @ layer @ columns.T
        else:
            layer = layer[: shape[0], : shape[1]]
        total += 0.4**k * layer / layer.std()
    return total / total.std()
