"""How one citrus tree looks from a drone: a lit dome of leaves and the shadow it casts. Synthetic."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from sample_data.scene_light import Sun

LEAF, PALE = np.array((58, 96, 42), np.float32), np.array((126, 130, 56), np.float32)
SHADE = 0.42  # brightness of ground in the shadow of a tree
NOISE = 48  # pixels of an edge of the leaves that are drawn once and cut from


class Crown(NamedTuple):
    """A tree in pixels: its middle, width and height; and whether it does badly."""

    x: float
    y: float
    width: float
    height: float
    weak: bool


def shaded_by(crowns, shape, sun: Sun):
    """Return the brightness that the trees' shadows leave to the ground, dims (y, x) [1]."""
    dark = np.zeros(shape, bool)
    reach = np.tan(np.radians(sun.zenith))
    turned = np.radians(sun.azimuth)
    for crown in crowns:
        for up, share in ((0.25, 0.85), (0.5, 1.0), (0.75, 0.8), (0.95, 0.4)):
            away = up * crown.height * reach
            place = crown._replace(x=crown.x - away * np.sin(turned), y=crown.y + away * np.cos(turned))
            box, east, south = _around(place, shape, share)
            if box:
                dark[box] |= np.hypot(east, south) < share * crown.width / 2
    return (1 - (1 - SHADE) * gaussian_filter(dark.astype(np.float32), 1.2)).astype(np.float32)


def drawn_crown(image, crown: Crown, sun: Sun, random):
    """Draw a crown into `image`, dims (y, x, band)."""
    box, east, south = _around(crown, image.shape[:2], 1.25)
    if not box:
        return
    angle, radius = np.arctan2(south, east), np.hypot(east, south) / (crown.width / 2)
    lobes = sum(random.normal(0, 0.06) * np.cos(n * angle + random.uniform(0, 6.28)) for n in (2, 3, 5))
    edge = 1 + lobes
    inside = np.clip((edge - radius) * crown.width / 4, 0, 1)[..., None]
    up = np.sqrt(np.clip(1 - (radius / np.maximum(edge, 0.3)) ** 2, 0.02, 1))
    zenith, azimuth = np.radians(sun.zenith), np.radians(sun.azimuth)
    towards = (east * np.sin(azimuth) - south * np.cos(azimuth)) / (crown.width / 2)
    light = 0.45 + 0.75 * np.clip(np.cos(zenith) * up + np.sin(zenith) * towards, 0, None)
    leaves = zoom(random.standard_normal((NOISE // 4, NOISE // 4)).astype(np.float32), 4, order=1)
    rows, columns = (np.arange(n) % NOISE for n in light.shape)
    speckled = light * np.exp(0.16 * leaves[np.ix_(rows, columns)] + 0.10 * random.standard_normal(light.shape))
    pale = np.clip(random.normal(0.75, 0.15), 0.4, 1) if crown.weak else np.clip(random.normal(0.06, 0.05), 0, 0.2)
    colour = (LEAF * (1 - pale) + PALE * pale) * speckled[..., None].astype(np.float32)
    image[box] += inside * (colour - image[box])


def _around(crown, shape, wider):
    """Return the box of pixels about a crown, and each one's way east and south of its middle."""
    reach = wider * crown.width / 2 + 2
    top, bottom = max(int(crown.y - reach), 0), min(int(crown.y + reach) + 1, shape[0])
    left, right = max(int(crown.x - reach), 0), min(int(crown.x + reach) + 1, shape[1])
    if top >= bottom or left >= right:
        return None, None, None
    south = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5 - np.float32(crown.y)
    east = np.arange(left, right, dtype=np.float32)[None, :] + 0.5 - np.float32(crown.x)
    return np.s_[top:bottom, left:right], east, south
