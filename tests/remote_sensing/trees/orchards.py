"""Orchards drawn by script, as a drone would see them, with the truth about each tree.

After the synthetic plots of `science/monitoring.md` 10.3: 60 x 60 m, trees 3.5 m apart in rows 4.0 m apart that follow
wavy terraces, cast shadows, 6 % gaps; crowns of varying size, colour, brightness and outline, soil with texture,
terrace walls, grass in patches. The maker was written before any detector saw its pictures and is not tuned to one.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import ndimage

CELL = 0.05
SOILS = ((148, 118, 92), (132, 100, 82), (160, 138, 112))  # purple soil, red soil, pale shale; sRGB numbers
WALL, LEAF, GRASS, YELLOW = (112, 106, 98), (68, 88, 50), (112, 134, 72), (128, 128, 58)


@dataclass(frozen=True)
class Orchard:
    """What is planted and how it is photographed; lengths in m, angles in degrees."""

    diameter: float = 2.8
    diameter_spread: float = 0.12  # of the logarithm
    spacing: float = 3.5
    rows: float = 4.0
    size: float = 60.0
    gaps: float = 0.06
    grass: float = 0.05  # share of the ground under grass
    lushness: float = 0.6  # 0 straw, 1 fresh green
    weak: float = 0.05  # share of trees that are yellowish and small
    sun_height: float = 55.0
    sun_from: float = 160.0
    light: float = 1.0
    seed: int = 0


CASES = {
    "separate": Orchard(diameter=2.8),
    "touching": Orchard(diameter=3.6),
    "grassy": Orchard(diameter=2.8, grass=0.4, lushness=0.75),
    "small in grass": Orchard(diameter=1.5, grass=0.32, lushness=0.9),
    "closed": Orchard(diameter=4.4),
}
"""The five cases of 10.3; in the last the crowns have closed."""


@dataclass
class Drawn:
    """A picture and the truth: positions in metres from the upper left corner, x to the right, y downwards."""

    rgb: np.ndarray  # (band, y, x) uint8
    trees: np.ndarray  # (n, 2) x, y
    diameters: np.ndarray
    weak: np.ndarray  # bool
    gaps: np.ndarray  # (m, 2) x, y of places without a tree, within the plot
    crown: np.ndarray  # (y, x) bool
    height: np.ndarray  # (y, x) m above the ground of crowns, 0 elsewhere
    ground: np.ndarray  # (y, x) m, terraced
    about: Orchard = field(default_factory=Orchard)

    @property
    def cover(self) -> float:
        """Share of the plot under crowns."""
        return float(self.crown.mean())


def of(case, seed):
    """Return a case by name with a seed."""
    return draw(replace(CASES[case], seed=seed))


def draw(orchard):
    """Return the picture of an orchard."""
    rng = np.random.default_rng([orchard.seed, 20261])
    n = round(orchard.size / CELL)
    y, x = np.meshgrid((np.arange(n) + 0.5) * CELL, (np.arange(n) + 0.5) * CELL, indexing="ij")
    bend = _terraces(rng, orchard)
    places = _places(rng, orchard, bend)
    return plant(rng, orchard, x, y, bend, places)


def plant(rng, orchard, x, y, bend, places, kept=None):
    """Return the picture of given places, some of them empty."""
    size = orchard.size
    empty = rng.random(len(places)) < orchard.gaps if kept is None else ~kept
    trees = places[~empty]
    weak = rng.random(len(trees)) < orchard.weak
    diameters = orchard.diameter * np.exp(rng.normal(0, orchard.diameter_spread, len(trees))) * np.where(weak, 0.8, 1)
    picture, terrain = _ground(rng, orchard, x, y, bend)
    height = np.zeros(x.shape, np.float32)
    owner = np.full(x.shape, -1, np.int32)
    for i in range(len(trees)):
        _stand(rng, height, owner, trees[i], diameters[i], i)
    _shade(rng, picture, height, orchard)
    _leaves(rng, picture, height, owner, weak, orchard)
    picture = _camera(rng, picture, orchard)
    inside = np.all((places > 1.0) & (places < size - 1.0), axis=1)
    return Drawn(
        rgb=picture, trees=trees, diameters=diameters, weak=weak, gaps=places[empty & inside], crown=owner >= 0,
        height=height, ground=terrain, about=orchard,
    )  # fmt: skip


def noise(rng, shape, scale):
    """Return smooth noise of mean 0 and deviation 1 whose bumps are `scale` [m] wide."""
    sigma = scale / CELL
    step = max(1, int(sigma / 3))
    coarse = rng.normal(size=(shape[0] // step + 3, shape[1] // step + 3))
    coarse = ndimage.gaussian_filter(coarse, sigma / step)
    fine = ndimage.zoom(coarse, step, order=1)[: shape[0], : shape[1]] if step > 1 else coarse[: shape[0], : shape[1]]
    return ((fine - fine.mean()) / fine.std()).astype(np.float32)


def _terraces(rng, orchard):
    """Return the function that tells how far [m] a terrace has bent from its straight line at (x, y)."""
    waves = rng.uniform((25, 10, 0), (60, 20, 2 * np.pi), (3, 3))
    reach = np.array([1.6, 0.8, 0.4]) * rng.uniform(0.6, 1.2, 3)
    tilt = rng.uniform(-0.2, 0.2)

    def bend(x, y):
        total = tilt * (x - orchard.size / 2)
        for (long, short, phase), high in zip(waves, reach, strict=True):
            wave = 2 * np.pi * x / (long if high > 0.6 else short * 2) + phase
            total = total + high * np.sin(wave + 0.04 * y)
        return total

    return bend


def _places(rng, orchard, bend):
    """Return where trees are meant to stand: along each terrace by arc length, with a planter's small errors."""
    places = []
    x = np.arange(-2, orchard.size + 2, 0.05)
    start = -8.0
    while start < orchard.size + 8:
        y = start + bend(x, np.full_like(x, start))
        along = np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        at = np.arange(rng.uniform(0, orchard.spacing), along[-1], orchard.spacing)
        at = at + rng.normal(0, 0.12, len(at))
        places.append(
            np.column_stack([np.interp(at, along, x), np.interp(at, along, y) + rng.normal(0, 0.15, len(at))])
        )
        start += orchard.rows * rng.uniform(0.96, 1.04)
    places = np.concatenate(places)
    return places[np.all((places > 0.8) & (places < orchard.size - 0.8), axis=1)]


def _ground(rng, orchard, x, y, bend):
    """Return soil, walls and grass as sRGB numbers (y, x, 3) without shade, and the heights [m] of the ground."""
    soil = np.array(SOILS[rng.integers(len(SOILS))], np.float32)
    grain = 0.10 * noise(rng, x.shape, 1.5) + 0.06 * noise(rng, x.shape, 0.3) + 0.05 * noise(rng, x.shape, 0.06)
    picture = soil * (1 + grain[..., None])
    picture[rng.random(x.shape) < 0.002] = 185  # stones
    phase = (y - bend(x, y) + orchard.rows / 2 + 0.3 * noise(rng, x.shape, 3)) / orchard.rows
    step = phase - np.floor(phase)
    terrain = (np.floor(phase) * 1.2).astype(np.float32)
    wall = step < 0.5 / orchard.rows
    shade = 0.75 + 0.15 * noise(rng, x.shape, 0.2)[wall]
    picture[wall] = np.array(WALL, np.float32) * shade[:, None]
    field_ = noise(rng, x.shape, 2.0) + 0.5 * noise(rng, x.shape, 0.4) + 0.6 * wall  # weeds like walls
    green = field_ > np.quantile(field_, 1 - orchard.grass)
    fresh = np.clip(orchard.lushness + 0.12 * noise(rng, x.shape, 1.0), 0, 1)[..., None]
    blades = np.array(GRASS) * fresh + np.array((150, 140, 100)) * (1 - fresh)
    blades = blades * (1 + 0.10 * noise(rng, x.shape, 0.1) + 0.06 * noise(rng, x.shape, 0.8))[..., None]
    thick = np.clip((field_ - np.quantile(field_, 1 - orchard.grass)) / 0.3, 0, 1)[..., None] * 0.9
    picture[green] = (picture * (1 - thick) + blades * thick)[green]
    return picture.astype(np.float32), terrain


def _stand(rng, height, owner, place, diameter, number):
    """Add one tree: a dome with a ragged, slightly longish outline."""
    reach = diameter * 0.75
    x0, y0 = (int(max(0, (at - reach) / CELL)) for at in place)
    x1, y1 = (int(min(size, (at + reach) / CELL + 1)) for at, size in zip(place, owner.shape[::-1], strict=True))
    y, x = np.meshgrid((np.arange(y0, y1) + 0.5) * CELL, (np.arange(x0, x1) + 0.5) * CELL, indexing="ij")
    dx, dy = x - place[0], y - place[1]
    angle = np.arctan2(dy, dx)
    edge = 1 + 0.08 * np.cos(2 * angle + rng.uniform(0, 7))
    for k in (3, 4, 5, 7, 11):
        edge = edge + rng.normal(0, 0.10 / np.sqrt(k)) * np.cos(k * angle + rng.uniform(0, 7))
    share = np.hypot(dx, dy) / (diameter / 2 * edge)
    tall = diameter * rng.uniform(0.7, 0.95)
    dome = np.where(share < 1, tall * (0.35 + 0.65 * np.sqrt(np.clip(1 - share**2, 0, 1))), 0).astype(np.float32)
    part = (slice(y0, y1), slice(x0, x1))
    higher = dome > height[part]
    height[part][higher] = dome[higher]
    owner[part][higher] = number


def _shade(rng, picture, height, orchard):
    """Darken the ground that crowns keep the sun from: light of the sky is left, and that is bluish."""
    away = np.radians(orchard.sun_from + 180)
    dark = np.zeros(height.shape, bool)
    for up in np.arange(0.15, height.max(), 0.15):
        far = up / np.tan(np.radians(orchard.sun_height)) / CELL
        moved = _moved(height > up, round(-far * np.cos(away)), round(far * np.sin(away)))
        dark |= moved
    soft = ndimage.gaussian_filter(dark.astype(np.float32), 1.5)[..., None]
    picture *= 1 - soft * (1 - np.array([0.36, 0.40, 0.47], np.float32))


def _moved(mask, down, right):
    """Return a mask moved by whole pixels; what comes in from outside is empty."""
    out = np.zeros_like(mask)
    rows, cols = mask.shape
    out[max(down, 0) : rows + min(down, 0), max(right, 0) : cols + min(right, 0)] = mask[
        max(-down, 0) : rows + min(-down, 0), max(-right, 0) : cols + min(-right, 0)
    ]
    return out


def _leaves(rng, picture, height, owner, weak, orchard):
    """Paint crowns: each tree its own green and brightness, light on the sunny side, leaves as texture."""
    n = len(weak)
    colour = np.array(LEAF) * np.exp(rng.normal(0, 0.10, (n, 1))) * np.exp(rng.normal(0, 0.04, (n, 3)))
    ripe = np.clip(rng.normal(0.08, 0.06, n) + np.where(weak, 0.45, 0), 0, 1)[:, None]
    colour = colour * (1 - ripe) + np.array(YELLOW) * ripe
    smooth = ndimage.gaussian_filter(height, 3)
    rise_y, rise_x = np.gradient(smooth, CELL)
    towards = np.radians(orchard.sun_from)
    tilt = np.radians(orchard.sun_height)
    flat = 1 / np.sqrt(1 + rise_x**2 + rise_y**2)
    sun = (np.sin(tilt) - np.cos(tilt) * (np.sin(towards) * rise_x - np.cos(towards) * rise_y)) * flat
    light = 0.45 + 0.75 * np.clip(sun, 0, 1)
    leaves = 1 + 0.16 * noise(rng, height.shape, 0.08) + 0.10 * noise(rng, height.shape, 0.25)
    inside = owner >= 0
    picture[inside] = colour[owner[inside]] * (light * leaves)[inside][:, None]


def _camera(rng, picture, orchard):
    """Return what the mosaic holds: uneven light between photographs, blur, noise, whole numbers."""
    uneven = 1 + 0.05 * noise(rng, picture.shape[:2], 12)
    seen = ndimage.gaussian_filter(picture * uneven[..., None] * orchard.light, (0.8, 0.8, 0))
    seen = seen + rng.normal(0, 3, seen.shape)
    return np.clip(np.moveaxis(seen, 2, 0), 0, 255).astype(np.uint8)
